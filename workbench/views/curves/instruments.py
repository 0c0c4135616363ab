"""The smaller plots under the loss: gradient norm, per matrix, learning rate, speed."""

from abc import abstractmethod

from PySide6.QtWidgets import QWidget

from workbench.viewmodels.curves.names import matrix_name
from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.views.curves.axes import axis_settings
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.plots.styles import series_style
from workbench.words import tr


class Instrument(CurvePlot):
    """One plot of the panel."""

    is_log = False

    def __init__(self, options: CurveOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self._axes_key: tuple[object, ...] = ()
        self.set_empty_text(tr("The curve appears with the first steps."))

    @property
    @abstractmethod
    def y_name(self) -> str:
        """The name of the vertical axis."""

    @abstractmethod
    def refresh_numbers(self, curves: RunCurves) -> None:
        """What is new since the last time."""

    def refresh_all(self, curves: RunCurves) -> None:
        """Axes and numbers."""
        key = (curves.axis, self._options.is_log("x"))
        if key != self._axes_key:
            self._axes_key = key
            self.set_axes(**axis_settings(curves.axis), y_name=self.y_name, log_x=key[1], log_y=self.is_log)
        self.refresh_numbers(curves)


class GradientPlot(Instrument):
    """The norm of the gradient before clipping, and the threshold at which it is clipped."""

    is_log = True

    @property
    def y_name(self) -> str:
        """The name of the vertical axis."""
        return tr("Gradient norm")

    def refresh_numbers(self, curves: RunCurves) -> None:
        """The norm of each report, before clipping."""
        training = curves.history.training
        if len(training):
            self.set_curve(
                "norm", training[curves.axis], training["gradient_norm"], name=tr("norm before clipping"),
                colour="gradient",
            )  # fmt: skip


class MatricesPlot(Instrument):
    """The norm of the gradient of each matrix."""

    is_log = True

    @property
    def y_name(self) -> str:
        """The name of the vertical axis."""
        return tr("Gradient norm")

    def refresh_numbers(self, curves: RunCurves) -> None:
        """The norms of each matrix."""
        for index, (name, columns) in enumerate(curves.history.matrix_norms.items()):
            colour, dash = series_style(index)
            self.set_curve(
                name, columns[curves.axis], columns["norm"], name=matrix_name(name), colour=colour, dash=dash,
                shows_latest=False,
            )  # fmt: skip


class RatePlot(Instrument):
    """The learning rate."""

    @property
    def y_name(self) -> str:
        """The name of the vertical axis."""
        return tr("Learning rate")

    def refresh_numbers(self, curves: RunCurves) -> None:
        """The rate of each report."""
        training = curves.history.training
        if len(training):
            self.set_curve(
                "rate", training[curves.axis], training["learning_rate"], name=tr("learning rate"), colour="accent"
            )


class SpeedPlot(Instrument):
    """Tokens per second."""

    @property
    def y_name(self) -> str:
        """The name of the vertical axis."""
        return tr("Tokens per second")

    def refresh_numbers(self, curves: RunCurves) -> None:
        """The speed of each report."""
        training = curves.history.training
        if len(training):
            self.set_curve(
                "speed", training[curves.axis], training["tokens_per_second"], name=tr("tokens per second"),
                colour="accent",
            )  # fmt: skip
