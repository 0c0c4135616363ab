"""A passage of a file that the model reads before the text, to take up its style."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.writing import Writing
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.write.controls import MOST_CHARACTERS, WritingControls
from workbench.words import number, tr

_SHOWN = 90


class StylePassage(QObject):
    """changed: there is another one, or none."""

    changed = Signal()

    def __init__(
        self, writing: Writing, controls: WritingControls, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._writing, self._controls, self._notices = writing, controls, notices
        controls.loaded.connect(self.changed)
        controls.changed.connect(self._on_control_changed)

    @property
    def about(self) -> str:
        """What it is for."""
        return tr("The model reads the end of a file of yours before your text, to take up its style.")

    @property
    def is_set(self) -> bool:
        """Whether there is one."""
        return self._controls.is_changed("style")

    @property
    def name(self) -> str:
        """The file it is from, and how long it is."""
        count = number(len(str(self._controls.value("style"))))
        name = str(self._controls.value("style_name"))
        return tr("{name}, {count} characters", name=name, count=count)

    @property
    def beginning(self) -> str:
        """Its first words."""
        words = " ".join(str(self._controls.value("style"))[: 2 * _SHOWN].split())
        return tr("“{text}…”", text=words[:_SHOWN])

    def read(self, file: Path) -> None:
        """Take the end of a file."""

        def take(passage: str) -> None:
            self._controls.set("style_name", file.name)
            self._controls.set("style", passage)

        self._writing.read_passage(file, MOST_CHARACTERS, take, self._notices.fail)

    def clear(self) -> None:
        """Write without one."""
        self._controls.reset("style", "style_name")

    def _on_control_changed(self, name: str, _: object) -> None:
        if name in ("style", "style_name"):
            self.changed.emit()
