"""The entry point of the commands: errors become one sentence and an exit code."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NoReturn

from engine.cli.failures import tell, unexpected
from engine.cli.output import Output
from engine.cli.parser import COMMANDS, build_parser
from engine.cli.place import LibraryPlace
from engine.cli.process import share_products, spin_briefly
from engine.errors import Cancelled, TextloomError

if TYPE_CHECKING:
    import argparse

EXIT_FAILED, EXIT_BAD_INPUT, EXIT_ABORTED = 1, 2, 130

Command = Callable[["argparse.Namespace", LibraryPlace, Output], int]


def program_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("textloom")
    except PackageNotFoundError:
        return "0"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. 0 done or kept, 1 failed, 2 bad input, 130 aborted."""
    is_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    output = Output(is_json=is_json)
    place: LibraryPlace | None = None
    try:
        parsed = build_parser(program_version()).parse_args(arguments)
        output = Output(is_json=getattr(parsed, "json", False))
        if parsed.command is None:
            output.text(f"Textloom {program_version()}. Commands: {', '.join(COMMANDS)}.")
            output.text('For example: textloom train "Python manual". More: textloom --help')
            return 0
        command = _command(parsed.command)
        place = LibraryPlace(getattr(parsed, "library", None))
        return command(parsed, place, output)
    except (KeyboardInterrupt, Cancelled):
        output.note("Stopped.")
        return EXIT_ABORTED
    except TextloomError as error:
        tell(output, str(error), type(error).__name__)
        return EXIT_BAD_INPUT
    except BrokenPipeError:
        # Who reads our output has left; that is their right, and nothing remains to be said.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return EXIT_ABORTED
    except Exception as error:
        tell(output, unexpected(place.opened if place else None, error), type(error).__name__)
        return EXIT_FAILED


def _command(name: str) -> Command:
    """The function of a command; what only it needs is imported only now."""
    if name in ("train", "resume"):
        from engine.cli import training

        return training.train if name == "train" else training.resume
    if name == "import":
        from engine.cli import texts

        return texts.import_command
    if name in ("sample", "fill", "score", "suggest", "novelty"):
        share_products()
    if name in ("sample", "fill"):
        from engine.cli import sampling

        return sampling.sample if name == "sample" else sampling.fill
    if name in ("score", "suggest", "novelty"):
        from engine.cli import asking

        questions: dict[str, Command] = {
            "score": asking.score, "suggest": asking.suggest, "novelty": asking.novelty,
        }  # fmt: skip
        return questions[name]
    if name in ("evaluate", "export"):
        from engine.cli import models

        return models.evaluate if name == "evaluate" else models.export
    from engine.cli import keeping

    keepers: dict[str, Command] = {
        "list": keeping.list_all,
        "presets": keeping.list_presets,
        "verify": keeping.verify,
    }
    return keepers[name]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command of this process and end it with its exit code."""
    spin_briefly()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    sys.exit(run(arguments))
