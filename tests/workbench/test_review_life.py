"""How runs, queue and window live and end: no state that is not so, nothing lost, nothing kept for ever."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from engine.errors import StorageFailed, message
from engine.events import PreparationProgressed, RunEnded, RunEvent, RunPaused, RunStarted
from engine.import_events import CorpusImported
from engine.library.library import Library
from workbench.app import window as window_module
from workbench.app.window import Program
from workbench.bridge import training as training_module
from workbench.bridge.failures import failure_of
from workbench.bridge.jobs import ThreadJobs
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.training import TrainRequest
from workbench.bridge.pump import Pump
from workbench.bridge.training import _wished_threads
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.texts.import_desk import ImportDesk
from workbench.viewmodels.training_queue import TrainingQueue

PATIENCE = 60_000
FULL = Failure(message("The disk is full."), is_storage=True)


class FakeTraining:
    """Trains nothing: the test says what happens."""

    def __init__(self) -> None:
        self.is_running = True
        self.done: list[str] = []

    def start(
        self,
        request: TrainRequest,
        on_event: Callable[[RunEvent], None],
        on_done: Callable[[], None],
        on_failed: Callable[[Failure], None],
    ) -> "FakeTraining":
        self.request, self.tell, self.end, self.fail = request, on_event, on_done, on_failed
        return self

    def pause(self) -> None:
        self.done.append("pause")

    def resume(self) -> None:
        self.done.append("resume")

    def stop(self) -> None:
        self.done.append("stop")

    def abandon(self) -> None:
        self.done.append("abandon")


def started(run: str = "r") -> RunStarted:
    return RunStarted(
        run=run, title="Tales", corpus="c", step=0, num_parameters=1, vocabulary_size=2, num_train_tokens=3,
        num_valid_tokens=4, device="cpu", precision="float32", num_threads=1, summary=message("x"), references={},
    )  # fmt: skip


def ended(outcome: Any = "stopped", reason: str = "You ended it.") -> RunEnded:
    return RunEnded(
        outcome=outcome, reason=message(reason), run="r", step=1, seconds=1.0, best_step=None,
        best_valid_loss_nats=None, best_valid_perplexity=None, best_valid_bits_per_character=None,
        best_valid_accuracy=None,
    )  # fmt: skip


@pytest.fixture
def training() -> FakeTraining:
    return FakeTraining()


@pytest.fixture
def queue(qapp: QApplication, training: FakeTraining) -> TrainingQueue:
    return TrainingQueue(training)  # type: ignore[arg-type]


def begun(queue: TrainingQueue, **values: Any) -> ActiveRun:
    run = queue.start(TrainRequest(corpus_id="c", **values))
    assert run is not None
    return run


# The state of a run


def test_a_run_that_was_told_to_end_stays_at_it(queue: TrainingQueue, training: FakeTraining) -> None:
    run = begun(queue)
    training.tell(started())
    run.pause()
    run.finish()
    training.tell(RunPaused(step=3))
    assert run.state == "stopping"


def test_going_on_that_was_cancelled_in_time_has_not_finished_the_run(
    qapp: QApplication, training: FakeTraining
) -> None:
    history = RunHistory()
    history.add(started())
    history.add(ended())
    run = ActiveRun(TrainRequest(resume_run="r"), history)
    told: list[object] = []
    run.ended.connect(told.append)
    run.begin(training)  # type: ignore[arg-type]
    run.abandon()
    training.end()
    assert run.state == "waiting"
    assert told == [None]


def test_a_run_whose_first_line_the_disk_refused_has_failed(queue: TrainingQueue, training: FakeTraining) -> None:
    failures: list[Failure] = []
    queue.run_failed.connect(lambda _, failure: failures.append(failure))
    run = begun(queue)
    training.tell(ended("failed", "The disk is full."))
    training.end()
    assert run.state == "failed"
    assert [failure.message.text for failure in failures] == ["The disk is full."]


# The queue


def test_a_full_disk_does_not_use_up_what_waits(queue: TrainingQueue, training: FakeTraining) -> None:
    begun(queue)
    for title in ("one", "two"):
        queue.add(TrainRequest(corpus_id="c", title=title))
    training.tell(started())
    training.tell(ended("failed", "The disk is full."))
    training.end()
    assert training.request.title == "one"
    training.fail(FULL)
    assert [request.title for request in queue.waiting] == ["one", "two"]
    assert queue.is_held
    assert not queue.is_busy
    queue.hold(False)
    assert training.request.title == "one"


def test_a_run_that_fails_for_its_own_reasons_lets_the_next_begin(queue: TrainingQueue, training: FakeTraining) -> None:
    begun(queue)
    for title in ("one", "two"):
        queue.add(TrainRequest(corpus_id="c", title=title))
    training.fail(Failure(message("This text is gone.")))
    training.fail(Failure(message("This text is gone.")))
    assert training.request.title == "two"
    assert not queue.is_held


def test_a_text_that_is_gone_holds_what_waits_and_is_told_once(queue: TrainingQueue, training: FakeTraining) -> None:
    failures: list[Failure] = []
    queue.run_failed.connect(lambda _, failure: failures.append(failure))
    begun(queue)
    for title in ("one", "two", "three"):
        queue.add(TrainRequest(corpus_id="c", title=title))
    training.tell(started())
    training.tell(ended())
    training.end()
    training.fail(Failure(message("This text is gone."), is_text_gone=True))
    assert [request.title for request in queue.waiting] == ["one", "two", "three"]
    assert queue.is_held
    assert len(failures) == 1


def test_runs_that_wait_for_a_text_in_the_trash_wait_on_and_begin_once_it_is_back(
    program: Program, new_text: Any, qtbot: QtBot
) -> None:
    workbench, library = program.workbench, program.door.library
    corpus = new_text(library)
    workbench.texts.refresh()
    told: list[str] = []
    workbench.notices.failure_happened.connect(lambda failure: told.append(failure.message.text))
    place = library.trash(library.corpus(corpus).path)
    workbench.queue.hold(True)
    for title in ("one", "two"):
        workbench.queue.add(TrainRequest(corpus_id=corpus, title=title, tables={"training": {"steps": 2}}))
    workbench.queue.hold(False)
    qtbot.waitUntil(lambda: workbench.queue.is_held, timeout=PATIENCE)
    assert [request.title for request in workbench.queue.waiting] == ["one", "two"]
    assert told == ["The text of this run is not in the library any more. Bring it back from the trash."]
    library.restore(place)
    workbench.queue.hold(False)
    run = workbench.queue.current
    assert run is not None
    qtbot.waitUntil(lambda: run.has_begun, timeout=PATIENCE)
    workbench.queue.hold(True)


def test_a_run_begins_when_an_estimate_that_is_still_measuring_has_ended(
    program: Program, new_text: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = new_text(program.door.library)
    is_measuring, may_end, seen = threading.Event(), threading.Event(), list[bool]()

    def measure(*_: Any) -> Iterator[PreparationProgressed]:
        yield PreparationProgressed(part="speed", share=0.0)
        is_measuring.set()
        may_end.wait(20)
        yield PreparationProgressed(part="speed", share=0.5)
        seen.append(True)  # the rest of an estimate that nobody cancelled

    monkeypatch.setattr(training_module, "_estimated", measure)
    training = program.door.training
    request = TrainRequest(corpus_id=corpus, tables={"training": {"steps": 2}})
    training.estimate(request, lambda _: None, lambda _: None, lambda _: None)
    qtbot.waitUntil(is_measuring.is_set, timeout=PATIENCE)
    events: list[object] = []
    handle = training.start(request, events.append, lambda: events.append("end"), events.append)
    qtbot.wait(300)
    assert events == []
    may_end.set()
    qtbot.waitUntil(lambda: "end" in events, timeout=PATIENCE)
    assert not handle.is_running or handle.wait(20)
    assert seen == []


def test_what_the_disk_refuses_is_known_as_such() -> None:
    assert failure_of(StorageFailed("The disk is full.")).is_storage
    assert failure_of(OSError(28, "No space left on device")).is_storage
    assert not failure_of(ValueError("odd")).is_storage


def test_a_run_is_kept_no_longer_than_somebody_shows_it(queue: TrainingQueue, training: FakeTraining) -> None:
    first = weakref.ref(begun(queue))
    training.tell(started())
    training.tell(ended())
    training.end()
    assert first() is not None
    begun(queue)
    assert first() is None


# Background work


def test_a_job_that_ended_holds_nothing_of_who_asked(qapp: QApplication, qtbot: QtBot) -> None:
    answers: list[int] = []

    class Asker:
        def take(self, answer: int) -> None:
            answers.append(answer)

    pump = Pump()
    asker = Asker()
    known = weakref.ref(asker)
    job = ThreadJobs(pump).start("question", lambda _: 42, on_done=asker.take)
    del asker
    qtbot.waitUntil(lambda: answers == [42])
    pump.drain(1.0)
    assert known() is None
    assert not job.is_running


def test_what_refers_to_itself_is_freed_once_torch_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    class Trainer:
        def __init__(self) -> None:
            self.itself = self

    trainer = Trainer()
    known = weakref.ref(trainer)
    for _ in range(3):
        gc.collect(1)
    del trainer
    window_module.collect_young()
    assert known() is not None
    monkeypatch.setattr(gc, "get_freeze_count", lambda: 1)
    window_module.collect_all()
    assert known() is None


def test_a_run_goes_on_with_its_own_number_of_cores(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    folder = library.run("tales")
    folder.path.mkdir(parents=True)
    folder.write_info({"configuration": {"training": {"num_threads": 3}}})
    assert _wished_threads(library, TrainRequest(resume_run="tales")) == 3
    assert _wished_threads(library, TrainRequest(resume_run="gone")) == 0
    assert _wished_threads(library, TrainRequest(corpus_id="c", tables={"training": {"num_threads": 2}})) == 2


# The window


def test_a_run_that_cannot_begin_is_told_wherever_the_person_is(program: Program) -> None:
    program.workbench.navigator.show_page("texts")
    run = ActiveRun(TrainRequest(corpus_id="gone"))
    program.workbench.queue.run_failed.emit(run, FULL)
    assert program.window.failures.isVisible()
    assert program.window.failures.failure is FULL


def test_gentle_is_one_choice_that_is_remembered(program: Program, programs: Any) -> None:
    page: Any = program.window.page("train")
    page.deeds.choose("gentle")
    assert program.workbench.queue.is_gentle
    assert program.workbench.settings.flag("training/gentle")
    programs.close(program)
    assert programs.open().workbench.queue.is_gentle


def test_a_run_that_is_thrown_away_is_shown_no_longer(program: Program, new_text: Any, qtbot: QtBot) -> None:
    page, run = finished_run(program, new_text, qtbot)
    program.door.runs.trash(run.run_id)
    program.workbench.runs.refresh()
    assert page.model.kind == "draft"


def test_the_foot_tells_of_a_run_that_a_command_trains(program: Program, new_text: Any, qtbot: QtBot) -> None:
    _, run = finished_run(program, new_text, qtbot)
    folder = program.door.library.run(run.run_id)
    info = folder.read_info()
    folder.write_info({**info, "outcome": ""})
    with folder.lock():
        program.workbench.runs.refresh()
        assert program.window.status_line.status().text == "A command trains"
        program.workbench.navigator.show_page("texts")
        program.window.status_line.show_current()
        assert program.workbench.navigator.page == "train"
    program.workbench.runs.refresh()
    assert program.window.status_line.status().text == "Nothing is training"


def test_a_text_that_cannot_be_saved_is_not_lost_without_a_question(
    program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.workbench.navigator.show_page("write")
    page: Any = program.window.page("write")

    def refuse(_: object) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(page.model.document._saving._held, "save_now", refuse)
    monkeypatch.setattr(page.model.document._saving._held, "save", lambda *_: None)
    page.model.document.write(0, "Once upon a time", "person")
    answer_with("Do not close")
    program.window.close()
    assert program.window.isVisible()
    assert page.model.failure.startswith("The disk is full.")
    page.model.document.saved.emit()
    assert not page.model.failure
    answer_with("Close and lose it")
    program.window.close()
    assert not program.window.isVisible()


def test_the_texts_that_were_imported_before_the_cancel_are_told(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = program.workbench
    asked: list[Any] = []
    monkeypatch.setattr(workbench.door.texts, "import_sample", lambda *given: asked.append(given))
    said: list[str] = []
    workbench.notices.toast_wanted.connect(lambda sentence, *_: said.append(sentence))
    desk = ImportDesk(workbench)
    desk.bring_sample("Tales")
    _, on_event, _, _, on_cancelled = asked[0]
    on_cancelled()
    assert said == ["Cancelled. Nothing was changed."]
    desk.bring_sample("Tales")
    _, on_event, _, _, on_cancelled = asked[1]
    on_event(CorpusImported(corpus="one", title="One", is_new=True, report={}))
    on_cancelled()
    assert said[1] == "Cancelled. 1 text was imported before."


def finished_run(program: Program, new_text: Any, qtbot: QtBot) -> tuple[Any, ActiveRun]:
    """The page Train with a short run that was trained here and has ended."""
    corpus = new_text(program.door.library)
    program.workbench.texts.refresh()
    program.door.background.start()
    page: Any = program.window.page("train")
    program.workbench.navigator.show_page("train")
    tables = {
        "format": 1,
        "model": {"cell": "lstm", "hidden_size": 8, "embedding_size": 4},
        "training": {
            "batch_size": 4, "window_size": 11, "validate_every_steps": 5, "num_threads": 1, "precision": "float32",
            "sample_every_seconds": 0.0, "steps": 10,
        },
    }  # fmt: skip
    page.deeds.starting.begin(TrainRequest(corpus_id=corpus, tables=tables, title="Short"))
    run = program.workbench.queue.current
    assert run is not None
    qtbot.waitUntil(lambda: run.is_over, timeout=PATIENCE)
    assert page.model.shown.run is run
    return page, run


def answer_with(words: str) -> None:
    """Press this button of the question that will be asked."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if button.text() == words).click()

    QTimer.singleShot(0, press)
