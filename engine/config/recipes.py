"""Recipes: named configurations as TOML files, the presets among them."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import tomli_w

from engine.config.configuration import FORMAT_VERSION, Table, from_tables
from engine.errors import BadInput

LARGEST_RECIPE_BYTES = 1_000_000


@dataclass(frozen=True)
class Recipe:
    """A named configuration.

    tables: as `from_tables` reads them; is_planned: what they leave open is chosen for the corpus and the machine.
    """

    name: str
    title: str
    about: str
    tables: Table
    is_planned: bool = False


def preset_names() -> list[str]:
    """Names of the presets that come with Textloom, `auto` first."""
    folder = resources.files("resources") / "presets"
    names = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return sorted(names, key=lambda name: PRESET_ORDER.index(name) if name in PRESET_ORDER else len(PRESET_ORDER))


PRESET_ORDER = ("auto", "quick", "balanced", "best", "char-rnn", "zaremba-small", "zaremba-medium", "zaremba-large")


def preset(name: str) -> Recipe:
    """The preset of this name. Raises BadInput with the nearest name if there is none."""
    names = preset_names()
    if name not in names:
        known = ", ".join(names)
        nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
        if nearest:
            template = "There is no preset {name}. Did you mean {meant}? The presets are: {names}."
            raise BadInput(template, name=name, meant=nearest[0], names=known)
        raise BadInput("There is no preset {name}. The presets are: {names}.", name=name, names=known)
    text = (resources.files("resources") / "presets" / f"{name}.toml").read_text(encoding="utf-8")
    return _recipe(name, tomllib.loads(text))


def read_recipe(path: Path) -> Recipe:
    """A recipe from a TOML file. Raises BadInput if it cannot be read or used."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_RECIPE_BYTES + 1)
    except OSError as error:
        raise BadInput(
            "The configuration {path} cannot be read: {reason}.", path=str(path), reason=error.strerror or str(error)
        ) from error
    if len(data) > LARGEST_RECIPE_BYTES:
        raise BadInput("The configuration {path} is larger than 1 MB, so it is not one.", path=str(path))
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "The configuration {path} is not valid TOML: {reason}.", path=str(path), reason=str(error)[:200]
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(
            "The configuration {path} holds a number that is far too long, or lists within lists without end.",
            path=str(path),
        ) from error
    return _recipe(path.stem, tables)


def recipe_as_toml(recipe: Recipe) -> str:
    """The TOML of a recipe, from which `read_recipe` makes an equal one. Raises BadInput if it cannot be used."""
    tables = {section: dict(table) if isinstance(table, Mapping) else table for section, table in recipe.tables.items()}
    from_tables(_with_duration(tables))
    head: Table = {"title": _sound(recipe.title), "about": _sound(recipe.about)}
    if recipe.is_planned:
        head["is_planned"] = True
    text = tomli_w.dumps({"format": FORMAT_VERSION, "recipe": head, **tables})
    if len(text.encode("utf-8")) > LARGEST_RECIPE_BYTES:
        raise BadInput("The recipe {title} is larger than 1 MB. Shorten its description.", title=recipe.title[:80])
    return text


def _sound(text: str) -> str:
    """The text with a question mark for each half of a character, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _recipe(name: str, tables: Table) -> Recipe:
    head = tables.pop("recipe", {})
    if not isinstance(head, Mapping):
        raise BadInput("The part recipe of the configuration {name} is not a table.", name=name)
    words = {key: str(head.get(key, "")) for key in ("title", "about")}
    is_planned = head.get("is_planned", False) is True
    if not is_planned:
        from_tables(_with_duration(tables))
    return Recipe(name, words["title"] or name, words["about"], tables, is_planned)


def _with_duration(tables: Table) -> Table:
    """The tables with some duration, so that a recipe without one, which leaves it to the command, can be checked."""
    training = tables.get("training", {})
    if isinstance(training, dict) and not any(training.get(k) for k in ("minutes", "epochs", "steps", "tokens")):
        return {**tables, "training": {**training, "steps": 1}}
    return tables
