"""What a person says about a run or a corpus, while it trains and when its file is damaged."""

import json
import os
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput, DamagedFile, NewerFormat, StorageFailed
from engine.library.corpora import CorpusFolder
from engine.library.ids import new_id
from engine.library.labels import Label, read_label, write_label
from engine.library.library import Library
from engine.library.runs import RunFolder
from engine.library.verify import verify
from engine.text.corpora import read_corpus

LABEL = Label(title="Hamlet, again", tags=("short", "wide"), notes="Line 1\nLine 2", group="sizes", is_starred=True)


@pytest.fixture
def run(library: Library) -> RunFolder:
    run = library.new_run("A run")
    run.write_info({"title": "A run"})
    return run


@pytest.fixture
def corpus(library: Library) -> CorpusFolder:
    corpus = library.corpus(new_id(library.corpora_path, "A text"))
    corpus.text_path.write_text("Grüße, 日本\n", encoding="utf-8")
    corpus.write_info({"title": "A text"})
    return corpus


def test_a_run_is_labelled_while_another_program_trains_it(library: Library, run: RunFolder):
    with run.lock():
        run.write_label(LABEL)
    assert run.read_label() == LABEL
    (entry,) = library.list_runs()
    assert (entry.title, entry.label, entry.info["title"]) == ("Hamlet, again", LABEL, "A run")


def test_without_a_title_of_the_person_s_own_the_original_one_stands(library: Library, run: RunFolder):
    run.write_label(Label(tags=("short",)))
    (entry,) = library.list_runs()
    assert (entry.title, entry.label.tags) == ("A run", ("short",))


def test_a_renamed_thing_is_found_by_its_new_title_and_its_id(library: Library, run: RunFolder, corpus: CorpusFolder):
    run.write_label(LABEL)
    corpus.write_label(Label(title="Letters"))
    assert library.find("runs", "hamlet, AGAIN").id == run.id
    assert library.find("runs", run.id).title == "Hamlet, again"
    assert library.find("corpora", "Letters").id == corpus.id
    with pytest.raises(BadInput, match="no run called A run"):
        library.find("runs", "A run")


def test_a_damaged_run_keeps_the_title_it_was_given(library: Library, run: RunFolder):
    run.write_label(LABEL)
    run.info_path.write_text("{")
    (entry,) = library.list_runs()
    assert entry.problem is not None
    assert entry.title == "Hamlet, again"


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", '{"title": "x"}', '{"format_version": 1, "min_reader": 1, "title": 1}',
        '{"format_version": 1, "min_reader": 1, "tags": [1]}', '{"format_version": 1, "min_reader": 1, "tags": "ab"}',
        '{"format_version": 1, "min_reader": 1, "is_starred": 1}',
        '{"format_version": 1, "min_reader": 1, "title": "' + "x" * 201 + '"}',
        '{"format_version": 9, "min_reader": 9, "title": "x"}',
    ],
)  # fmt: skip
def test_a_damaged_label_is_an_empty_one(run: RunFolder, content: str):
    run.label_path.write_text(content)
    assert run.read_label() == Label()


@pytest.mark.skipif(sys.platform == "win32", reason="FIFO")
def test_a_hostile_label_stops_nothing(library: Library, run: RunFolder):
    os.mkfifo(run.label_path)
    assert [entry.title for entry in library.list_runs()] == ["A run"]
    run.label_path.unlink()
    with run.label_path.open("wb") as file:
        file.truncate(2**40)
    assert run.read_label() == Label()


def test_a_damaged_label_is_replaced_and_a_newer_one_is_not(run: RunFolder):
    run.label_path.write_text("{")
    run.write_label(LABEL)
    assert run.read_label() == LABEL
    newer = {**json.loads(run.label_path.read_text()), "format_version": 2}
    run.label_path.write_text(json.dumps(newer))
    assert run.read_label() == LABEL
    with pytest.raises(NewerFormat):
        run.write_label(Label())


@pytest.mark.parametrize(
    "label",
    [
        Label(title="x" * 201), Label(group="x" * 201), Label(notes="x" * 20_001), Label(tags=("x" * 61,)),
        Label(tags=tuple(map(str, range(31)))),
    ],
)  # fmt: skip
def test_what_is_too_long_is_one_sentence_and_changes_nothing(run: RunFolder, label: Label):
    run.write_label(LABEL)
    with pytest.raises(BadInput, match=r"can(?: have| be)? at most"):
        run.write_label(label)
    assert run.read_label() == LABEL


def test_white_space_is_tidied_and_a_tag_kept_once(run: RunFolder):
    run.write_label(Label(title="  A\n title ", tags=("b", " b ", "", "a"), group="\t"))
    assert run.read_label() == Label(title="A title", tags=("b", "a"))


def test_a_label_of_a_run_that_was_moved_away_is_a_sentence(library: Library, run: RunFolder):
    library.trash(run.path)
    with pytest.raises(StorageFailed):
        run.write_label(LABEL)


@given(title=st.text(max_size=60), notes=st.text(max_size=60), tags=st.lists(st.text(max_size=20), max_size=5))
def test_any_words_can_be_written_and_are_stable_from_then_on(
    tmp_path_factory: pytest.TempPathFactory, title: str, notes: str, tags: list[str]
):
    folder = tmp_path_factory.getbasetemp()
    write_label(folder, Label(title=title, notes=notes, tags=tuple(tags)))
    written = read_label(folder)
    write_label(folder, written)
    assert read_label(folder) == written


def test_verify_tells_of_a_damaged_label(library: Library, run: RunFolder, corpus: CorpusFolder):
    run.write_label(LABEL)
    corpus.label_path.write_text("{")
    damaged = [finding.path for finding in verify(library) if finding.kind == "damaged"]
    assert damaged == [corpus.label_path]


def test_a_renamed_corpus_has_its_new_title_where_it_is_imported_again(
    library: Library, imported: Callable[[str], str]
):
    corpus = library.corpus(imported("some words\n" * 50))
    corpus.write_label(Label(title="Letters"))
    assert imported("some words\n" * 50) == corpus.id
    assert read_corpus(corpus).title == "Letters"


def test_a_text_is_read_in_ranges_that_join_without_gap_or_overlap(corpus: CorpusFolder):
    text = corpus.text_path.read_text(encoding="utf-8")
    size = len(text.encode())
    for step in range(1, size + 2):
        pieces = [corpus.read_text_at(start, step) for start in range(0, size + 5, step)]
        assert "".join(pieces) == text
    assert corpus.read_text_at(size, 10) == corpus.read_text_at(-1, 5) == corpus.read_text_at(0, 0) == ""
    assert corpus.read_text_at(0, 10**12) == text


def test_a_text_that_is_missing_or_no_text_is_damaged(corpus: CorpusFolder):
    with pytest.raises(DamagedFile, match="missing"):
        corpus.read_text_at(0, 10, "valid")
    corpus.text_path.write_bytes(b"abc\xff\xfedef")
    with pytest.raises(DamagedFile, match="not UTF-8"):
        corpus.read_text_at(0, 10)
