"""The table of runs, driven by clicks, over runs that were really trained."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from engine.control import RunControl
from engine.library.labels import Label
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.theme.theme import Theme
from workbench.viewmodels.runs.columns import COLUMN_KEYS
from workbench.viewmodels.runs.filters import Filter
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.runs.page import RunsPage
from workbench.views.texts.dropping import install_dropping
from workbench.widgets.labels import Quiet

BOTTLES = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(99, 0, -1))
TABLES: dict[str, Any] = {
    "format": 1,
    "model": {"cell": "lstm", "hidden_size": 8, "embedding_size": 4, "dropout": 0.1},
    "training": {
        "batch_size": 4, "window_size": 11, "validate_every_steps": 10, "report_every_steps": 2, "num_threads": 1,
        "precision": "float32", "sample_every_seconds": 0.0, "sample_length": 30, "steps": 40, "seed": 1,
    },
}  # fmt: skip
PATIENCE = 30_000


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one text and two real runs, "First" and "Second", that differ in dropout and seed."""
    from engine.text.importing import import_texts
    from engine.text.sources import find_texts
    from engine.training.runs import Request, create_run

    folder = tmp_path_factory.mktemp("trained")
    library = Library.open(folder / "library")
    text = folder / "Bottles.txt"
    text.write_text(BOTTLES, encoding="utf-8", newline="")
    *_, imported = import_texts(find_texts([text]), library)
    for title, dropout, seed in (("First", 0.1, 1), ("Second", 0.3, 2)):
        tables = {
            **TABLES,
            "model": {**TABLES["model"], "dropout": dropout},
            "training": {**TABLES["training"], "seed": seed},
        }
        preparing = create_run(library, Request(imported.corpus, tables, "quick", title=title), RunControl())  # type: ignore[union-attr]
        try:
            while True:
                next(preparing)
        except StopIteration as end:
            for _ in end.value.run():
                pass
    return library.path


@pytest.fixture
def library(trained: Path, tmp_path: Path) -> Library:
    shutil.copytree(trained, tmp_path / "library")
    return Library.open(tmp_path / "library")


Opener = Callable[[], RunsPage]


@pytest.fixture
def open_page(library: Library, tmp_path: Path, theme: Theme) -> Iterator[Opener]:
    """Opens the library as the window does. Pages go after their threads."""
    pages: list[tuple[EngineDoor, RunsPage]] = []

    def open_one() -> RunsPage:
        door = EngineDoor(library)
        page = RunsPage(Workbench(door, Settings(tmp_path / "window.ini")))
        pages.append((door, page))
        page.resize(1080, 740)
        page.show()
        return page

    yield open_one
    for door, page in pages:
        page.close()
        door.close(20)
        door.pump.drain(1.0)
        page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def titles(page: RunsPage) -> list[str]:
    return [row.entry.title for row in page.model.table.rows()]


def cell(page: RunsPage, title: str, column: str) -> QPoint:
    """The middle of a cell, by the title of its run."""
    index = page.model.table.index(titles(page).index(title), COLUMN_KEYS.index(column))  # type: ignore[arg-type]
    page.table.scrollTo(index)
    return page.table.visualRect(index).center()


def click(
    qtbot: QtBot, page: RunsPage, title: str, column: str = "state",
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:  # fmt: skip
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, keys, cell(page, title, column))


def text(page: RunsPage, title: str, column: str) -> str:
    place = titles(page).index(title)
    return str(page.model.table.index(place, COLUMN_KEYS.index(column)).data())  # type: ignore[arg-type]


def choose(page: RunsPage, deed: str) -> None:
    """Open the menu and choose an entry."""
    page.menu.aboutToShow.emit()
    next(action for action in page.menu.actions() if action.data() == deed).trigger()


def toasts(page: RunsPage) -> list[tuple[str, Callable[[], None]]]:
    said: list[tuple[str, Callable[[], None]]] = []
    page.model.workbench.notices.toast_wanted.connect(lambda words, _, undo: said.append((words, undo)))
    return said


def copy_run(library: Library, title: str, **changes: Any) -> str:
    """Another run of the library, made from the first one."""
    first = next(entry for entry in library.list_runs() if entry.title == "First")
    run_id = "copy-" + title.lower().replace(" ", "-")
    shutil.copytree(first.path, library.runs_path / run_id)
    info = {**first.info, "id": run_id, "title": title, **changes}
    library.run(run_id).info_path.write_text(json.dumps(info), encoding="utf-8")
    return run_id


