"""The unit in which losses are told: one choice for axes, numbers and words together."""

import math
from typing import Literal

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.curves.picture import Law
from workbench.viewmodels.workbench import Workbench
from workbench.words import number, significant, tr

Unit = Literal["nats", "bits", "perplexity"]
UNITS: tuple[Unit, ...] = ("bits", "nats", "perplexity")
KEY = "curves/unit"
_SHARED = "loss_units"
_LN_2 = math.log(2.0)
_MOST_NATS = 700.0  # e to the power of more is no number any longer


class Units(QObject):
    """Remembers the person's choice; until there is one, bits for letters and perplexity for words.

    A bits_factor is the bits per character of one nat per token, NaN when nobody knows it.
    """

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

    def law(self, bits_factor: float) -> Law:
        """How losses in nats become what is shown."""
        if self.unit == "perplexity":
            return Law(is_exponent=True)
        if self.unit == "bits":
            return Law(1 / _LN_2 if math.isnan(bits_factor) else bits_factor)
        return Law()

    def convert(self, loss_nats: float, bits_factor: float) -> float:
        """A loss in the chosen unit."""
        law = self.law(bits_factor)
        return math.exp(min(loss_nats, _MOST_NATS)) if law.is_exponent else loss_nats * law.factor

    def reference(self, nats_per_character: float, bits_factor: float, tokens: str) -> float:
        """A loss per character of the text in the chosen unit, NaN where nobody knows how long a token is."""
        if self.unit == "bits" and (tokens == "char" or not math.isnan(bits_factor)):
            return nats_per_character / _LN_2
        factor = 1 / _LN_2 if math.isnan(bits_factor) and tokens == "char" else bits_factor
        nats_per_token = nats_per_character / (_LN_2 * factor)
        return math.nan if math.isnan(nats_per_token) else self.convert(nats_per_token, factor)

    def text(self, loss_nats: float, bits_factor: float) -> tuple[str, str]:
        """A loss as its number and the name of its unit, with no more digits than mean something."""
        return self.value_text(self.convert(loss_nats, bits_factor)), self.name_for(bits_factor)

    def value_text(self, value: float) -> str:
        """A value that is in the chosen unit already."""
        return significant(value, 3) if self.unit == "perplexity" else number(value, 2)

    @property
    def name(self) -> str:
        """The unit in words."""
        return unit_name(self.unit)

    def name_for(self, bits_factor: float) -> str:
        """The unit in words, for a model of which perhaps nobody knows how long its tokens are."""
        if self.unit == "bits" and math.isnan(bits_factor) and self._tokens != "char":
            return tr("bits per token")
        return self.name


def unit_name(unit: Unit) -> str:
    """A unit in words."""
    names = {"nats": tr("nats"), "bits": tr("bits per character"), "perplexity": tr("perplexity")}
    return names[unit]


def unit_short_name(unit: Unit) -> str:
    """A unit in one word, for a row of choices."""
    names = {"nats": tr("nats"), "bits": tr("bits"), "perplexity": tr("perplexity")}
    return names[unit]


def unit_title(unit: Unit) -> str:
    """A unit as the title of a plot."""
    names = {"nats": tr("Loss in nats"), "bits": tr("Bits per character"), "perplexity": tr("Perplexity")}
    return names[unit]


def _known(text: str) -> Unit | None:
    return next((unit for unit in UNITS if unit == text), None)
