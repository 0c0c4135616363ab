"""Opening a library, and finding what stands in it."""

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput, DamagedFile, NewerFormat, StorageFailed
from engine.library.files import read_json_object
from engine.library.ids import new_id, slug, utc_now
from engine.library.library import Library, default_path
from engine.library.runs import RunFolder


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


def add_run(library: Library, title: str, **info: object) -> RunFolder:
    run = library.new_run(title)
    run.write_info({"title": title, **info})
    return run


def test_a_new_library_has_its_folders_and_its_version(library: Library):
    names = {path.name for path in library.path.iterdir()}
    assert names == {"library.json", "corpora", "recipes", "runs", "writings", "trash", "logs"}
    assert json.loads((library.path / "library.json").read_text()) == {"format_version": 1, "min_reader": 1}
    assert not library.is_read_only


def test_opening_again_changes_nothing(library: Library):
    before = (library.path / "library.json").stat().st_mtime_ns
    add_run(library, "A run")
    again = Library.open(library.path, create=False)
    assert [entry.title for entry in again.list_runs()] == ["A run"]
    assert (library.path / "library.json").stat().st_mtime_ns == before


def test_a_library_whose_making_was_interrupted_is_finished(tmp_path: Path):
    (tmp_path / "corpora").mkdir()
    (tmp_path / ".textloom-0123456789ab.tmp").write_bytes(b"{")
    library = Library.open(tmp_path)
    assert library.trash_path.is_dir()


