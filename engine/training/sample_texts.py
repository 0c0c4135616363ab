"""Sample texts while a run trains: the same prompt and seed each time, early ones soon, later ones now and then."""

from collections.abc import Callable

from engine.config.sampling import SamplingConfig
from engine.config.training import TrainingConfig
from engine.events import SampleWritten
from engine.models.language_model import LanguageModel
from engine.models.parameters import parameter_arrays
from engine.sampling.generate import Writer
from engine.sampling.stepper import Stepper
from engine.seeding import derived_seed
from engine.training.data import RunData

FIRST_SECONDS = 5.0
TEMPERATURE = 0.8


class SampleTexts:
    """Knows when the next sample text is due, after 5, 10, 20, 40 ... seconds, and writes it.

    `training` may be replaced while the run trains.

    Sampling has its own generator and reads copies of the weights: it changes not one bit of the run.
    """

    def __init__(self, training: TrainingConfig, data: RunData, seconds: float) -> None:
        self.training = training
        self._data = data
        self._seed = derived_seed(training.seed, "samples") % 2**31
        self._due = FIRST_SECONDS
        while self._due <= seconds:
            self._due = self._after(self._due)

    def _after(self, seconds: float) -> float:
        return seconds + max(min(seconds, self.training.sample_every_seconds), FIRST_SECONDS)

    def is_due(self, seconds: float) -> bool:
        """Whether a sample text should be written after so many seconds of training."""
        return self.training.sample_every_seconds > 0 and seconds >= self._due

    def write(self, model: LanguageModel, step: int, seconds: float, is_cancelled: Callable[[], bool]) -> SampleWritten:
        """Write one with the weights as they are now; a shorter one if it is cancelled."""
        while self._due <= seconds:
            self._due = self._after(self._due)
        stepper = Stepper.from_arrays(model.config, parameter_arrays(model))
        settings = SamplingConfig(
            prompt=self.training.sample_prompt,
            length=self.training.sample_length,
            temperature=TEMPERATURE,
            seed=self._seed,
        )
        text = Writer(stepper, self._data.tokenizer).write_whole(settings, is_cancelled=is_cancelled).text
        return SampleWritten(
            step=step,
            seconds=seconds,
            prompt=settings.prompt,
            text=text,
            seed=self._seed,
            temperature=TEMPERATURE,
            known_word_share=self._data.known_word_share(text),
        )
