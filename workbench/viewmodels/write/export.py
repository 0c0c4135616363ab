"""The open document as a file of its own: plain text, Markdown that marks what the model wrote, or JSON with all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, get_args

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import Document, Setting, Source, Span, Writing
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.marking import marked_text
from workbench.viewmodels.write.options import option_label, value_words
from workbench.words import tr

Format = Literal["text", "markdown", "json"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
SUFFIXES: Final[dict[Format, str]] = {"text": ".txt", "markdown": ".md", "json": ".json"}
JSON_KIND: Final = "textloom writing"
JSON_VERSION: Final = 1
MOST_NAMED_SOURCES: Final = 12


class TextExport(QObject):
    """Writes files. failed: a Failure."""

    failed = Signal(object)

    def __init__(self, writing: Writing, documents: Documents, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writing, self._documents, self._notices = writing, documents, notices

    def file_name(self, kind: Format) -> str:
        """A name for a file of this kind, made of the title."""
        title = self._documents.current.document.title
        letters = "".join(sign if sign.isalnum() or sign in " -_" else " " for sign in title)
        return f"{' '.join(letters.split()) or tr('Text')}{SUFFIXES[kind]}"

    def write(self, kind: Format, path: Path) -> None:
        """Write the document to a file, which is replaced if it is there; a notice says how it went."""
        if not path.suffix:
            path = path.with_suffix(SUFFIXES[kind])
        document = self._documents.current.document

        def tell() -> None:
            saved = tr("Saved as {name}.", name=path.name)
            self._notices.say(f"{saved} {repeats_sentence()}" if has_model_words(document) else saved)

        self._writing.export_text(exported(document, kind), path, tell, self._fail)

    def _fail(self, failure: Failure) -> None:
        self.failed.emit(failure)


def repeats_sentence() -> str:
    """What everybody who gives a model's words away should know."""
    return tr("A model can repeat passages of its text.")


def has_model_words(document: Document) -> bool:
    """Whether a model wrote any of the text."""
    return any(span.author == "model" for span in document.spans)


def exported(document: Document, kind: Format) -> str:
    """The whole file."""
    if kind == "markdown":
        return markdown(document)
    if kind == "json":
        return json.dumps(record(document), ensure_ascii=False, indent=2) + "\n"
    return document.text


def markdown(document: Document) -> str:
    """The text under its title, the model's words in italics, and a foot that names the model and its settings."""
    ranges = [(span.start, span.stop) for span in document.spans if span.author == "model"]
    body = marked_text(document.text, ranges)
    text = f"# {marked_text(document.title, [])}\n\n{body}\n" if document.title else f"{body}\n"
    return f"{text}\n---\n\n{_foot(document)}\n" if ranges else text


def record(document: Document) -> dict[str, Any]:
    """All of a document but its undo history, as it stands in a JSON file; places count characters."""
    return {
        "kind": JSON_KIND,
        "version": JSON_VERSION,
        "note": repeats_sentence(),
        "title": document.title,
        "created": document.created,
        "changed": document.changed,
        "text": document.text,
        "passages": [_passage(span) for span in document.spans],
        "sources": [_source(source) for source in document.sources],
        "settings": dict(document.settings),
        "branch": document.branch,
        "branches": [_branch(document, branch.id) for branch in document.branches],
        "candidates": [
            {
                "text": candidate.text,
                "prompt": candidate.prompt,
                "is_starred": candidate.is_starred,
                **_source(candidate.source),
            }
            for candidate in document.candidates
        ],
    }


def used_sources(document: Document) -> list[Source]:
    """The models and settings that wrote what stands in the text, in its order, each once whatever its seeds were."""
    found: dict[tuple[str, tuple[tuple[str, Setting], ...]], Source] = {}
    for span in document.spans:
        if span.author == "model" and span.source >= 0:
            source = document.sources[span.source]
            found.setdefault((source.origin.title, tuple(sorted(source.settings.items()))), source)
    return list(found.values())


def settings_text(settings: Mapping[str, Setting]) -> str:
    """How a model wrote, in one line."""
    named = ((option_label(name), _value(name, value)) for name, value in settings.items())
    return ", ".join(tr("{label} {value}", label=label, value=value) for label, value in named)


def _value(name: str, value: Setting) -> str:
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    return " / ".join(value_words(name, value).splitlines())


def _foot(document: Document) -> str:
    sources = used_sources(document)
    if not sources:
        return f"*{marked_text(tr('What stands in italics was written by a model.'), [])}* {repeats_sentence()}"
    lines = [tr("What stands in italics was written by:")]
    for source in sources[:MOST_NAMED_SOURCES]:
        settings = settings_text(source.settings)
        title = source.origin.title or tr("a model without a title")
        lines.append(f"- {marked_text(title, [])}" + (f" ({marked_text(settings, [])})" if settings else ""))
    if len(sources) > MOST_NAMED_SOURCES:
        lines.append("- " + tr("and {count} more", count=len(sources) - MOST_NAMED_SOURCES))
    return "\n".join([lines[0], "", *lines[1:], "", repeats_sentence()])


def _passage(span: Span) -> dict[str, object]:
    passage: dict[str, object] = {"start": span.start, "stop": span.stop, "author": span.author}
    return passage if span.source < 0 else {**passage, "source": span.source}


def _source(source: Source) -> dict[str, object]:
    named = {name: value for name, value in vars(source.origin).items() if value}
    return {"model": named, "settings": dict(source.settings), "seed": source.seed, "created": source.created}


def _branch(document: Document, branch_id: str) -> dict[str, object]:
    branch = document.branch_with(branch_id)
    return {
        "id": branch.id,
        "parent": branch.parent,
        "name": branch.name,
        "place": branch.place,
        "is_kept": branch.is_kept,
        "created": branch.created,
        "text": branch.text,
        "passages": [_passage(span) for span in branch.spans],
    }
