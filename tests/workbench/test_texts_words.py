"""What the Texts page says: what letting go does, how large a text is, what was found in it."""

from pathlib import Path

import pytest

from engine.errors import message
from engine.import_events import Candidate, FilePreview, ImportPreview, Problem, Rendering
from workbench.bridge.protocols.texts import CorpusEntry, Glance, Looked, TextFile
from workbench.viewmodels.texts import report
from workbench.viewmodels.texts.amounts import letters, rough, words
from workbench.viewmodels.texts.cleaning_form import cleaning_rows
from workbench.viewmodels.texts.drop_offer import zones_for
from workbench.viewmodels.texts.encoding_question import question_of
from workbench.viewmodels.texts.import_offer import ImportOffer, title_of_pasted
from workbench.viewmodels.texts.offered import Offered


def glance(num_files: int, **changes: object) -> Glance:
    names = tuple(f"part {number}.txt" for number in range(1, min(num_files, 5) + 1))
    return Glance(**{"num_files": num_files, "is_exact": True, "names": names, **changes})  # type: ignore[arg-type]


def text_file(name: str, encoding: str = "") -> TextFile:
    return TextFile(path=Path("/books") / name, name=name, format="text", size=100, encoding=encoding)


def looked(*files: TextFile, **preview: object) -> Looked:
    previews = tuple(
        FilePreview(**{"name": file.name, "format": "text", "size": 100, "encoding": "utf-8", "how": "strict UTF-8",
                       "is_whole": True, **preview})
        for file in files
    )  # fmt: skip
    return Looked(files=files, preview=ImportPreview(files=previews, num_files=len(files), num_bytes=100))


BOTH = Offered((Path("a.txt"), Path("b.txt")))
FOLDER = Offered((Path("book"),))


def test_one_file_is_named_and_promised_to_stay_as_it_is() -> None:
    offer = zones_for(Offered((Path("novel.docx"),)))
    assert offer.zones == (
        ("one", "Import novel.docx", "It becomes a text that you can train on. Your file stays as it is."),
    )


def test_several_files_can_become_one_text_or_one_each() -> None:
    keys = [(key, title) for key, title, _ in zones_for(BOTH, glance(24)).zones]
    assert keys == [("one", "Import 24 files as one text, in this order"), ("each", "Import 24 texts, one each")]


def test_names_are_told_before_the_files_were_looked_at() -> None:
    assert zones_for(BOTH).zones[0][1:] == ("Import 2 files as one text, in this order", "a.txt, b.txt")


def test_what_could_not_be_counted_in_time_is_told_as_more_than_so_many() -> None:
    offer = zones_for(FOLDER, glance(2301, is_exact=False, folder="book"))
    assert [zone[1] for zone in offer.zones] == ["Import more than 2,300 files as one text"]


def test_ten_thousand_files_do_not_become_ten_thousand_texts() -> None:
    assert [zone[0] for zone in zones_for(FOLDER, glance(10_000, folder="book")).zones] == ["one"]


def test_a_picture_is_refused_while_it_hangs_there() -> None:
    refusal = message("{name} is a picture, not a text.", name="cat.png")
    offer = zones_for(Offered((Path("cat.png"),)), glance(1, refusal=refusal))
    assert offer.zones[0][0] == "refused"
    assert offer.zones[0][2] == "cat.png is a picture, not a text."


def test_a_web_address_is_refused_with_the_way_that_leads_on() -> None:
    zone = zones_for(Offered(addresses=("https://example.org",))).zones[0]
    assert zone[2] == "Textloom reads files, not web addresses. Save the page first, then drop the file."


def test_an_empty_folder_is_told() -> None:
    assert "holds no files" in zones_for(FOLDER, glance(0, folder="book")).zones[0][2]


def test_a_model_is_offered_to_write_with() -> None:
    assert zones_for(Offered((Path("mine.textloom"),))).zones[0][:2] == ("model", "Write with this model")


@pytest.mark.parametrize(
    ("count", "said"),
    [(7, "7"), (3200, "3,200"), (201_843, "202,000"), (1_115_394, "1.1 million"), (999_600, "1.0 million"),
     (12_400_000, "12 million"), (1_200_000_000, "1.2 billion")],
)  # fmt: skip
def test_counts_have_no_more_digits_than_mean_something(count: int, said: str) -> None:
    assert rough(count) == said


def test_one_letter_and_one_word_are_not_many() -> None:
    assert (letters(1), words(1), letters(2)) == ("1 letter", "1 word", "2 letters")


def test_an_import_without_doubt_is_told_in_one_line() -> None:
    offer = ImportOffer.of(looked(text_file("a.txt")))
    assert not offer.has_doubt
    assert offer.sentence() == "UTF-8, nothing changed, your file stays as it is."


