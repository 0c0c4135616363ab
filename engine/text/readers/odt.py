"""OpenDocument texts (.odt): the text of the body, a paragraph a line, cells of a table row separated by tabs."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from engine.text.readers.archive import Archive, protected
from engine.text.readers.paragraphs import Lines
from engine.text.readers.xml import End, Start, XmlEvent, xml_events

_SKIPPED = frozenset({"note", "annotation", "tracked-changes", "bibliography-configuration", "desc", "title"})
_PARTS = {"table": "tbl", "table-row": "tr", "table-cell": "tc", "covered-table-cell": "tc"}
_SPACES = re.compile(r"[ \t\r\n]+")
_MAX_SPACES = 1_000


def read_odt(file: BinaryIO, name: str) -> Iterator[str]:
    """The text in pieces of a few paragraphs. Raises `BadInput`: damaged, protected, hostile."""
    with Archive(file, name) as archive:
        if "META-INF/manifest.xml" in archive.names:
            manifest = archive.read("META-INF/manifest.xml", max_bytes=4 * 2**20)
            for event in xml_events([manifest], name):
                if isinstance(event, Start) and event.name == "encryption-data":
                    raise protected(name)
        yield from _Body(name).pieces(xml_events(archive.chunks("content.xml"), name))


class _Body:
    """Follows the elements of OpenDocument 1.3 (part 3, sections 5, 6 and 9)."""

    def __init__(self, name: str) -> None:
        self._lines = Lines(name)
        self._is_body = False
        self._skipped = 0
        self._ends_in_space = [True]  # per open paragraph: white space is collapsed (section 6.1.2)

    def pieces(self, events: Iterator[XmlEvent]) -> Iterator[str]:
        for event in events:
            if isinstance(event, str):
                if self._is_body and not self._skipped:
                    self._characters(event)
            elif isinstance(event, Start):
                self._start(event)
            else:
                self._end(event)
                if event.name in ("p", "h"):
                    yield from self._lines.take()
        yield from self._lines.finish()

    def _characters(self, text: str) -> None:
        collapsed = _SPACES.sub(" ", text)
        if self._ends_in_space[-1]:
            collapsed = collapsed.lstrip(" ")
        if collapsed:
            self._ends_in_space[-1] = collapsed.endswith(" ")
            self._lines.add(collapsed)

    def _start(self, event: Start) -> None:
        if event.name == "body":
            self._is_body = True
        elif not self._is_body:
            return
        elif self._skipped or event.name in _SKIPPED:
            self._skipped += 1
        elif event.name in ("p", "h"):
            self._lines.begin_paragraph()
            self._ends_in_space.append(True)
        elif event.name == "s":
            count = event.attributes.get("c", "1")
            self._exact(" " * min(_MAX_SPACES, int(count) if count.isdecimal() and len(count) < 7 else 1))
        elif event.name == "tab":
            self._exact("\t")
        elif event.name == "line-break":
            self._exact("\n")
            self._ends_in_space[-1] = True
        elif event.name in _PARTS:
            self._lines.begin(_PARTS[event.name])

    def _exact(self, text: str) -> None:
        self._lines.add(text)
        self._ends_in_space[-1] = False

    def _end(self, event: End) -> None:
        if not self._is_body:
            return
        if self._skipped:
            self._skipped -= 1
        elif event.name in ("p", "h"):
            self._lines.end_paragraph(is_heading=event.name == "h")
            if len(self._ends_in_space) > 1:
                self._ends_in_space.pop()
        elif event.name in _PARTS:
            self._lines.end(_PARTS[event.name])
