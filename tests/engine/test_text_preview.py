"""What is shown before an import: the encoding and its rivals, the lines that change, of the files as they are."""

import importlib.util
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput, Cancelled
from engine.import_events import CorpusImported, FilePreview, ImportPreview
from engine.library.library import Library
from engine.text import preview as preview_module
from engine.text.cleaning import clean
from engine.text.importing import import_texts
from engine.text.line_changes import line_changes
from engine.text.preview import preview_import
from engine.text.sources import find_texts

_spec = importlib.util.spec_from_file_location("document_files", Path(__file__).with_name("document_files.py"))
assert _spec is not None
assert _spec.loader is not None
files = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(files)

GERMAN = "Grüße und schöne Äpfel,\nsagte er – »heute«.\n"


def look(
    path: Path, data: bytes | str, cleaning: CleaningConfig | None = None, encoding: str | None = None
) -> FilePreview:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    (file,) = preview_import(find_texts([path]), cleaning, encoding).files
    return file


def test_a_plain_text_in_utf8_is_certain_and_nothing_changes(tmp_path: Path):
    file = look(tmp_path / "a.txt", GERMAN)
    assert (file.encoding, file.how, file.is_in_doubt, file.is_whole) == ("utf-8", "strict UTF-8", False, True)
    assert (file.changes, file.changed_lines, file.candidates, file.problem) == ((), (), (), None)
    assert file.beginning == GERMAN
    assert (file.name, file.format, file.size) == ("a.txt", "text", len(GERMAN.encode()))


def test_a_text_in_an_old_encoding_is_in_doubt_and_shows_where_the_candidates_differ(tmp_path: Path):
    file = look(tmp_path / "a.txt", ("plain\n" + GERMAN * 20).encode("cp1252"))
    assert (file.encoding, file.how, file.is_in_doubt) == ("cp1252", "guess", True)
    assert file.beginning.startswith("plain\nGrüße und schöne Äpfel")
    taken, *others = file.candidates
    assert taken.encoding == "cp1252"
    assert taken.lines[0].line == 2
    assert taken.lines[0].text == "Grüße und schöne Äpfel,"
    assert others
    for other in others:
        assert [line.line for line in other.lines] == [line.line for line in taken.lines]
        assert [line.text for line in other.lines] != [line.text for line in taken.lines]


def test_a_chosen_encoding_is_shown_as_chosen(tmp_path: Path):
    text = "façade, déjà vu\n" * 20
    file = look(tmp_path / "a.txt", text.encode("latin-1"), encoding="latin-1")
    assert (file.encoding, file.how, file.is_in_doubt) == ("iso8859-1", "chosen", False)
    assert file.beginning == text
    wrong = look(tmp_path / "a.txt", text.encode("latin-1"), encoding="utf-8")
    assert wrong.problem is not None
    assert "byte 2 " in wrong.problem.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_certain(tmp_path: Path, encoding: str):
    file = look(tmp_path / "a.txt", (GERMAN * 10).encode(encoding))
    assert file.how in ("byte order mark", "NUL pattern")
    assert file.encoding.startswith(encoding[:6])
    assert file.beginning == GERMAN * 10


def test_documents_say_themselves_how_they_are_written(tmp_path: Path):
    body = "".join(files.docx_paragraph(f"Paragraph {n}.") for n in range(50))
    file = look(tmp_path / "a.docx", files.docx(body))
    assert (file.format, file.encoding, file.how, file.is_in_doubt) == ("docx", "", "", False)
    assert file.beginning.startswith("Paragraph 0.\nParagraph 1.\n")
    assert file.is_whole


def test_a_long_document_is_read_in_part(tmp_path: Path):
    body = "".join(files.docx_paragraph("Words and words. " * 20) for _ in range(2000))
    file = look(tmp_path / "a.docx", files.docx(body))
    assert not file.is_whole
    assert len(file.beginning) == 2000


def test_a_web_page_is_shown_as_it_is_read(tmp_path: Path):
    page = '<html><head><meta charset="windows-1252"></head><body><p>Grüße</p><p>Äpfel</p></body></html>'
    file = look(tmp_path / "a.html", page.encode("cp1252"))
    assert (file.encoding, file.how, file.beginning) == ("cp1252", "declared", "Grüße\n\nÄpfel\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32-be", "cp1252", "shift_jis", "gb18030"])
