"""PDF documents: the text of each page, lines joined to paragraphs where they were broken by the width of the page."""

import logging
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from engine.errors import BadInput, Message, message
from engine.text.readers.archive import protected

_MAX_PAGES: Final = 20_000

_PAGE_NUMBER = re.compile(r"\s*[-\u2013]?\s*(?:\d{1,5}|[ivxlc]{1,8})\s*[-\u2013]?\s*", re.IGNORECASE)
_SENTENCE_END = tuple('.!?:"\u201d\u00bb\u2019\u2026')
_FULL_LINE = 0.75  # of the usual length: a shorter line ends its paragraph
_SHORT_LINE = 30
_HYPHENS = ("-", "\u2010", "\u00ad")


def read_pdf(file: BinaryIO, name: str, notes: list[Message]) -> Iterator[str]:
    """The text page by page. Raises `BadInput`: protected by a password, damaged, pictures of pages only."""
    num_empty, num_pages = 0, 0
    pending = ""  # the beginning of a paragraph that goes on on the next page
    for page in _page_texts(file, name):
        num_pages += 1
        num_empty += not page.strip()
        paragraphs, is_open = join_lines(page.strip("\n").split("\n"))
        if pending and paragraphs:
            paragraphs[0] = _open_end(pending) + paragraphs[0]
            pending = ""
        if is_open:
            pending = paragraphs.pop()
        yield "".join(f"{paragraph}\n" for paragraph in paragraphs)
    if pending:
        yield pending + "\n"
    if num_empty == num_pages:
        raise BadInput("{name} holds pictures of pages and no text. Run text recognition (OCR) on it first.", name=name)
    if num_empty:
        notes.append(message("{name} has {count} pages without text.", name=name, count=num_empty))


def join_lines(lines: Sequence[str]) -> tuple[list[str], bool]:
    """The paragraphs of a page, and whether the last of them goes on on the next page.

    Hyphens at line ends and page numbers are dropped. A paragraph ends at a blank line and after a line clearly shorter
    than usual. On a page of short lines (verses, lists, tables) every line stands for itself.
    """
    lines = _without_page_number([line.rstrip() for line in lines])
    lengths = sorted(len(line) for line in lines if line)
    usual = lengths[len(lengths) * 3 // 4] if lengths else 0
    has_paragraphs = usual >= _SHORT_LINE
    paragraphs: list[str] = []
    is_open = False
    for line in lines:
        text = line.strip()
        if not text:
            is_open = False
            continue
        if is_open:
            paragraphs[-1] = _open_end(paragraphs[-1]) + text
        else:
            paragraphs.append(text)
        is_open = has_paragraphs and len(line) >= _FULL_LINE * usual
    return paragraphs, is_open and not paragraphs[-1].endswith(_SENTENCE_END)


def _open_end(text: str) -> str:
    """The beginning of a paragraph as it stands before its next line."""
    if text.endswith(_HYPHENS) and len(text) > 1 and text[-2].isalpha():
        return text[:-1]
    return text + " " if text else ""


def _without_page_number(lines: list[str]) -> list[str]:
    filled = [i for i, line in enumerate(lines) if line.strip()]
    if len(filled) < 2:
        return lines
    dropped = {i for i in (filled[0], filled[-1]) if _PAGE_NUMBER.fullmatch(lines[i])}
    return [line for i, line in enumerate(lines) if i not in dropped]


def _page_texts(file: BinaryIO, name: str) -> Iterator[str]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    _silence(logging.getLogger("pypdf"))
    try:
        reader = PdfReader(file, strict=False)
        is_locked = reader.is_encrypted and not reader.decrypt("")
        num_pages = 0 if is_locked else len(reader.pages)
    except DependencyError as error:  # its cipher (AES) is none that pypdf knows alone
        raise protected(name) from error
    except Exception as error:  # the parser raises whatever it meets in a damaged or hostile file
        raise _damaged(name) from error
    if is_locked:
        raise protected(name)
    if not 0 < num_pages <= _MAX_PAGES:
        raise _damaged(name)
    for index in range(num_pages):
        try:
            yield reader.pages[index].extract_text()
        except DependencyError as error:
            raise protected(name) from error
        except Exception as error:
            raise _damaged(name) from error


def _silence(logger: logging.Logger) -> None:
    """What the parser thinks of a file is no sentence for a person; without a handler it would go to stderr."""
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _damaged(name: str) -> BadInput:
    return BadInput(
        "{name} is damaged or no PDF document. Get a fresh copy of it, or save it as plain text.", name=name
    )
