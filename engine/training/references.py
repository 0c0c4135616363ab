"""Reference values of a corpus, computed once for each split and kept beside its text.

They take a second for a text of a megabyte, which nobody shall wait for each time a run starts.
"""

import contextlib
import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.config.corpus import CorpusConfig
from engine.errors import StorageFailed, TextloomError
from engine.library.files import read_json_object, write_json
from engine.text.reference import reference_values
from engine.text.splits import Split

FORMAT_VERSION = 1


def references(folder: Path, split: Split, config: CorpusConfig, fingerprint: str) -> dict[str, float]:
    """Losses of simple models in nats per character of the validation text, by name.

    folder: of the corpus; fingerprint: of its text. Raises DamagedFile or StorageFailed for the text.
    """
    path = references_path(folder, config, fingerprint)
    known = _read(path)
    if known is not None:
        return known
    values: dict[str, float] = {value.name: value.nats_per_character for value in reference_values(split).values}
    with contextlib.suppress(StorageFailed):  # they are computed again the next time
        write_json(path, {"format_version": FORMAT_VERSION, "nats_per_character": values})
    return values


def references_path(folder: Path, config: CorpusConfig, fingerprint: str) -> Path:
    """Where the values of a split are kept: references-<hash>.json."""
    settings: dict[str, Any] = {"format": FORMAT_VERSION, "fingerprint": fingerprint}
    if not (folder / "valid.utf8").exists():
        # Between words the split lies at another place.
        settings |= {"valid_share": config.valid_share, "is_between_words": config.tokens == "word"}
    key = json.dumps(settings, sort_keys=True)
    return folder / f"references-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def _read(path: Path) -> dict[str, float] | None:
    """The values in a file, None when it is missing or holds anything else."""
    try:
        values = read_json_object(path).get("nats_per_character")
    except TextloomError:
        return None
    if not isinstance(values, Mapping) or not values or not all(map(_is_number, values.values())):
        return None
    return {name: float(value) for name, value in values.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
