"""Recipes as the window sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from engine.errors import Message


@dataclass(frozen=True, kw_only=True)
class RecipeEntry:
    """A named configuration.

    is_preset: it comes with Textloom; is_planned: `auto` fills what its tables leave open; problem: why it cannot be
    used.
    """

    id: str
    title: str
    about: str = ""
    tables: Mapping[str, Any] = field(default_factory=dict)
    is_planned: bool = False
    is_preset: bool = True
    path: Path | None = None
    problem: Message | None = None


class Recipes(Protocol):
    """Presets and the person's own recipes."""

    def entries(self) -> list[RecipeEntry]:
        """Presets in their order, then the person's own by title. Raises TextloomError for the folder alone."""
        ...

    def save(self, recipe: RecipeEntry, recipe_id: str = "") -> RecipeEntry:
        """Keep a recipe, a new one unless `recipe_id` names one of the person's own. Raises TextloomError."""
        ...

    def trash(self, recipe_id: str) -> Path:
        """Move one of the person's own recipes to the trash; returns its place there. Raises TextloomError."""
        ...

    def restore(self, place: Path) -> None:
        """Bring something back from the trash. Raises TextloomError."""
        ...

    def export(self, recipe: RecipeEntry, path: Path) -> None:
        """Write a recipe as a TOML file; an existing file is replaced. Raises TextloomError."""
        ...

    def read(self, path: Path) -> RecipeEntry:
        """Take a TOML file into the library as a recipe. Raises TextloomError."""
        ...
