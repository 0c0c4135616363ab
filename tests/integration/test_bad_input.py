"""What cannot be used is told in one clear sentence, with exit code 2, and leaves nothing half-written behind."""

import functools
import importlib.util
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Make = Callable[[Path], Path]

_spec = importlib.util.spec_from_file_location(
    "document_files", Path(__file__).parents[1] / "engine" / "document_files.py"
)
assert _spec is not None
assert _spec.loader is not None
files = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(files)


def refused(result: Any, *words: str) -> str:
    """The sentence of a refusal."""
    assert result.code == 2, result
    assert result.out == ""
    assert "Traceback" not in result.err
    (sentence,) = result.err.splitlines()
    assert sentence.endswith((".", "?", "--help")), sentence
    for word in words:
        assert word in sentence
    return str(sentence)


def is_untouched(library: Path) -> bool:
    """Whether nothing was put into a library."""
    kept = [path for path in library.rglob("*") if path.is_file() or path.parent != library]
    return {path.name for path in kept} <= {"library.json"}


def written(name: str, data: bytes) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


@functools.cache
def bomb_bytes() -> bytes:
    """A document of a few hundred kilobytes that unpacks to half a gigabyte."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as file:
            for _ in range(64):
                file.write(b" " * 2**23)
    return buffer.getvalue()


def bomb(folder: Path) -> Path:
    return written("bomb.docx", bomb_bytes())(folder)


def fifo(folder: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are none here")
    os.mkfifo(folder / "pipe.txt")
    return folder / "pipe.txt"


def folder_of_nothing(folder: Path) -> Path:
    (folder / "nothing").mkdir()
    return folder / "nothing"


BAD_FILES: dict[str, tuple[Make, str]] = {
    "an empty file": (written("a.txt", b""), "a.txt is empty."),
    "a binary file": (written("a.bin", bytes(range(256)) * 20), "a.bin"),
    "a picture": (written("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9), "a.png"),
    "a missing file": (lambda folder: folder / "gone.txt", "does not exist"),
    "a FIFO": (fifo, "is a pipe (FIFO), not a file"),
    "a device": (lambda _folder: Path(os.devnull), "not a file"),
    "a folder of nothing": (folder_of_nothing, "There is no text here"),
    "a lone surrogate": (written("a.txt", b"abc \xed\xa0\x80 def\n" * 9), "a.txt"),
    "a locked .docx": (written("a.docx", files.locked_docx()), "password"),
    "a locked .pdf": (written("a.pdf", files.locked_pdf("secret")), "password"),
    "a broken .epub": (written("a.epub", files.epub({"c": "<p>x</p>"}, ['idref="c"'])[:-40]), "a.epub"),
    "an .epub that is none": (written("a.epub", b"PK\x03\x04 and no more of it"), "a.epub"),
    "a zip bomb": (bomb, "bomb.docx"),
    "a text of one character": (written("a.txt", b"x"), "at least 2 are needed"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
@pytest.mark.parametrize("name", ["import", "train", "evaluate"])
def test_a_file_that_cannot_be_read_is_refused(
    command: Command, tmp_path: Path, empty: Path, model_file: Path, kind: str, name: str
) -> None:
    make, words = BAD_FILES[kind]
    bad = make(tmp_path)
    arguments = (model_file, bad) if name == "evaluate" else (bad,)
    if name == "evaluate" and kind == "a text of one character":
        words = "at least 2 are needed to predict one"
    if name == "evaluate" and kind == "a folder of nothing":
        words = ""
    refused(command(name, *arguments, "--library", empty), words)
    assert is_untouched(empty)


@pytest.fixture(scope="session")
def model_file(command: Command, run_id: str, library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("models") / "model.textloom"
    assert command("export", run_id, file, "--library", library).code == 0
    return file


def test_one_distinct_character_is_imported_and_cannot_be_trained(
    command: Command, recipe: Path, tmp_path: Path, empty: Path
) -> None:
    (tmp_path / "a.txt").write_text("a" * 500, encoding="utf-8")
    result = command("train", tmp_path / "a.txt", "--config", recipe, "--library", empty)
    assert result.code == 2
    assert "nothing to learn" in result.err.splitlines()[-1]
    assert not list((empty / "runs").iterdir())


def test_a_file_that_may_not_be_read_is_refused(program: Command, tmp_path: Path, empty: Path) -> None:
    (tmp_path / "secret.txt").write_text("A secret. " * 9, encoding="utf-8")
    (tmp_path / "secret.txt").chmod(0)
    if sys.platform == "win32" or os.geteuid() == 0:
        pytest.skip("the administrator may read every file")
    refused(program("import", tmp_path / "secret.txt", "--library", empty), "may not be read by you")


def test_a_file_that_the_system_refuses_is_refused(
    command: Command, tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.text import sources

    path = tmp_path / "secret.txt"
    path.write_text("A secret. " * 9, encoding="utf-8")
    original = os.open

    def refuse(name: Any, *arguments: Any, **named: Any) -> int:
        if name == path:
            raise PermissionError(13, "Permission denied")
        return original(name, *arguments, **named)

    monkeypatch.setattr(sources.os, "open", refuse)
    refused(command("import", path, "--library", empty), "secret.txt may not be read by you.")
    assert is_untouched(empty)


def test_a_file_that_disappears_or_shrinks_meanwhile_is_refused(
    command: Command, tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.text import importing

    path = tmp_path / "a.txt"
    original = importing.identify
    for action in (path.unlink, lambda: path.write_text("Quite another text.", encoding="utf-8")):
        path.write_text("The text as it was. " * 30, encoding="utf-8")

        def identified(*arguments: Any, action: Callable[[], object] = action) -> Any:
            known = yield from original(*arguments)
            action()
            return known

        monkeypatch.setattr(importing, "identify", identified)
        result = command("import", path, "--library", empty)
        assert result.code == 2
        assert "a.txt" in result.err.splitlines()[-1]
        assert is_untouched(empty)


def test_a_file_that_grows_meanwhile_is_imported_as_it_was(
    command: Command, tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.text import importing

    path = tmp_path / "a.txt"
    path.write_text("The text as it was. " * 30, encoding="utf-8")
    original = importing.identify

    def identified(*arguments: Any) -> Any:
        known = yield from original(*arguments)
        with path.open("a", encoding="utf-8") as file:
            file.write("More of it.")
        return known

    monkeypatch.setattr(importing, "identify", identified)
    result = command("import", path, "--json", "--library", empty)
    assert result.code == 0
    assert result.records[-1]["report"]["counts"]["characters"] == 600
    assert "grew while it was being read" in result.err


@pytest.mark.parametrize("num_bytes", [4_000_000, pytest.param(500_000_000, marks=pytest.mark.slow)])
def test_a_text_on_one_line_is_read(command: Command, tmp_path: Path, empty: Path, num_bytes: int) -> None:
    piece = b"one endless line without an end to it "
    with (tmp_path / "a.txt").open("wb") as file:
        for _ in range(num_bytes // len(piece)):
            file.write(piece)
    result = command("import", tmp_path / "a.txt", "--json", "--library", empty)
    assert result.code == 0
    assert result.record["report"]["counts"]["lines"] == 1


def shown(value: list[str] | str) -> str:
    """The name of a case: its arguments."""
    return ascii(" ".join(value))[1:31] if isinstance(value, list) else ""


BAD_ARGUMENTS: list[tuple[list[str], str]] = [
    (["--set", "training.clip_nrom=1"], "Did you mean training.clip_norm?"),
    (["--set", "trainign.clip_norm=1"], "There is no setting trainign.clip_norm."),
    (["--set", "corpus.nothing=1"], "There is no setting corpus.nothing."),
    (["--set", "training.dropout"], "is not a setting"),
    (["--set", "model.hidden_size=0"], "model.hidden_size is 0, but must be at least 1."),
    (["--set", "model.hidden_size=100000"], "The nearest possible value is 8,192."),
    (["--set", "model.cell=lsmt"], "Did you mean lstm?"),
    (["--set", "training.batch_size=2.5"], "whole number"),
    (["--set", "training.clip_norm=1", "--set", "training.clip_value=1"], "are both set"),
    (["--set", "model.tied=true", "--set", "model.embedding_size=7"], "model.embedding_size is 7"),
    (["--set", "corpus.min_count=3"], "corpus.unknown_character"),
    (["--set", "corpus.tokens=word", "--set", "corpus.unknown_character=true"], "words always have a token"),
    (["--set", f"training.learning_rate={'9' * 400}"], "but must be at most 1,000."),
    (["--set", f"training.learning_rate={'9' * 5000}"], "The value of training.learning_rate is far too long."),
    (["--set", f"model.hidden_size=0x{'f' * 5000}"], "model.hidden_size is a number of thousands of digits, but"),
    (["--set", f"model.cell=0x{'f' * 5000}"], "model.cell cannot be a number of thousands of digits."),
    (["--set", f"model.cell={'[' * 5000}"], "The value of model.cell is far too long."),
    (["--config", "LONG"], "holds a number that is far too long"),
    (["--set", "corpus.newlines=some"], "corpus.newlines cannot be 'some'"),
    (["--steps", "0"], "say when the run shall end"),
    (["--steps", "9" * 5000], "Argument --steps: invalid int value: '9999"),
    (["--steps", "-3"], "training.steps is -3, but must be at least 0."),
    (["--minutes", "nan"], "training.minutes must be a finite number"),
    (["--minutes", "soon"], "Argument --minutes: invalid float value: 'soon'."),
    (["--minutes", "1", "--steps", "3"], "not allowed with argument"),
    (["--seed", "-1"], "training.seed is -1"),
    (["--preset", "quik"], "Did you mean quick?"),
    (["--config", "NEWER"], "newer version of Textloom"),
    (["--config", "BROKEN"], "is not valid TOML"),
    (["--config", "gone.toml"], "The configuration gone.toml cannot be read"),
    (["--config", "UNKNOWN"], "There is no setting training.speed."),
    (["--encoding", "utf-99"], "utf-99"),
    (["--valid", "gone.txt"], "gone.txt does not exist"),
    (["--frobnicate"], "Unrecognized arguments: --frobnicate."),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), BAD_ARGUMENTS, ids=shown)
def test_settings_that_are_not_possible_are_refused_before_anything_is_written(
    command: Command, place: Path, tmp_path: Path, empty: Path, arguments: list[str], words: str
) -> None:
    configurations = {
        "NEWER": "format = 2\n[training]\nsteps = 1\n",
        "BROKEN": "format = ",
        "LONG": f"format = {'9' * 5000}\n",
        "UNKNOWN": "format = 1\n[training]\nspeed = 3\n",
    }
    for name, text in configurations.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = [str(tmp_path / word) if word in configurations else word for word in arguments]
    refused(command("train", place / "bottles of beer.txt", *given, "--library", empty), words)
    assert is_untouched(empty)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trian", "x"], "There is no command trian. Did you mean train?"),
        (["frobnicate"], "There is no command frobnicate. There are: import, train,"),
        (["train"], "The following arguments are required: CORPUS-OR-PATH."),
        (["train", "nothing"], "There is no corpus called nothing."),
        (["train", "some/where.txt"], "some/where.txt does not exist."),
        (["train", "where.txt"], "There is no file of this name either."),
        (["train", "x" * 400], "There is no corpus called"),
        (["train", "Python manual", "--valid", "a.txt"], "takes no --valid."),
        (["import", "Python manual", "--name", "a"], "takes no --name."),
        (["resume", "nothing"], "There is no run called nothing."),
        (["resume", "RUN", "--steps", "0"], "--steps is 0, which adds nothing"),
        (["resume", "RUN", "--minutes", "-1"], "training.minutes is -1.0, but must be at least 0."),
        (["resume", "RUN", "--steps", "2000000000"], "training.steps is 2000000000"),
        (["sample", "nothing"], "There is no run called nothing."),
        (["sample", "bottels"], "The nearest name is"),
        (["sample", "gone.textloom"], "gone.textloom"),
        (["sample", "RUN", "--temperature", "-1"], "must be at least 0"),
        (["sample", "RUN", "--length", "-1"], "must be at least 0"),
        (["sample", "RUN", "--count", "10001"], "--count is 10,001, but must be at most 10,000."),
        (["sample", "RUN", "--count", "9" * 400], "--count is a number of more than 100 digits, but must be at most"),
        (["sample", "RUN", "--count", "0"], "--count is 0, but must be at least 1."),
        (["sample", "RUN", "--prompt", "half \udc80"], "lone surrogate"),
        (["export", "RUN", "model.bin"], "something.textloom"),
        (["export", "RUN", "no/such/folder/model.textloom"], "There is no folder no/such/folder"),
        (["evaluate", "RUN", "gone.txt"], "gone.txt does not exist"),
    ],
    ids=shown,
)
def test_what_is_not_there_or_not_possible_is_refused(
    command: Command, run_id: str, library: Path, arguments: list[str], words: str
) -> None:
    given = [run_id if word == "RUN" else word for word in arguments]
    refused(command(*given, "--library", library), words)


def test_a_folder_with_other_things_is_not_made_a_library(command: Command, place: Path) -> None:
    refused(command("list", "--library", place), "is no Textloom library and holds other things")


@pytest.mark.parametrize(
    "arguments", [["list"], ["verify"], ["sample", "x"], ["resume", "x"], ["export", "x", "y.textloom"]]
)
def test_a_library_that_is_not_there_is_told_and_not_made(command: Command, empty: Path, arguments: list[str]) -> None:
    result = command(*arguments, "--library", empty)
    assert refused(result) == f"There is no library in {empty}. Check the name of the folder."
    assert not empty.exists()


def test_a_library_of_a_newer_version_is_refused(command: Command, place: Path, empty: Path) -> None:
    assert command("import", place / "bottles of beer.txt", "--library", empty).code == 0
    description = empty / "library.json"
    values = json.loads(description.read_text(encoding="utf-8"))
    description.write_text(json.dumps({**values, "format_version": 99, "min_reader": 99}), encoding="utf-8")
    refused(command("list", "--library", empty), "newer version")


def test_a_refusal_in_json_is_a_record_too(command: Command, empty: Path) -> None:
    result = command("train", "gone.txt", "--json", "--library", empty)
    assert result.code == 2
    assert result.record == {"event": "Failed", "kind": "BadInput", "reason": result.err.strip()}
    wrong = command("train", "--json", "--no-such-thing")
    assert wrong.record["event"] == "Failed"
