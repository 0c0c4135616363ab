"""The ways in which a text goes on: begun, walked, undone, named, kept and deleted; and who wrote which passage."""

import dataclasses
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, DamagedFile
from engine.library import branches as branches_module
from engine.library import passages as passages_module
from engine.library.branches import LONGEST_BRANCH_ID, TRUNK, Branch
from engine.library.document import Candidate, Document, Origin, Source, Span
from engine.library.files import write_json
from engine.library.library import Library
from engine.library.passages import covers, part_that_differs
from engine.library.writings import WritingFolder

SOURCES = [
    None,
    Source(origin=Origin(run="a"), settings={"temperature": 0.5}, seed=1, created="2026-01-01"),
    Source(origin=Origin(file="b.textloom"), settings={"temperature": 0.5}, seed=2, created="2026-01-02"),
]


@pytest.fixture
def writing(library: Library) -> WritingFolder:
    return library.new_writing("A poem")


def begun() -> Document:
    """A text with a second way to go on, which is on show."""
    document = Document(title="x").edited(0, 0, "Once there was a king who slept.")
    return document.branched(17).edited(17, 0, "queen who woke.", "model", joins=True, source=SOURCES[1])


def test_a_branch_keeps_the_text_as_it_was_and_goes_on_at_a_place():
    document = begun()
    assert document.text == "Once there was a queen who woke."
    trunk, new = document.branches
    assert (trunk.id, trunk.text, trunk.parent) == (TRUNK, "Once there was a king who slept.", "")
    assert (new.id, new.parent, new.place, new.text, document.branch) == ("1", TRUNK, 17, "", "1")
    assert new.created != ""
    assert document.branch_with("1").text == document.text
    with pytest.raises(ValueError, match="no branch 7"):
        document.switched("7")
    with pytest.raises(ValueError, match="no position"):
        document.branched(99)


def test_a_branch_and_what_was_put_first_into_it_are_undone_in_one_go():
    document = begun().edited(32, 0, " So", "model", joins=True, source=SOURCES[1])
    before = document.undone()
    assert (before.text, before.branches, before.branch) == ("Once there was a king who slept.", (), TRUNK)
    assert before.redone() == document
    typed = begun().edited(32, 0, "!", joins=True)
    assert typed.undone().text == "Once there was a queen who woke."


def test_to_show_another_branch_is_undone_and_walking_on_is_one_step():
    document = begun().branched(4, "short")
    assert [branch.parent for branch in document.branches] == ["", TRUNK, TRUNK]
    walked = document.switched(TRUNK).switched("1")
    assert walked.text == "Once there was a queen who woke."
    assert len(walked.edits) == len(document.edits) + 1
    assert walked.spans[-1] == Span(17, 32, "model", 0)
    assert walked.undone().text == "Once"
    assert walked.undone().redone() == walked
    assert walked.switched("2") == document
    assert walked.switched("1") is walked
    edited = walked.edited(0, 0, "!").switched("2").switched("1")
    assert edited.text == "!Once there was a queen who woke."


def test_a_branch_of_a_branch_departs_from_the_one_that_shares_its_beginning():
    document = begun().branched(30).edited(30, 0, "x")
    assert document.branches[-1].parent == "1"
    deep = document.branched(30)
    assert deep.branches[-1].parent == "1"
    assert deep.branched(10).branches[-1].parent == TRUNK
    changed = document.switched(TRUNK).edited(0, 4, "Twice").switched("2")
    assert changed.branched(10).branches[-1].parent == "1"


def test_a_name_or_a_star_keeps_a_branch_that_is_undone():
    for document in (begun().renamed_branch("1", "  Queen \n"), begun().kept_branch("1", True)):
        undone = document.undone()
        assert undone.branch == TRUNK
        assert [branch.id for branch in undone.branches] == [TRUNK, "1"]
        assert undone.redone() == document
    assert begun().renamed_branch("1", "  Queen \n").branches[1].name == "Queen"
    assert begun().renamed_branch(TRUNK, "King").switched(TRUNK).branches[0].text == ""


