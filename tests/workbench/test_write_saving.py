"""How documents are opened one after the other, and how a disk that refuses is asked again."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import StorageFailed, message
from engine.library.document import Document
from workbench.bridge.protocols.jobs import Failure
from workbench.viewmodels.notices import Notices, sentence_of
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write import saving
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.saving import Saving


class RefusingDocument:
    """On a disk that refuses as often as the test wants."""

    id = "letters"

    def __init__(self) -> None:
        self.num_refusals = 0
        self.saved: list[Document] = []
        self.is_released = False

    def save(self, document: Document, on_done: Callable[[], None], on_failed: Callable[[Failure], None]) -> None:
        try:
            self.save_now(document)
        except StorageFailed as error:
            on_failed(Failure(error.message))
        else:
            on_done()

    def save_now(self, document: Document) -> None:
        if self.num_refusals:
            self.num_refusals -= 1
            raise StorageFailed("The disk is full.")
        self.saved.append(document)

    def release(self) -> None:
        self.is_released = True


class SlowWriting:
    """Opens documents when the test says so."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, Callable[[Any, Document], None], Callable[[Failure], None]]] = []

    def new_document(self) -> RefusingDocument:
        held = RefusingDocument()
        held.id = ""
        return held

    def open_document(self, writing_id: str, on_done: Any, on_failed: Any) -> None:
        self.opened.append((writing_id, on_done, on_failed))

    def read(self, place: int) -> RefusingDocument:
        """The answer to one question."""
        writing_id, on_done, _ = self.opened[place]
        held = RefusingDocument()
        held.id = writing_id
        on_done(held, Document(title=writing_id))
        return held


def written() -> Document:
    return Document(title="New text").edited(0, 0, "The ferry goes over at noon.", "person")


@pytest.fixture
def writing() -> SlowWriting:
    return SlowWriting()


@pytest.fixture
def documents(writing: SlowWriting, tmp_path: Any, qapp: QApplication) -> Documents:
    return Documents(writing, Notices(), Settings(tmp_path / "window.ini"))  # type: ignore[arg-type]


def test_a_save_that_failed_is_tried_again_by_itself_after_growing_pauses(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "FIRST_PAUSE_SECONDS", 0)
    held = RefusingDocument()
    kept = Saving(held, Document(title="New text"))  # type: ignore[arg-type]
    failures: list[Failure] = []
    kept.failed.connect(failures.append)
    held.num_refusals = 2
    changed = written()
    kept.take(changed)
    kept.save()
    qtbot.waitUntil(lambda: kept.is_saved, timeout=20_000)
    assert held.saved == [changed]
    assert len(failures) == 2


def test_the_person_is_told_when_it_is_tried_again(qapp: QApplication) -> None:
    held = RefusingDocument()
    kept = Saving(held, Document(title="New text"))  # type: ignore[arg-type]
    sentences: list[str] = []
    kept.failed.connect(lambda failure: sentences.append(sentence_of(failure)))
    held.num_refusals = 2
    kept.take(written())
    kept.save()
    kept.save()
    assert sentences == [
        "The disk is full. It is tried again by itself in 5 s.",
        "The disk is full. It is tried again by itself in 10 s.",
    ]


def test_of_two_documents_that_are_opened_at_once_the_last_one_is_shown(
    documents: Documents, writing: SlowWriting
) -> None:
    documents.open("first")
    documents.open("second")
    late = writing.read(1)
    early = writing.read(0)
    assert documents.current.id == "second"
    assert early.is_released
    assert not late.is_released


def test_a_document_that_is_wished_twice_is_opened_once(documents: Documents, writing: SlowWriting) -> None:
    for wished in ("first", "second", "first"):
        documents.open(wished)
    assert [writing_id for writing_id, _, _ in writing.opened] == ["first", "second"]
    writing.read(0)
    other = writing.read(1)
    assert documents.current.id == "first"
    assert other.is_released


def test_going_back_to_the_open_document_takes_the_wish_for_another_back(
    documents: Documents, writing: SlowWriting
) -> None:
    documents.open("first")
    writing.read(0)
    documents.open("second")
    documents.open("first")
    other = writing.read(1)
    assert documents.current.id == "first"
    assert other.is_released


def test_a_document_that_could_not_be_opened_may_be_wished_again(documents: Documents, writing: SlowWriting) -> None:
    failures: list[Failure] = []
    documents.failed.connect(failures.append)
    documents.open("first")
    writing.opened[0][2](Failure(message("It is in use.")))
    documents.open("first")
    assert len(failures) == 1
    writing.read(1)
    assert documents.current.id == "first"
