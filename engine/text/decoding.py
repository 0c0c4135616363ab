"""How the bytes of a plain text become characters: decided over the whole file, and never guessed in silence.

In order: the person's choice, a byte order mark, UTF-16 and UTF-32 by the pattern of their NUL bytes, strict UTF-8, and
else a ranked list of candidates. A hypothesis holds only once every byte of the file was decoded under it.
"""

import codecs
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from io import FileIO
from typing import Any, Literal

import numpy as np

from engine.errors import BadInput
from engine.import_events import Candidate
from engine.text.guessing import CHUNK_BYTES, guess, sample_lines

How = Literal["chosen", "byte order mark", "NUL pattern", "strict UTF-8", "declared", "guess"]
Looking = Generator[int, None, "Decision"]

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The escapes and UTF-7 are the only ones that let lone surrogates through.
_NO_TEXT_CODECS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf_7", "undefined", "mbcs", "oem"}
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r\x1a\x1b")) + b"\x7f"
_NON_ASCII = re.compile(rb"[\x80-\xff]")
_SHIFT_TO_KANJI = re.compile(rb"\x1b\$[@AB]")
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The encoding of one text, and how it was found. skip: bytes of the byte order mark; candidates: best first."""

    encoding: str
    how: How
    errors: Literal["strict", "replace"] = "strict"
    skip: int = 0
    candidates: tuple[Candidate, ...] = ()


@dataclass
class Utf8Check:
    """Strict UTF-8, chunk by chunk: where it breaks first, and how much of it held until there."""

    fails_at: int | None = None
    first_non_ascii: int | None = None
    num_bytes: int = 0
    _decoder: Any = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("strict"))
    _pending: int = 0

    def feed(self, chunk: bytes, *, is_last: bool = False) -> None:
        """Look at the next bytes of the file."""
        start = self.num_bytes
        self.num_bytes += len(chunk)
        if self.fails_at is not None or (not self._pending and chunk.isascii()):
            return
        if self.first_non_ascii is None and (match := _NON_ASCII.search(chunk)):
            self.first_non_ascii = start + match.start()
        try:
            self._decoder.decode(chunk, is_last)
        except UnicodeDecodeError as error:
            self.fails_at = start - self._pending + error.start
        self._pending = len(self._decoder.getstate()[0])


def known_encoding(name: str) -> str:
    """The codec a person means by `name`. Raises `BadInput` for one that does not exist or decodes no text."""
    try:
        info = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        raise BadInput(
            "There is no encoding called {encoding}. Usual ones are utf-8, utf-16, cp1252, latin-1, shift_jis.",
            encoding=name[:40],
        ) from None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("-", "_") in _NO_TEXT_CODECS:
        raise BadInput("{encoding} is no encoding of texts. Usual ones are utf-8, cp1252, latin-1.", encoding=name)
    return info.name


def decide(
    file: FileIO, size: int, name: str, check: Utf8Check, *, chosen: str | None = None, declared: str | None = None
) -> Looking:
    """The encoding of an open file of which `check` has seen every byte.

    chosen: by the person; declared: by the file itself, believed when it is no UTF-8 and every byte fits. Yields
    the number of bytes of every further look at the file. Raises `BadInput` when the file is binary,
    holds lone surrogates, or breaks the chosen encoding, with the byte where it does.
    """
    file.seek(0)
    head = file.read(2**16) or b""
    mark, marked = _byte_order_mark(head)
    is_sound_utf8 = check.fails_at is None and _share(head, _CONTROL) <= 0.1
    if chosen is not None:
        decision = _chosen(known_encoding(chosen), mark, marked)
    elif marked is not None:
        decision = Decision(encoding=marked, how="byte order mark", skip=len(mark))
    elif (wide := _by_nul_pattern(head, is_utf8=is_sound_utf8)) is not None:
        decision = Decision(encoding=wide, how="NUL pattern")
    elif check.fails_at is None:
        if not is_sound_utf8:
            raise binary(name)
        if (shifted := _SHIFT_TO_KANJI.search(head)) is not None:
            return (yield from _shifted_japanese(file, size, shifted.start()))
        return Decision(encoding="utf-8", how="strict UTF-8")
    elif (named := _declared(declared)) is not None and (yield from first_failure(file, size, named)) is None:
        return named
    else:
        return (yield from _without_a_rule(file, size, name, check, head))
    if decision.encoding == "utf-8":
        fails_at = check.fails_at
    else:
        fails_at = yield from first_failure(file, size, decision)
    if fails_at is not None:
        raise _undecodable(file, name, decision.encoding, fails_at)
    return decision


def decoded(file: FileIO, size: int, name: str, decision: Decision) -> Iterator[tuple[int, str]]:
    """The text of a file in pieces, each with the number of bytes it was read from.

    Reads the first `size` bytes. Raises `BadInput` when the file has become shorter or other than it was.
    """
    decoder = codecs.getincrementaldecoder(decision.encoding)(decision.errors)
    try:
        for chunk in chunks(file, size, name, start=decision.skip):
            yield len(chunk), decoder.decode(chunk)
        yield 0, decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        raise changed(name) from error


def chunks(file: FileIO, size: int, name: str, *, start: int = 0) -> Iterator[bytes]:
    """The bytes from `start` to `size`. Raises `BadInput` when the file ends before."""
    file.seek(start)
    position = start
    while position < size:
        try:
            chunk = file.read(min(CHUNK_BYTES, size - position))
        except OSError as error:
            raise BadInput(
                "{name} could not be read to its end: {reason}.", name=name, reason=error.strerror or "input error"
            ) from error
        if not chunk:
            raise BadInput("{name} became shorter while it was being read. Import it again.", name=name)
        position += len(chunk)
        yield chunk


def first_failure(file: FileIO, size: int, decision: Decision) -> Generator[int, None, int | None]:
    """The byte at which a file breaks an encoding, None if it never does. Yields the bytes looked at."""
    decoder = codecs.getincrementaldecoder(decision.encoding)("strict")
    position = decision.skip
    pending = 0
    try:
        for chunk in chunks(file, size, "", start=decision.skip):
            decoder.decode(chunk)
            position += len(chunk)
            pending = len(decoder.getstate()[0])
            yield len(chunk)
        decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        return position - pending + error.start
    return None


def binary(name: str) -> BadInput:
    """The sentence for a file that holds no text."""
    return BadInput("{name} is a binary file, not a text.", name=name)


def changed(name: str) -> BadInput:
    """The sentence for a file that somebody writes to."""
    return BadInput("{name} was changed while it was being read. Import it again.", name=name)


def _byte_order_mark(head: bytes) -> tuple[bytes, str | None]:
    return next(((mark, encoding) for mark, encoding in _BYTE_ORDER_MARKS if head.startswith(mark)), (b"", None))


def _chosen(encoding: str, mark: bytes, marked: str | None) -> Decision:
    """A mark that belongs to the chosen encoding is no part of the text; without one, UTF-16 is little-endian."""
    if encoding == "utf-8-sig":
        encoding = "utf-8"
    if encoding in ("utf-16", "utf-32"):
        encoding = marked if marked is not None and marked.startswith(encoding) else f"{encoding}-le"
    return Decision(encoding=encoding, how="chosen", skip=len(mark) if marked == encoding else 0)


def _declared(name: str | None) -> Decision | None:
    try:
        return None if name is None else Decision(encoding=known_encoding(name), how="declared")
    except BadInput:
        return None


def _by_nul_pattern(head: bytes, *, is_utf8: bool) -> str | None:
    """UTF-16 and UTF-32 without a mark: their NULs stand at one place of every unit."""
    if b"\0" not in head:
        return None
    for width, codecs_by_zero in ((4, {3: "utf-32-le", 0: "utf-32-be"}), (2, {1: "utf-16-le", 0: "utf-16-be"})):
        units = np.frombuffer(head[: len(head) // width * width], np.uint8).reshape(-1, width)
        zeros_W = np.count_nonzero(units == 0, axis=0)
        for place, encoding in codecs_by_zero.items():
            share = zeros_W[place] / max(1, len(units))
            is_strong = share > (0.99 if width == 4 else 0.4)
            is_alone = zeros_W[place] >= 0.95 * zeros_W.sum() or width == 4
            if is_alone and (is_strong or (width == 2 and not is_utf8)) and _reads_as(units.tobytes(), encoding):
                return encoding
    return None


def _reads_as(data: bytes, encoding: str) -> bool:
    """Whether a sample is a plausible text: it may break off in the middle of a pair at its end only."""
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(data)
    except UnicodeDecodeError:
        return False
    rare = sum(not character.isprintable() and character not in "\t\n\r\f\u3000\xa0\ufeff" for character in text)
    return rare <= 0.05 * len(text)


def _without_a_rule(file: FileIO, size: int, name: str, check: Utf8Check, head: bytes) -> Looking:

    assert check.fails_at is not None
    if _share(head, b"\0") > 0.01 or _share(head, _CONTROL) > 0.05:
        raise binary(name)
    lines = sample_lines(file, size, check.first_non_ascii or 0, check.fails_at)
    sample = b"".join(line for _, line in lines)
    if _share(sample, _CONTROL) > 0.05:
        raise binary(name)
    _refuse_surrogates(file, name, check.fails_at, sample)
    for candidate, candidates in guess(lines):
        errors: Literal["strict", "replace"] = "replace" if candidate == "utf-8" else "strict"
        decision = Decision(encoding=candidate, how="guess", errors=errors, candidates=candidates)
        if errors == "replace" or (yield from first_failure(file, size, decision)) is None:
            return decision
    raise _undecodable(file, name, "utf-8", check.fails_at)


def _shifted_japanese(file: FileIO, size: int, at: int) -> Looking:
    """ISO-2022-JP is made of ASCII bytes, so that it would pass as UTF-8."""

    lines = sample_lines(file, size, at, telling=_SHIFT_TO_KANJI)
    for encoding, candidates in guess(lines, ["iso2022_jp", "utf-8"]):
        decision = Decision(encoding=encoding, how="guess", candidates=candidates)
        if (yield from first_failure(file, size, decision)) is None:
            return decision
    raise AssertionError("the caller knows that the file is UTF-8")


def _refuse_surrogates(file: FileIO, name: str, at: int, sample: bytes) -> None:
    file.seek(at)
    if not _SURROGATE.match(file.read(3) or b""):
        return
    try:
        sample.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        if error.end < len(sample):
            return
    raise BadInput(
        "{name} holds half a character (a lone surrogate) at byte {byte}. Save it as UTF-8 with another program.",
        name=name, byte=at,
    )  # fmt: skip


def _undecodable(file: FileIO, name: str, encoding: str, at: int) -> BadInput:
    file.seek(at)
    found = (file.read(1) or b"").hex().upper()
    return BadInput(
        "{name} is not {encoding}: byte {byte} (0x{found}) does not fit. Choose another encoding.",
        name=name, encoding=encoding, byte=at, found=found or "end",
    )  # fmt: skip


def _share(data: bytes, wanted: bytes) -> float:
    return (len(data) - len(data.translate(None, wanted))) / max(1, len(data))
