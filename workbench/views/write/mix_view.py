"""Choosing a second model, how much it says, and how the two are brought together."""

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.write.controls import MIX_WEIGHTS
from workbench.viewmodels.write.mixing import Mixing
from workbench.widgets.inputs import ComboBox
from workbench.widgets.labels import Caption, ElidedLabel
from workbench.widgets.segmented import SegmentedControl
from workbench.widgets.slider import LabelledSlider
from workbench.words import tr


class MixView(QWidget):
    """Only the list of models until one of them is chosen."""

    def __init__(self, mixing: Mixing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mixing = mixing
        self._about = Caption()
        self._about.setWordWrap(True)
        self.list = ComboBox()
        self.list.setAccessibleName(tr("Another model"))
        self.list.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list.setMinimumContentsLength(10)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.weight = LabelledSlider(tr("a little"), tr("nearly all"), *MIX_WEIGHTS, 0.05)
        self.weight.setAccessibleName(tr("How much the other model says"))
        self.kind = SegmentedControl(mixing.kinds, fills=True)
        self.kind.setAccessibleName(tr("What is likely"))
        self._kind_about = Caption()
        self._kind_about.setWordWrap(True)
        self._weight_name = ElidedLabel(tr("How much it says"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for part in (self._about, self.list, self._weight_name, self.weight, self.kind, self._kind_about):
            column.addWidget(part)
        self.list.activated.connect(self._on_model_activated)
        self.weight.value_changed.connect(mixing.set_weight)
        self.kind.changed.connect(mixing.set_kind)
        mixing.changed.connect(self._on_mixing_changed)
        self._on_mixing_changed()

    def _on_mixing_changed(self) -> None:
        mixing, chosen = self._mixing, self._mixing.chosen
        self._about.setText(mixing.about)
        if not self.list.view().isVisible():  # not under the hand of somebody who chooses
            self._fill_list()
        self.weight.set_value(mixing.weight)
        self.kind.set_current(mixing.kind)
        self._kind_about.setText(mixing.kind_about)
        self.list.setVisible(bool(mixing.others))
        for part in (self._weight_name, self.weight, self.kind, self._kind_about):
            part.setVisible(chosen is not None)

    def _fill_list(self) -> None:
        chosen = self._mixing.chosen
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItem(tr("No other model"), "")
        for choice in self._mixing.others:
            self.list.addItem(choice.title, choice.key)
        self.list.setCurrentIndex(self.list.findData(chosen.key if chosen else ""))
        self.list.setToolTip(chosen.title if chosen else "")
        self.list.blockSignals(False)

    def _on_model_activated(self, index: int) -> None:
        self._mixing.choose(self.list.itemData(index))