def test_a_deleted_branch_leaves_its_children_and_can_come_back():
    document = begun().branched(30).edited(30, 0, "x")
    without = document.without_branch("1")
    assert [(branch.id, branch.parent, branch.place) for branch in without.branches] == [(TRUNK, "", 0), ("2", "0", 17)]
    assert without.text == document.text
    back = without.with_branch(document.branch_with("1"), ["2"])
    assert back.branches[1] == document.branches[1]
    assert back.branches[2].parent == "1"
    assert back.with_branch(document.branch_with("1")) == back
    assert without.undone().undone().text == "Once there was a queen who woke."
    assert without.undone().undone().branch == "1"


def test_a_branch_on_show_is_deleted_by_showing_its_parent():
    document = begun().without_branch("1")
    assert (document.text, document.branches, document.branch) == ("Once there was a king who slept.", (), TRUNK)
    assert document.without_branch(TRUNK) == document
    assert document.undone().text == "Once there was a queen who woke."
    alone = begun().without_branch(TRUNK)
    assert [branch.id for branch in alone.branches] == ["1"]
    assert alone.undone().text == "Once there was a king who slept."
    assert alone.without_branch("1") is alone


def test_walking_brings_no_deleted_branch_back():
    document = begun().branched(4).switched(TRUNK).without_branch("2").switched("1")
    assert [branch.id for branch in document.branches] == [TRUNK, "1"]
    assert document.undone().text == "Once there was a king who slept."


def test_the_oldest_branch_without_name_or_star_makes_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(branches_module, "MAX_BRANCHES", 4)
    document = begun().kept_branch("1", True)
    for _ in range(3):
        document = document.branched(4)
    assert [branch.id for branch in document.branches] == [TRUNK, "1", "3", "4"]
    document = document.renamed_branch("3", "three").kept_branch("4", True)
    with pytest.raises(BadInput, match="no room for more branches"):
        document.branched(4)
    monkeypatch.setattr(branches_module, "MAX_BRANCHES", 200)
    monkeypatch.setattr(branches_module, "MAX_BRANCH_BYTES", 100)
    wide = Document(title="").edited(0, 0, "\u00e4" * 20).branched(20).branched(20).branched(20)
    assert [branch.id for branch in wide.branches] == [TRUNK, "2", "3"]


def test_each_passage_knows_its_source():
    document = Document(title="").edited(0, 0, "I ").edited(2, 0, "one ", "model", source=SOURCES[1])
    document = document.edited(6, 0, "more ", "model", joins=True, source=dataclasses.replace(SOURCES[1]))
    document = document.edited(11, 0, "two", "model", joins=True, source=SOURCES[2])
    assert document.spans == (Span(0, 2, "person"), Span(2, 11, "model", 0), Span(11, 14, "model", 1))
    assert document.sources == (SOURCES[1], SOURCES[2])
    assert [edit.inserted for edit in document.edits] == ["I ", "one more ", "two"]
    assert document.edited(5, 3, "").undone().spans == document.spans


def test_sources_that_nothing_names_are_not_saved(writing: WritingFolder, monkeypatch: pytest.MonkeyPatch):
    document = Document(title="").edited(0, 0, "one", "model", source=SOURCES[1]).undone()
    document = document.edited(0, 0, "two", "model", source=SOURCES[2])
    assert len(document.sources) == 2
    writing.write(document)
    found = writing.read()
    assert found.sources == (SOURCES[2],)
    assert found.spans == (Span(0, 3, "model", 0),)
    monkeypatch.setattr(passages_module, "MAX_SOURCES", 2)
    other = Source(seed=9)
    assert document.edited(3, 0, "x", "model", source=other).spans[-1] == Span(3, 4, "model")


