"""A person's own recipes and the queue: written whole, read back equal, damaged ones told."""

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config.configuration import SECTIONS, DeclaredSetting, declared_settings, from_tables, merged, to_tables
from engine.config.recipes import Recipe, preset, preset_names, read_recipe, recipe_as_toml
from engine.errors import BadInput, NewerFormat, TextloomError
from engine.library.library import Library
from engine.library.recipes import list_recipes, recipe_path, save_recipe

TABLES = {"format": 1, "model": {"cell": "gru", "hidden_size": 64}, "training": {"minutes": 3, "clip_norm": 0.25}}
RECIPE = Recipe("mine", "My recipe", "For letters.", TABLES)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def setting_values(setting: DeclaredSetting) -> st.SearchStrategy[Any]:
    option, default = setting.option, setting.default
    if option.choices:
        return st.sampled_from(option.choices)
    if isinstance(default, bool):
        return st.booleans()
    if isinstance(default, str):
        return WORDS
    if isinstance(default, int):
        return st.integers(int(option.minimum or 0), int(option.maximum or 9))
    return st.floats(option.minimum, option.maximum)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Recipes with any settings that can be had together."""
    tables: dict[str, Any] = {"format": 1, "training": {"steps": 5}}
    for section in SECTIONS:
        for setting in draw(st.lists(st.sampled_from(declared_settings(section)), max_size=6)):
            change = {setting.path.partition(".")[2]: draw(setting_values(setting))}
            with contextlib.suppress(TextloomError):
                changed = merged(tables, {section: change})
                from_tables(changed)
                tables = changed
    if draw(st.booleans()):
        tables = to_tables(from_tables(tables))
    return Recipe("mine", draw(WORDS.filter(bool)), draw(WORDS), tables, draw(st.booleans()))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(recipe=recipes())
def test_a_recipe_is_read_back_equal(tmp_path: Path, recipe: Recipe):
    path = tmp_path / "mine.toml"
    path.write_text(recipe_as_toml(recipe), encoding="utf-8", newline="")
    assert read_recipe(path) == recipe


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_saved_as_one_s_own(library: Library, name: str):
    path = save_recipe(library, preset(name))
    found = read_recipe(path)
    assert (found.title, found.tables, found.is_planned) == (
        preset(name).title, preset(name).tables, preset(name).is_planned,
    )  # fmt: skip


def test_recipes_are_listed_with_their_titles_the_last_saved_first(library: Library):
    first = save_recipe(library, RECIPE)
    second = save_recipe(library, RECIPE)
    os.utime(first, (1, 1))
    (library.recipes_path / "damaged.toml").write_text("[model]\ncell = 'lamp'\n")
    (library.recipes_path / "notes.txt").write_text("x")
    os.utime(library.recipes_path / "damaged.toml", (2, 2))
    entries = list_recipes(library)
    assert [entry.path for entry in entries] == [second, library.recipes_path / "damaged.toml", first]
    assert first.stem.startswith("my-recipe-")
    assert (entries[0].title, entries[0].info) == ("My recipe", {"about": "For letters.", "is_planned": False})
    assert "model.cell cannot be 'lamp'" in str(entries[1].problem)
    assert entries[1].title == "damaged"


def test_saving_under_an_id_replaces_the_recipe(library: Library):
    path = save_recipe(library, RECIPE)
    again = save_recipe(library, Recipe("mine", "Other", "", TABLES), path.stem)
    assert again == path == recipe_path(library, path.stem)
    assert [entry.title for entry in list_recipes(library)] == ["Other"]


def test_a_recipe_that_cannot_be_used_is_not_saved(library: Library):
    path = save_recipe(library, RECIPE)
    before = path.read_bytes()
    for tables in ({"model": {"cell": "lamp"}}, {"model": {"hidden_size": 0}}, {"lamp": {}}, {"model": 1}):
        with pytest.raises(BadInput):
            save_recipe(library, Recipe("mine", "x", "", tables), path.stem)
    with pytest.raises(BadInput, match="larger than 1 MB"):
        save_recipe(library, Recipe("mine", "x", "y" * 1_000_000, TABLES))
    with pytest.raises(BadInput, match="is no id"):
        save_recipe(library, RECIPE, "../x")
    assert path.read_bytes() == before
    assert len(list_recipes(library)) == 1


def test_halves_of_characters_in_a_title_do_not_stop_a_recipe(library: Library):
    path = save_recipe(library, Recipe("mine", "a\ud83d", "b\udc00", TABLES))
    assert read_recipe(path).title == "a?"


def test_a_recipe_goes_into_the_trash_and_comes_back(library: Library):
    path = save_recipe(library, RECIPE)
    place = library.trash(path)
    assert list_recipes(library) == []
    assert library.list_trash() == [place]
    assert library.restore(place) == path
    assert read_recipe(path).title == "My recipe"
    place = library.trash(path)
    save_recipe(library, RECIPE, path.stem)
    with pytest.raises(BadInput, match="there is another one"):
        library.restore(place)


@pytest.mark.skipif(sys.platform == "win32", reason="FIFO")
def test_what_is_no_file_is_no_recipe(library: Library):
    os.mkfifo(library.recipes_path / "pipe.toml")
    (library.recipes_path / "link.toml").symlink_to("/dev/zero")
    (library.recipes_path / "folder.toml").mkdir()
    assert list_recipes(library) == []


def test_a_queue_is_read_back_in_its_order(library: Library):
    assert library.read_queue() == []
    items: list[dict[str, object]] = [{"corpus": "a", "tables": {"model": {}}, "seeds": [1, 2]}, {"corpus": "b"}]
    library.write_queue(items)
    assert library.read_queue() == items
    library.write_queue([])
    assert library.read_queue() == []


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "{}", '{"format_version": 1, "min_reader": 1}', "\xed\xa0\x80",
        '{"format_version": 1, "min_reader": 1, "items": 1}', '{"format_version": 1, "min_reader": 1, "items": [1]}',
    ],
)  # fmt: skip
def test_a_damaged_queue_is_put_away_and_empty(library: Library, content: str):
    library.queue_path.write_text(content, encoding="latin-1")
    assert library.read_queue() == []
    (kept,) = library.trash_path.glob("quarantine-*/queue.json")
    assert kept.read_text(encoding="latin-1") == content
    assert not library.queue_path.exists()
    library.write_queue([{"corpus": "a"}])
    assert library.read_queue() == [{"corpus": "a"}]


def test_a_damaged_queue_of_a_library_that_is_only_read_stays_where_it_is(library: Library):
    library.queue_path.write_text("{")
    newer = Library(library.path, is_read_only=True)
    assert newer.read_queue() == []
    assert library.queue_path.exists()
    with pytest.raises(NewerFormat):
        newer.write_queue([])


def test_a_queue_that_is_too_long_is_refused_and_the_old_one_stays(library: Library):
    library.write_queue([{"corpus": "a"}])
    for items in ([{}] * 1001, [{"notes": "x" * 5_000_000}]):
        with pytest.raises(BadInput, match="queue is full"):
            library.write_queue(items)
    assert library.read_queue() == [{"corpus": "a"}]


def test_a_queue_of_a_newer_version_is_neither_lost_nor_overwritten(library: Library):
    library.queue_path.write_text('{"format_version": 9, "min_reader": 9, "items": []}')
    with pytest.raises(NewerFormat):
        library.read_queue()
    with pytest.raises(NewerFormat):
        library.write_queue([])
