"""Which words of a sample stand in the corpus: a cheap sign of whether a model has learnt to spell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.text.splits import TextPart, spread_text
from engine.text.word_pieces import UNSPACED_SCRIPTS

_MAX_CORPUS_BYTES = 16 * 2**20
MAX_WORDS = 300_000

_WORD = re.compile(rf"[{UNSPACED_SCRIPTS}]|[^\W\d_{UNSPACED_SCRIPTS}]+(?:['\u2019][^\W\d_{UNSPACED_SCRIPTS}]+)*")


@dataclass(frozen=True)
class KnownWords:
    """Words of a corpus, in lower case. is_complete: False when the corpus was sampled or had more words than fit."""

    words: frozenset[str]
    is_complete: bool


def known_words(part: TextPart) -> KnownWords:
    """The words of a part of a corpus.

    Of a part longer than `_MAX_CORPUS_BYTES`, that much is read, in blocks spread evenly; at most `MAX_WORDS` words are
    kept. Takes at most about a second and 50 MB. Raises `DamagedFile` or `StorageFailed` when the file cannot be read.
    """
    words: set[str] = set()
    for run in spread_text(part, _MAX_CORPUS_BYTES):
        for line_block in _whole_lines(run):
            words.update(_words_of(line_block))
            if len(words) > MAX_WORDS:
                return KnownWords(frozenset(words), is_complete=False)
    return KnownWords(frozenset(words), is_complete=part.num_bytes <= _MAX_CORPUS_BYTES)


def known_word_share(sample: str, words: KnownWords) -> float | None:
    """Share of the words of `sample` (each as often as it occurs) that stand in the corpus; case does not matter.

    Runs of letters are words, with apostrophes between them; numbers and marks do not count. A lower bound when
    `words` is not complete. None for a sample without words.
    """
    found = _words_of(sample)
    return sum(word in words.words for word in found) / len(found) if found else None


def _words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _whole_lines(pieces: Iterable[str]) -> Iterable[str]:
    """The text again, divided so that no word is cut (words of the length of a piece excepted)."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        cut = max(text.rfind(" "), text.rfind("\n")) + 1 or len(text)
        yield text[:cut]
        rest = text[cut:]
    yield rest