@pytest.mark.parametrize("room", [4097, 4098, 4099, 5000])
def test_the_beginning_of_a_long_file_is_cut_between_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, room: int
):
    monkeypatch.setattr(preview_module, "_FILE_BYTES", room)
    line = {"shift_jis": "日本語のテキスト、ひらがな\n", "gb18030": "汉语文字，简体\n"}.get(
        encoding, "Grüße, schöne Äpfel\n"
    )
    chosen = encoding if encoding in ("shift_jis", "gb18030", "cp1252") else None
    file = look(tmp_path / "a.txt", (line * 3000).encode(encoding), encoding=chosen)
    assert (file.problem, file.is_whole, file.is_in_doubt) == (None, False, False)
    assert file.beginning == (line * 3000)[:2000] or file.beginning in line * 3000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "ascii"])
def test_the_beginning_of_a_long_line_is_cut_between_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
):
    monkeypatch.setattr(preview_module, "_FILE_BYTES", 4096)
    text = ("words " if encoding == "ascii" else "日本語😀") * 3000
    for room in range(4096, 4101):
        monkeypatch.setattr(preview_module, "_FILE_BYTES", room)
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        file = look(tmp_path / "a.txt", (mark + "x" * (room % 4) + text).encode(encoding))
        assert (file.problem, file.is_whole) == (None, False)
        assert len(file.beginning) > 900


def test_cleaning_shows_the_lines_it_changes_with_counts(tmp_path: Path):
    text = "One\r\nTwo\0\r\n\r\n\r\n\r\nThree\x07 cafe\u0301\r\nFour"
    file = look(tmp_path / "a.txt", text, CleaningConfig(unicode_form="nfc", blank_lines=1))
    assert [(line.line, line.before, line.after) for line in file.changed_lines] == [
        (2, "Two\0", "Two"), (4, "", None), (5, "", None), (6, "Three\x07 cafe\u0301", "Three café"),
    ]  # fmt: skip
    assert file.num_changed_lines == 4
    assert {change.kind: change.count for change in file.changes} == {
        "line ends unified": 6, "NUL characters removed": 1, "control characters removed": 1,
        "characters brought to NFC": 1, "blank lines removed": 2,
    }  # fmt: skip
    assert file.beginning == "One\nTwo\n\nThree café\nFour"


def test_what_stands_around_a_book_is_shown_as_removed(tmp_path: Path):
    text = (
        "Header\n\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\nHeader\n\nBook\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK X ***\nLicence\n"
    )
    file = look(tmp_path / "a.txt", text, CleaningConfig(gutenberg=True))
    assert [(line.line, line.after) for line in file.changed_lines] == [(n, None) for n in (1, 2, 3, 8, 9)]
    assert file.beginning == "\nHeader\n\nBook\n"


def test_a_long_line_is_shown_around_its_first_difference():
    (change,) = line_changes("x" * 1000 + "A" + "y" * 1000, CleaningConfig(lower_case=True)).shown
    assert change.before == "x" * 60 + "A" + "y" * 139
    assert change.after == "x" * 60 + "a" + "y" * 139


def test_of_many_changed_lines_the_first_200_are_shown():
    changes = line_changes("A\nb\n" * 500, CleaningConfig(lower_case=True))
    assert (len(changes.shown), changes.count, changes.shown[-1].line) == (200, 500, 399)


MARKS = ["*** START OF THE PROJECT GUTENBERG EBOOK X ***", "*** END OF THE PROJECT GUTENBERG EBOOK X ***"]
PIECES = st.sampled_from(
    ["a", "B", "\n", "\n\n\n", "\r\n", "\r", " \t\n", "\x85", "\0", "\x0c", "e\u0301", "\u2028", "ﬁ"]
)
CLEANINGS = st.builds(
    CleaningConfig,
    newlines=st.sampled_from(["unify", "keep"]), unicode_form=st.sampled_from(["keep", "nfc", "nfkc"]),
    control_characters=st.sampled_from(["remove", "keep"]), blank_lines=st.integers(0, 2), lower_case=st.booleans(),
    gutenberg=st.booleans(),
)  # fmt: skip


