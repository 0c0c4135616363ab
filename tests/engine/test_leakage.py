import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.text import leakage as leakage_module
from engine.text.leakage import Leakage, leakage
from engine.text.splits import Split, split_corpus

per_example_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def split_of(folder: Path, train: str, valid: str) -> Split:
    (folder / "text.utf8").write_bytes(train.encode())
    (folder / "valid.utf8").write_bytes(valid.encode())
    return split_corpus(folder, CorpusConfig())


def brute_force(train: str, valid: str) -> tuple[int, int]:
    passages = [valid[start : start + 50] for start in range(len(valid) - 49)]
    return len(passages), sum(passage in train for passage in passages)


@st.composite
def overlapping_texts(draw: st.DrawFn) -> tuple[str, str]:
    """Two random texts; pieces of the first, of about the length of a passage, also stand in the second."""
    source = random.Random(draw(st.integers(0, 2**32)))
    alphabet = draw(st.sampled_from(["ab", "abcdefgh ", "aé中👍 ", "  .-"]))
    train = "".join(source.choices(alphabet, k=source.randint(2, 1500)))
    valid = ""
    for _ in range(source.randint(1, 5)):
        start = source.randrange(len(train))
        valid += train[start : start + source.randint(40, 120)]
        valid += "".join(source.choices(alphabet, k=source.randint(2, 60)))
    return train, valid


@per_example_folder
@given(overlapping_texts(), st.sampled_from([256, 1000, 2**20]))
def test_the_share_is_that_of_brute_force(tmp_path: Path, texts: tuple[str, str], block: int) -> None:
    train, valid = texts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leakage_module, "_BLOCK_BYTES", block)
        found = leakage(split_of(tmp_path, train, valid))
    assert (found.num_passages, found.num_found) == brute_force(train, valid)
    assert not found.is_sampled
    if found.example is not None:
        assert found.example in train
        assert found.example in valid


@pytest.mark.parametrize("shift", range(16))
def test_a_passage_is_found_at_every_alignment_and_across_blocks(
    tmp_path: Path, shift: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leakage_module, "_BLOCK_BYTES", 1024)
    source = random.Random(shift)
    letters = "".join(map(chr, range(97, 123)))
    passage = "".join(source.choices(letters, k=50))
    for place in (0, 990 + shift, 2000 + shift, 3000 - 50):
        noise = "".join(source.choices(letters, k=3000))
        train = noise[:place] + passage + noise[place + 50 :]
        assert leakage(split_of(tmp_path, train, passage)).share == 1.0
        assert leakage(split_of(tmp_path, train, passage[:-1] + "#")).share == 0.0


def test_a_text_that_is_its_own_validation_leaks_entirely(tmp_path: Path) -> None:
    text = " ".join(str(number) for number in range(1000))
    found = leakage(split_of(tmp_path, text, text[500:1500]))
    assert found.share == 1.0
    assert found.example == text[500:550]


def test_a_validation_part_shorter_than_a_passage_has_no_share(tmp_path: Path) -> None:
    assert leakage(split_of(tmp_path, "train " * 100, "x" * 49)) == Leakage(
        num_passages=0, num_found=0, example=None, is_sampled=False
    )


def test_a_training_part_shorter_than_a_passage_leaks_nothing(tmp_path: Path) -> None:
    assert leakage(split_of(tmp_path, "short", "x" * 60)).share == 0.0


def test_many_places_are_sampled_evenly(tmp_path: Path) -> None:
    source = random.Random(0)
    train = "".join(source.choices("abcdefgh", k=20_000))
    valid = train[:10_000] + "".join(source.choices("abcdefgh", k=10_000))
    found = leakage(split_of(tmp_path, train, valid), max_passages=500)
    assert found.is_sampled
    assert found.num_passages == 500
    assert found.share == pytest.approx(0.5, abs=0.01)


def test_long_rows_of_one_mark_are_bounded_and_given_up_or_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leakage_module, "_MAX_CANDIDATES", 64)
    dots = "." * 5000
    found = leakage(split_of(tmp_path, f"start {dots}\n{dots} end", "." * 60 + "!"))
    assert found.num_found == 11  # every place but the last, whose passage ends in a mark that training lacks
    assert found.num_passages in (11, 12)
