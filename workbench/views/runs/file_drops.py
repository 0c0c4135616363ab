"""Files dragged over the page: let go on a run they are tried on its model, anywhere else they are imported."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from workbench.viewmodels.runs.evaluating import Evaluating
from workbench.viewmodels.workbench import Workbench
from workbench.views.runs.table import RunTable
from workbench.views.texts.dropping import install_dropping
from workbench.widgets.drop_overlay import Dropped
from workbench.widgets.notice import NoticeBar
from workbench.words import tr


class FileDrops(QObject):
    """Keeps the rows free of the window's overlay while the table is seen, and says what letting go will do."""

    def __init__(self, page: QWidget, table: RunTable, evaluating: Evaluating, workbench: Workbench) -> None:
        super().__init__(page)
        self._table, self._evaluating, self._workbench = table, evaluating, workbench
        self._window: QWidget | None = None
        self.hint = NoticeBar("info")
        self.hint.hide()
        self._is_over_window = self._is_over_rows = False
        table.drag_entered.connect(self._on_rows_entered)
        table.drag_left.connect(self._on_rows_left)
        table.file_dropped.connect(self._on_file_dropped)
        table.other_dropped.connect(self._on_other_dropped)

    def join(self, window: QWidget) -> None:
        """Share the drags of this window, once."""
        if window is self._window:
            return
        self._window = window
        dropping = install_dropping(window, self._workbench)
        dropping.spare(self._table)
        dropping.target.entered.connect(self._on_drag_entered)
        dropping.target.dropped.connect(self._on_drag_ended)
        dropping.target.left.connect(self._on_drag_ended)

    def _on_drag_entered(self, dropped: Dropped) -> None:
        self._is_over_window = True
        self._show_hint(dropped)

    def _on_rows_entered(self, dropped: Dropped) -> None:
        self._is_over_rows = True
        self._show_hint(dropped)

    def _show_hint(self, dropped: Dropped) -> None:
        if dropped.paths and self._table.isVisible():
            sentence = tr(
                "Let go on a run to see how well it predicts {file}; anywhere else, to import it as a text.",
                file=dropped.paths[0].name,
            )
            self.hint.set_notice("info", sentence)
            self.hint.show()

    def _on_drag_ended(self) -> None:
        self._is_over_window = False
        self.hint.setVisible(self._is_over_rows)

    def _on_rows_left(self) -> None:
        self._is_over_rows = False
        self.hint.setVisible(self._is_over_window)

    def _on_file_dropped(self, run_id: str, dropped: Dropped) -> None:
        self._evaluating.begin(run_id, list(dropped.paths))

    def _on_other_dropped(self, dropped: Dropped) -> None:
        self._workbench.navigator.offer_files(dropped)
