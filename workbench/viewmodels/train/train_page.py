"""What the Train page shows: nothing yet, a draft, or one run; and what its buttons do."""

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.train.histories import Follower, Histories
from workbench.viewmodels.train.shown_run import ShownRun
from workbench.viewmodels.workbench import Workbench

Kind = Literal["nothing", "draft", "run"]
NUM_RECENT = 8
SHOWN_KEY = "train/shown"


class TrainViewModel(QObject):
    """Decides what the page shows.

    shown_changed: another thing; state_changed: buttons and words; updated: numbers, at most ten times a second.
    """

    shown_changed = Signal()
    state_changed = Signal()
    updated = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self.kind: Kind = "nothing"
        self.shown: ShownRun | None = None
        self.failure: Failure | None = None  # of the draft or run that is shown, told in a notice
        self._draft: Draft | None = None
        self._follower: Follower | None = None
        self._histories = Histories(workbench.door.runs, self)
        self._histories.loaded.connect(self._on_history_loaded)
        self._histories.failed.connect(self._on_history_failed)
        workbench.rejoining.rejoined.connect(self._on_run_rejoined)
        self._connect()
        self._show_first()

    def _connect(self) -> None:
        navigator, queue = self.workbench.navigator, self.workbench.queue
        navigator.draft_wanted.connect(self.show_draft)
        navigator.recipe_draft_wanted.connect(self._on_recipe_draft_wanted)
        navigator.run_wanted.connect(self.show_run)
        queue.changed.connect(self._on_queue_changed)
        queue.updated.connect(self._on_queue_updated)
        queue.run_ended.connect(self._on_run_ended)
        queue.run_failed.connect(self._on_run_failed)
        self.workbench.runs.changed.connect(self._on_runs_changed)
        self.workbench.texts.changed.connect(self._on_texts_changed)
        Units.shared(self.workbench).changed.connect(self._on_units_changed)

    # What is shown

    @property
    def draft(self) -> Draft:
        """The draft, made when it is first needed."""
        if self._draft is None:
            self._draft = Draft(self.workbench, self)
            self._draft.changed.connect(self._on_draft_changed)
            self._draft.estimate_changed.connect(self.state_changed)
        return self._draft

    @property
    def is_busy(self) -> bool:
        """Whether a run trains now, so that another one has to wait."""
        return self.workbench.queue.is_busy

    @property
    def live_run(self) -> ActiveRun | None:
        """The run that this window trains now."""
        return self.workbench.queue.current if self.is_busy else None

    def recent(self) -> list[RunEntry]:
        """The newest runs, for the chooser."""
        live_id = self.live_run.run_id if self.live_run is not None else ""
        return [entry for entry in self.workbench.runs.entries() if entry.id != live_id][:NUM_RECENT]

    def show_draft(self, corpus_id: str = "") -> None:
        """Show the draft, on another text if one is named."""
        self._look_for(corpus_id)
        if corpus_id:
            self.draft.set_corpus(corpus_id)
        self._show("draft" if self.workbench.texts.entries() else "nothing", None)

    def _look_for(self, corpus_id: str) -> None:
        """A text that was made this very moment may not stand on the shelf yet."""
        if self.workbench.texts.entry(corpus_id) is None:
            self.workbench.texts.refresh()

    def go_to(self, target: str) -> None:
        """Show what an entry of the chooser names: "draft", "live", "all" or "run ID"."""
        match target.split(" "):
            case ["draft"]:
                self.show_draft()
            case ["live"]:
                self.show_live()
            case ["run", run_id]:
                self.show_run(run_id)
            case _:
                self.workbench.navigator.show_page("runs")

    def show_live(self) -> None:
        """Show the run that trains."""
        run = self.workbench.queue.current
        if run is not None:
            self._show("run", ShownRun(self.workbench, run.run_id, None, run))

    def show_run(self, run_id: str) -> None:
        """Show one run: the live one, one that another process trains, or a past one."""
        current = self.workbench.queue.current
        if current is not None and current.run_id == run_id and self._is_newest_news(current):
            self.show_live()
            return
        entry = self.workbench.runs.entry(run_id)
        shown = ShownRun(self.workbench, run_id, self._histories.kept(run_id, _stamp(entry)))
        self._show("run", shown)
        if shown.is_foreign:
            self._follow(shown)
        elif shown.is_loading and entry is not None and entry.problem is None:
            self._histories.load(run_id, _stamp(entry))

    def _is_newest_news(self, run: ActiveRun) -> bool:
        """Whether this window knows best about its run: not after another process went on with it."""
        entry = self.workbench.runs.entry(run.run_id)
        return not run.is_over or (run.has_begun and entry is not None and not _is_held(entry))

    def _show(self, kind: Kind, shown: ShownRun | None) -> None:
        if self._follower is not None:
            self._follower.stop()
            self._follower.deleteLater()
            self._follower = None
        self._histories.drop()
        self.kind, self.shown, self.failure = kind, shown, None
        if shown is not None and shown.run_id:
            self.workbench.settings.set(SHOWN_KEY, shown.run_id)
        self.shown_changed.emit()

    def _show_first(self) -> None:
        runs = self.workbench.runs
        remembered = self.workbench.settings.text(SHOWN_KEY)
        newest = next((entry.id for entry in runs.entries()), "")
        if self.live_run is not None:
            self.show_live()
        elif runs.entry(remembered) is not None or newest:
            self.show_run(remembered if runs.entry(remembered) is not None else newest)

    def _follow(self, shown: ShownRun) -> None:
        self._follower = Follower(self.workbench.door.runs, shown.run_id, self)
        shown.set_history(self._follower.history)
        self._follower.grown.connect(self.updated)
        self._follower.failed.connect(self._on_failure_happened)
        self._follower.start()

    # What went wrong

    def dismiss_failure(self) -> None:
        """The notice was read."""
        self.failure = None
        self.state_changed.emit()

    def _on_recipe_draft_wanted(self, corpus_id: str, tables: object, title: str) -> None:
        self._look_for(corpus_id)
        if isinstance(tables, Mapping):
            if self.workbench.texts.entry(corpus_id) is not None:
                self.draft.set_corpus(corpus_id)
            self.draft.set_recipe_tables(tables, title)
            self.show_draft()

    def _on_queue_changed(self) -> None:
        shown = self.shown
        live = self.live_run
        if shown is not None and shown.run is None and live is not None and shown.run_id == live.run_id:
            self.show_live()
        if shown is not None and shown.run is not None and shown.run_id:
            self.workbench.settings.set(SHOWN_KEY, shown.run_id)  # it had no id when it was shown first
        self.state_changed.emit()

    def _on_queue_updated(self) -> None:
        if self.shown is not None and self.shown.run is self.workbench.queue.current:
            self.updated.emit()

    def _on_run_ended(self, run: ActiveRun) -> None:
        self.workbench.runs.refresh()
        if run.history.ended is not None:
            self._histories.keep(run.run_id, run.history, _stamp(self.workbench.runs.entry(run.run_id)))
        if self.shown is not None and self.shown.run is run and not run.has_begun:
            self._show_where_it_came_from(run)
        self.state_changed.emit()

    def _on_run_failed(self, run: ActiveRun, failure: Failure) -> None:
        if self.shown is None or self.shown.run is not run:
            if self.workbench.navigator.page == "train":
                self.workbench.notices.fail(failure)
            return
        self._show_where_it_came_from(run)
        self._on_failure_happened(failure)

    def _show_where_it_came_from(self, run: ActiveRun) -> None:
        """A run that came to nothing: the draft that it was made of, or the run that would have gone on."""
        if run.request.resume_run:
            self.show_run(run.request.resume_run)
        else:
            self.show_draft()

    def _on_failure_happened(self, failure: Failure) -> None:
        self.failure = failure
        self.state_changed.emit()

    def _on_run_rejoined(self, run: ActiveRun) -> None:
        if self.shown is not None and self.shown.run is run:
            self.shown_changed.emit()

    def _on_history_loaded(self, run_id: str, history: RunHistory) -> None:
        if self.shown is not None and self.shown.run_id == run_id and self.shown.is_loading:
            self.shown.set_history(history)
            self.shown_changed.emit()

    def _on_history_failed(self, run_id: str, failure: Failure) -> None:
        if self.shown is not None and self.shown.run_id == run_id:
            self.shown.set_history(RunHistory())
            self.shown_changed.emit()
            self._on_failure_happened(failure)

    def _on_runs_changed(self) -> None:
        shown = self.shown
        if shown is None:
            if self.kind == "nothing" and self.live_run is None and self.workbench.runs.entries():
                self._show_first()
        elif shown.run is None or shown.run.is_over:
            self._follow_folder(shown)
        self.state_changed.emit()

    def _follow_folder(self, shown: ShownRun) -> None:
        """A run that does not train here may be thrown away, or another process begins or ends with it."""
        was_followed = self._follower is not None
        if shown.entry is None and shown.run_id:
            self._show("draft" if self.workbench.texts.entries() else "nothing", None)
        elif shown.entry is not None and _is_held(shown.entry) != was_followed:
            self.show_run(shown.run_id)

    def _on_texts_changed(self) -> None:
        if self.kind == "draft" and not self.workbench.texts.entries():
            self._show("nothing", None)
        self.state_changed.emit()

    def _on_draft_changed(self) -> None:
        self.failure = None
        self.state_changed.emit()

    def _on_units_changed(self) -> None:
        self.state_changed.emit()


def _is_held(entry: RunEntry) -> bool:
    """Whether another process trains it, where this one does not."""
    return entry.state in ("training", "preparing")


def _stamp(entry: RunEntry | None) -> str:
    """Tells whether a run went on since its history was read."""
    return f"{entry.outcome} {entry.step}" if entry is not None else ""
