"""Sample texts while a run trains: the same prompt and seed each time, early ones soon, later ones now and then."""

from collections.abc import Callable, Generator
from contextlib import suppress

from engine.config.sampling import SamplingConfig
from engine.errors import Cancelled
from engine.events import SampleWritten
from engine.models.language_model import LanguageModel
from engine.models.parameters import parameter_arrays
from engine.sampling.generate import Sample, Writer
from engine.sampling.stepper import Stepper
from engine.seeding import derived_seed
from engine.training.data import RunData
from engine.training.pacing import Pace
from engine.training.trainer import Trainer

FIRST_SECONDS = 5.0
# A sample text is begun a little early, so that it can be read by then.
WRITING_SECONDS = 1.0
TEMPERATURE = 0.8


class SampleTexts:
    """Knows when the next sample text is due, to be read after 5, 10, 20, 40 ... seconds, and writes it.

    seconds: of the run so far. Sampling has its own generator and reads copies of the weights: it changes not one bit
    of the run.
    """

    def __init__(self, trainer: Trainer, data: RunData, pace: Pace, seconds: float) -> None:
        self._trainer = trainer
        self._data = data
        self._pace = pace
        self._seed = derived_seed(trainer.config.seed, "samples") % 2**31
        self._due = FIRST_SECONDS
        self._pass(seconds)

    def _pass(self, seconds: float) -> None:
        while self._due - WRITING_SECONDS <= seconds:
            self._due += max(min(self._due, self._trainer.config.sample_every_seconds), FIRST_SECONDS)

    def is_due(self, seconds: float) -> bool:
        """Whether a sample text should be written after so many seconds of training."""
        return self._trainer.config.sample_every_seconds > 0 and seconds >= self._due - WRITING_SECONDS

    def write(
        self, seconds: float, is_interrupted: Callable[[], bool], model: LanguageModel | None = None
    ) -> Generator[None, None, SampleWritten]:
        """Write one with the weights as they are now; yields between tokens, so that the driver can wait or leave.

        is_interrupted: asked while the prompt is read, which yields when it says so and is begun again after it.
        model: one that writes in place of the trainer's.
        """
        self._pass(seconds)
        training, step = self._trainer.config, self._trainer.counters.step
        model = model or self._trainer.model
        writer = Writer(Stepper.from_arrays(model.config, parameter_arrays(model)), self._data.tokenizer)
        settings = SamplingConfig(
            prompt=training.sample_prompt, length=training.sample_length, temperature=TEMPERATURE, seed=self._seed
        )
        self._watch_copies()
        sample = yield from _written(writer, settings, is_interrupted)
        copied = None if self._data.copies is None else self._data.copies.report(sample.completion)
        return SampleWritten(
            step=step,
            seconds=seconds,
            prompt=settings.prompt,
            text=sample.text,
            seed=self._seed,
            temperature=TEMPERATURE,
            known_word_share=self._data.known_word_share(sample.text),
            copied_share=None if copied is None else copied.copied_share,
            longest_copied=None if copied is None else copied.longest,
        )

    def close(self) -> None:
        """The run is over."""
        if self._data.copies is not None:
            self._data.copies.close()

    def _watch_copies(self) -> None:
        """Have the index of the training text prepared, once the run's speed need not be measured any more."""
        if self._data.copies is not None and self._trainer.counters.total_steps is not None:
            self._data.copies.begin(self._pace.remaining_seconds(self._trainer.config) or 0.0)


def _written(
    writer: Writer, settings: SamplingConfig, is_interrupted: Callable[[], bool]
) -> Generator[None, None, Sample]:
    prompt = None
    while prompt is None:
        yield
        with suppress(Cancelled):
            prompt = writer.read_prompt(settings.prompt, is_interrupted)
    pieces = writer.write(settings, prompt=prompt)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            sample: Sample = end.value
            return sample
        yield
