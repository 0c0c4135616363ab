"""The questions when the window is closed while a run trains or a text is imported, or something cannot be saved."""

from typing import Literal

from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.viewmodels.window.closing import Closing
from workbench.words import tr

Answer = Literal["tray", "finish", "cancel"]


class TrainingQuestion(QMessageBox):
    """What shall happen to the run: it is asked in words that stay true while the run goes on behind it."""

    def __init__(self, closing: Closing, parent: QWidget, *, has_tray: bool) -> None:
        super().__init__(parent)
        self._closing = closing
        accepts, rejects = QMessageBox.ButtonRole.AcceptRole, QMessageBox.ButtonRole.RejectRole
        self.tray = self.addButton("", accepts) if has_tray else None
        self.finish = self.addButton("", accepts)
        self.cancel = self.addButton(tr("Do not close"), rejects)
        self.setDefaultButton(self.cancel)
        self.setEscapeButton(self.cancel)
        self._show_words()
        closing.words_changed.connect(self._show_words)

    def _show_words(self) -> None:
        words = self._closing.words()
        self.setWindowTitle(words.title)
        self.setText(words.question)
        self.setInformativeText(words.outcome)
        self.finish.setText(words.finish)
        if self.tray is not None:
            self.tray.setText(words.background)


def ask_about_training(parent: QWidget, closing: Closing, *, has_tray: bool) -> Answer:
    """Go on in the tray (where there is one), finish and keep, or do not close."""
    box = TrainingQuestion(closing, parent, has_tray=has_tray)
    box.exec()
    box.deleteLater()
    if box.tray is not None and box.clickedButton() is box.tray:
        return "tray"
    return "finish" if box.clickedButton() is box.finish else "cancel"


def ask_about_import(parent: QWidget) -> bool:
    """Whether to close although a text is being imported, of which nothing is kept then."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("A text is being imported"))
    box.setText(tr("A text is being imported. If you close now, nothing of it is kept."))
    close = box.addButton(tr("Cancel the import and close"), QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(tr("Keep importing"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    box.deleteLater()
    return box.clickedButton() is close


def ask_about_unsaved(parent: QWidget) -> bool:
    """Whether to close although a text cannot be saved, and is lost by it."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("A text is not saved"))
    box.setText(tr("Your newest text could not be saved. If you close now, what changed in it is lost."))
    box.setInformativeText(tr("On the page Write you can read why, copy the text, or save it somewhere else."))
    close = box.addButton(tr("Close and lose it"), QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(tr("Do not close"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    box.deleteLater()
    return box.clickedButton() is close
