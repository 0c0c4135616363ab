"""From files to a corpus: complete or not there at all."""

import dataclasses
import errno
import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput, Cancelled, DamagedFile, StorageFailed
from engine.import_events import CorpusImported, ImportProgressed, ProblemFound
from engine.library.corpora import CorpusFolder
from engine.library.library import Library
from engine.library.locks import folder_lock
from engine.text import decoding, importing
from engine.text.corpora import find_corpus, read_corpus
from engine.text.importing import import_texts
from engine.text.sample_titles import is_sample, sample_text, sample_titles
from engine.text.samples import import_sample
from engine.text.sources import find_texts

MINIMAL_PDF = b"%PDF-1.4\nbroken"


@pytest.fixture
def library(tmp_path):
    return Library.open(tmp_path / "library")


@pytest.fixture
def put(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def import_all(library: Library, *paths: Path, **choices: object) -> list[object]:
    return list(import_texts(find_texts(paths), library, **choices))


def import_one(library: Library, *paths: Path, **choices: object) -> tuple[CorpusImported, str]:
    *_, imported = import_all(library, *paths, **choices)
    assert isinstance(imported, CorpusImported)
    return imported, library.corpus(imported.corpus).text_path.read_bytes().decode()


def traces(library: Library) -> list[str]:
    return sorted(path.name for path in library.corpora_path.iterdir())


def test_a_plain_text_becomes_a_corpus_that_says_what_it_is(library, put):
    text = "Grüße an alle,\nalle Welt.\n" * 40
    imported, written = import_one(library, put("greeting.txt", text))
    assert written == text
    folder = library.corpus(imported.corpus)
    folder.check()
    corpus = read_corpus(folder)
    assert (corpus.title, corpus.cleaning, corpus.id) == ("greeting", CleaningConfig(), imported.corpus)
    info = folder.read_info()
    data = text.encode()
    digest = hashlib.sha256(data).hexdigest()
    assert info["files"] == {"text.utf8": {"bytes": len(data), "sha256": digest}}
    (source,) = info["sources"]
    assert (source["name"], source["bytes"], source["sha256"]) == ("greeting.txt", len(data), digest)
    assert source["decoding"]["how"] == "strict UTF-8"
    assert str(put("greeting.txt", text).parent) not in folder.info_path.read_text()
    assert sorted(path.name for path in folder.path.iterdir()) == [".lock", "corpus.json", "text.utf8"]


def test_the_report_counts_what_was_written(library, put):
    imported, written = import_one(library, put("a.txt", "one two\r\ntwo\x00\r\n" * 60))
    assert written == "one two\ntwo\n" * 60
    counts = imported.report["counts"]
    assert (counts["bytes"], counts["characters"], counts["words"], counts["lines"]) == (720, 720, 180, 120)
    assert (counts["word_kinds"], counts["has_more_word_kinds"], counts["character_kinds"]) == (2, False, 7)
    assert imported.report["characters"] == {
        "o": 180, "\n": 120, "t": 120, "w": 120, " ": 60, "e": 60, "n": 60,
    }  # fmt: skip
    changes = {change["kind"]: (change["count"], change["first"]) for change in imported.report["changes"]}
    assert changes == {
        "line ends unified": (120, {"source": "a.txt", "line": 1, "column": 8}),
        "NUL characters removed": (60, {"source": "a.txt", "line": 2, "column": 4}),
    }
    names = [value["name"] for value in imported.report["references"]["values"]]
    assert names == ["uniform", "frequency", "pair", "xz"]
    assert imported.report["leakage"]["share"] == 1.0
    assert json.loads(library.corpus(imported.corpus).info_path.read_text())["report"] == imported.report


def test_several_files_become_one_corpus_joined_by_blank_lines(library, put):
    ends = ["a", "b\n", "c\n\n", "d\n\n\n", "e"]
    for index, end in enumerate(ends):
        put(f"f/{index}.txt", end)
    imported, written = import_one(library, put("f/9.txt", "last").parent)
    assert written == "a\n\nb\n\nc\n\nd\n\n\ne\n\nlast"
    assert imported.title == "f"


def test_several_files_become_one_corpus_each_when_asked_and_bad_ones_are_left_out(library, put):
    put("f/one.txt", "first text")
    put("f/two.pdf", MINIMAL_PDF)
    events = import_all(library, put("f/three.txt", "third text").parent, one_each=True)
    assert [event.title for event in events if isinstance(event, CorpusImported)] == ["one", "three"]
    assert [event.problem.name for event in events if isinstance(event, ProblemFound)] == ["f/two.pdf"]


def test_a_text_too_short_among_one_corpus_each_is_told_once(library, put):
    put("f/one.txt", "first text")
    events = import_all(library, put("f/short.txt", "x").parent, one_each=True)
    (problem,) = [event.problem for event in events if isinstance(event, ProblemFound)]
    assert (problem.name, problem.is_refused) == ("f/short.txt", True)
    assert "at least 2" in problem.reason.text


def test_a_name_for_one_corpus_each_is_refused(library, put):
    with pytest.raises(BadInput, match="Leave it out"):
        import_all(library, put("a.txt", "first text"), one_each=True, name="All")
    assert traces(library) == []


def test_another_name_for_the_same_text_makes_another_corpus(library, put):
    path = put("a.txt", "some words")
    first, _ = import_one(library, path)
    named, _ = import_one(library, path, name="Named")
    again, _ = import_one(library, path, name="Named")
    assert (named.title, named.is_new, again.is_new) == ("Named", True, False)
    assert again.corpus == named.corpus != first.corpus


def test_files_of_their_own_for_validation_and_test_are_kept_apart(library, put):
    valid, test = find_texts([put("v.txt", "valid words")]), find_texts([put("t.txt", "test words\r\n")])
    imported, written = import_one(library, put("a.txt", "train words"), valid=valid, test=test)
    folder = library.corpus(imported.corpus)
    assert (written, folder.valid_path.read_text(), folder.test_path.read_text()) == (
        "train words", "valid words", "test words\n",
    )  # fmt: skip
    assert folder.read_info()["split"] == "files"
    assert imported.report["other_parts"]["test"]["characters"] == 11


def test_the_same_text_cleaned_in_the_same_way_is_the_corpus_that_is_there(library, put):
    first, _ = import_one(library, put("a.txt", "some words"))
    again, _ = import_one(library, put("other name.txt", "some words"))
    assert (again.corpus, again.is_new, first.is_new) == (first.corpus, False, True)
    assert again.report == first.report
    other, _ = import_one(library, put("a.txt", "some words"), cleaning=CleaningConfig(lower_case=True))
    assert other.corpus != first.corpus
    assert len(traces(library)) == 2


def test_a_corpus_whose_text_was_damaged_is_not_taken_for_the_same(library, put):
    first, _ = import_one(library, put("a.txt", "some words"))
    library.corpus(first.corpus).text_path.write_bytes(b"cut")
    again, written = import_one(library, put("a.txt", "some words"))
    assert again.is_new
    assert written == "some words"


def test_a_description_that_makes_no_sense_is_damaged(library, put):
    imported, _ = import_one(library, put("a.txt", "some words"))
    folder = library.corpus(imported.corpus)
    info = json.loads(folder.info_path.read_text())
    for change in ({"title": 1}, {"cleaning": {"unknown": 1}}, {"cleaning": {"newlines": "odd"}}, {"report": []}):
        folder.info_path.write_text(json.dumps({**info, **change}))
        with pytest.raises(DamagedFile):
            read_corpus(folder)
        assert find_corpus(library, info["source_fingerprint"]) is None


@pytest.mark.parametrize("text", ["x", "\ufeffa", "\ufeff\ufeffa", "é"])
def test_fewer_than_two_characters_are_refused_and_nothing_is_left(library, put, text):
    with pytest.raises(BadInput, match="at least 2"):
        import_one(library, put("a.txt", text))
    assert traces(library) == []


def test_a_text_of_one_kind_of_character_is_imported_with_a_warning(library, put):
    events = import_all(library, put("a.txt", "a" * 1000))
    warnings = [event.problem for event in events if isinstance(event, ProblemFound)]
    assert [warning.is_refused for warning in warnings] == [False]
    assert "only one kind of character" in warnings[0].reason.text


def test_a_broken_document_is_left_out_and_the_rest_is_imported(library, put):
    put("f/1.txt", "first")
    put("f/2.pdf", MINIMAL_PDF)
    put("f/3.txt", "third")
    imported, written = import_one(library, put("f/4.epub", b"PK\x03\x04").parent)
    assert written == "first\n\nthird"
    assert [problem["name"] for problem in imported.report["problems"]] == ["f/4.epub", "f/2.pdf"]
    names = [source["name"] for source in library.corpus(imported.corpus).read_info()["sources"]]
    assert names == ["f/1.txt", "f/3.txt"]


def test_when_nothing_is_left_there_is_one_sentence_and_no_trace(library, put):
    with pytest.raises(BadInput, match=r"2\.pdf is damaged"):
        import_one(library, put("f/2.pdf", MINIMAL_PDF))
    assert traces(library) == []


def test_when_all_of_validation_is_unreadable_its_reason_is_told(library, put):
    put("f/empty.txt", "")
    texts = put("f/a.txt", "some words").parent
    with pytest.raises(BadInput, match=r"v\.pdf is damaged"):
        import_one(library, texts, valid=find_texts([put("v.pdf", MINIMAL_PDF)]))
    assert traces(library) == []


def test_a_chosen_encoding_that_does_not_fit_names_the_byte(library, put):
    with pytest.raises(BadInput, match="byte 3 "):
        import_one(library, put("a.txt", b"abc\xff"), encoding="utf-8")


def test_a_guessed_encoding_stands_in_the_corpus_with_its_rivals(library, put):
    imported, written = import_one(library, put("a.txt", ("Grüße und schöne Äpfel\n" * 30).encode("cp1252")))
    assert written == "Grüße und schöne Äpfel\n" * 30
    decoded = library.corpus(imported.corpus).read_info()["sources"][0]["decoding"]
    assert decoded["how"] == "guess"
    assert len(decoded["candidates"]) > 1


class Meddling:
    """Does something to a file when the import first reports that it is cleaning."""

    def __init__(self, monkeypatch, action):
        original = importing.cleaned_pieces
        self.done = False

        def pieces(known, *arguments):
            iterator = original(known, *arguments)
            if not self.done:
                self.done = True
                yield next(iterator)
                action(known.source.path)
            yield from iterator

        monkeypatch.setattr(importing, "cleaned_pieces", pieces)
        monkeypatch.setattr(decoding, "CHUNK_BYTES", 4)


def test_a_file_that_grows_is_read_to_its_size_at_first_and_it_is_said(library, put, monkeypatch):
    path = put("a.txt", "first words")

    def grow(path):
        with path.open("a") as file:
            file.write(" and more")

    Meddling(monkeypatch, grow)
    imported, written = import_one(library, path)
    assert written == "first words"
    assert "grew while it was being read: its first 11 bytes" in imported.report["problems"][0]["reason"]


@pytest.mark.parametrize("content", ["sh", "other words"])
def test_a_file_that_shrinks_or_changes_is_left_out_and_all_else_is_imported(library, put, monkeypatch, content):
    path = put("f/a.txt", "first words")
    put("f/b.txt", "second words")

    def change(path):
        path.write_text(content)
        os.utime(path, ns=(1, 1))

    Meddling(monkeypatch, change)
    imported, written = import_one(library, path.parent)
    assert written == "second words"
    (problem,) = imported.report["problems"]
    assert problem["name"] == "f/a.txt"
    assert "while it was being read" in problem["reason"]


def test_a_file_that_disappears_between_the_two_looks_is_left_out(library, put):
    first, second = put("f/a.txt", "first words"), put("f/b.txt", "second words")
    found = find_texts([first.parent])
    second.unlink()
    *_, imported = import_texts(found, library)
    assert library.corpus(imported.corpus).text_path.read_text() == "first words"
    assert "does not exist" in imported.report["problems"][0]["reason"]


def test_a_long_text_on_one_line_needs_little_memory(library, put):
    path = put("a.txt", b"long words on one line " * 2_000_000)
    tracemalloc.start()
    try:
        imported, _ = import_one(library, path, cleaning=CleaningConfig(blank_lines=2, gutenberg=True))
        assert imported.report["counts"]["lines"] == 1
        assert tracemalloc.get_traced_memory()[1] < 120 * 2**20  # three quarters of it for the reference values
    finally:
        tracemalloc.stop()


def test_progress_counts_both_looks_at_every_byte(library, put, monkeypatch):
    monkeypatch.setattr(importing, "_EVENT_SECONDS", 0.0)
    monkeypatch.setattr(decoding, "CHUNK_BYTES", 1000)
    events = import_all(library, put("a.txt", "words of a text\n" * 1000))
    progress = [event for event in events if isinstance(event, ImportProgressed)]
    done = [event.done_bytes for event in progress]
    assert done == sorted(done)
    assert (done[-1], progress[-1].total_bytes) == (32_000, 32_000)
    assert list(dict.fromkeys(event.stage for event in progress)) == ["reading", "cleaning", "measuring"]
    assert all(event.remaining_seconds is None or event.remaining_seconds >= 0 for event in progress)


def test_cancelling_at_any_moment_leaves_no_trace(library, put, monkeypatch):
    monkeypatch.setattr(decoding, "CHUNK_BYTES", 100)
    path = put("a.txt", "words of a text\n" * 50)
    cleaning = CleaningConfig(rare_characters="fold")
    calls = 0

    def count() -> bool:
        nonlocal calls
        calls += 1
        return False

    import_one(library, path, is_cancelled=count, cleaning=cleaning)
    existing = traces(library)
    for moment in range(calls):
        left = moment
        path.write_text("words of a text\n" * 50 + str(moment))

        def cancel() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        with pytest.raises(Cancelled):
            import_all(library, path, is_cancelled=cancel, cleaning=cleaning)
        assert traces(library) == existing


def test_closing_the_generator_leaves_no_trace(library, put, monkeypatch):
    monkeypatch.setattr(importing, "_EVENT_SECONDS", 0.0)
    events = import_texts(find_texts([put("a.txt", "words " * 100)]), library)
    for event in events:
        if isinstance(event, ImportProgressed) and event.stage == "cleaning":
            break
    assert len(traces(library)) == 1
    events.close()
    assert traces(library) == []


def test_a_full_disk_is_one_sentence_and_leaves_no_trace(library, put, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = put("a.txt", "words " * 100)
    monkeypatch.setattr("engine.library.files.os.fsync", full)
    with pytest.raises(StorageFailed, match="disk is full"):
        import_all(library, path)
    assert traces(library) == []


def test_a_killed_import_leaves_nothing_that_the_next_one_does_not_sweep(library, put):
    path = put("a.txt", "words " * 1000)
    program = f"""
import os
from pathlib import Path
from engine.library.library import Library
from engine.text import importing
from engine.text.sources import find_texts
importing._EVENT_SECONDS = 0.0
for event in importing.import_texts(find_texts([{str(path)!r}]), Library.open(Path({str(library.path)!r}))):
    if getattr(event, "stage", "") == "measuring":
        os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    assert library.list_corpora() == []
    assert len(traces(library)) == 1
    imported, _ = import_one(library, path)
    assert traces(library) == [imported.corpus]


def test_what_a_living_import_builds_is_not_swept(library, put):
    building = library.corpora_path / ".import-alive"
    building.mkdir()
    with folder_lock(building):
        imported, _ = import_one(library, put("a.txt", "some words"))
        assert traces(library) == [".import-alive", imported.corpus]


def test_rare_characters_are_folded_in_all_parts_by_the_counts_of_the_text(library, put):
    valid = find_texts([put("v.txt", "é Ж e\n")])
    imported, written = import_one(
        library,
        put("a.txt", "e" * 20 + "é" * 3 + " \n" * 20),
        valid=valid,
        cleaning=CleaningConfig(rare_characters="fold", rare_below=5),
    )
    assert written == "e" * 23 + " \n" * 20
    assert library.corpus(imported.corpus).valid_path.read_text() == "e ? e\n"
    changes = {change["kind"]: change["count"] for change in imported.report["changes"]}
    assert changes == {"rare characters replaced": 5}
    assert imported.report["characters"] == {"e": 23, "\n": 20, " ": 20}
    CorpusFolder(library.corpus(imported.corpus).path).check()


def test_the_library_of_a_newer_version_is_not_written_to(library, put):
    newer = Library(library.path, is_read_only=True)
    with pytest.raises(BadInput, match="newer version"):
        import_all(newer, put("a.txt", "some words"))


def test_the_python_manual_is_there_without_any_file(library):
    text = sample_text("Python manual")
    assert text == sample_text("python MANUAL")
    assert len(text) > 300_000
    *_, imported = import_sample("Python manual", library)
    assert imported.title == "Python manual"
    assert library.corpus(imported.corpus).text_path.read_bytes() == text.encode()


@pytest.mark.parametrize(("title", "least"), [("Tales of Sallowmouth", 100_000), ("The Ferry on Dry Land", 60_000)])
def test_the_samples_written_for_textloom_are_imported_as_they_are(library, title, least):
    assert sample_titles() == ["Tales of Sallowmouth", "The Ferry on Dry Land", "Python manual"]
    assert is_sample(title.upper())
    text = sample_text(title)
    assert len(text) >= least
    *_, imported = import_sample(title.lower(), library)
    assert (imported.title, imported.report["changes"], imported.report["problems"]) == (title, [], [])
    assert library.corpus(imported.corpus).text_path.read_bytes() == text.encode()


def test_a_sample_that_finds_no_room_for_its_file_is_one_sentence(library, monkeypatch):
    def full(*_arguments, **_settings):
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("Path.write_text", "tempfile.mkdtemp"):
        with monkeypatch.context() as patch:
            patch.setattr(f"{'pathlib.' if name.startswith('Path') else ''}{name}", full)
            with pytest.raises(StorageFailed, match="temporary files: No space left on device"):
                list(import_sample("Python manual", library))
    assert traces(library) == []


def test_an_unknown_sample_is_refused_with_those_there_are(library):
    with pytest.raises(BadInput, match=r"There are: .*Python manual"):
        next(import_sample("Moby Dick", library))


def test_importing_loads_no_torch(put, library):
    program = f"""
import sys
from pathlib import Path
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sources import find_texts
list(import_texts(find_texts([{str(put("a.txt", "words " * 50))!r}]), Library.open(Path({str(library.path)!r}))))
assert not {{"torch", "pypdf", "bs4", "charset_normalizer", "striprtf"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_events_are_frozen(library, put):
    imported, _ = import_one(library, put("a.txt", "some words"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        imported.corpus = "other"
