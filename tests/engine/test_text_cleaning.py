"""What cleaning changes, what it reports, and that the pieces a text comes in make no difference."""

import re
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.config.corpus import CleaningConfig
from engine.text import gutenberg
from engine.text.changes import ChangeLog, Place, Position
from engine.text.cleaning import Cleaner, clean
from engine.text.folding import Folder, foldings
from engine.text.normalising import MAX_MARKS
from engine.text.tokenizer_char import CharTokenizer

KEEP = CleaningConfig(newlines="keep", control_characters="keep")


def cleaned(text: str, **choices: object) -> tuple[str, dict[str, tuple[int, int, int]]]:
    """The text with only these choices, and per kind of change: count, line and column of the first."""
    log = ChangeLog()
    values = {"newlines": "keep", "control_characters": "keep", **choices}
    result = clean(text, CleaningConfig(**values), log)
    return result, {change.kind: (change.count, change.first.line, change.first.column) for change in log.changes()}


def in_pieces(pieces: Sequence[str], config: CleaningConfig) -> tuple[str, object]:
    log = ChangeLog()
    cleaner = Cleaner(config, "s", log)
    text = "".join(cleaner.feed(piece) for piece in pieces) + cleaner.finish()
    return text, sorted(log.changes(), key=lambda change: change.kind)


# Characters at which steps must look across the cut of two pieces, and some that they leave alone.
TRICKY = st.text(
    alphabet=st.sampled_from("ab \t\n\r\x00\x0b\x85\u2028\ufeffeE\u0301\u0327\u0316äÄΣσςΑİßﬁÅ각\u1100\u1161\u11a8😀ｶﾞ*"),
    max_size=40,
)
CONFIGS = st.builds(
    CleaningConfig,
    newlines=st.sampled_from(["unify", "keep"]),
    unicode_form=st.sampled_from(["keep", "nfc", "nfkc"]),
    control_characters=st.sampled_from(["remove", "keep"]),
    blank_lines=st.integers(0, 3),
    lower_case=st.booleans(),
    gutenberg=st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(pieces=st.lists(TRICKY, max_size=8), config=CONFIGS)
@example(pieces=["a\r", "\nb"], config=CleaningConfig())
@example(pieces=["e", "\u0301"], config=CleaningConfig(unicode_form="nfc"))
@example(pieces=["ΑΣ", "Α"], config=CleaningConfig(lower_case=True))
@example(pieces=["İ\u0316", "EE", "\u0301E"], config=CleaningConfig(unicode_form="nfc", lower_case=True))
@example(pieces=["a\n", "\n", " ", "\n\n"], config=CleaningConfig(blank_lines=1))
def test_text_and_report_are_the_same_for_all_cuts(pieces, config):
    assert in_pieces(pieces, config) == in_pieces(["".join(pieces)], config)


@settings(max_examples=300, deadline=None)
@given(text=TRICKY, config=CONFIGS)
def test_cleaning_a_clean_text_changes_nothing(text, config):
    once = clean(text, config)
    log = ChangeLog()
    assert clean(once, config, log) == once
    assert log.changes() == ()


@settings(max_examples=200, deadline=None)
@given(text=TRICKY)
def test_nothing_is_changed_when_nothing_is_chosen(text):
    assert clean(text, KEEP) == text


@settings(max_examples=200, deadline=None)
@given(text=TRICKY, form=st.sampled_from(["NFC", "NFKC"]))
def test_normal_forms_are_those_of_the_whole_text(text, form):
    result, changes = cleaned(text, unicode_form=form.lower())
    assert result == unicodedata.normalize(form, text)
    assert bool(changes) == (result != text)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="a \t\n", max_size=40), most=st.integers(1, 3))
def test_runs_of_blank_lines_are_cut_to_the_chosen_number(text, most):
    kept, run = [], 0
    *lines, last = text.split("\n")
    for line in lines:
        run = 0 if line.strip(" \t") else run + 1
        if run <= most:
            kept.append(line + "\n")
    result, changes = cleaned(text, blank_lines=most)
    assert result == "".join(kept) + last
    assert changes.get("blank lines removed", (0,))[0] == len(lines) - len(kept)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40))
def test_small_letters_are_those_of_python_but_for_sigma(text):
    result, changes = cleaned(text, lower_case=True)
    if "Σ" not in text:
        assert result == text.lower()
        assert bool(changes) == (result != text)


def test_line_ends_of_all_systems_become_line_feeds_and_the_first_place_is_told():
    result, changes = cleaned("a\nb\r\nc\rd\x85e\u2028f\u2029g", newlines="unify")
    assert result == "a\nb\nc\nd\ne\nf\ng"
    assert changes == {"line ends unified": (5, 2, 2)}


def test_control_characters_go_and_tabs_and_line_ends_stay():
    text = "".join(map(chr, range(0xA1))) + "\u200b\u200dx\ufeffy"
    result, changes = cleaned(text, control_characters="remove")
    controls = [c for c in text if unicodedata.category(c) == "Cc" and c not in "\t\n\r\x85"]
    assert result == "".join(c for c in text if c not in controls and c != "\ufeff")
    assert changes == {
        "NUL characters removed": (1, 1, 1),
        "byte order marks inside the text removed": (1, 2, 154),
        "control characters removed": (len(controls) - 1, 1, 2),
    }