def test_what_a_file_cannot_hold_is_replaced_in_a_source(writing: WritingFolder):
    odd = Source(origin=Origin(title="\ud83d"), settings={"stop": "\udc00" + "x" * 2000, "rate": float("nan")})
    document = Document(title="").edited(0, 0, "a", "model", source=odd).edited(1, 0, "b", "model", source=odd)
    document = document.with_candidate(Candidate(text="x", settings={"stop": "\ud800"}))
    writing.write(document)
    found = writing.read()
    assert len(found.sources) == 1
    assert found.sources[0].settings == {"stop": "\ufffd" + "x" * 999, "rate": "nan"}
    assert found.candidates[0].source.settings == {"stop": "\ufffd"}
    assert Candidate(text="x", temperature=0.5, seed=3).source == Source(settings={"temperature": 0.5}, seed=3)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "edit", "branch", "switch", "undo", "redo"]), st.integers(0, 30), st.integers(0, 5),
        st.text(alphabet="ab \u00e9\U0001f600", max_size=5), st.integers(0, 2),
    ),
    max_size=30,
)  # fmt: skip


def resolved(document: Document) -> Any:
    """What a person sees of a document: all branches with their texts, and who wrote them how."""

    def whole(branch: Branch) -> Any:
        spans = [
            (span.start, span.stop, span.author, document.sources[span.source] if span.source >= 0 else None)
            for span in branch.spans
        ]
        return branch.id, branch.parent, branch.text, spans

    ids = [branch.id for branch in document.branches] or [document.branch]
    return document.branch, [whole(document.branch_with(branch_id)) for branch_id in ids]


def stepped(document: Document, step: Any) -> Document:
    kind, number, num_removed, inserted, source = step
    place = min(number, len(document.text))
    if kind == "edit":
        author = "model" if source else "person"
        return document.edited(place, num_removed, inserted, author, joins=num_removed == 0, source=SOURCES[source])
    if kind == "branch":
        return document.branched(place)
    if kind == "switch" and document.branches:
        return document.switched(document.branches[number % len(document.branches)].id)
    return {"undo": document.undone, "redo": document.redone}.get(kind, lambda: document)()


@settings(deadline=None)
@example([("edit", 0, 0, "a", 1), ("branch", 0, 0, "", 0), ("edit", 0, 0, "a", 0), ("switch", 0, 0, "", 0)])
@given(STEPS)
def test_undo_goes_back_through_every_branch_and_redo_forward(steps: list[Any]):
    document = Document(title="")
    beginning = resolved(document)
    for step in steps:
        document = stepped(document, step)
        for branch in document.branches:
            whole = document.branch_with(branch.id)
            assert covers(whole.spans, len(whole.text))
            assert not branch.text or branch.id != document.branch
    states = [resolved(document)]
    while document.next_undo is not None:
        document = document.undone()
        states.append(resolved(document))
    assert states[-1] == beginning
    for state in reversed(states[:-1]):
        document = document.redone()
        assert resolved(document) == state


@settings(deadline=None)
@given(STEPS, st.integers(0, 40))
def test_other_branches_stay_as_they_were_left(steps: list[Any], number: int):
    document = Document(title="")
    for step in steps:
        before = {branch.id: document.branch_with(branch.id) for branch in document.branches}
        left, document = document.branch, stepped(document, step)
        if step[0] in ("undo", "redo"):
            continue
        for branch_id in before.keys() - {left}:
            assert document.branch_with(branch_id).text == before[branch_id].text
        if left in before and step[0] in ("branch", "switch"):
            assert document.branch_with(left).text == before[left].text
    if len(document.branches) > 1:
        gone = document.branches[number % len(document.branches)].id
        without = document.without_branch(gone)
        for branch in without.branches:
            assert without.branch_with(branch.id).text == document.branch_with(branch.id).text


@settings(deadline=None)
@given(STEPS)
def test_any_document_with_branches_is_read_back_from_the_disk(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any]
):
    writing = WritingFolder(tmp_path_factory.getbasetemp())
    document = Document(title="x")
    for step in steps:
        document = stepped(document, step)
    writing.write(document)
    found = writing.read()
    assert dataclasses.replace(found, created="", changed="") == dataclasses.replace(document.compacted(), created="")
    assert resolved(found) == resolved(document)
    while found.next_undo is not None:
        found = found.undone()
    assert found.text == ""


