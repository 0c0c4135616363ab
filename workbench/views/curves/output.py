"""A plot as a file or as a table."""

import re
from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QFileDialog, QWidget

from workbench.viewmodels.notices import Notices
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.tables import PlainTableModel, TableDialog
from workbench.words import tr

Kind = Literal["png", "svg", "csv"]
KINDS: tuple[Kind, ...] = ("png", "svg", "csv")


class PlotOutput:
    """Asks for a place and writes there; what the disk refuses is told in a sentence."""

    def __init__(self, window_of: QWidget, notices: Notices) -> None:
        self._window_of = window_of
        self._notices = notices

    def show_table(self, plot: CurvePlot, name: str) -> None:
        """Show the numbers behind the picture."""
        headers, rows = plot.values_table()
        dialog = TableDialog(name, PlainTableModel(headers, rows), self._window_of.window())
        dialog.exec()
        dialog.deleteLater()

    def save(self, plot: CurvePlot, name: str, kind: Kind) -> None:
        """Ask where to, and write the plot."""
        wishes = {
            "png": (tr("Save the plot as a picture"), tr("PNG picture (*.png)")),
            "svg": (tr("Save the plot as a drawing"), tr("SVG drawing (*.svg)")),
            "csv": (tr("Save the numbers of the plot"), tr("CSV table (*.csv)")),
        }
        title, pattern = wishes[kind]
        suggestion = re.sub(r"[^\w-]+", "-", name.lower()).strip("-") + f".{kind}"
        chosen, _ = QFileDialog.getSaveFileName(self._window_of.window(), title, suggestion, pattern)
        if chosen:
            self.write(plot, Path(chosen), kind)

    def write(self, plot: CurvePlot, path: Path, kind: Kind) -> None:
        """Write the plot to a file."""
        path = path if path.suffix else path.with_suffix(f".{kind}")
        write = {"png": plot.export_png, "svg": plot.export_svg, "csv": plot.export_csv}[kind]
        try:
            write(path)
        except OSError as error:
            self._notices.fail_to_write(str(path), error)
        else:
            self._notices.say(tr("Saved as {name}.", name=path.name))
