import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput, StorageFailed
from engine.library.locks import folder_lock
from engine.text import ids_building
from engine.text.ids import TokenIds, ids_path, open_ids, prepare_ids
from engine.text.tokenizers import build_tokenizer

TEXT = "The quick brown fox,\nthe lazy dög.\n" * 30
KINDS = st.sampled_from(["char", "byte", "word"])
per_example_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


def corpus(folder: Path, text: str = TEXT, **parts: str) -> Path:
    for name, part in {"text": text, **parts}.items():
        (folder / f"{name}.utf8").write_bytes(part.encode())
    return folder


def built(
    folder: Path, config: CorpusConfig, *, fingerprint: str = "f", chunk_bytes: int = 2**16
) -> tuple[TokenIds, list[float]]:
    steps = prepare_ids(folder, config, fingerprint=fingerprint, chunk_bytes=chunk_bytes)
    shares = []
    while True:
        try:
            shares.append(next(steps).share)
        except StopIteration as end:
            return end.value, shares


@per_example_folder
@given(st.lists(st.sampled_from(["a", "b c", "\n", " ", "é", "中", ", "]), min_size=6).map("".join), KINDS)
def test_the_file_holds_the_ids_of_every_part(tmp_path: Path, text: str, kind: str) -> None:
    folder = corpus(tmp_path, f"one two{text}", valid=f"{text} one two", test="two one")
    config = CorpusConfig(tokens=kind)
    ids, _ = built(folder, config, fingerprint=text)
    whole = f"one two{text}" if kind == "word" else f"one two{text}{text} one two" + "two one"
    tokenizer = build_tokenizer(whole, config)
    assert ids.tokenizer.to_json() == tokenizer.to_json()
    assert ids.train.ids.tolist() == tokenizer.encode(f"one two{text}").tolist()
    assert ids.valid.ids.tolist() == tokenizer.encode(f"{text} one two").tolist()
    assert ids.test is not None
    assert ids.test.ids.tolist() == tokenizer.encode("two one").tolist()
    assert ids.train.ids.dtype == tokenizer.dtype
    assert (ids.valid.num_characters, ids.valid.num_bytes) == (len(text) + 8, len(text.encode()) + 8)


@per_example_folder
@given(KINDS, st.sampled_from([1, 3, 17, 400, 10_000]), st.booleans())
def test_the_size_of_the_chunks_changes_nothing(tmp_path: Path, kind: str, chunk: int, has_lines: bool) -> None:
    text = TEXT if has_lines else TEXT.replace("\n", " ")
    folder = corpus(tmp_path, text)
    config = CorpusConfig(tokens=kind)
    path = ids_path(folder, config, fingerprint="f")
    path.with_suffix(".json").unlink(missing_ok=True)
    built(folder, config)
    once = (path.read_bytes(), path.with_suffix(".json").read_bytes())
    path.with_suffix(".json").unlink()
    built(folder, config, chunk_bytes=chunk)
    assert (path.read_bytes(), path.with_suffix(".json").read_bytes()) == once


@pytest.mark.parametrize("kind", ["char", "byte", "word"])
def test_the_ids_of_both_parts_give_back_the_text(tmp_path: Path, kind: str) -> None:
    ids, _ = built(corpus(tmp_path), CorpusConfig(tokens=kind))
    assert ids.tokenizer.decode(ids.train.ids) + ids.tokenizer.decode(ids.valid.ids) == TEXT
    assert ids.train.num_characters + ids.valid.num_characters == len(TEXT)


def test_the_ids_are_mapped_and_cannot_be_changed(tmp_path: Path) -> None:
    ids, _ = built(corpus(tmp_path), CorpusConfig())
    assert isinstance(ids.train.ids, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        ids.train.ids[0] = 1


def test_ids_are_built_once_and_found_again(tmp_path: Path) -> None:
    folder, config = corpus(tmp_path), CorpusConfig()
    assert open_ids(folder, config, fingerprint="f") is None
    first, shares = built(folder, config)
    again, nothing = built(folder, config)
    assert nothing == []
    assert shares
    assert again.train.ids.tolist() == first.train.ids.tolist()


def test_progress_rises_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids_building, "_PROGRESS_BYTES", 1)
    for kind in ("char", "byte", "word"):
        _, shares = built(corpus(tmp_path), CorpusConfig(tokens=kind), chunk_bytes=50)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0


@pytest.mark.parametrize(
    "other",
    [{"tokens": "byte"}, {"tokens": "word"}, {"valid_share": 0.2}, {"unknown_character": True}, {"fingerprint": "g"}],
)
def test_other_settings_have_a_file_of_their_own(tmp_path: Path, other: dict[str, object]) -> None:
    fingerprint = str(other.pop("fingerprint", "f"))
    path = ids_path(tmp_path, CorpusConfig(), fingerprint="f")
    assert ids_path(tmp_path, CorpusConfig(**other), fingerprint=fingerprint) != path  # type: ignore[arg-type]


