r"""Text in whole characters as a person sees them: extended grapheme clusters (Unicode Standard Annex 29, `\X`).

A letter with its accents, a flag, a family of emoji are one each. Whether a cluster goes on shows only when what
follows it is known, so a stream of text holds back its last one. Where the library `regex` is not installed (models can
train with little more than torch) every character counts as whole.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType

from engine.text.tokenizers import Tokenizer

# A hostile or broken text may pile marks on one letter without end; beyond this they are let through as they come.
LONGEST_CLUSTER = 1024
_FIRST_MARK = "\u0300"  # below it every character but the carriage return stands alone


class ClusterGate:
    """Lets whole clusters through, and holds back the last one until it is certain that nothing joins it.

    before: the text that stands before; what goes on its last cluster is seen as a part of that.
    """

    def __init__(self, before: str = "") -> None:
        self._cluster = last_cluster(before)
        self._num_shown = len(self._cluster)  # characters at its beginning that were let through already

    def feed(self, text: str) -> str:
        """What of the text so far, not yet let through, is whole."""
        if len(text) == 1 and _is_simple(text) and _is_simple(self._cluster):  # nearly always
            shown = self._cluster[self._num_shown :]
            self._cluster, self._num_shown = text, 0
            return shown
        if not text:
            return ""
        text = self._cluster + text
        last = last_cluster(text)
        place = len(text) if len(last) > LONGEST_CLUSTER else len(text) - len(last)
        shown = text[self._num_shown : place]
        self._num_shown = max(0, self._num_shown - place)
        self._cluster = text[place:]
        return shown

    def finish(self) -> str:
        """What was held back, when no more text comes."""
        rest = self._cluster[self._num_shown :]
        self._cluster, self._num_shown = "", 0
        return rest


def last_cluster(text: str) -> str:
    """The last cluster of a text, at most some more than `LONGEST_CLUSTER` characters of it."""
    if not text or (stands_alone(text[-1]) and stands_alone(text[-2:-1])):
        return text[-1:]
    regex = _regex()
    last: str = regex.findall(r"\X", text[-2 * LONGEST_CLUSTER :])[-1] if regex else text[-1]
    return last


def stands_alone(characters: str) -> bool:
    """Whether none of these characters joins with another that stands alone, whichever stands first.

    Two such neighbours are always two clusters (rules GB4, GB5 and GB999 of the annex).
    """
    return all(map(_stands_alone, set(characters)))


def _is_simple(characters: str) -> bool:
    """Whether these are characters that stand alone, seen at a glance."""
    return characters.isascii() and characters != "\r"


def can_join(tokenizer: Tokenizer) -> bool:
    """Whether text of this vocabulary has clusters that go on from one token to the next."""
    if tokenizer.kind == "byte":
        return True
    texts = (tokenizer.token_text(token_id) for token_id in range(tokenizer.vocabulary_size))
    return not stands_alone(_edges(texts))


def _edges(texts: Iterable[str]) -> str:
    """The first and the last character of each."""
    return "".join({character for text in texts for character in text[:1] + text[-1:]})


@lru_cache(maxsize=4096)
def _stands_alone(character: str) -> bool:
    if character < _FIRST_MARK:
        return character != "\r"
    regex = _regex()
    return regex is None or regex.fullmatch(r"[\p{GCB=Other}\p{GCB=Control}\p{GCB=LF}]", character) is not None


@cache
def _regex() -> ModuleType | None:
    """Loaded only where characters may join."""
    try:
        return import_module("regex")
    except ImportError:
        return None
