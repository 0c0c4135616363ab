"""The commands and their arguments."""

import argparse
import difflib
import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from engine.cli.setting_help import cleaning_help, training_help
from engine.config.options import default_of, options_of
from engine.config.sampling import SamplingConfig
from engine.errors import BadInput

COMMANDS = (
    "import", "train", "resume", "sample", "fill", "score", "suggest", "novelty", "evaluate", "list", "presets",
    "export", "verify",
)  # fmt: skip
# Options that hold several texts, and what one of them is called when it is given.
_SEVERAL = {"stop": "--stop", "banned": "--banned", "forced": "--forced", "logit_bias": "--bias"}
_METAVARS = {int: "N", float: "X", str: "TEXT"}


class Parser(argparse.ArgumentParser):
    """Tells of a wrong argument by our own error instead of ending the program."""

    settings_help: Callable[[], str] | None = None

    def format_help(self) -> str:
        """The help, with the settings where a command has some."""
        if self.settings_help is not None:
            self.epilog = self.settings_help()
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Raise BadInput."""
        wrong = re.match(r"argument COMMAND: invalid choice: '(.*)' \(choose from", message, re.DOTALL)
        if wrong is None:
            sentence = message[:1].upper() + (message[1:] if len(message) <= 300 else f"{message[1:300]}…")
            raise BadInput("{message}. Try: {program} --help", message=sentence, program=self.prog)
        nearest = difflib.get_close_matches(wrong[1], COMMANDS, n=1)
        hint = f"Did you mean {nearest[0]}?" if nearest else f"There are: {', '.join(COMMANDS)}."
        raise BadInput("There is no command {name}. {hint}", name=wrong[1], hint=hint)


def build_parser(version: str) -> Parser:
    """The parser of all commands. `--library` and `--json` may stand before or after the command."""
    shared = Parser(add_help=False, argument_default=argparse.SUPPRESS, allow_abbrev=False)
    shared.add_argument("--library", type=Path, metavar="DIR", help="the folder that holds your texts and runs")
    shared.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser = Parser(
        prog="textloom",
        parents=[shared],
        allow_abbrev=False,
        description="Train text generators on your own texts and write with them.",
        epilog='For example: textloom train "Python manual" --minutes 2',
    )
    parser.add_argument("--version", action="version", version=f"textloom {version}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    def command(name: str, help: str) -> Parser:
        description = help[0].upper() + help[1:] + "."
        return commands.add_parser(
            name,
            parents=[shared],
            help=help,
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    _add_import(command("import", "read texts into the library and report on them"))
    _add_train(command("train", "train a model on a text"))
    _add_resume(command("resume", "go on with a run"))
    _add_sample(command("sample", "write with a model"))
    _add_fill(command("fill", "propose what could stand between two passages"))
    _add_score(command("score", "say how probable each token of a text is to a model"))
    _add_suggest(command("suggest", "name the likeliest next words"))
    _add_novelty(command("novelty", "say what of a text stands in the text that a model learned from"))
    _add_evaluate(command("evaluate", "measure how well a model predicts a text"))
    command("list", "list texts and runs")
    command("presets", "list the presets")
    _add_export(command("export", "write a model to a file that others can use"))
    command("verify", "check every file of the library, repair what can be repaired, delete nothing")
    return parser


def _add_splits(parser: Parser) -> None:
    parser.add_argument("--valid", type=Path, metavar="PATH", help="a text for validation, instead of the last part")
    parser.add_argument("--test", type=Path, metavar="PATH", help="a text kept apart for a test at the end")


def _add_settings(parser: Parser, settings_help: Callable[[], str]) -> None:
    parser.add_argument(
        "--set", action="append", default=[], metavar="SECTION.FIELD=VALUE", help="choose a setting; may be repeated"
    )
    parser.settings_help = settings_help


def _add_import(parser: Parser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help='files, folders, or the sample "Python manual"')
    parser.add_argument("--name", help="what the text shall be called")
    parser.add_argument("--encoding", metavar="E", help="read the files in this encoding, for example cp1252")
    parser.add_argument("--one-each", action="store_true", help="make one text of each file")
    _add_splits(parser)
    _add_settings(parser, cleaning_help)


def _add_train(parser: Parser) -> None:
    parser.add_argument("corpus", metavar="CORPUS-OR-PATH", help="a text of the library, a file, or a folder")
    recipe = parser.add_mutually_exclusive_group()
    recipe.add_argument("--preset", default="auto", metavar="P", help="one of textloom presets (default: auto)")
    recipe.add_argument("--config", type=Path, metavar="F.toml", help="a recipe of your own, as a TOML file")
    _add_durations(parser)
    parser.add_argument("--seed", type=int, metavar="S", help="another seed gives another run")
    parser.add_argument("--name", help="what the run shall be called")
    parser.add_argument("--encoding", metavar="E", help="read the file in this encoding")
    _add_splits(parser)
    _add_settings(parser, training_help)


def _add_durations(parser: Parser) -> None:
    duration = parser.add_mutually_exclusive_group()
    duration.add_argument("--minutes", type=float, metavar="M", help="how long by the clock")
    duration.add_argument("--epochs", type=float, metavar="N", help="how many passes over the text")
    duration.add_argument("--steps", type=int, metavar="N", help="how many steps")


def _add_resume(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", help="name or id of a run")
    _add_durations(parser)


def _add_model(parser: Parser) -> None:
    parser.add_argument("model", metavar="RUN-OR-FILE", help="name or id of a run, or a .textloom file")


def _add_sample(parser: Parser) -> None:
    _add_model(parser)
    parser.add_argument("--count", type=int, default=1, metavar="K", help="how many samples (default: 1)")
    _add_writing(parser)


def _add_writing(parser: Parser) -> None:
    """Which state of a run writes, with whom, and every option of sampling, as the recipe has it when left out."""
    parser.add_argument("--step", type=int, metavar="N", help="write as the run was at this step, if it was kept")
    parser.add_argument(
        "--mix", action="append", default=[], metavar="MODEL=WEIGHT", help="let another model have a say; repeatable"
    )
    parser.add_argument("--mix-kind", choices=("mixture", "product"), default="mixture", help="how they are mixed")
    parser.add_argument(
        "--own-weight", type=float, default=1.0, metavar="X", help="weight of the first model in a mixture"
    )
    parser.add_argument("--style-file", type=Path, metavar="FILE", help="a file whose end is read as --style")
    for name, declared in options_of(SamplingConfig).items():
        default = default_of(SamplingConfig, name)
        described = declared.help.replace("%", "%%")
        flag = f"--{name.replace('_', '-')}"
        if name in _SEVERAL:
            parser.add_argument(
                _SEVERAL[name], dest=name, action="append", metavar="TEXT",
                help=described.replace("one on each line", "repeat the option"),
            )  # fmt: skip
        elif isinstance(default, bool):
            parser.add_argument(flag, action="store_const", const=True, help=described)
        elif declared.choices:
            parser.add_argument(flag, choices=declared.choices, help=described)
        else:
            kind = type(default)
            parser.add_argument(flag, type=kind, metavar=_METAVARS[kind], help=described)


def _add_fill(parser: Parser) -> None:
    _add_model(parser)
    parser.add_argument("--before", required=True, metavar="TEXT", help="what stands before the gap")
    parser.add_argument("--after", required=True, metavar="TEXT", help="what stands after the gap")
    parser.add_argument("--count", type=int, default=5, metavar="K", help="how many proposals (default: 5)")
    _add_writing(parser)


def _add_score(parser: Parser) -> None:
    _add_model(parser)
    parser.add_argument("text", type=Path, metavar="TEXT-FILE", help="the text to judge, - for standard input")
    parser.add_argument("--against", metavar="RUN-OR-FILE", help="a second model, to see where the two differ")


def _add_suggest(parser: Parser) -> None:
    _add_model(parser)
    parser.add_argument("--prompt", default="", metavar="P", help="the text up to the caret")
    parser.add_argument("--top", type=int, default=5, metavar="K", help="how many words (default: 5)")


def _add_novelty(parser: Parser) -> None:
    _add_model(parser)
    parser.add_argument("text", type=Path, metavar="TEXT-FILE", help="the text to look at, - for standard input")
    parser.add_argument("--corpus", metavar="TEXT", help="a text of the library to compare with instead")
    parser.add_argument(
        "--shortest", type=int, metavar="N", help="shortest passage to list (default: 30 characters, or 5 words)"
    )


def _add_evaluate(parser: Parser) -> None:
    _add_model(parser)
    parser.add_argument("text", type=Path, metavar="TEXT-FILE", help="the text to predict")


def _add_export(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", help="name or id of a run")
    parser.add_argument("file", type=Path, metavar="NAME.textloom", help="the file to write")
