"""The body of a draft as a person uses it: by mouse and keyboard, at the smallest size of the window."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.config.recipes import read_recipe
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.theme.theme import Theme
from workbench.viewmodels.recipes import estimator
from workbench.viewmodels.recipes.comparing import compared, key_of
from workbench.viewmodels.recipes.declarations import declared_for
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.recipes.draft_panel import DraftPanel
from workbench.views.recipes.name_dialog import NameDialog
from workbench.views.recipes.setting_editors import ChoiceEditor, SwitchEditor

TALE = "".join(f"The {n}th fox ran over the hill, and the dog slept.\n" for n in range(400))
TINY: dict[str, Any] = {
    "model": {"cell": "lstm", "hidden_size": 8, "embedding_size": 4},
    "training": {"steps": 30, "batch_size": 4, "window_size": 16, "precision": "float32"},
}


class Scene:
    """A panel over a library, with what the window would say."""

    def __init__(self, library: Library, folder: Path) -> None:
        self.door = EngineDoor(library)
        self.workbench = Workbench(self.door, Settings(folder / "window.ini"))
        self.draft = Draft(self.workbench, self.workbench)
        self.panel = DraftPanel(self.workbench, self.draft)
        self.toasts: list[tuple[str, Callable[[], None] | None]] = []
        self.failures: list[str] = []
        self.workbench.notices.toast_wanted.connect(lambda text, _, action: self.toasts.append((text, action)))
        self.workbench.notices.failure_happened.connect(lambda failure: self.failures.append(failure.message.text))
        self.panel.resize(776, 520)
        self.panel.show()

    def open_details(self) -> None:
        self.panel.details.fold.head.click()

    def editor(self, path: str) -> QWidget:
        return self.panel.details.form.field(path).editor

    def type_into(self, qtbot: QtBot, path: str, text: str) -> None:
        editor = self.editor(path)
        editor.setFocus()
        editor.findChild(QLineEdit).selectAll()  # type: ignore[union-attr]
        qtbot.keyClicks(editor, text)

    def card(self, title: str) -> QAbstractButton:
        return next(card for card in self.panel.chooser.cards if card.text() == title)


@pytest.fixture
def is_predicting() -> bool:
    """Whether a test waits for the engine's prediction; the others do without it, and without its seconds."""
    return False


