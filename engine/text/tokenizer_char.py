"""Characters (code points) as tokens.

Ids follow the code points; `<unk>`, where a vocabulary has it, is id 0.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from engine.errors import BadInput, InvalidSetting
from engine.text.folding import FALLBACK, equivalent
from engine.text.vocabulary import (
    NUM_CODE_POINTS,
    UNKNOWN_TEXT,
    IdArray,
    Ids,
    check_texts,
    checked_fields,
    code_points,
    damaged_vocabulary,
    smallest_dtype,
)

_REPLACEMENT_CHARACTER = "\N{REPLACEMENT CHARACTER}"


class CharacterCounts:
    """How often each character occurs in a text that is given in pieces."""

    def __init__(self) -> None:
        self._counts = np.zeros(NUM_CODE_POINTS, np.int64)

    def add(self, text: str) -> None:
        """Count one more piece. Raises `BadInput` for lone surrogates."""
        counts = np.bincount(code_points(text))
        self._counts[: len(counts)] += counts

    def of_characters(self) -> dict[str, int]:
        """Counts of the characters that occur, by code point."""
        present = np.flatnonzero(self._counts)
        return {chr(point): int(count) for point, count in zip(present, self._counts[present], strict=True)}


class CharTokenizer:
    """One token for each character of the vocabulary, and perhaps one `<unk>` for all others.

    characters: the vocabulary in the order of code points. fallback: stands for characters of a prompt that nothing
    better replaces (see `encode_prompt`); it is None exactly when there is an `<unk>`.
    """

    kind = "char"
    unknown_id: int | None
    line_end_id: int | None

    def __init__(self, characters: str, *, fallback: str | None) -> None:
        self._characters = characters
        self._fallback = fallback
        first_id = 0 if fallback is not None else 1
        self.unknown_id = None if fallback is not None else 0
        self.vocabulary_size = len(characters) + first_id
        self.dtype = smallest_dtype(self.vocabulary_size)
        points = code_points(characters)
        self._unknown_mark = self.vocabulary_size if self.unknown_id is None else 0
        self._id_of_point = np.full(
            NUM_CODE_POINTS, self._unknown_mark, smallest_dtype(max(self._unknown_mark + 1, self.vocabulary_size))
        )
        self._id_of_point[points] = np.arange(first_id, self.vocabulary_size)
        self._point_of_id = np.full(self.vocabulary_size, ord(_REPLACEMENT_CHARACTER), "<u4")
        self._point_of_id[first_id:] = points
        self.line_end_id = self._id_of("\n")

    @classmethod
    def from_counts(
        cls, counts: dict[str, int], *, unknown_character: bool = False, min_count: int = 1, max_vocabulary: int = 0
    ) -> "CharTokenizer":
        """A vocabulary of the characters counted.

        With `unknown_character`, those that occur less than `min_count` times and those beyond the `max_vocabulary`
        (0: no limit; `<unk>` counts as one) most frequent become `<unk>`; equally frequent ones are taken by code
        point. Raises `InvalidSetting` for a limit without `<unk>` or one that leaves nothing else, `BadInput` for no
        character at all.
        """
        if not counts:
            raise BadInput("The text is empty, so it has no characters to learn; give a longer text.")
        ranked = sorted(counts, key=lambda character: (-counts[character], character))
        if not unknown_character:
            _refuse_limits(min_count, max_vocabulary, len(ranked))
            fallback = next(character for character in (FALLBACK, " ", ranked[0]) if character in counts)
            return cls("".join(sorted(ranked)), fallback=fallback)
        kept = [character for character in ranked if counts[character] >= min_count]
        kept = kept[: max_vocabulary - 1] if max_vocabulary else kept
        if not kept:
            is_small = max_vocabulary == 1
            raise InvalidSetting(
                "{field} = {value} leaves no character but <unk>; set it to {better}.",
                field="corpus.max_vocabulary" if is_small else "corpus.min_count",
                value=1 if is_small else min_count,
                better="0 or to at least 2" if is_small else f"at most {counts[ranked[0]]}",
            )
        return cls("".join(sorted(kept)), fallback=None)

    def encode(self, text: str) -> IdArray:
        """Token ids, one for each character, in `dtype`.

        Raises `BadInput` for lone surrogates and, without `<unk>`, for a character that is not in the vocabulary.
        """
        ids: IdArray = self._id_of_point[code_points(text)]
        if self.unknown_id is None and len(ids) and int(ids.max()) == self._unknown_mark:
            position = int(np.argmax(ids == self._unknown_mark))
            raise BadInput(
                "The character {character} (U+{code}) is not in this vocabulary, and no character stands for unknown "
                "ones; replace it, or set corpus.unknown_character = true.",
                character=text[position],
                code=f"{ord(text[position]):04X}",
            )
        return ids.astype(self.dtype, copy=False)

    def encode_stream(self, chunks: Iterable[str]) -> Iterator[IdArray]:
        """Token ids of a text given in pieces."""
        return map(self.encode, chunks)

    def encode_prompt(self, text: str) -> tuple[IdArray, list[str]]:
        """Token ids of any text, and the characters that had to be replaced, in the order of their first occurrence.

        With `<unk>` that replaces them. Without, `folding.equivalent` does, and for what has none the first of these
        that the vocabulary has: the question mark; the space; the most frequent character. Raises `BadInput` for lone
        surrogates.
        """
        points = code_points(text)
        unknown = points[self._id_of_point[points] == self._unknown_mark]
        distinct, first = np.unique(unknown, return_index=True)
        replaced = [chr(point) for point in distinct[np.argsort(first)]]
        if self.unknown_id is None and replaced:
            text = text.translate({ord(character): self.replacement(character) for character in replaced})
        return self.encode(text), replaced

    def replacement(self, character: str) -> str:
        """What stands in a prompt for an unknown character: known ones, or nothing for a mark of its own."""
        if self._fallback is None:
            return UNKNOWN_TEXT
        known = equivalent(character, lambda part: self._id_of(part) is not None)
        return self._fallback if known is None else known

    def decode(self, ids: Ids) -> str:
        """The text of token ids; U+FFFD for `<unk>`."""
        return self._point_of_id[np.asarray(ids, np.int64)].tobytes().decode("utf-32-le")

    def character(self, token_id: int) -> str:
        """As `decode` of this one token, without making an array of it."""
        return chr(self._point_of_id.item(token_id))

    def decoder(self) -> "CharDecoder":
        """A decoder for ids that come one after another."""
        return CharDecoder(self)

    def token_text(self, token_id: int) -> str:
        """The character, or `<unk>`."""
        return UNKNOWN_TEXT if token_id == self.unknown_id else chr(int(self._point_of_id[token_id]))

    def to_json(self) -> dict[str, object]:
        """What a file stores; `from_json` reads it."""
        return {
            "kind": self.kind,
            "characters": self._characters,
            "unknown_character": self._fallback is None,
            "fallback": self._fallback or "",
        }

    @classmethod
    def from_json(cls, value: object) -> "CharTokenizer":
        """Reads what `to_json` gives, checked strictly. Raises `DamagedFile`."""
        fields = checked_fields(value, {"kind": str, "characters": str, "unknown_character": bool, "fallback": str})
        characters, fallback = fields["characters"], fields["fallback"]
        if fields["kind"] != cls.kind:
            damaged_vocabulary("its kind is not char")
        if len(characters) > NUM_CODE_POINTS:
            damaged_vocabulary("it has too many characters")
        check_texts(list(characters), max_length=1)
        if list(characters) != sorted(characters):
            damaged_vocabulary("its characters are not in order")
        if fields["unknown_character"]:
            if fallback:
                damaged_vocabulary("it has both an unknown character and a fallback")
            return cls(characters, fallback=None)
        if len(fallback) != 1 or fallback not in characters:
            damaged_vocabulary("its fallback is not one of its characters")
        return cls(characters, fallback=fallback)

    def _id_of(self, character: str) -> int | None:
        token_id = int(self._id_of_point[ord(character)])
        return None if token_id == self._unknown_mark else token_id


class CharDecoder:
    """Decodes character ids as they come; nothing is ever held back."""

    def __init__(self, tokenizer: CharTokenizer) -> None:
        self._tokenizer = tokenizer

    def feed(self, ids: Ids) -> str:
        """The text of these ids."""
        if len(ids) == 1:
            return self._tokenizer.character(int(ids[0]))
        return self._tokenizer.decode(ids)

    def finish(self) -> str:
        """Nothing."""
        return ""

    def copy(self) -> "CharDecoder":
        """Itself: it remembers nothing."""
        return self


def _refuse_limits(min_count: int, max_vocabulary: int, num_characters: int) -> None:
    if min_count > 1:
        raise InvalidSetting(
            "{field} = {value} leaves rare characters without a token; set it to 1, or set "
            "corpus.unknown_character = true.",
            field="corpus.min_count",
            value=min_count,
        )
    if 0 < max_vocabulary < num_characters:
        raise InvalidSetting(
            "{field} = {value} leaves some of the {count} kinds of characters without a token; set it to 0, or set "
            "corpus.unknown_character = true.",
            field="corpus.max_vocabulary",
            value=max_vocabulary,
            count=num_characters,
        )
