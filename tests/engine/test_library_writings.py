"""What a person writes with a model: edits, undo across restarts, who wrote what, and files of every kind of damage."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, DamagedFile, NewerFormat, StorageFailed
from engine.library import document as document_module
from engine.library import edited_text as edited_text_module
from engine.library import edits as edits_module
from engine.library.document import Candidate, Document, Edit, Origin, Span
from engine.library.files import write_json
from engine.library.library import Library
from engine.library.writings import WritingFolder

ORIGIN = Origin(run="hamlet-k7x2", title="Hamlet, 15 minutes")


@pytest.fixture
def writing(library: Library) -> WritingFolder:
    return library.new_writing("A poem")


def full_document() -> Document:
    """A document with something in every field."""
    document = Document(
        title="A poem", origin=ORIGIN, settings={"temperature": 0.8, "seed": 3, "stop": "", "top": True}
    )
    document = document.edited(0, 0, "Rose, oh ").edited(9, 0, "pure contradiction", "model").edited(0, 4, "Röse")
    document = document.with_candidate(Candidate(text=", lust", prompt="tion", seed=7, temperature=0.5, origin=ORIGIN))
    return document.with_candidate(Candidate(text=" of", is_starred=True)).undone()


def test_a_new_document_is_listed_and_read_back(library: Library, writing: WritingFolder):
    assert writing.read().title == "A poem"
    (entry,) = library.list_writings()
    assert (entry.id, entry.title, entry.problem) == (writing.id, "A poem", None)
    assert entry.info["num_characters"] == 0
    assert library.writing(writing.id).path == writing.path


def test_everything_in_a_document_is_read_back(writing: WritingFolder):
    document = full_document()
    writing.write(document)
    found = writing.read()
    assert found == dataclasses.replace(document, created=found.created, changed=found.changed)
    assert found.created == found.changed != ""
    writing.write(found)
    assert writing.read().created == found.created


def test_the_document_changed_last_is_listed_first_with_its_beginning(library: Library, writing: WritingFolder):
    other = library.new_writing("Another")
    writing.write(full_document())
    entries = library.list_writings()
    assert [entry.id for entry in entries] == [writing.id, other.id]
    assert entries[0].info["beginning"] == "Rose, oh pure contradiction"
    assert entries[0].info["model"] == "Hamlet, 15 minutes"


def test_it_is_told_who_wrote_what():
    document = Document(title="").edited(0, 0, "I say ").edited(6, 0, "something else", "model")
    assert document.spans == (Span(0, 6, "person"), Span(6, 20, "model"))
    document = document.edited(10, 2, "X")
    assert document.text == "I say someXing else"
    assert document.spans == (Span(0, 6, "person"), Span(6, 10, "model"), Span(10, 11, "person"), Span(11, 19, "model"))
    assert document.undone().spans == (Span(0, 6, "person"), Span(6, 20, "model"))
    assert document.edited(0, 19, "").spans == ()
    assert document.edited(0, 19, "").undone().spans == document.spans


def test_typing_and_a_model_that_writes_are_undone_in_one_go():
    document = Document(title="")
    for place, letter in enumerate("Rose"):
        document = document.edited(place, 0, letter, joins=True)
    for piece in (" oh", " pure"):
        document = document.edited(len(document.text), 0, piece, "model", joins=True)
    assert document.text == "Rose oh pure"
    assert [edit.inserted for edit in document.edits] == ["Rose", " oh pure"]
    assert document.undone().text == "Rose"
    assert document.undone().undone().text == ""
    assert document.undone().undone().redone().redone() == document
    assert document.edited(0, 0, "!", joins=True).undone().text == document.text
    assert document.edited(12, 0, ".").undone().spans == document.spans


def test_a_new_edit_forgets_what_was_undone():
    document = Document(title="").edited(0, 0, "a").edited(1, 0, "b").undone().edited(1, 0, "c")
    assert document.text == "ac"
    assert document.next_redo is None
    assert document.redone() == document
    assert Document(title="").undone() == Document(title="")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "undo", "redo"]), st.integers(0, 30), st.integers(0, 5), st.text(max_size=5),
        st.sampled_from(["model", "person"]), st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


@given(STEPS)
def test_undo_goes_back_through_every_state_and_redo_forward(steps: list[Any]):
    document = Document(title="")
    states = [document]
    place = 0
    for kind, position, num_removed, inserted, author, _ in steps:
        if kind == "edit":
            edited = document.edited(min(position, len(document.text)), num_removed, inserted, author)
            if edited != document:
                document = edited
                states = [*states[: place + 1], document]
                place += 1
        elif kind == "undo":
            document = document.undone()
            place = max(0, place - 1)
        else:
            document = document.redone()
            place = min(len(states) - 1, place + 1)
        assert (document.text, document.spans) == (states[place].text, states[place].spans)
    while document.next_undo is not None:
        document = document.undone()
    assert document.text == ""


@settings(deadline=None)  # the disk may be busy
@given(STEPS)
def test_any_history_is_read_back_from_the_disk(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]):
    writing = WritingFolder(tmp_path_factory.getbasetemp())
    document = Document(title="x")
    for kind, position, num_removed, inserted, author, joins in steps:
        if kind == "edit":
            place = min(position, len(document.text))
            document = document.edited(place, num_removed, inserted, author, joins=joins)
        else:
            document = document.undone() if kind == "undo" else document.redone()
    writing.write(document)
    found = writing.read()
    assert dataclasses.replace(found, created="", changed="") == document


def test_the_history_is_bounded_and_the_oldest_edits_go_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(edits_module, "MAX_EDITS", 3)
    document = Document(title="")
    for letter in "abcde":
        document = document.edited(len(document.text), 0, letter)
    assert [edit.inserted for edit in document.edits] == ["c", "d", "e"]
    for _ in range(5):
        document = document.undone()
    assert document.text == "ab"
    monkeypatch.setattr(edits_module, "MAX_EDIT_CHARACTERS", 4)
    document = Document(title="").edited(0, 0, "abc").edited(3, 0, "de")
    assert [edit.inserted for edit in document.edits] == ["de"]
    assert document.edited(0, 0, "longer").edits == ()


def test_a_text_that_grows_too_long_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(edited_text_module, "MAX_TEXT_CHARACTERS", 5)
    document = Document(title="").edited(0, 0, "abcde")
    assert document.edited(0, 1, "x").text == "xbcde"
    with pytest.raises(BadInput, match="at most 5 characters"):
        document.edited(0, 0, "x")


def test_halves_of_characters_are_replaced_one_for_one(writing: WritingFolder):
    document = Document(title="\ud83d", origin=Origin(title="\udc00")).edited(0, 0, "a\ud83db")
    assert document.text == "a\ufffdb"
    writing.write(document.with_candidate(Candidate(text="\udfff", prompt="\ud800")))
    assert writing.read().title == "\ufffd"


def test_a_position_outside_the_text_is_a_mistake_of_the_caller():
    for position in (-1, 4):
        with pytest.raises(ValueError, match="no position"):
            Document(title="").edited(0, 0, "abc").edited(position, 0, "x")


def test_candidates_without_a_star_make_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(document_module, "MAX_CANDIDATES", 2)
    document = Document(title="")
    for text in ("a", "b", "c"):
        document = document.with_candidate(Candidate(text=text))
    assert [candidate.text for candidate in document.candidates] == ["b", "c"]
    document = document.with_star(0, True).with_candidate(Candidate(text="d"))
    assert [candidate.text for candidate in document.candidates] == ["b", "d"]
    document = document.with_star(1, True)
    with pytest.raises(BadInput, match="no room for more candidates"):
        document.with_candidate(Candidate(text="e"))
    assert [candidate.text for candidate in document.without_candidate(0).candidates] == ["d"]


def stored() -> dict[str, Any]:
    """What a file of a full document holds."""
    return {
        "format_version": 1, "min_reader": 1, "title": "A", "created": "", "changed": "", "text": "abc",
        "spans": [[0, 3, "person"]], "origin": {"run": "", "file": "", "title": ""}, "settings": {"seed": 1},
        "candidates": [
            {"text": "x", "prompt": "", "seed": 1, "temperature": 0.8, "created": "", "is_starred": False,
             "origin": {"run": "", "file": "", "title": ""}}
        ],
        "edits": [[0, "", "abcd", "person", []], [3, "d", "", "person", [[0, 1, "model"]]]], "num_done": 2,
    }  # fmt: skip


def test_what_is_stored_by_hand_as_it_should_be_is_read(writing: WritingFolder):
    write_json(writing.document_path, stored())
    document = writing.read()
    assert document.undone().text == "abcd"
    assert document.undone().spans == (Span(0, 3, "person"), Span(3, 4, "model"))


CANDIDATE = stored()["candidates"][0]


@pytest.mark.parametrize(
    "change",
    [
        {"text": None}, {"text": 1}, {"title": None}, {"title": "x" * 1001}, {"spans": []}, {"spans": [[0, 3]]},
        {"spans": [[0, 2, "person"]]}, {"spans": [[0, 4, "person"]]}, {"spans": [[0, 3, "somebody"]]},
        {"spans": [[0, 2, "person"], [1, 3, "model"]]}, {"spans": [[0, True, "person"]]}, {"spans": {}},
        {"spans": [[0, 0, "model"], [0, 3, "person"]]}, {"origin": None}, {"origin": {"run": 1}}, {"settings": []},
        {"settings": {"seed": None}}, {"settings": {"seed": [1]}}, {"num_done": 3}, {"num_done": -1},
        {"num_done": True}, {"edits": [[0, "", "abcd", "person"]], "num_done": 1},
        {"edits": [[9, "", "abc", "person", []]], "num_done": 1},
        {"edits": [[0, "abcd", "", "person", [[0, 4, "model"]]]], "num_done": 0},
        {"edits": [[3, "d", "", "person", []]], "num_done": 1}, {"edits": [[-1, "", "", "person", []]], "num_done": 1},
        {"candidates": [{**CANDIDATE, "seed": -1}]}, {"candidates": [{**CANDIDATE, "temperature": "hot"}]},
        {"candidates": [{**CANDIDATE, "is_starred": 1}]}, {"candidates": [1]}, {"candidates": [CANDIDATE] * 201},
        {"format_version": 0}, {"min_reader": None},
    ],
)  # fmt: skip
def test_a_document_with_an_odd_value_is_damaged(library: Library, writing: WritingFolder, change: dict[str, Any]):
    write_json(writing.document_path, {**stored(), **change})
    with pytest.raises(DamagedFile, match=r"document\.json"):
        writing.read()
    (entry,) = library.list_writings()
    assert entry.problem is not None


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1, "a": 2}', "\0"])
def test_a_file_that_is_no_document_is_damaged_and_can_be_written_over(writing: WritingFolder, content: str):
    writing.document_path.write_text(content)
    with pytest.raises(DamagedFile, match=r"document\.json"):
        writing.read()
    writing.write(Document(title="new"))
    assert writing.read().title == "new"


def test_a_history_of_another_text_is_forgotten_instead_of_undone(writing: WritingFolder):
    write_json(writing.document_path, {**stored(), "text": "xyz"})
    document = writing.read().undone()
    assert document.text == "xyzd"
    assert document.undone().text == "xyzd"
    assert document.undone().edits == ()


def test_a_newer_document_is_read_and_not_written_over(writing: WritingFolder):
    write_json(writing.document_path, {**stored(), "format_version": 2})
    assert writing.read().text == "abc"
    with pytest.raises(NewerFormat):
        writing.write(Document(title="old"))
    write_json(writing.document_path, {**stored(), "format_version": 2, "min_reader": 2})
    with pytest.raises(NewerFormat):
        writing.read()


def test_a_document_larger_than_can_be_read_again_is_not_written(
    writing: WritingFolder, monkeypatch: pytest.MonkeyPatch
):
    writing.write(full_document())
    before = writing.document_path.read_bytes()
    monkeypatch.setattr("engine.library.writings.MAX_DOCUMENT_BYTES", 3000)
    with pytest.raises(BadInput, match="too large to be saved"):
        writing.write(Document(title="x").edited(0, 0, "y" * 3000))
    assert writing.document_path.read_bytes() == before


def test_a_mistake_in_a_document_never_reaches_the_disk(writing: WritingFolder):
    before = writing.document_path.read_bytes()
    odd = dataclasses.replace(full_document(), candidates=(Candidate(text="x", seed=-1),))
    with pytest.raises(ValueError, match="no document has"):
        writing.write(odd)
    with pytest.raises(ValueError, match="spans"):
        Document(title="", text="abc")
    with pytest.raises(ValueError, match="more edits"):
        Document(title="", num_done=1)
    assert writing.document_path.read_bytes() == before


def test_a_document_in_use_is_not_moved_and_a_moved_one_comes_back(library: Library, writing: WritingFolder):
    with writing.lock(), pytest.raises(StorageFailed, match="in use"):
        library.trash(writing.path)
    place = library.trash(writing.path)
    assert library.list_writings() == []
    assert library.restore(place) == writing.path
    assert writing.read().title == "A poem"


def test_a_folder_without_a_document_was_never_finished(library: Library):
    (library.writings_path / "half-made").mkdir()
    (entry,) = library.list_writings()
    assert entry.is_unfinished


def test_a_long_document_is_saved_and_read_in_time(writing: WritingFolder):
    document = Document(title="long").edited(0, 0, "A line of text, and then, some.\n" * 30_000, "model")
    for place in range(300):
        document = document.edited(place * 1000, 3, "xyz")
    writing.write(document)
    assert writing.read().text == document.text
    assert len(json.loads(writing.document_path.read_text())["edits"]) == 301


def test_an_edit_knows_its_size():
    assert Edit(position=0, removed="abc", inserted="de", author="person").size == 5
