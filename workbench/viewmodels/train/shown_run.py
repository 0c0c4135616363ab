"""One run as the page shows it, whether it trains here, elsewhere, or is over: its words, numbers and buttons."""

from typing import Literal

from engine.events import RunEnded
from workbench.bridge.protocols.runs import RunEntry, RunState
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.train import wording
from workbench.viewmodels.train.diagnosis import Finding, findings, sentence_of
from workbench.viewmodels.train.remedies import Remedy, remedy_for, settings_now
from workbench.viewmodels.workbench import Workbench
from workbench.words import told, tr

Action = Literal["pause", "resume", "finish", "cancel", "go_on", "write"]
LIVE_STATES: tuple[RunState, ...] = (
    "preparing", "training", "validating", "pausing", "paused", "stopping",
)  # fmt: skip
AFTER_THE_END: tuple[RunState, ...] = ("finished", "stopped_early", "failed")


class ShownRun:
    """Reads everything anew when asked. run: the run if this window trains it or did so a moment ago."""

    def __init__(
        self, workbench: Workbench, run_id: str, history: RunHistory | None, run: ActiveRun | None = None
    ) -> None:
        self._workbench = workbench
        self._run_id = run_id
        self._history = history
        self._units = Units.shared(workbench)
        self.run = run
        self._findings_key: tuple[object, ...] = ()
        self._findings: list[Finding] = []

    @property
    def run_id(self) -> str:
        """The id of its folder; empty before there is one."""
        return self.run.run_id if self.run is not None else self._run_id

    @property
    def history(self) -> RunHistory:
        """What happened; empty while it is read."""
        if self.run is not None:
            return self.run.history
        return self._history if self._history is not None else RunHistory()

    @property
    def is_loading(self) -> bool:
        """Whether its history is still being read."""
        return self.run is None and self._history is None

    def set_history(self, history: RunHistory) -> None:
        """The history has been read."""
        self._history = history

    @property
    def entry(self) -> RunEntry | None:
        """What its folder says."""
        return self._workbench.runs.entry(self.run_id) if self.run_id else None

    @property
    def state(self) -> RunState:
        """What it does, or how it ended."""
        if self.run is not None:
            return self.run.state
        return self.entry.state if self.entry is not None else "damaged"

    @property
    def is_live(self) -> bool:
        """Whether this window trains it now."""
        return self.run is not None and self.run.is_running

    @property
    def is_foreign(self) -> bool:
        """Whether another process trains it now."""
        return self.run is None and self.state in ("training", "preparing")

    @property
    def is_over(self) -> bool:
        """Whether it has come to an end, good or bad."""
        return not self.is_live and self.state in AFTER_THE_END

    @property
    def outcome(self) -> str:
        """How it ended; empty while it trains and after a crash."""
        if self.history.ended is not None:
            return self.history.ended.outcome
        return self.entry.outcome if self.entry is not None else ""

    @property
    def has_best(self) -> bool:
        """Whether there is a model to write with."""
        return self.history.best_row is not None or bool(self.entry and self.entry.best)

    @property
    def tokens(self) -> str:
        """What the model reads: char, byte or word."""
        if self.entry is not None and self.entry.configuration:
            return self.entry.tokens
        tables = self.run.request.tables if self.run is not None else {}
        return str(tables.get("corpus", {}).get("tokens", "char"))

    @property
    def title(self) -> str:
        """What it is called."""
        if self.entry is not None and self.entry.state != "preparing":
            return self.entry.title
        if self.run is None:
            return self.run_id
        corpus = self._workbench.texts.entry(self.run.request.corpus_id)
        return self.run.request.title or (corpus.title if corpus is not None else tr("New run"))

    # Buttons

    @property
    def primary(self) -> Action | None:
        """The one thing to do next."""
        if self.is_live:
            return self._live_primary()
        if self.is_foreign or self.state == "damaged":
            return None
        if self.can_go_on and (self.state in ("interrupted", "failed") or not self.has_best):
            return "go_on"
        return "write" if self.has_best else None

    @property
    def secondary(self) -> Action | None:
        """What stands quieter beside it."""
        if self.is_live:
            return {"preparing": "cancel", "stopping": None}.get(self.state, "finish")  # type: ignore[return-value]
        if self.primary == "go_on" and self.has_best:
            return "write"
        return "go_on" if self.primary == "write" and self.can_go_on else None

    @property
    def can_go_on(self) -> bool:
        """Whether the run was ended before its plan was done, and may go on."""
        is_cut_short = self.state == "interrupted" or self.outcome in ("stopped", "failed")
        has_settings = self.entry is not None and bool(self.entry.configuration)
        return (
            has_settings
            and not self.is_live
            and not self.is_foreign
            and is_cut_short
            and not self._workbench.door.is_read_only
        )

    @property
    def can_train_longer(self) -> bool:
        """Whether a new run may begin from its best state."""
        has_settings = self.entry is not None and bool(self.entry.configuration)
        return self.is_over and self.has_best and has_settings and not self._workbench.door.is_read_only

    # Words

    def sentence(self) -> str:
        """What is going on, for the line under the title."""
        if self.run is not None and self.run.failure is not None:
            return told(self.run.failure.message)
        match self.state:
            case "waiting":
                return tr("Waits for its turn.")
            case "preparing" if not self.is_foreign:
                is_ready = self._workbench.door.background.is_ready
                return wording.preparation_sentence(self.history.preparation, is_ready)
            case "preparing" | "training" | "validating":
                return self._training_sentence()
            case "pausing":
                return tr("Pauses after this step.")
            case "paused":
                return tr("Paused at step {step}. Everything is saved.", step=self.history.step)
            case "stopping":
                return tr("Finishes: the best state is measured.")
            case _:
                return self._ended_sentence()

    def findings(self) -> list[Finding]:
        """All that is so, the most pressing first; looked for after each validation and mark."""
        history = self.history
        key = (id(history), len(history.validation), len(history.marks))
        if key != self._findings_key:
            self._findings_key, self._findings = key, findings(history, self.is_clipping)
        return self._findings

    def finding(self) -> Finding | None:
        """The most pressing thing that is so."""
        found = self.findings()
        if not found:
            return None
        if self.is_live or self.is_foreign:
            return found[0]
        return next((finding for finding in found if finding.kind in ("memorising", "exploded")), None)

    def remedy(self) -> Remedy | None:
        """What can be done about it."""
        finding = self.finding()
        can_act = self.state in ("training", "validating", "paused") if self.is_live else self.can_train_longer
        if finding is None or self.is_foreign or not can_act:
            return None
        return remedy_for(finding, self.history, self.settings(), is_live=self.is_live)

    def remedy_reason(self) -> str:
        """Why there is a remedy, where the line under the title says something else."""
        finding = self.finding()
        return sentence_of(finding) if finding is not None and not self.is_live else ""

    def settings(self) -> dict[str, dict[str, object]]:
        """Its settings after all that was changed."""
        configuration = self.entry.configuration if self.entry is not None else {}
        return settings_now(configuration, self.history.changes)

    @property
    def is_clipping(self) -> bool:
        """Whether a clipping threshold is set."""
        training = self.settings().get("training", {})
        return any(bool(training.get(name, default)) for name, default in (("clip_norm", 1.0), ("clip_value", 0.0)))

    def achieved(self) -> str:
        """What it achieved, in words; empty while it trains or when nothing was validated."""
        row = self.history.best_row
        if not self.is_over or row is None:
            return ""
        guessed = round(100 * self.history.validation["accuracy"][row])
        return wording.achieved_sentence(self.tokens, guessed, self.frequency_guesses(), self.history.best_step or 0)

    def loss_text(self, loss: float) -> tuple[str, str]:
        """A loss in the chosen unit: its number and the unit."""
        return self._units.text(loss, self.history.bits_factor)

    def _live_primary(self) -> Action | None:
        match self.state:
            case "training" | "validating":
                return "pause"
            case "pausing" | "paused":
                return "resume"
            case _:
                return None

    def _training_sentence(self) -> str:
        if self.is_foreign:
            return tr("Trained by a command in another window.")
        finding = self.finding()
        if finding is not None:
            return sentence_of(finding)
        if self.history.total_steps is None:
            return tr("Training: its speed is measured.")
        return tr("Training: it is too early to say more.")

    def _ended_sentence(self) -> str:
        ended: RunEnded | None = self.history.ended
        reason = ended.reason if ended is not None else (self.entry.reason if self.entry is not None else None)
        problem = self.entry.problem if self.entry is not None else None
        if self.state == "damaged":
            return told(problem) if problem is not None else tr("This run is not there any more.")
        if self.state == "interrupted":
            return tr("Interrupted. What was saved last is there: go on from it.")
        achieved = self.achieved() if self.state != "failed" else ""
        if achieved or reason is None:
            return achieved or tr("Finished.")
        return told(reason)

    def frequency_guesses(self) -> int | None:
        """Of 100 letters, those that letter frequencies alone would guess; None where that is not known."""
        corpus_id = self.entry.corpus_id if self.entry is not None else ""
        return wording.frequency_guesses(self._workbench.texts.entry(corpus_id), self.tokens) if corpus_id else None
