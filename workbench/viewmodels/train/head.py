"""The head of the page: title, sentence, buttons, menu, and what an empty page says."""

from dataclasses import dataclass

from workbench.viewmodels.train.shown_run import Action, ShownRun
from workbench.viewmodels.train.train_page import TrainViewModel
from workbench.words import tr


@dataclass(frozen=True)
class ButtonWords:
    """A button: its words, its drawing, and whether it can be pressed now."""

    text: str
    icon: str
    is_possible: bool = True


@dataclass(frozen=True)
class Head:
    """What stands at the top."""

    title: str
    sentence: str = ""
    is_renamable: bool = False
    primary: ButtonWords | None = None
    secondary: ButtonWords | None = None


@dataclass(frozen=True)
class MenuItem:
    """An entry of the menu; key: what it does."""

    key: str
    text: str
    icon: str
    tip: str = ""
    is_checkable: bool = False
    is_checked: bool = False


@dataclass(frozen=True)
class Invitation:
    """What an empty page says."""

    title: str
    sentence: str
    button: str


def head_of(page: TrainViewModel) -> Head:
    """The head for what is shown now."""
    if page.kind == "draft":
        return _head_of_draft(page)
    shown = page.shown
    if shown is None:
        return Head(tr("Train"))
    return Head(
        title=shown.title,
        sentence=shown.sentence(),
        is_renamable=bool(shown.run_id) and shown.state != "damaged" and not page.workbench.door.is_read_only,
        primary=_words(shown.primary),
        secondary=_words(shown.secondary),
    )


def invitation(page: TrainViewModel) -> Invitation:
    """What the page says while there is nothing to show."""
    texts = page.workbench.texts.entries()
    if not texts:
        return Invitation(
            tr("Nothing to train on yet"),
            tr("Here you watch a model learn one of your texts. Add a text first."),
            tr("Go to Texts"),
        )
    return Invitation(
        tr("Nothing trained yet"),
        tr("Here you watch a model learn your text: how well it guesses, and what it writes."),
        tr("Train on this text") if len(texts) == 1 else tr("Train on a text"),
    )


def menu_of(page: TrainViewModel) -> list[MenuItem | None]:
    """The entries of the menu; None is a line between them."""
    gentle = MenuItem(
        "gentle", tr("Gentle: leave room for other programs"), "",
        tr("The next run leaves one processor core and the right of way to other programs."),
        is_checkable=True, is_checked=page.workbench.queue.is_gentle,
    )  # fmt: skip
    shown = page.shown if page.kind == "run" else None
    if shown is None:
        return [gentle]
    items = [*_live_items(shown), *_kept_items(shown)]
    return [*items, None, gentle] if items else [gentle]


def _live_items(shown: ShownRun) -> list[MenuItem | None]:
    if not shown.is_live or shown.state in ("preparing", "stopping"):
        return []
    items: list[MenuItem | None] = [
        MenuItem("save", tr("Save now"), "save"),
        MenuItem("sample", tr("Sample now"), "sample"),
    ]
    if shown.has_best:
        items.append(MenuItem("write", tr("Write with its best state"), "write"))
    return [*items, None]


def _kept_items(shown: ShownRun) -> list[MenuItem | None]:
    items: list[MenuItem | None] = []
    if shown.entry is not None and shown.entry.configuration:
        items.append(MenuItem("settings", tr("Show settings"), "settings"))
        tip = tr("A draft with the same settings.")
        items.append(MenuItem("duplicate", tr("Duplicate settings"), "duplicate", tip))
    if shown.has_best and shown.run_id:
        items.append(MenuItem("export", tr("Export model"), "export"))
    return items


def _head_of_draft(page: TrainViewModel) -> Head:
    draft = page.draft
    text = tr("Add to the queue") if page.is_busy else draft.start_text
    icon = "queue" if page.is_busy else "play"
    sentence = tr("Another run trains now. This one waits for it.") if page.is_busy and draft.can_start else ""
    return Head(tr("New run"), sentence, primary=ButtonWords(text, icon, draft.can_start))


def _words(action: Action | None) -> ButtonWords | None:
    match action:
        case None:
            return None
        case "pause":
            return ButtonWords(tr("Pause"), "pause")
        case "resume":
            return ButtonWords(tr("Resume"), "resume")
        case "finish":
            return ButtonWords(tr("Finish"), "finish")
        case "cancel":
            return ButtonWords(tr("Cancel"), "close")
        case "go_on":
            return ButtonWords(tr("Go on"), "resume")
        case "write":
            return ButtonWords(tr("Write with it"), "write")
