"""Documents that are more than plain text: which reader reads which format, and what every reader's text is held to."""

import os
from collections.abc import Callable, Iterator
from io import FileIO
from typing import BinaryIO

from engine.errors import BadInput, Message
from engine.text.decoding import Decision, decoded
from engine.text.readers.docx import read_docx
from engine.text.readers.epub import read_epub
from engine.text.readers.html import MAX_BYTES as MAX_HTML_BYTES
from engine.text.readers.html import html_text
from engine.text.readers.odt import read_odt
from engine.text.readers.paragraphs import MAX_CHARACTERS, too_long
from engine.text.readers.pdf import read_pdf
from engine.text.readers.rtf import read_rtf
from engine.text.sniffing import Format


def read_document(
    file: FileIO,
    name: str,
    file_format: Format,
    decision: Decision | None,
    notes: list[Message],
    is_cancelled: Callable[[], bool],
    enough: int = MAX_CHARACTERS,
) -> list[str]:
    """The whole text of an open document in pieces, or none of it.

    decision: the encoding of a web page. Remarks are added to `notes`. Raises `BadInput` with the reason, and ends
    early with what was read so far when `is_cancelled` says so or there are `enough` characters.
    """
    pieces: list[str] = []
    size = 0
    for piece in _pieces(file, name, file_format, decision, notes):
        size += len(piece)
        if size > MAX_CHARACTERS:
            raise too_long(name)
        pieces.append(_without_surrogates(piece))
        if is_cancelled() or size >= enough:
            break
    if not any(piece.strip() for piece in pieces):
        raise BadInput("{name} holds no text.", name=name)
    return pieces


def _pieces(
    file: FileIO, name: str, file_format: Format, decision: Decision | None, notes: list[Message]
) -> Iterator[str]:
    buffered: BinaryIO = os.fdopen(os.dup(file.fileno()), "rb")
    with buffered:
        match file_format:
            case "docx":
                yield from read_docx(buffered, name)
            case "odt":
                yield from read_odt(buffered, name)
            case "epub":
                yield from read_epub(buffered, name, notes)
            case "pdf":
                yield from read_pdf(buffered, name, notes)
            case "rtf":
                yield read_rtf(buffered, name)
            case "html":
                yield _page(file, name, decision)
            case "text":
                raise ValueError("plain text is streamed, not read as a document")


def _page(file: FileIO, name: str, decision: Decision | None) -> str:
    size = os.fstat(file.fileno()).st_size
    if decision is None or size > MAX_HTML_BYTES:
        raise BadInput("{name} is too large for a web page. Save it as plain text.", name=name)
    markup = "".join(text for _, text in decoded(file, size, name, decision))
    return html_text(markup, name)


def _without_surrogates(text: str) -> str:
    """Readers of PDF and RTF hand out halves of characters: pairs become one character, lone halves U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
