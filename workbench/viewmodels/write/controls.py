"""How the model shall write: what the sliders say, remembered by the document and for the next one."""

import secrets

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.writing import Setting
from workbench.viewmodels.settings import Settings

TEMPERATURES = (0.1, 1.5)
WORDS = (10, 400)
LARGEST_SEED = 2**31 - 1
CANDIDATES = (3, 5)
_DEFAULTS: dict[str, Setting] = {
    "temperature": 0.8, "num_words": 60, "seed": 1, "is_seed_kept": False, "stop": "", "num_candidates": 4,
}  # fmt: skip
_BOUNDS = {
    "temperature": TEMPERATURES, "num_words": WORDS, "seed": (0, LARGEST_SEED), "num_candidates": CANDIDATES,
}  # fmt: skip


class WritingControls(QObject):
    """The settings of writing. changed: name and value, by the person; loaded: all are others."""

    changed = Signal(str, object)
    loaded = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._values = dict(_DEFAULTS)
        self._load_defaults()

    @property
    def temperature(self) -> float:
        """From safe to wild."""
        return float(self._values["temperature"])

    @property
    def num_words(self) -> int:
        """How much is written at once."""
        return int(self._values["num_words"])

    @property
    def seed(self) -> int:
        """The number from which the dice of the next or the last text come."""
        return int(self._values["seed"])

    @property
    def is_seed_kept(self) -> bool:
        """Whether the next text has the same seed as the last one."""
        return bool(self._values["is_seed_kept"])

    @property
    def stop(self) -> str:
        """Writing ends before this text."""
        return str(self._values["stop"])

    @property
    def num_candidates(self) -> int:
        """How many continuations are offered at once."""
        return int(self._values["num_candidates"])

    def set(self, name: str, value: Setting) -> None:
        """Change one, within its bounds."""
        value = _bounded(name, value)
        if self._values[name] == value:
            return
        self._values[name] = value
        self._settings.set(f"write/{name}", value)
        self.changed.emit(name, value)
        if name == "seed" and not self.is_seed_kept:
            self.set("is_seed_kept", True)  # who chooses a seed means it

    def load(self, values: object) -> None:
        """Take over what a document remembers; the rest is as it was last."""
        self._load_defaults()
        if isinstance(values, dict):
            for name in _DEFAULTS.keys() & values.keys():
                self._take(name, values[name])
        self.loaded.emit()

    def throw_dice(self) -> None:
        """Another seed, for this and all following texts until it is changed."""
        self._values["seed"] = secrets.randbelow(LARGEST_SEED)
        self.loaded.emit()

    def next_seed(self) -> int:
        """The seed of the text that is written now: another one unless it is kept."""
        if not self.is_seed_kept:
            self.throw_dice()
        return self.seed

    def _load_defaults(self) -> None:
        store = self._settings
        for name, default in _DEFAULTS.items():
            if isinstance(default, bool):
                self._values[name] = store.flag(f"write/{name}", default)
            elif isinstance(default, str):
                self._values[name] = store.text(f"write/{name}", default)
            else:
                self._take(name, store.number(f"write/{name}", default))

    def _take(self, name: str, value: object) -> None:
        """Take a value that somebody stored, if it is one of the right kind."""
        default = _DEFAULTS[name]
        if isinstance(default, int | float) and not isinstance(default, bool):
            if isinstance(value, int | float) and not isinstance(value, bool):
                self._values[name] = _bounded(name, int(value) if isinstance(default, int) else float(value))
        elif type(value) is type(default) and isinstance(value, bool | str):
            self._values[name] = value


def _bounded(name: str, value: Setting) -> Setting:
    bounds = _BOUNDS.get(name)
    if bounds is None or isinstance(value, str):
        return value
    low, high = bounds
    return type(value)(min(max(value, low), high))
