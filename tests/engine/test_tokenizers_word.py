from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidSetting
from engine.text import word_pieces
from engine.text.tokenizer_word import WordCounts, WordTokenizer
from engine.text.word_pieces import MAX_PIECE_LENGTH, Cutting, WordCutter

DATA = Path(__file__).parents[3] / "shared" / "data"
CUTTERS = st.sampled_from([("punctuated", False), ("spaced", False), ("spaced", True)])
PIECES = st.sampled_from(
    [
        *"aBé1_ \n\t,.'-(“中の\u3000\xa0\r\u2028\u0301",
        "  ",
        "...",
        "<unk>",
        "x" * 70,
        "y" * 300,
        " " * 600,
        "'a'b'c'd'e",
    ]
)

patient = settings(deadline=None)


def texts(tokenizer: WordTokenizer, text: str) -> list[str]:
    return [tokenizer.token_text(token_id) for token_id in tokenizer.encode(text).tolist()]


def standard(text: str) -> list[str]:
    return [token for line in text.split("\n")[:-1] for token in [*line.split(), "<eos>"]]


@patient
@given(st.lists(PIECES, max_size=60).map("".join), CUTTERS)
def test_joining_gives_back_any_text_for_every_way_of_cutting(text: str, cutting: tuple[Cutting, bool]) -> None:
    cutter = WordCutter(cutting[0], is_padded=cutting[1])
    pieces = cutter.cut(text)
    assert all(len(piece) <= MAX_PIECE_LENGTH for piece in pieces)
    words = [piece for piece in dict.fromkeys(pieces) if piece not in ("\n", "<unk>")]
    tokenizer = WordTokenizer(words, cutter)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@patient
@given(
    st.lists(PIECES, min_size=20, max_size=200).map("".join), CUTTERS, st.sampled_from([1, 7, 400, 3000]), st.booleans()
)
def test_cutting_in_chunks_gives_the_pieces_of_the_whole(
    text: str, cutting: tuple[Cutting, bool], size: int, has_lines: bool
) -> None:
    text = text if has_lines else text.replace("\n", "")
    cutter = WordCutter(cutting[0], is_padded=cutting[1])
    whole = cutter.cut(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_pieces, "_MIN_SEGMENT", 1200)
        chunks = [text[start : start + size] for start in range(0, len(text), size)]
        assert [piece for pieces in cutter.cut_stream(chunks) for piece in pieces] == whole


def test_ordinary_writing_is_cut_into_words_and_marks() -> None:
    text = 'He said "Hi, you" (well-known). Don\'t...\n\n  Go\tnow!\n'
    tokenizer = WordTokenizer.from_text(text)
    assert texts(tokenizer, text) == [
        *("He", "said", ' "', "Hi", ", ", "you", '" ', "(", "well-known", ")", ". ", "Don't", "..."),
        *("<eos>", "<eos>", "  ", "Go", "\t", "now", "!", "<eos>"),
    ]


def test_scripts_without_spaces_are_cut_into_characters() -> None:
    text = "私は学生です。 Yes\n"
    assert WordCutter("punctuated").cut(text) == ["私", "は", "学", "生", "で", "す", "。 ", "Yes", "\n"]


def test_a_corpus_with_padded_lines_has_exactly_the_standard_tokens() -> None:
    text = " \n = Title = \n \n aer <unk> banknote N \n it 's <eos> fun , <unk> \n"
    tokenizer = WordTokenizer.from_text(text)
    assert texts(tokenizer, text) == standard(text)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.encode(" <unk> \n").tolist() == [tokenizer.unknown_id, tokenizer.line_end_id]


def test_a_corpus_with_unpadded_lines_has_exactly_the_standard_tokens() -> None:
    text = "no it was n't\n\n<unk> on N % of u.s. stocks\n"
    tokenizer = WordTokenizer.from_text(text)
    assert texts(tokenizer, text) == standard(text)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize(("name", "num_tokens"), [("valid", 217_646), ("test", 245_569)])
def test_wikitext_2_has_its_published_number_of_tokens(name: str, num_tokens: int) -> None:
    path = DATA / f"wikitext-2.{name}.txt"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    text = path.read_bytes().decode()
    tokenizer = WordTokenizer.from_text(text)
    ids = tokenizer.encode(text)
    assert len(ids) == num_tokens
    assert [tokenizer.token_text(token_id) for token_id in ids.tolist()] == standard(text)
    assert tokenizer.decode(ids) == text


def test_words_are_ordered_by_frequency_then_text() -> None:
    tokenizer = WordTokenizer.from_text("b c a c\nb d c\n")
    order = [tokenizer.token_text(token_id) for token_id in range(tokenizer.vocabulary_size)]
    assert order == ["<unk>", "<eos>", "c", "b", "a", "d"]


def test_rare_words_become_unknown() -> None:
    text = "b c a c\nb d c\n"
    rare_unknown = " ".join(texts(WordTokenizer.from_text(text, min_count=2), text))
    assert rare_unknown == "b c <unk> c <eos> b <unk> c <eos>"
    small = " ".join(texts(WordTokenizer.from_text(text, max_vocabulary=3), text))
    assert small == "<unk> c <unk> c <eos> <unk> <unk> c <eos>"


@pytest.mark.parametrize("size", [1, 2])
def test_a_vocabulary_without_room_for_words_is_refused(size: int) -> None:
    with pytest.raises(InvalidSetting, match="at least 3"):
        WordTokenizer.from_text("one two", max_vocabulary=size)


def test_an_unknown_word_of_a_prompt_takes_its_other_case_or_is_unknown() -> None:
    tokenizer = WordTokenizer.from_text("the king, he said. the end\n")
    ids, replaced = tokenizer.encode_prompt("The King of")
    assert tokenizer.decode(ids) == "the king <unk>"
    assert replaced == ["The", "King", "of"]


def test_spaces_of_a_prompt_that_the_corpus_lacks_are_no_unknown_words() -> None:
    tokenizer = WordTokenizer.from_text("the king, he said. the end\n")
    ids, replaced = tokenizer.encode_prompt("the   king ,he ")
    assert tokenizer.decode(ids) == "the king, he"
    assert replaced == []


def test_a_decoder_fed_with_the_prompt_goes_on_with_the_space_between() -> None:
    tokenizer = WordTokenizer.from_text("once upon a time\n")
    decoder = tokenizer.decoder()
    assert decoder.feed(tokenizer.encode("once upon")) == "once upon"
    assert decoder.feed(tokenizer.encode("a")) == " a"


def test_counting_forgets_the_rarest_words_beyond_its_bound() -> None:
    counts = WordCounts(max_words=10)
    for number in range(100):
        counts.add(["often", "often", f"w{number}"])
    assert counts.counts["often"] == 200
    assert len(counts.counts) <= 10


@patient
@given(st.lists(st.sampled_from("abcdef"), max_size=50))
def test_counting_is_exact_within_its_bound(words: list[str]) -> None:
    counts = WordCounts()
    counts.add(words)
    counts.add(words)
    assert counts.counts == Counter(words * 2)