def test_the_first_place_is_told_with_its_source():
    log = ChangeLog()
    for source, text in (("one", "clean\n"), ("two", "a\nb\0"), ("three", "\0")):
        cleaner = Cleaner(CleaningConfig(), source, log)
        cleaner.feed(text)
        cleaner.finish()
    (change,) = log.changes()
    assert (change.count, change.first) == (2, Place(source="two", line=2, column=2))


def test_a_final_sigma_gets_its_own_form():
    assert cleaned("ΟΔΟΣ ΣΑΣ. Σ", lower_case=True)[0] == "οδος σας. σ"


def test_one_letter_with_endless_marks_takes_no_endless_time():
    marks = "\u0301\u0316" * 100_000
    result, _ = cleaned("a" + marks, unicode_form="nfc")
    assert result.startswith(unicodedata.normalize("NFC", "a" + marks[:MAX_MARKS]))
    assert (result[0], result.count("\u0316"), result.count("\u0301")) == ("á", 100_000, 99_999)
    whole = in_pieces(["a" + marks[:3000]], CleaningConfig(unicode_form="nfc"))
    assert in_pieces(re.findall(".{1,77}", "a" + marks[:3000]), CleaningConfig(unicode_form="nfc")) == whole


def test_a_long_line_of_spaces_is_no_blank_line():
    text = "a\n" + " " * 500 + "\n" + "\n\n\nb"
    assert cleaned(text, blank_lines=1)[0] == "a\n" + " " * 500 + "\n\nb"


BOOK = (
    "The Project Gutenberg eBook of Something\n\nTitle: Something\n\n"
    "*** START OF THE PROJECT GUTENBERG EBOOK SOMETHING ***\nThe book.\nIt ends.\n"
    "*** END OF THE PROJECT GUTENBERG EBOOK SOMETHING ***\nSection 1. General terms\n*** not a marker\n"
)


def test_header_and_licence_of_a_gutenberg_book_go():
    result, changes = cleaned(BOOK, gutenberg=True)
    assert result == "The book.\nIt ends.\n"
    assert changes == {
        "headers of Project Gutenberg removed": (1, 1, 1),
        "licences of Project Gutenberg removed": (1, 8, 1),
    }


def test_several_gutenberg_books_in_one_file_lose_what_stands_between_them():
    old = "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS**END*\nOld book.\nEnd of Project Gutenberg's Old\nx"
    assert cleaned(BOOK + BOOK, gutenberg=True)[0] == "The book.\nIt ends.\n" * 2
    assert cleaned("Etext\n" + old, gutenberg=True)[0] == "Old book.\n"


@pytest.mark.parametrize("text", ["No markers.\n", "A story about START OF THE PROJECT GUTENBERG EBOOK X ***\n", ""])
def test_a_text_without_markers_keeps_everything(text):
    assert cleaned(text, gutenberg=True) == (text, {})


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(0, 3 * len(BOOK)), max_size=12))
def test_gutenberg_markers_are_found_across_all_cuts(cuts):
    text = "x" * 100 + "\n" + BOOK + BOOK.replace("\n", " ") + BOOK
    ends = [*sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    config = CleaningConfig(gutenberg=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gutenberg, "_HEADER_CHARACTERS", 400)
        assert in_pieces(pieces, config) == in_pieces([text], config)


def test_rare_characters_become_common_ones_that_resemble_them():
    common = dict.fromkeys("eEfiIoOkc\"'-. \n", 100)
    rare = dict.fromkeys("éﬁ“’—œЖ…\u0301K©", 1)
    table = foldings({**common, **rare}, 10)
    assert table == {
        "é": "e", "ﬁ": "fi", "“": '"', "’": "'", "—": "-", "œ": "oe",
        "Ж": "?", "…": "...", "\u0301": "", "K": "k", "©": "?",
    }  # fmt: skip


@pytest.mark.parametrize("common", ["eEaAskfi'\"-.? \n", "ABC?", "abc? \u0301", "äé?"])
def test_a_prompt_reads_rare_characters_as_the_corpus_folded_them(common):
    rare = dict.fromkeys(set("éÉÄﬁ“’—œЖ…\u0301K©\tßx") - set(common), 1)
    table = foldings({**dict.fromkeys(common, 100), **rare}, 10)
    tokenizer = CharTokenizer.from_counts(dict.fromkeys(common, 100))
    for character in rare:
        assert tokenizer.decode(tokenizer.encode_prompt(character)[0]) == table[character]


def test_line_feeds_and_the_fallback_are_never_rare():
    assert foldings({"\n": 1, "?": 1, "a": 1}, 10) == {"a": "?"}


def test_folding_counts_its_replacements_and_folds_what_only_other_parts_have():
    log = ChangeLog()
    folder = Folder({"é": "e"}, Position("text", log), frozenset("abe?\n"))
    assert folder.feed("a\nbé") + folder.feed("éЖ]^-") == "a\nbee????"
    assert [(change.count, change.first.line) for change in log.changes()] == [(6, 2)]
