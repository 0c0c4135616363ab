"""The commands and their arguments."""

import argparse
import difflib
import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from engine.cli.setting_help import cleaning_help, training_help
from engine.errors import BadInput

COMMANDS = ("import", "train", "resume", "sample", "evaluate", "list", "presets", "export", "verify")


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


def _add_sample(parser: Parser) -> None:
    parser.add_argument("model", metavar="RUN-OR-FILE", help="name or id of a run, or a .textloom file")
    parser.add_argument("--prompt", metavar="P", help="what the text begins with")
    parser.add_argument("--length", type=int, metavar="N", help="how many tokens to write (else as in its recipe)")
    parser.add_argument("--temperature", type=float, metavar="T", help="0 is safe, 1 is bold (else as in its recipe)")
    parser.add_argument("--seed", type=int, metavar="S", help="the same seed writes the same text")
    parser.add_argument("--stop", metavar="TEXT", help="end where this text appears")
    parser.add_argument("--count", type=int, default=1, metavar="K", help="how many samples (default: 1)")


def _add_evaluate(parser: Parser) -> None:
    parser.add_argument("model", metavar="RUN-OR-FILE", help="name or id of a run, or a .textloom file")
    parser.add_argument("text", type=Path, metavar="TEXT-FILE", help="the text to predict")


def _add_export(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", help="name or id of a run")
    parser.add_argument("file", type=Path, metavar="NAME.textloom", help="the file to write")
