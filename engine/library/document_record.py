"""A document as plain values for `document.json`, and the strict reading of them."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from engine.library.branches import LONGEST_BRANCH_ID, MAX_BRANCHES, Branch
from engine.library.document import MAX_CANDIDATE_CHARACTERS, MAX_CANDIDATES, Candidate, Document
from engine.library.edited_text import MAX_TEXT_CHARACTERS
from engine.library.edits import MAX_EDIT_CHARACTERS, MAX_EDITS, Edit, Move
from engine.library.passages import MAX_SOURCES, NO_SOURCE, Author, Origin, Setting, Source, Span, covers
from engine.library.strict_json import without_surrogates

MAX_WORDS: Final = 1_000  # characters of a title, an id, a file name
_MOST_BRANCHES: Final = MAX_BRANCHES + 2 * MAX_EDITS  # undoing may bring back some that had made room
_MOST: Final = 2**53  # of any number, as of a seed

T = TypeVar("T")


class OddValue(ValueError):
    """A value is none that a document can have."""

    def __init__(self) -> None:
        super().__init__("no document has such a value")


def record_of(document: Document) -> dict[str, object]:
    """What is written of a document, but for the version."""
    return {
        "title": without_surrogates(document.title)[:MAX_WORDS],
        "created": document.created,
        "changed": document.changed,
        "text": document.text,
        "spans": _plain_spans(document.spans),
        "sources": [dataclasses.asdict(source) for source in document.sources],
        "origin": {name: without_surrogates(text) for name, text in dataclasses.asdict(document.origin).items()},
        "settings": dict(document.settings),
        "candidates": [dataclasses.asdict(candidate) for candidate in document.candidates],
        "edits": [_plain_edit(edit) for edit in document.edits],
        "num_done": document.num_done,
        "branches": [_plain_branch(branch) for branch in document.branches],
        "branch": document.branch,
    }


def document_of(values: Mapping[str, object]) -> Document:
    """The document of a record. Raises `ValueError` for anything that `record_of` does not make.

    What the first version did not have yet may be missing: sources, branches, settings of candidates.
    """
    text = _text(values.get("text"), MAX_TEXT_CHARACTERS)
    edits = _each(values.get("edits"), _edit, MAX_EDITS)
    num_done = _whole(values.get("num_done"))
    if sum(edit.size for edit in edits) > MAX_EDIT_CHARACTERS:
        raise OddValue
    first = Document(title="")
    document = Document(
        title=_text(values.get("title")),
        text=text,
        spans=_each(values.get("spans"), _span, len(text)),
        sources=_each(values.get("sources", []), _source, MAX_SOURCES),
        origin=_origin(values.get("origin")),
        settings=_settings(values.get("settings")),
        candidates=_each(values.get("candidates"), _candidate, MAX_CANDIDATES),
        edits=edits,
        num_done=num_done,
        branches=_each(values.get("branches", []), _branch, _MOST_BRANCHES),
        branch=_branch_id(values.get("branch", first.branch)),
        created=_text(values.get("created")),
        changed=_text(values.get("changed")),
    )
    _check_history(document)
    _check_sources(document)
    _check_branches(document)
    return document


def _plain_spans(spans: Sequence[Span]) -> list[list[object]]:
    return [
        [span.start, span.stop, span.author, *([span.source] if span.source != NO_SOURCE else [])] for span in spans
    ]


def _plain_edit(edit: Edit) -> list[object]:
    plain: list[object] = [
        edit.position, edit.removed, edit.inserted, edit.author, _plain_spans(edit.removed_spans)
    ]  # fmt: skip
    more: dict[str, object] = {}
    if edit.source != NO_SOURCE:
        more["source"] = edit.source
    if edit.move is not None:
        more |= {"left": edit.move.left, "entered": edit.move.entered, "spans": _plain_spans(edit.move.spans)}
        if edit.move.begun is not None:
            more["begun"] = _plain_branch(edit.move.begun)
    return [*plain, more] if more else plain


def _plain_branch(branch: Branch) -> dict[str, object]:
    values = {item.name: getattr(branch, item.name) for item in dataclasses.fields(branch)}
    return {**values, "spans": _plain_spans(branch.spans)}


def _check_history(document: Document) -> None:
    """Whether the edits can follow one another: by the lengths alone, as undoing compares the characters."""
    length = len(document.text)
    for edit in reversed(document.edits[: document.num_done]):
        if edit.position + len(edit.inserted) > length:
            raise OddValue
        length += len(edit.removed) - len(edit.inserted)
    length = len(document.text)
    for edit in document.edits[document.num_done :]:
        if edit.position + len(edit.removed) > length:
            raise OddValue
        length += len(edit.inserted) - len(edit.removed)


def _check_sources(document: Document) -> None:
    numbers = {span.source for span in document.all_spans()} | {edit.source for edit in document.edits}
    if max(numbers, default=NO_SOURCE) >= len(document.sources):
        raise OddValue


def _check_branches(document: Document) -> None:
    """Whether ids are there once and parents come before their children, so that no branch is its own ancestor."""
    ids = [branch.id for branch in document.branches]
    if sorted(set(ids), key=int) != ids:
        raise OddValue
    for branch in document.branches:
        if branch.id == document.branch and branch.text:
            raise OddValue
        if branch.parent and (branch.parent not in ids or int(branch.parent) >= int(branch.id)):
            raise OddValue


def _edit(value: object) -> Edit:
    if not isinstance(value, list) or len(value) not in (5, 6):
        raise OddValue
    position, removed, inserted, author, spans = value[:5]
    more = _table(value[5]) if len(value) > 5 else {}
    edit = Edit(
        position=_whole(position),
        removed=_text(removed, MAX_EDIT_CHARACTERS),
        inserted=_text(inserted, MAX_EDIT_CHARACTERS),
        author=_author(author),
        removed_spans=_each(spans, _span, MAX_EDIT_CHARACTERS),
        source=_whole(more["source"]) if "source" in more else NO_SOURCE,
        move=_move(more) if "entered" in more else None,
    )
    if not covers(edit.removed_spans, len(edit.removed)) or not covers(edit.inserted_spans, len(edit.inserted)):
        raise OddValue
    return edit


def _move(table: Mapping[str, object]) -> Move:
    begun = _branch(table["begun"]) if "begun" in table else None
    left, entered = _branch_id(table.get("left")), _branch_id(table.get("entered"))
    if left == entered or (begun is not None and (begun.id != entered or begun.text)):
        raise OddValue
    spans = _each(table.get("spans"), _span, MAX_EDIT_CHARACTERS)
    return Move(left=left, entered=entered, spans=spans, begun=begun)


def _branch(value: object) -> Branch:
    table = _table(value)
    text, is_kept = _text(table.get("text"), MAX_TEXT_CHARACTERS), table.get("is_kept")
    spans = _each(table.get("spans"), _span, len(text))
    if not isinstance(is_kept, bool) or not covers(spans, len(text)):
        raise OddValue
    return Branch(
        id=_branch_id(table.get("id")),
        parent=_branch_id(table.get("parent")) if table.get("parent") != "" else "",
        name=_text(table.get("name")),
        text=text,
        spans=spans,
        place=_whole(table.get("place")),
        created=_text(table.get("created")),
        is_kept=is_kept,
    )


def _branch_id(value: object) -> str:
    text = _text(value, LONGEST_BRANCH_ID)
    if not (text.isascii() and text.isdecimal() and str(int(text)) == text):
        raise OddValue
    return text


def _span(value: object) -> Span:
    if not isinstance(value, list) or len(value) not in (3, 4):
        raise OddValue
    start, stop, author = value[:3]
    return Span(_whole(start), _whole(stop), _author(author), _whole(value[3]) if len(value) > 3 else NO_SOURCE)


def _author(value: object) -> Author:
    if value == "model" or value == "person":
        return value
    raise OddValue


def _source(value: object) -> Source:
    table = _table(value)
    return Source(
        origin=_origin(table.get("origin")),
        settings=_settings(table.get("settings")),
        seed=_whole(table.get("seed")),
        created=_text(table.get("created")),
    )


def _origin(value: object) -> Origin:
    table = _table(value)
    return Origin(**{name: _text(table.get(name)) for name in ("run", "file", "title")})


def _candidate(value: object) -> Candidate:
    table = _table(value)
    temperature, is_starred = table.get("temperature"), table.get("is_starred")
    if type(temperature) not in (int, float) or not isinstance(is_starred, bool):
        raise OddValue
    return Candidate(
        text=_text(table.get("text"), MAX_CANDIDATE_CHARACTERS),
        prompt=_text(table.get("prompt"), MAX_CANDIDATE_CHARACTERS),
        seed=_whole(table.get("seed")),
        temperature=float(cast(float, temperature)),
        created=_text(table.get("created")),
        origin=_origin(table.get("origin")),
        is_starred=is_starred,
        settings=_settings(table.get("settings", {})),
    )


def _settings(value: object) -> dict[str, Setting]:
    table = _table(value)
    if len(table) > MAX_WORDS or not all(type(item) in (bool, int, float, str) for item in table.values()):
        raise OddValue
    return cast(dict[str, Setting], table)


def _each(value: object, read: Callable[[object], T], most: int) -> tuple[T, ...]:
    if not isinstance(value, list) or len(value) > most:
        raise OddValue
    return tuple(read(item) for item in value)


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise OddValue
    return value


def _text(value: object, most: int = MAX_WORDS) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise OddValue
    return value


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MOST:
        raise OddValue
    return value
