import itertools
import lzma
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.text import reference
from engine.text.known_words import KnownWords, known_word_share, known_words
from engine.text.reference import reference_values
from engine.text.splits import Split, split_corpus, whole_file

DATA = Path(__file__).parents[3] / "shared" / "data"
TEXTS = st.text(st.sampled_from("abc \né中"), min_size=2, max_size=300)
per_example_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


def split_of(folder: Path, train: str, valid: str) -> Split:
    (folder / "text.utf8").write_bytes(train.encode())
    (folder / "valid.utf8").write_bytes(valid.encode())
    return split_corpus(folder, CorpusConfig())


@per_example_folder
@given(TEXTS, TEXTS, st.booleans())
def test_character_values_are_those_of_a_plain_count(tmp_path: Path, train: str, valid: str, is_dense: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "_MAX_DENSE_KINDS", 1024 if is_dense else 0)
        values = reference_values(split_of(tmp_path, train, valid))
    kinds = len(set(train + valid))
    count, pairs = Counter(train), Counter(itertools.pairwise(train))
    probability = {c: (count[c] + 1) / (len(train) + kinds) for c in set(train + valid)}

    def pair_probability(before: str, after: str) -> float:
        num_after = sum(n for (a, _), n in pairs.items() if a == before)
        kinds_after = sum(a == before for a, _ in pairs)
        if not kinds_after:
            return probability[after]
        return (pairs[before, after] + kinds_after * probability[after]) / (num_after + kinds_after)

    frequency = -sum(math.log(probability[c]) for c in valid) / len(valid)
    pair = -sum(math.log(pair_probability(a, b)) for a, b in itertools.pairwise(valid)) / (len(valid) - 1)
    assert values.num_kinds == kinds
    assert values["uniform"].nats_per_character == pytest.approx(math.log(kinds))
    assert values["frequency"].nats_per_character == pytest.approx(frequency)
    assert values["pair"].nats_per_character == pytest.approx(pair)
    assert values["pair"].bits_per_character == pytest.approx(pair / math.log(2))
    assert not values.is_sampled


@settings(parent=per_example_folder, max_examples=25)
@given(st.text(st.sampled_from("abc é"), min_size=2, max_size=100), st.sampled_from("abx"))
def test_the_probabilities_after_a_character_sum_to_one(tmp_path: Path, train: str, before: str) -> None:
    alphabet = sorted(set(train + before))
    pairs = [reference_values(split_of(tmp_path, train, before + after))["pair"] for after in alphabet]
    assert sum(math.exp(-pair.nats_per_character) for pair in pairs) == pytest.approx(1.0)


def test_xz_costs_what_the_continuation_adds_to_the_archive(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    words = ["".join(generator.choice(list("abcdefgh"), 5)) for _ in range(50)]
    train, valid = (" ".join(generator.choice(words, size)) for size in (5_000, 1_000))
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
    sizes = [len(lzma.compress(t.encode(), lzma.FORMAT_RAW, filters=filters)) for t in (train, train + valid)]
    values = reference_values(split_of(tmp_path, train, valid))
    assert values["xz"].bits_per_character == pytest.approx(8 * (sizes[1] - sizes[0]) / len(valid), rel=0.02)


def test_tinyshakespeare_has_its_known_values(tmp_path: Path) -> None:
    path = DATA / "tinyshakespeare.txt"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    (tmp_path / "text.utf8").write_bytes(path.read_bytes())
    values = reference_values(split_corpus(tmp_path, CorpusConfig()))
    nats = [round(value.nats_per_character, 2) for value in values.values]
    assert nats == [4.17, 3.35, 2.49, 1.74]


def test_a_long_text_is_sampled_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    train, valid = ("".join(generator.choice(list("aaaabbc dé"), size)) for size in (300_000, 60_000))
    split = split_of(tmp_path, train, valid)
    whole = reference_values(split)
    monkeypatch.setattr(reference, "MAX_TRAIN_BYTES", 50_000)
    monkeypatch.setattr(reference, "MAX_VALID_BYTES", 20_000)
    monkeypatch.setattr(reference, "MAX_XZ_TRAIN_BYTES", 50_000)
    monkeypatch.setattr(reference, "MAX_XZ_VALID_BYTES", 20_001)
    sampled = reference_values(split, num_kinds=whole.num_kinds)
    assert sampled.is_sampled
    for value in whole.values:
        assert sampled[value.name].nats_per_character == pytest.approx(value.nats_per_character, rel=0.04)


def test_known_words_are_found_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "text.utf8"
    path.write_bytes("The King's men don\u2019t café 東京".encode())
    words = known_words(whole_file(path))
    assert words == KnownWords(frozenset({"the", "king's", "men", "don\u2019t", "café", "東", "京"}), is_complete=True)
    assert known_word_share("the KING'S gnzk, 42 men! 京_", words) == pytest.approx(4 / 5)
    assert known_word_share("42 ... !", words) is None


def test_no_word_is_cut_between_pieces_of_a_text(tmp_path: Path) -> None:
    path = tmp_path / "text.utf8"
    text = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676 % 26)}" for n in range(40_000))
    path.write_bytes(text.encode())
    assert known_words(whole_file(path)).words == set(text.split())


def test_words_beyond_the_bound_are_left_out_and_the_result_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.text.known_words.MAX_WORDS", 2)
    path = tmp_path / "text.utf8"
    path.write_bytes(b"one two three")
    assert not known_words(whole_file(path)).is_complete
