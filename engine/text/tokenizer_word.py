"""Words as tokens. How a text is cut and joined is in `word_pieces`.

Id 0 is `<unk>`, id 1 the line end `<eos>`, and the others follow by falling frequency in the training text, then by
text. A free-standing `<unk>` in a corpus that is already cut into tokens is the unknown token.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from itertools import repeat

import numpy as np

from engine.errors import BadInput, InvalidSetting
from engine.text.vocabulary import (
    LINE_END_TEXT,
    UNKNOWN_TEXT,
    IdArray,
    Ids,
    check_texts,
    checked_fields,
    damaged_vocabulary,
    refuse_surrogates,
    smallest_dtype,
)
from engine.text.word_pieces import DETECTION_CHARACTERS, LINE_END, MAX_PIECE_LENGTH, Cutting, WordCutter

_MAX_COUNTED_WORDS = 1_000_000

_NUM_SPECIAL = 2


class WordCounts:
    """How often each word token occurs in a text that is given in pieces.

    Beyond `max_words` kinds the rarest are forgotten until half as many are left: the counts of words that came and
    went are then too small by at most the number of times they had occurred before.
    """

    def __init__(self, *, max_words: int = _MAX_COUNTED_WORDS) -> None:
        self.counts: Counter[str] = Counter()
        self._max_words = max_words

    def add(self, pieces: list[str]) -> None:
        """Count one more list of pieces."""
        self.counts.update(pieces)
        if len(self.counts) > self._max_words:
            self._forget_rarest()

    def _forget_rarest(self) -> None:
        bound = 0
        while len(self.counts) > self._max_words // 2:
            bound += 1
            for word in [word for word, count in self.counts.items() if count <= bound]:
                del self.counts[word]


class WordTokenizer:
    """One token for each word of the vocabulary, `<unk>` for all others, `<eos>` for a line end.

    words: tokens 2, 3, ... as `WordCutter` cuts them.
    """

    kind = "word"
    unknown_id: int | None = 0
    line_end_id: int | None = 1

    def __init__(self, words: list[str], cutter: WordCutter) -> None:
        self._words = words
        self._cutter = cutter
        self._texts = [UNKNOWN_TEXT, LINE_END, *words]
        self._is_word = [True, False, *map(cutter.is_word, words)]
        self._ids = {word: token_id for token_id, word in enumerate(words, _NUM_SPECIAL)}
        self._ids[LINE_END] = 1
        if cutter.cutting == "spaced":
            self._ids[UNKNOWN_TEXT] = 0
        self.vocabulary_size = len(self._texts)
        self.dtype = smallest_dtype(self.vocabulary_size)

    @classmethod
    def from_counts(
        cls, counts: dict[str, int], cutter: WordCutter, *, min_count: int = 1, max_vocabulary: int = 0
    ) -> "WordTokenizer":
        """A vocabulary of the counted pieces.

        Words that occur less than `min_count` times and those beyond the `max_vocabulary` (0: no limit; `<unk>` and
        `<eos>` count) most frequent become `<unk>`. Raises `BadInput` when nothing is left, `InvalidSetting` for a
        `max_vocabulary` of 1 or 2.
        """
        if 0 < max_vocabulary <= _NUM_SPECIAL:
            raise InvalidSetting(
                "{field} = {value} leaves no room for words beside <unk> and <eos>; set it to 0 or to at least 3.",
                field="corpus.max_vocabulary",
                value=max_vocabulary,
            )
        special = {LINE_END, UNKNOWN_TEXT} if cutter.cutting == "spaced" else {LINE_END}
        kept = [(word, count) for word, count in counts.items() if count >= min_count and word not in special]
        kept.sort(key=lambda item: (-item[1], item[0]))
        words = [word for word, _ in kept[: max_vocabulary - _NUM_SPECIAL if max_vocabulary else None]]
        if not words:
            raise BadInput(
                "The training text has no word that occurs {min_count} times; give a longer text or set a smaller "
                "corpus.min_count.",
                min_count=min_count,
            )
        return cls(words, cutter)

    @classmethod
    def from_text(cls, text: str, *, min_count: int = 1, max_vocabulary: int = 0) -> "WordTokenizer":
        """A vocabulary of one short text. Raises as `from_counts`, and `BadInput` for lone surrogates."""
        refuse_surrogates(text)
        cutter = WordCutter.for_text(text[:DETECTION_CHARACTERS])
        return cls.from_counts(Counter(cutter.cut(text)), cutter, min_count=min_count, max_vocabulary=max_vocabulary)

    def encode(self, text: str) -> IdArray:
        """Token ids in `dtype`; the text begins at the beginning of a line. Raises `BadInput` for lone surrogates."""
        refuse_surrogates(text)
        return self._ids_of(self._cutter.cut(text))

    def encode_stream(self, chunks: Iterable[str]) -> Iterator[IdArray]:
        """Token ids of a text given in pieces. How it is divided does not change the ids."""
        return map(self._ids_of, self._cutter.cut_stream(chunks))

    def encode_prompt(self, text: str) -> tuple[IdArray, list[str]]:
        """Token ids of a prompt, and the words that had to be replaced, in the order of their first occurrence.

        An unknown word becomes the same word in other case, else `<unk>`; a mark may lose or gain the spaces around it
        and unknown white space becomes what the rule of joining puts there: neither is counted as replaced. A space at
        the end is dropped, since the next word brings its own. Raises `BadInput` for lone surrogates.
        """
        ids: list[int] = []
        replaced: dict[str, None] = {}
        for piece, token_id in self.prompt_pieces(text):
            if token_id is not None:
                ids.append(token_id)
                if self._texts[token_id] != piece and self._is_word[token_id]:
                    replaced[piece.strip()] = None
        return np.asarray(ids, self.dtype), list(replaced)

    def prompt_pieces(self, text: str) -> Iterator[tuple[str, int | None]]:
        """The pieces of a prompt, each with the id that `encode_prompt` gives it: None for white space left out.

        Joined with a space where two words meet, the pieces are the text but for the space at its end.
        """
        refuse_surrogates(text)
        if text.endswith(" "):
            text = text.rstrip(" ")
        for piece in self._cutter.cut(text):
            token_id = self._ids.get(piece)
            if token_id is None and piece.strip():
                token_id = self._similar(piece) or 0
            yield piece, token_id

    def last_word(self, text: str) -> str:
        """The word with which a text ends, perhaps only the half of one; empty when it ends otherwise."""
        pieces = self._cutter.cut(text)
        return pieces[-1] if pieces and self._cutter.is_word(pieces[-1]) else ""

    def decode(self, ids: Ids) -> str:
        """The text of token ids, which begins at the beginning of a line."""
        return self.decoder().feed(ids)

    def decoder(self) -> "WordDecoder":
        """A decoder for ids that come one after another."""
        return WordDecoder(self._texts, self._is_word, is_padded=self._cutter.is_padded)

    def token_text(self, token_id: int) -> str:
        """The word, the verbatim text with its spaces, `<unk>` or `<eos>`."""
        return LINE_END_TEXT if token_id == self.line_end_id else self._texts[token_id]

    def to_json(self) -> dict[str, object]:
        """What a file stores; `from_json` reads it."""
        return {
            "kind": self.kind,
            "cutting": self._cutter.cutting,
            "is_padded": self._cutter.is_padded,
            "words": list(self._words),
        }

    @classmethod
    def from_json(cls, value: object) -> "WordTokenizer":
        """Reads what `to_json` gives, checked strictly. Raises `DamagedFile`."""
        fields = checked_fields(value, {"kind": str, "cutting": str, "is_padded": bool, "words": list})
        words, cutting, is_padded = fields["words"], fields["cutting"], fields["is_padded"]
        if fields["kind"] != cls.kind:
            damaged_vocabulary("its kind is not word")
        if cutting not in ("spaced", "punctuated") or (is_padded and cutting != "spaced"):
            damaged_vocabulary("its way of cutting is unknown")
        check_texts(words, max_length=MAX_PIECE_LENGTH)
        if any(LINE_END in word for word in words) or (cutting == "spaced" and UNKNOWN_TEXT in words):
            damaged_vocabulary("a word in it is a line end or the unknown token")
        kind: Cutting = "spaced" if cutting == "spaced" else "punctuated"
        return cls(words, WordCutter(kind, is_padded=is_padded))

    def _ids_of(self, pieces: list[str]) -> IdArray:
        return np.fromiter(map(self._ids.get, pieces, repeat(0)), self.dtype, len(pieces))

    def _similar(self, piece: str) -> int | None:
        bare = piece.strip()
        if self._cutter.is_word(piece):
            candidates = [bare.lower(), bare.capitalize(), bare.upper()]
        else:
            candidates = [bare, bare + " ", " " + bare, f" {bare} "]
        known = (self._ids[candidate] for candidate in candidates if candidate in self._ids)
        return next(known, None)


class WordDecoder:
    """Joins word tokens as they come, each with what stands before it; nothing is ever held back."""

    def __init__(self, texts: list[str], is_word: list[bool], *, is_padded: bool) -> None:
        self._texts = texts
        self._is_word = is_word
        self._is_padded = is_padded
        self._after = LINE_END

    def feed(self, ids: Ids) -> str:
        """The text of these ids."""
        parts: list[str] = []
        after = self._after
        for token_id in ids if isinstance(ids, (tuple, list)) else ids.tolist():
            text = self._texts[token_id]
            if self._is_word[token_id]:
                has_space = after == "word" or (self._is_padded and after == LINE_END)
                after = "word"
            elif text == LINE_END:
                has_space = self._is_padded and after != "verbatim"
                after = LINE_END
            else:
                has_space = False
                after = "verbatim"
            parts.append(" " + text if has_space else text)
        self._after = after
        return "".join(parts)

    def finish(self) -> str:
        """Nothing."""
        return ""

    def copy(self) -> "WordDecoder":
        """Another that goes on from here."""
        return copy(self)
