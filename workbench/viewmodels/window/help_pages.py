"""The help page about all options, made of their declarations."""

from engine.config.configuration import SECTIONS, DeclaredSetting, declared_options, declared_settings
from engine.config.corpus import CleaningConfig
from workbench.words import significant, tr


def option_page() -> str:
    """All options by section, as Markdown."""
    parts = ["# " + tr("What each option does"), tr("You need none of them: Auto chooses for you.")]
    for section in SECTIONS:
        parts.append("## " + _section_title(section))
        parts += [_entry(setting) for setting in declared_settings(section)]
    parts.append("## " + tr("Cleaning, when a text is imported"))
    parts += [_entry(setting) for setting in declared_options(CleaningConfig, "corpus")]
    return "\n\n".join(parts)


def _section_title(section: str) -> str:
    return {
        "corpus": tr("How the text is read"),
        "model": tr("The model"),
        "training": tr("Training"),
        "sampling": tr("Writing"),
    }[section]


def _entry(setting: DeclaredSetting) -> str:
    option = setting.option
    label = tr(option.label)
    lines = [f"**{label[:1].upper()}{label[1:]}** (`{setting.path}`)", tr(option.help)]
    if option.choices:
        lines.append(tr("Choices: {choices}.", choices=", ".join(option.choices)))
    elif option.minimum is not None and option.maximum is not None and not isinstance(setting.default, bool):
        bounds = {"low": significant(option.minimum), "high": significant(option.maximum)}
        lines.append(tr("From {low} to {high}.", **bounds))
    if setting.default != "":
        lines.append(tr("At first: {value}.", value=_default(setting.default)))
    return " ".join(lines)


def _default(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    return value if isinstance(value, str) else significant(value)
