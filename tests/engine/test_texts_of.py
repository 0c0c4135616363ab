"""Several texts in one option: one on each line, with escapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.texts_of import joined_texts, texts_of

TEXTS = st.lists(st.text("ab\\nt\n\t \"=é\r", min_size=1), max_size=5).map(tuple)


@given(TEXTS)
def test_joined_texts_are_read_back(texts):
    assert texts_of(joined_texts(texts)) == texts


@given(st.text("ab\\nt\n\t "))
def test_what_was_read_means_the_same_when_it_is_joined_and_read_again(value):
    assert texts_of(joined_texts(texts_of(value))) == texts_of(value)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("", ()), ("whale", ("whale",)), ("a\nb", ("a", "b")), ("a\n\n\nb\n", ("a", "b")), (" a ", (" a ",)),
        ("\n", ("\n",)), ("\n\n", ("\n\n",)), ("\\n", ("\n",)), ("a\\tb\\\\n", ("a\tb\\n",)), ("\\x\\", ("\\x\\",)),
        ("\\n\n:", ("\n", ":")),
    ],
)  # fmt: skip
def test_lines_are_texts_and_escapes_stand_for_line_ends_tabs_and_backslashes(value, texts):
    assert texts_of(value) == texts


def test_empty_texts_are_left_out():
    assert joined_texts(["", "a", ""]) == "a"
