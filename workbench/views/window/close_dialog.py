"""The questions when the window is closed while a run trains, or while something cannot be saved."""

from typing import Literal

from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.words import tr

Answer = Literal["tray", "finish", "cancel"]


def ask_about_training(parent: QWidget, *, has_tray: bool) -> Answer:
    """Go on in the tray (where there is one), finish and keep, or do not close."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("A run is training"))
    box.setText(tr("A run is training. What shall happen to it?"))
    box.setInformativeText(tr("Whatever you choose, its best state is kept and you can go on later."))
    tray = box.addButton(tr("Keep training in the background"), QMessageBox.ButtonRole.AcceptRole) if has_tray else None
    finish = box.addButton(tr("Finish and close"), QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(tr("Do not close"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.exec()
    box.deleteLater()
    if tray is not None and box.clickedButton() is tray:
        return "tray"
    return "finish" if box.clickedButton() is finish else "cancel"


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
