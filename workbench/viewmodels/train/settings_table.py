"""The settings of a run as rows of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.events import SettingChanged
from workbench.viewmodels.recipes.declarations import declared_for, value_of
from workbench.viewmodels.recipes.labels import label_of, value_text
from workbench.words import tr


def settings_rows(settings: Mapping[str, Mapping[str, Any]], changes: Sequence[SettingChanged]) -> list[list[str]]:
    """Part, name and value of each setting; what it was at the start, where it was changed while the run trained."""
    first: dict[str, SettingChanged] = {}
    for change in changes:
        first.setdefault(change.field, change)
    rows = []
    for path, setting in declared_for(settings).items():
        value = value_of(settings, path)
        if value is not None:
            old = value_text(setting, first[path].old) if path in first else ""
            rows.append([_part(setting.section), label_of(setting), value_text(setting, value), old])
    return rows


def _part(section: str) -> str:
    match section:
        case "corpus":
            return tr("Text")
        case "model":
            return tr("Model")
        case "training":
            return tr("Training")
        case _:
            return tr("Writing")
