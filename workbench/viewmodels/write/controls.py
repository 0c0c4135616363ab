"""How the model shall write: what the controls say, remembered by the document and for the next one."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from engine.config.options import checked, default_of, options_of
from engine.config.sampling import SamplingConfig
from engine.errors import InvalidSetting
from workbench.bridge.protocols.writing import MixKind, MixPart, ModelRef, ModelRequest, Setting
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write.models import ModelChoices

TEMPERATURES = (0.0, 1.5)
WORDS = (10, 400)
LARGEST_SEED = 2**31 - 1
CANDIDATES = (3, 5)
MIX_WEIGHTS = (0.05, 0.95)
MIX_KINDS: tuple[MixKind, ...] = ("mixture", "product")
MOST_CHARACTERS = 4000  # of a text that is an option; a longer style would change little and take long
# What the window says in another way: the text is the prompt, its length is told in words, begun words are completed.
SAID_OTHERWISE = ("prompt", "length", "complete_word")
# The window's own. style_name: of the file that the style is from; mix_model: key of the model that has a say, too.
_OWN: dict[str, Setting] = {
    "is_seed_kept": False, "num_candidates": 4, "style_name": "", "mix_model": "", "mix_weight": 0.5,
    "mix_kind": "mixture",
}  # fmt: skip
OPTIONS = tuple(name for name in options_of(SamplingConfig) if name not in SAID_OTHERWISE)
_DEFAULTS: dict[str, Setting] = {
    **{name: default_of(SamplingConfig, name) for name in OPTIONS}, "num_words": 60, **_OWN,
}  # fmt: skip
_BOUNDS: dict[str, tuple[float, float]] = {
    "temperature": TEMPERATURES, "num_words": WORDS, "seed": (0, LARGEST_SEED), "num_candidates": CANDIDATES,
    "mix_weight": MIX_WEIGHTS,
}  # fmt: skip
# In view without a click; a document that does not name them is written as the last one was.
IN_VIEW = ("temperature", "num_words")
_USUAL = (*IN_VIEW, "seed", "is_seed_kept", "num_candidates", "stop")
# Never told as changed: what is in view, what changes by itself, and what says more about another one.
_SILENT = (*IN_VIEW, "seed", "style_name", "mix_weight", "mix_kind")
_OF_ONE_TEXT = ("style", "style_name", "mix_model")  # not remembered for the next one

Request = TypeVar("Request", bound=ModelRequest)


class WritingControls(QObject):
    """The settings of writing. changed: name and value, by the person; loaded: all are others."""

    changed = Signal(str, object)
    loaded = Signal()

    def __init__(
        self, settings: Settings, parent: QObject | None = None, *, models: ModelChoices | None = None
    ) -> None:
        """models: those that can have a say, too."""
        super().__init__(parent)
        self._settings, self._models = settings, models
        self._values = dict(_DEFAULTS)
        self._load_last(_DEFAULTS)

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
    def num_candidates(self) -> int:
        """How many continuations are offered at once."""
        return int(self._values["num_candidates"])

    @property
    def changed_names(self) -> tuple[str, ...]:
        """What differs from the defaults of all that is not in view anyway."""
        return tuple(name for name in _DEFAULTS if name not in _SILENT and self._says_more(name))

    def value(self, name: str) -> Setting:
        """What one of them says."""
        return self._values[name]

    def default(self, name: str) -> Setting:
        """What it says as long as nobody changes it."""
        return _DEFAULTS[name]

    def is_changed(self, name: str) -> bool:
        """Whether it differs from its default."""
        return self._values[name] != _DEFAULTS[name]

    def sampling(self) -> SamplingConfig:
        """The options of the next text. Its seed is `next_seed`."""
        return SamplingConfig(**{name: self._values[name] for name in OPTIONS})  # type: ignore[arg-type]

    def mixed(self, request: Request) -> Request:
        """The request as it is asked when another model has a say, too."""
        other = self._other_model()
        if other is None or other == request.model:
            return request
        weight = float(self._values["mix_weight"])
        kind = next(kind for kind in MIX_KINDS if kind == self._values["mix_kind"])
        return replace(request, others=(MixPart(other, weight),), own_weight=round(1 - weight, 6), mix_kind=kind)

    def set(self, name: str, value: Setting) -> None:
        """Change one, within its bounds."""
        allowed = _allowed(name, value)
        if allowed is None or self._values[name] == allowed:
            return
        self._values[name] = allowed
        if name not in _OF_ONE_TEXT:
            self._settings.set(f"write/{name}", allowed)
        self.changed.emit(name, allowed)
        if name == "seed" and not self.is_seed_kept:
            self.set("is_seed_kept", True)  # who chooses a seed means it

    def apply(self, values: Mapping[str, Setting], names: Iterable[str]) -> None:
        """Change all of these names, those that are not among the values to their defaults."""
        for name in names:
            self.set(name, values.get(name, _DEFAULTS[name]))

    def reset(self, *names: str) -> None:
        """Change some back to their defaults."""
        self.apply({}, names)

    def load(self, values: object) -> None:
        """Take over what a document remembers.

        What it does not name is as it was last in a document that names nothing; else that is only so for what is
        usually chosen for each text, and the rest is plain.
        """
        remembered = values if isinstance(values, dict) else {}
        self._values = dict(_DEFAULTS)
        self._load_last(_USUAL if remembered else _DEFAULTS)
        for name in _DEFAULTS.keys() & remembered.keys():
            self._take(name, remembered[name])
        self.loaded.emit()

    def to_remember(self, changed: str) -> dict[str, Setting]:
        """What a document remembers when one of them was changed: that, and whatever is not as usual."""
        names = {changed, *_USUAL, *(name for name in _DEFAULTS if self.is_changed(name))}
        return {name: self._values[name] for name in _DEFAULTS if name in names}

    def throw_dice(self) -> None:
        """Another seed, for this and all following texts until it is changed."""
        self._values["seed"] = secrets.randbelow(LARGEST_SEED)
        self.loaded.emit()

    def next_seed(self) -> int:
        """The seed of the text that is written now: another one unless it is kept."""
        if not self.is_seed_kept:
            self.throw_dice()
        return self.seed

    def _says_more(self, name: str) -> bool:
        """Whether an option changes anything; a model that is gone has no say."""
        return self._other_model() is not None if name == "mix_model" else self.is_changed(name)

    def _other_model(self) -> ModelRef | None:
        key = self._values["mix_model"]
        choices = self._models.choices if self._models is not None and key else []
        return next((choice.ref for choice in choices if choice.key == key), None)

    def _load_last(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in _OF_ONE_TEXT:
                self._take(name, _stored(self._settings, f"write/{name}", _DEFAULTS[name]))

    def _take(self, name: str, value: object) -> None:
        """Take a value that somebody stored, if it is a possible one."""
        allowed = _allowed(name, value)
        if allowed is not None:
            self._values[name] = allowed


def possible(values: Mapping[str, object], names: Iterable[str]) -> dict[str, Setting]:
    """Of values that somebody stored, those of these names that are possible."""
    allowed = {name: _allowed(name, values[name]) for name in names if name in values}
    return {name: value for name, value in allowed.items() if value is not None}


def _stored(settings: Settings, key: str, default: Setting) -> Setting:
    if isinstance(default, bool):
        return settings.flag(key, default)
    if isinstance(default, str):
        return settings.text(key, default)
    return settings.number(key, default)


def _allowed(name: str, value: object) -> Setting | None:
    """The nearest possible value of its own kind; None for something of another kind."""
    default = _DEFAULTS[name]
    if isinstance(default, bool):
        return value if isinstance(value, bool) else None
    if isinstance(default, str):
        return _allowed_text(name, value) if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    low, high = _bounds_of(name)
    return type(default)(min(max(value, low), high))


def _bounds_of(name: str) -> tuple[float, float]:
    if name in _BOUNDS:
        return _BOUNDS[name]
    declared = options_of(SamplingConfig)[name]
    assert declared.minimum is not None
    assert declared.maximum is not None
    return declared.minimum, declared.maximum


def _allowed_text(name: str, value: str) -> str | None:
    value = value.encode("utf-8", "ignore").decode("utf-8")[:MOST_CHARACTERS]
    if name == "mix_kind":
        return value if value in MIX_KINDS else None
    if name in _OWN:
        return value
    try:
        return str(checked(SamplingConfig, "sampling", name, value))
    except InvalidSetting:
        return None
