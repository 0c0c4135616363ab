"""What is wrong with settings, told at the field it concerns, with the nearest value that is possible."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.config.configuration import from_tables
from engine.config.options import OptionValue
from engine.errors import InvalidSetting, TextloomError
from workbench.viewmodels.recipes.declarations import Declared, complete, declared_for, value_of
from workbench.viewmodels.recipes.labels import choice_label, label_of
from workbench.words import significant, told, tr

Fix = tuple[tuple[str, OptionValue], ...]


@dataclass(frozen=True)
class Fault:
    """Why a setting cannot be used.

    fix: settings that mend it, empty when there is no nearest value; fix_text: the words on the button for it.
    """

    path: str
    sentence: str
    fix: Fix = ()
    fix_text: str = ""


def faults_of(tables: Mapping[str, Any], shown: Mapping[str, Any], last_path: str = "") -> dict[str, Fault]:
    """What is wrong with the tables, by path: single values first; contradictions when each value alone is possible.

    shown: the values that the person sees, with what `auto` chose; last_path: what was changed last, which is kept
    where two settings contradict each other.
    """
    whole = complete(tables)
    found = {}
    for path, setting in declared_for(tables).items():
        fault = _fault_of_value(setting, value_of(whole, path))
        if fault is not None:
            found[path] = fault
    if found:
        return found
    try:
        from_tables(whole)
    except InvalidSetting as error:
        fault = _contradiction(error, shown, last_path)
        return {fault.path: fault}
    except TextloomError as error:
        return {"": Fault("", told(error.message))}
    return {}


def _fault_of_value(setting: Declared, value: Any) -> Fault | None:
    try:
        setting.check(value)
    except InvalidSetting as error:
        nearest = error.message.values.get("nearest")
        sentence = _sentence(setting, value, nearest, error)
        if nearest is None:
            return Fault(setting.path, sentence)
        nearest = int(nearest) if isinstance(setting.default, int) else float(nearest)
        return Fault(setting.path, sentence, ((setting.path, nearest),), use_text(nearest))
    return None


def _sentence(setting: Declared, value: Any, nearest: Any, error: InvalidSetting) -> str:
    field, option = label_of(setting), setting.option
    if isinstance(value, int | float) and nearest is not None:
        words = {"field": field, "nearest": nearest, "value": value}
        if option.minimum is not None and value < option.minimum:
            return tr("{field}: at least {nearest} is possible, not {value}.", **words)
        if option.maximum is not None and value > option.maximum:
            return tr("{field}: at most {nearest} is possible, not {value}.", **words)
        return tr("{field}: only whole numbers are possible, not {value}.", **words)
    return tr(error.message.template, **{**error.message.values, "field": field})


def use_text(value: OptionValue) -> str:
    """The button that takes another value."""
    if isinstance(value, bool):
        return tr("Switch it on") if value else tr("Switch it off")
    if isinstance(value, str):
        return tr("Use {value}", value=choice_label(value))
    return tr("Use {value}", value=value if isinstance(value, int) else significant(value, 6))


def _contradiction(error: InvalidSetting, tables: Mapping[str, Any], last_path: str) -> Fault:
    match error.field:
        case "model.embedding_size":
            size = tables["model"]["hidden_size"]
            sentence = tr("With tied embeddings this must be as large as a layer: {size}.", size=size)
            return Fault(error.field, sentence, ((error.field, size),), use_text(size))
        case "training.clip_norm":
            path = "training.clip_norm" if last_path == "training.clip_value" else "training.clip_value"
            sentence = tr("Clip by norm or by value, not by both: set one of them to 0.")
            return Fault(path, sentence, ((path, 0.0),), use_text(0))
        case "training.minutes":
            sentence = tr("Say when the run shall end: give minutes, epochs, steps or tokens.")
            return Fault(error.field, sentence, ((error.field, 5.0),), use_text(5))
        case "corpus.unknown_character" if tables["corpus"]["tokens"] == "char":
            sentence = tr("Letters are left out, so the model needs a token for those that it does not know.")
            return Fault(error.field, sentence, ((error.field, True),), use_text(True))
        case "corpus.unknown_character":
            sentence = tr("A model of words always has a token for those that it does not know.")
            return Fault(error.field, sentence, ((error.field, False),), use_text(False))
        case "corpus.tokens":
            sentence = tr("Bytes can write every text, so no token is left out and none is unknown.")
            names = ("min_count", "max_vocabulary", "unknown_character")
            known = declared_for(tables)
            fix = tuple((f"corpus.{name}", known[f"corpus.{name}"].default) for name in names)
            return Fault(error.field, sentence, fix, tr("Set them back"))
        case _:
            return Fault(error.field, told(error.message))
