"""What a run wrote and what was done to it, as lists whose words are made only when something is new."""

from workbench.viewmodels.train.diagnosis import sentence_of
from workbench.viewmodels.train.happenings import (
    Happening,
    SampleText,
    best_sample,
    best_sample_text,
    happenings,
    sample_text,
)
from workbench.viewmodels.train.shown_run import ShownRun
from workbench.viewmodels.train.wording import is_code_like
from workbench.viewmodels.window.status import STATE_ICONS
from workbench.words import told

MOST_SHOWN = 200
_JUDGED = 9  # samples that tell whether the run writes code


class SampleStream:
    """The samples of a run, newest first; of one that is over, that of its best state before all others."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._texts: list[SampleText] = []
        self.is_code = False

    def texts(self, shown: ShownRun) -> list[SampleText]:
        """The samples as they are now."""
        history = shown.history
        best_row = history.best_row if shown.is_over else None
        key = (id(history), len(history.samples), shown.loss_text(1.0), shown.is_over, best_row)
        if key != self._key:
            self._key = key
            self._texts = self._made(shown)
            judged = history.samples[-_JUDGED:]
            self.is_code = 2 * sum(is_code_like(sample.text) for sample in judged) > len(judged)
        return self._texts

    def _made(self, shown: ShownRun) -> list[SampleText]:
        history = shown.history
        best = best_sample(history) if shown.is_over else None
        texts = [best_sample_text(history, best, shown.loss_text)] if best is not None else []
        others = [sample for sample in history.samples[-MOST_SHOWN:] if sample is not best]
        return texts + [sample_text(history, sample, shown.loss_text) for sample in reversed(others)]


class HappeningStream:
    """What was done to a run, the newest first, under what else is so now."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._lines: list[Happening] = []

    def lines(self, shown: ShownRun) -> list[Happening]:
        """The lines as they are now."""
        history, known = shown.history, shown.finding()
        others = [finding for finding in shown.findings() if finding != known] if shown.is_live else []
        key = (id(history), len(history.marks), tuple(others), history.ended)
        if key != self._key:
            self._key = key
            now = [Happening("info", sentence_of(finding)) for finding in others]
            self._lines = now + _end(shown) + happenings(history)
        return self._lines


def _end(shown: ShownRun) -> list[Happening]:
    ended = shown.history.ended
    return [Happening(STATE_ICONS[shown.state], told(ended.reason))] if ended is not None and shown.is_over else []
