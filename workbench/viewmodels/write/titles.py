"""What a document is called, as long as nobody named it."""

from dataclasses import replace

from workbench.bridge.protocols.writing import Document
from workbench.words import tr

LONGEST_TITLE = 40  # letters of a title that is taken from the text
TITLED = "is_titled"


def titled(document: Document, before: Document) -> Document:
    """With a title from the beginning of its text, if that is another now, unless the person gave it one."""
    if document.settings.get(TITLED) or document.text is before.text:
        return document
    return replace(document, title=title_of(document.text))


def named(document: Document, title: str) -> Document:
    """With a title of the person's own."""
    return replace(document, title=title, settings={**document.settings, TITLED: True})


def title_of(text: str) -> str:
    """A title from the beginning of a text."""
    words = text[:400].split("\n\n")[0].split() or text[:400].split()
    title = ""
    for word in words:
        if len(title) + len(word) + 1 > LONGEST_TITLE:
            break
        title = f"{title} {word}".strip()
    title = title.rstrip(",;:-–—")
    return title or (words[0][:LONGEST_TITLE] if words else tr("New text"))
