"""What could come next at the caret, before and after the settings, as the picture under the controls shows it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engine.config.options import default_of
from engine.config.sampling import SamplingConfig
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.writing import NextRequest, NextToken, Writing
from workbench.viewmodels.notices import sentence_of
from workbench.viewmodels.write.controls import WritingControls
from workbench.viewmodels.write.models import ModelChoices
from workbench.words import number, percent, tr

MOST_TOKENS = 8
REST_MILLISECONDS = 80  # what changes in so long is asked for once
SLOW_MILLISECONDS = 500  # an answer that takes longer is waited for visibly
# They change nothing about the next token, and would only have the same asked again.
_OF_THE_WHOLE = ("seed", "num_words", "stop", "end_at", "beams", "length_penalty", "choose_at")

Prompt = Callable[[], str | None]


@dataclass(frozen=True)
class TokenBar:
    """A token that could come next. is_named: `name` says what cannot be seen, such as a space."""

    name: str
    before: float
    after: float
    is_named: bool = False

    @property
    def words(self) -> str:
        """Its numbers in a sentence."""
        return tr("{name}: {before} in the model, {after} with your settings", name=self.name,
                  before=share_words(self.before), after=share_words(self.after))  # fmt: skip


class NextPicture(QObject):
    """Asks while somebody looks, one question at a time; an answer that comes too late is dropped.

    changed: bars, problem or is_slow.
    """

    changed = Signal()

    def __init__(
        self,
        writing: Writing,
        models: ModelChoices,
        controls: WritingControls,
        prompt: Prompt,
        parent: QObject | None = None,
    ) -> None:
        """prompt: what stands before the caret; None while nothing shall be asked."""
        super().__init__(parent)
        self._writing, self._models, self._controls, self._prompt = writing, models, controls, prompt
        self._bars: tuple[TokenBar, ...] = ()
        self._problem = ""
        self._is_watched = False
        self._asked: NextRequest | None = None  # what the bars answer, or the job does
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MILLISECONDS)
        self._timer.timeout.connect(self._on_rested)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SLOW_MILLISECONDS)
        self._patience.timeout.connect(self._on_patience_ended)
        self._is_slow = False
        controls.changed.connect(self.refresh)
        controls.loaded.connect(self.refresh)
        models.changed.connect(self.refresh)
        models.current_changed.connect(self.refresh)

    @property
    def bars(self) -> tuple[TokenBar, ...]:
        """The likeliest tokens, the likeliest before the settings first."""
        return self._bars

    @property
    def problem(self) -> str:
        """Why there are none, in a sentence; empty when all is well."""
        return self._problem

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is on its way."""
        return self._job is not None or self._timer.isActive()

    @property
    def is_slow(self) -> bool:
        """Whether the answer lets wait for it: the model is being read, or a long text."""
        return self._is_slow

    def set_watched(self, is_watched: bool) -> None:
        """Whether somebody can see it."""
        self._is_watched = is_watched
        self.refresh()

    def refresh(self) -> None:
        """The caret, the text, the model or a setting may be others."""
        if self._is_watched and not self._timer.isActive():
            self._timer.start()

    def _on_rested(self) -> None:
        request = self._request() if self._is_watched else None
        if self._job is not None or request is None or (request == self._asked and not request.model.is_live):
            return  # one at a time: who answers looks what is wanted by then
        self._asked = request
        self._patience.start()
        self._job = self._writing.ask_next(request, self._on_tokens_came, self._on_failed)

    def _request(self) -> NextRequest | None:
        model, prompt = self._models.current, self._prompt()
        if model is None or prompt is None:
            return None
        plain: dict[str, Any] = {name: default_of(SamplingConfig, name) for name in _OF_THE_WHOLE}
        settings = replace(self._controls.sampling(), **plain)
        return self._controls.mixed(NextRequest(model=model.ref, prompt=prompt, settings=settings, top=MOST_TOKENS))

    def _on_tokens_came(self, tokens: tuple[NextToken, ...]) -> None:
        self._show(tuple(_bar(token) for token in tokens), "")

    def _on_failed(self, failure: Failure) -> None:
        self._show((), sentence_of(failure))

    def _show(self, bars: tuple[TokenBar, ...], problem: str) -> None:
        self._job = None
        self._patience.stop()
        was_slow, self._is_slow = self._is_slow, False
        is_late = self._request() != self._asked
        is_shown = not is_late or not self._bars
        if is_shown:
            self._bars, self._problem = bars, problem
        if is_shown or was_slow:
            self.changed.emit()
        if is_late:
            self._asked = None  # what was dropped is no answer, should the same be wanted again
            self.refresh()

    def _on_patience_ended(self) -> None:
        self._is_slow = True
        self.changed.emit()


def share_words(share: float) -> str:
    """A probability as a percentage with as many digits as mean something."""
    if share == 0:
        return percent(0)
    if share < 0.001:
        return tr("{number} %", number=tr("<{number}", number=number(0.1, 1)))
    return percent(share, 0 if share >= 0.0995 else 1)


def token_name(text: str) -> tuple[str, bool]:
    """How a token is called, and whether that names what cannot be seen."""
    names = {
        " ": tr("space"), "\n": tr("line end"), "<eos>": tr("line end"), "\t": tr("tab"),
        "<unk>": tr("something unknown"), "\u00a0": tr("no-break space"),
    }  # fmt: skip
    if text in names:
        return names[text], True
    if text.strip() and text.isprintable():
        return text, False
    shown = "".join("↵" if sign == "\n" else "⇥" if sign == "\t" else "␣" if sign == " " else sign for sign in text)
    if shown.isprintable():
        return shown, True
    return " ".join(f"U+{ord(sign):04X}" for sign in text), True


def _bar(token: NextToken) -> TokenBar:
    name, is_named = token_name(token.text)
    return TokenBar(name, token.before, token.after, is_named)
