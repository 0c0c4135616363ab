"""What opens under the View button: how the curves are looked at, and what can be made of a plot."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.curves.names import axis_short_name
from workbench.viewmodels.curves.options import MOST_SMOOTHING, PARTS, CurveOptions, part_name
from workbench.viewmodels.run_history import AXES, Axis
from workbench.views.curves.output import KINDS, Kind, PlotOutput
from workbench.widgets.buttons import Button
from workbench.widgets.inputs import CheckBox, Switch
from workbench.widgets.labels import Caption
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.segmented import SegmentedControl
from workbench.widgets.slider import LabelledSlider
from workbench.words import tr

Plots = list[tuple[str, CurvePlot]]


class ViewSheet(QWidget):
    """done: something was asked for that needs the room, a dialog."""

    done = Signal()

    def __init__(
        self, options: CurveOptions, axis: Axis, plots: Plots, output: PlotOutput, chosen: CurvePlot | None = None
    ) -> None:
        """axis: the one on show; plots: those on show, with their names; chosen: the one that is meant at first."""
        super().__init__()
        self._options, self._plots, self._output = options, plots, output
        self.setAccessibleName(tr("View"))
        self.axis = SegmentedControl([(name, axis_short_name(name)) for name in AXES])
        self.axis.setAccessibleName(tr("Along the plot"))
        self.axis.set_current(axis)
        self.log_x, self.log_loss = CheckBox(tr("along the plot")), CheckBox(tr("loss"))
        self.log_x.setChecked(options.is_log("x"))
        self.log_loss.setChecked(options.is_log("loss"))
        self.smoothing = LabelledSlider(tr("not at all"), tr("very much"), 0.0, MOST_SMOOTHING, 0.01)
        self.smoothing.setAccessibleName(tr("Smoothing"))
        self.smoothing.set_value(options.smoothing)
        self.parts = {part: CheckBox(part_name(part)) for part in PARTS}
        self.plot = SegmentedControl([(str(place), name) for place, (name, _) in enumerate(plots)])
        self.plot.setAccessibleName(tr("This plot"))
        self.plot.set_current(next((str(i) for i, (_, plot) in enumerate(plots) if plot is chosen), "0"))
        self.follow = Switch(tr("Follow the newest"))
        self.show_all, self.table = Button(tr("Show all"), "show-all"), Button(tr("Show as a table"))
        self.kinds = {kind: Button(kind.upper()) for kind in KINDS}
        self._lay_out()
        self._connect()
        self._on_plot_chosen()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GRID + GRID // 2)
        logs = _row(self.log_x, self.log_loss)
        for place, (text, content) in enumerate(
            ((tr("Along the plot"), self.axis), (tr("Logarithmic"), logs), (tr("Smoothing"), self.smoothing))
        ):
            grid.addWidget(Caption(text), place, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(content, place, 1)
        parts = QWidget()
        box = QVBoxLayout(parts)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for part, check in self.parts.items():
            check.setChecked(part not in self._options.hidden)
            box.addWidget(check)
        grid.addWidget(Caption(tr("Show")), 3, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(parts, 3, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        line = QFrame()
        line.setProperty("look", "line")
        line.setFixedHeight(1)
        column.addWidget(line)
        column.addLayout(self._plot_rows())

    def _plot_rows(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(GRID + GRID // 2)
        self.plot.setVisible(len(self._plots) > 1)
        rows.addWidget(self.plot)
        rows.addWidget(self.follow)
        rows.addWidget(_row(self.show_all, self.table))
        rows.addWidget(_row(Caption(tr("Save as")), *self.kinds.values()))
        return rows

    def _connect(self) -> None:
        options = self._options
        self.axis.changed.connect(options.set_axis)
        self.log_x.toggled.connect(partial(options.set_log, "x"))
        self.log_loss.toggled.connect(partial(options.set_log, "loss"))
        self.smoothing.value_changed.connect(options.set_smoothing)
        for part, check in self.parts.items():
            check.toggled.connect(partial(options.show_part, part))
        self.plot.changed.connect(self._on_plot_chosen)
        self.follow.toggled.connect(self._on_follow_toggled)
        self.show_all.clicked.connect(self._on_show_all_clicked)
        self.table.clicked.connect(self._on_table_clicked)
        for kind, button in self.kinds.items():
            button.clicked.connect(partial(self._on_kind_clicked, kind))

    @property
    def _chosen(self) -> tuple[str, CurvePlot]:
        return self._plots[int(self.plot.current)]

    def _on_kind_clicked(self, kind: Kind, *_: bool) -> None:
        name, plot = self._chosen
        self.done.emit()
        self._output.save(plot, name, kind)

    def _on_plot_chosen(self) -> None:
        self.follow.blockSignals(True)
        self.follow.setChecked(self._chosen[1].is_following())
        self.follow.blockSignals(False)

    def _on_follow_toggled(self, is_on: bool) -> None:
        self._chosen[1].set_follow(is_on)

    def _on_show_all_clicked(self) -> None:
        self._chosen[1].show_all()
        self._on_plot_chosen()

    def _on_table_clicked(self) -> None:
        name, plot = self._chosen
        self.done.emit()
        self._output.show_table(plot, name)


PlotsOnShow = Callable[[], Plots]


def _row(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GRID)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch()
    return holder
