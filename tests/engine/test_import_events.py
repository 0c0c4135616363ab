"""What an import tells can be said in another language."""

from pathlib import Path

import pytest

from engine.config.corpus import CleaningConfig
from engine.errors import message_from_record
from engine.import_events import CHANGE_SENTENCES, Change, CorpusImported, ImportPreview, Place, added_up
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sources import find_texts

BOOK = (
    "The Project Gutenberg eBook\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\n"
    "One\r\nTwo\0 \x07 \ufeffcafe\u0301 \ufb01\n\n\n\n\nThree Ж\n"
    "*** END OF THE PROJECT GUTENBERG EBOOK X ***\nLicence\n"
)


def imported(library: Library, path: Path, **cleaning: object) -> CorpusImported:
    *_, event = import_texts(find_texts([path]), library, cleaning=CleaningConfig(**cleaning))  # type: ignore[arg-type]
    assert isinstance(event, CorpusImported)
    return event


@pytest.mark.parametrize("form", ["nfc", "nfkc"])
def test_every_kind_of_change_has_a_sentence_for_one_and_for_many(tmp_path: Path, library: Library, form: str):
    path = tmp_path / "book.txt"
    path.write_text(BOOK, encoding="utf-8", newline="")
    report = imported(
        library, path, unicode_form=form, blank_lines=1, lower_case=True, gutenberg=True, rare_characters="fold"
    ).report
    kinds = {change["kind"] for change in report["changes"]}
    assert len(kinds) == 10
    assert kinds <= CHANGE_SENTENCES.keys()
    assert set(CHANGE_SENTENCES) - kinds <= {"characters brought to NFC", "characters brought to NFKC"}
    for one, many in CHANGE_SENTENCES.values():
        assert one.format(count=1) != many.format(count=1)
        assert "2" in many.format(count=2)


def test_a_problem_in_the_report_keeps_what_is_needed_to_translate_it(tmp_path: Path, library: Library):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("some words")
    (tmp_path / "texts" / "b.txt").write_text("")
    (problem,) = imported(library, tmp_path / "texts").report["problems"]
    assert problem["reason"] == "texts/b.txt is empty."
    told = message_from_record(problem, "reason")
    assert told is not None
    assert (told.template, told.values) == ("{name} is empty.", {"name": "texts/b.txt"})


def test_changes_of_one_kind_are_added_up_in_the_order_in_which_they_came():
    def change(kind: str, count: int, line: int) -> Change:
        return Change(kind=kind, count=count, first=Place(source="a", line=line, column=1))

    assert added_up([change("b", 1, 3), change("a", 2, 4), change("b", 5, 6)]) == (change("b", 6, 3), change("a", 2, 4))
    assert ImportPreview(files=(), num_files=0, num_bytes=0).changes == ()
