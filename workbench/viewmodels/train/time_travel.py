"""What a run would have written earlier: one prompt and seed at each of the states that were kept of it."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.config.sampling import SamplingConfig
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.writing import MilestoneText, TimeTravelRequest, Writing
from workbench.viewmodels.notices import sentence_of
from workbench.viewmodels.train.happenings import SampleText, loss_at, place_text
from workbench.viewmodels.train.shown_run import ShownRun
from workbench.words import tr

LONGEST: Final = 400  # tokens of one text
LARGEST_SEED: Final = 2**31 - 1
_TEMPERATURE: Final = 0.8
_USUAL_LENGTH: Final = 200
_MOST_KEPT: Final = 40  # prompts and seeds whose texts are remembered


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of every state. An entry of the memory of what was written."""

    run: str
    prompt: str
    seed: int
    length: int
    temperature: float


class TimeTravel(QObject):
    """The states of the shown run, from the first to the last, one of which is looked at.

    steps_changed: there are others; changed: another one is looked at, or more has been written.
    """

    steps_changed = Signal()
    changed = Signal()

    def __init__(self, writing: Writing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writing = writing
        self._shown: ShownRun | None = None
        self._steps: tuple[int, ...] = ()
        self._place = 0
        self._texts: dict[Question, dict[int, str]] = {}
        self._question = Question(run="", prompt="", seed=0, length=_USUAL_LENGTH, temperature=_TEMPERATURE)
        self._has_own_question = False
        self._job: Job | None = None
        self._failure: Failure | None = None
        self.is_looking = False

    @property
    def steps(self) -> tuple[int, ...]:
        """The states that were kept, by their steps."""
        return self._steps

    @property
    def is_possible(self) -> bool:
        """Whether there is anything to travel between."""
        return len(self._steps) > 1

    @property
    def place(self) -> int:
        """Which of the states is looked at."""
        return self._place

    @property
    def step(self) -> int | None:
        """Its step, while somebody looks."""
        return self._steps[self._place] if self.is_looking and self.is_possible else None

    @property
    def prompt(self) -> str:
        """What every text begins with."""
        return self._question.prompt

    @property
    def seed(self) -> int:
        """What every text throws its dice with."""
        return self._question.seed

    @property
    def is_writing(self) -> bool:
        """Whether some of the texts are on their way."""
        return self._job is not None

    @property
    def share_written(self) -> float:
        """How many of the texts are there, from 0 to 1."""
        return len(self._written) / max(1, len(self._steps))

    @property
    def failure(self) -> str:
        """Why nothing was written; empty when nothing went wrong."""
        return sentence_of(self._failure) if self._failure is not None else ""

    def show_run(self, shown: ShownRun) -> None:
        """Travel in another run: nothing is written before somebody looks."""
        if self._shown is None or shown.run_id != self._shown.run_id:
            self.leave()
            self._has_own_question = False
            self._steps, self._place, self._failure = (), 0, None
        self._shown = shown
        self.refresh()

    def refresh(self) -> None:
        """A run that trains may have kept another state, and have written its first sample."""
        if self._shown is None:
            return
        if not self._has_own_question:
            self._question = _question_of(self._shown)
        steps = self._found_steps(self._shown)
        if steps != self._steps:
            was_last = self._place >= len(self._steps) - 1
            looked_at = self._steps[self._place] if self._steps else 0
            self._steps = steps
            self._place = steps.index(looked_at) if looked_at in steps and not was_last else max(0, len(steps) - 1)
            self.steps_changed.emit()
            if self.is_looking:
                self._write_missing()
                self.changed.emit()

    def look(self, place: int) -> None:
        """Look at one of the states; what it writes comes first, and the others after it."""
        if not self.is_possible:
            return
        self._place = min(max(place, 0), len(self._steps) - 1)
        self.is_looking = True
        if self._steps[self._place] not in self._written:
            self._write_missing()
        self.changed.emit()

    def ask(self, prompt: str, seed: int) -> None:
        """Begin all texts with something else, or throw other dice."""
        if (prompt, seed) == (self.prompt, self.seed):
            return
        question = self._question
        self._has_own_question = True
        self._question = Question(
            run=question.run, prompt=prompt, seed=min(max(seed, 0), LARGEST_SEED), length=question.length,
            temperature=question.temperature,
        )  # fmt: skip
        self._failure = None
        if self.is_looking:
            self._write_missing()
        self.changed.emit()

    def stop(self) -> None:
        """Write no more; what there is stays."""
        if self._job is not None:
            self._job.drop()
            self._job = None
            self.changed.emit()

    def leave(self) -> None:
        """Nobody looks any more."""
        self.stop()
        if self.is_looking:
            self.is_looking = False
            self.changed.emit()

    def text(self) -> SampleText | None:
        """What the state that is looked at wrote, with the words above it; None while that is not known."""
        if self._shown is None or self.step is None or self.step not in self._written:
            return None
        return SampleText(self.place_words(), self.prompt, self._written[self.step])

    def place_words(self) -> str:
        """Where in the run the state stands, and how good it was."""
        if self._shown is None or not self._steps:
            return ""
        step, shown = self._steps[self._place], self._shown
        parts = [place_text(shown.history, step)]
        loss = loss_at(shown.history, step)
        if loss is not None:
            value, unit = shown.loss_text(loss)
            parts.append(tr("{value} {unit}", value=value, unit=unit))
        return "  ·  ".join(parts)

    @property
    def _written(self) -> dict[int, str]:
        return self._texts.get(self._question, {})

    def _found_steps(self, shown: ShownRun) -> tuple[int, ...]:
        """The milestones, and of a run that is over its best state, with which all others would be compared."""
        if not shown.run_id:
            return ()
        steps = set(self._writing.milestones(shown.run_id))
        best = shown.history.best_step
        if shown.is_over and best:
            steps.add(best)
        return tuple(sorted(steps))

    def _write_missing(self) -> None:
        """Let the states write whose texts are not known, the ones nearest to the one that is looked at first."""
        self.stop()
        missing = [place for place, step in enumerate(self._steps) if step not in self._written]
        missing.sort(key=lambda place: (abs(place - self._place), place))
        if not missing:
            return
        question = self._question
        self._texts.setdefault(question, {})
        for old in list(self._texts)[:-_MOST_KEPT]:
            del self._texts[old]
        settings = SamplingConfig(length=question.length, temperature=question.temperature, seed=question.seed)
        request = TimeTravelRequest(
            run=question.run, prompt=question.prompt, settings=settings,
            steps=tuple(self._steps[place] for place in missing),
        )  # fmt: skip
        self._job = self._writing.travel(request, self._on_text_came, self._on_done, self._on_failed)

    def _on_text_came(self, event: MilestoneText) -> None:
        self._texts.setdefault(self._question, {})[event.step] = event.text
        self.changed.emit()

    def _on_done(self) -> None:
        self._job = None
        self.refresh()  # what was left out is there no more
        self.changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._job, self._failure = None, failure
        self.changed.emit()


def _question_of(shown: ShownRun) -> Question:
    """As the run writes its own samples."""
    samples, training = shown.history.samples, shown.settings().get("training", {})
    length = training.get("sample_length", _USUAL_LENGTH)
    return Question(
        run=shown.run_id,
        prompt=samples[-1].prompt if samples else str(training.get("sample_prompt", "")),
        seed=samples[-1].seed if samples else 0,
        length=min(length, LONGEST) if isinstance(length, int) and length > 0 else _USUAL_LENGTH,
        temperature=samples[-1].temperature if samples else _TEMPERATURE,
    )
