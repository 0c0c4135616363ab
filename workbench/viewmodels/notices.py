"""What the whole window tells: short notices with an action, and failures."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError, message
from workbench.bridge.protocols.jobs import Failure
from workbench.words import told, tr

__all__ = ["Failure", "Notices", "sentence_of"]


class Notices(QObject):
    """Anybody says something here; the window shows it."""

    toast_wanted = Signal(str, str, object)  # sentence, label of the action, what it does (None: no action)
    failure_happened = Signal(object)  # Failure
    announced = Signal(str, str)  # title and sentence for the desktop, when something long has ended

    def say(self, sentence: str, action_text: str = "", action: Callable[[], None] | None = None) -> None:
        """Show one sentence for a while, perhaps with a way back."""
        self.toast_wanted.emit(sentence, action_text, action)

    def fail(self, failure: Failure) -> None:
        """Show why something ended."""
        self.failure_happened.emit(failure)

    def fail_with(self, error: TextloomError) -> None:
        """Show an error that the engine raised."""
        self.fail(Failure(error.message))

    def fail_to_write(self, path: str, error: OSError) -> None:
        """Tell that a file of the person's choice could not be written."""
        reason = error.strerror or type(error).__name__
        self.fail(Failure(message("{path} could not be written: {reason}.", path=path, reason=reason)))

    def announce(self, title: str, sentence: str) -> None:
        """Tell the desktop that something long has ended."""
        self.announced.emit(title, sentence)

    def attempt(self, deed: Callable[[], None]) -> bool:
        """Do something that the engine may refuse; whether it was done."""
        try:
            deed()
        except TextloomError as error:
            self.fail_with(error)
            return False
        return True


def sentence_of(failure: Failure) -> str:
    """The sentence of a failure in the person's language, and its remark if it has one."""
    sentence = told(failure.message)
    if failure.remark is None:
        return sentence
    return tr("{sentence} {remark}", sentence=sentence, remark=told(failure.remark))
