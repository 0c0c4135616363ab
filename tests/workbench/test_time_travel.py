"""Going back in a run: a slider over its kept states, each of which writes with the same prompt and seed."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.config.sampling import SamplingConfig
from engine.events import SampleWritten
from engine.models.run_model import read_run_model
from engine.sampling.generate import Writer
from engine.sampling.stepper import Stepper
from workbench.app.window import Program
from workbench.viewmodels.train.happenings import copied_words
from workbench.views.train.run_view import RunView

STEPS = (1, 2, 4, 8, 16, 32, 64)


@pytest.fixture
def view(program_with_run: Program, qtbot: QtBot) -> RunView:
    """The run on its page."""
    workbench = program_with_run.workbench
    workbench.navigator.show_run(workbench.runs.entries()[0].id)
    view = program_with_run.window.page("train").run_view  # type: ignore[attr-defined]
    assert isinstance(view, RunView)
    qtbot.waitUntil(lambda: bool(len(view.curves.loss.curve_keys())), timeout=10_000)
    return view


def wait_until_written(qtbot: QtBot, view: RunView) -> None:
    qtbot.waitUntil(lambda: view.travel.share_written == 1 and not view.travel.is_writing, timeout=20_000)


def shown_text(view: RunView) -> str:
    text = view.travel.text()
    return text.text if text is not None else ""


def test_the_slider_stands_under_the_loss_and_has_a_place_for_each_kept_state(view: RunView) -> None:
    assert view.travel_bar.isVisible()
    assert view.travel.steps == STEPS
    assert (view.travel_bar.slider.minimum(), view.travel_bar.slider.maximum()) == (0, len(STEPS) - 1)
    below = view.curves.loss.mapTo(view, view.curves.loss.rect().bottomLeft()).y()
    assert view.travel_bar.mapTo(view, view.travel_bar.rect().topLeft()).y() >= below


def test_moved_it_shows_what_the_run_wrote_then_as_its_own_sample_does(
    qtbot: QtBot, view: RunView, program_with_run: Program
) -> None:
    view.travel_bar.slider.setValue(3)
    assert view.tabs.currentWidget() is view.earlier
    qtbot.waitUntil(lambda: bool(shown_text(view)), timeout=20_000)
    folder = program_with_run.door.library.run(view.travel._question.run)  # type: ignore[attr-defined]
    model, _ = read_run_model(folder, 8)
    writer = Writer(Stepper.from_arrays(model.configuration.model, model.arrays), model.tokenizer)
    settings = SamplingConfig(length=20, temperature=0.8, seed=view.travel.seed)
    assert shown_text(view) == writer.write_whole(settings).completion
    assert "step 8" in view.earlier.text.toPlainText()
    assert shown_text(view)[:10] in view.earlier.text.toPlainText()


def test_the_last_state_writes_what_the_last_sample_says(qtbot: QtBot, view: RunView) -> None:
    view.travel_bar.slider.setValue(0)
    wait_until_written(qtbot, view)
    view.travel_bar.slider.setValue(len(STEPS) - 1)
    shown = view._page.shown
    assert shown is not None
    assert shown_text(view) == shown.history.samples[-1].text


def test_all_are_written_once_for_a_prompt_and_a_seed(qtbot: QtBot, view: RunView) -> None:
    view.travel_bar.slider.setValue(0)
    wait_until_written(qtbot, view)
    first = shown_text(view)
    for place in range(len(STEPS)):
        view.travel_bar.slider.setValue(place)
        assert not view.travel.is_writing
        assert shown_text(view)
    view.earlier.prompt.setText("12 bottles")
    view.earlier.prompt.editingFinished.emit()
    assert view.travel.is_writing
    wait_until_written(qtbot, view)
    view.travel_bar.slider.setValue(0)
    text = view.travel.text()
    assert text is not None
    assert text.prompt == "12 bottles"
    view.earlier.prompt.setText("")
    view.earlier.prompt.editingFinished.emit()
    assert not view.travel.is_writing, "what was written before was forgotten"
    assert shown_text(view) == first


def test_another_seed_writes_other_texts(qtbot: QtBot, view: RunView) -> None:
    view.travel_bar.slider.setValue(4)
    wait_until_written(qtbot, view)
    before = shown_text(view)
    view.earlier.seed.setValue(12)
    wait_until_written(qtbot, view)
    assert shown_text(view) != before


def test_the_step_is_marked_on_the_curve_while_somebody_looks(qtbot: QtBot, view: RunView) -> None:
    marks = lambda: [mark for mark in view.curves.loss._contents.marks if mark.kind == "place"]  # noqa: E731
    assert marks() == []
    view.travel_bar.slider.setValue(5)
    qtbot.waitUntil(lambda: len(marks()) == 1)
    assert "step 32" in marks()[0].text
    view.tabs.setCurrentWidget(view.samples)
    qtbot.waitUntil(lambda: marks() == [])
    assert not view.travel.is_writing


def test_with_the_keyboard_each_state_is_one_key_away(qtbot: QtBot, view: RunView) -> None:
    slider = view.travel_bar.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert view.travel.step == 2
    assert slider.accessibleDescription() == "step 2"


def test_a_run_that_kept_one_state_has_no_slider(
    qtbot: QtBot, view: RunView, program_with_run: Program
) -> None:
    folder = program_with_run.door.library.run(program_with_run.workbench.runs.entries()[0].id)
    for step in STEPS[:-1]:
        folder.milestone_path(step).unlink()
    view.travel.refresh()
    assert view.travel.steps == (64,)
    qtbot.waitUntil(view.travel_bar.isHidden)
    assert not view.tabs.isTabVisible(view.tabs.indexOf(view.earlier))


def test_a_state_that_is_kept_later_is_found_and_written(
    qtbot: QtBot, view: RunView, program_with_run: Program
) -> None:
    folder = program_with_run.door.library.run(program_with_run.workbench.runs.entries()[0].id)
    path = folder.milestone_path(32)
    weights = path.read_bytes()
    path.unlink()
    view.travel.refresh()
    view.travel_bar.slider.setValue(1)
    wait_until_written(qtbot, view)
    path.write_bytes(weights)
    view.travel.refresh()
    assert view.travel.step == 2, "another state came under the hand"
    wait_until_written(qtbot, view)
    view.travel_bar.slider.setValue(5)
    assert view.travel.step == 32
    assert shown_text(view)


def test_a_state_that_is_gone_meanwhile_is_left_out(
    qtbot: QtBot, view: RunView, program_with_run: Program
) -> None:
    folder = program_with_run.door.library.run(program_with_run.workbench.runs.entries()[0].id)
    folder.milestone_path(2).unlink()
    view.travel_bar.slider.setValue(1)
    qtbot.waitUntil(lambda: not view.travel.is_writing, timeout=20_000)
    assert view.travel.failure == ""
    assert view.travel.steps == (1, *STEPS[2:])
    assert shown_text(view)


def test_the_loss_keeps_its_height_in_a_small_window(qtbot: QtBot, view: RunView, program_with_run: Program) -> None:
    program_with_run.window.resize(1024, 700)
    qtbot.waitUntil(lambda: program_with_run.window.height() == 700)
    canvas = view.curves.loss._canvas
    qtbot.waitUntil(lambda: canvas.height() >= 240)
    assert view.travel_bar.isVisible()


def sample(**copied: object) -> SampleWritten:
    return SampleWritten(
        step=1, seconds=1.0, prompt="", text="", seed=1, temperature=0.8, known_word_share=None, **copied  # type: ignore[arg-type]
    )


def test_a_sample_says_how_much_of_it_is_copied_once_that_is_known() -> None:
    assert copied_words(sample()) == []
    some = sample(copied_share=0.125, longest_copied=41)
    assert copied_words(some) == ["12 % copied, up to 41 characters in a row"]
    assert copied_words(sample(copied_share=0.0, longest_copied=12)) == ["nothing copied beyond 12 characters"]
    assert copied_words(sample(longest_copied=1)) == ["up to 1 character copied in a row"]
