"""What is told when a run has ended, also to who looks elsewhere; and what waits, kept over a restart."""

from PySide6.QtCore import QObject

from workbench.bridge.protocols.jobs import Failure
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.notices import sentence_of
from workbench.viewmodels.workbench import Workbench
from workbench.words import number, told, tr


class Endings(QObject):
    """Announces ends of runs."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        workbench.queue.run_ended.connect(self._on_run_ended)
        workbench.queue.run_failed.connect(self._on_run_failed)

    def _on_run_ended(self, run: ActiveRun) -> None:
        ended = run.history.ended
        if ended is None:
            return
        entry = self._workbench.runs.entry(run.run_id)
        title = entry.title if entry is not None else run.request.title
        sentence = told(ended.reason)
        if ended.best_valid_accuracy is not None and run.state != "failed":
            sentence = tr("It guesses {count} of 100 right.", count=number(100 * ended.best_valid_accuracy))
        self._workbench.notices.announce(tr("{title} has ended", title=title), sentence)
        if self._workbench.navigator.page != "train" and run.run_id:
            self._workbench.notices.say(
                tr("{title} has ended.", title=title), tr("Show it"), lambda: self._show(run.run_id)
            )

    def _show(self, run_id: str) -> None:
        self._workbench.navigator.show_run(run_id)

    def _on_run_failed(self, _: ActiveRun, failure: Failure) -> None:
        self._workbench.notices.announce(tr("A run could not begin"), sentence_of(failure))
        if self._workbench.navigator.page != "train":  # whose page tells it itself
            self._workbench.notices.fail(failure)
        if self._workbench.queue.is_held and self._workbench.queue.waiting:
            self._workbench.notices.say(
                tr("What waits in the queue waits until you go on with it."), tr("Show it"), self._show_queue
            )

    def _show_queue(self) -> None:
        self._workbench.navigator.show_page("runs")
