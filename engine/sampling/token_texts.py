"""What each token adds to the text, so that rules about texts can be held against single tokens.

Texts are here sequences of symbols: characters, or, where the tokens are bytes, one character below U+0100 for each
byte of the UTF-8. A word token may bring a space; whether it does depends on the token before it, and that is all
there is to know of what came before ("spaced": a word that came next would bring one).
"""

from bisect import bisect_left, bisect_right
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.text.tokenizers import Tokenizer

Ids = NDArray[np.intp]


class TokenTexts:
    """The tokens of one vocabulary as symbols.

    texts: of each token, where it comes unspaced and where it comes spaced; leaves_spaced: whether the next comes
    spaced after it; starts_spaced: whether a text without a prompt begins so; has_words: whether tokens are words.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.has_words = tokenizer.kind == "word"
        self.unknown_id = tokenizer.unknown_id
        self.size = tokenizer.vocabulary_size
        self.starts_spaced = False
        self._is_bytes = tokenizer.kind == "byte"
        if self.has_words:
            self._read_words(tokenizer)
            return
        texts = tuple(map(chr, range(256)) if self._is_bytes else tokenizer.decode(np.arange(self.size)))
        self.texts = (texts, texts)
        self.leaves_spaced = (False,) * self.size

    def symbols(self, text: str) -> str:
        """A text as this vocabulary's symbols."""
        return text.encode("utf-8").decode("latin-1") if self._is_bytes else text

    def shown(self, symbols: str) -> str:
        """The text that symbols stand for."""
        return symbols.encode("latin-1").decode("utf-8", errors="replace") if self._is_bytes else symbols

    def ids_of(self, text: str, is_spaced: bool) -> tuple[int, ...]:
        """Tokens that add exactly this text; never `<unk>`."""
        return self._by_text[is_spaced].get(text, ())

    def ids_beginning(self, start: str, is_spaced: bool) -> Ids:
        """Tokens whose text begins with `start`."""
        texts, ids = self._sorted[is_spaced]
        size = len(start)
        first = bisect_left(texts, start)
        return ids[first : bisect_right(texts, start, lo=first, key=lambda text: text[:size])]

    def ids_containing(self, parts: tuple[str, ...], is_spaced: bool) -> Ids:
        """Tokens in whose text one of `parts` stands."""
        texts = self.texts[is_spaced]
        return np.array([index for index, text in enumerate(texts) if any(part in text for part in parts)], np.intp)

    @cached_property
    def longest(self) -> int:
        """Symbols of the longest token."""
        return max(map(len, self.texts[True]))

    @cached_property
    def _by_text(self) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
        unspaced, spaced = map(self._index, self.texts)
        return unspaced, spaced

    def _index(self, texts: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        index: dict[str, tuple[int, ...]] = {}
        for token_id, text in enumerate(texts):
            if token_id != self.unknown_id and text:
                index[text] = (*index.get(text, ()), token_id)
        return index

    @cached_property
    def _sorted(self) -> tuple[tuple[list[str], Ids], tuple[list[str], Ids]]:
        unspaced, spaced = map(_in_order, self.texts)
        return unspaced, spaced

    def _read_words(self, tokenizer: Tokenizer) -> None:
        """Ask a decoder: `<unk>`, which is a word, tells how the text stood before it."""
        word = 0 if tokenizer.unknown_id is None else tokenizer.unknown_id
        decoder = tokenizer.decoder()
        bare = tokenizer.token_text(word)
        self.starts_spaced = decoder.feed((word,)) != bare
        spaced, leaves_spaced = [], []
        for token_id in range(self.size):
            spaced.append(decoder.feed((token_id,)))
            leaves_spaced.append(decoder.feed((word,)) != bare)
        unspacing = next((index for index, leaves in enumerate(leaves_spaced) if not leaves), None)
        unspaced = spaced
        if unspacing is not None:
            unspaced = []
            for token_id in range(self.size):
                decoder.feed((unspacing,))
                unspaced.append(decoder.feed((token_id,)))
        self.texts = (tuple(unspaced), tuple(spaced))
        self.leaves_spaced = tuple(leaves_spaced)


def token_texts(tokenizer: Tokenizer) -> TokenTexts:
    """The texts of a tokenizer's tokens, computed once for each tokenizer."""
    found = _KNOWN.get(tokenizer)
    if found is None:
        found = _KNOWN[tokenizer] = TokenTexts(tokenizer)
    return found


_KNOWN: WeakKeyDictionary[Tokenizer, TokenTexts] = WeakKeyDictionary()


def _in_order(texts: tuple[str, ...]) -> tuple[list[str], Ids]:
    order = sorted(range(len(texts)), key=texts.__getitem__)
    return [texts[index] for index in order], np.array(order, np.intp)
