"""What a file holds, by its first bytes and by its name: content wins, and a disagreement is said."""

import re
from pathlib import PurePath
from typing import BinaryIO, Final, Literal

from engine.errors import BadInput, Message, message

Format = Literal["text", "html", "docx", "odt", "rtf", "epub", "pdf"]

HEAD_BYTES: Final = 2**16

_BY_EXTENSION: dict[str, Format] = {
    ".docx": "docx",
    ".odt": "odt",
    ".rtf": "rtf",
    ".epub": "epub",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
}
_NAMES: dict[Format, str] = {
    "text": "plain text",
    "html": "a web page",
    "docx": "a Word document",
    "odt": "an OpenDocument text",
    "rtf": "an RTF document",
    "epub": "an EPUB book",
    "pdf": "a PDF document",
}
_MIME_TYPES: dict[bytes, Format] = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.text-template": "odt",
}
_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ\0", "a compressed file"),
    (b"(\xb5/\xfd", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!\x1a", "a compressed archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"ID3", "a sound recording"),
    (b"OggS", "a recording"),
    (b"fLaC", "a sound recording"),
    (b"SQLite format 3\0", "a database"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*(?:<!doctype html|<html[\s>])", re.I | re.S
)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff", b"\xef\xbb\xbf")


def recognise(file: BinaryIO, head: bytes, name: str, size: int) -> tuple[Format, Message | None]:
    """The format of an open file, and a remark when its name says something else.

    Raises `BadInput` for an empty file, a protected or old Word document, and for what is plainly no text.
    """
    if size == 0 or not head:
        raise BadInput("{name} is empty.", name=name)
    extension = PurePath(name).suffix.lower()
    by_name = _BY_EXTENSION.get(extension, "text")
    by_content = _by_content(file, head, name, size)
    if by_content is None and by_name == "pdf" and b"%PDF-" in head[:1024]:
        by_content = "pdf"  # some programs put other bytes in front
    if by_content is None:
        if by_name in ("docx", "odt", "epub", "pdf"):
            raise BadInput(
                "{name} is damaged: it does not begin like {kind}. Get a fresh copy of it.",
                name=name, kind=_NAMES[by_name],
            )  # fmt: skip
        by_content = "html" if by_name == "html" else "text"
    if by_content == "html" and by_name == "text" and extension:
        return "text", None  # the source of a page under a name of plain text is meant as it stands
    if by_content != by_name and extension in _BY_EXTENSION:
        remark = message("{name} holds {kind} and is read as such.", name=name, kind=_NAMES[by_content])
        return by_content, remark
    return by_content, None


def _by_content(file: BinaryIO, head: bytes, name: str, size: int) -> Format | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(file, name)
    if head.startswith(_OLE):
        raise _ole(file, head, name, size)
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(_WIDE_MARKS):
        return None
    for magic, kind in _BINARY:
        if head.startswith(magic) and (not magic.isascii() or b"\0" in head):  # a text may begin with "ID3"
            raise BadInput("{name} is {kind}, not a text.", name=name, kind=kind)
    return "html" if _HTML_START.match(head[:4096]) else None


def _zipped(file: BinaryIO, name: str) -> Format:
    from engine.text.readers.archive import Archive

    with Archive(file, name) as archive:
        if "mimetype" in archive.names:
            found = _MIME_TYPES.get(archive.read("mimetype").strip()[:100])
            if found is not None:
                return found
        if "META-INF/container.xml" in archive.names:
            return "epub"
        if any(entry.startswith("word/") for entry in archive.names):
            return "docx"
        if "content.xml" in archive.names and "META-INF/manifest.xml" in archive.names:
            return "odt"
    by_name = _BY_EXTENSION.get(PurePath(name).suffix.lower())
    if by_name is not None:
        raise BadInput("{name} is damaged: its text is missing inside. Get a fresh copy of it.", name=name)
    raise BadInput("{name} is a zip archive. Unpack it and name the folder.", name=name)


def _ole(file: BinaryIO, head: bytes, name: str, size: int) -> BadInput:
    """Old Office files and protected new ones share one container; only the latter holds an "EncryptedPackage"."""
    mark = "EncryptedPackage".encode("utf-16-le")
    is_protected = mark in head
    position = len(head)
    while not is_protected and position < min(size, 2**28):
        file.seek(position - len(mark))
        is_protected = mark in file.read(2**20 + len(mark))
        position += 2**20
    if is_protected:
        return BadInput("{name} is protected by a password. Save a copy of it without the password.", name=name)
    return BadInput("{name} is a document of an old Office format. Save it as .docx or as plain text.", name=name)
