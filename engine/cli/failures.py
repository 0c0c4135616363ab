"""What a command says when it fails: one sentence for the person, the details in the library's log."""

import traceback
from datetime import UTC, datetime

from engine.cli.output import Output
from engine.errors import is_out_of_memory
from engine.library.library import Library


def tell(output: Output, sentence: str, kind: str) -> None:
    """Say in one sentence what went wrong; programs also get it as a record."""
    output.record({"event": "Failed", "kind": kind, "reason": sentence})
    output.note(sentence)


def unexpected(library: Library | None, error: BaseException) -> str:
    """The sentence for an error that nobody foresaw; its details are logged."""
    if is_out_of_memory(error):
        return f"The memory does not suffice: use a smaller model, batch or window. {log(library, error)}"
    return f"Something unexpected happened: {type(error).__name__}. {log(library, error)}"


def log(library: Library | None, error: BaseException) -> str:
    """Write the details to the library's log; a sentence that names the place, or the error if that is impossible."""
    details = "".join(traceback.format_exception(error)).strip()
    if library is not None:
        path = library.logs_path / "errors.log"
        try:
            with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{details}\n\n")
        except OSError:
            pass
        else:
            return f"The details are in {path}."
    return f"The details: {details.splitlines()[-1]}"
