"""The Train page: the page of one run, be it a draft, the one that trains, or a past one."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.viewmodels.train.deeds import Deeds
from workbench.viewmodels.train.head import invitation
from workbench.viewmodels.train.refusals import Refusal, mend, refusal_of
from workbench.viewmodels.train.train_page import TrainViewModel
from workbench.viewmodels.workbench import Workbench
from workbench.views.recipes.draft_panel import DraftPanel
from workbench.views.train.actions import RunActions
from workbench.views.train.chooser import RunChooser
from workbench.widgets.empty import EmptyState
from workbench.widgets.header import PageHeader
from workbench.widgets.notice import NoticeBar
from workbench.words import tr

if TYPE_CHECKING:
    from workbench.views.train.run_view import RunView

CLOCK_MILLISECONDS = 1000


class TrainPage(QWidget):
    """Binds the parts to what the viewmodel says."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.model = TrainViewModel(workbench, self)
        self.header = PageHeader(tr("Train"))
        self.deeds = Deeds(self.model)
        self.buttons = RunActions(self.model, self.deeds, self.header, self)
        self.header.add_secondary(RunChooser(self.model))
        self.header.add_secondary(self.buttons.secondary)
        self.header.add_secondary(self.buttons.more)
        self.header.title_edited.connect(self.deeds.rename)
        self._refusal: Refusal | None = None
        self.notice = NoticeBar("danger")
        self.notice.dismissed.connect(self.model.dismiss_failure)
        self.notice.hide()
        self.stack = QStackedWidget()
        self._draft: QWidget | None = None
        self._run: RunView | None = None
        self._empty: QWidget | None = None
        self._arrange()
        self.model.shown_changed.connect(self._on_shown_changed)
        self.model.state_changed.connect(self._on_state_changed)
        self.model.updated.connect(self._on_updated)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MILLISECONDS)
        self._clock.timeout.connect(self._on_clock_ticked)
        self._on_shown_changed()

    @property
    def run_view(self) -> "RunView":
        """The body of a run, made when the first one is shown."""
        if self._run is None:
            from workbench.views.train.run_view import RunView  # it brings the plots, which a draft does not need

            self._run = RunView(self.model, self.deeds)
            self.stack.addWidget(self._run)
        return self._run

    @property
    def draft_panel(self) -> QWidget:
        """The body of a draft, made when it is first shown."""
        if self._draft is None:
            self._draft = DraftPanel(self.model.workbench, self.model.draft)
            self.stack.addWidget(self._draft)
        return self._draft

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self._on_state_changed()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        column.setSpacing(GAP - GRID // 2)
        column.addWidget(self.header)
        column.addWidget(self.notice)
        column.addWidget(self.stack, 1)

    def _new_empty_state(self) -> QWidget:
        """Made anew each time, because its words depend on the texts there are."""
        if self._empty is not None:
            self.stack.removeWidget(self._empty)
            self._empty.deleteLater()
        said = invitation(self.model)
        self._empty = EmptyState("train", said.title, said.sentence, said.button, self.deeds.accept_invitation)
        self.stack.addWidget(self._empty)
        return self._empty

    def _on_shown_changed(self) -> None:
        match self.model.kind:
            case "nothing":
                self.stack.setCurrentWidget(self._new_empty_state())
            case "draft":
                self.stack.setCurrentWidget(self.draft_panel)
            case "run":
                self.stack.setCurrentWidget(self.run_view)
                if self.model.shown is not None:
                    self.run_view.bind(self.model.shown)
        self._on_state_changed()
        self._lead_focus()

    def _lead_focus(self) -> None:
        """What is newly shown is begun at its main button, when the focus is somewhere in the head."""
        focused = self.focusWidget()
        if self.isVisible() and self.header.isAncestorOf(focused) and not isinstance(focused, QLineEdit):
            self.buttons.take_focus()

    def _on_state_changed(self) -> None:
        self.buttons.refresh()
        self._refresh_notice()
        if self.model.kind == "nothing":
            self.stack.setCurrentWidget(self._new_empty_state())
        elif self.model.kind == "run" and self.model.shown is not None:
            self.run_view.refresh_state(self.model.shown)
            self._on_updated()

    def _on_updated(self) -> None:
        shown = self.model.shown
        if shown is not None and self.isVisible():
            self.header.set_state(shown.sentence())
            self.run_view.refresh(shown)

    def _on_clock_ticked(self) -> None:
        if self.model.shown is not None:
            self.run_view.refresh_clock(self.model.shown)

    def _refresh_notice(self) -> None:
        refusal = refusal_of(self.model)
        if refusal == self._refusal:
            return
        self._refusal = refusal
        self.notice.setVisible(refusal is not None)
        self.notice.clear_actions()
        if refusal is not None:
            self.notice.set_notice(refusal.kind, refusal.sentence)
            self.notice.set_dismissible(refusal.is_dismissible)
            if refusal.mend_text:
                self.notice.add_action(refusal.mend_text, self._on_mending_asked)

    def _on_mending_asked(self) -> None:
        mend(self.model)
