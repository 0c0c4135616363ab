"""Figures of the split of a new corpus: reference values and leakage."""

from collections.abc import Generator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput
from engine.text.leakage import leakage
from engine.text.reference import reference_values
from engine.text.splits import split_corpus

Figures = tuple[Mapping[str, Any], Mapping[str, Any]]


def measure(folder: Path, num_kinds: int) -> Generator[int, None, Figures]:
    """Reference values and leakage of the split that a run makes by default, as plain values for the report.

    num_kinds: kinds of characters in training and validation. Both are empty for a text too short for them.
    Yields 0 between pieces of work. Raises `DamagedFile` or `StorageFailed`.
    """
    try:
        split = split_corpus(folder, CorpusConfig())
    except BadInput:
        return {}, {}
    yield 0
    references = reference_values(split, num_kinds=num_kinds)
    yield 0
    leak = leakage(split)
    values = [{**asdict(value), "bits_per_character": value.bits_per_character} for value in references.values]
    described = {**asdict(leak), "share": leak.share} if leak.num_passages else {}
    return {"values": values, "is_sampled": references.is_sampled}, described
