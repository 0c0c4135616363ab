"""What opens under the pin: earlier runs to lay behind the present curves."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.viewmodels.curves.pins import Pins
from workbench.viewmodels.curves.units import Units
from workbench.widgets.inputs import CheckBox
from workbench.widgets.labels import Caption, Label, Quiet
from workbench.words import tr

_MOST_HEIGHT, _WIDTH = 300, 320


class PinSheet(QWidget):
    """A list of runs to tick."""

    def __init__(self, pins: Pins, units: Units) -> None:
        super().__init__()
        title = Label(tr("Pin earlier runs"))
        fonts.follow(title, fonts.strong)
        self.setAccessibleName(title.text())
        self.boxes: dict[str, CheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(title)
        offers = pins.offers(units)
        if not offers:
            column.addWidget(Quiet(tr("No other run has curves yet.")))
            return
        column.addWidget(Caption(tr("Their validation stands behind your curves, thin and grey.")))
        rows = QWidget()
        box = QVBoxLayout(rows)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for offer in offers:
            check = CheckBox(rows.fontMetrics().elidedText(offer.title, Qt.TextElideMode.ElideMiddle, _WIDTH - 48))
            check.setAccessibleName(offer.title)
            check.setAccessibleDescription(offer.facts)
            check.setChecked(offer.is_pinned)
            check.toggled.connect(partial(self._on_box_toggled, pins, offer.run_id))
            facts = Caption(offer.facts)
            facts.setContentsMargins(3 * GRID + 3, 0, 0, GRID)
            box.addWidget(check)
            box.addWidget(facts)
            self.boxes[offer.run_id] = check
        column.addWidget(self._scrolled(rows))

    def _scrolled(self, rows: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        area.setWidget(rows)
        rows.setAutoFillBackground(False)  # which the area has just switched on
        area.setFixedSize(_WIDTH, min(rows.sizeHint().height(), _MOST_HEIGHT))
        return area

    def _on_box_toggled(self, pins: Pins, run_id: str, _: bool) -> None:
        pins.toggle(run_id)
        for known, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(known in pins.ids)
            box.blockSignals(False)
