"""What the buttons of the page do."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from engine.control import SettingValue
from engine.events import SettingChanged
from workbench.viewmodels.train.happenings import change_sentence
from workbench.viewmodels.train.requests import bigger_tables, go_on_request, longer_request, remedied_request
from workbench.viewmodels.train.shown_run import Action, ShownRun
from workbench.viewmodels.train.starting import Starting
from workbench.viewmodels.train.train_page import TrainViewModel
from workbench.words import tr


class Deeds(QObject):
    """Acts on what the page shows now."""

    def __init__(self, page: TrainViewModel) -> None:
        super().__init__(page)
        self._page = page
        self._workbench = page.workbench
        self.starting = Starting(page)

    @property
    def _shown(self) -> ShownRun | None:
        return self._page.shown

    def press_primary(self) -> None:
        """Do what the filled button says."""
        if self._page.kind == "draft":
            if self._page.draft.can_start:
                self.starting.begin(self._page.draft.request())
        elif self._shown is not None and self._shown.primary is not None:
            self._act(self._shown, self._shown.primary)

    def press_secondary(self) -> None:
        """Do what the quieter button says."""
        if self._shown is not None and self._shown.secondary is not None:
            self._act(self._shown, self._shown.secondary)

    def accept_invitation(self) -> None:
        """Go where the empty page leads."""
        if self._workbench.texts.entries():
            self._page.show_draft()
        else:
            self._workbench.navigator.show_page("texts")

    def choose(self, key: str) -> None:
        """Do what an entry of the menu says."""
        run = self._shown.run if self._shown is not None else None
        match key:
            case "gentle":
                self._workbench.settings.set("training/gentle", not self._workbench.queue.is_gentle)
            case "duplicate":
                self.duplicate()
            case "write" if self._shown is not None:
                self._workbench.navigator.write_with(self._shown.run_id)
            case "save" if run is not None:
                run.save_now()
            case "sample" if run is not None:
                run.sample_now()

    def apply_remedy(self) -> None:
        """Do what the remedy says: change this run, or begin a new one from its best state."""
        shown = self._shown
        remedy = shown.remedy() if shown is not None else None
        if shown is None or remedy is None:
            return
        if remedy.change is not None:
            self.change(*remedy.change)
        elif shown.entry is not None:
            request = remedied_request(shown.entry, remedy.new_settings)
            if shown.is_live and shown.run is not None:
                self.starting.begin_after(shown.run, request)
            else:
                self.starting.begin(request)

    def change(self, field: str, value: SettingValue) -> None:
        """Give a live setting of the run another value, with a way back."""
        run = self._shown.run if self._shown is not None else None
        if self._shown is None or run is None:
            return
        section, _, name = field.partition(".")
        old = self._shown.settings().get(section, {}).get(name)
        run.change(field, value)
        if not isinstance(old, bool | int | float | str):
            return
        undo: Callable[[], None] = lambda: run.change(field, old)  # noqa: E731
        changed = SettingChanged(step=run.history.step, field=field, old=old, new=value)
        self._workbench.notices.say(change_sentence(changed), tr("Undo"), undo)

    def train_longer(self, minutes: float) -> None:
        """Train from the best state with a fresh schedule."""
        if self._shown is not None and self._shown.entry is not None and self._shown.can_train_longer:
            self.starting.begin(longer_request(self._shown.entry, minutes))

    def try_bigger(self) -> None:
        """A draft with a wider model and more time."""
        entry = self._shown.entry if self._shown is not None else None
        if entry is not None:
            title = tr("{title}, bigger", title=entry.title)
            self._workbench.navigator.train_with(entry.corpus_id, bigger_tables(entry), title)

    def duplicate(self) -> None:
        """A draft with the settings of the run."""
        entry = self._shown.entry if self._shown is not None else None
        if entry is not None:
            title = tr("As in {title}", title=entry.title)
            self._workbench.navigator.train_with(entry.corpus_id, entry.configuration, title)

    def rename(self, title: str) -> None:
        """Give the run another title."""
        run_id = self._shown.run_id if self._shown is not None else ""
        if run_id:
            runs = self._workbench.door.runs
            self._workbench.notices.attempt(lambda: runs.write_label(run_id, title=title))
            self._workbench.runs.refresh()
        self._page.state_changed.emit()

    def export_name(self) -> str:
        """A file name for the model, from the title."""
        title = self._shown.title if self._shown is not None else ""
        letters = "".join(sign if sign.isalnum() or sign in " -_," else "-" for sign in title).strip(" -")
        return f"{letters[:80] or 'model'}.textloom"

    def export(self, path: Path) -> None:
        """Write the best model to a file."""
        notices = self._workbench.notices
        if self._shown is not None and self._shown.run_id:
            self._workbench.door.runs.export_model(
                self._shown.run_id,
                path,
                lambda written: notices.say(
                    tr("The model is in {name}. A model can repeat passages of its text.", name=written.name)
                ),
                notices.fail,
            )

    def _act(self, shown: ShownRun, action: Action) -> None:
        match action:
            case "write":
                self._workbench.navigator.write_with(shown.run_id)
            case "go_on":
                if shown.entry is not None:  # what is not read yet joins it while it prepares
                    self.starting.begin(go_on_request(shown.entry), None if shown.is_loading else shown.history)
            case _ if shown.run is None:
                return
            case "pause":
                shown.run.pause()
            case "resume":
                shown.run.resume()
            case "finish":
                shown.run.finish()
            case "cancel":
                shown.run.abandon()
