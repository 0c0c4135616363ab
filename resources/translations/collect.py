"""Collects every sentence that a person can read, and brings the catalogues up to date.

    python -m resources.translations.collect

The window's sentences are the literal arguments of `tr` and `plural`; the engine's are the templates of its messages
and errors, the words that it puts into their places, and the declarations of its options; the presets bring their
titles and descriptions. New ones are added to each catalogue without a translation (null), which
the tests refuse until somebody gives one; those that no longer occur are removed.
"""

import ast
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.config.configuration import SECTIONS, declared_options, declared_settings
from engine.config.corpus import CleaningConfig
from resources.translations.phrases import Module, called

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
ENGINE_CALLS = {
    "message", "Message", "TextloomError", "BadInput", "InvalidSetting", "NewerFormat", "DamagedFile", "StorageFailed",
}  # fmt: skip
SPOKEN_MAPPINGS = {"CHANGE_SENTENCES"}
NAMING_VALUES = {"character", "encoding", "field"}  # values that are the same in every language


@dataclass
class Sentences:
    """single: templates; plurals: the form for many to the form for one."""

    single: set[str] = field(default_factory=set)
    plurals: dict[str, str] = field(default_factory=dict)


def collect() -> Sentences:
    """All sentences of the present code."""
    found = Sentences()
    window, engine = _trees(ROOT / "workbench"), _trees(ROOT / "engine")
    for tree in window:
        _collect_from_window(tree, found)
    for tree in engine:
        _collect_from_engine(tree, found)
    found.single.update(_values([Module(tree) for tree in (*window, *engine)]))
    found.single.update(_option_words())
    for path in sorted((ROOT / "resources" / "presets").glob("*.toml")):
        head = tomllib.loads(path.read_text(encoding="utf-8")).get("recipe", {})
        found.single.update(str(head[name]) for name in ("title", "about") if head.get(name))
    found.single.discard("")
    found.single -= found.plurals.keys()
    return found


def _trees(folder: Path) -> list[ast.Module]:
    """The code of a package, without the commands: they speak English."""
    paths = sorted(path for path in folder.rglob("*.py") if path.parent.name != "cli")
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths]


def _option_words() -> Iterator[str]:
    """What forms and the help say about settings; taken from the declarations, because code computes some."""
    declared = [setting for section in SECTIONS for setting in declared_settings(section)]
    for setting in (*declared, *declared_options(CleaningConfig, "corpus")):
        yield from (setting.option.label, setting.option.help, setting.option.unit)


def _values(modules: list[Module]) -> Iterator[str]:
    """The words that are put into the places of messages."""
    for module in modules:
        module.look_around(modules)
        for call in module.calls(ENGINE_CALLS):
            for keyword in call.keywords:
                if keyword.arg not in NAMING_VALUES:
                    yield from (text for text in module.literals(keyword.value) if " " in text or text.isalpha())


def _collect_from_window(tree: ast.AST, found: Sentences) -> None:
    for call in _calls(tree):
        name = called(call)
        texts = [text for argument in call.args if (text := _text(argument)) is not None]
        if name == "tr" and texts:
            found.single.add(texts[0])
        elif name == "plural" and len(texts) >= 2:
            found.plurals[texts[1]] = texts[0]
        elif name in ENGINE_CALLS and texts:
            found.single.add(texts[0])
    _collect_spoken(tree, found)


def _collect_from_engine(tree: ast.AST, found: Sentences) -> None:
    docstrings = set(_docstrings(tree))
    for call in _calls(tree):
        if called(call) in ENGINE_CALLS and call.args and (text := _text(call.args[0])) is not None:
            found.single.add(text)
    for node in ast.walk(tree):
        text = _text(node)
        # Templates that reach an error by way of a variable.
        if text and id(node) not in docstrings and _is_sentence(text):
            found.single.add(text)
    _collect_spoken(tree, found)


def _is_sentence(text: str) -> bool:
    return "{" in text and " " in text and (text[0] == "{" or text[0].isupper()) and text[-1] == "."


def _collect_spoken(tree: ast.AST, found: Sentences) -> None:
    """Mappings to a pair of templates, for one and for many."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in SPOKEN_MAPPINGS for target in targets):
                for value in node.value.values:
                    if isinstance(value, ast.Tuple) and len(value.elts) == 2:
                        one, many = (_text(part) for part in value.elts)
                        if one and many:
                            found.plurals[many] = one


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _docstrings(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                yield id(first.value)


def updated(catalogue: dict[str, object], found: Sentences) -> dict[str, object]:
    """The catalogue with exactly the present sentences; translations that are there stay."""
    known = catalogue.get("templates")
    old: dict[str, object] = known if isinstance(known, dict) else {}
    keys = sorted(found.single | found.plurals.keys())
    return {**catalogue, "templates": {key: old.get(key) for key in keys}}


def written(catalogue: dict[str, object]) -> str:
    """A catalogue as its file holds it."""
    return json.dumps(catalogue, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Bring all catalogues up to date."""
    found = collect()
    for path in sorted(HERE.glob("*.json")):
        catalogue = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(written(updated(catalogue, found)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
