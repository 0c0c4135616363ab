"""From exceptions to one sentence with details, in a log file."""

import logging
import sys
import traceback

from engine.errors import Cancelled, StorageFailed, TextloomError, is_out_of_memory, message
from workbench.bridge.protocols.jobs import Failure

LOGGER = logging.getLogger("textloom")


def failure_of(error: BaseException) -> Failure:
    """What the person is told about an error, which is logged."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, TextloomError):
        if not isinstance(error, Cancelled):
            LOGGER.info("%s\n%s", error, details)
        return Failure(error.message, details, is_storage=isinstance(error, StorageFailed))
    LOGGER.error("%s", details)
    if is_out_of_memory(error):
        return Failure(message("The memory does not suffice. Use a smaller batch, window or model."), details)
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        return Failure(message("The disk or the system refused: {reason}.", reason=reason), details, is_storage=True)
    kind = type(error).__name__
    sentence = message("Something unexpected happened ({kind}). Nothing you made is lost.", kind=kind)
    return Failure(sentence, details, is_expected=False)


def unexpected_happened() -> None:
    """Hand the present exception to the program's hook, as if nothing had caught it."""
    kind, error, trace = sys.exc_info()
    if kind is not None and error is not None:
        sys.excepthook(kind, error, trace)
