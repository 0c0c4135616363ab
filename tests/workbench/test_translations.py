"""The German catalogue and the help pages: complete, of the same shape as the English ones, and in German style."""

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import message
from resources.translations import collect as collecting
from resources.translations.phrases import Module, called
from workbench import words
from workbench.views.window.help_window import OPTIONS, PAGES, page_text, page_title

ROOT = collecting.ROOT
CATALOGUE = ROOT / "resources" / "translations" / "de.json"
HELP = ROOT / "resources" / "help"
LANGUAGES = ("de", "en")
LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")
MARKUP = re.compile(r"</?[a-z]+[^<>]*>|&\w+;|&(?=\w)|\*\.\w+|\*\*|`|\n")
SAMPLE = "Auto"  # a value for every place of a template

# Calls whose template is no literal, each with where its templates come from instead.
FROM_ELSEWHERE = {
    ("words.py", "tr(value)"): "words inside the engine's sentences, which the collector follows to their literals",
    ("words.py", "tr(message.template, **values)"): "the engine's sentences",
    ("viewmodels/recipes/faults.py", "tr(error.message.template, **{**error.message.values, 'field': field})"):
        "the engine's sentences",
    ("viewmodels/recipes/form.py", "tr(option.help)"): "declarations of options",
    ("viewmodels/recipes/form.py", "tr(setting.option.unit)"): "declarations of options",
    ("viewmodels/recipes/labels.py", "tr(setting.option.label)"): "declarations of options",
    ("viewmodels/recipes/labels.py", "tr(choice)"): "words of a configuration that have no other name",
    ("viewmodels/recipes/labels.py", "tr(recipe.title)"): "the presets' titles",
    ("viewmodels/recipes/labels.py", "tr(recipe.about)"): "the presets' descriptions",
    ("viewmodels/runs/variation.py", "tr(setting.option.help)"): "declarations of options",
    ("viewmodels/runs/varying.py", "tr(self._setting.option.help)"): "declarations of options",
    ("viewmodels/texts/cleaning_form.py", "tr(option.label)"): "declarations of options",
    ("viewmodels/texts/cleaning_form.py", "tr(option.help)"): "declarations of options",
    ("viewmodels/texts/cleaning_form.py", "tr(option.unit)"): "declarations of options",
    ("viewmodels/texts/import_offer.py", "plural(*CHANGE_SENTENCES[change.kind], change.count)"):
        "a mapping that the collector knows by its name",
    ("viewmodels/window/help_pages.py", "tr(option.label)"): "declarations of options",
    ("viewmodels/window/help_pages.py", "tr(option.help)"): "declarations of options",
    ("viewmodels/write/options.py", "tr(option.label)"): "declarations of options",
    ("viewmodels/write/options.py", "tr(option.help)"): "declarations of options",
    ("viewmodels/write/options.py", "tr(option.unit)"): "declarations of options",
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> collecting.Sentences:
    """All sentences of the present code."""
    return collecting.collect()


@pytest.fixture(scope="module")
def catalogue() -> dict[str, object]:
    """The German catalogue."""
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))


@pytest.fixture
def german() -> None:
    """Speaks German until the test has ended."""
    words.use_language(words.read_language("de"))


def forms(found: collecting.Sentences) -> Iterator[tuple[str, str, int]]:
    """Each English form with the key it has in a catalogue and its place in a plural."""
    for template in sorted(found.single):
        yield template, template, -1
    for many, one in sorted(found.plurals.items()):
        yield one, many, 0
        yield many, many, 1


