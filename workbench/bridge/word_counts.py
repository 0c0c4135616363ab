"""The words of a text and how often they stand in it."""

from collections import Counter
from collections.abc import Callable

from engine.errors import Cancelled
from engine.library.corpora import CorpusFolder
from workbench.bridge.protocols.texts import WordCounts

_MOST_BYTES = 16 * 2**20
_PIECE_BYTES = 2**15  # counted without letting other threads run: some milliseconds
_MAX_KINDS = 200_000
_NUM_TOLD = 50
_MARKS = ".,;:!?\"'()[]{}<>*_-–—…»«“”„‘’‚/\\|=+#&%"


def count_words(folder: CorpusFolder, is_cancelled: Callable[[], bool]) -> WordCounts:
    """The most frequent words of the first 16 MB, in small letters and without the marks around them."""
    size = folder.text_path.stat().st_size
    counts: Counter[str] = Counter()
    rest = ""
    for start in range(0, min(size, _MOST_BYTES), _PIECE_BYTES):
        if is_cancelled():
            raise Cancelled
        text = rest + folder.read_text_at(start, _PIECE_BYTES)
        cut = max(text.rfind(" "), text.rfind("\n")) + 1
        rest = text[cut:] if len(text) - cut < _PIECE_BYTES else ""
        counts.update(_words(text[:cut]))
        if len(counts) > _MAX_KINDS:  # words that are not words: what was seen once is given up
            counts = Counter({word: count for word, count in counts.items() if count > 1})
    counts.update(_words(rest))
    return WordCounts(
        words=tuple(counts.most_common(_NUM_TOLD)), num_words=counts.total(), is_sampled=size > _MOST_BYTES
    )


def _words(text: str) -> list[str]:
    stripped = (word.strip(_MARKS) for word in text.lower().split())
    return [word for word in stripped if word]
