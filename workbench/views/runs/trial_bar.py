"""What a trial of a model on a file does, and what came of it."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.viewmodels.runs.evaluating import Evaluating
from workbench.widgets.notice import NoticeBar
from workbench.widgets.progress import ProgressRow


class TrialBar(QWidget):
    """Progress with a way out, then the result until it is put away."""

    def __init__(self, model: Evaluating, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.progress = ProgressRow()
        self.result = NoticeBar("good")
        self.result.set_dismissible(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.progress)
        column.addWidget(self.result)
        self.progress.cancelled.connect(model.cancel)
        self.result.dismissed.connect(model.dismiss)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how far it is, or the result."""
        model = self._model
        self.progress.setVisible(model.is_running)
        self.progress.set_text(model.sentence)
        self.progress.set_progress(model.share or None)
        self.result.setVisible(bool(model.result))
        self.result.set_notice("good", model.result)
        self.setVisible(model.is_running or bool(model.result))
