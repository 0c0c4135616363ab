"""Begins runs: now, after those that wait, or right after the one that is shown."""

from dataclasses import replace

from PySide6.QtCore import QObject

from workbench.bridge.protocols.training import TrainRequest
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.train.train_page import TrainViewModel
from workbench.words import plural, tr


class Starting(QObject):
    """Shows a run that began by the person's wish."""

    def __init__(self, page: TrainViewModel) -> None:
        super().__init__(page)
        self._page = page
        self._queue = page.workbench.queue
        self._awaited: TrainRequest | None = None  # begins when the run that is shown has ended
        self._queue.run_began.connect(self._on_run_began)

    def begin(self, request: TrainRequest, history: RunHistory | None = None) -> None:
        """Train this now, or after what trains and waits. history: of a run that goes on."""
        if self._queue.start(request, history) is not None:
            self._page.show_live()
            return
        waiting = self._queue.waiting[-1]
        sentence = plural(
            "It waits and trains next.", "It waits in place {count} of the queue.", len(self._queue.waiting)
        )
        self._page.workbench.notices.say(sentence, tr("Undo"), lambda: self._take_out(waiting))

    def begin_after(self, run: ActiveRun, request: TrainRequest) -> None:
        """Finish a run and train this right after it."""
        self._awaited = request
        self._queue.insert(0, request)
        run.finish()

    def _take_out(self, request: TrainRequest) -> None:
        if request in self._queue.waiting:
            self._queue.remove(self._queue.waiting.index(request))

    def _on_run_began(self, run: ActiveRun) -> None:
        if self._awaited is not None and run.request == replace(self._awaited, is_gentle=run.request.is_gentle):
            self._awaited = None
            self._page.show_live()
