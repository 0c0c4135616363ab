"""Encodings that a text without any rule could be in, ranked, with the lines in which they differ."""

import re
from collections.abc import Iterator, Mapping, Sequence
from io import FileIO
from typing import Final

from engine.import_events import Candidate, Rendering

NumberedLine = tuple[int, bytes]

CHUNK_BYTES: Final = 2**20

_MAX_CANDIDATES: Final = 5
_MAX_SHOWN_LINES: Final = 5
_SHOWN_CHARACTERS = 100
_SAMPLE_BYTES = 24 * 1024  # from each of two places
_NON_ASCII = re.compile(rb"[\x80-\xff]")
_WINDOW_BYTES = 8 * 2**20
_LINE_BYTES = 2_000
_MAX_MESS = 0.4  # of charset-normalizer's measure from 0 to 1; its default of 0.2 leaves some right ones out
_KANA_BONUS = 0.5
# Encodings that texts are found in. Unlisted ones (EBCDIC and the like) would only add wrong candidates; they remain
# open to the person's own choice.
_ENCODINGS = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "iso8859_2", "iso8859_5", "iso8859_7", "iso8859_8", "iso8859_15", "koi8_r", "koi8_u",
    "mac_roman", "mac_cyrillic", "mac_latin2", "cp437", "cp850", "cp852", "cp866",
    "shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949",
]  # fmt: skip


def sample_lines(file: FileIO, size: int, *places: int, telling: re.Pattern[bytes] = _NON_ASCII) -> list[NumberedLine]:
    """Lines with something `telling` in them from around each place, numbered from 1, up to 24 KB of each."""
    found: dict[int, bytes] = {}
    for place in sorted(places):
        number, start = _line_start(file, place)
        file.seek(start)
        window = file.read(min(_WINDOW_BYTES, size - start)) or b""
        room = _SAMPLE_BYTES
        for offset, line in enumerate(window.split(b"\n")):
            if not telling.search(line):
                continue
            found[number + offset] = line[:_LINE_BYTES].rstrip(b"\r") + b"\n"
            room -= len(found[number + offset])
            if room <= 0:
                break
    return sorted(found.items())


def guess(
    lines: Sequence[NumberedLine], ranked: Sequence[str] | None = None
) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """Candidates, best first, each with the list that a person would be shown if it is taken.

    ranked: the encodings in question, when the caller knows them; else charset-normalizer finds them. "utf-8" stands
    for UTF-8 with damaged places, which are replaced when it is taken.
    """
    if ranked is None:
        ranked = _ranked(b"".join(line for _, line in lines))
    numbers = [number for number, _ in lines]
    texts = {encoding: tuple(_text(line, encoding) for _, line in lines) for encoding in ranked}
    for encoding in ranked:
        distinct: dict[tuple[str, ...], str] = {}
        for rival in (encoding, *ranked):
            distinct.setdefault(texts[rival], rival)
        rivals = list(distinct.values())[:_MAX_CANDIDATES]
        yield encoding, _candidates(numbers, {rival: texts[rival] for rival in rivals})


def _candidates(numbers: Sequence[int], texts: Mapping[str, Sequence[str]]) -> tuple[Candidate, ...]:
    """Each encoding with the first lines in which they differ, cut out around the first difference."""
    every = range(len(numbers))
    differing = [i for i in every if len({lines[i] for lines in texts.values()}) > 1] or list(every)
    starts = {i: _start_of_excerpt([lines[i] for lines in texts.values()]) for i in differing[:_MAX_SHOWN_LINES]}
    return tuple(
        Candidate(
            encoding=encoding,
            lines=tuple(
                Rendering(line=numbers[i], text=lines[i][starts[i] : starts[i] + _SHOWN_CHARACTERS])
                for i in differing[:_MAX_SHOWN_LINES]
            ),
        )
        for encoding, lines in texts.items()
    )


def _start_of_excerpt(lines: Sequence[str]) -> int:
    columns = enumerate(zip(*lines, strict=False))
    first_difference = next((i for i, characters in columns if len(set(characters)) > 1), 0)
    return max(0, first_difference - _SHOWN_CHARACTERS // 2)


def _ranked(sample: bytes) -> list[str]:
    from charset_normalizer import from_bytes

    ranked = ["utf-8"] if _is_damaged_utf8(sample) else []
    matches = from_bytes(
        sample, cp_isolation=_ENCODINGS, preemptive_behaviour=False, enable_fallback=False, threshold=_MAX_MESS
    )
    scored = []
    for match in matches:
        # encodings that give the same text are one match: the usual name comes first
        index = min(_ENCODINGS.index(name) for name in match.could_be_from_charset if name in _ENCODINGS)
        score = match.coherence - match.chaos + (_KANA_BONUS if _is_kana(str(match)) else 0)
        scored.append((-round(score, 1), index))
    ranked += [_ENCODINGS[index] for _, index in sorted(scored)]
    ranked += [encoding for encoding in ("cp1252", "latin_1") if encoding not in ranked]
    return [encoding for encoding in ranked if encoding == "utf-8" or _decodes(sample, encoding)]


def _is_kana(text: str) -> bool:
    """Japanese always has its syllables between the ideographs; other texts read wrongly hardly ever show them."""
    beyond = [character for character in text if not character.isascii()]
    return sum("\u3041" <= character <= "\u30ff" for character in beyond) > 0.15 * len(beyond)


def _is_damaged_utf8(sample: bytes) -> bool:
    """Many sequences that only UTF-8 explains, few that break it. Latin letters side by side rarely look like that."""
    text = sample.decode("utf-8", "replace")
    num_broken = text.count("\ufffd")
    num_sound = sum(not character.isascii() for character in text) - num_broken
    return num_sound >= 10 * num_broken


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return encoding in ("shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949") and _is_cut(
            sample, encoding
        )
    return True


def _is_cut(sample: bytes, encoding: str) -> bool:
    """Whether an encoding of several bytes a character fails only where a long line was cut."""
    return all(_fails_only_at_end(line.rstrip(b"\n"), encoding) for line in sample.split(b"\n"))


def _fails_only_at_end(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError as error:
        return len(line) >= _LINE_BYTES - 1 and error.start >= len(line) - 3
    return True


def _text(line: bytes, encoding: str) -> str:
    return line.decode(encoding, "replace").rstrip("\n")


def _line_start(file: FileIO, place: int) -> tuple[int, int]:
    """Number (from 1) and first byte of the line that holds byte `place`, at most 1,000 bytes before."""
    number, start, position = 1, 0, 0
    file.seek(0)
    while position < place:
        chunk = file.read(min(CHUNK_BYTES, place - position)) or b""
        if not chunk:
            break
        newlines = chunk.count(b"\n")
        if newlines:
            number += newlines
            start = position + chunk.rfind(b"\n") + 1
        position += len(chunk)
    return number, max(start, place - _LINE_BYTES // 2)
