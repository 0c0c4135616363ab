"""Which characters of a text the tokens stand for that a model reads of it."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.errors import BadInput
from engine.text.cleaning import clean
from engine.text.places import cleaned_places, read_text
from engine.text.tokenizers import build_tokenizer

PROSE = 'He said, "don\'t go", and went.\n\tThe end of the tale... was said\n' * 30
SPACED = " the <unk> said , and then \n so it was , he said . \n" * 30
TOKENIZERS = {
    "char": build_tokenizer(PROSE, CorpusConfig()),
    "char with <unk>": build_tokenizer(PROSE, CorpusConfig(unknown_character=True, min_count=31)),
    "byte": build_tokenizer(PROSE, CorpusConfig(tokens="byte")),
    "word": build_tokenizer(PROSE, CorpusConfig(tokens="word")),
    "spaced": build_tokenizer(SPACED, CorpusConfig(tokens="word")),
}
PIECES = st.sampled_from(
    ["he", "He", "said", "xyz", " ", "  ", "\n", ",", ", ", '"', "don't", "\t", "é", "e\u0301", "\u0301", "…", "日",
     "\r\n", "\r", "\0", "İ", "Σ", "ﬁ", "ß", "\n\n\n", " \n", "<unk>", ".", "...", "\u2028", "\ufeff", "😀", "Å\u0323"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=20).map("".join)
CLEANINGS = st.builds(
    CleaningConfig,
    newlines=st.sampled_from(["unify", "keep"]), unicode_form=st.sampled_from(["keep", "nfc", "nfkc"]),
    control_characters=st.sampled_from(["remove", "keep"]), blank_lines=st.integers(0, 2), lower_case=st.booleans(),
)  # fmt: skip


@pytest.mark.parametrize("kind", TOKENIZERS)
@given(text=TEXTS, cleaning=st.none() | CLEANINGS)
def test_the_tokens_are_those_of_a_prompt_and_stand_in_order(kind, text, cleaning):
    tokenizer = TOKENIZERS[kind]
    read = read_text(text, tokenizer, cleaning)
    wanted = tokenizer.encode_prompt(text if cleaning is None else clean(text, cleaning))[0]
    assert list(read.token_ids) == wanted.tolist()
    assert len(read.starts) == len(read.stops) == len(read.is_replaced) == len(wanted)
    assert ((read.starts >= 0) & (read.starts <= read.stops) & (read.stops <= len(text))).all()
    assert (np.diff(read.starts) >= 0).all()
    assert (np.diff(read.stops) >= 0).all()
    places = list(zip(read.starts.tolist(), read.stops.tolist(), strict=True))
    if cleaning is None:
        assert all(first == second or first[1] <= second[0] for first, second in itertools.pairwise(places))


@pytest.mark.parametrize("kind", TOKENIZERS)
@example(text="he .")
@given(text=TEXTS)
def test_a_token_that_is_not_replaced_is_what_stands_in_its_place(kind, text):
    tokenizer = TOKENIZERS[kind]
    read = read_text(text, tokenizer, None)
    places = zip(read.token_ids, read.starts.tolist(), read.stops.tolist(), read.is_replaced.tolist(), strict=True)
    for token_id, start, stop, is_replaced in places:
        written = text[start:stop]
        if kind == "byte":
            assert token_id in written.encode()
            assert not is_replaced
        elif token_id == tokenizer.line_end_id:
            assert is_replaced or written.removeprefix(" ") == "\n"
        else:
            token = tokenizer.token_text(token_id)
            is_word = kind != "word" or token[0].isalpha()  # a mark has no space before it, unless all have
            spaces = ("", " ") if is_word else ("",)
            assert (written.removesuffix(token) in spaces) != is_replaced


@given(TEXTS, CLEANINGS)
def test_the_places_of_cleaned_characters_are_those_they_came_from(text, cleaning):
    cleaned, starts, stops = cleaned_places(text, cleaning)
    assert cleaned == clean(text, cleaning)
    assert len(starts) == len(stops) == len(cleaned)
    for character, start, stop in zip(cleaned, starts.tolist(), stops.tolist(), strict=True):
        source = text[start:stop]
        if start < stop and character not in "\n \t":
            within = CleaningConfig(
                newlines="keep", unicode_form=cleaning.unicode_form, lower_case=cleaning.lower_case,
                control_characters=cleaning.control_characters,
            )  # fmt: skip
            assert character.replace("ς", "σ") in clean(source, within).replace("ς", "σ")


def places_of(text, cleaning):
    cleaned, starts, stops = cleaned_places(text, cleaning)
    return [
        (character, text[start:stop])
        for character, start, stop in zip(cleaned, starts.tolist(), stops.tolist(), strict=True)
    ]


def test_a_letter_and_its_accent_are_one_place():
    found = places_of("cafe\u0301s", CleaningConfig(unicode_form="nfc"))
    assert found == [("c", "c"), ("a", "a"), ("f", "f"), ("é", "e\u0301"), ("s", "s")]


def test_a_character_that_becomes_two_is_the_place_of_both():
    assert places_of("aİb", CleaningConfig(lower_case=True)) == [("a", "a"), ("i", "İ"), ("\u0307", "İ"), ("b", "b")]


def test_what_is_removed_is_no_place():
    found = places_of("a\r\n\r\n\r\n\r\nb\0c", CleaningConfig(blank_lines=1))
    assert found == [("a", "a"), ("\n", "\r\n"), ("\n", "\r\n"), ("b", "b\0"), ("c", "c")]


def test_around_a_book_stands_no_token():
    start, end = (f"*** {mark} OF THE PROJECT GUTENBERG EBOOK X ***" for mark in ("START", "END"))
    text = f"Header\n{start}\nBook\n{end}\nEnd"
    read = read_text(text, TOKENIZERS["byte"], CleaningConfig(gutenberg=True))
    assert "".join(text[start:stop] for start, stop in zip(read.starts, read.stops, strict=True)) == "Book\n"


def test_a_replaced_character_keeps_its_place():
    read = read_text("no… é", TOKENIZERS["char"], None)
    assert read.starts.tolist() == [0, 1, 2, 2, 2, 3, 4]
    assert read.is_replaced.tolist() == [False, False, True, True, True, False, True]


def test_a_word_has_the_space_before_it():
    text = 'He said, "tale" '
    read = read_text(text, TOKENIZERS["word"], None)
    found = [text[start:stop] for start, stop in zip(read.starts, read.stops, strict=True)]
    assert found == ["He", " said", ", ", '"', "tale", '"']


def test_half_a_character_is_refused():
    with pytest.raises(BadInput, match="half a character"):
        read_text("\ud800", TOKENIZERS["char"], CleaningConfig())
