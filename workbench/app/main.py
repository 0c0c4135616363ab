"""Where the program begins: a command goes to the engine before Qt is loaded, everything else opens the window."""

import sys
from collections.abc import Sequence

# Those of `engine.cli.parser`, which takes time to load.
COMMANDS = (
    "import", "train", "resume", "sample", "fill", "score", "suggest", "novelty", "evaluate", "list", "presets",
    "export", "verify",
)  # fmt: skip
ANSWERED_BY_COMMANDS = ("--help", "-h", "--version", "--json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command or open the window; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if is_command(given):
        from engine.cli.main import main as run_command

        run_command(given)
    from workbench.app.window import open_window

    return open_window(given)


def is_command(arguments: Sequence[str]) -> bool:
    """Whether these arguments name a command, perhaps behind `--library DIR` or `--json`."""
    rest = list(arguments)
    while rest:
        first = rest.pop(0)
        if first in COMMANDS or first in ANSWERED_BY_COMMANDS:
            return True
        if first == "--library" and rest:
            rest.pop(0)
        elif not first.startswith("--library="):
            return False
    return False


if __name__ == "__main__":
    raise SystemExit(main())