def test_the_newest_run_is_selected_and_told_about(open_page: Opener) -> None:
    page = open_page()
    assert sorted(titles(page)) == ["First", "Second"]
    assert page.model.one is not None
    assert page.details.title.text() == page.model.one.entry.title
    assert "Best at step" in page.details.sentence.text()
    assert "LSTM 1x8, letters" in page.details.facts.text()
    assert page.header.primary.text() == "Write with it"


@pytest.mark.parametrize("way", ["double click", "enter", "title"])
def test_a_run_opens_by_a_double_click_by_enter_and_by_a_click_on_its_title(
    open_page: Opener, qtbot: QtBot, way: str
) -> None:
    page = open_page()
    wanted: list[str] = []
    page.model.workbench.navigator.run_wanted.connect(wanted.append)
    click(qtbot, page, "First")
    assert wanted == []
    if way == "double click":
        qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=cell(page, "First", "state"))
    elif way == "enter":
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    else:
        click(qtbot, page, "First", "title")
    row = page.model.one
    assert row is not None
    assert wanted == [row.entry.id]


def test_every_column_sorts_both_ways_and_what_is_empty_goes_last(open_page: Opener, library: Library) -> None:
    (library.runs_path / "torn").mkdir()
    (library.runs_path / "torn" / "run.json").write_text("{")
    page = open_page()
    for place, key in enumerate(COLUMN_KEYS):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            page.table.sortByColumn(place, order)
            assert sorted(titles(page)) == ["First", "Second", "torn"]
        if key in ("best", "guesses", "duration", "date", "text"):
            assert titles(page)[-1] == "torn"
    page.table.sortByColumn(COLUMN_KEYS.index("title"), Qt.SortOrder.AscendingOrder)
    assert titles(page) == ["First", "Second", "torn"]


def test_the_search_looks_through_titles_texts_tags_and_notes(
    open_page: Opener, library: Library, qtbot: QtBot
) -> None:
    first = next(entry for entry in library.list_runs() if entry.title == "First")
    library.run(first.id).write_label(Label(tags=("for the talk",), notes="Odd commas"))
    page = open_page()
    for words, found in (("sec", ["Second"]), ("talk first", ["First"]), ("COMMAS", ["First"]), ("nowhere", [])):
        page.toolbar.search.clear()
        qtbot.keyClicks(page.toolbar.search, words)
        qtbot.waitUntil(lambda found=found: titles(page) == found)
    assert page.lists.currentWidget() is page.nothing
    qtbot.mouseClick(page.nothing.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert len(titles(page)) == 2
    assert page.toolbar.search.text() == ""


def test_the_states_can_be_chosen(open_page: Opener, library: Library) -> None:
    copy_run(library, "Lost", outcome="", step=20)
    page = open_page()
    page.toolbar.state.setCurrentIndex(page.toolbar.state.findData("interrupted"))
    assert titles(page) == ["Lost"]
    assert "1 of 3 runs" in page.header.findChild(Quiet).text()
    qtbot_button = page.toolbar.all_button
    assert qtbot_button.isVisible()
    qtbot_button.click()
    assert len(titles(page)) == 3


def test_selected_runs_stay_selected_when_others_come_go_and_change_places(
    open_page: Opener, library: Library, qtbot: QtBot
) -> None:
    page = open_page()
    click(qtbot, page, "First")
    chosen = page.table.selected_ids()
    run_id = copy_run(library, "Newer", created="2099-01-01T00:00:00+00:00")
    page.model.workbench.runs.refresh()
    assert titles(page)[0] == "Newer"
    assert page.table.selected_ids() == chosen
    page.table.sortByColumn(COLUMN_KEYS.index("title"), Qt.SortOrder.DescendingOrder)
    assert page.table.selected_ids() == chosen
    library.trash(library.run(run_id).path)
    page.model.workbench.runs.refresh()
    assert page.table.selected_ids() == chosen
    for number in range(60):  # so many that the table is shown anew
        copy_run(library, f"Copy {number:02d}")
    page.model.workbench.runs.refresh()
    assert page.table.selected_ids() == chosen
    assert page.details.title.text() == "First"


def test_f2_renames_in_place_and_undo_brings_the_title_back(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    said = toasts(page)
    click(qtbot, page, "First")
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    editor = page.table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, "Songs")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sorted(titles(page)) == ["Second", "Songs"])
    said[-1][1]()
    assert sorted(titles(page)) == ["First", "Second"]


