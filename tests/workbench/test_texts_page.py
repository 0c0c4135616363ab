"""The Texts page: real files dropped, chosen and pasted become texts, which are read, renamed and taken away."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.texts.dropping import install_dropping
from workbench.views.texts.page import TextsPage
from workbench.widgets.tables import TableDialog

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from document_files import docx, docx_paragraph

PATIENCE = 30_000
SENTENCE = "The ferry goes over at noon and comes back with whoever is late. "
LEFT, RIGHT = QPoint(200, 400), QPoint(800, 400)
FRENCH = "Chère Amélie, j'ai reçu ta lettre à l'heure où le café était déjà froid.\n"


class Opened:
    """A library in a window, with what it said and where it led."""

    def __init__(self, library: Library, settings: Path) -> None:
        self.door = EngineDoor(library)
        self.workbench = Workbench(self.door, Settings(settings))
        self.window = QMainWindow()
        self.page = TextsPage(self.workbench)
        self.window.setCentralWidget(self.page)
        self.window.resize(1024, 700)
        self.window.show()
        self.toasts: list[tuple[str, str, Callable[[], None] | None]] = []
        self.drafts: list[str] = []
        self.runs: list[str] = []
        self.workbench.notices.toast_wanted.connect(self._on_toast_wanted)
        self.workbench.navigator.draft_wanted.connect(self.drafts.append)
        self.workbench.navigator.run_wanted.connect(self.runs.append)

    @property
    def titles(self) -> list[str]:
        return [entry.title for entry in self.workbench.texts.entries()]

    @property
    def shown(self) -> QWidget:
        return self.page.stack.currentWidget()

    def drop(self, mime: QMimeData, place: QPoint = LEFT, until: Callable[[], bool] | None = None) -> None:
        """Drag something over the window, wait there, and let it go."""
        send(self.window, QDragEnterEvent, mime, place)
        if until is not None:
            wait_for(until)
        send(self.window, QDragMoveEvent, mime, place)
        send(self.window, QDropEvent, mime, place)

    def _on_toast_wanted(self, sentence: str, action_text: str, action: Callable[[], None] | None) -> None:
        self.toasts.append((sentence, action_text, action))


class Ticks:
    """Measures the longest time between two turns of the event loop, in seconds."""

    def __enter__(self) -> "Ticks":
        self.longest, self._last = 0.0, time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_timer_ticked)
        self._timer.start(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _on_timer_ticked(self) -> None:
        now = time.monotonic()
        self.longest, self._last = max(self.longest, now - self._last), now


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < until, "it never came"
        QTest.qWait(10)


def send(receiver: QWidget, kind: Any, mime: QMimeData, place: QPoint) -> QDropEvent:
    point = QPointF(place) if kind is QDropEvent else place
    event: QDropEvent = kind(
        point, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(receiver, event)
    return event


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


@pytest.fixture
def open_page(library: Library, tmp_path: Path, theme: Theme) -> Iterator[Callable[[], Opened]]:
    """Opens the library in a window; what is open at the end is closed after its threads."""
    opened: list[Opened] = []

    def open_one() -> Opened:
        opened.append(Opened(library, tmp_path / "window.ini"))
        return opened[-1]

    yield open_one
    for one in opened:
        one.door.close(20)
        one.door.pump.drain(1.0)
        one.window.close()
        one.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def opened(open_page: Callable[[], Opened]) -> Opened:
    return open_page()


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    """A Word document of some size."""
    path = tmp_path / "My novel.docx"
    path.write_bytes(docx("".join(docx_paragraph(f"{number}. {SENTENCE * 4}") for number in range(500))))
    return path


@pytest.fixture
def new_file(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write


def with_text(opened: Opened, path: Path) -> None:
    opened.drop(files(path))
    wait_for(lambda: bool(opened.titles) and opened.shown is opened.page.text_view)


# The path


def test_a_dropped_word_document_is_trained_on_after_one_more_press(opened: Opened, novel: Path, qtbot: QtBot) -> None:
    assert opened.shown is opened.page.welcome
    opened.drop(files(novel))
    wait_for(lambda: opened.titles == ["My novel"])
    view = opened.page.text_view
    assert opened.shown is view
    assert view.header.title == "My novel"
    assert "letters" in view.header._state.text()
    assert view.text.page.toPlainText().startswith("0. The ferry goes over at noon")
    assert QApplication.focusWidget() is view.header.primary or not opened.window.isActiveWindow()
    qtbot.mouseClick(view.header.primary, Qt.MouseButton.LeftButton)
    assert opened.drafts == [opened.workbench.texts.entries()[0].id]
    assert opened.workbench.settings.texts("recent/files") == [str(novel)]


def test_undo_takes_an_imported_text_away_again(opened: Opened, novel: Path) -> None:
    with_text(opened, novel)
    sentence, label, undo = opened.toasts[-1]
    assert sentence.startswith("Imported: ")
    assert label == "Undo"
    assert undo is not None
    undo()
    assert opened.titles == []
    assert opened.shown is opened.page.welcome


def test_the_same_file_again_leads_to_the_text_that_is_there(opened: Opened, novel: Path) -> None:
    with_text(opened, novel)
    opened.drop(files(novel))
    wait_for(lambda: len(opened.toasts) == 2)
    assert opened.toasts[-1][:2] == ("You have this text already. Here it is.", "")
    assert opened.titles == ["My novel"]


def test_a_sample_card_becomes_a_text(opened: Opened, qtbot: QtBot) -> None:
    card = opened.page.welcome.cards[1]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.titles == ["The Ferry on Dry Land"])
    wait_for(lambda: opened.page.text_view.about._validation.text() != "")
    assert "82,800 letters" in opened.page.text_view.header._state.text()
    assert "The last tenth, 8,281 letters" in opened.page.text_view.about._validation.text()


def test_the_line_where_validation_begins_is_shown_on_demand(opened: Opened, novel: Path, qtbot: QtBot) -> None:
    with_text(opened, novel)
    view = opened.page.text_view
    wait_for(lambda: not view.about.place_button.isHidden())
    qtbot.mouseClick(view.about.place_button, Qt.MouseButton.LeftButton)
    top = view.text.page.firstVisibleBlock()
    assert top.text() == "Validation begins here"
    assert view.text.page.toPlainText().count("Validation begins here") == 1


def test_details_count_letters_and_words_when_they_are_opened(opened: Opened, novel: Path, qtbot: QtBot) -> None:
    with_text(opened, novel)
    view = opened.page.text_view
    assert not view.fold.is_open
    qtbot.mouseClick(view.fold.head, Qt.MouseButton.LeftButton)
    wait_for(lambda: "ferry: " in view.details.words.accessibleDescription())
    assert view.details.letters.accessibleDescription().startswith("space: ")
    assert "Guessing blindly: " in view.details.references.accessibleDescription()
    assert opened.workbench.settings.flag("texts/details_open")


# While it hangs over the window


def test_a_folder_over_the_window_is_counted_and_divided_in_two_zones(
    opened: Opened, new_file: Callable[..., Path]
) -> None:
    paths = [new_file(f"book/part {number}.txt", f"{number} {SENTENCE * 40}") for number in (10, 2, 1)]
    dropping = install_dropping(opened.window, opened.workbench)
    send(opened.window, QDragEnterEvent, files(paths[0].parent), LEFT)
    wait_for(lambda: len(dropping.overlay._zones) == 2)
    assert [zone[1] for zone in dropping.overlay._zones] == [
        "Import 3 files as one text, in this order", "Import 3 texts, one each",
    ]  # fmt: skip
    assert "part 1.txt, part 2.txt, part 10.txt" in dropping.overlay._zones[0][2]
    send(opened.window, QDropEvent, files(paths[0].parent), RIGHT)
    wait_for(lambda: len(opened.titles) == 3)
    assert sorted(opened.titles) == ["part 1", "part 10", "part 2"]


def test_several_files_become_one_text_in_natural_order(opened: Opened, new_file: Callable[..., Path]) -> None:
    paths = [new_file(f"part {number}.txt", f"Part {number}. {SENTENCE * 40}") for number in (10, 2)]
    dropping = install_dropping(opened.window, opened.workbench)
    opened.drop(files(*paths), LEFT, until=lambda: len(dropping.overlay._zones) == 2)
    wait_for(lambda: len(opened.titles) == 1)
    text = opened.page.text_view.text.page.toPlainText()
    assert text.index("Part 2.") < text.index("Part 10.")


def test_ten_thousand_files_are_looked_at_without_a_stall(
    opened: Opened, new_file: Callable[..., Path], tmp_path: Path
) -> None:
    for number in range(10_000):
        new_file(f"notes/{number}.txt", "a few words\n")
    dropping = install_dropping(opened.window, opened.workbench)
    with Ticks() as ticks:
        opened.drop(files(tmp_path / "notes"), until=lambda: "files" in dropping.overlay._zones[0][1])
        wait_for(lambda: opened.page.progress.isVisible())
    assert ticks.longest < 0.5
    opened.page.progress.cancel_button.click()
    wait_for(lambda: opened.page.model.desk.state == "idle")
    assert opened.toasts[-1][0] == "Cancelled. Nothing was changed."
    assert opened.titles == []


# What is not a text


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("cat.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "cat.png is a picture, not a text."),
        ("nothing.txt", b"", "nothing.txt is empty."),
        ("noise.dat", bytes(range(256)) * 40, "noise.dat is a binary file, not a text."),
    ],
)
def test_a_file_without_text_ends_in_one_sentence_and_a_next_step(
    opened: Opened, new_file: Callable[..., Path], name: str, content: bytes, sentence: str
) -> None:
    opened.drop(files(new_file(name, content)))
    wait_for(lambda: opened.page.complaint.isVisible())
    assert opened.page.complaint.text == sentence
    assert [button.text() for button in opened.page.complaint._actions if not button.isHidden()] == ["Choose files…"]
    assert opened.titles == []


def test_a_web_address_is_told_to_be_saved_first(opened: Opened) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/story")])
    opened.drop(mime)
    wait_for(lambda: opened.page.complaint.isVisible())
    assert opened.page.complaint.text == (
        "Textloom reads files, not web addresses. Save the page first, then drop the file."
    )


def test_a_file_that_vanishes_between_drop_and_import_is_told(opened: Opened, new_file: Callable[..., Path]) -> None:
    path = new_file("letter.txt", SENTENCE)
    mime = files(path)
    send(opened.window, QDragEnterEvent, mime, LEFT)
    path.unlink()
    send(opened.window, QDropEvent, mime, LEFT)
    wait_for(lambda: opened.page.complaint.isVisible())
    assert opened.page.complaint.text.endswith("does not exist. Check the name, or whether the file was moved.")


def test_a_file_that_vanishes_while_its_import_is_arranged_is_told_and_can_be_tried_again(
    opened: Opened, new_file: Callable[..., Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = new_file("letter.txt", SENTENCE * 20)
    choose(opened, monkeypatch, path)
    path.unlink()
    qtbot.mouseClick(opened.page.offer_view.header.primary, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.page.complaint.isVisible())
    assert "does not exist" in opened.page.complaint.text
    assert opened.shown is opened.page.offer_view
    path.write_text(SENTENCE * 20)
    again = next(button for button in opened.page.complaint._actions if button.text() == "Try again")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.titles == ["letter"])


def test_a_library_that_cannot_be_written_keeps_what_was_arranged(
    opened: Opened, new_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def full(*_: object, **__: object) -> None:
        import errno

        from engine.library.files import storage_failed

        error = OSError(errno.ENOSPC, "No space left on device")
        raise storage_failed(error, opened.door.library_path)

    choose(opened, monkeypatch, new_file("letter.txt", SENTENCE * 20))
    monkeypatch.setattr("engine.text.importing.building_folder", full)
    qtbot.mouseClick(opened.page.offer_view.header.primary, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.page.complaint.isVisible())
    assert "full" in opened.page.complaint.text
    assert opened.shown is opened.page.offer_view
    assert opened.page.offer_view.header.primary.isVisible()


# Arranged before it is done


def choose(opened: Opened, monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """Choose files by the button and wait until their import can be arranged."""
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path) for path in paths], ""))
    opened.page.welcome.invitation.files_button.click()
    wait_for(lambda: opened.shown is opened.page.offer_view and opened.page.offer_view.header.primary.isVisible())


def test_chosen_files_without_doubt_are_told_in_one_line_and_imported_by_enter(
    opened: Opened, new_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    choose(opened, monkeypatch, new_file("letter.txt", SENTENCE * 20))
    view = opened.page.offer_view
    assert view.header._state.text() == "UTF-8, nothing changed, your file stays as it is."
    assert view.title_field.text() == "letter"
    qtbot.keyClick(view.header.primary, Qt.Key.Key_Space)
    wait_for(lambda: opened.titles == ["letter"])
    assert opened.shown is opened.page.text_view


def test_a_doubtful_encoding_is_chosen_by_what_reads_right(
    opened: Opened, new_file: Callable[..., Path], qtbot: QtBot
) -> None:
    opened.drop(files(new_file("lettre.txt", (FRENCH * 50).encode("cp1252"))))
    view = opened.page.offer_view
    wait_for(lambda: opened.shown is view)
    assert view.encoding.notice.text == "lettre.txt does not say how its letters are written. Choose what reads right."
    assert "Chčre" in view._beginning.text()
    western = next(card for card in view.encoding.cards if card.text() == "Western European (Windows)")
    assert "Line 1: Chère Amélie" in western.accessibleDescription()
    qtbot.mouseClick(western, Qt.MouseButton.LeftButton)
    wait_for(lambda: "Chère Amélie" in view._beginning.text())
    assert [card for card in view.encoding.cards if card.isChecked()] == [western]
    qtbot.mouseClick(view.header.primary, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.titles == ["lettre"])
    assert "Chère Amélie" in opened.page.text_view.text.page.toPlainText()
    assert "very small" in opened.page.text_view._notices.itemAt(0).widget().text


def test_a_file_in_doubt_is_read_as_chosen_beside_one_that_is_not(
    opened: Opened, new_file: Callable[..., Path], qtbot: QtBot
) -> None:
    paths = [new_file("a.txt", (FRENCH * 50).encode("cp1252")), new_file("b.txt", f"Größe {SENTENCE * 9}")]
    opened.drop(files(*paths), until=lambda: True)
    view = opened.page.offer_view
    wait_for(lambda: opened.shown is view)
    western = next(card for card in view.encoding.cards if card.text() == "Western European (Windows)")
    qtbot.mouseClick(western, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.header.primary, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.titles == ["a"])
    text = opened.page.text_view.text.page.toPlainText()
    assert "Chère" in text
    assert "Größe" in text


def test_files_are_given_another_order_and_left_out(
    opened: Opened, new_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    paths = [new_file(f"{name}.txt", f"{name} {SENTENCE * 20}") for name in ("one", "three", "two")]
    choose(opened, monkeypatch, *paths)
    view = opened.page.offer_view
    view.files.choose(2)
    qtbot.mouseClick(view.files.up_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(view.files.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [file.name for file in opened.page.model.desk.offer.files] == ["two.txt", "one.txt", "three.txt"]
    view.files.model.moveRow(view.files.model.index(-1, -1), 0, view.files.model.index(-1, -1), 3)
    assert [file.name for file in opened.page.model.desk.offer.files] == ["one.txt", "three.txt", "two.txt"]
    view.files.choose(1)
    qtbot.keyClick(view.files.list, Qt.Key.Key_Delete)
    assert [file.name for file in opened.page.model.desk.offer.files] == ["one.txt", "two.txt"]
    view.title_field.selectAll()
    qtbot.keyClicks(view.title_field, "Numbers")
    qtbot.keyClick(view.title_field, Qt.Key.Key_Return)
    wait_for(lambda: opened.titles == ["Numbers"])
    text = opened.page.text_view.text.page.toPlainText()
    assert text.index("one The") < text.index("two The")
    assert "three The" not in text


def test_what_cannot_be_read_among_others_is_told_before_the_import(
    opened: Opened, new_file: Callable[..., Path], qtbot: QtBot
) -> None:
    paths = [new_file("story.txt", SENTENCE * 20), new_file("cat.png", b"\x89PNG\r\n\x1a\n" + bytes(100))]
    opened.drop(files(*paths), until=lambda: True)
    view = opened.page.offer_view
    wait_for(lambda: opened.shown is view)
    assert view._refused_notice.text == "cat.png is a picture, not a text. It is left out."
    qtbot.mouseClick(view.header.primary, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.titles == ["story"])


def test_cleaning_shows_the_lines_that_it_changes(
    opened: Opened, new_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(opened, monkeypatch, new_file("odd.txt", f"Fine.\nOd\x07d {SENTENCE}\n" * 3))
    view = opened.page.offer_view
    assert view.header._state.text() == "UTF-8, 3 control characters removed, your file stays as it is."
    assert view._changed.index(0, 0).data() == "2"
    assert view._changed.index(0, 1).data().startswith("Od\u2407d")
    assert view._changed.index(0, 2).data().startswith("Odd")
    view.cleaning.controls["lower_case"].click()
    wait_for(lambda: "capital letters made small" in view.header._state.text())
    wait_for(lambda: view._beginning.text().startswith("fine."))
    combo = view.cleaning.controls["rare_characters"]
    assert not view.cleaning.controls["rare_below"].isVisibleTo(view.cleaning)
    combo.setCurrentIndex(combo.findData("fold"))
    combo.activated.emit(combo.currentIndex())
    assert view.cleaning.controls["rare_below"].isVisibleTo(view.cleaning)


def test_a_book_of_project_gutenberg_is_offered_without_its_licence(
    opened: Opened, new_file: Callable[..., Path], qtbot: QtBot
) -> None:
    book = (
        "The Project Gutenberg eBook of Ferries\n\n*** START OF THE PROJECT GUTENBERG EBOOK FERRIES ***\n"
        f"{SENTENCE * 40}\n*** END OF THE PROJECT GUTENBERG EBOOK FERRIES ***\nA licence.\n"
    )
    opened.drop(files(new_file("ferries.txt", book)))
    view = opened.page.offer_view
    wait_for(lambda: opened.shown is view)
    qtbot.mouseClick(view.gutenberg._actions[0], Qt.MouseButton.LeftButton)
    wait_for(lambda: view.gutenberg.isHidden())
    qtbot.mouseClick(view.header.primary, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.titles == ["ferries"])
    assert "licence" not in opened.page.text_view.text.page.toPlainText()


def test_another_text_can_be_read_while_an_import_waits(
    opened: Opened, novel: Path, new_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    with_text(opened, novel)
    choose(opened, monkeypatch, new_file("letter.txt", SENTENCE * 20))
    row = opened.page.list_panel.list.visualRect(opened.page.model.list.index(0, 0)).center()
    qtbot.mouseClick(opened.page.list_panel.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert opened.shown is opened.page.text_view
    assert opened.page.waiting.text == "Waiting: Import letter.txt"
    qtbot.mouseClick(opened.page.waiting._actions[0], Qt.MouseButton.LeftButton)
    assert opened.shown is opened.page.offer_view
    qtbot.mouseClick(opened.page.offer_view.cancel_button, Qt.MouseButton.LeftButton)
    assert opened.shown is opened.page.text_view
    assert opened.page.waiting.isHidden()


def test_a_pasted_text_is_called_by_its_first_line(opened: Opened, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText(f"A day at the ferry\n\n{SENTENCE * 30}")
    qtbot.mouseClick(opened.page.welcome.invitation.paste_button, Qt.MouseButton.LeftButton)
    assert opened.shown is opened.page.paste_view
    assert opened.page.paste_view.field.toPlainText().startswith("A day")
    qtbot.mouseClick(opened.page.paste_view.header.primary, Qt.MouseButton.LeftButton)
    wait_for(lambda: opened.titles == ["A day at the ferry"])


def test_importing_an_empty_paste_says_what_is_missing(opened: Opened, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    qtbot.mouseClick(opened.page.welcome.invitation.paste_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(opened.page.paste_view.header.primary, Qt.MouseButton.LeftButton)
    assert "nothing to import yet" in opened.page.paste_view.header._state.text()
    assert opened.titles == []


# A text of the library


def test_a_text_is_renamed_by_its_title(opened: Opened, novel: Path, qtbot: QtBot) -> None:
    with_text(opened, novel)
    view = opened.page.text_view
    qtbot.mouseClick(view.rename_button, Qt.MouseButton.LeftButton)
    line = QApplication.focusWidget() or view.header._title._line
    qtbot.keyClicks(line, "The book")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert opened.titles == ["The book"]
    assert opened.page.model.list.index(0, 0).data() == "The book"


def test_a_text_in_the_trash_comes_back_by_undo(opened: Opened, novel: Path, qtbot: QtBot) -> None:
    with_text(opened, novel)
    qtbot.mouseClick(opened.page.text_view.trash_button, Qt.MouseButton.LeftButton)
    assert opened.titles == []
    assert opened.shown is opened.page.welcome
    assert opened.toasts[-1][0] == "My novel is in the trash."
    opened.toasts[-1][2]()
    assert opened.titles == ["My novel"]
    assert opened.shown is opened.page.text_view


def test_delete_in_the_list_moves_the_chosen_text_to_the_trash(
    opened: Opened, novel: Path, new_file: Callable[..., Path], qtbot: QtBot
) -> None:
    with_text(opened, novel)
    opened.drop(files(new_file("letter.txt", SENTENCE * 20)))
    wait_for(lambda: len(opened.titles) == 2)
    before = opened.page.model.shown.id
    qtbot.keyClick(opened.page.list_panel.list, Qt.Key.Key_Delete)
    assert len(opened.titles) == 1
    assert opened.page.model.shown.id not in ("", before)


def test_the_arrow_keys_go_through_the_list(
    opened: Opened, novel: Path, new_file: Callable[..., Path], qtbot: QtBot
) -> None:
    with_text(opened, novel)
    opened.drop(files(new_file("letter.txt", SENTENCE * 20)))
    wait_for(lambda: len(opened.titles) == 2 and opened.page.text_view.header.title == "letter")
    row = opened.page.model.list.row_of(opened.page.model.shown.id)
    qtbot.keyClick(opened.page.list_panel.list, Qt.Key.Key_Up if row else Qt.Key.Key_Down)
    assert opened.page.text_view.header.title == "My novel"


def test_the_chosen_text_is_remembered(
    open_page: Callable[[], Opened], novel: Path, new_file: Callable[..., Path]
) -> None:
    first = open_page()
    with_text(first, novel)
    first.drop(files(new_file("letter.txt", SENTENCE * 20)))
    wait_for(lambda: len(first.titles) == 2)
    first.page.model.choose(next(entry.id for entry in first.workbench.texts.entries() if entry.title == "My novel"))
    first.workbench.settings.save()
    assert open_page().page.text_view.header.title == "My novel"


def test_a_damaged_text_says_so_and_offers_no_training(
    open_page: Callable[[], Opened], novel: Path, library: Library
) -> None:
    first = open_page()
    with_text(first, novel)
    corpus = library.corpus(first.workbench.texts.entries()[0].id)
    corpus.info_path.write_text("{", encoding="utf-8")
    second = open_page()
    assert second.page.model.list.index(0, 0).data(Qt.ItemDataRole.UserRole + 1) == "Cannot be used"
    assert second.shown is second.page.text_view
    assert not second.page.text_view.header.primary.isVisible()
    assert "damaged" in second.page.text_view._notices.itemAt(0).widget().text


def test_a_text_imported_by_a_command_appears_in_the_list_by_itself(
    opened: Opened, library: Library, new_file: Callable[..., Path]
) -> None:
    from engine.text.importing import import_texts
    from engine.text.sources import find_texts

    path = new_file("elsewhere.txt", SENTENCE * 20)
    thread = threading.Thread(target=lambda: list(import_texts(find_texts([path]), library)))
    thread.start()
    thread.join()
    wait_for(lambda: opened.page.model.list.rowCount() == 1)
    assert opened.shown is opened.page.welcome  # it does not take away the ways in


def test_runs_trained_on_a_text_are_one_click_away(opened: Opened, novel: Path, library: Library, qtbot: QtBot) -> None:
    from engine.library.entries import write_info

    with_text(opened, novel)
    run = library.new_run("First try")
    run.path.mkdir(exist_ok=True)
    corpus = {"id": opened.page.model.shown.id, "title": "My novel"}
    write_info(run.path / "run.json", {"title": "First try", "corpus": corpus, "outcome": "completed"})
    wait_for(lambda: opened.page.text_view.about._runs.count() == 1)
    button = opened.page.text_view.about._runs.itemAt(0).widget()
    assert button.text() == "First try"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened.runs == [run.id]


def test_all_files_of_a_text_are_listed_on_demand(opened: Opened, new_file: Callable[..., Path], qtbot: QtBot) -> None:
    for number in range(1, 6):
        new_file(f"book/part {number}.txt", f"{number} {SENTENCE * 20}")
    folder = new_file("book/part 6.txt", SENTENCE).parent
    dropping = install_dropping(opened.window, opened.workbench)
    opened.drop(files(folder), LEFT, until=lambda: len(dropping.overlay._zones) == 2)
    wait_for(lambda: opened.titles == ["book"])
    about = opened.page.text_view.about
    assert about.sources_button.text() == "Show all 6 files"
    qtbot.mouseClick(about.sources_button, Qt.MouseButton.LeftButton)
    dialog = about.findChild(TableDialog)
    assert dialog is not None
    assert dialog.table.model().rowCount() == 6
    dialog.accept()


def test_an_import_that_is_cancelled_leaves_nothing_behind(
    opened: Opened, new_file: Callable[..., Path], library: Library
) -> None:
    path = new_file("long.txt", "".join(f"{number} {SENTENCE}\n" for number in range(400_000)))
    opened.drop(files(path))
    wait_for(lambda: opened.page.progress.isVisible() and opened.page.model.desk.state == "importing")
    opened.page.progress.cancel_button.click()
    wait_for(lambda: opened.page.model.desk.state == "idle")
    assert opened.toasts[-1][0] == "Cancelled. Nothing was changed."
    assert opened.titles == []
    assert not any(library.corpora_path.iterdir())
    assert opened.page.progress.isHidden()


def test_a_text_whose_file_is_gone_says_so(open_page: Callable[[], Opened], novel: Path, library: Library) -> None:
    first = open_page()
    with_text(first, novel)
    library.corpus(first.page.model.shown.id).text_path.unlink()
    second = open_page()
    notice = second.page.text_view._notices.itemAt(0).widget()
    assert "text.utf8" in notice.text
    assert second.page.text_view.text.page.toPlainText() == ""
