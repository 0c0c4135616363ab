"""A text leaves the program: as text, as Markdown that a reader of Markdown shows as it was, and as JSON with all."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from workbench.app.window import Program
from workbench.bridge.protocols.writing import Candidate, Document, Origin, Source
from workbench.viewmodels.write.export import exported, has_model_words, markdown, record, repeats_sentence
from workbench.viewmodels.write.marking import marked_text
from workbench.views.write.page import WritePage

REPEATS = "A model can repeat passages of its text."
TALES = Source(
    origin=Origin(run="tales", title="Tales"), settings={"temperature": 0.8, "top_p": 0.9, "stop": "a\nb"}, seed=7,
    created="2026-01-02T03:04:05Z",
)  # fmt: skip


def document() -> Document:
    text = "The ferryman "
    made = Document(title="The *ferryman*", text="").edited(0, 0, text)
    made = made.edited(len(text), 0, "rowed, twice.\n\nThen he slept.", "model", source=TALES)
    return made.edited(len(made.text), 0, " And I wrote this.", "person")


def read_back(text: str) -> tuple[str, list[str]]:
    """What a reader of Markdown shows, and what of it is in italics."""
    shown = QTextDocument()
    shown.setMarkdown(text)
    italics = []
    block = shown.begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            fragment = fragments.fragment()
            if fragment.charFormat().fontItalic():
                italics.append(fragment.text())
            fragments += 1
        block = block.next()
    return shown.toPlainText(), italics


def test_markdown_marks_what_the_model_wrote_and_names_model_and_settings() -> None:
    text = markdown(document())
    title, _, rest = text.partition("\n\n")
    body, _, foot = rest.partition("\n\n---\n")
    assert title == "# The \\*ferryman\\*"
    assert body == "The ferryman *rowed, twice*.\n\n*Then he slept*. And I wrote this."
    assert "Tales (Temperature 0.8, Top p 0.9, Stop at a / b)" in foot
    assert REPEATS in foot


def test_a_text_without_a_models_words_has_no_foot() -> None:
    own = Document(title="Mine", text="").edited(0, 0, "Only mine.")
    assert not has_model_words(own)
    assert markdown(own) == "# Mine\n\nOnly mine.\n"


def test_what_looks_like_markdown_stays_plain_text() -> None:
    text = "# no heading\n- no list\n1. no number\n    no code\n> no quote\n<b>no tag</b> [no](link) `x` a*b*c ~~e~~"
    shown, italics = read_back(marked_text(text, []))
    assert shown.replace("\u00a0", " ").replace("\u2028", "\n") == text
    assert italics == []


LINES = st.text(alphabet="ab *_#.-!()[]<>`~\\1,\n\u00e4\U0001f600", max_size=40)


@given(LINES, st.lists(st.integers(0, 40), max_size=6))
def test_any_text_is_shown_as_it_was_with_italics_only_where_the_model_wrote(text: str, places: list[int]) -> None:
    places = sorted({min(place, len(text)) for place in places})
    ranges = list(zip(places[0::2], places[1::2], strict=False))
    shown, italics = read_back(marked_text(text, ranges))
    assert "".join(shown.split()) == "".join(text.split())
    of_model = "".join("".join(text[start:stop].split()) for start, stop in ranges)
    in_italics = "".join("".join(part.split()) for part in italics)
    assert set(in_italics) <= set(of_model) | {""}
    assert [sign for sign in in_italics if sign.isalnum()] == [sign for sign in of_model if sign.isalnum()]


def test_json_has_text_passages_sources_branches_and_candidates() -> None:
    whole = document().branched(13, "Another way").edited(13, 0, "swam.", "model", source=TALES, joins=True)
    offered = Candidate(text="flew.", prompt="ferryman ", seed=3, origin=TALES.origin, is_starred=True)
    whole = whole.with_candidate(offered)
    found = json.loads(exported(whole, "json"))
    assert found == json.loads(json.dumps(record(whole)))
    assert found["note"] == REPEATS == repeats_sentence()
    assert found["text"] == "The ferryman swam."
    passage = found["passages"][1]
    assert (passage["start"], passage["stop"], passage["author"]) == (13, 18, "model")
    source = found["sources"][passage["source"]]
    assert source["model"] == {"run": "tales", "title": "Tales"}
    assert (source["settings"]["top_p"], source["seed"]) == (0.9, 7)
    names = {branch["name"]: branch for branch in found["branches"]}
    assert names["Another way"]["text"] == "The ferryman swam."
    assert names[""]["text"] == document().text
    assert names[""]["passages"][1]["author"] == "model"
    assert (found["candidates"][0]["text"], found["candidates"][0]["is_starred"]) == ("flew.", True)


def test_plain_text_is_the_text_alone() -> None:
    assert exported(document(), "text") == document().text


@pytest.fixture
def page(program_with_run: Program) -> WritePage:
    program_with_run.workbench.navigator.show_page("write")
    page = program_with_run.window.page("write")
    assert isinstance(page, WritePage)
    return page


@pytest.mark.parametrize(("place", "suffix"), [(0, ".txt"), (1, ".md"), (2, ".json")])
def test_the_menu_asks_for_a_file_writes_it_and_says_what_to_know(
    qtbot: QtBot,
    page: WritePage,
    program_with_run: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: int,
    suffix: str,
) -> None:
    page.model.document.write(0, "99 bottles", "person")
    page.model.document.write(10, " of beer", "model", source=TALES)
    names: list[str] = []
    told: list[str] = []
    program_with_run.workbench.notices.toast_wanted.connect(lambda text, *_: told.append(text))

    def choose(*arguments: object) -> tuple[str, str]:
        names.append(str(arguments[2]))
        return str(tmp_path / "out"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    page.export_menu.actions()[place].trigger()
    qtbot.waitUntil((tmp_path / f"out{suffix}").is_file)
    qtbot.waitUntil(lambda: bool(told))
    assert names[0].endswith(suffix)
    assert "99 bottles" in (tmp_path / f"out{suffix}").read_text(encoding="utf-8")
    assert told == [f"Saved as out{suffix}. {REPEATS}"]


def test_the_menu_itself_says_what_to_know(page: WritePage) -> None:
    from PySide6.QtWidgets import QLabel, QWidgetAction

    actions = [action for action in page.export_menu.actions() if isinstance(action, QWidgetAction)]
    labels = [label.text() for action in actions for label in action.defaultWidget().findChildren(QLabel)]
    assert labels == [REPEATS]


def test_a_disk_that_refuses_is_told(
    qtbot: QtBot, page: WritePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.model.document.write(0, "99 bottles", "person")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "nowhere" / "out.md"), ""))
    page.export_menu.actions()[1].trigger()
    qtbot.waitUntil(page.failure.isVisible)