@given(st.lists(PIECES | st.sampled_from([f"\n{mark}\n" for mark in MARKS]), max_size=25).map("".join), CLEANINGS)
def test_the_lines_that_stay_and_those_that_change_make_up_the_cleaned_text(text: str, cleaning: CleaningConfig):
    unified = clean(text, CleaningConfig(newlines=cleaning.newlines, control_characters="keep"))
    lines: dict[int, str | None] = dict(enumerate(unified.split("\n"), start=1))
    for change in line_changes(text, cleaning).shown:
        assert lines[change.line] == change.before
        assert change.after != change.before
        lines[change.line] = change.after
    made = "\n".join(line for line in lines.values() if line is not None)
    assert made.rstrip("\n") == clean(text, cleaning).rstrip("\n")


def test_few_files_of_many_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text("words\n" * 100)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    preview = preview_import(find_texts([tmp_path]), max_files=5)
    assert (len(preview.files), preview.num_files, preview.num_bytes) == (5, 30, 18_000)
    assert (preview.is_whole, preview.is_in_doubt) == (False, False)
    assert [problem.name.rpartition("/")[2] for problem in preview.problems] == ["picture.png"]
    monkeypatch.setattr(preview_module, "_ALL_BYTES", 4096 + 600)
    assert len(preview_import(find_texts([tmp_path])).files) == 2
    monkeypatch.setattr(preview_module, "_SECONDS", -1.0)
    assert len(preview_import(find_texts([tmp_path])).files) == 1


def test_a_file_that_cannot_be_read_says_why_and_the_others_are_shown(tmp_path: Path):
    for name, data in (("1.txt", b"words"), ("2.txt", b""), ("3.pdf", b"%PDF-1.4\nbroken"), ("4.txt", b"more")):
        (tmp_path / name).write_bytes(data)
    found = find_texts([tmp_path])
    (tmp_path / "4.txt").unlink()
    preview = preview_import(found)
    by_name = {file.name.rpartition("/")[2]: file for file in preview.files}
    told = {name: file.problem.text for name, file in by_name.items() if file.problem is not None}
    assert set(told) == {"3.pdf", "4.txt"}
    assert "is damaged" in told["3.pdf"]
    assert ["is empty" in problem.reason.text for problem in preview.problems] == [True]
    assert "does not exist" in told["4.txt"]
    assert by_name["1.txt"].beginning == "words"


def test_changes_of_all_files_are_added_up(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_bytes(b"x\r\ny\r\n")
    preview = preview_import(find_texts([tmp_path]))
    ((kind, count),) = [(change.kind, change.count) for change in preview.changes]
    assert (kind, count) == ("line ends unified", 4)
    assert preview.is_whole


def test_an_encoding_that_does_not_exist_is_refused_and_a_preview_can_be_cancelled(tmp_path: Path):
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(BadInput, match="no encoding called"):
        preview_import(find_texts([tmp_path]), encoding="klingon")
    with pytest.raises(Cancelled):
        preview_import(find_texts([tmp_path]), is_cancelled=lambda: True)


def test_a_preview_shows_what_an_import_then_writes(tmp_path: Path, library: Library):
    cleaning = CleaningConfig(unicode_form="nfc", blank_lines=1, lower_case=True)
    path = tmp_path / "a.txt"
    path.write_bytes((unicodedata.normalize("NFD", GERMAN) + "\n\n\n" + GERMAN).encode("utf-16"))
    preview: ImportPreview = preview_import(find_texts([path]), cleaning)
    *_, imported = import_texts(find_texts([path]), library, cleaning=cleaning)
    assert isinstance(imported, CorpusImported)
    assert library.corpus(imported.corpus).text_path.read_text(encoding="utf-8") == preview.files[0].beginning
    changes = {change["kind"]: change["count"] for change in imported.report["changes"]}
    assert changes == {change.kind: change.count for change in preview.changes}
