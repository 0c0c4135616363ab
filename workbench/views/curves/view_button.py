"""One button for everything about how the curves are looked at."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget, QWidgetAction

from workbench.theme.spacing import GRID
from workbench.viewmodels.curves.options import MOST_SMOOTHING, CurveOptions, axis_name
from workbench.viewmodels.curves.pins import Pins
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.run_history import AXES
from workbench.widgets.buttons import QuietButton
from workbench.widgets.labels import Caption
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.slider import LabelledSlider
from workbench.widgets.tables import PlainTableModel, TableDialog
from workbench.words import tr

PlotsOnShow = Callable[[], list[tuple[str, CurvePlot]]]


class ViewButton(QuietButton):
    """Opens the menu. plots: those that are on show now, with their names."""

    def __init__(
        self, options: CurveOptions, notices: Notices, plots: PlotsOnShow, pins: Pins | None = None,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(tr("View"), "view", parent)
        self._options, self._notices, self._plots, self._pins = options, notices, plots, pins
        self.run_id = ""  # of the run on show, which is not offered for pinning
        self._view_menu = QMenu(self)
        self._view_menu.aboutToShow.connect(self._fill)
        self.setMenu(self._view_menu)

    def _fill(self) -> None:
        menu = self._view_menu
        menu.clear()
        self._add_axes(menu.addMenu(tr("Horizontal axis")))
        for which, text in (("loss", tr("Logarithmic loss")), ("x", tr("Logarithmic horizontal axis"))):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(self._options.is_log(which))
            action.toggled.connect(partial(self._options.set_log, which))
        menu.addAction(self._smoothing_action(menu))
        menu.addSeparator()
        menu.addAction(tr("Show all")).triggered.connect(self._on_show_all_wanted)
        menu.addAction(tr("Follow the newest")).triggered.connect(self._on_follow_wanted)
        if self._pins is not None:
            self._add_pins(menu.addMenu(tr("Pin an earlier run")))
        menu.addSeparator()
        for name, plot in self._plots():
            sub = menu.addMenu(name)
            sub.addAction(tr("Show as a table")).triggered.connect(partial(self._show_table, name, plot))
            sub.addAction(tr("Save as PNG...")).triggered.connect(partial(self._export, name, plot, "png"))
            sub.addAction(tr("Save as SVG...")).triggered.connect(partial(self._export, name, plot, "svg"))
            sub.addAction(tr("Save as CSV...")).triggered.connect(partial(self._export, name, plot, "csv"))

    def _add_axes(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        chosen = self._options.chosen_axis
        choices = [(None, tr("Time for short runs, steps for long ones")), *((axis, axis_name(axis)) for axis in AXES)]
        for axis, text in choices:
            action = menu.addAction(text[:1].upper() + text[1:])
            action.setCheckable(True)
            action.setChecked(axis == chosen)
            action.triggered.connect(partial(self._options.set_axis, axis))
            group.addAction(action)

    def _smoothing_action(self, menu: QMenu) -> QWidgetAction:
        slider = LabelledSlider(tr("raw"), tr("smooth"), 0.0, MOST_SMOOTHING, 0.01, 2)
        slider.setAccessibleName(tr("Smoothing"))
        slider.set_value(self._options.smoothing)
        slider.value_changed.connect(self._options.set_smoothing)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.addWidget(Caption(tr("Smoothing")))
        column.addWidget(slider)
        action = QWidgetAction(menu)
        action.setDefaultWidget(box)
        return action

    def _add_pins(self, menu: QMenu) -> None:
        assert self._pins is not None
        pinned = self._pins.ids
        for entry in self._pins.candidates(self.run_id):
            action = menu.addAction(entry.title)
            action.setCheckable(True)
            action.setChecked(entry.id in pinned)
            action.triggered.connect(partial(self._pins.toggle, entry.id))
        menu.menuAction().setVisible(not menu.isEmpty())

    def _on_show_all_wanted(self) -> None:
        for _, plot in self._plots():
            plot.show_all()

    def _on_follow_wanted(self) -> None:
        for _, plot in self._plots():
            plot.fit()

    def _show_table(self, name: str, plot: CurvePlot) -> None:
        headers, rows = plot.values_table()
        TableDialog(name, PlainTableModel(headers, rows), self.window()).exec()

    def _export(self, name: str, plot: CurvePlot, kind: str) -> None:
        path, _ = QFileDialog.getSaveFileName(self.window(), tr("Save the plot"), f"{name}.{kind}", f"*.{kind}")
        if path:
            self.export_to(plot, path, kind)

    def export_to(self, plot: CurvePlot, path: str, kind: str) -> None:
        """Write a plot to a file; a sentence where the disk refuses."""
        writers = {"png": plot.export_png, "svg": plot.export_svg, "csv": plot.export_csv}
        try:
            writers[kind](path)
        except OSError as error:
            self._notices.fail_to_write(path, error)
        else:
            self._notices.say(tr("Saved: {path}", path=path))
