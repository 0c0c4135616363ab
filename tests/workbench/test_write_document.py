"""The text that person and model write: positions, history, titles, and how it reaches the disk."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument

from engine.errors import StorageFailed
from engine.sampling.stopping import WordLimit
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import Candidate, Document
from workbench.viewmodels.write.document import OpenDocument
from workbench.viewmodels.write.positions import UnitMap, changed_part, num_units, place_at, place_from, unit_at
from workbench.viewmodels.write.titles import title_of
from workbench.views.write.editor import Editor

pytestmark = pytest.mark.usefixtures("qapp")

LETTERS = st.text(alphabet="ab \n.\u00e9\u4e2d\u00a0\U0001f600\U0001f680\U00010348", max_size=30)


class NowhereDocument:
    """A held document that remembers what was saved, or refuses."""

    def __init__(self) -> None:
        self.id = ""
        self.saved: list[Document] = []
        self.refusal: StorageFailed | None = None

    def save(self, document: Document, on_done: Callable[[], None], on_failed: Callable[[Failure], None]) -> Any:
        if self.refusal is not None:
            on_failed(Failure(self.refusal.message))
            return
        self.id = "one"
        self.saved.append(document)
        on_done()

    def save_now(self, document: Document) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.saved.append(document)

    def release(self) -> None:
        pass


@pytest.fixture
def held() -> NowhereDocument:
    return NowhereDocument()


@pytest.fixture
def document(held: NowhereDocument) -> OpenDocument:
    return OpenDocument(held, Document(title="New text"))


def typed(document: OpenDocument, text: str) -> None:
    """What an editor tells, letter by letter."""
    for letter in text:
        end = num_units(document.document.text)
        document.take_edit(end, 0, letter, end + num_units(letter))


@given(text=LETTERS)
def test_places_and_units_lead_to_each_other(text: str) -> None:
    assert num_units(text) == len(text.encode("utf-16-le")) // 2
    units = UnitMap(text)
    for place in range(len(text) + 1):
        unit = unit_at(text, place)
        assert unit == units.unit_at(place) == len(text[:place].encode("utf-16-le")) // 2
        assert place_at(text, unit) == place_from(text, unit) == place


@given(text=LETTERS)
def test_a_position_amid_a_letter_belongs_to_it(text: str) -> None:
    for place, letter in enumerate(text):
        if letter > "\uffff":
            unit = unit_at(text, place) + 1
            assert place_at(text, unit) == place
            assert place_from(text, unit) == place + 1


@given(text=LETTERS)
def test_units_are_those_of_the_editor(text: str) -> None:
    document = QTextDocument()
    document.setPlainText(text)
    assert document.characterCount() - 1 == num_units(text)


@given(before=LETTERS, after=LETTERS)
def test_the_changed_part_turns_one_text_into_the_other(before: str, after: str) -> None:
    start, num_removed, inserted = changed_part(before, after)
    assert before[:start] + inserted + before[start + num_removed :] == after


@settings(max_examples=60, deadline=None)
@given(edits=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6), LETTERS, st.booleans()), max_size=8))
def test_editor_and_document_hold_the_same_text_through_any_edits(
    edits: list[tuple[int, int, str, bool]],
) -> None:
    document = OpenDocument(NowhereDocument(), Document(title="x"))
    editor = Editor(lambda _start, _stop: ())
    editor.edited.connect(document.take_edit)
    document.text_replaced.connect(editor.replace_text)
    document.text_reset.connect(lambda: editor.show_text(document.document.text))
    texts = [""]
    for place, num_removed, inserted, is_model in edits:
        text = document.document.text
        place = min(place, len(text))
        if is_model:
            document.write(place, inserted, "model")
        else:
            cursor = editor.textCursor()
            cursor.setPosition(unit_at(text, place))
            end = min(place + num_removed, len(text))
            cursor.setPosition(unit_at(text, end), cursor.MoveMode.KeepAnchor)
            cursor.insertText(inserted)
        assert editor.document().toRawText().replace("\u2029", "\n") == document.document.text
        texts.append(document.document.text)
    while document.can_undo:
        document.undo()
        assert document.document.text in texts
        assert editor.document().toRawText().replace("\u2029", "\n") == document.document.text
    assert document.document.text == ""


def test_typing_is_one_step_until_a_sentence_ends(document: OpenDocument) -> None:
    typed(document, "One two. Three")
    document.undo()
    assert document.document.text == "One two. "
    document.undo()
    assert document.document.text == ""


def test_a_held_backspace_is_one_step(document: OpenDocument) -> None:
    typed(document, "abcdef")
    for place in (5, 4, 3):
        document.take_edit(place, 1, "", place)
    assert document.document.text == "abc"
    document.undo()
    assert document.document.text == "abcdef"


def test_a_held_delete_key_is_one_step(document: OpenDocument) -> None:
    typed(document, "abcdef")
    for length in (5, 4):
        document.take_edit(1, 1, "", length)
    assert document.document.text == "adef"
    document.undo()
    assert document.document.text == "abcdef"


def test_a_change_of_looks_is_no_edit(document: OpenDocument) -> None:
    typed(document, "abc")
    before = document.document
    document.take_edit(0, 3, "abc", 3)
    assert document.document is before


def test_a_title_comes_from_the_first_words() -> None:
    assert title_of("The ferryman would not speak of it, not for all the geese in Sallowmouth.") == (
        "The ferryman would not speak of it, not"
    )
    assert title_of("Chapter one\n\nIt rained.") == "Chapter one"
    assert title_of("x" * 100) == "x" * 40
    assert title_of(" \n ") == "New text"


def test_an_empty_new_text_is_not_saved(document: OpenDocument, held: NowhereDocument) -> None:
    document.set_setting("temperature", 1.0)
    document.save()
    document.save_now()
    assert held.saved == []


def test_a_disk_that_refuses_is_told_and_tried_again(document: OpenDocument, held: NowhereDocument, qtbot: Any) -> None:
    held.refusal = StorageFailed("The disk is full.")
    with qtbot.waitSignal(document.failed) as heard:
        typed(document, "kept")
        document.save()
    assert heard.args[0].message.text == "The disk is full."
    assert not document.is_saved
    held.refusal = None
    document.save()
    assert document.is_saved
    assert held.saved[-1].text == "kept"


def test_a_candidate_finds_the_place_for_which_it_was_written(document: OpenDocument) -> None:
    typed(document, "Begin. End.")
    document.offer([Candidate(text=" Middle.", prompt="Begin.")])
    end = document.use_candidate(0, 0)
    assert document.document.text == "Begin. Middle. End."
    assert end == len("Begin. Middle.")


@given(
    text=st.text(alphabet="ab \n", max_size=60), most=st.integers(1, 5), cuts=st.lists(st.integers(1, 7), min_size=20)
)
def test_writing_ends_behind_the_last_word_that_is_wished(text: str, most: int, cuts: list[int]) -> None:
    limit, shown, place = WordLimit(most), "", 0
    for size in cuts:
        if place >= len(text) or limit.has_stopped:
            break
        shown += limit.feed(text[place : place + size])
        place += size
    assert text.startswith(shown)
    assert len(shown.split()) <= most
    if limit.has_stopped:
        assert len(shown.split()) == most
        assert not shown[-1].isspace()
