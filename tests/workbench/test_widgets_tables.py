"""Tables: rows are opened, sorted, copied, and remember how a person arranged them."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from workbench.widgets.tables import PlainTableModel, TableDialog, TableView, tab_separated

pytestmark = pytest.mark.usefixtures("theme")
LONG = "A title that cannot fit into the cell that it has been given"


@pytest.fixture
def model(qtbot: QtBot) -> PlainTableModel:
    assert qtbot
    return PlainTableModel(["Text", "Best"], [["Play", 2.1], [LONG, 1.49], ["Tales", 1.62]])


@pytest.fixture
def table(model: PlainTableModel, qtbot: QtBot) -> TableView:
    view = TableView()
    model.setParent(view)
    view.setModel(model)
    view.resize(400, 300)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    return view


def _texts(table: TableView) -> list[str]:
    return [table.model().index(row, 0).data() for row in range(table.model().rowCount())]


def test_a_click_on_a_header_sorts_numbers_as_numbers(table: TableView, qtbot: QtBot) -> None:
    header = table.horizontalHeader()
    place = QPoint(header.sectionPosition(1) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    first = _texts(table)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert {tuple(first), tuple(_texts(table))} == {("Play", "Tales", LONG), (LONG, "Tales", "Play")}


def test_a_double_click_and_enter_open_a_row(table: TableView, qtbot: QtBot) -> None:
    index = table.model().index(1, 0)
    place = table.visualRect(index).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args[0].row() == 1
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args[0].row() == 1


def test_the_whole_row_is_selected(table: TableView) -> None:
    table.selectRow(2)
    assert {index.column() for index in table.selectedIndexes()} == {0, 1}


def test_delete_asks_for_deletion(table: TableView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.delete_pressed):
        qtbot.keyClick(table, Qt.Key.Key_Delete)


def test_widths_of_columns_are_remembered(table: TableView, model: PlainTableModel, qtbot: QtBot) -> None:
    table.setColumnWidth(0, 213)
    kept = table.save_state()
    other = TableView()
    other.setModel(model)
    qtbot.addWidget(other)
    other.restore_state(kept)
    assert other.columnWidth(0) == 213


@pytest.mark.parametrize("nonsense", ["", "///", "ü", "bm9uc2Vuc2U="])
def test_a_kept_arrangement_that_cannot_be_read_changes_nothing(table: TableView, nonsense: str) -> None:
    table.setColumnWidth(0, 213)
    table.restore_state(nonsense)
    assert table.columnWidth(0) == 213


@pytest.mark.parametrize(("width", "bubble"), [(80, LONG), (600, "")])
def test_a_cell_that_is_cut_has_its_whole_text_in_a_bubble(
    table: TableView, qtbot: QtBot, width: int, bubble: str
) -> None:
    QToolTip.hideText()
    qtbot.waitUntil(lambda: QToolTip.text() == "")
    table.setColumnWidth(0, width)
    place = table.visualRect(table.model().index(1, 0)).center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, table.viewport().mapToGlobal(place))
    QApplication.sendEvent(table.viewport(), event)
    assert QToolTip.text() == bubble


def test_numbers_stand_at_the_right(model: PlainTableModel) -> None:
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    assert model.data(model.index(0, 1), Qt.ItemDataRole.TextAlignmentRole) == right
    assert model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole) == right
    assert model.data(model.index(0, 0), Qt.ItemDataRole.TextAlignmentRole) is None


def test_numbers_are_shown_as_people_write_them_and_copied_as_machines_read_them(model: PlainTableModel) -> None:
    model.set_rows([[12345, 1.491374], ["Play", 0.25]])
    assert [model.index(0, column).data() for column in (0, 1)] == ["12,345", "1.491"]
    assert tab_separated(model) == "Text\tBest\n12345\t1.491374\nPlay\t0.25\n"


def test_other_rows_replace_those_shown(model: PlainTableModel) -> None:
    model.set_rows([["Verse", 3]])
    assert model.rowCount() == 1
    assert tab_separated(model) == "Text\tBest\nVerse\t3\n"


def test_the_numbers_behind_a_picture_can_be_copied(model: PlainTableModel, qtbot: QtBot) -> None:
    dialog = TableDialog("Loss", model)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("Text\tBest\nPlay\t2.1\n")
