"""Web pages and the chapters of EPUB books: what a browser shows, blocks separated by blank lines."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from engine.errors import BadInput

if TYPE_CHECKING:
    from bs4 import Tag

MAX_BYTES: Final = 32 * 2**20
MAX_TAGS: Final = 500_000  # each costs about 600 bytes of memory

_UNSEEN = re.compile(
    "head|script|style|template|noscript|svg|math|object|iframe|canvas|audio|video|textarea|select|datalist|rp|rt"
)
_PARAGRAPH = re.compile(
    "p|h[1-6]|blockquote|ul|ol|dl|pre|table|section|article|figure|hr|header|footer|main|aside|nav|form|fieldset|details"
    "|address"
)
_LINE = re.compile("div|li|tr|dt|dd|figcaption|caption|summary|legend|option|body|center")
_NOTE_TYPE = re.compile(r"(?:^|\s)(?:foot|rear|end)notes?(?:$|\s)|(?:^|\s)(?:noteref|annoref|pagebreak)(?:$|\s)")
_NOTE_ROLE = re.compile("doc-(?:footnote|endnotes?|noteref|pagebreak|backlink)")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_XML_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*>")
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})|encoding=["']([\w.-]{1,40})"""
)


def declared_encoding(head: bytes) -> str | None:
    """The encoding that a page names for itself in its first bytes."""
    match = _DECLARED.search(head[:4096])
    return (match[1] or match[2]).decode("ascii") if match else None


def html_text(markup: str, name: str) -> str:
    """The visible text of a page: white space collapsed, paragraphs between blank lines, cells separated by tabs.

    Notes and page numbers of EPUB books (epub:type, role) are left out. Raises `BadInput`: too many tags, damaged.
    """
    from bs4 import BeautifulSoup

    markup = _XML_DECLARATION.sub("", markup)
    if "<" not in markup:
        markup = f"<p>{markup}</p>"
    if markup.count("<") > MAX_TAGS:
        raise BadInput(
            "{name} is not read: a page in it has more than {count} tags. Save it as plain text.",
            name=name, count=MAX_TAGS,
        )  # fmt: skip
    try:
        return _visible_text(BeautifulSoup(markup, "html.parser"))
    except RecursionError as error:
        raise BadInput("{name} is not read: its parts are nested too deeply.", name=name) from error
    except Exception as error:  # the parser raises whatever it meets in a damaged or hostile page
        raise BadInput("{name} is damaged: its text cannot be read. Get a fresh copy of it.", name=name) from error


def _visible_text(root: "Tag") -> str:
    """An explicit stack: pages are nested more deeply than functions may be."""
    from bs4.element import NavigableString, Tag

    blocks = _Blocks()
    stack: list[tuple[Tag, Iterator[object]]] = [(root, iter(root.children))]
    while stack:
        tag, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            blocks.end(tag.name)
        elif isinstance(child, Tag):
            if not _is_unseen(child):
                blocks.begin(child.name)
                stack.append((child, iter(child.children)))
        elif type(child) is NavigableString:  # its subclasses are comments, declarations and scripts
            blocks.add(str(child))
    return blocks.text()


def _is_unseen(tag: "Tag") -> bool:
    if _UNSEEN.fullmatch(tag.name) or tag.has_attr("hidden"):
        return True
    kind, role = str(tag.attrs.get("epub:type", "")), str(tag.attrs.get("role", ""))
    return bool(_NOTE_TYPE.search(kind) or _NOTE_ROLE.fullmatch(role))


class _Blocks:
    """Puts inline text together and decides how many line ends separate two pieces of it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._gap = 0  # line ends due before the next text
        self._space = False
        self._in_pre = 0
        self._cell_gap = False
        self._is_cell_start = False

    def begin(self, name: str) -> None:
        if name == "br":
            self._gap = min(self._gap + 1, 2)
        elif name == "pre":
            self._in_pre += 1
        self._boundary(name)
        if name in ("td", "th"):
            self._is_cell_start = True

    def end(self, name: str) -> None:
        if name == "pre":
            self._in_pre -= 1
        elif name in ("td", "th"):
            self._cell_gap = True
            self._is_cell_start = self._space = False
            self._gap = 0
        elif name == "tr":
            self._cell_gap = False
        self._boundary(name)

    def add(self, text: str) -> None:
        if self._in_pre:
            self._flush()
            self._pieces.append(text.replace("\r\n", "\n"))
            return
        text = _SPACES.sub(" ", text)
        if text.startswith(" "):
            self._space = True
            text = text[1:]
        if not text:
            return
        self._flush()
        self._space = text.endswith(" ")
        self._pieces.append(text.removesuffix(" "))

    def text(self) -> str:
        joined = "".join(self._pieces).strip("\n")
        return joined + "\n" if joined else ""

    def _boundary(self, name: str) -> None:
        if self._is_cell_start:
            return
        if _PARAGRAPH.fullmatch(name):
            self._gap = 2
        elif _LINE.fullmatch(name):
            self._gap = max(self._gap, 1)

    def _flush(self) -> None:
        if self._cell_gap:
            self._pieces.append("\t")
            self._cell_gap = False
        elif self._gap and self._pieces:
            self._pieces.append("\n" * self._gap)
        elif self._space and self._pieces:
            self._pieces.append(" ")
        self._gap = 0
        self._space = self._is_cell_start = False
