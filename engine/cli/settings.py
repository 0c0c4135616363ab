"""What `--set` chooses."""

from collections.abc import Sequence
from typing import Any

from engine.config.corpus import CleaningConfig
from engine.config.options import options_of, parse_setting


def split_settings(written: Sequence[str]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Settings of the command line: those of the configuration by section, and those of cleaning."""
    changes: dict[str, dict[str, Any]] = {}
    cleaning: dict[str, Any] = {}
    for text in written:
        section, name, value = parse_setting(text)
        if section == "corpus" and name in options_of(CleaningConfig):
            cleaning[name] = value
        else:
            changes.setdefault(section, {})[name] = value
    return changes, cleaning
