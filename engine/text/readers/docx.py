"""Word documents (.docx): the text of the body, a paragraph a line, cells of a table row separated by tabs."""

import posixpath
from collections.abc import Iterator
from typing import BinaryIO

from engine.errors import BadInput
from engine.text.readers.archive import Archive
from engine.text.readers.paragraphs import Lines
from engine.text.readers.xml import End, Start, XmlEvent, xml_events

# What Word keeps beside the text as it is read: deleted and moved text, the copy for old versions, properties.
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "sdtPr", "rPr", "sectPr", "rt"})
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_HEADINGS = ("heading", "title", "subtitle", "berschrift", "titre", "titel")


def read_docx(file: BinaryIO, name: str) -> Iterator[str]:
    """The text in pieces of a few paragraphs. Raises `BadInput`: damaged, protected, hostile."""
    with Archive(file, name) as archive:
        yield from _Body(name).pieces(xml_events(archive.chunks(_main_part(archive, name)), name))


def _main_part(archive: Archive, name: str) -> str:
    if "_rels/.rels" in archive.names:
        for event in xml_events([archive.read("_rels/.rels", max_bytes=2**20)], name):
            if isinstance(event, Start) and event.attributes.get("Type", "").endswith("/officeDocument"):
                part = posixpath.normpath(event.attributes.get("Target", "").lstrip("/"))
                if part in archive.names:
                    return part
    if "word/document.xml" in archive.names:
        return "word/document.xml"
    if "EncryptedPackage" in archive.names:
        raise BadInput("{name} is protected by a password. Save a copy of it without the password.", name=name)
    raise BadInput("{name} is damaged: its text is missing inside. Get a fresh copy of it.", name=name)


class _Body:
    """Follows the elements of WordprocessingML (ECMA-376, part 1, section 17)."""

    def __init__(self, name: str) -> None:
        self._lines = Lines(name)
        self._skipped = 0
        self._in_text = 0
        self._is_in_properties = False
        self._is_heading = False

    def pieces(self, events: Iterator[XmlEvent]) -> Iterator[str]:
        for event in events:
            if isinstance(event, str):
                if self._in_text and not self._skipped:
                    self._lines.add(event)
            elif isinstance(event, Start):
                self._start(event)
            else:
                self._end(event)
                if event.name == "p":
                    yield from self._lines.take()
        yield from self._lines.finish()

    def _start(self, event: Start) -> None:
        if event.name in _SKIPPED or self._skipped:
            self._skipped += 1
        elif event.name == "pPr":
            self._is_in_properties = True
        elif self._is_in_properties:
            style = event.attributes.get("val", "").casefold()
            if event.name == "outlineLvl" or (event.name == "pStyle" and style.startswith(_HEADINGS)):
                self._is_heading = True
        elif event.name == "p":
            self._lines.begin_paragraph()
            self._is_heading = False
        elif event.name == "t":
            self._in_text += 1
        elif event.name in _BREAKS:
            self._lines.add(_BREAKS[event.name])
        elif event.name in ("tbl", "tr", "tc"):
            self._lines.begin(event.name)

    def _end(self, event: End) -> None:
        if self._skipped:
            self._skipped -= 1
        elif event.name == "pPr":
            self._is_in_properties = False
        elif event.name == "t":
            self._in_text -= 1
        elif event.name == "p":
            self._lines.end_paragraph(is_heading=self._is_heading)
            self._is_heading = False
        elif event.name in ("tbl", "tr", "tc"):
            self._lines.end(event.name)
