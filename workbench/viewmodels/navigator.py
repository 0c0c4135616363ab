"""Where the person is in the window, and how one page leads to another."""

from typing import Literal

from PySide6.QtCore import QObject, Signal

Page = Literal["texts", "train", "write", "runs"]
PAGES: tuple[Page, ...] = ("texts", "train", "write", "runs")


class Navigator(QObject):
    """Pages ask for other pages here and need not know them."""

    page_changed = Signal(str)
    text_wanted = Signal(str)  # corpus id: show it on Texts
    passage_wanted = Signal(str, object)  # corpus id, byte: show this place of it, after `text_wanted`
    files_wanted = Signal(object)  # what was dropped, opened or handed over: offer its import
    draft_wanted = Signal(str)  # corpus id: a draft on Train; "" leaves the choice
    recipe_draft_wanted = Signal(str, object, str)  # corpus id, tables, title of the recipe
    run_wanted = Signal(str)  # run id: show it on Train
    writer_wanted = Signal(str)  # run id: write with it
    model_file_wanted = Signal(object)  # Path of a .textloom file to write with
    runs_wanted = Signal(object)  # run ids to select on Runs
    import_wanted = Signal(str)  # "files", "folder" or "paste": let the person choose what to import
    help_wanted = Signal(str)  # name of a help page

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.page: Page = "texts"
        self._is_to_come = False

    def begin_with(self, page: Page) -> None:
        """This will be the first page, once it can be shown: by `show_page`."""
        self.page, self._is_to_come = page, True

    def show_page(self, page: Page) -> None:
        """Go to a page."""
        if page != self.page or self._is_to_come:
            self.page, self._is_to_come = page, False
            self.page_changed.emit(page)

    def show_text(self, corpus_id: str) -> None:
        """Show one corpus."""
        self.show_page("texts")
        self.text_wanted.emit(corpus_id)

    def show_passage(self, corpus_id: str, start_byte: int) -> None:
        """Show a place of a corpus."""
        self.show_text(corpus_id)
        self.passage_wanted.emit(corpus_id, start_byte)

    def offer_files(self, dropped: object) -> None:
        """Offer what was dropped or opened for import."""
        self.show_page("texts")
        self.files_wanted.emit(dropped)

    def choose_import(self, kind: str) -> None:
        """Let the person choose files or a folder, or paste a text."""
        self.show_page("texts")
        self.import_wanted.emit(kind)

    def train_on(self, corpus_id: str) -> None:
        """Begin a draft for a corpus."""
        self.show_page("train")
        self.draft_wanted.emit(corpus_id)

    def train_with(self, corpus_id: str, tables: object, title: str) -> None:
        """Begin a draft with a whole configuration."""
        self.show_page("train")
        self.recipe_draft_wanted.emit(corpus_id, tables, title)

    def show_run(self, run_id: str) -> None:
        """Show one run."""
        self.show_page("train")
        self.run_wanted.emit(run_id)

    def write_with(self, run_id: str) -> None:
        """Write with the best state of a run."""
        self.show_page("write")
        self.writer_wanted.emit(run_id)

    def write_with_file(self, path: object) -> None:
        """Write with an exported model."""
        self.show_page("write")
        self.model_file_wanted.emit(path)

    def show_runs(self, run_ids: list[str]) -> None:
        """Select runs in the table."""
        self.show_page("runs")
        self.runs_wanted.emit(run_ids)
