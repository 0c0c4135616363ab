"""Verifying a library: what is damaged is found, put right or set aside, and never deleted."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from engine.errors import DamagedFile
from engine.library import verify as verifying
from engine.library.corpora import CorpusFolder
from engine.library.files import write_json
from engine.library.ids import new_id
from engine.library.json_lines import LineWriter, read_lines
from engine.library.library import Library
from engine.library.runs import RunFolder
from engine.library.tensors import RawTensor
from engine.library.verify import Finding, verify


def new_corpus(library: Library, title: str) -> CorpusFolder:
    return CorpusFolder(library.corpora_path / new_id(library.corpora_path, title))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


@pytest.fixture
def run(library: Library) -> RunFolder:
    run = library.new_run("A run")
    run.write_info({"title": "A run"})
    for step in (1, 2, 3):
        tensors = {"w": RawTensor("I64", (1,), step.to_bytes(8, "little"))}
        run.write_checkpoint(step, tensors, {"step": step}, is_best=step == 2)
        run.write_milestone(step, tensors, {})
    with LineWriter(run.metrics_path) as lines:
        for step in (1, 2, 3):
            lines.append({"step": step})
    return run


@pytest.fixture
def corpus(library: Library) -> CorpusFolder:
    corpus = new_corpus(library, "A text")
    corpus.text_path.write_text("To be, or not to be")
    corpus.write_info({"title": "A text"})
    ids = b"\1\2\3\4"
    (corpus.path / "ids-0123abcd.bin").write_bytes(ids)
    write_json(corpus.path / "ids-0123abcd.json", {"dtype": "uint8", "sha256": hashlib.sha256(ids).hexdigest()})
    return corpus


def kinds(findings: list[Finding]) -> list[str]:
    return [finding.kind for finding in findings]


def change_last_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_a_whole_library_has_no_findings_and_stays_as_it_is(library: Library, run: RunFolder, corpus: CorpusFolder):
    (library.recipes_path / "mine.toml").write_text("[training]\nsteps = 5\n")
    library.new_writing("Poem")
    library.write_machine({"speed": 1})
    before = content(library.path)
    findings = list(verify(library))
    assert kinds(findings) == ["checked"]
    assert findings[0].message.text == ("Checked 1 corpora and 1 runs; 0 things are damaged and could not be repaired.")
    assert content(library.path) == before
    assert run.checkpoint_steps() == [1, 2, 3]
    assert corpus.info_path.exists()


def test_a_damaged_checkpoint_is_set_aside_and_the_pointer_names_the_one_before(library: Library, run: RunFolder):
    change_last_byte(run.checkpoint_path(3))
    bad = run.checkpoint_path(3).read_bytes()
    findings = list(verify(library))
    assert kinds(findings) == ["quarantined", "repaired", "checked"]
    assert run.pointed_step("latest") == 2
    kept = list(library.trash_path.glob(f"quarantine-*/runs/{run.id}/checkpoints/3.safetensors"))
    assert [path.read_bytes() for path in kept] == [bad]
    assert "It was moved to" in findings[0].message.text
    assert kinds(list(verify(library))) == ["checked"]


def test_a_damaged_milestone_is_set_aside(library: Library, run: RunFolder):
    change_last_byte(run.milestones_path / "1.safetensors")
    assert kinds(list(verify(library))) == ["quarantined", "checked"]
    assert run.milestone_steps() == [2, 3]


def test_pointers_that_name_nothing_are_set_again(library: Library, run: RunFolder):
    (run.path / "latest").unlink()
    (run.path / "best").write_text("../x")
    assert kinds(list(verify(library))) == ["repaired", "repaired", "checked"]
    assert (run.pointed_step("latest"), run.pointed_step("best")) == (3, 3)


def test_pointers_of_a_run_without_checkpoints_are_set_aside(library: Library):
    run = library.new_run("x")
    run.write_info({"title": "x"})
    run.point("latest", 5)
    assert kinds(list(verify(library))) == ["quarantined", "checked"]
    assert not (run.path / "latest").exists()


def test_a_torn_last_line_is_cut_and_a_changed_line_is_reported(library: Library, run: RunFolder):
    data = run.metrics_path.read_bytes()
    run.metrics_path.write_bytes(data.replace(b'"step": 1', b'"step": 7') + b'{"st')
    findings = list(verify(library))
    assert sorted(kinds(findings)) == ["checked", "damaged", "repaired"]
    lines = read_lines(run.metrics_path)
    assert [value["step"] for value in lines.values] == [2, 3]
    assert (lines.num_torn, lines.num_damaged) == (0, 1)


def test_what_a_dead_writer_left_is_swept(library: Library, run: RunFolder, corpus: CorpusFolder):
    folders = (library.path, run.path, run.checkpoints_path, corpus.path, library.recipes_path)
    for folder in folders:
        (folder / ".textloom-000000000000.tmp").write_bytes(b"half")
    assert kinds(list(verify(library))) == ["repaired"] * 5 + ["checked"]
    assert not list(library.path.rglob("*.tmp"))


def test_ids_that_do_not_match_their_checksum_or_lack_their_description_are_set_aside(
    library: Library, corpus: CorpusFolder
):
    change_last_byte(corpus.path / "ids-0123abcd.bin")
    (corpus.path / "ids-99.bin").write_bytes(b"x")
    write_json(corpus.path / "ids-98.json", {})
    findings = list(verify(library))
    assert kinds(findings) == ["quarantined"] * 4 + ["checked"]
    assert not list(corpus.path.glob("ids-*"))
    assert len(list(library.trash_path.rglob("ids-*"))) == 4
    assert corpus.text_path.exists()


def test_a_changed_text_is_reported_and_left_alone(library: Library, corpus: CorpusFolder):
    change_last_byte(corpus.text_path)
    with pytest.raises(DamagedFile, match="Import the text again"):
        corpus.check()
    findings = list(verify(library))
    assert kinds(findings) == ["damaged", "checked"]
    assert "text.utf8 is damaged" in findings[0].message.text
    assert "1 things are damaged" in findings[1].message.text
    assert corpus.text_path.exists()


def test_descriptions_that_a_person_s_work_depends_on_are_reported_and_left_alone(
    library: Library, run: RunFolder, corpus: CorpusFolder
):
    (library.writings_path / "poem").mkdir()
    broken = [
        run.info_path,
        run.tokenizer_path,
        corpus.info_path,
        library.recipes_path / "mine.toml",
        library.writings_path / "poem" / "document.json",
        library.queue_path,
    ]
    for path in broken:
        path.write_text("{ broken")
    findings = list(verify(library))
    assert kinds(findings) == ["damaged"] * len(broken) + ["checked"]
    assert all(path.read_text() == "{ broken" for path in broken)


def test_measurements_that_are_damaged_are_set_aside(library: Library):
    library.machine_path.write_text("{")
    assert kinds(list(verify(library))) == ["quarantined", "checked"]
    assert not library.machine_path.exists()


def test_an_import_that_was_never_finished_is_set_aside_and_a_new_folder_is_left(library: Library):
    unfinished, fresh, old = (new_corpus(library, title) for title in ("unfinished", "fresh", "old"))
    unfinished.text_path.write_text("To be")
    os.utime(old.path, (0, 0))
    assert kinds(list(verify(library))) == ["quarantined", "quarantined", "checked"]
    assert [entry.id for entry in library.list_corpora()] == [fresh.id]
    kept = library.trash_path.glob(f"quarantine-*/corpora/{unfinished.id}/text.utf8")
    assert [path.read_text() for path in kept] == ["To be"]


def test_a_hidden_folder_that_no_living_program_builds_in_is_set_aside(library: Library):
    for name in (".building-dead", ".building-living"):
        folder = CorpusFolder(library.corpora_path / name)
        folder.path.mkdir()
        folder.text_path.write_text("To be")
        folder.write_info({"title": name})
    with folder.lock():
        assert kinds(list(verify(library))) == ["quarantined", "skipped", "checked"]
    assert [path.name for path in library.corpora_path.iterdir()] == [".building-living"]
    assert library.list_corpora() == []


def test_a_run_that_lost_its_description_but_has_texts_or_milestones_is_left_in_place(library: Library):
    weights, texts = library.new_run("weights"), library.new_run("texts")
    weights.write_milestone(1, {"w": RawTensor("I64", (1,), bytes(8))}, {})
    with LineWriter(texts.samples_path) as lines:
        lines.append({"step": 1})
    findings = list(verify(library))
    assert kinds(findings) == ["damaged", "damaged", "checked"]
    assert weights.milestone_steps() == [1]
    assert texts.samples_path.exists()


def test_folders_that_vanish_during_the_check_are_passed_over(library: Library, monkeypatch: pytest.MonkeyPatch):
    for title in ("finished", "empty"):
        folder = new_corpus(library, title)
        if title == "finished":
            folder.text_path.write_text("To be")
            folder.write_info({"title": title})
    is_unfinished = verifying._is_unfinished

    def look_and_remove(path: Path) -> bool:
        found = is_unfinished(path)
        shutil.rmtree(path)
        return found

    monkeypatch.setattr(verifying, "_is_unfinished", look_and_remove)
    assert kinds(list(verify(library))) == ["checked"]


def test_what_is_in_use_is_skipped(library: Library, run: RunFolder):
    importing = new_corpus(library, "importing")
    importing.text_path.write_text("To be")
    change_last_byte(run.checkpoint_path(3))
    with run.lock(), importing.lock():
        findings = list(verify(library))
    assert kinds(findings) == ["skipped", "skipped", "checked"]
    assert run.checkpoint_steps() == [1, 2, 3]
    assert importing.text_path.exists()


def test_a_newer_library_is_checked_and_not_changed(library: Library, run: RunFolder, corpus: CorpusFolder):
    change_last_byte(run.checkpoint_path(3))
    change_last_byte(corpus.path / "ids-0123abcd.bin")
    (run.path / "latest").unlink()
    (library.path / ".textloom-000000000000.tmp").write_bytes(b"half")
    before = content(library.path)
    newer = Library(library.path, is_read_only=True)
    assert "damaged" in kinds(list(verify(newer)))
    assert content(library.path) == before
