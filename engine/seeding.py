"""Random generators of our own, so that nothing depends on the global ones and all can be saved."""

import hashlib

import torch


def derived_seed(seed: int, purpose: str) -> int:
    """A seed of 63 bits for one purpose: the same for the same seed and purpose, unrelated for others."""
    digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def torch_generator(seed: int, purpose: str, device: torch.device | str = "cpu") -> torch.Generator:
    """A torch generator on `device` for one purpose."""
    generator = torch.Generator(device=device)
    generator.manual_seed(derived_seed(seed, purpose))
    return generator
