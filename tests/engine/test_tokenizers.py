import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput, DamagedFile, InvalidSetting
from engine.text.tokenizer_byte import ByteTokenizer
from engine.text.tokenizer_char import CharacterCounts, CharTokenizer
from engine.text.tokenizer_word import WordTokenizer
from engine.text.tokenizers import Tokenizer, build_tokenizer, tokenizer_from_json

PIECES = st.one_of(
    st.sampled_from([*"aAbé ,.\n\t'\"-(_1中の\u3000\xa0\r\u2028👍", "  "]), st.characters(exclude_categories=["Cs"])
)
TEXTS = st.lists(PIECES, min_size=1, max_size=80).map("".join)
KINDS = st.sampled_from(["char", "byte", "word"])

patient = settings(deadline=None)


def built(text: str, kind: str) -> Tokenizer:
    return build_tokenizer(text, CorpusConfig(tokens=kind))


@patient
@given(TEXTS, KINDS)
def test_decoding_gives_back_any_text_the_vocabulary_was_built_from(text: str, kind: str) -> None:
    if kind == "word" and text.strip("\n") == "":
        return
    tokenizer = built(text, kind)
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert ids.dtype == tokenizer.dtype
    assert ids.max() < tokenizer.vocabulary_size


@patient
@given(TEXTS, TEXTS)
def test_bytes_give_back_any_text_at_all(built_from: str, text: str) -> None:
    tokenizer = built(built_from, "byte")
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.encode(text).tolist() == list(text.encode())


@patient
@given(TEXTS, KINDS, st.integers(1, 7))
def test_a_text_decoded_token_by_token_is_the_text_decoded_at_once(text: str, kind: str, step: int) -> None:
    if kind == "word" and text.strip("\n") == "":
        return
    tokenizer = built(text, kind)
    ids = tokenizer.encode(text)
    decoder = tokenizer.decoder()
    pieces = [decoder.feed(ids[start : start + step]) for start in range(0, len(ids), step)]
    assert "".join(pieces) + decoder.finish() == text


@patient
@given(TEXTS, KINDS, st.integers(1, 9))
def test_a_text_encoded_in_chunks_has_the_ids_of_the_text_encoded_at_once(text: str, kind: str, size: int) -> None:
    if kind == "word" and text.strip("\n") == "":
        return
    tokenizer = built(text, kind)
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    streamed = np.concatenate([*tokenizer.encode_stream(chunks)])
    assert streamed.tolist() == tokenizer.encode(text).tolist()


@patient
@given(TEXTS, KINDS)
def test_a_tokenizer_read_back_from_json_encodes_the_same(text: str, kind: str) -> None:
    if kind == "word" and text.strip("\n") == "":
        return
    tokenizer = built(text, kind)
    again = tokenizer_from_json(json.loads(json.dumps(tokenizer.to_json())))
    assert again.to_json() == tokenizer.to_json()
    assert again.encode(text).tolist() == tokenizer.encode(text).tolist()
    assert again.vocabulary_size == tokenizer.vocabulary_size


@patient
@given(TEXTS, TEXTS, KINDS)
def test_any_prompt_becomes_ids_of_the_vocabulary(text: str, prompt: str, kind: str) -> None:
    if kind == "word" and text.strip("\n") == "":
        return
    tokenizer = built(text, kind)
    ids, replaced = tokenizer.encode_prompt(prompt)
    assert all(0 <= token_id < tokenizer.vocabulary_size for token_id in ids.tolist())
    if kind == "char":
        assert replaced == list(dict.fromkeys(c for c in prompt if c not in text))
    if kind == "byte":
        assert not replaced


@pytest.mark.parametrize("kind", ["char", "byte", "word"])
def test_half_a_character_is_refused(kind: str) -> None:
    tokenizer = built("some text", kind)
    for encode in (tokenizer.encode, tokenizer.encode_prompt):
        with pytest.raises(BadInput, match="character 6"):
            encode("some \ud800text")
    if kind != "byte":
        with pytest.raises(BadInput, match="surrogate"):
            built("some \udc00 text", kind)


def test_the_ids_of_characters_are_the_ranks_of_their_code_points() -> None:
    text = "zebra 中 apple\n"
    order = sorted(set(text))
    tokenizer = built(text, "char")
    assert tokenizer.encode(text).tolist() == [order.index(c) for c in text]
    assert [tokenizer.token_text(i) for i in range(tokenizer.vocabulary_size)] == order
    assert tokenizer.line_end_id == order.index("\n")
    assert tokenizer.unknown_id is None


@pytest.mark.parametrize(("size", "dtype"), [(1, "uint8"), (256, "uint8"), (257, "uint16"), (65_536, "uint16")])
def test_ids_take_the_smallest_type_and_every_id_survives(size: int, dtype: str) -> None:
    characters = "".join(chr(point) for point in [*range(0xD800), *range(0xE000, 0x20000)][:size])
    tokenizer = built(characters, "char")
    assert tokenizer.dtype == np.dtype(dtype)
    assert tokenizer.encode(characters).tolist() == list(range(size))
    with pytest.raises(BadInput, match="U\\+10FFFF"):
        tokenizer.encode(characters + "\U0010ffff")


def test_more_than_65536_characters_need_four_bytes() -> None:
    assert built("".join(map(chr, range(0xE000, 0xE000 + 65_537))), "char").dtype == np.dtype("uint32")


def test_a_character_outside_the_vocabulary_is_named() -> None:
    with pytest.raises(BadInput, match=r"The character é \(U\+00E9\)"):
        built("cafe", "char").encode("café")