def test_a_star_is_given_by_a_click_and_found_by_the_filter(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    click(qtbot, page, "First", "star")
    assert page.model.table.rows()[titles(page).index("First")].entry.is_starred
    page.toolbar.state.setCurrentIndex(page.toolbar.state.findData("starred"))
    assert titles(page) == ["First"]


def test_tags_and_notes_are_kept_a_moment_after_the_last_key(open_page: Opener, library: Library, qtbot: QtBot) -> None:
    page = open_page()
    click(qtbot, page, "First")
    first = page.table.selected_ids()[0]
    qtbot.keyClicks(page.details.tags, "small, for the talk, small")
    qtbot.keyClicks(page.details.notes, "It rhymes.")
    qtbot.waitUntil(lambda: library.run(first).read_label().notes == "It rhymes.")
    assert library.run(first).read_label().tags == ("small", "for the talk")
    assert text(page, "First", "tags") == "small, for the talk"


def test_what_is_typed_belongs_to_its_run_when_another_one_is_selected_at_once(
    open_page: Opener, library: Library, qtbot: QtBot
) -> None:
    page = open_page()
    click(qtbot, page, "First")
    first = page.table.selected_ids()[0]
    qtbot.keyClicks(page.details.notes, "mine")
    click(qtbot, page, "Second")
    assert library.run(first).read_label().notes == "mine"
    assert page.details.notes.toPlainText() == ""


def test_several_selected_runs_show_their_curves_and_only_the_settings_that_differ(
    open_page: Opener, qtbot: QtBot
) -> None:
    page = open_page()
    click(qtbot, page, "First")
    click(qtbot, page, "Second", keys=Qt.KeyboardModifier.ControlModifier)
    assert page.below.currentWidget() is page.compare
    qtbot.waitUntil(lambda: page.compare.table.model() is not None)
    model = page.compare.table.model()
    shown = {model.index(row, 0).data() for row in range(model.rowCount())}
    assert shown == {"Dropout", "Seed"}
    assert page.compare.sentence.text() == "They differ in 2 settings."
    curves = page.compare.findChild(_overlay())
    assert curves is not None
    qtbot.waitUntil(lambda: len(curves.plot.curve_keys()) >= 2)


def _overlay() -> type:
    from workbench.views.curves.overlay import OverlayPanel

    return OverlayPanel


def test_delete_moves_several_runs_to_the_trash_and_undo_brings_them_back(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    said = toasts(page)
    page.table.setFocus()
    page.table.selectAll()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert titles(page) == []
    assert page.stack.currentWidget() is page.empty
    assert said[-1][0] == "2 runs are in the trash."
    said[-1][1]()
    assert sorted(titles(page)) == ["First", "Second"]


def test_a_run_that_another_program_trains_is_shown_live_and_not_thrown_away(
    open_page: Opener, library: Library, qtbot: QtBot
) -> None:
    run_id = copy_run(library, "Elsewhere", outcome="", step=10, created="2099-01-01T00:00:00+00:00")
    page = open_page()
    said = toasts(page)
    assert text(page, "Elsewhere", "state") == "Interrupted"
    with library.run(run_id).lock():
        page.model.workbench.runs.refresh()
        assert text(page, "Elsewhere", "state").startswith("Training")
        qtbot.waitUntil(lambda: page.model.table.row(run_id).step == 40)  # type: ignore[union-attr]
        assert text(page, "Elsewhere", "state") == "Training, 100 %"
        assert text(page, "Elsewhere", "last") != "–"
        click(qtbot, page, "Elsewhere")
        qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert said[-1][0] == "Elsewhere still trains. Finish it first, then move it to the trash."
    assert "Elsewhere" in titles(page)


@pytest.mark.parametrize("content", ["{", None])
def test_a_damaged_or_unfinished_run_says_what_is_wrong_and_can_be_thrown_away(
    open_page: Opener, library: Library, qtbot: QtBot, content: str | None
) -> None:
    (library.runs_path / "torn").mkdir()
    if content is not None:
        (library.runs_path / "torn" / "run.json").write_text(content)
    page = open_page()
    click(qtbot, page, "torn")
    sentence = page.details.sentence.text()
    assert "run.json" in sentence or sentence == "torn was never finished."
    assert not page.details.buttons["open"].isVisible()
    qtbot.mouseClick(page.details.trash, Qt.MouseButton.LeftButton)
    assert sorted(titles(page)) == ["First", "Second"]


def test_settings_are_duplicated_as_they_were_at_the_start_or_at_the_end(
    open_page: Opener, library: Library, qtbot: QtBot
) -> None:
    from engine.events import SettingChanged, as_record
    from engine.library.json_lines import LineWriter

    first = next(entry for entry in library.list_runs() if entry.title == "First")
    folder = library.run(first.id)
    with LineWriter(folder.metrics_path) as lines:
        lines.append(as_record(SettingChanged(step=9, field="training.clip_norm", old=1.0, new=0.5)))
        lines.append(as_record(SettingChanged(step=12, field="training.clip_norm", old=0.5, new=0.25)))
    info = folder.read_info()
    info["configuration"]["training"]["clip_norm"] = 0.25  # type: ignore[index]
    folder.write_info(info)
    page = open_page()
    drafts: list[Any] = []
    page.model.workbench.navigator.recipe_draft_wanted.connect(lambda *draft: drafts.append(draft))
    click(qtbot, page, "First")
    choose(page, "duplicate")
    choose(page, "duplicate_start")
    qtbot.waitUntil(lambda: len(drafts) == 2)
    assert [tables["training"]["clip_norm"] for _, tables, _ in drafts] == [0.25, 1.0]
    assert drafts[0][2] == "As in First"


def test_model_and_figures_are_exported(
    open_page: Opener, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    said = toasts(page)
    click(qtbot, page, "First")
    for deed, name in (("export", "first.textloom"), ("metrics", "first.csv")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        choose(page, deed)
        qtbot.waitUntil(lambda name=name: any(name in words for words, _ in said), timeout=PATIENCE)
    from engine.models.model_file import read_model

    assert read_model(tmp_path / "first.textloom").title == "First"
    with (tmp_path / "first.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"training", "validation"}
    assert int(rows[-1]["step"]) == 40
    assert float(rows[0]["loss_nats"]) > 1


def dragged(kind: type[QDropEvent], place: QPoint, path: Path) -> QDropEvent:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    where = place if kind is QDragEnterEvent else QPointF(place)
    event = kind(where, copy, mime, left, none)  # type: ignore[arg-type]
    event.kept = mime  # type: ignore[attr-defined]
    return event


def test_a_file_dropped_on_a_run_is_tried_on_its_model_and_the_result_kept_in_its_notes(
    open_page: Opener, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "more bottles.txt"
    path.write_text(BOTTLES[:900], encoding="utf-8")
    page = open_page()
    place = cell(page, "Second", "title")
    viewport = page.table.viewport()
    QApplication.sendEvent(viewport, dragged(QDragEnterEvent, place, path))
    assert page.drops.hint.isVisible()
    assert "more bottles.txt" in page.drops.hint.text
    QApplication.sendEvent(viewport, dragged(QDropEvent, place, path))
    assert not page.drops.hint.isVisible()
    qtbot.waitUntil(lambda: bool(page.evaluating.result), timeout=PATIENCE)
    assert page.trial.result.text.startswith("Second on more bottles.txt: ")
    assert "bits per character, perplexity" in page.trial.result.text
    second = next(entry for entry in library.list_runs() if entry.title == "Second")
    assert "more bottles.txt: " in second.label.notes


def test_a_trial_can_be_cancelled_and_a_picture_is_refused(
    open_page: Opener, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_page()
    failures: list[Any] = []
    page.model.workbench.notices.failure_happened.connect(failures.append)
    second = page.model.table.rows()[titles(page).index("Second")].entry.id
    long_text = tmp_path / "long.txt"
    long_text.write_text(BOTTLES * 500, encoding="utf-8")
    page.evaluating.begin(second, [long_text])
    qtbot.mouseClick(page.trial.progress.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.evaluating.is_running, timeout=PATIENCE)
    assert page.evaluating.result == ""
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page.evaluating.begin(second, [picture])
    qtbot.waitUntil(lambda: not page.evaluating.is_running, timeout=PATIENCE)
    assert len(failures) == 1
    assert failures[0].is_expected
    assert library.run(second).read_label().notes == ""


def test_a_file_dropped_beside_the_rows_is_offered_for_import(open_page: Opener, tmp_path: Path) -> None:
    page = open_page()
    offered: list[Any] = []
    page.model.workbench.navigator.files_wanted.connect(offered.append)
    below = QPoint(50, page.table.viewport().height() - 4)
    QApplication.sendEvent(page.table.viewport(), dragged(QDragEnterEvent, below, tmp_path / "a.txt"))
    QApplication.sendEvent(page.table.viewport(), dragged(QDropEvent, below, tmp_path / "a.txt"))
    assert [each.paths for each in offered] == [(tmp_path / "a.txt",)]


def test_nothing_covers_the_rows_while_a_file_hangs_over_the_window(open_page: Opener, tmp_path: Path) -> None:
    page = open_page()
    QApplication.sendEvent(page, dragged(QDragEnterEvent, QPoint(5, 5), tmp_path / "a.txt"))
    dropping = install_dropping(page, page.model.workbench)
    assert not dropping.overlay.isVisible()
    assert page.drops.hint.isVisible()
    page.table.hide()
    QApplication.sendEvent(page, dragged(QDropEvent, QPoint(5, 5), tmp_path / "a.txt"))
    assert not page.drops.hint.isVisible()
    QApplication.sendEvent(page, dragged(QDragEnterEvent, QPoint(5, 5), tmp_path / "a.txt"))
    assert dropping.overlay.isVisible()


def test_the_columns_that_are_shown_at_first_fit_into_a_window_of_1280(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    page.resize(1080, 740)  # what such a window leaves beside the rail
    header, bar = page.table.horizontalHeader(), page.table.verticalScrollBar()
    header.setStretchLastSection(False)
    room = page.table.viewport().width() - (0 if bar.isVisible() else bar.sizeHint().width())
    assert header.length() <= room
    assert page.table.horizontalScrollBar().maximum() == 0
    assert not page.table.isColumnHidden(COLUMN_KEYS.index("tags"))


def test_hidden_columns_widths_and_sorting_are_there_after_a_restart(open_page: Opener) -> None:
    page = open_page()
    recipe = COLUMN_KEYS.index("recipe")
    page.table.column_menu.aboutToShow.emit()
    next(action for action in page.table.column_menu.actions() if action.data() == recipe).trigger()
    assert page.table.isColumnHidden(recipe)
    page.table.setColumnWidth(COLUMN_KEYS.index("text"), 333)
    page.table.sortByColumn(COLUMN_KEYS.index("title"), Qt.SortOrder.AscendingOrder)
    page.close()
    again = open_page()
    assert again.table.isColumnHidden(recipe)
    assert again.table.columnWidth(COLUMN_KEYS.index("text")) == 333
    assert titles(again) == ["First", "Second"]


def test_runs_that_another_page_asks_for_are_selected_whatever_is_filtered(open_page: Opener) -> None:
    page = open_page()
    page.model.set_filter(Filter("nothing like it"))
    ids = [row.entry.id for row in page.model.table.all_rows()]
    page.model.workbench.navigator.show_runs(ids)
    assert sorted(page.table.selected_ids()) == sorted(ids)


def test_without_runs_the_page_leads_to_the_texts(tmp_path: Path, theme: Theme, qtbot: QtBot) -> None:
    door = EngineDoor(Library.open(tmp_path / "empty"))
    page = RunsPage(Workbench(door, Settings(tmp_path / "window.ini")))
    qtbot.addWidget(page)
    page.show()
    assert page.stack.currentWidget() is page.empty
    button = page.empty.button
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.model.workbench.navigator.page in ("train", "texts")
    page.close()
    door.close(5)


def test_a_run_of_this_window_is_live_in_the_table_and_goes_on_after_it_was_finished(
    open_page: Opener, qtbot: QtBot
) -> None:
    from workbench.bridge.protocols.training import TrainRequest

    page = open_page()
    corpus = page.model.workbench.texts.entries()[0].id
    tables = {**TABLES, "training": {**TABLES["training"], "steps": 1_000_000}}
    page.model.workbench.queue.start(TrainRequest(corpus_id=corpus, tables=tables, title="Live"))
    qtbot.waitUntil(lambda: "Live" in titles(page), timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.model.table.rows()[titles(page).index("Live")].step > 20, timeout=PATIENCE)
    assert text(page, "Live", "state").startswith("Training")
    assert page.queue.isVisible()
    run = page.model.workbench.queue.current
    assert run is not None
    run.finish()
    qtbot.waitUntil(lambda: text(page, "Live", "state") == "Finished", timeout=PATIENCE)
    click(qtbot, page, "Live")
    qtbot.mouseClick(page.details.buttons["go_on"], Qt.MouseButton.LeftButton)
    assert page.model.workbench.navigator.page == "train"
    again = page.model.workbench.queue.current
    assert again is not None
    assert again is not run
    qtbot.waitUntil(lambda: again.state == "training", timeout=PATIENCE)
    again.finish()
    qtbot.waitUntil(lambda: again.is_over, timeout=PATIENCE)
