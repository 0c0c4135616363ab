"""What lies in the trash of a library, and how it is deleted."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.config.recipes import preset
from engine.errors import NewerFormat, StorageFailed
from engine.library.library import Library
from engine.library.recipes import save_recipe
from engine.library.trash import delete_trashed, list_trashed


@pytest.fixture
def trashed(library: Library, imported: Callable[[str], str]) -> Library:
    """A text, a piece of writing and a recipe that were thrown away, in this order."""
    library.trash(library.corpus(imported("The ferry goes over at noon. " * 50)).path)
    library.trash(library.new_writing("The ferryman").path)
    library.trash(save_recipe(library, replace(preset("quick"), title="My quick one")))
    return library


def test_the_trash_tells_kind_title_and_time_of_what_is_in_it_newest_first(trashed: Library) -> None:
    entries = list_trashed(trashed)
    assert [(entry.kind, entry.title) for entry in entries] == [
        ("recipes", "My quick one"), ("writings", "The ferryman"), ("corpora", "bottles"),
    ]  # fmt: skip
    times = [entry.trashed for entry in entries]
    assert times == sorted(times, reverse=True)
    assert all(time.startswith("20") and time.endswith("Z") for time in times)


def test_something_damaged_is_called_by_its_id(library: Library) -> None:
    place = library.new_writing("The ferryman")
    place.document_path.write_text("{not json")
    library.trash(place.path)
    assert [entry.title for entry in list_trashed(library)] == [place.id]


def test_what_is_no_thing_of_the_library_is_not_listed(library: Library) -> None:
    (library.trash_path / "quarantine-20261120T101500123Z").mkdir()
    (library.trash_path / "notes.txt").write_text("mine")
    assert list_trashed(library) == []


def test_deleting_tells_how_many_are_gone_and_leaves_the_others(trashed: Library) -> None:
    entries = list_trashed(trashed)
    assert list(delete_trashed(trashed, entries[:2])) == [1, 2]
    assert list_trashed(trashed) == entries[2:]
    assert [path.name for path in trashed.trash_path.iterdir()] == [entries[2].path.name]


def test_a_deletion_that_was_cut_short_is_finished_by_the_next(trashed: Library) -> None:
    entry = list_trashed(trashed)[0]
    left = trashed.trash_path / ".deleted-20261120T101500123Z--runs--old"
    left.mkdir()
    (left / "run.json").write_text("{}")
    assert entry in list_trashed(trashed)
    assert list(delete_trashed(trashed, [])) == []
    assert not left.exists()


def test_what_was_brought_back_meanwhile_is_not_deleted(trashed: Library) -> None:
    entries = list_trashed(trashed)
    back = trashed.restore(entries[0].path)
    list(delete_trashed(trashed, entries))
    assert back.exists()


def test_nothing_outside_the_trash_is_deleted(trashed: Library) -> None:
    entry = list_trashed(trashed)[0]
    inside = trashed.new_writing("Mine")
    with pytest.raises(ValueError, match="nothing that lies in the trash"):
        list(delete_trashed(trashed, [replace(entry, path=inside.path)]))
    assert inside.path.exists()


def test_a_library_that_can_only_be_read_keeps_its_trash(trashed: Library) -> None:
    entries = list_trashed(trashed)
    with pytest.raises(NewerFormat):
        list(delete_trashed(Library(trashed.path, is_read_only=True), entries))
    assert list_trashed(trashed) == entries


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs permissions")
def test_a_disk_that_refuses_is_told(trashed: Library) -> None:
    entries = list_trashed(trashed)
    trashed.trash_path.chmod(0o500)
    try:
        with pytest.raises(StorageFailed):
            list(delete_trashed(trashed, entries))
    finally:
        trashed.trash_path.chmod(0o700)


def test_a_link_in_the_trash_is_deleted_and_not_what_it_leads_to(library: Library, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter.txt").write_text("Dear friend")
    (library.trash_path / "20261120T101500123Z--runs--link-abcd").symlink_to(precious)
    list(delete_trashed(library, list_trashed(library)))
    assert (precious / "letter.txt").read_text() == "Dear friend"
