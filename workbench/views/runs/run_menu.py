"""The menu of the selected runs: beside the details, and under the right mouse button."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from workbench.theme.icons import icon
from workbench.viewmodels.runs.deeds import Deed, RunDeeds
from workbench.words import tr

Item = tuple[Deed, str, str, str]  # what it does, words, drawing, key


class RunMenu(QMenu):
    """Filled anew each time with what can be done; `triggered` tells an action whose data is the deed."""

    def __init__(self, deeds: RunDeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._deeds = deeds
        self.aboutToShow.connect(self.fill)
        self.setToolTipsVisible(True)

    def fill(self) -> None:
        """Offer what can be done with what is selected now."""
        self.clear()
        for block in _blocks():
            for item in block:
                if self._deeds.can(item[0]):
                    self._add(*item)
            self.addSeparator()

    def _add(self, deed: Deed, words: str, drawing: str, key: str) -> None:
        action = self.addAction(icon(drawing), words)
        action.setData(deed)
        if key:
            # Only shown: the table hears the key itself, and only while it has the focus.
            action.setText(f"{words}\t{QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}")


def _blocks() -> list[list[Item]]:
    return [
        [
            ("open", tr("Open"), "open", "Return"),
            ("write", tr("Write with it"), "write", ""),
            ("go_on", tr("Go on"), "resume", ""),
        ],
        [
            ("vary", tr("Vary…"), "vary", ""),
            ("duplicate", tr("Duplicate settings as they are"), "duplicate", ""),
            ("duplicate_start", tr("Duplicate settings as at the start"), "duplicate", ""),
            ("group", tr("Show its group"), "compare", ""),
        ],
        [
            ("rename", tr("Rename"), "edit", "F2"),
            ("star", tr("Give or take the star"), "star", ""),
        ],
        [
            ("try", tr("Try on a text file…"), "file", ""),
            ("export", tr("Export model…"), "export", ""),
            ("metrics", tr("Export figures as CSV…"), "export", ""),
        ],
        [("trash", tr("Move to trash"), "trash", "Del")],
    ]
