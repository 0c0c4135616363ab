"""What the window can ask a model, through the door: the real bridge over a small library."""

import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.analysis.copying import CopyIndex, Progress
from engine.config.configuration import from_tables, to_tables
from engine.config.sampling import SamplingConfig
from engine.control import RunControl
from engine.library.library import Library
from engine.models import run_model
from engine.models.run_model import read_run_model
from engine.sampling.stepper import Stepper
from engine.text.importing import import_texts
from engine.text.sources import find_texts
from engine.training.request import Request
from engine.training.runs import create_run
from workbench.bridge.background import TorchLoader
from workbench.bridge.door import EngineDoor
from workbench.bridge.jobs import ThreadJobs
from workbench.bridge.live import LiveRuns
from workbench.bridge.protocols.asking import LONGEST_PROMPT, PROMPT_STEP, prompt_before
from workbench.bridge.protocols.judging import JudgedText, JudgeRequest, Novelty
from workbench.bridge.protocols.training import TrainRequest
from workbench.bridge.protocols.writing import (
    CopyRequest,
    FillRequest,
    MixPart,
    ModelRead,
    ModelRef,
    NextRequest,
    PieceWritten,
    ScoreRequest,
    SuggestRequest,
    TimeTravelRequest,
    WriteRequest,
)
from workbench.bridge.pump import Pump
from workbench.bridge.shared_predictor import SharedPredictor
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.models import ModelChoices

pytestmark = pytest.mark.usefixtures("qapp")

TEXT = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(99, 0, -1))
OTHER = "".join(f"{n} green apples in the tree, {n} red ones below it!\n" for n in range(99, 0, -1))


def tables(steps: int, **corpus: str) -> dict[str, Any]:
    return to_tables(
        from_tables(
            {
                "corpus": corpus,
                "model": {"cell": "lstm", "hidden_size": 16, "embedding_size": 8},
                "training": {
                    "batch_size": 4, "window_size": 16, "steps": steps, "validate_every_steps": 0,
                    "learning_rate": 0.02, "sample_every_seconds": 0, "precision": "float32", "sample_length": 10,
                },
            }
        )
    )  # fmt: skip


