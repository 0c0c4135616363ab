"""The Runs page: the queue, all runs in a table, and below it what is selected."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.viewmodels.runs.deeds import RunDeeds
from workbench.viewmodels.runs.evaluating import Evaluating
from workbench.viewmodels.runs.filters import Filter
from workbench.viewmodels.runs.labelling import Labelling
from workbench.viewmodels.runs.runs_page import RunsViewModel
from workbench.viewmodels.runs.varying import Varying
from workbench.viewmodels.workbench import Workbench
from workbench.views.runs.below_area import BelowArea, BelowStack
from workbench.views.runs.compare_view import CompareView
from workbench.views.runs.details_view import DetailsView
from workbench.views.runs.file_drops import FileDrops
from workbench.views.runs.queue_panel import QueuePanel
from workbench.views.runs.run_menu import RunMenu
from workbench.views.runs.table import RunTable
from workbench.views.runs.toolbar import Toolbar
from workbench.views.runs.trial_bar import TrialBar
from workbench.views.runs.vary_dialog import VaryDialog
from workbench.widgets.card import Card
from workbench.widgets.empty import EmptyState
from workbench.widgets.header import PageHeader
from workbench.widgets.labels import Quiet
from workbench.words import tr

SPLITTER_KEYS = ("runs/splitter", "runs/splitter_compare")
SHARES = ((600, 400), (450, 550))  # of the table and of what is below it: one run, several


class RunsPage(QWidget):
    """Binds the parts to what the viewmodel says."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.model = RunsViewModel(workbench, self)
        self.deeds = RunDeeds(self.model)
        self.labelling = Labelling(self.model, self.deeds)
        self.evaluating = Evaluating(self.model, self.labelling)
        self.header = PageHeader(tr("Runs"))
        self.queue = QueuePanel(workbench)
        self.trial = TrialBar(self.evaluating)
        self.table = RunTable(self.model.table, workbench.settings)
        self.toolbar = Toolbar(self.model, self.table.column_menu)
        self.menu = RunMenu(self.deeds, self)
        self.details = DetailsView(self.model, self.deeds, self.labelling, self.menu)
        self._compare: CompareView | None = None
        self._empty: EmptyState | None = None
        self._nothing: EmptyState | None = None
        self.drops = FileDrops(self, self.table, self.evaluating, workbench)
        self.vary_dialog: VaryDialog | None = None
        self._has_chosen = False
        self._room_kind = -1
        self._arrange()
        self._connect()
        self.model.refresh()
        self._on_runs_changed()

    @property
    def compare(self) -> CompareView:
        """The body for several runs, made when they are first selected."""
        if self._compare is None:
            self._compare = CompareView(self.model, self.deeds)
            self.below.addWidget(self._compare)
        return self._compare

    @property
    def empty(self) -> EmptyState:
        """What stands there while there is no run."""
        if self._empty is None:
            self._empty = EmptyState(
                "runs",
                tr("No runs yet"),
                tr("Each training becomes a run. Here you compare them, go on with them, and take their models away."),
                tr("Train on a text"),
                self._on_train_pressed,
            )
            self.stack.addWidget(self._empty)
        return self._empty

    @property
    def nothing(self) -> EmptyState:
        """What stands in the place of the rows when none fits."""
        if self._nothing is None:
            words = tr("No run fits"), tr("Other words, or another state, may find it.")
            self._nothing = EmptyState("search", *words, tr("Show all"), self._on_all_pressed)
            # It may be cut where the table could still be read.
            self._nothing.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
            self.lists.addWidget(self._nothing)
        return self._nothing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.set_visible(True)
        self.drops.join(self.window())
        if not self._has_chosen and not self.model.selected:  # so that the first look says something about a run
            self.table.select_runs([row.entry.id for row in self.model.table.rows()[:1]])

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.set_visible(False)
        self.labelling.write_now()
        self.table.save_columns()

    def do(self, deed: str) -> None:
        """Do this with what is selected."""
        match deed:
            case "open":
                self.deeds.open()
            case "write":
                self.deeds.write_with()
            case "go_on":
                self.deeds.go_on()
            case "vary":
                self._open_vary_dialog()
            case "duplicate":
                self.deeds.duplicate()
            case "duplicate_start":
                self.deeds.duplicate_start()
            case "group":
                self.deeds.show_group()
            case "rename":
                self.table.edit_title()
            case "star":
                self.deeds.star()
            case "trash":
                self.deeds.trash()
            case _:
                self._do_with_file(deed)

    def _do_with_file(self, deed: str) -> None:
        match deed:
            case "try":
                name, _ = QFileDialog.getOpenFileName(self, tr("Try the model on a file"), str(Path.home()))
                row = self.model.one
                if name and row is not None:
                    self.evaluating.begin(row.entry.id, [Path(name)])
            case "export":
                name = self._ask_where(tr("Export the model"), ".textloom", tr("Textloom models (*.textloom)"))
                if name:
                    self.deeds.export_model(Path(name))
            case "metrics":
                name = self._ask_where(tr("Export the figures"), ".csv", tr("Tables (*.csv)"))
                if name:
                    self.deeds.export_metrics(Path(name))

    def _ask_where(self, title: str, suffix: str, kinds: str) -> str:
        suggested = str(Path.home() / self.deeds.export_name(suffix))
        return QFileDialog.getSaveFileName(self, title, suggested, kinds)[0]

    def _open_vary_dialog(self) -> None:
        row = self.model.one
        if row is not None:
            self.vary_dialog = VaryDialog(Varying(self.model.workbench, row.entry, self), self)
            self.vary_dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.vary_dialog.open()

    # The parts

    def _arrange(self) -> None:
        self.lists = QStackedWidget()
        self.lists.addWidget(self.table)
        self.stack = QStackedWidget()
        self.body = self._made_body()
        self.stack.addWidget(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        column.setSpacing(GAP - GRID // 2)
        for part in (self.header, self.drops.hint, self.trial, self.queue):
            column.addWidget(part)
        column.addWidget(self.stack, 1)

    def _made_body(self) -> QWidget:
        self.below = BelowStack()
        self.invitation = Quiet(tr("Select a run to see what became of it, or several to compare them."))
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for part in (self.invitation, self.details):
            self.below.addWidget(part)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        card = Card()
        card.column.addWidget(BelowArea(self.below, self.splitter))
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.lists)
        self.splitter.addWidget(card)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self._share_room(0)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.toolbar)
        column.addWidget(self.splitter, 1)
        return body

    def _connect(self) -> None:
        model, table = self.model, self.table
        model.runs_changed.connect(self._on_runs_changed)
        model.selection_changed.connect(self._on_selection_changed)
        model.selected_renewed.connect(self._on_selected_renewed)
        model.selection_wanted.connect(table.select_runs)
        model.table.title_edited.connect(self.deeds.rename)
        table.selection_moved.connect(self._on_selection_moved)
        table.run_opened.connect(self.deeds.open)
        table.star_pressed.connect(self.deeds.star)
        table.delete_pressed.connect(self.deeds.trash)
        table.menu_wanted.connect(self._on_menu_wanted)
        self.menu.triggered.connect(self._on_action_triggered)
        self.details.deed_wanted.connect(self.do)

    # What happens

    def _on_runs_changed(self) -> None:
        self.stack.setCurrentWidget(self.body if self.model.has_runs else self.empty)
        self.lists.setCurrentWidget(self.table if self.model.table.rowCount() else self.nothing)
        self._show_head()

    def _on_selection_moved(self, run_ids: list[str]) -> None:
        self._has_chosen = self._has_chosen or self.isVisible()
        self.model.select(run_ids)

    def _on_selection_changed(self) -> None:
        self.labelling.write_now()
        count = len(self.model.selected)
        self.below.setCurrentWidget(self.compare if count > 1 else self.details if count else self.invitation)
        self._share_room(int(count > 1))
        self._on_selected_renewed()

    def _on_selected_renewed(self) -> None:
        if len(self.model.selected) == 1:
            self.details.show_run()
        elif self.model.selected:
            self.compare.show_runs()
        self._show_head()

    def _show_head(self) -> None:
        self.header.set_state(self.model.sentence())
        words = {
            "train": (tr("Train"), "train"),
            "write": (tr("Write with it"), "write"),
            "go_on": (tr("Go on"), "resume"),
        }
        primary = self.model.primary() if self.model.has_runs else ""
        if primary:
            self.header.set_primary(words[primary][0], self._on_primary_pressed, words[primary][1])
        else:
            self.header.clear_primary()

    def _on_primary_pressed(self) -> None:
        deed = self.model.primary()
        if deed == "train":
            self._on_train_pressed()
        else:
            self.do(deed)

    def _on_train_pressed(self) -> None:
        self.deeds.begin_draft()

    def _on_all_pressed(self) -> None:
        self.model.set_filter(Filter())

    def _on_menu_wanted(self, place: QPoint) -> None:
        self.menu.popup(place)

    def _on_action_triggered(self, action: object) -> None:
        self.do(str(action.data()))  # type: ignore[attr-defined]

    def _share_room(self, kind: int) -> None:
        """Divide the room as the person did for one run or for several, who need more of it."""
        if kind == self._room_kind:
            return
        self._room_kind = kind
        if not self.splitter.restoreState(self.model.workbench.settings.data(SPLITTER_KEYS[kind])):
            self.splitter.setSizes(SHARES[kind])

    def _on_splitter_moved(self) -> None:
        self.model.workbench.settings.set(SPLITTER_KEYS[self._room_kind], self.splitter.saveState())
