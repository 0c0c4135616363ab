"""All that the column beside the text says about how the model writes."""

from PySide6.QtCore import QObject

from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.command import sample_command
from workbench.viewmodels.write.controls import WritingControls
from workbench.viewmodels.write.mixing import Mixing
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.next_picture import NextPicture, Prompt
from workbench.viewmodels.write.presets import Presets
from workbench.viewmodels.write.style import StylePassage
from workbench.words import tr


class SettingsColumn(QObject):
    """The parts of the column."""

    def __init__(
        self, workbench: Workbench, models: ModelChoices, controls: WritingControls, prompt: Prompt, parent: QObject
    ) -> None:
        """prompt: what stands before the caret; None while nothing shall be asked."""
        super().__init__(parent)
        writing, notices = workbench.door.writing, workbench.notices
        self.settings, self.models, self.controls = workbench.settings, models, controls
        self.presets = Presets(controls, workbench.settings, notices, self)
        self.mixing = Mixing(models, controls, self)
        self.style = StylePassage(writing, controls, notices, self)
        self.picture = NextPicture(writing, models, controls, prompt, self)
        self._prompt, self._notices, self._door = prompt, notices, workbench.door

    @property
    def command(self) -> str:
        """The settings and the text before the caret as a command; empty without a model."""
        model = self.models.current
        if model is None:
            return ""
        library = None if self._door.is_own_library else self._door.library_path
        return sample_command(model.ref, self.controls, self._prompt() or "", library)

    def tell_copied(self) -> None:
        """The command lies in the clipboard."""
        self._notices.say(tr("The command is copied. Paste it into a terminal."))
