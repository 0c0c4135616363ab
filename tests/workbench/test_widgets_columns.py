"""Cells in as many equal columns as there is room for."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from workbench.widgets.columns import ColumnsLayout


def filled(qtbot: QtBot, count: int, **options: int) -> tuple[QWidget, list[QLabel]]:
    area = QWidget()
    qtbot.addWidget(area)
    layout = ColumnsLayout(area, min_width=100, spacing=10, **options)  # type: ignore[arg-type]
    cells = [QLabel("x") for _ in range(count)]
    for cell in cells:
        layout.addWidget(cell)
    area.show()
    return area, cells


def test_a_wide_area_has_more_columns_of_equal_width(qtbot: QtBot) -> None:
    area, cells = filled(qtbot, 6)
    area.resize(320, 300)
    assert [cell.x() for cell in cells] == [0, 110, 220, 0, 110, 220]
    assert {cell.width() for cell in cells} == {100}
    area.resize(205, 300)
    assert {cell.x() for cell in cells} == {0}


def test_a_column_is_as_wide_as_the_widest_cell_needs(qtbot: QtBot) -> None:
    area, cells = filled(qtbot, 4)
    cells[2].setMinimumWidth(180)
    area.resize(320, 300)
    assert {cell.x() for cell in cells} == {0}


def test_the_number_of_columns_can_be_limited(qtbot: QtBot) -> None:
    area, cells = filled(qtbot, 4, max_columns=2)
    area.resize(900, 300)
    assert len({cell.x() for cell in cells}) == 2


def test_hidden_cells_leave_no_gap(qtbot: QtBot) -> None:
    area, cells = filled(qtbot, 3)
    area.resize(320, 300)
    cells[0].hide()
    area.layout().activate()  # type: ignore[union-attr]
    assert cells[1].x() == 0