def test_an_unknown_character_takes_all_that_are_rare() -> None:
    config = CorpusConfig(unknown_character=True, min_count=2)
    tokenizer = build_tokenizer("aabbc", config)
    assert tokenizer.vocabulary_size == 3
    assert tokenizer.unknown_id == 0
    assert tokenizer.encode("abcz").tolist() == [1, 2, 0, 0]
    assert tokenizer.decode([1, 0]) == "a\ufffd"
    assert tokenizer.token_text(0) == "<unk>"
    assert tokenizer.encode_prompt("cab") == (pytest.approx([0, 1, 2]), ["c"])


def test_the_most_frequent_characters_stay_within_the_largest_vocabulary() -> None:
    tokenizer = build_tokenizer("aaabbcd", CorpusConfig(unknown_character=True, max_vocabulary=3))
    assert [tokenizer.token_text(i) for i in range(tokenizer.vocabulary_size)] == ["<unk>", "a", "b"]


@pytest.mark.parametrize(("field", "value"), [("min_count", 4), ("max_vocabulary", 1)])
def test_limits_that_leave_nothing_but_the_unknown_character_are_refused(field: str, value: int) -> None:
    with pytest.raises(InvalidSetting, match=rf"^corpus\.{field} = {value} leaves no character") as caught:
        build_tokenizer("aaabbc", CorpusConfig(unknown_character=True, **{field: value}))
    assert caught.value.field == f"corpus.{field}"


@pytest.mark.parametrize("limit", [{"min_count": 2}, {"max_vocabulary": 2}])
def test_limits_without_an_unknown_character_are_a_contradiction(limit: dict[str, int]) -> None:
    with pytest.raises(InvalidSetting, match="unknown_character"):
        build_tokenizer("abc", CorpusConfig(**limit))


@pytest.mark.parametrize(
    ("text", "prompt", "replacement"),
    [
        ("abc e", "E", "e"),
        ("ABC", "b", "B"),
        ("cafe '\"-", "é", "e"),
        ("CAFE", "é", "E"),
        ("a\"'-", "\u201c\u2019\u2014", "\"'-"),
        ("fi x", "ﬁ", "fi"),
        ("a.b", "…", "..."),
        ("x yz", "\t", " "),
        ("x yz", "中", " "),
        ("xxyz", "中", "x"),
        ("xx y?", "中", "?"),
        ("abc", "Æ", "a"),
        ("abc x", "\u0301", ""),
    ],
)
def test_an_unknown_character_of_a_prompt_is_replaced_by_its_nearest(text: str, prompt: str, replacement: str) -> None:
    tokenizer = built(text, "char")
    ids, replaced = tokenizer.encode_prompt(prompt)
    assert tokenizer.decode(ids) == replacement
    assert replaced == list(prompt)


def test_an_incomplete_character_is_held_back_until_its_bytes_are_there() -> None:
    decoder = ByteTokenizer().decoder()
    pieces = [decoder.feed([byte]) for byte in "é👍".encode()]
    assert pieces == ["", "é", "", "", "", "👍"]
    assert decoder.feed([0xC3]) == ""
    assert decoder.finish() == "\ufffd"


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert ByteTokenizer().decode([0x61, 0xFF, 0x62]) == "a\ufffdb"


def test_empty_text_has_no_tokens_and_no_vocabulary() -> None:
    assert len(built("a", "char").encode("")) == len(built("a", "word").encode("")) == len(ByteTokenizer().encode(""))
    with pytest.raises(BadInput, match="empty"):
        built("", "char")
    with pytest.raises(BadInput, match="no word"):
        built("\n", "word")


@patient
@given(st.lists(TEXTS, max_size=5))
def test_character_counts_add_up_over_pieces(pieces: list[str]) -> None:
    counts = CharacterCounts()
    for piece in pieces:
        counts.add(piece)
    whole = "".join(pieces)
    assert counts.of_characters() == {c: whole.count(c) for c in sorted(set(whole))}


CHAR = CharTokenizer("ab", fallback="a").to_json()
WORD = WordTokenizer.from_text("one two").to_json()


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {},
        {"kind": "morse"},
        {"kind": ["char"]},
        {"kind": "byte", "extra": 1},
        {**CHAR, "characters": "ba"},
        {**CHAR, "characters": "aa"},
        {**CHAR, "characters": ["a", "b"]},
        {**CHAR, "characters": "a\ud800"},
        {**CHAR, "fallback": "c"},
        {**CHAR, "fallback": ""},
        {**CHAR, "fallback": "ab"},
        {**CHAR, "fallback": None},
        {**CHAR, "unknown_character": 0},
        {**CHAR, "unknown_character": True},
        {**CHAR, "more": 1},
        {name: value for name, value in CHAR.items() if name != "fallback"},
        {**WORD, "words": "one"},
        {**WORD, "words": ["one", 2]},
        {**WORD, "words": ["one", True]},
        {**WORD, "words": ["one", "one"]},
        {**WORD, "words": ["\n"]},
        {**WORD, "words": ["\udfff"]},
        {**WORD, "words": ["x" * 1000]},
        {**WORD, "cutting": "sideways"},
        {**WORD, "is_padded": 1},
        {**WORD, "is_padded": True},
        {**WORD, "cutting": "spaced", "words": ["<unk>"]},
    ],
)
def test_a_stored_vocabulary_that_is_not_exactly_right_is_refused(stored: object) -> None:
    with pytest.raises(DamagedFile, match="vocabulary"):
        tokenizer_from_json(stored)
