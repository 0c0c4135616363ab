"""Another model that has a say in what is written."""

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.write.controls import MIX_KINDS, WritingControls
from workbench.viewmodels.write.models import ModelChoice, ModelChoices
from workbench.words import tr


class Mixing(QObject):
    """changed: the other models, the chosen one, or how much it says."""

    changed = Signal()

    def __init__(self, models: ModelChoices, controls: WritingControls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models, self._controls = models, controls
        models.changed.connect(self.changed)
        models.current_changed.connect(self.changed)
        controls.loaded.connect(self.changed)
        controls.changed.connect(self._on_control_changed)

    @property
    def about(self) -> str:
        """What it is for."""
        if not self.others:
            return tr("For this you need a second model that was trained on the same text, or on the same letters.")
        return tr("Two models choose each token together. Both must know the same letters or words.")

    @property
    def others(self) -> list[ModelChoice]:
        """All models but the one that writes."""
        current = self._models.current
        return [choice for choice in self._models.choices if current is None or choice.key != current.key]

    @property
    def chosen(self) -> ModelChoice | None:
        """The one that has a say, too."""
        key = self._controls.value("mix_model")
        return next((choice for choice in self.others if choice.key == key), None)

    @property
    def weight(self) -> float:
        """How much of the say it has, from 0 to 1."""
        return float(self._controls.value("mix_weight"))

    @property
    def kind(self) -> str:
        """The key of the way they are brought together."""
        return str(self._controls.value("mix_kind"))

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Key and name of the two ways."""
        names = {"mixture": tr("Either"), "product": tr("Both")}
        return [(kind, names[kind]) for kind in MIX_KINDS]

    @property
    def kind_about(self) -> str:
        """What the chosen way means."""
        if self.kind == "product":
            return tr("Likely is what both find likely. What one excludes is hardly written.")
        return tr("Likely is what one of the two finds likely.")

    def choose(self, key: str) -> None:
        """Let another one have a say; none with an empty key."""
        self._controls.set("mix_model", key)

    def set_weight(self, weight: float) -> None:
        """How much of the say it has."""
        self._controls.set("mix_weight", weight)

    def set_kind(self, kind: str) -> None:
        """How they are brought together."""
        self._controls.set("mix_kind", kind)

    def _on_control_changed(self, name: str, _: object) -> None:
        if name.startswith("mix_"):
            self.changed.emit()
