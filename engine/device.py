"""What this machine computes with: device, processor, threads."""

import functools
import platform
from pathlib import Path

import torch

from engine.errors import InvalidSetting

INTERESTING_FEATURES = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile", "avx512_vnni", "asimd", "bf16", "sve")


def choose_device(name: str) -> torch.device:
    """The device for `auto` (CUDA, then MPS, then CPU) or by name. Raises InvalidSetting if it is not there."""
    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if has[kind]))
    if not has[name]:
        raise InvalidSetting(
            "{field} is {value}, but this machine has none that torch can use. The nearest possible value is cpu.",
            field="training.device",
            value=name,
        )
    return torch.device(name)


@functools.cache
def processor_name() -> str:
    """The processor's name as the system tells it."""
    info = _cpuinfo()
    return info.get("model name", "") or platform.processor() or platform.machine()


@functools.cache
def processor_features() -> tuple[str, ...]:
    """Those instruction sets of the processor that matter for matrix products, where the system tells."""
    info = _cpuinfo()
    flags = set((info.get("flags", "") or info.get("Features", "")).split())
    return tuple(feature for feature in INTERESTING_FEATURES if feature in flags)


@functools.cache
def _cpuinfo() -> dict[str, str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.split("\n\n", 1)[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def device_name(device: torch.device) -> str:
    """The device's name for people."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name()


def machine_key(device: torch.device) -> str:
    """What measured speeds depend on: device, torch version, threads."""
    return f"{device.type}: {device_name(device)}; torch {torch.__version__}; {torch.get_num_threads()} threads"


def memory_bytes(device: torch.device) -> int:
    """Memory in use by this process: on the device if it has its own, else resident memory. 0 where unknown."""
    if device.type == "cuda":
        return int(torch.cuda.memory_allocated(device))
    try:
        import psutil
    except ImportError:
        return 0
    return int(psutil.Process().memory_info().rss)
