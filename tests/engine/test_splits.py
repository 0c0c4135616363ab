import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput, DamagedFile
from engine.text import splits
from engine.text.splits import Split, TextPart, byte_offsets, read_text, split_corpus, spread_text, whole_file

DATA = Path(__file__).parents[3] / "shared" / "data"
TEXTS = st.text(st.sampled_from("ab \né中👍"), min_size=4, max_size=300)
per_example_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)


def split_of(folder: Path, text: str, config: CorpusConfig) -> Split:
    (folder / "text.utf8").write_bytes(text.encode())
    return split_corpus(folder, config)


def text_of(part: TextPart) -> str:
    return "".join(read_text(part))


def test_tinyshakespeare_splits_into_its_published_parts(tmp_path: Path) -> None:
    path = DATA / "tinyshakespeare.txt"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    text = path.read_bytes().decode()
    split = split_of(tmp_path, text, CorpusConfig())
    assert (split.train.num_characters, split.valid.num_characters) == (1_003_854, 111_540)
    assert text_of(split.train) == text[: int(0.9 * len(text))]
    assert split.test is None


@per_example_folder
@given(TEXTS, st.sampled_from([0.001, 0.1, 0.25, 0.5]), st.sampled_from(["char", "byte"]), st.sampled_from([1, 5, 64]))
def test_the_last_share_of_the_characters_validates(
    tmp_path: Path, text: str, share: float, tokens: str, block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splits.read_blocks, "__defaults__", (block,))
        split = split_of(tmp_path, text, CorpusConfig(tokens=tokens, valid_share=share))
    num_valid = -(-len(text) * round(share * 1000) // 1000)
    num_train = min(max(len(text) - num_valid, 2), len(text) - 2)
    assert text_of(split.train) == text[:num_train]
    assert text_of(split.valid) == text[num_train:]
    assert (split.train.num_characters, split.valid.num_characters) == (num_train, len(text) - num_train)
    assert split.train.num_bytes + split.valid.num_bytes == len(text.encode())


@per_example_folder
@given(TEXTS)
def test_words_are_split_after_the_nearest_line_end_else_the_nearest_space(tmp_path: Path, text: str) -> None:
    split = split_of(tmp_path, text, CorpusConfig(tokens="word", valid_share=0.3))
    train, valid = text_of(split.train), text_of(split.valid)
    assert train + valid == text
    assert (len(train), len(valid)) == (split.train.num_characters, split.valid.num_characters)
    data, target = text.encode(), len(text[: min(max(int(len(text) * 0.7 + 1e-9), 2), len(text) - 2)].encode())
    for mark in b"\n", b" ":
        ends = [at + 1 for at in range(len(data)) if data[at : at + 1] == mark]
        near = [*[cut for cut in ends if cut <= target][-1:], *[cut for cut in ends if cut > target][:1]]
        cuts = [cut for cut in near if min(len(data[:cut].decode()), len(data[cut:].decode())) >= 2]
        if cuts:
            assert abs(len(train.encode()) - target) == min(abs(cut - target) for cut in cuts)
            assert train.endswith(mark.decode())
            return
    assert len(train.encode()) == target


def test_separate_files_are_used_whole(tmp_path: Path) -> None:
    (tmp_path / "valid.utf8").write_bytes("valid é".encode())
    (tmp_path / "test.utf8").write_bytes(b"test")
    split = split_of(tmp_path, "all of it", CorpusConfig(tokens="word"))
    assert {name: text_of(part) for name, part in split.parts().items()} == {
        "train": "all of it",
        "valid": "valid é",
        "test": "test",
    }
    assert split.valid.num_characters == 7


def test_a_text_of_three_characters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"text\.utf8 has 3 characters"):
        split_of(tmp_path, "abc", CorpusConfig())
    assert split_of(tmp_path, "abcd", CorpusConfig()).valid.num_characters == 2


@pytest.mark.parametrize(("name", "says"), [("valid", "validation has 1"), ("test", "test has 1")])
def test_a_separate_file_of_one_character_is_refused(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "valid.utf8").write_bytes(b"long enough")
    (tmp_path / f"{name}.utf8").write_bytes(b"x")
    with pytest.raises(BadInput, match=says):
        split_of(tmp_path, "long enough", CorpusConfig())


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match=r"text\.utf8 is missing"):
        split_corpus(tmp_path, CorpusConfig())


def test_a_text_that_became_shorter_is_noticed(tmp_path: Path) -> None:
    split = split_of(tmp_path, "some text of a corpus", CorpusConfig())
    os.truncate(split.train.path, 5)
    with pytest.raises(DamagedFile, match="shorter"):
        text_of(split.valid)


@pytest.mark.parametrize("data", [b"abc\xffdef", b"abcdef\xc3"])
def test_a_text_that_is_not_utf8_is_damaged(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "text.utf8"
    path.write_bytes(data)
    with pytest.raises(DamagedFile, match="not UTF-8"):
        text_of(whole_file(path))


@per_example_folder
@given(TEXTS, st.integers(1, 20))
def test_a_part_is_read_whole_whatever_the_size_of_the_pieces(tmp_path: Path, text: str, size: int) -> None:
    path = tmp_path / "text.utf8"
    path.write_bytes(text.encode())
    assert "".join(read_text(whole_file(path), size)) == text


@per_example_folder
@given(TEXTS, st.sampled_from([1, 3, 50]))
def test_byte_offsets_are_those_of_the_encoded_prefixes(tmp_path: Path, text: str, block: int) -> None:
    path = tmp_path / "text.utf8"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splits.read_blocks, "__defaults__", (block,))
        offsets = byte_offsets(whole_file(path), np.arange(len(text) + 1))
    assert offsets.tolist() == [len(text[:index].encode()) for index in range(len(text) + 1)]


def test_a_long_part_is_sampled_in_blocks_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "text.utf8"
    text = "".join(chr(0x4E00 + number % 5000) for number in range(20_000))
    path.write_bytes(text.encode())
    runs = list(spread_text(whole_file(path), 6_000, block_bytes=1_000))
    assert len(runs) == 6
    assert all(piece in text and 331 <= len(piece) <= 334 for [piece] in runs)
    assert text.startswith(runs[0][0])
    assert text.endswith(runs[-1][0])


def test_a_short_part_is_taken_whole(tmp_path: Path) -> None:
    path = tmp_path / "text.utf8"
    path.write_bytes(b"short")
    assert list(spread_text(whole_file(path), 5)) == [["short"]]
