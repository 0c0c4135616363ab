"""Ways of choosing under a name: three that are given, and the person's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.writing import Setting
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write.controls import OPTIONS, WritingControls, possible
from workbench.words import tr

LONGEST_NAME = 60
MOST_PRESETS = 100
_KEY = "write/presets"

# How a token is chosen. A given preset says nothing of the rest: what ends a text, which words are banned, the style.
CHOOSING = (
    "temperature", "temperature_change", "dynamic_range", "dynamic_exponent", "top_k", "top_p", "min_p", "typical_p",
    "top_n_sigma", "xtc_probability", "xtc_threshold", "mirostat_target", "mirostat_rate", "choose_at",
    "repetition_penalty", "presence_penalty", "frequency_penalty", "penalty_window", "no_repeat_ngram",
    "dry_multiplier", "dry_base", "dry_allowed_length", "dry_breakers", "beams", "length_penalty",
)  # fmt: skip
_GIVEN: dict[str, dict[str, Setting]] = {
    # A model is sure of little more than nine tenths of its probability; what lies below are its mistakes.
    "careful": {"temperature": 0.5, "top_p": 0.9},
    "balanced": {"temperature": 0.8},
    # High temperatures let the countless unlikely tokens win together; a floor under them keeps words whole
    # (Nguyen et al. 2024, on min-p).
    "wild": {"temperature": 1.2, "min_p": 0.05},
}
KEPT = tuple(name for name in OPTIONS if name not in ("seed", "style"))  # by one of the person's own


@dataclass(frozen=True)
class GivenPreset:
    """One of the three, as a person reads it."""

    key: str
    name: str
    about: str


@dataclass(frozen=True)
class OwnPreset:
    """What a person has named. values: those that differ from the defaults."""

    name: str
    values: Mapping[str, Setting] = field(default_factory=dict)


class Presets(QObject):
    """changed: there are others, or another one holds."""

    changed = Signal()

    def __init__(
        self, controls: WritingControls, settings: Settings, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._controls, self._settings, self._notices = controls, settings, notices
        self._own = _read(settings.text(_KEY))
        self._chosen = ""  # of two own presets with the same values, the one that was chosen
        controls.changed.connect(self.changed)
        controls.loaded.connect(self.changed)

    @property
    def given(self) -> tuple[GivenPreset, ...]:
        """The three, from safe to wild."""
        return (
            GivenPreset("careful", tr("Careful"), tr("Keeps to what the model is sure of. It makes few mistakes, and "
                "repeats itself sooner.")),
            GivenPreset("balanced", tr("Balanced"), tr("Chooses nearly as the model finds it: some surprise, "
                "few mistakes.")),
            GivenPreset("wild", tr("Wild"), tr("Takes unlikely turns often, but leaves out what the model finds "
                "nearly impossible.")),
        )  # fmt: skip

    @property
    def current_given(self) -> str:
        """The key of the one of the three that holds; empty when none does."""
        return next((key for key, values in _GIVEN.items() if self._holds(values, CHOOSING)), "")

    @property
    def own_names(self) -> list[str]:
        """The person's own, by name."""
        return [preset.name for preset in self._own]

    @property
    def current_own(self) -> str:
        """The name of the own one that holds; empty when none does."""
        holding = [preset.name for preset in self._own if self._holds(preset.values, KEPT)]
        return self._chosen if self._chosen in holding else (holding[0] if holding else "")

    def choose_given(self, key: str) -> None:
        """Choose as one of the three does."""
        self._controls.apply(_GIVEN[key], CHOOSING)

    def choose_own(self, name: str) -> None:
        """Write as one of the person's own does."""
        preset = self._named(name)
        if preset is not None:
            self._chosen = name
            self._controls.apply(preset.values, KEPT)
            self.changed.emit()

    def is_free(self, name: str) -> bool:
        """Whether no preset has this name yet."""
        return self._named(name) is None

    def save(self, name: str) -> None:
        """Keep the present settings under a name; what had that name is replaced, with a way back."""
        controls = self._controls
        values = {option: controls.value(option) for option in KEPT if controls.is_changed(option)}
        before, self._chosen = self._own, name
        self._become([*(preset for preset in before if preset.name != name), OwnPreset(name, values)])
        if len(self._own) == len(before):
            self._tell(tr("“{title}” was replaced.", title=name), before)
        else:
            self._notices.say(tr("“{title}” is kept as a preset.", title=name))

    def rename(self, name: str, new_name: str) -> None:
        """Give one of the person's own another name; what had that name is replaced, with a way back."""
        preset, before = self._named(name), self._own
        if preset is None or name == new_name:
            return
        kept = [other for other in before if other.name not in (name, new_name)]
        self._chosen = new_name if self._chosen == name else self._chosen
        self._become([*kept, OwnPreset(new_name, preset.values)])
        if len(kept) < len(before) - 1:
            self._tell(tr("“{title}” was replaced.", title=new_name), before)

    def delete(self, name: str) -> None:
        """Forget one of the person's own, with a way back."""
        before = self._own
        self._become([preset for preset in before if preset.name != name])
        self._tell(tr("“{title}” is deleted.", title=name), before)

    def _tell(self, sentence: str, before: list[OwnPreset]) -> None:
        def undo() -> None:
            self._become(before)

        self._notices.say(sentence, tr("Undo"), undo)

    def _holds(self, values: Mapping[str, Setting], names: tuple[str, ...]) -> bool:
        controls = self._controls
        return all(controls.value(name) == values.get(name, controls.default(name)) for name in names)

    def _named(self, name: str) -> OwnPreset | None:
        return next((preset for preset in self._own if preset.name == name), None)

    def _become(self, presets: list[OwnPreset]) -> None:
        self._own = sorted(presets, key=lambda preset: preset.name.casefold())[:MOST_PRESETS]
        table = [{"name": preset.name, "values": dict(preset.values)} for preset in self._own]
        self._settings.set(_KEY, json.dumps(table, ensure_ascii=False))
        self.changed.emit()


def _read(text: str) -> list[OwnPreset]:
    """What was kept, without what cannot be read."""
    try:
        rows: Any = json.loads(text) if text else []
    except ValueError:
        rows = []
    found = {}
    for row in rows if isinstance(rows, list) else []:
        name, values = (row.get("name"), row.get("values")) if isinstance(row, dict) else (None, None)
        if isinstance(name, str) and name.strip() and isinstance(values, dict):
            found[name] = OwnPreset(name[:LONGEST_NAME], possible(values, KEPT))
    return list(found.values())[:MOST_PRESETS]