def translated(found: collecting.Sentences, catalogue: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Each English form that has a German one, with it."""
    for english, key, place in forms(found):
        german = translation(catalogue, key, place)
        if isinstance(german, str):
            yield english, german


def translation(catalogue: dict[str, object], key: str, place: int) -> object:
    """The German form, None where there is none."""
    known = catalogue["templates"].get(key)
    if place < 0:
        return known
    return known[place] if isinstance(known, list) and len(known) == 2 else None


def places(template: str) -> set[str]:
    """The values that a template names."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_sentence_has_a_translation(found: collecting.Sentences, catalogue: dict[str, object]) -> None:
    missing = [english for english, key, place in forms(found) if not translation(catalogue, key, place)]
    assert missing == []


def test_no_translation_is_left_of_a_sentence_that_is_gone(
    found: collecting.Sentences, catalogue: dict[str, object]
) -> None:
    assert set(catalogue["templates"]) - found.single - found.plurals.keys() == set()


def test_a_catalogue_is_what_the_collector_writes(found: collecting.Sentences) -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert text == collecting.written(collecting.updated(json.loads(text), found))


def test_a_translation_names_the_same_values_and_keeps_the_markup(
    found: collecting.Sentences, catalogue: dict[str, object]
) -> None:
    for english, german in translated(found, catalogue):
        assert places(german) == places(english), english
        assert sorted(MARKUP.findall(german)) == sorted(MARKUP.findall(english)), english


@pytest.mark.usefixtures("german")
def test_every_translation_can_be_filled_in(found: collecting.Sentences) -> None:
    for english, key, place in forms(found):
        values = dict.fromkeys(places(key) | places(english), SAMPLE)
        values.pop("count", None) if place >= 0 else None
        filled = words.tr(key, **values) if place < 0 else words.plural(english, key, 1 + place, **values)
        assert filled


def test_translations_keep_the_tone(found: collecting.Sentences, catalogue: dict[str, object]) -> None:
    for english, german in translated(found, catalogue):
        assert "!" not in re.sub(r"\{\w+!r\}", "", german), german
        assert not re.search(r"(?<![.:] )(?<!^)\bSie\b", german), german  # "they" only begins a sentence
        assert german.count("„") == german.count("“") >= english.count("“"), german
        assert german.endswith(tuple(".:…?")) == english.endswith(tuple(".:…?")), german


def test_window_code_translates_only_literals_or_what_the_collector_finds_elsewhere() -> None:
    seen = set()
    for path in sorted((ROOT / "workbench").rglob("*.py")):
        name = path.relative_to(ROOT / "workbench").as_posix()
        for call in calls_of(path):
            count = {"tr": 1, "plural": 2}[called(call)]
            if not all(isinstance(part, ast.Constant) for part in call.args[:count]) or len(call.args) < count:
                seen.add((name, ast.unparse(call)))
    assert seen == FROM_ELSEWHERE.keys()


def calls_of(path: Path) -> Iterator[ast.Call]:
    """Calls of tr and plural; naming them without a call would hide their templates."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in ("tr", "plural")]
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in ("tr", "plural")]
    assert len(named) <= len(calls), path
    return iter(calls)


def test_the_collector_follows_words_of_a_sentence_to_their_literals() -> None:
    module = Module(
        ast.parse(
            "NAMES = {'a': 'a web page'}\n"
            "def kind(mode):\n    kinds = {1: 'a socket'}\n    return kinds.get(mode, 'something else')\n"
            "def refuse(reason):\n    raise BadInput('{reason}', reason=reason)\n"
            "def check(mode, error):\n"
            "    refuse('it is too short')\n"
            "    raise BadInput('{a} {b} {c}', a=NAMES[mode], b=kind(mode), c=error.text or 'no reason')\n"
        )
    )
    values = [keyword.value for call in module.calls({"BadInput"}) for keyword in call.keywords]
    assert sorted(text for value in values for text in module.literals(value)) == [
        "a socket", "a web page", "it is too short", "no reason", "something else",
    ]  # fmt: skip


@pytest.mark.usefixtures("german")
def test_words_inside_a_sentence_of_the_engine_are_translated() -> None:
    sentence = message("There is no {kind} called {name}.", kind="run", name="alpha")
    assert words.told(sentence) == "Es gibt keinen Lauf namens alpha."


@pytest.mark.usefixtures("german")
def test_numbers_are_written_as_in_german() -> None:
    assert words.number(1234567.891, 2) == "1.234.567,89"
    assert words.significant(0.00123) == "0,00123"
    assert words.percent(0.625, 1) == "62,5 %"
    assert words.file_size(1_230_000) == "1,2 MB"
    assert words.duration(200) == "3 min 20 s"
    assert words.rough_duration(9000) == "etwa 2,5 Stunden"
    assert words.plural("{count} letter", "{count} letters", 3200) == "3.200 Buchstaben"
    assert words.plural("{count} letter", "{count} letters", 1) == "1 Buchstabe"


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_pages_are_those_of_the_help_window(language: str) -> None:
    assert {path.stem for path in (HELP / language).glob("*.md")} == set(PAGES) - {OPTIONS}


@pytest.mark.parametrize("name", sorted(set(PAGES) - {OPTIONS}))
def test_a_help_page_is_the_same_in_both_languages(name: str) -> None:
    german, english = ((HELP / language / f"{name}.md").read_text(encoding="utf-8") for language in LANGUAGES)
    assert LINK.findall(german) == LINK.findall(english)
    assert set(LINK.findall(english)) <= {f"{page}.md" for page in PAGES}
    assert headings(german) == headings(english)
    assert german.splitlines()[0] != english.splitlines()[0]


def headings(page: str) -> list[int]:
    """The levels of the headings of a page."""
    return [len(line) - len(line.lstrip("#")) for line in page.splitlines() if line.startswith("#")]


@pytest.mark.parametrize("name", sorted(set(PAGES) - {OPTIONS}))
@pytest.mark.usefixtures("german")
def test_a_help_page_begins_with_its_title_in_the_list(name: str) -> None:
    assert page_text(name).splitlines()[0] == f"# {page_title(name)}"
