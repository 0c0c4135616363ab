"""The unit in which losses are told: one choice for axes, numbers and words together."""

import math
from typing import Literal

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.workbench import Workbench
from workbench.words import number, significant, tr

Unit = Literal["nats", "bits", "perplexity"]
UNITS: tuple[Unit, ...] = ("bits", "nats", "perplexity")
KEY = "curves/unit"
_SHARED = "loss_units"


class Units(QObject):
    """Remembers the person's choice; until there is one, bits for letters and perplexity for words."""

    changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._settings = workbench.settings
        self._chosen: Unit | None = _known(self._settings.text(KEY))
        self._tokens = "char"

    @classmethod
    def shared(cls, workbench: Workbench) -> "Units":
        """The one of this window."""
        known = workbench.property(_SHARED)
        if isinstance(known, Units):
            return known
        units = cls(workbench)
        workbench.setProperty(_SHARED, units)
        return units

    @property
    def unit(self) -> Unit:
        """What losses are told in now."""
        return self._chosen or ("perplexity" if self._tokens == "word" else "bits")

    def set_unit(self, unit: Unit) -> None:
        """Tell all losses in this unit from now on."""
        if unit != self._chosen:
            self._chosen = unit
            self._settings.set(KEY, unit)
            self.changed.emit()

    def set_tokens(self, tokens: str) -> None:
        """What the model on show reads, which decides until the person does."""
        before = self.unit
        self._tokens = tokens
        if self.unit != before:
            self.changed.emit()

    def convert(self, loss_nats: float, bits_factor: float) -> float:
        """A loss in the chosen unit. bits_factor: bits per character of one nat per token, NaN when not known."""
        if self.unit == "perplexity":
            return math.exp(min(loss_nats, 700.0))
        if self.unit == "bits":
            return loss_nats * (1 / math.log(2) if math.isnan(bits_factor) else bits_factor)
        return loss_nats

    def text(self, loss_nats: float, bits_factor: float) -> tuple[str, str]:
        """A loss as its number and the name of its unit, with no more digits than mean something."""
        value = self.convert(loss_nats, bits_factor)
        if self.unit == "perplexity":
            return significant(value, 3), self.name
        return number(value, 2), self.name

    @property
    def name(self) -> str:
        """The unit in words."""
        return unit_name(self.unit)


def unit_name(unit: Unit) -> str:
    """A unit in words."""
    names = {"nats": tr("nats"), "bits": tr("bits per character"), "perplexity": tr("perplexity")}
    return names[unit]


def _known(text: str) -> Unit | None:
    return next((unit for unit in UNITS if unit == text), None)
