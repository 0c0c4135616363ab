"""In which face texts are shown."""

from typing import Literal

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write.models import ModelChoices

Face = Literal["serif", "mono"]
FACES = ("serif", "mono")


class TextLook(QObject):
    """Remembered for all texts."""

    changed = Signal()

    def __init__(self, settings: Settings, models: ModelChoices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._models = settings, models
        models.current_changed.connect(self.changed)

    @property
    def face(self) -> Face:
        """As the person chose it, else as the model's text asks for it."""
        chosen = self._settings.text("write/face")
        if chosen in FACES:
            return "mono" if chosen == "mono" else "serif"
        return "mono" if self._models.current is not None and self._models.current.is_of_code else "serif"

    def set_face(self, face: str) -> None:
        """Show texts in another face from now on."""
        self._settings.set("write/face", face)
        self.changed.emit()