def test_settings_that_change_nothing_share_a_file(tmp_path: Path) -> None:
    byte = CorpusConfig(tokens="byte")
    assert ids_path(tmp_path, byte, fingerprint="f") == ids_path(
        tmp_path, CorpusConfig(tokens="byte", min_count=3, unknown_character=True), fingerprint="f"
    )
    (tmp_path / "valid.utf8").write_bytes(b"valid")
    assert ids_path(tmp_path, byte, fingerprint="f") == ids_path(
        tmp_path, CorpusConfig(tokens="byte", valid_share=0.3), fingerprint="f"
    )


def test_words_are_counted_in_the_training_part_only(tmp_path: Path) -> None:
    ids, _ = built(corpus(tmp_path, "one two\n", valid="two three\n"), CorpusConfig(tokens="word"))
    assert ids.tokenizer.decode(ids.valid.ids) == "two <unk>\n"


def test_characters_are_taken_from_the_whole_text(tmp_path: Path) -> None:
    ids, _ = built(corpus(tmp_path, "abab", valid="xyz", test="uvw"), CorpusConfig())
    assert [ids.tokenizer.token_text(i) for i in range(ids.tokenizer.vocabulary_size)] == list("abuvwxyz")


@pytest.mark.parametrize("kind", ["char", "byte", "word"])
def test_a_job_given_up_leaves_nothing_behind(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids_building, "_PROGRESS_BYTES", 1)
    folder = corpus(tmp_path)
    for num_steps in range(1, 40):
        steps = prepare_ids(folder, CorpusConfig(tokens=kind), fingerprint="f", chunk_bytes=100)
        for _ in range(num_steps):
            next(steps, None)
        steps.close()
        names = {path.name for path in folder.iterdir()}
        if any(name.endswith(".json") for name in names):  # it had come to its end
            assert num_steps > 3
            return
        assert names == {"text.utf8", ".lock"}


@pytest.mark.parametrize("text", ["onlyoneword", "\n\n\n\n\n\n"])
def test_a_part_with_fewer_than_two_tokens_is_refused(tmp_path: Path, text: str) -> None:
    folder = corpus(tmp_path, text, valid="one two")
    with pytest.raises(BadInput, match=r"has 1 tokens|no word"):
        built(folder, CorpusConfig(tokens="word"))
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "text.utf8", "valid.utf8"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: os.truncate(path, path.stat().st_size - 1),
        lambda path: path.unlink(),
        lambda path: path.with_suffix(".json").unlink(),
        lambda path: path.with_suffix(".json").write_text("{}"),
        lambda path: path.with_suffix(".json").write_text("no json"),
        lambda path: _replace(path, '"offset":', '"offset":1'),
        lambda path: _replace(path, '"num_tokens":', '"num_tokens":9'),
        lambda path: _replace(path, '"num_tokens": ', '"num_tokens": -'),
        lambda path: _replace(path, '"uint8"', '"uint16"'),
        lambda path: _replace(path, '"valid"', '"invalid"'),
        lambda path: _replace(path, '"characters"', '"letters"'),
    ],
)
def test_damaged_ids_are_built_again(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    folder, config = corpus(tmp_path), CorpusConfig()
    first, _ = built(folder, config)
    kept = first.train.ids.tolist()
    del first
    damage(ids_path(folder, config, fingerprint="f"))
    assert open_ids(folder, config, fingerprint="f") is None
    assert built(folder, config)[0].train.ids.tolist() == kept


def _replace(path: Path, old: str, new: str) -> None:
    text = path.with_suffix(".json").read_text()
    assert old in text
    path.with_suffix(".json").write_text(text.replace(old, new))


@pytest.mark.parametrize("kind", ["char", "byte"])
def test_a_longer_text_takes_no_more_memory_while_it_is_encoded(tmp_path: Path, kind: str) -> None:
    peaks = []
    for num_copies in (1_000, 8_000):
        folder = corpus(tmp_path, TEXT * num_copies)  # 1 and 8 MB
        tracemalloc.start()
        built(folder, CorpusConfig(tokens=kind), fingerprint=str(num_copies))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 200_000


def test_ids_that_another_program_builds_are_waited_for_and_not_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, config = corpus(tmp_path), CorpusConfig()
    first, waiting = (prepare_ids(folder, config, fingerprint="f", chunk_bytes=100) for _ in range(2))
    next(first)
    assert [next(waiting).share for _ in range(2)] == [0.0, 0.0]
    assert list(first) == []
    monkeypatch.setattr("engine.text.ids.build_ids", None)
    assert list(waiting) == []
    assert open_ids(folder, config, fingerprint="f") is not None


def test_a_corpus_that_is_held_for_too_long_is_told_as_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.text.ids._WAIT_SECONDS", 0.0)
    folder = corpus(tmp_path)
    with folder_lock(folder), pytest.raises(StorageFailed, match="in use"):
        built(folder, CorpusConfig())


def test_a_failed_write_leaves_no_description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, config = corpus(tmp_path), CorpusConfig()

    def fail(*_: object, **__: object) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(ids_building, "write_json", fail)
    with pytest.raises(StorageFailed):
        built(folder, config)
    assert open_ids(folder, config, fingerprint="f") is None
    assert not list(folder.glob("*.json"))
