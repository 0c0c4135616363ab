"""Which files are taken, in which order, and what is said of the others."""

import os
from pathlib import Path

import pytest

from engine.errors import BadInput
from engine.text.sources import find_texts, natural_key

needs_links = pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="needs symbolic links")


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"words of {name}\n")


def refusals(paths: list[Path]) -> dict[str, str]:
    return {problem.name: problem.reason.text for problem in find_texts(paths).problems if problem.is_refused}


def test_folders_are_walked_in_natural_order(tmp_path):
    put(tmp_path, "f/part 10.txt", "f/part 2.txt", "f/Part 1.md", "f/a/z.txt", "f/b.py")
    names = [source.name for source in find_texts([tmp_path / "f"]).sources]
    assert names == ["f/a/z.txt", "f/b.py", "f/Part 1.md", "f/part 2.txt", "f/part 10.txt"]


def test_natural_order_compares_numbers_as_numbers_and_is_total():
    names = ["a1b10", "a1b9", "A1b9", "a01b9", "a", "", "10", "9", "٣", "x²"]
    ordered = sorted(names, key=natural_key)
    assert ordered.index("a1b9") < ordered.index("a1b10")
    assert ordered.index("9") < ordered.index("10")
    assert len({natural_key(name) for name in names}) == len(names)


def test_what_cannot_be_read_is_listed_and_the_rest_goes_on(tmp_path):
    put(tmp_path, "f/good.txt")
    (tmp_path / "f/empty.txt").touch()
    (tmp_path / "f/picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = find_texts([tmp_path / "f", tmp_path / "missing.txt"])
    assert [source.name for source in found.sources] == ["f/good.txt"]
    assert [(problem.name, problem.is_refused) for problem in found.problems] == [
        ("f/empty.txt", True),
        ("f/picture.png", True),
        (str(tmp_path / "missing.txt"), True),
    ]


def test_hidden_files_and_folders_are_passed_over_unless_named(tmp_path):
    put(tmp_path, ".git/config.txt", ".hidden.txt", "seen.txt")
    assert [source.name for source in find_texts([tmp_path]).sources] == [f"{tmp_path.name}/seen.txt"]
    assert [source.name for source in find_texts([tmp_path / ".hidden.txt"]).sources] == [".hidden.txt"]


def test_a_file_named_twice_is_taken_once(tmp_path):
    put(tmp_path, "a.txt")
    assert len(find_texts([tmp_path / "a.txt", tmp_path, tmp_path / "a.txt"]).sources) == 1


@needs_links
def test_links_in_folders_are_not_followed_and_are_listed(tmp_path):
    put(tmp_path, "f/a.txt", "elsewhere/b.txt")
    (tmp_path / "f/loop").symlink_to(tmp_path / "f")
    (tmp_path / "f/link.txt").symlink_to(tmp_path / "elsewhere/b.txt")
    (tmp_path / "f/broken").symlink_to(tmp_path / "nowhere")
    assert [source.name for source in find_texts([tmp_path / "f"]).sources] == ["f/a.txt"]
    assert list(refusals([tmp_path / "f"])) == ["f/broken", "f/link.txt", "f/loop"]


@needs_links
def test_a_link_that_is_named_itself_is_followed(tmp_path):
    put(tmp_path, "f/a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "f/a.txt")
    assert [source.name for source in find_texts([tmp_path / "link"]).sources] == ["link"]


@needs_links
def test_links_that_lead_to_themselves_are_refused(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(BadInput):
        find_texts([tmp_path / "a"])


@pytest.mark.skipif(os.name == "nt" or getattr(os, "geteuid", lambda: 0)() == 0, reason="everything may be read")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    put(tmp_path, "a.txt")
    (tmp_path / "a.txt").chmod(0)
    with pytest.raises(BadInput, match="may not be read"):
        find_texts([tmp_path / "a.txt"])


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="needs names that are any bytes")
def test_a_name_that_is_no_text_is_shown_and_the_file_is_read(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.txt")  # noqa: PTH118
    Path(os.fsdecode(path)).write_text("words")
    (source,) = find_texts([Path(os.fsdecode(path))]).sources
    assert source.name == "caf\ufffd.txt"


@pytest.mark.parametrize("name", ["missing.txt", "a\0b", "x" * 5000])
def test_a_name_that_leads_nowhere_is_refused_in_one_sentence(name):
    with pytest.raises(BadInput) as error:
        find_texts([name])
    assert str(error.value).count("\n") == 0


def test_an_empty_folder_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(BadInput, match="Name at least one file"):
        find_texts([tmp_path])


def test_many_unreadable_files_are_refused_in_one_sentence(tmp_path):
    for name in "ab":
        (tmp_path / name).touch()
    with pytest.raises(BadInput, match="None of the 2 files can be read"):
        find_texts([tmp_path])
