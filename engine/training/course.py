"""How far a run goes: its number of steps, fixed as soon as it can be known, and its end."""

from collections.abc import Callable, Iterator

from engine.errors import Message, message
from engine.events import Outcome, PlanFixed
from engine.library.runs import RunFolder
from engine.training.durations import Plan, counted_steps, plan
from engine.training.pacing import Pace
from engine.training.run_record import RunRecord
from engine.training.trainer import Trainer


class Course:
    """Plans a run in its record and its trainer's counters. elapsed: gives the run's seconds."""

    def __init__(
        self, folder: RunFolder, record: RunRecord, trainer: Trainer, pace: Pace, elapsed: Callable[[], float]
    ) -> None:
        self._folder = folder
        self._record = record
        self._trainer = trainer
        self._pace = pace
        self._elapsed = elapsed

    @property
    def is_ready_to_plan(self) -> bool:
        """Whether the speed is known; a run that lost its last steps is planned again where it was."""
        step, planned_at = self._trainer.counters.step, self._record.plan.get("at_step", -1)
        return bool(step == planned_at) if step <= planned_at else self._pace.is_measured(self._trainer.config)

    def plan(self) -> Iterator[PlanFixed]:
        """Fix the number of steps if it can be known by now, and write it down; a plan that is fixed stays."""
        counters, training = self._trainer.counters, self._trainer.config
        if counters.total_steps is not None:
            return
        counted = counted_steps(training, self._trainer.batches)
        made = self._plan_before() or plan(training, counted, counters.step, self._elapsed(), self._pace.costs)
        if made is None:
            return
        counters.total_steps, counters.validate_every_steps = made.total_steps, made.validate_every_steps
        self._record.plan = {
            "total_steps": made.total_steps,
            "validate_every_steps": made.validate_every_steps,
            "at_step": counters.step,
            "seconds": made.seconds,
        }
        self._folder.write_info(self._record.to_json())
        yield PlanFixed(
            total_steps=made.total_steps,
            validate_every_steps=made.validate_every_steps,
            at_step=counters.step,
            seconds=made.seconds,
        )

    def _plan_before(self) -> Plan | None:
        """The plan that was made at this very step, before the run lost its last steps."""
        made = self._record.plan
        if made.get("at_step") != self._trainer.counters.step:
            return None
        return Plan(made["total_steps"], made["validate_every_steps"], made["seconds"])

    def take_over(self, field: str) -> None:
        """After a live setting has changed: plan anew, or keep the plan with another cadence."""
        if field in ("training.minutes", "training.epochs", "training.steps", "training.tokens"):
            self._trainer.counters.total_steps = None
            self._record.plan = {}
        elif self._record.plan:
            self._record.plan["validate_every_steps"] = self._trainer.counters.validate_every_steps

    def ending(self) -> tuple[Outcome, Message] | None:
        """Outcome and reason if the run has come to its end by itself."""
        counters, training = self._trainer.counters, self._trainer.config
        if training.stop_after and counters.validations_without_gain >= training.stop_after:
            return "stopped_early", message(
                "Validation has not improved for {count} validations.", count=counters.validations_without_gain
            )
        for total in (counters.total_steps, counted_steps(training, self._trainer.batches)):
            if total is not None and counters.step >= total:
                return "completed", message("All {count} steps are done.", count=total)
        costs = self._pace.costs
        reserve = costs.ending if costs else 0.0
        if training.minutes and self._elapsed() >= training.minutes * 60 - reserve and counters.step:
            return "completed", message("The time is over.")
        return None