def test_a_folder_with_other_things_does_not_become_a_library(tmp_path: Path):
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(BadInput, match=r"holds other things \(letter\.txt\)"):
        Library.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_library_that_is_not_there_is_not_made_unless_asked(tmp_path: Path):
    with pytest.raises(BadInput, match="There is no Textloom library"):
        Library.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_a_newer_library_opens_read_only_or_is_refused(library: Library):
    description = library.path / "library.json"
    description.write_text('{"format_version": 5, "min_reader": 1}')
    newer = Library.open(library.path)
    assert newer.is_read_only
    for write in (
        lambda: newer.new_run("x"),
        lambda: newer.write_machine({}),
        lambda: newer.trash(newer.runs_path / "x"),
    ):
        with pytest.raises(NewerFormat, match="can only be read"):
            write()
    description.write_text('{"format_version": 5, "min_reader": 2}')
    with pytest.raises(NewerFormat, match="Install the newest version"):
        Library.open(library.path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format_version": true, "min_reader": 1}', '{"min_reader": 1}'])
def test_a_damaged_description_of_the_library_is_told_and_can_be_repaired(library: Library, content: str):
    add_run(library, "A run")
    (library.path / "library.json").write_text(content)
    with pytest.raises(DamagedFile, match=r"library\.json"):
        Library.open(library.path)
    repaired = Library.open(library.path, repair=True)
    assert [entry.title for entry in repaired.list_runs()] == ["A run"]
    kept = list(repaired.trash_path.glob("quarantine-*/library.json"))
    assert [path.read_text() for path in kept] == [content]
    assert not Library.open(library.path).is_read_only


@pytest.mark.skipif(sys.platform == "win32", reason="links and names of users")
@pytest.mark.parametrize("name", ["a" * 300, "~nobody-of-this-name", "loop", "loop/library"])
def test_a_path_at_which_nothing_can_be_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    with pytest.raises(BadInput, match="cannot be the folder of a library"):
        Library.open(Path(name))


def test_a_path_that_may_not_be_looked_at_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(_path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "stat", refused)
    with pytest.raises(BadInput, match="Permission denied"):
        Library.open(tmp_path / "library")


def test_without_a_path_the_platform_s_folder_is_used():
    assert default_path().name == "textloom"
    assert default_path().is_absolute()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_title_gives_a_short_plain_slug(title: str):
    found = slug(title)
    assert 1 <= len(found) <= 32
    assert found.strip("abcdefghijklmnopqrstuvwxyz0123456789-") == ""
    assert not found.startswith("-")
    assert not found.endswith("-")


def test_titles_are_recognisable_in_their_ids(tmp_path: Path):
    assert slug("Hamlet, by W. Shakespeare") == "hamlet-by-w-shakespeare"
    assert slug("Grüße aus Köln") == "grusse-aus-koln"
    assert slug("../../etc/passwd") == "etc-passwd"
    assert slug("俳句") == "untitled"
    assert new_id(tmp_path, "CON").startswith("con-")


def test_many_threads_never_get_the_same_id(tmp_path: Path):
    found: list[str] = []

    def work() -> None:
        found.extend(new_id(tmp_path, "Hamlet") for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 200
    assert {path.name for path in tmp_path.iterdir()} == set(found)


def test_an_id_that_is_taken_is_not_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    letters = iter("aaaaaaaabbbb")
    monkeypatch.setattr("engine.library.ids.secrets.choice", lambda _letters: next(letters))
    assert [new_id(tmp_path, "x"), new_id(tmp_path, "x")] == ["x-aaaa", "x-bbbb"]


def test_lists_are_newest_first_and_name_what_is_damaged(library: Library):
    add_run(library, "Old", created="2025-01-01T00:00:00Z")
    add_run(library, "New", created="2026-01-01T00:00:00Z")
    damaged, unfinished, newer = (library.new_run(title) for title in ("Damaged", "Unfinished", "Newer"))
    damaged.info_path.write_text('{"title": ')
    newer.info_path.write_text('{"format_version": 9, "min_reader": 9}')
    (library.runs_path / "stray file").write_text("x")
    entries = {entry.id.rpartition("-")[0]: entry for entry in library.list_runs()}
    assert list(entries)[:2] == ["new", "old"]
    assert len(entries) == 5
    assert entries["new"].problem is None
    for name in ("damaged", "newer"):
        assert entries[name].problem is not None
        assert not entries[name].is_unfinished
        assert entries[name].title == entries[name].id
    assert entries["unfinished"].is_unfinished
    assert "newer version" in str(entries["newer"].problem)
    assert unfinished.id in str(entries["unfinished"].problem)


@pytest.mark.skipif(sys.platform == "win32", reason="FIFO")
def test_a_hostile_description_is_listed_as_damaged(library: Library):
    fifo, large, link = (library.new_run(title) for title in ("fifo", "large", "link"))
    os.mkfifo(fifo.info_path)
    with large.info_path.open("wb") as file:
        file.truncate(2**40)
    link.info_path.symlink_to(link.info_path)
    entries = library.list_runs()
    assert len(entries) == 3
    assert all(entry.problem is not None for entry in entries)


def test_a_list_reads_each_of_a_thousand_descriptions_once(library: Library, monkeypatch: pytest.MonkeyPatch):
    info = {"title": "A run", "configuration": {f"setting{number}": number / 7 for number in range(60)}}
    for number in range(1000):
        folder = library.runs_path / f"run-{number:04}"
        folder.mkdir()
        RunFolder(folder).info_path.write_text(
            json.dumps({**info, "format_version": 1, "min_reader": 1, "created": utc_now()})
        )
    num_read = 0

    def count(path: Path, **limits: int) -> dict[str, object]:
        nonlocal num_read
        num_read += 1
        return read_json_object(path, **limits)

    monkeypatch.setattr("engine.library.entries.read_json_object", count)
    entries = library.list_runs()
    assert num_read == 1000
    assert len(entries) == 1000
    assert all(entry.problem is None for entry in entries)


def test_a_run_is_found_by_id_title_and_beginning(library: Library):
    hamlet = add_run(library, "Hamlet the First")
    add_run(library, "Macbeth")
    for name in (hamlet.id, "Hamlet the First", "hamlet THE first", hamlet.id[:5], hamlet.id[:-1]):
        assert library.find("runs", name).id == hamlet.id
    with pytest.raises(BadInput, match=r"^There is no corpus called Macbeth\.$"):
        library.find("corpora", "Macbeth")


def test_an_unknown_name_names_the_nearest(library: Library):
    add_run(library, "Macbeth")
    with pytest.raises(BadInput, match=r"no run called Macbet\b.*The nearest name is Macbeth\."):
        library.find("runs", "Macbet?")
    for name in ("", "..", "../runs", "/", "zzzzzz"):
        with pytest.raises(BadInput, match="There is no run called"):
            library.find("runs", name)


def test_a_title_that_two_runs_have_is_refused_naming_both(library: Library):
    runs = [add_run(library, "Hamlet") for _ in range(2)]
    with pytest.raises(BadInput, match="More than one run is called Hamlet") as caught:
        library.find("runs", "Hamlet")
    assert all(run.id in str(caught.value) for run in runs)
    assert library.find("runs", runs[0].id).path == runs[0].path


@pytest.mark.parametrize("name", ["..", "a/b", "", ".lock", "a\0b", "A", "/etc"])
def test_an_id_never_leads_out_of_the_library(library: Library, name: str):
    with pytest.raises(BadInput, match="is no id"):
        library.run(name)


def test_what_was_measured_on_the_machine_is_remembered_and_forgotten_when_damaged(library: Library):
    assert library.read_machine() == {}
    library.write_machine({"bf16_gains": True, "speed": 1.5})
    assert library.read_machine() == {"bf16_gains": True, "speed": 1.5}
    library.machine_path.write_text("{")
    assert library.read_machine() == {}


def test_what_is_put_into_the_trash_can_be_restored(library: Library):
    run = add_run(library, "Hamlet")
    place = library.trash(run.path)
    assert library.list_runs() == []
    assert library.list_trash() == [place]
    assert (place / "run.json").exists()
    assert library.restore(place) == run.path
    assert [entry.id for entry in library.list_runs()] == [run.id]
    assert library.list_trash() == []


def test_nothing_is_restored_over_another_thing(library: Library):
    run = add_run(library, "Hamlet")
    place = library.trash(run.path)
    run.path.mkdir()
    with pytest.raises(BadInput, match="there is another one"):
        library.restore(place)
    assert place.is_dir()


def test_a_run_in_use_is_not_moved(library: Library):
    run = add_run(library, "Hamlet")
    with run.lock(), pytest.raises(StorageFailed, match="in use"):
        library.trash(run.path)
    assert run.info_path.exists()


def test_only_things_of_the_library_go_into_the_trash(library: Library, tmp_path: Path):
    (tmp_path / "letter.txt").write_text("Dear")
    for path in (tmp_path / "letter.txt", library.runs_path, library.path):
        with pytest.raises(ValueError, match="nothing that can be put"):
            library.trash(path)


def test_two_programs_that_open_a_new_library_at_once_both_succeed(tmp_path: Path):
    script = "import sys\nfrom pathlib import Path\nfrom engine.library.library import Library\n"
    script += "Library.open(Path(sys.argv[1])).new_run('x')"
    command = [sys.executable, "-c", script, str(tmp_path / "library")]
    children = [subprocess.Popen(command) for _ in range(4)]
    assert [child.wait(timeout=60) for child in children] == [0, 0, 0, 0]
    assert len(list((tmp_path / "library" / "runs").iterdir())) == 4
