"""Which characters of a text each token stands for that a model reads of it, through cleaning and vocabulary.

Legend: C characters of the text as it is cleaned, N tokens.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.config.corpus import CleaningConfig
from engine.text.cleaning import clean
from engine.text.line_changes import followed_lines
from engine.text.tokenizer_byte import ByteTokenizer
from engine.text.tokenizer_char import CharTokenizer
from engine.text.tokenizer_word import WordTokenizer
from engine.text.tokenizers import Tokenizer
from engine.text.vocabulary import refuse_surrogates

Places = NDArray[np.int64]

_LINE_END = {"unify": re.compile("\r\n|[\n\r\x85\u2028\u2029]"), "keep": re.compile("\n")}


@dataclass(frozen=True, kw_only=True)
class ReadText:
    """The tokens (N,) that a model reads of a text, and the characters starts ... stops that each of them stands for.

    Tokens that are parts of one character have the same place. A word has the space before it. What cleaning removes,
    and white space that a vocabulary of words does not know, stands in no token. is_replaced: the model reads
    something else than what stands there.
    """

    token_ids: tuple[int, ...]
    starts: Places
    stops: Places
    is_replaced: NDArray[np.bool_]


def read_text(text: str, tokenizer: Tokenizer, cleaning: CleaningConfig | None) -> ReadText:
    """The text as a model reads a prompt: cleaned as its corpus was, unknown characters and words replaced.

    Raises BadInput for lone surrogates.
    """
    refuse_surrogates(text)
    cleaned, starts_C, stops_C = _identical(text) if cleaning is None else cleaned_places(text, cleaning)
    ids, spans, is_replaced = [], [], []
    for token_id, start, stop, is_other in _tokens(cleaned, tokenizer):
        ids.append(token_id)
        spans.append((start, stop))
        is_replaced.append(is_other)
    spans_N2 = np.asarray(spans, np.int64).reshape(-1, 2)
    starts, stops = _outer(spans_N2, starts_C, stops_C, len(text))
    changed = np.zeros(len(cleaned) + 1, np.int64)
    if cleaned != text:
        np.cumsum(_is_other(cleaned, text, starts_C, stops_C), out=changed[1:])
    is_changed = changed[spans_N2[:, 1]] > changed[spans_N2[:, 0]]
    return ReadText(
        token_ids=tuple(ids), starts=starts, stops=stops, is_replaced=np.asarray(is_replaced, np.bool_) | is_changed
    )


def cleaned_places(text: str, cleaning: CleaningConfig) -> tuple[str, Places, Places]:
    """The cleaned text, and for each of its characters (C,) where that stands in `text`: its start and its stop.

    Characters that cleaning made together, such as a letter and its accent, have the place of all that they were.
    """
    cleaned = clean(text, cleaning)
    if cleaned == text:
        return _identical(text)
    within = replace(cleaning, newlines="keep", gutenberg=False, blank_lines=0)
    known: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    for (line, after), (start, end, next_start) in zip(
        followed_lines(text, cleaning), _line_places(text, cleaning), strict=False
    ):
        if after is not None:
            spans += ((start + first, start + last) for first, last in _line_spans(line, after, within, known))
            spans.append((end, next_start))
    # Only line ends and white space at the end of the text can be more or fewer than whole lines have.
    spans = spans[: len(cleaned)] + [(len(text), len(text))] * (len(cleaned) - len(spans))
    spans_C2 = np.asarray(spans, np.int64).reshape(-1, 2)
    return cleaned, spans_C2[:, 0], spans_C2[:, 1]


def _identical(text: str) -> tuple[str, Places, Places]:
    starts = np.arange(len(text), dtype=np.int64)
    return text, starts, starts + 1


def _outer(spans_N2: Places, starts_C: Places, stops_C: Places, end: int) -> tuple[Places, Places]:
    """Spans of the cleaned text as those of the text. Empty ones stand where the next character does."""
    starts = np.append(starts_C, end)[spans_N2[:, 0]]
    is_empty = spans_N2[:, 0] == spans_N2[:, 1]
    return starts, np.where(is_empty, starts, np.append(stops_C, end)[spans_N2[:, 1] - 1])


def _is_other(cleaned: str, text: str, starts_C: Places, stops_C: Places) -> list[bool]:
    places = zip(cleaned, starts_C.tolist(), stops_C.tolist(), strict=True)
    return [text[start:stop] != character for character, start, stop in places]


def _line_places(text: str, cleaning: CleaningConfig) -> Iterator[tuple[int, int, int]]:
    """Start of each line, its end, and the start of the next."""
    start = 0
    for match in _LINE_END[cleaning.newlines].finditer(text):
        yield start, match.start(), match.end()
        start = match.end()
    yield start, len(text), len(text)


def _line_spans(line: str, after: str, cleaning: CleaningConfig, known: dict[str, str]) -> list[tuple[int, int]]:
    """Where each character of a cleaned line stood in the line."""
    if line == after:
        return [(place, place + 1) for place in range(len(line))]
    spans: list[tuple[int, int]] = []
    for start, stop in _letters(line):
        letter = line[start:stop]
        made = known.get(letter)
        if made is None:
            made = known[letter] = clean(letter, cleaning)
        spans += [(start, stop)] * len(made)
    return spans if len(spans) == len(after) else [(0, len(line))] * len(after)


def _letters(line: str) -> Iterator[tuple[int, int]]:
    """Characters, each with the marks and control characters after it: none changes what becomes of another."""
    start = 0
    for place, character in enumerate(line):
        if place and not _joins(character):
            yield start, place
            start = place
    if line:
        yield start, len(line)


def _joins(character: str) -> bool:
    if " " <= character <= "~":
        return False
    is_jamo = "\u1160" <= character <= "\u11ff"  # Hangul vowels and final consonants
    return is_jamo or character == "\ufeff" or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cc")


def _tokens(text: str, tokenizer: Tokenizer) -> Iterator[tuple[int, int, int, bool]]:
    """Each token of a cleaned text: its id, start and stop, and whether it is another than what stands there."""
    if isinstance(tokenizer, WordTokenizer):
        yield from _words(text, tokenizer)
    elif isinstance(tokenizer, CharTokenizer):
        yield from _characters(text, tokenizer)
    else:
        assert isinstance(tokenizer, ByteTokenizer)
        for place, character in enumerate(text):
            for byte in character.encode():
                yield byte, place, place + 1, False


def _characters(text: str, tokenizer: CharTokenizer) -> Iterator[tuple[int, int, int, bool]]:
    known: dict[str, tuple[list[int], bool]] = {}
    for place, character in enumerate(text):
        if character not in known:
            ids, replaced = tokenizer.encode_prompt(character)
            known[character] = ids.tolist(), bool(replaced)
        ids_of_character, is_replaced = known[character]
        for token_id in ids_of_character:
            yield token_id, place, place + 1, is_replaced


def _words(text: str, tokenizer: WordTokenizer) -> Iterator[tuple[int, int, int, bool]]:
    place = 0
    for piece, token_id in tokenizer.prompt_pieces(text):
        start = place
        if not text.startswith(piece, place):
            place += 1  # the space between two words
        place += len(piece)
        if token_id is not None:
            line_end = token_id == tokenizer.line_end_id
            yield token_id, start, place, not line_end and tokenizer.token_text(token_id) != piece
