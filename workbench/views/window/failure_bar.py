"""Failures at the top of the window: one sentence, and details to copy."""

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.notices import Failure, sentence_of
from workbench.widgets.notice import NoticeBar
from workbench.words import tr


class FailureBar(QWidget):
    """Shows the newest failure until it is dismissed; hidden otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.failure: Failure | None = None
        self.notice = NoticeBar("danger")
        self.notice.set_dismissible(True)
        self.notice.dismissed.connect(self.hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, 0)
        layout.addWidget(self.notice)
        self.hide()

    def show_failure(self, failure: Failure) -> None:
        """Show a failure in place of an earlier one."""
        self.failure = failure
        self.notice.set_notice("care" if failure.is_expected else "danger", sentence_of(failure))
        self.notice.clear_actions()
        if failure.details:
            self.notice.add_action(tr("Copy details"), self._on_copy_clicked)
        self.notice.show()
        self.show()

    def _on_copy_clicked(self) -> None:
        if self.failure is not None:
            QApplication.clipboard().setText(f"{sentence_of(self.failure)}\n\n{self.failure.details}")
