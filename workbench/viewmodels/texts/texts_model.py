"""What the Texts page shows: the way in, one text, an import that is arranged, or a text that is pasted."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.viewmodels.texts.import_desk import ImportDesk
from workbench.viewmodels.texts.offered import Brought, Offered, offered_from
from workbench.viewmodels.texts.samples import sample_cards
from workbench.viewmodels.texts.shown_text import CHOSEN_TEXT, ShownText
from workbench.viewmodels.texts.text_list import TextListModel
from workbench.viewmodels.workbench import Workbench

Part = Literal["welcome", "paste", "offer", "text"]
_WAIT_MILLISECONDS = 400  # what is over sooner shows no progress


class TextsModel(QObject):
    """part_changed: `part` may be another; text_opened: a text was just imported; busy_changed: of `shows_progress`."""

    part_changed = Signal()
    text_opened = Signal()
    busy_changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.desk = ImportDesk(workbench, self)
        self.shown = ShownText(workbench, self)
        self.list = TextListModel(workbench.texts, self)
        self._wish: Literal["", "add", "paste", "text"] = ""
        self.shows_progress = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ended)
        self.desk.changed.connect(self._on_desk_changed)
        self.desk.imported.connect(self._on_texts_imported)
        self.list.modelReset.connect(self._on_list_reset)
        workbench.navigator.files_wanted.connect(self._on_files_wanted)
        workbench.navigator.text_wanted.connect(self.choose)
        self._choose_first(workbench.settings.text(CHOSEN_TEXT))

    @property
    def part(self) -> Part:
        """What the page shows."""
        if self._wish == "paste":
            return "paste"
        if self.desk.is_asking and self._wish not in ("text", "add"):
            return "offer"
        return "text" if self.shown.entry is not None and self._wish != "add" else "welcome"

    @property
    def marked_row(self) -> int:
        """The row of the text that is shown; -1 while something else is."""
        return self.list.row_of(self.shown.id) if self.part == "text" else -1

    @property
    def waiting_offer(self) -> str:
        """What is arranged for import while something else is shown; empty when nothing is."""
        is_hidden = self.desk.state == "offer" and self.desk.offer is not None and self.part != "offer"
        return self.desk.offer.headline() if is_hidden and self.desk.offer is not None else ""

    def samples(self) -> list[tuple[str, str]]:
        """Title and sentence of the texts that come with Textloom."""
        return sample_cards(self._workbench.door.texts.sample_titles())

    def choose(self, corpus_id: str) -> None:
        """Show a text."""
        if corpus_id != self.shown.id:
            self.shown.show(corpus_id)
        self._set_wish("text")

    def choose_row(self, row: int) -> None:
        """Show the text of a row."""
        corpus_id = self.list.id_at(row)
        if corpus_id:
            self.choose(corpus_id)

    def add(self) -> None:
        """Show the ways in."""
        self._set_wish("add")

    def paste(self) -> None:
        """Show where a text is pasted."""
        self._set_wish("paste")

    def go_on(self) -> None:
        """Go back to what is arranged for import, else to the text."""
        self._set_wish("" if self.desk.is_asking else "text")

    def take_pasted(self, text: str, title: str) -> None:
        """Import what was pasted."""
        if text.strip():
            self._set_wish("")
            self.desk.bring(Offered(text=text, how="one", title=title))

    def take_files(self, offered: Offered) -> None:
        """Arrange the import of files that were chosen."""
        self._set_wish("")
        self.desk.bring(offered)

    def _choose_first(self, wanted: str) -> None:
        row = max(0, self.list.row_of(wanted))
        self.shown.show(self.list.id_at(row))

    def _set_wish(self, wish: Literal["", "add", "paste", "text"]) -> None:
        self._wish = wish
        self.part_changed.emit()

    def _on_files_wanted(self, brought: Brought) -> None:
        self._set_wish("")
        self.desk.bring(offered_from(brought))

    def _on_desk_changed(self) -> None:
        is_busy = self.desk.state in ("looking", "importing")
        if is_busy and not self.shows_progress and not self._timer.isActive():
            self._timer.start()
        elif not is_busy:
            self._timer.stop()
            if self.shows_progress:
                self.shows_progress = False
                self.busy_changed.emit()
        self.part_changed.emit()

    def _on_timer_ended(self) -> None:
        self.shows_progress = True
        self.busy_changed.emit()

    def _on_texts_imported(self, ids: list[str]) -> None:
        if ids:
            self._wish = "text"
            self.shown.show(ids[0])
            self.part_changed.emit()
            self.text_opened.emit()

    def _on_list_reset(self) -> None:
        if self.list.row_of(self.shown.id) < 0:
            if self.part == "welcome" and self.desk.state == "idle":
                self._wish = "add"  # a text that comes from elsewhere does not take away the ways in
            self._choose_first("")
        self.part_changed.emit()


def chosen_files(paths: list[str]) -> Offered:
    """What a file dialog gave."""
    return Offered(tuple(Path(path) for path in paths))