@pytest.fixture
def scene(
    tmp_path: Path,
    qtbot: QtBot,
    theme: Theme,
    is_predicting: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    from engine.text.importing import import_texts
    from engine.text.sources import find_texts

    if not is_predicting:
        monkeypatch.setattr(estimator, "WAIT_MILLISECONDS", 3_600_000)
    library = Library.open(tmp_path / "library")
    path = tmp_path / "Tale.txt"
    path.write_text(TALE, encoding="utf-8", newline="")
    list(import_texts(find_texts([path]), library))
    scene = Scene(library, tmp_path)
    yield scene
    scene.door.close(20)
    scene.door.pump.drain(1.0)
    scene.panel.close()
    scene.panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def click(qtbot: QtBot, button: QWidget) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(qtbot: QtBot, box: ChoiceEditor | QWidget, word: str) -> None:
    """Choose in a list by the keyboard."""
    assert isinstance(box, ChoiceEditor)
    box.setFocus()
    steps = box.findData(word) - box.currentIndex()
    for _ in range(abs(steps)):
        qtbot.keyClick(box, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    assert box.currentData() == word


# The head


def test_the_recipe_stands_in_one_line_and_the_text_with_its_size(scene: Scene) -> None:
    assert scene.panel.head.line.text().startswith("Auto: ")
    assert scene.panel.head.text_box.currentText() == f"Tale ({len(TALE):,} characters)"
    assert scene.panel.head.change_button.text() == "Change"


@pytest.mark.parametrize("is_predicting", [True])
def test_the_line_follows_what_auto_chose(scene: Scene, qtbot: QtBot) -> None:
    scene.draft.set_values({"training.minutes": 0.1, "training.precision": "float32"})
    qtbot.waitUntil(lambda: "LSTM 1x" in scene.panel.head.line.text(), timeout=30_000)
    assert scene.panel.head.status.text().startswith("Auto chose")


# The form


def test_the_form_has_a_named_field_with_help_for_every_setting_but_those_of_the_page_write(scene: Scene) -> None:
    asked_here = {"sampling.temperature", "sampling.length"}
    for path, setting in declared_for(scene.draft.values).items():
        if path.startswith("sampling.") and path not in asked_here:
            continue
        field = scene.panel.details.form.field(path)
        assert field.editor.accessibleName()
        assert field.editor.toolTip() == setting.option.help
        assert field.name.text()


def test_a_typed_number_becomes_the_value_and_a_dot_and_a_way_back_appear(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.draft.set_recipe_tables(TINY, "Tiny")
    scene.type_into(qtbot, "model.hidden_size", "24")
    field = scene.panel.details.form.field("model.hidden_size")
    assert scene.draft.values["model"]["hidden_size"] == 24
    assert scene.panel.head.line.text().startswith("Tiny, changed: LSTM 1x24")
    click(qtbot, field.reset_button)
    assert scene.draft.values["model"]["hidden_size"] == 8
    assert not field.reset_button.isVisible()


def test_a_million_hidden_units_are_refused_at_the_field_with_a_button_for_the_nearest(
    scene: Scene, qtbot: QtBot
) -> None:
    scene.open_details()
    drawn = scene.panel.details.drawing.network
    scene.type_into(qtbot, "model.hidden_size", "1000000")
    note = scene.panel.details.form.field("model.hidden_size").note
    assert note.text == "Hidden units: at most 8,192 is possible, not 1,000,000."
    assert scene.draft.problem == note.text
    assert scene.panel.details.drawing.network.hidden_size != 1_000_000
    assert scene.panel.details.drawing.network.num_layers == drawn.num_layers
    assert note.button.text() == "Use 8,192"
    click(qtbot, note.button)
    assert scene.draft.values["model"]["hidden_size"] == 8192
    assert not note.isVisible()


def test_a_number_too_large_for_a_spin_box_can_be_typed(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.draft.set_recipe_tables(TINY, "Tiny")
    scene.panel.details.form.sections[2].more.head.click()
    scene.type_into(qtbot, "training.tokens", "5000000000")
    assert scene.draft.values["training"]["tokens"] == 5_000_000_000


def test_a_learning_rate_is_typed_with_an_exponent(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.type_into(qtbot, "training.learning_rate", "3e-4")
    assert scene.draft.values["training"]["learning_rate"] == 0.0003


def test_the_arrows_stop_at_the_bounds(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.draft.set_recipe_tables(TINY, "Tiny")
    editor = scene.editor("model.num_layers")
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert scene.draft.values["model"]["num_layers"] == 1
    qtbot.keyClick(editor, Qt.Key.Key_PageUp)
    assert scene.draft.values["model"]["num_layers"] == 8
    assert not scene.draft.faults


def test_another_family_shows_its_own_fields_and_keeps_the_focus(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.draft.set_recipe_tables(TINY, "Tiny")
    form = scene.panel.details.form
    cell = scene.editor("model.cell")
    choose(qtbot, cell, "gru")
    assert scene.editor("model.cell") is cell
    assert form.field("model.update_bias")
    with pytest.raises(StopIteration):
        form.field("model.forget_bias")
    choose(qtbot, scene.editor("training.schedule"), "step")
    assert form.field("training.decay_factor")
    assert scene.panel.details.drawing.network.cell == "gru"


def test_a_switch_and_a_line_change_their_settings(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    form = scene.panel.details.form
    form.sections[1].more.head.click()
    switch = scene.editor("model.residual")
    assert isinstance(switch, SwitchEditor)
    click(qtbot, switch)
    assert scene.draft.values["model"]["residual"] is True
    assert switch.text() == "On"
    qtbot.keyClicks(scene.editor("training.sample_prompt"), "Once")
    assert scene.draft.values["training"]["sample_prompt"] == "Once"


def test_a_wheel_that_passes_by_changes_nothing(scene: Scene) -> None:
    scene.open_details()
    scene.panel.head.change_button.setFocus()
    before = scene.draft.values
    for path in ("model.hidden_size", "model.cell", "training.learning_rate"):
        editor = scene.editor(path)
        position = QPointF(editor.rect().center())
        event = QWheelEvent(
            position, position, QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(editor, event)
    assert scene.draft.values == before


def test_a_fault_behind_more_opens_it(scene: Scene) -> None:
    scene.open_details()
    more = scene.panel.details.form.sections[1].more
    assert not more.is_open
    scene.draft.set_value("model.init_range", 50.0)
    assert more.is_open


def test_the_drawing_and_the_numbers_follow_the_form(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.draft.set_recipe_tables(TINY, "Tiny")
    scene.panel.details.matrices.head.click()
    few = len(scene.panel.details.matrices.table.findChildren(QWidget))
    scene.type_into(qtbot, "model.num_layers", "3")
    drawing = scene.panel.details.drawing
    assert drawing.network.num_layers == 3
    assert "3 layers of 8 LSTM units" in drawing.accessibleDescription()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert len(scene.panel.details.matrices.table.findChildren(QWidget)) > few


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 4, 8])
def test_every_network_is_drawn_in_light_and_dark(scene: Scene, theme: Theme, cell: str, layers: int) -> None:
    tables = {
        **TINY,
        "model": {"cell": cell, "num_layers": layers, "hidden_size": 9, "embedding_size": 9, "tied": True},
    }
    scene.draft.set_recipe_tables(tables, "Drawn")
    light = scene.panel.details.drawing.grab().toImage()
    theme.set_choice("dark")
    assert scene.panel.details.drawing.grab().toImage() != light


def test_tab_goes_through_the_fields_in_their_order(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.draft.set_recipe_tables(TINY, "Tiny")
    choose(qtbot, scene.editor("model.cell"), "gru")
    order = ["model.cell", "model.num_layers", "model.hidden_size", "model.embedding_size", "model.dropout"]
    seen: list[QWidget] = []
    widget: QWidget = scene.editor("model.cell")
    for _ in range(60):
        seen.append(widget)
        widget = widget.nextInFocusChain()
    places = [seen.index(scene.editor(path)) for path in order]
    assert places == sorted(places)


def test_details_stay_open_at_the_next_start(scene: Scene) -> None:
    scene.open_details()
    again = DraftPanel(scene.workbench, scene.draft)
    assert again.details.fold.is_open
    again.deleteLater()


def test_nothing_is_wider_than_the_smallest_window(scene: Scene, theme: Theme) -> None:
    scene.open_details()
    for scale in (1.0, 1.5):
        theme.set_text_scale(scale)
        QCoreApplication.sendPostedEvents()
        assert scene.panel.minimumSizeHint().width() <= 776, scale


# The recipes


def test_change_opens_the_recipes_and_escape_closes_them(scene: Scene, qtbot: QtBot) -> None:
    click(qtbot, scene.panel.head.change_button)
    assert scene.panel.chooser.isVisible()
    assert scene.panel.head.change_button.text() == "Done"
    scene.card("3 minutes").setFocus()
    qtbot.keyClick(scene.card("3 minutes"), Qt.Key.Key_Escape)
    assert not scene.panel.chooser.isVisible()


@pytest.mark.parametrize(
    ("title", "minutes"), [("3 minutes", 3), ("5 minutes", 5), ("15 minutes", 15), ("Overnight", 480)]
)
def test_a_card_for_the_text_gives_auto_so_much_time(scene: Scene, qtbot: QtBot, title: str, minutes: float) -> None:
    click(qtbot, scene.panel.head.change_button)
    assert scene.card("5 minutes").isChecked()
    click(qtbot, scene.card(title))
    assert scene.draft.request().is_planned
    assert scene.draft.tables["training"]["minutes"] == minutes
    assert [card.text() for card in scene.panel.chooser.cards if card.isChecked()] == [title]


def test_the_lectures_recipes_are_folded_and_name_their_source(scene: Scene, qtbot: QtBot) -> None:
    click(qtbot, scene.panel.head.change_button)
    card = scene.card("Zaremba small")
    assert not card.isVisible()
    scene.panel.chooser.lectures.head.click()
    assert "arXiv 1409.2329" in card.accessibleDescription()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    assert scene.draft.request().recipe == "zaremba-small"
    assert scene.draft.line.startswith("Zaremba small: LSTM 2x200, words")


def save_as(qtbot: QtBot, scene: Scene, name: str) -> None:
    click(qtbot, scene.panel.details.changes.save_as_button)
    dialog = scene.panel.window().findChild(NameDialog)
    assert dialog is not None
    dialog.line.selectAll()
    qtbot.keyClicks(dialog.line, name)
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    dialog.setParent(None)
    dialog.deleteLater()


def test_changes_are_saved_under_a_name_and_chosen_again_later(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.type_into(qtbot, "model.hidden_size", "24")
    save_as(qtbot, scene, "Two dozen")
    assert scene.draft.recipe.title == "Two dozen"
    assert scene.draft.recipe.is_planned
    assert not scene.draft.has_changes
    click(qtbot, scene.panel.head.change_button)
    click(qtbot, scene.card("3 minutes"))
    click(qtbot, scene.card("Two dozen"))
    assert scene.draft.tables["model"] == {"hidden_size": 24}
    assert scene.draft.request().recipe == "Two dozen"


def test_an_own_recipe_is_saved_again_in_place(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.type_into(qtbot, "model.hidden_size", "24")
    assert not scene.panel.details.changes.save_button.isVisible()
    save_as(qtbot, scene, "Two dozen")
    scene.type_into(qtbot, "model.hidden_size", "36")
    click(qtbot, scene.panel.details.changes.save_button)
    assert [recipe.tables["model"] for recipe in scene.panel.shelf.own()] == [{"hidden_size": 36}]
    assert not scene.draft.has_changes


def own_recipe(scene: Scene, title: str = "Mine", **model: Any) -> Any:
    scene.draft.set_recipe_tables({**TINY, "model": {**TINY["model"], **model}}, title)
    return scene.panel.shelf.save(scene.draft.recipe, title)


def test_an_own_recipe_is_renamed_and_duplicated(scene: Scene, qtbot: QtBot) -> None:
    own_recipe(scene)
    click(qtbot, scene.panel.head.change_button)
    scene.panel.chooser.own_cards[0].menu.actions()[0].trigger()
    dialog = scene.panel.window().findChild(NameDialog)
    assert dialog is not None
    dialog.line.setText("Ours")
    click(qtbot, dialog.button)
    scene.panel.chooser.own_cards[0].menu.actions()[1].trigger()
    assert [card.recipe.title for card in scene.panel.chooser.own_cards] == ["Copy of Ours", "Ours"]
    assert scene.panel.shelf.own()[0].tables == scene.panel.shelf.own()[1].tables


def test_a_deleted_recipe_comes_back_by_undo(scene: Scene, qtbot: QtBot) -> None:
    own_recipe(scene)
    click(qtbot, scene.panel.head.change_button)
    scene.panel.chooser.own_cards[0].menu.actions()[-1].trigger()
    assert scene.panel.shelf.own() == []
    sentence, undo = scene.toasts[-1]
    assert sentence == "Deleted “Mine”."
    assert undo is not None
    undo()
    assert [card.text() for card in scene.panel.chooser.cards][-1] == "Mine"


def test_an_exported_recipe_is_imported_as_the_same(
    scene: Scene, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_recipe(scene)
    click(qtbot, scene.panel.head.change_button)
    file = tmp_path / "out.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file.with_suffix("")), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    scene.panel.chooser.own_cards[0].menu.actions()[2].trigger()
    assert read_recipe(file).title == "Mine"
    click(qtbot, scene.panel.chooser.import_button)
    first, second = scene.panel.shelf.own()
    assert first.tables == second.tables
    assert first.id != second.id


def test_a_file_that_is_no_recipe_ends_in_a_sentence(
    scene: Scene, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "picture.toml"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    click(qtbot, scene.panel.head.change_button)
    click(qtbot, scene.panel.chooser.import_button)
    assert "is not valid TOML" in scene.failures[-1]
    assert scene.panel.shelf.own() == []


def test_a_damaged_recipe_is_shown_with_its_reason_and_can_be_deleted(scene: Scene, qtbot: QtBot) -> None:
    (scene.door.library.recipes_path / "broken.toml").write_text("[model\n", encoding="utf-8")
    click(qtbot, scene.panel.head.change_button)
    card = scene.panel.chooser.own_cards[0]
    assert not card.card.isEnabled()
    assert "not valid TOML" in card.card.accessibleDescription()
    card.menu.actions()[-1].trigger()
    assert scene.panel.shelf.own() == []


def test_two_recipes_are_compared_by_the_settings_in_which_they_differ(scene: Scene, qtbot: QtBot) -> None:
    one, other = own_recipe(scene, "One"), own_recipe(scene, "Other", hidden_size=16, dropout=0.2)
    click(qtbot, scene.panel.head.change_button)
    scene.panel.chooser.compare.head.click()
    view = scene.panel.chooser.compare.findChild(QWidget, "compare")
    shown = compared(scene.panel.shelf, key_of(one), key_of(other))
    assert shown.rows == [("Hidden units", "8", "16"), ("Dropout", "0", "0.2")]
    assert view is not None
    view.one.setCurrentIndex(view.one.findData(key_of(one)))  # type: ignore[attr-defined]
    view.other.setCurrentIndex(view.other.findData(key_of(other)))  # type: ignore[attr-defined]
    model = view.table.model()  # type: ignore[attr-defined]
    assert [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())] == [
        ["Hidden units", "8", "16"], ["Dropout", "0", "0.2"],
    ]  # fmt: skip


def test_a_read_only_library_refuses_to_save_in_a_sentence(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.draft.set_value("model.hidden_size", 24)
    scene.door.library.is_read_only = True
    save_as(qtbot, scene, "Mine")
    assert "newer version" in scene.failures[-1]
    assert scene.draft.has_changes


def test_sizes_that_auto_has_not_chosen_yet_are_not_drawn_as_numbers(scene: Scene) -> None:
    drawing = scene.panel.details.drawing
    assert drawing.network.is_open
    assert "384" not in drawing.accessibleDescription()
    scene.draft.set_recipe_tables(TINY, "Tiny")
    assert "1 layer of 8 LSTM units" in drawing.accessibleDescription()


def test_the_form_does_not_move_while_one_types_in_it(scene: Scene, qtbot: QtBot) -> None:
    scene.open_details()
    scene.draft.set_recipe_tables(TINY, "Tiny")
    QCoreApplication.sendPostedEvents()
    editor = scene.editor("model.hidden_size")
    content = scene.panel.details
    QApplication.processEvents()
    before = editor.mapTo(content, QPoint(0, 0))
    scene.type_into(qtbot, "model.hidden_size", "1000000")
    QApplication.processEvents()
    assert editor.mapTo(content, QPoint(0, 0)) == before