@given(st.text(alphabet="ab", max_size=12), st.text(alphabet="ab", max_size=12))
def test_the_part_that_differs_is_as_short_as_can_be(before: str, after: str):
    start, stop, end = part_that_differs(before, after)
    assert before[:start] + after[start:end] + before[stop:] == after
    assert before[start : start + 1] != after[start : start + 1] or stop == start or end == start
    if stop > start and end > start:
        assert before[stop - 1] != after[end - 1]


def stored() -> dict[str, Any]:
    """What a file with two branches and a source holds."""
    source = {"origin": {"run": "r", "file": "", "title": ""}, "settings": {"t": 1}, "seed": 1, "created": ""}
    new = {"id": "1", "parent": "0", "name": "", "text": "", "spans": [], "place": 2, "created": "", "is_kept": False}
    first = {**new, "id": "0", "parent": "", "text": "abX", "spans": [[0, 3, "model", 0]], "place": 0}
    move = {"left": "0", "entered": "1", "spans": [], "begun": new}
    return {
        "format_version": 1, "min_reader": 1, "title": "A", "created": "", "changed": "", "text": "abc",
        "spans": [[0, 2, "model", 0], [2, 3, "person"]], "sources": [source], "settings": {},
        "origin": {"run": "", "file": "", "title": ""}, "candidates": [],
        "edits": [[2, "X", "c", "person", [[0, 1, "model", 0]], move]],
        "num_done": 1, "branches": [first, new], "branch": "1",
    }  # fmt: skip


def test_branches_stored_by_hand_as_they_should_be_are_read(writing: WritingFolder):
    write_json(writing.document_path, stored())
    document = writing.read()
    assert document.branch_with("0").text == document.undone().text == "abX"
    assert document.undone().branches == ()


FIRST, NEW = stored()["branches"]
EDIT = stored()["edits"][0]


@pytest.mark.parametrize(
    "change",
    [
        {"branch": "2"}, {"branch": 1}, {"branch": "01"}, {"branch": "x"}, {"branch": "1" * 13}, {"branch": "\u0661"},
        {"branches": [NEW]}, {"branches": [FIRST]}, {"branches": [NEW, FIRST]}, {"branches": [FIRST, NEW, NEW]},
        {"branches": {}}, {"branches": [FIRST, {**NEW, "text": "abc", "spans": [[0, 3, "person"]]}]},
        {"branches": [FIRST, {**NEW, "parent": "1"}]}, {"branches": [{**FIRST, "parent": "1"}, NEW]},
        {"branches": [FIRST, {**NEW, "is_kept": 1}]}, {"branches": [FIRST, {**NEW, "place": -1}]},
        {"branches": [{**FIRST, "spans": []}, NEW]}, {"branches": [{**FIRST, "spans": [[0, 3, "model", 1]]}, NEW]},
        {"sources": []}, {"sources": None}, {"sources": [1]}, {"spans": [[0, 3, "model", -1]]},
        {"spans": [[0, 3, "model", True]]}, {"edits": [[*EDIT[:5], {"source": 1}]]}, {"edits": [[*EDIT[:5], []]]},
        {"edits": [[*EDIT[:5], {**EDIT[5], "left": ""}]]}, {"edits": [[*EDIT[:5], {**EDIT[5], "begun": FIRST}]]},
        {"edits": [[*EDIT[:5], {"left": "0", "entered": "1", "spans": []}]]},
        {"edits": [[*EDIT[:5], {**EDIT[5], "left": "1"}]]}, {"branches": [FIRST, {**NEW, "place": 10**20}]},
    ],
)  # fmt: skip
def test_a_document_with_odd_branches_is_damaged(writing: WritingFolder, change: dict[str, Any]):
    write_json(writing.document_path, {**stored(), **change})
    with pytest.raises(DamagedFile, match=r"document\.json"):
        writing.read()


def test_a_file_with_the_largest_number_of_a_branch_can_still_be_saved(writing: WritingFolder):
    last = {**NEW, "id": "9" * LONGEST_BRANCH_ID}
    write_json(writing.document_path, {**stored(), "branches": [FIRST, NEW, last]})
    document = writing.read()
    with pytest.raises(BadInput, match="no room for more branches"):
        document.branched(1)
    writing.write(document.edited(3, 0, " and more"))
    assert writing.read().text == "abc and more"
