"""A draft without a window: what it asks the engine for, what it predicts, what it refuses."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from engine.library.library import Library
from workbench import words
from workbench.bridge.door import EngineDoor
from workbench.viewmodels.recipes.declarations import complete, declared_for
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.facts import facts_of, matrix_rows, total_words
from workbench.viewmodels.recipes.network import described, network_of
from workbench.viewmodels.recipes.shelf import RecipeShelf
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.training_queue import TrainingQueue
from workbench.viewmodels.workbench import Workbench

TALE = "".join(f"The {n}th fox ran over the hill, and the dog slept.\n" for n in range(400))
TINY = {
    "model": {"cell": "lstm", "hidden_size": 8, "embedding_size": 4},
    "training": {"steps": 30, "batch_size": 4, "window_size": 16, "precision": "float32"},
}


@pytest.fixture
def workbench(tmp_path: Path, qtbot: QtBot) -> Iterator[Workbench]:
    owner = QObject()
    door = EngineDoor(Library.open(tmp_path / "library"))
    yield Workbench(door, Settings(tmp_path / "window.ini"), owner)
    door.close(20)
    door.pump.drain(1.0)


@pytest.fixture
def draft(workbench: Workbench, tmp_path: Path) -> Draft:
    add_text(workbench, tmp_path, TALE, "Tale")
    return Draft(workbench, workbench)


def add_text(workbench: Workbench, folder: Path, text: str, name: str) -> str:
    from engine.text.importing import import_texts
    from engine.text.sources import find_texts

    path = folder / f"{name}.txt"
    path.write_text(text, encoding="utf-8", newline="")
    *_, event = import_texts(find_texts([path]), workbench.door.library)  # type: ignore[attr-defined]
    workbench.texts.refresh()
    return str(event.corpus)  # type: ignore[union-attr]


def wait_for(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=30_000)


def test_without_a_text_a_draft_says_what_is_missing(workbench: Workbench) -> None:
    draft = Draft(workbench, workbench)
    assert not draft.can_start
    assert draft.problem == "Add a text first."
    assert draft.title == ""


def test_a_draft_takes_the_first_text_that_is_imported(workbench: Workbench, tmp_path: Path) -> None:
    draft = Draft(workbench, workbench)
    corpus = add_text(workbench, tmp_path, TALE, "Tale")
    assert draft.corpus_id == corpus
    assert draft.title == "Tale"
    assert draft.can_start


def test_a_draft_can_start_with_auto_before_anything_is_predicted(draft: Draft) -> None:
    assert draft.can_start
    assert draft.line == "Auto: a model that fits your text, letters, about 5 minutes."
    assert draft.start_text == "Start, about 5 minutes"
    assert draft.status == "Looking at your text and this machine…"
    request = draft.request()
    assert request.is_planned
    assert request.recipe == "auto"
    assert request.title == "Tale"


def test_what_auto_chose_is_told_and_not_chosen_again(draft: Draft, qtbot: QtBot) -> None:
    draft.set_value("training.minutes", 0.1)
    draft.set_value("training.precision", "float32")
    wait_for(qtbot, lambda: draft.estimate is not None)
    size = draft.values["model"]["hidden_size"]
    assert f"LSTM 1x{size}, letters, about" in draft.line
    assert draft.status.startswith("Auto chose")
    request = draft.request()
    assert not request.is_planned
    assert request.tables["model"]["hidden_size"] == size
    assert request.explanation is not None
    facts = facts_of(draft)
    assert facts is not None
    assert not {"…", "–"} & {fact.value for fact in facts}


def test_one_pinned_value_is_kept_while_auto_fits_the_others(draft: Draft, qtbot: QtBot) -> None:
    draft.set_values({"training.minutes": 0.1, "training.precision": "float32", "model.hidden_size": 24})
    wait_for(qtbot, lambda: draft.estimate is not None)
    assert draft.estimate is not None
    assert draft.estimate.tables["model"]["hidden_size"] == 24
    assert draft.estimate.tables["training"]["warmup_steps"] == 50  # of auto, not the default
    assert draft.tables["model"] == {"hidden_size": 24}


def test_tied_embeddings_pinned_in_auto_lead_to_a_configuration(draft: Draft, qtbot: QtBot) -> None:
    draft.set_values({"training.minutes": 0.1, "training.precision": "float32", "model.tied": True})
    assert "model.embedding_size" in draft.faults
    draft.mend("model.embedding_size")
    assert draft.can_start
    wait_for(qtbot, lambda: draft.estimate is not None)
    model = draft.values["model"]
    assert model["embedding_size"] == model["hidden_size"]


def test_the_words_on_the_button_follow_the_prediction(draft: Draft, qtbot: QtBot) -> None:
    draft.set_recipe_tables(TINY, "Tiny")
    assert draft.start_text == "Start"
    assert draft.line == "Tiny: LSTM 1x8, letters."
    wait_for(qtbot, lambda: draft.estimate is not None)
    assert draft.start_text.startswith("Start, about ")
    assert draft.request().tables["training"]["steps"] == 30
    assert draft.request().recipe == "Tiny"


def test_a_hidden_size_of_a_million_is_refused_at_once_with_the_nearest_possible(draft: Draft) -> None:
    began = time.perf_counter()
    draft.set_value("model.hidden_size", 1_000_000)
    assert draft.sizes() is None
    assert time.perf_counter() - began < 0.2
    assert not draft.can_start
    assert draft.problem == "Hidden units: at most 8,192 is possible, not 1,000,000."
    assert not draft.is_estimating
    draft.mend("model.hidden_size")
    assert draft.values["model"]["hidden_size"] == 8192
    assert draft.can_start


@pytest.mark.parametrize(
    ("values", "path", "mended"),
    [
        ({"training.clip_norm": 1.0, "training.clip_value": 0.5}, "training.clip_norm", {"training.clip_norm": 0.0}),
        ({"training.clip_value": 0.5, "training.clip_norm": 2.0}, "training.clip_value", {"training.clip_value": 0.0}),
        ({"training.minutes": 0.0, "training.steps": 0}, "training.minutes", {"training.minutes": 5.0}),
        ({"corpus.min_count": 3}, "corpus.unknown_character", {"corpus.unknown_character": True}),
        (
            {"corpus.tokens": "word", "corpus.unknown_character": True},
            "corpus.unknown_character", {"corpus.unknown_character": False},
        ),
        ({"corpus.tokens": "byte", "corpus.min_count": 3}, "corpus.tokens", {"corpus.min_count": 1}),
        ({"model.tied": True}, "model.embedding_size", {"model.embedding_size": 8}),
        ({"model.dropout": 2.0}, "model.dropout", {"model.dropout": 0.95}),
        ({"training.batch_size": 0}, "training.batch_size", {"training.batch_size": 1}),
        ({"training.seed": 1.5}, "training.seed", {"training.seed": 2}),
    ],
)  # fmt: skip
def test_a_setting_that_is_not_possible_says_why_and_is_mended_by_one_button(
    draft: Draft, values: dict[str, Any], path: str, mended: dict[str, Any]
) -> None:
    draft.set_recipe_tables(TINY, "Tiny")
    draft.set_values(values)
    assert list(draft.faults) == [path]
    assert draft.faults[path].sentence.endswith(".")
    assert "{" not in draft.faults[path].sentence
    assert draft.faults[path].fix_text
    assert draft.problem == draft.faults[path].sentence
    draft.mend(path)
    assert draft.can_start
    for field, value in mended.items():
        section, _, name = field.partition(".")
        assert draft.values[section][name] == value


def test_another_family_drops_the_settings_of_the_old_one_and_keeps_all_others(draft: Draft) -> None:
    draft.set_recipe_tables(TINY, "Tiny")
    draft.set_values({"model.forget_bias": 2.0, "model.dropout": 0.3})
    draft.set_value("model.cell", "gru")
    assert "forget_bias" not in draft.values["model"]
    assert draft.values["model"]["update_bias"] == 0.0
    assert draft.values["model"]["dropout"] == 0.3
    assert draft.can_start
    draft.reset_value("model.cell")
    assert draft.values["model"]["cell"] == "lstm"
    assert draft.values["model"]["forget_bias"] == 1.0


def test_another_optimizer_leaves_the_settings_of_the_schedule_alone(draft: Draft) -> None:
    draft.set_recipe_tables({**TINY, "training": {**TINY["training"], "schedule": "step"}}, "Steps")
    draft.set_value("training.decay_factor", 0.9)
    draft.set_value("training.optimizer", "sgd")
    assert draft.values["training"]["decay_factor"] == 0.9
    assert draft.values["training"]["schedule"] == "step"


def test_a_value_changed_back_by_hand_is_no_change(draft: Draft) -> None:
    draft.set_recipe_tables(TINY, "Tiny")
    draft.set_value("model.hidden_size", 9)
    assert draft.is_changed("model.hidden_size")
    draft.set_value("model.hidden_size", 8)
    assert not draft.has_changes


def test_changes_that_another_recipe_replaces_come_back_by_undo(draft: Draft, workbench: Workbench) -> None:
    said: list[tuple[str, Any]] = []
    workbench.notices.toast_wanted.connect(lambda sentence, _, action: said.append((sentence, action)))
    draft.set_value("model.dropout", 0.3)
    quick = next(recipe for recipe in RecipeShelf(workbench.door.recipes, workbench.notices, workbench).presets())
    draft.choose_recipe(quick)
    assert draft.line.startswith("Quick: LSTM 1x384, letters, about 3 minutes")
    said[-1][1]()
    assert draft.is_changed("model.dropout")
    assert draft.recipe.id == "auto"


def test_the_sizes_are_the_sum_of_the_matrices_before_torch_is_there(draft: Draft) -> None:
    draft.set_recipe_tables(TINY, "Tiny")
    sizes = draft.sizes()
    assert sizes is not None
    kinds = draft.vocabulary_size
    expected = kinds * 4 + 32 * 4 + 32 * 8 + 32 + kinds * 8 + kinds
    assert sum(count for _, count in sizes[0].values()) == expected
    assert total_words(draft) == f"{expected:,}"
    assert [row.name for row in matrix_rows(draft)][:2] == ["Embedding", "Layer 1: what comes in"]


def test_nothing_is_measured_while_another_run_trains(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrainingQueue, "is_busy", property(lambda _: True))
    draft.set_value("model.dropout", 0.1)
    assert not draft.is_estimating
    assert draft.status == "The time is predicted as soon as nothing else trains."
    assert draft.can_start
    assert draft.request().is_planned


def test_a_text_that_goes_away_is_replaced_by_another_one(draft: Draft, workbench: Workbench, tmp_path: Path) -> None:
    gone = draft.corpus_id
    other = add_text(workbench, tmp_path, TALE[:5000], "Shorter")
    workbench.door.texts.trash(gone)
    workbench.texts.refresh()
    assert draft.corpus_id == other


def test_every_declared_setting_is_part_of_a_complete_configuration() -> None:
    for cell in ("rnn", "lstm", "gru"):
        for schedule in ("constant", "step", "exponential", "cosine", "one-cycle", "plateau"):
            tables = {"model": {"cell": cell}, "training": {"schedule": schedule}}
            paths = {f"{section}.{name}" for section, table in complete(tables).items() for name in table}
            assert paths == set(declared_for(tables))


def test_the_drawing_is_told_in_words(draft: Draft) -> None:
    draft.set_recipe_tables({"model": {"cell": "gru", "num_layers": 2, "hidden_size": 8, "dropout": 0.2}}, "Two")
    told = described(network_of(draft.values, draft.vocabulary_size))
    assert "2 layers of 8 GRU units" in told
    assert "Dropout 0.2" in told


def test_a_draft_speaks_the_language_of_the_person(draft: Draft) -> None:
    words.use_language(words.read_language(words.PSEUDO))
    draft.set_value("model.hidden_size", 0)
    assert draft.problem.startswith("[")
    assert draft.line.startswith("[")