def train(library: Library, corpus: str, steps: int, **reading: str) -> str:
    preparing = create_run(library, Request(corpus, tables(steps, **reading), "test", title="Bottles"), RunControl())
    while True:
        try:
            next(preparing)
        except StopIteration as end:
            session = end.value
            break
    assert list(session.run())[-1].outcome == "completed"
    return str(session.folder.id)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """One with two texts, and three runs: `run`, `word_run` and `other_run`."""
    folder = tmp_path_factory.mktemp("asked")
    library = Library.open(folder / "library")
    corpora = []
    for name, text in (("bottles", TEXT), ("apples", OTHER)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        *_, imported = import_texts(find_texts([folder / f"{name}.txt"]), library)
        corpora.append(imported.corpus)  # type: ignore[union-attr]
    library.test_runs = {  # type: ignore[attr-defined]
        "corpus": corpora[0], "run": train(library, corpora[0], 70),
        "word_run": train(library, corpora[0], 8, tokens="word"), "other_run": train(library, corpora[1], 4),
    }  # fmt: skip
    return library


@pytest.fixture
def made(library: Library) -> dict[str, str]:
    """Ids of what is in the library."""
    return library.test_runs  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def door(library: Library) -> Iterator[EngineDoor]:
    door = EngineDoor(library)
    yield door
    assert door.close(20.0)


class Answer:
    """What a job told."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.result: Any = None
        self.failure = ""
        self.is_over = False

    def done(self, result: Any = None) -> None:
        self.result, self.is_over = result, True

    def failed(self, failure: Any) -> None:
        self.failure, self.is_over = failure.message.text, True


Ask = Callable[..., Answer]


@pytest.fixture
def ask(door: EngineDoor, qtbot: QtBot) -> Ask:
    """Asks the door by the name of a method, and waits for the answer."""

    def ask_and_wait(method: str, request: Any) -> Answer:
        answer = start(door, method, request)
        qtbot.waitUntil(lambda: answer.is_over, timeout=60_000)
        return answer

    return ask_and_wait


def start(door: EngineDoor, method: str, request: Any) -> Answer:
    """As `ask`, without waiting."""
    answer = Answer()
    calls: list[Any] = [answer.done, answer.failed]
    if method not in ("ask_next", "suggest"):
        calls.insert(0, answer.events.append)
    if method == "write":
        calls.append(answer.done)
    getattr(door.writing, method)(request, *calls)
    return answer


def written(answer: Answer, index: int = 0) -> str:
    pieces = [event for event in answer.events if isinstance(event, PieceWritten)]
    return "".join(piece.text for piece in pieces if piece.index == index)


def plain(run: str, **settings: Any) -> WriteRequest:
    return WriteRequest(model=ModelRef(run=run), prompt="12 bottles", settings=SamplingConfig(**settings))


def test_pieces_are_the_text_and_come_in_larger_parts_than_tokens(ask: Ask, made: dict[str, str]) -> None:
    answer = ask("write", plain(made["run"], length=2000, temperature=1.0))
    assert isinstance(answer.events[0], ModelRead)
    assert written(answer) == answer.result.texts[0]
    assert len(written(answer)) == 2000
    assert len(answer.events) < 1000
    assert answer.result.reasons == ("length",)


def test_a_number_of_words_has_as_many_tokens_as_it_needs(ask: Ask, made: dict[str, str]) -> None:
    answer = ask("write", plain(made["run"], num_words=30, length=1))
    assert len(("12 bottles" + answer.result.texts[0]).split()) in (31, 32)
    assert answer.result.reasons == ("words",)


def test_all_texts_of_one_search_come_of_its_one_seed(ask: Ask, made: dict[str, str]) -> None:
    settings = SamplingConfig(num_words=3, beams=3, seed=9)
    request = WriteRequest(model=ModelRef(run=made["run"]), prompt="12 bottles", settings=settings, count=2)
    assert ask("write", request).events[0].seeds == (9, 9)


def test_candidates_are_those_that_their_seeds_write_alone(ask: Ask, made: dict[str, str]) -> None:
    request = WriteRequest(
        model=ModelRef(run=made["run"]), prompt="9 b", count=3, settings=SamplingConfig(length=40, seed=5)
    )
    together = ask("write", request)
    assert [written(together, index) for index in range(3)] == list(together.result.texts)
    for seed, text in zip(together.events[0].seeds, together.result.texts, strict=True):
        alone = WriteRequest(
            model=ModelRef(run=made["run"]), prompt="9 b", settings=SamplingConfig(length=40, seed=seed)
        )
        assert ask("write", alone).result.texts == (text,)


def test_a_begun_word_is_completed_by_a_model_of_words(ask: Ask, made: dict[str, str]) -> None:
    request = WriteRequest(model=ModelRef(run=made["word_run"]), prompt="5 bot", settings=SamplingConfig(num_words=1))
    assert ask("write", request).result.texts == ("tles",)
    following = ask("ask_next", NextRequest(model=ModelRef(run=made["word_run"]), prompt="5 bot"))
    assert [token.text for token in following.result] == ["bottles"]


def test_next_tokens_tell_what_the_settings_make_of_the_model(ask: Ask, made: dict[str, str]) -> None:
    calm = SamplingConfig(temperature=0.0)
    found = ask("ask_next", NextRequest(model=ModelRef(run=made["run"]), prompt="12 bo", settings=calm, top=5)).result
    assert len(found) == 5
    assert [token.before for token in found] == sorted((token.before for token in found), reverse=True)
    assert [token.after for token in found] == [1.0, 0.0, 0.0, 0.0, 0.0]


def test_a_forced_text_is_weighed_whole_in_the_next_tokens_too(ask: Ask, made: dict[str, str]) -> None:
    forced = ("bottles", "wall")
    settings = SamplingConfig(forced="\n".join(forced), temperature=1.0)
    asked = NextRequest(model=ModelRef(run=made["run"]), prompt="12 ", settings=settings)
    shown = {token.text: token.after for token in ask("ask_next", asked).result if token.after}
    likely = {}
    for text in forced:
        events = ask("score", ScoreRequest(model=asked.model, text=f"12 {text}", start=3)).events
        likely[text[0]] = math.prod(score.probability for event in events for score in event.scores)
    assert shown == pytest.approx({first: share / sum(likely.values()) for first, share in likely.items()}, rel=1e-3)


def test_the_words_that_complete_a_begun_one_are_shown_as_they_are_chosen(ask: Ask, made: dict[str, str]) -> None:
    cold = SamplingConfig(temperature=0.0, top_n_sigma=1.0)
    asked = NextRequest(model=ModelRef(run=made["word_run"]), prompt="5 bottles o", settings=cold)
    found = {token.text: (token.before, token.after) for token in ask("ask_next", asked).result}
    assert set(found) == {"of", "on"}
    assert sum(before for before, _ in found.values()) == pytest.approx(1)
    best = max(found, key=lambda text: found[text][0])
    assert found[best][1] == 1
    request = WriteRequest(model=asked.model, prompt=asked.prompt, settings=replace(cold, length=1))
    assert "o" + ask("write", request).result.texts[0] == best


def test_words_are_suggested(ask: Ask, made: dict[str, str]) -> None:
    for run in (made["run"], made["word_run"]):
        found = ask("suggest", SuggestRequest(model=ModelRef(run=run), prompt="12 bottles of b", count=3)).result
        assert found
        assert all(suggestion.word.startswith("b") for suggestion in found)
        assert all(suggestion.word == "b" + suggestion.text for suggestion in found)


def test_scores_stand_at_their_places_in_the_text(ask: Ask, made: dict[str, str]) -> None:
    text = "An unknown tale. 12 bottles of beer on the wall"
    request = ScoreRequest(model=ModelRef(run=made["run"]), text=text, start=17, stop=36)
    scores = [score for event in ask("score", request).events for score in event.scores]
    assert [score.start for score in scores] == list(range(17, 36))
    assert [score.stop for score in scores] == list(range(18, 37))
    assert "".join(score.text for score in scores) == text[17:36]
    assert all(0 < score.probability <= 1 and score.rank >= 1 for score in scores)


def test_copied_passages_are_found_where_they_stand(
    ask: Ask, door: EngineDoor, made: dict[str, str], qtbot: QtBot
) -> None:
    passage = "41 bottles of beer on the wall, 41 bottles of beer."
    text = f"Whoever counts says: {passage} And then no more of it."
    dropped = start(door, "find_copied", CopyRequest(text=text, corpus=made["corpus"]))
    report = ask("find_copied", CopyRequest(text=text, corpus=made["corpus"])).result
    assert not dropped.is_over
    found = [p for p in report.passages if passage in text[p.start : p.stop]]
    assert len(found) == 1
    place = found[0]
    assert text[place.start : place.stop] == door.texts.read_text(
        made["corpus"], place.corpus_start, place.corpus_stop - place.corpus_start
    )
    assert place.text_before.endswith("bottles of beer.\n")
    assert 0 < report.copied_share < 1
    of_run = ask("find_copied", CopyRequest(text="nothing of it", run=made["run"])).result
    assert of_run.passages == ()


def test_a_text_that_is_gone_cannot_be_compared(ask: Ask) -> None:
    answer = ask("find_copied", CopyRequest(text="something", corpus="gone"))
    assert answer.failure.startswith("The text from which this model learned is no longer there")


def test_two_indexes_that_are_wanted_at_once_both_come(
    door: EngineDoor, made: dict[str, str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, begun = CopyIndex.build, []

    def slow(corpus: Any, *rest: Any, **options: Any) -> Any:
        begun.append(corpus.id)
        for share in range(8):
            time.sleep(0.05)
            yield Progress(share=share / 10, remaining_seconds=None)
        return (yield from original(corpus, *rest, **options))

    monkeypatch.setattr(CopyIndex, "build", slow)
    copied = start(door, "find_copied", CopyRequest(text="12 bottles of beer", corpus=made["corpus"]))
    qtbot.waitUntil(lambda: bool(copied.events), timeout=20_000)
    judged = Answer()
    text = JudgedText(model=ModelRef(run=made["other_run"]), before="", text="12 green apples in the tree")
    door.writing.judge(JudgeRequest(texts=(text,)), judged.events.append, judged.done)
    qtbot.waitUntil(lambda: copied.is_over and judged.is_over, timeout=20_000)
    assert copied.result.longest == len("12 bottles of beer")
    assert any(isinstance(event, Novelty) for event in judged.events)
    assert len(begun) == 2


def test_an_index_lets_go_of_a_text_that_is_thrown_away(ask: Ask, door: EngineDoor, made: dict[str, str]) -> None:
    mapped: weakref.ref[Any]

    def counting(self: CopyIndex, *arguments: Any) -> None:
        nonlocal mapped
        mapped = weakref.ref(self)
        original(self, *arguments)

    original = CopyIndex.__init__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CopyIndex, "__init__", counting)
        ask("find_copied", CopyRequest(text="12 bottles of beer", corpus=made["corpus"]))
        assert mapped() is not None
        place = door.texts.trash(made["corpus"])
        assert mapped() is None
    door.texts.restore(place)


def test_a_gap_is_filled_with_the_best_candidate_first(ask: Ask, made: dict[str, str]) -> None:
    request = FillRequest(
        model=ModelRef(run=made["run"]), before="12 bottles of ", after=" on the wall", count=4,
        settings=SamplingConfig(num_words=1, temperature=0.8),
    )  # fmt: skip
    answer = ask("fill", request)
    assert answer.events == list(answer.result)
    figures = [candidate.log_probability_after for candidate in answer.result]
    assert figures == sorted(figures, reverse=True)


def test_a_prompt_travels_through_all_milestones(ask: Ask, door: EngineDoor, made: dict[str, str]) -> None:
    steps = door.writing.milestones(made["run"])
    assert steps == (1, 2, 4, 8, 16, 32, 64)
    settings = SamplingConfig(length=30, temperature=0.5)
    answer = ask("travel", TimeTravelRequest(run=made["run"], prompt="12 bott", settings=settings))
    assert [event.step for event in answer.events] == list(steps)
    assert len({event.text for event in answer.events}) > 3
    at_32 = WriteRequest(model=ModelRef(run=made["run"], step=32), prompt="12 bott", settings=settings)
    assert ask("write", at_32).result.texts == (answer.events[5].text,)
    nowhere = WriteRequest(model=ModelRef(run=made["run"], step=33), prompt="12 bott", settings=settings)
    assert "keeps no weights of step 33" in ask("write", nowhere).failure


def test_a_damaged_milestone_is_left_out_of_the_travel(
    ask: Ask, library: Library, door: EngineDoor, made: dict[str, str]
) -> None:
    path = library.run(made["run"]).milestone_path(8)
    content = path.read_bytes()
    path.write_bytes(content[:-100])
    try:
        answer = ask("travel", TimeTravelRequest(run=made["run"], settings=SamplingConfig(length=5)))
    finally:
        path.write_bytes(content)
    steps = door.writing.milestones(made["run"])
    assert [event.step for event in answer.events] == [step for step in steps if step != 8]


def test_models_of_one_vocabulary_write_together(ask: Ask, made: dict[str, str]) -> None:
    early = MixPart(ModelRef(run=made["run"], step=1))

    def mixed(**settings: Any) -> str:
        request = WriteRequest(
            model=ModelRef(run=made["run"]), prompt="1", settings=SamplingConfig(length=60), **settings
        )
        return str(ask("write", request).result.texts[0])

    alone = mixed()
    assert mixed(others=(early,), own_weight=1.0) != alone
    assert mixed(others=(early,), own_weight=1.0, mix_kind="product") != alone
    others = (MixPart(ModelRef(run=made["run"], step=1), 0.0),)
    assert mixed(others=others) == alone


def test_models_of_different_vocabularies_do_not_write_together(ask: Ask, made: dict[str, str]) -> None:
    request = WriteRequest(model=ModelRef(run=made["run"]), others=(MixPart(ModelRef(run=made["other_run"])),))
    assert "cannot write together" in ask("write", request).failure


def test_a_preloaded_model_is_read_once_and_three_are_kept(
    ask: Ask, door: EngineDoor, made: dict[str, str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int | None] = []

    def counting(folder: Any, step: int | None = None, *rest: Any) -> Any:
        read.append(step)
        return read_run_model(folder, step, *rest)

    monkeypatch.setattr(run_model, "read_run_model", counting)
    door.writing.preload(ModelRef(run=made["run"]))
    door.writing.preload(ModelRef(run="gone"))
    ask("write", plain(made["run"], length=5))
    assert read == [None]
    for step in (1, 2):
        ask("write", WriteRequest(model=ModelRef(run=made["run"], step=step), settings=SamplingConfig(length=5)))
    ask("write", plain(made["run"], length=5))
    assert read == [None, 1, 2]
    ask("write", WriteRequest(model=ModelRef(run=made["run"], step=4), settings=SamplingConfig(length=5)))
    ask("write", WriteRequest(model=ModelRef(run=made["run"], step=1), settings=SamplingConfig(length=5)))
    assert read == [None, 1, 2, 4, 1]


def test_the_run_that_trains_here_is_asked_as_it_is_now(
    ask: Ask, door: EngineDoor, made: dict[str, str], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = Workbench(door, Settings(tmp_path / "window.ini"))
    choices = ModelChoices(door.writing, workbench.runs, workbench.texts, workbench.settings)
    request = TrainRequest(corpus_id=made["corpus"], tables=tables(1_000_000), recipe="test", title="Now")
    run = workbench.queue.start(request)
    assert run is not None
    qtbot.waitUntil(lambda: run.history.step > 0 and door.writing.live_runs() == {run.run_id}, timeout=60_000)
    workbench.runs.refresh()
    first = choices.choices[0]
    assert (first.title, first.ref) == ("Now (as it is now)", ModelRef(run=run.run_id, is_live=True))
    texts = []
    for _ in range(2):
        step = run.history.step
        live = WriteRequest(model=first.ref, prompt="1", settings=SamplingConfig(length=50, temperature=0.3))
        texts.append(ask("write", live).result.texts[0])
        qtbot.waitUntil(lambda step=step: run.history.step > step + 30, timeout=60_000)
    assert texts[0] != texts[1]
    assert ask("suggest", SuggestRequest(model=first.ref, prompt="12 ")).failure == ""
    run.finish()
    qtbot.waitUntil(lambda: run.is_over, timeout=60_000)
    assert door.writing.live_runs() == set()
    workbench.runs.refresh()
    assert choices.choices[0].ref == ModelRef(run=run.run_id)
    assert ask("write", live).failure == ""


def test_a_run_that_takes_long_for_a_step_holds_up_no_other_model(
    ask: Ask, door: EngineDoor, made: dict[str, str], qtbot: QtBot
) -> None:
    live: LiveRuns = door.writing._live
    with live.training(made["other_run"], RunControl()):  # nobody serves it
        waiting = [
            start(door, method, request)
            for method, request in (
                ("write", WriteRequest(model=ModelRef(run=made["other_run"], is_live=True))),
                ("suggest", SuggestRequest(model=ModelRef(run=made["other_run"], is_live=True))),
            )
        ]
        assert ask("ask_next", NextRequest(model=ModelRef(run=made["run"]), prompt="12")).failure == ""
        assert not any(answer.is_over for answer in waiting)
        begun = time.monotonic()
        assert door.jobs.close(10.0)
        assert time.monotonic() - begun < 5


def test_what_is_remembered_of_large_vocabularies_is_bounded() -> None:
    class Large:
        vocabulary_size = 2**20

        def initial_state(self, _num: int | None = None) -> int:
            return 0

        def read(self, token_ids: Any, state: int) -> tuple[Any, int]:
            return np.zeros(3, np.float32), state + 1

    shared: Any = SharedPredictor(Large())  # type: ignore[arg-type]
    for first in range(50):
        shared.read([first] * 20, shared.initial_state())
    assert len(shared._readings) == 8


def test_what_was_read_is_not_read_again(library: Library, made: dict[str, str]) -> None:
    model, _ = read_run_model(library.run(made["run"]))
    stepper = Stepper.from_arrays(model.configuration.model, model.arrays)
    shared, num_read = SharedPredictor(stepper), []
    original = stepper.read

    def counting(token_ids: Any, state: Any) -> Any:
        num_read.append(len(token_ids))
        return original(token_ids, state)

    stepper.read = counting  # type: ignore[method-assign]
    ids = [index % 7 for index in range(100)]
    state = shared.initial_state()
    for _ in range(2):
        after_64 = shared.read(ids[:64], state)[1]
        logits, _ = shared.read(ids[64:], after_64)
        logits[:] = 0  # who gets them may do with them what he likes
    assert num_read == [64, 36]
    expected, _ = original(ids, stepper.initial_state())
    assert (shared.read(ids[64:], after_64)[0] == expected).all()


def test_the_reading_begins_at_the_same_place_while_the_caret_moves_on() -> None:
    text = "".join(chr(97 + index % 26) for index in range(20_000))
    assert prompt_before(text, 300) == text[:300]
    assert prompt_before(text, LONGEST_PROMPT) == text[:LONGEST_PROMPT]
    begun = [len(text[:place]) - len(prompt_before(text, place)) for place in range(9_000, 9_000 + 4 * PROMPT_STEP)]
    assert len(set(begun)) <= 5
    assert all(LONGEST_PROMPT - PROMPT_STEP < 9_000 + at - start <= LONGEST_PROMPT for at, start in enumerate(begun))


def test_a_job_waits_for_what_it_needs(qtbot: QtBot) -> None:
    pump, told = Pump(), []
    loaded = threading.Event()

    class SlowLoader(TorchLoader):
        def load_numpy(self) -> None:
            loaded.wait(20)

    jobs = ThreadJobs(pump, SlowLoader(pump))
    jobs.start("one", lambda _: "without", on_done=told.append)
    jobs.start("two", lambda _: "with numpy", on_done=told.append, needs="numpy")
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert told == ["without"]
    loaded.set()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=10_000)
    assert jobs.close(10.0)
