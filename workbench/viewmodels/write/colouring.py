"""By what the open text is coloured: who wrote it, how likely a model holds it, what of it is copied, or not at all."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.writing import CopiedPassage, Writing
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write import colour_steps
from workbench.viewmodels.write.colour_steps import MODES, SCORED, ColourMode, LegendEntry, Mark
from workbench.viewmodels.write.copied import CopiedPassages
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.positions import UnitMap
from workbench.viewmodels.write.scoring import Scoring
from workbench.viewmodels.write.writer import ModelWriter
from workbench.words import plural, tr

KEY = "write/colour"


class Colouring(QObject):
    """Positions are those of the editor, in UTF-16 units.

    mode_changed: it is coloured by something else; marks_changed: of [start, stop), by something else than an edit;
    legend_changed: what the legend says.
    """

    mode_changed = Signal()
    marks_changed = Signal(int, int)
    legend_changed = Signal()

    def __init__(
        self,
        writing: Writing,
        documents: Documents,
        models: ModelChoices,
        writer: ModelWriter,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._documents, self._settings = documents, settings
        self._units: tuple[str, UnitMap] = ("", UnitMap(""))
        self._is_shown = False
        self._mode = _chosen(settings)
        self.scoring = Scoring(writing, documents, models, writer, self)
        self.copied = CopiedPassages(writing, documents, models, writer, self)
        self.scoring.changed.connect(self._on_scores_changed)
        self.scoring.state_changed.connect(self.legend_changed)
        self.copied.changed.connect(self._on_copied_changed)

    @property
    def mode(self) -> ColourMode:
        """By what."""
        return self._mode

    def set_mode(self, mode: ColourMode) -> None:
        """Colour by something else, also next time."""
        if mode != self._mode:
            self._mode = mode
            self._settings.set(KEY, mode)
            self._set_active()
            self.mode_changed.emit()

    def set_shown(self, is_shown: bool) -> None:
        """Whether anybody looks: else nothing is asked."""
        self._is_shown = is_shown
        self._set_active()

    def set_visible(self, start: int, stop: int) -> None:
        """These positions are in sight."""
        units = self._unit_map()
        self.scoring.set_visible(units.place_at(start), units.place_at(stop))

    @property
    def has_alternatives(self) -> bool:
        """Whether a plain click asks what else could stand there."""
        return self._mode in SCORED

    @property
    def legend_title(self) -> str:
        """What is shown."""
        return colour_steps.legend_title(self._mode)

    @property
    def legend(self) -> list[LegendEntry]:
        """What each step means; empty without colours, and while nobody but the person wrote."""
        if self._mode == "author" and not self._documents.current.model_ranges():
            return []
        return colour_steps.legend(self._mode, self.copied.shortest)

    @property
    def remark(self) -> str:
        """What is going on, or went wrong, or was found."""
        if self._mode in SCORED:
            return self.scoring.problem
        return self.copied.remark if self._mode == "copied" else ""

    def marks(self, start: int, stop: int) -> Iterator[Mark]:
        """How [start, stop) is coloured, ascending; what is left out is not."""
        if self._mode == "author":
            return self._author_marks(start, stop)
        return (
            (max(start, self._unit_map().unit_at(first)), self._unit_map().unit_at(last), self._mode, step)
            for first, last, step in self._runs(self._unit_map().place_at(start), self._unit_map().place_at(stop))
        )

    def note_at(self, unit: int) -> str:
        """What there is to say about the character at a position; empty for nothing."""
        place = self._unit_map().place_at(unit)
        if self._mode in SCORED:
            found = self.scoring.scores.token_at(place)
            if found is None:
                return ""
            note = colour_steps.surprise_note if self._mode == "surprise" else colour_steps.entropy_note
            return note(found[2])
        if self._mode == "copied":
            passage = self.passage_at(unit)
            return self._copied_note(passage) if passage is not None else ""
        if self._mode == "author":
            author, source = self._documents.current.author_at(unit)
            return colour_steps.source_note(source) if author == "model" else ""
        return ""

    def note_or_remark(self, unit: int) -> str:
        """What there is to say about the character at a position (-1 for none), else about all of the text."""
        note = self.note_at(unit) if unit >= 0 else ""
        if note:
            return note
        if self._mode in SCORED:
            return self.remark or tr("Click a letter or a word to see what else could stand there.")
        return self.remark or next((entry.text for entry in self.legend), "")

    def action_at(self, unit: int) -> str:
        """What can be asked about the character at a position, as the words of a button; empty for nothing."""
        if unit < 0:
            return ""
        if self._mode == "copied":
            return tr("Where it stands") if self.passage_at(unit) is not None else ""
        return tr("What else?") if self.has_alternatives and self.note_at(unit) else ""

    def passage_at(self, unit: int) -> CopiedPassage | None:
        """The copied passage at a position; None while something else is shown."""
        place = self._unit_map().place_at(unit)
        return next(self.copied.within(place, place + 1), None) if self._mode == "copied" else None

    def units_of(self, start: int, stop: int) -> tuple[int, int]:
        """The positions of characters."""
        return self._unit_map().unit_at(start), self._unit_map().unit_at(stop)

    def _copied_note(self, passage: CopiedPassage) -> str:
        letters = plural("{count} letter", "{count} letters", passage.stop - passage.start)
        return tr("{letters} that also stand in “{title}”.", letters=letters, title=self.copied.corpus[1])

    def _runs(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        match self._mode:
            case "surprise":
                yield from self.scoring.scores.runs(start, stop, colour_steps.surprise_step)
            case "entropy":
                yield from self.scoring.scores.runs(start, stop, colour_steps.entropy_step)
            case "copied":
                for passage in self.copied.within(start, stop):
                    yield max(start, passage.start), min(stop, passage.stop), 1

    def _author_marks(self, start: int, stop: int) -> Iterator[Mark]:
        ranges = self._documents.current.model_ranges()
        for first, last in ranges[_first_behind(ranges, start) :]:
            if first >= stop:
                break
            yield max(first, start), min(last, stop), "author", 1

    def _unit_map(self) -> UnitMap:
        text = self._documents.current.document.text
        if text is not self._units[0]:
            self._units = text, UnitMap(text)
        return self._units[1]

    def _set_active(self) -> None:
        self.scoring.set_active(self._is_shown and self._mode in SCORED)
        self.copied.set_active(self._is_shown and self._mode == "copied")

    def _on_scores_changed(self, start: int, stop: int) -> None:
        if self._mode in SCORED:
            self.marks_changed.emit(*self.units_of(start, stop))

    def _on_copied_changed(self) -> None:
        if self._mode == "copied":
            self.marks_changed.emit(*self.units_of(0, len(self._documents.current.document.text)))
            self.legend_changed.emit()


def _chosen(settings: Settings) -> ColourMode:
    known = settings.text(KEY)
    default: ColourMode = "author" if settings.flag("write/tint", True) else "none"
    return next((mode for mode in MODES if mode == known), default)


def _first_behind(ranges: list[tuple[int, int]], position: int) -> int:
    """The first range that ends behind a position."""
    low, high = 0, len(ranges)
    while low < high:
        middle = (low + high) // 2
        if ranges[middle][1] <= position:
            low = middle + 1
        else:
            high = middle
    return low