def test_a_title_that_is_given_stays_when_the_files_change_places() -> None:
    offer = ImportOffer.of(looked(text_file("a.txt"), text_file("b.txt")))
    assert offer.title == "a"
    offer.move(0, 1)
    assert offer.title == "b"
    offer.set_title("Both")
    offer.move(0, 1)
    assert (offer.title, offer.given_title) == ("Both", "Both")
    offer.set_title("  ")
    assert offer.title == "a"


def test_a_choice_of_encoding_holds_for_all_files_in_doubt_that_could_be_meant_so() -> None:
    candidates = tuple(
        Candidate(encoding=encoding, lines=(Rendering(line=3, text=text),))
        for encoding, text in (("cp1252", "Chère amie"), ("cp1250", "Chčre amie"))
    )
    files = [text_file("a.txt"), text_file("b.txt")]
    offer = ImportOffer.of(looked(*files, how="guess", encoding="cp1252", candidates=candidates))
    assert offer.has_doubt
    question = question_of(offer, files[0].path)
    assert [answer.lines for answer in question.answers] == [("Line 3: Chère amie",), ("Line 3: Chčre amie",)]
    assert question.for_all == "Read the other file the same way"
    offer.choose_encoding(files[0].path, "cp1250", is_for_all=True)
    assert [file.encoding for file in offer.files] == ["cp1250", "cp1250"]
    offer.choose_encoding(files[0].path, "cp1252", is_for_all=False)
    assert [file.encoding for file in offer.files] == ["cp1252", "cp1250"]


def test_a_refused_file_is_a_reason_to_ask() -> None:
    found = looked(text_file("a.txt"))
    problem = Problem(name="b.txt", reason=message("{name} is empty.", name="b.txt"))
    assert ImportOffer.of(Looked(files=found.files, preview=found.preview, problems=(problem,))).has_doubt


def test_a_pasted_text_is_called_by_its_first_line() -> None:
    assert title_of_pasted("\n  The ferry \nGoes over") == "The ferry"
    assert title_of_pasted("word " * 40).endswith("word…")
    assert len(title_of_pasted("word " * 40)) <= 61


def test_every_option_of_cleaning_has_a_row_with_help() -> None:
    rows = {row.name: row for row in cleaning_rows()}
    assert list(rows) == [
        "newlines", "unicode_form", "control_characters", "blank_lines", "rare_characters", "rare_below", "lower_case",
        "gutenberg",
    ]  # fmt: skip
    assert {row.kind for row in rows.values()} == {"choice", "number", "switch"}
    assert all(row.label and row.help for row in rows.values())
    assert rows["blank_lines"].maximum == 1000


def entry(**report_values: object) -> CorpusEntry:
    counts = {"bytes": 600_000, "characters": 576_000, "words": 116_000, "character_kinds": 63, "word_kinds": 4_321}
    values = {"counts": counts, **report_values}
    return CorpusEntry(id="x", path=Path("/x"), title="X", report=values)


def test_a_text_is_summed_up_in_one_sentence() -> None:
    assert report.summary(entry()) == "A text of 576,000 letters, 116,000 words, 63 kinds of characters."
    assert report.warnings(entry()) == []


def test_a_small_text_is_expected_to_be_learned_by_heart() -> None:
    small = entry(counts={"bytes": 60_000, "characters": 59_000, "words": 9, "character_kinds": 40})
    assert report.warnings(small)[0].startswith("60 kB is very small: expect it to be learned by heart.")


def test_a_text_of_one_kind_of_character_is_told_once() -> None:
    reason = message("{name} has only one kind of character: there is nothing to learn in it.", name="X")
    problem = {"name": "X", "reason": reason.text, "reason_template": reason.template, "reason_values": {"name": "X"}}
    alike = entry(counts={"bytes": 900, "characters": 900, "character_kinds": 1}, problems=[problem])
    assert len(report.warnings(alike)) == 1


def test_passages_that_stand_in_both_parts_are_told() -> None:
    assert report.warnings(entry(leakage={"share": 0.31}))[0].startswith("31 % of the passages kept for validation")
    assert report.warnings(entry(leakage={"share": 0.01})) == []


def test_changes_and_characters_are_told_in_words() -> None:
    changed = entry(
        changes=[{"kind": "line ends unified", "count": 1203, "first": {}}],
        characters={" ": 144_000, "\n": 57_600, "\x07": 4},
        num_rare_characters=1,
        rare_characters=["\x07"],
    )
    assert report.changes_sentence(changed) == "1,203 line ends unified."
    assert [(name, text) for name, _, text in report.character_rows(changed)] == [
        ("space", "25.0 %"), ("line end", "10.0 %"), ("U+0007", "0.0 %"),
    ]  # fmt: skip
    assert report.rare_sentence(changed) == "1 character occurs fewer than ten times: U+0007"


def test_a_report_of_nonsense_is_read_as_nothing() -> None:
    odd = CorpusEntry(id="x", path=Path("/x"), title="X", report={"changes": 3, "characters": [], "problems": [4]})
    assert report.changes(odd) == []
    assert report.character_rows(odd) == []
    assert report.reference_rows(odd) == []
    assert report.import_problems(odd) == []
