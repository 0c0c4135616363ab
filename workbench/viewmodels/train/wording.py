"""Sentences and figures of the page of a run."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QDateTime, QLocale, Qt

from engine.events import PreparationProgressed
from workbench.bridge.protocols.runs import RunEntry, RunState
from workbench.bridge.protocols.texts import CorpusEntry
from workbench.words import current_language, duration, number, percent, tr

NOTHING = "–"


@dataclass(frozen=True)
class Figure:
    """A big number as it is shown. share: of the bar under it, None for no bar."""

    caption: str
    text: str = NOTHING
    extra: str = ""
    share: float | None = None


def state_word(state: RunState) -> str:
    """The name of a state."""
    words: dict[RunState, str] = {
        "waiting": tr("waiting"), "preparing": tr("preparing"), "training": tr("training"),
        "validating": tr("validating"), "pausing": tr("pausing"), "paused": tr("paused"),
        "stopping": tr("finishing"), "finished": tr("finished"),
        "stopped_early": tr("stopped early"), "interrupted": tr("interrupted"), "failed": tr("failed"),
        "damaged": tr("damaged"),
    }  # fmt: skip
    return words[state]


def preparation_sentence(preparation: PreparationProgressed | None, is_ready: bool) -> str:
    """What is being prepared. is_ready: whether the engine is loaded."""
    if not is_ready:
        return tr("Preparing: loading the engine.")
    if preparation is None:
        return tr("Preparing.")
    match preparation.part:
        case "tokens":
            return tr("Preparing: reading the text, {share}.", share=percent(preparation.share))
        case "references":
            return tr("Preparing: measuring how far simple guessing gets.")
        case "machine" | "measuring" | "precision" | "speed":
            return tr("Preparing: measuring this machine once.")
        case _:
            return tr("Preparing, {share}.", share=percent(preparation.share))


def guesses_caption(tokens: str) -> str:
    """What is guessed."""
    match tokens:
        case "word":
            return tr("Guesses right of 100 words")
        case "byte":
            return tr("Guesses right of 100 bytes")
        case _:
            return tr("Guesses right of 100 letters")


def frequency_guesses(corpus: CorpusEntry | None, tokens: str) -> int | None:
    """Of 100 letters, those that are right when the most frequent one is guessed each time; None where not known."""
    if corpus is None or tokens != "char":
        return None
    characters = corpus.report.get("characters")
    if not isinstance(characters, dict) or not characters or not corpus.num_characters:
        return None
    return round(100 * float(max(characters.values())) / corpus.num_characters)


def achieved_sentence(tokens: str, guessed: int, by_frequency: int | None, best_step: int) -> str:
    """What a run achieved, in words."""
    if tokens == "word":
        return tr("Guesses {count} of 100 words. Best at step {step}.", count=guessed, step=best_step)
    if tokens == "byte":
        return tr("Guesses {count} of 100 bytes. Best at step {step}.", count=guessed, step=best_step)
    if by_frequency is None:
        return tr("Guesses {count} of 100 letters. Best at step {step}.", count=guessed, step=best_step)
    return tr(
        "Guesses {count} of 100 letters; letter frequencies alone {frequency}. Best at step {step}.",
        count=guessed, frequency=by_frequency, step=best_step,
    )  # fmt: skip


def speed_text(tokens_per_second: float, tokens: str) -> str:
    """The speed; empty where there is none."""
    if math.isnan(tokens_per_second) or tokens_per_second <= 0:
        return ""
    speed = number(float(f"{tokens_per_second:.3g}"))
    match tokens:
        case "word":
            return tr("{speed} words/s", speed=speed)
        case "byte":
            return tr("{speed} bytes/s", speed=speed)
        case _:
            return tr("{speed} letters/s", speed=speed)


def saved_text(seconds_ago: float | None) -> str:
    """How long ago the run was saved."""
    return "" if seconds_ago is None else tr("saved {duration} ago", duration=duration(seconds_ago))


def entry_text(entry: RunEntry) -> str:
    """A run in a list: its title, and when it began, because titles repeat."""
    began = QDateTime.fromString(entry.created, Qt.DateFormat.ISODate).toLocalTime()
    if not began.isValid():
        return entry.title
    locale = QLocale(current_language().name)
    is_today = began.date() == QDateTime.currentDateTime().date()
    when = locale.toString(began.time() if is_today else began.date(), QLocale.FormatType.ShortFormat)
    return tr("{title}  ({when})", title=entry.title, when=when)


def longer_text(minutes: int) -> str:
    """A choice of time for training longer."""
    if minutes >= 480:
        return tr("{duration} more, overnight", duration=duration(60 * minutes))
    return tr("{duration} more", duration=duration(60 * minutes))


def is_code_like(text: str) -> bool:
    """Whether a text reads better in letters of equal width: indented lines and the signs of programs."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 3:
        return False
    indented = sum(line.startswith(("    ", "\t", "  ")) for line in lines) / len(lines)
    signs = sum(text.count(sign) for sign in "{}()[];=<>_#") / max(1, len(text))
    return signs > 0.05 or (indented > 0.3 and signs > 0.015)
