"""What `--help` tells of the settings: what each means, its bounds or choices, its default, and what it counts."""

import textwrap

from engine.config.configuration import DeclaredSetting, declared_options, declared_settings
from engine.config.corpus import CleaningConfig
from engine.config.options import OptionValue
from engine.errors import message

WIDTH = 100
_NAME_WIDTH = 32


def training_help() -> str:
    """Everything that `train --set` can choose."""
    return "\n\n".join(
        [
            "Settings for --set, and for the recipe of --config:",
            _listed("How the text is read", declared_settings("corpus")),
            _listed("The model", declared_settings("model")),
            _listed("Training", declared_settings("training")),
            _listed("Writing, where the command sample says nothing else", declared_settings("sampling")),
            _listed("Cleaning, for a file that is imported on the way", declared_options(CleaningConfig, "corpus")),
        ]
    )


def cleaning_help() -> str:
    """Everything that `import --set` can choose."""
    return _listed("Settings for --set", declared_options(CleaningConfig, "corpus"))


def _listed(heading: str, settings: list[DeclaredSetting]) -> str:
    return "\n".join([f"{heading}:", *(_entry(setting) for setting in settings)])


def _entry(setting: DeclaredSetting) -> str:
    only = f"Only with {setting.only_with}. " if setting.only_with else ""
    name = f"  {setting.path}".ljust(_NAME_WIDTH - 1)
    return textwrap.fill(
        f"{only}{setting.option.help} ({_facts(setting)})", width=WIDTH, initial_indent=f"{name} ",
        subsequent_indent=" " * _NAME_WIDTH, break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip


def _facts(setting: DeclaredSetting) -> str:
    declared, default = setting.option, setting.default
    if isinstance(default, bool):
        allowed = "true or false"
    elif declared.choices:
        allowed = ", ".join(declared.choices)
    elif isinstance(default, str):
        allowed = "text"
    else:
        bounds = f"{_shown(declared.minimum or 0)} to {_shown(declared.maximum or 0)}"
        allowed = f"{bounds} {declared.unit}".rstrip()
    if default == "":
        return allowed
    others = [f"with {kind} {_shown(value)}" for kind, value in setting.other_defaults.items()]
    return f"{allowed}; default {', '.join([_shown(default), *others])}"


def _shown(value: OptionValue) -> str:
    return str(value).lower() if isinstance(value, bool) else message("{value}", value=value).text
