"""EPUB books: the chapters in the order of the spine (EPUB 3.3, section 5), their notes and contents page left out."""

import posixpath
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import unquote

from engine.errors import BadInput, Message, message
from engine.text.readers.archive import Archive
from engine.text.readers.html import MAX_BYTES, html_text
from engine.text.readers.xml import Start, xml_events

_CHAPTERS = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/x-dtbook+xml")
_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read_epub(file: BinaryIO, name: str, notes: list[Message]) -> Iterator[str]:
    """The text chapter by chapter; what is missing is added to `notes`. Raises `BadInput`: damaged, protected."""
    with Archive(file, name) as archive:
        _refuse_protection(archive, name)
        chapters = _spine(archive, name)
        num_missing = sum(chapter not in archive.names for chapter in chapters)
        if num_missing == len(chapters):
            raise BadInput("{name} is damaged: none of its chapters is there. Get a fresh copy of it.", name=name)
        if num_missing:
            notes.append(message("{name} lacks {count} of its chapters.", name=name, count=num_missing))
        is_first = True
        for chapter in chapters:
            if chapter in archive.names:
                text = html_text(_decoded(archive.read(chapter, max_bytes=MAX_BYTES)), name)
                if text:
                    yield text if is_first else "\n" + text
                    is_first = False


def _spine(archive: Archive, name: str) -> list[str]:
    """The parts that hold the chapters, in reading order; those marked as not linear and the contents page left out."""
    package = _package_part(archive, name)
    folder = posixpath.dirname(package)
    parts: dict[str, str] = {}
    chapters: dict[str, None] = {}
    for event in xml_events([archive.read(package)], name):
        if not isinstance(event, Start):
            continue
        attributes = event.attributes
        if event.name == "item" and attributes.get("media-type") in _CHAPTERS:
            if "nav" not in attributes.get("properties", "").split():
                href = unquote(attributes.get("href", "").partition("#")[0])
                parts[attributes.get("id", "")] = posixpath.normpath(posixpath.join(folder, href))
        elif event.name == "itemref" and attributes.get("linear") != "no":
            part = parts.get(attributes.get("idref", ""))
            if part is not None:
                chapters[part] = None
    if not chapters:
        raise BadInput("{name} is damaged: it lists no chapters. Get a fresh copy of it.", name=name)
    return list(chapters)


def _package_part(archive: Archive, name: str) -> str:
    for event in xml_events([archive.read("META-INF/container.xml", max_bytes=2**20)], name):
        if isinstance(event, Start) and event.name == "rootfile":
            return posixpath.normpath(unquote(event.attributes.get("full-path", "")))
    raise BadInput("{name} is damaged: it does not say where its chapters are. Get a fresh copy of it.", name=name)


def _refuse_protection(archive: Archive, name: str) -> None:
    """Obfuscated fonts are no protection of the text."""
    if "META-INF/encryption.xml" not in archive.names:
        return
    for event in xml_events([archive.read("META-INF/encryption.xml", max_bytes=4 * 2**20)], name):
        if isinstance(event, Start) and event.name == "EncryptionMethod":
            algorithm = event.attributes.get("Algorithm", "")
            if algorithm not in _FONT_OBFUSCATION:
                raise BadInput("{name} is protected against copying and cannot be read.", name=name)


def _decoded(data: bytes) -> str:
    """Chapters are UTF-8 or UTF-16 (EPUB 3.3, section 3.7); stray bytes of older books are read as Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
