"""A new run that begins with the best weights of another one."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.control import RunControl
from engine.errors import BadInput, InvalidSetting
from engine.events import RunEnded, StepCompleted
from engine.library.library import Library
from engine.models.run_model import read_run_model
from engine.training.planning import estimate
from engine.training.request import Request
from engine.training.run_record import RunRecord
from engine.training.runs import create_run
from engine.training.session import Session

NewRun = Callable[..., Session]


def finished(steps: Generator[Any, None, Any]) -> Any:
    """What a generator returns at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture
def parent(new_run: NewRun) -> Session:
    """A run that learned for 60 steps."""
    session = new_run(training={"steps": 60, "validate_every_steps": 20})
    list(session.run())
    return session


@pytest.fixture
def another(library: Library, tmp_path: Path) -> Callable[[str], str]:
    """Imports one more text; gives the corpus' id."""

    def import_text(text: str) -> str:
        from engine.text.importing import import_texts
        from engine.text.sources import find_texts

        path = tmp_path / "another.txt"
        path.write_text(text, encoding="utf-8", newline="")
        *_, event = import_texts(find_texts([path]), library)
        return event.corpus  # type: ignore[union-attr]

    return import_text


def begun(library: Library, parent: Session, corpus: str = "", **changes: dict[str, Any]) -> Session:
    """A run that starts from `parent`, on its text or another one."""
    request = Request(
        corpus or parent.record.corpus["id"], tables_of(parent, **changes), "own", start_from=parent.folder.id
    )
    session: Session = finished(create_run(library, request, RunControl()))
    return session


def tables_of(parent: Session, **changes: dict[str, Any]) -> dict[str, Any]:
    tables = parent.record.configuration
    return {**tables, **{section: {**tables[section], **values} for section, values in changes.items()}}


def losses(session: Session) -> list[float]:
    return [event.loss_nats for event in session.run() if isinstance(event, StepCompleted)]


def test_it_begins_with_the_best_weights_and_nothing_else(library: Library, parent: Session) -> None:
    child = begun(library, parent, training={"learning_rate": 0.003})
    model, _ = read_run_model(parent.folder)
    for name, parameter in child._trainer.model.named_parameters():
        assert np.array_equal(parameter.detach().numpy(), model.arrays[name])
    assert not child._trainer.optimizer.state
    assert child.step == 0
    assert RunRecord.from_json(child.folder.read_info()).parent == {
        "run": parent.folder.id,
        "step": model.counts["step"],
    }
    first, *_ = losses(child)
    assert first < 0.75 * np.log(child.record.vocabulary_size)


def test_a_run_of_its_own_has_no_parent(parent: Session) -> None:
    assert RunRecord.from_json(parent.folder.read_info()).parent == {}


def test_it_can_be_resumed_and_rewound_to_its_beginning(library: Library, parent: Session, resumed_run: NewRun) -> None:
    child = begun(library, parent, training={"steps": 9})
    weights = [parameter.detach().clone() for parameter in child._trainer.parameters]
    child._trainer.step()
    child._trainer.rewind()
    for parameter, weight in zip(child._trainer.parameters, weights, strict=True):
        assert bool((parameter == weight).all())
    child = begun(library, parent, training={"steps": 9})
    for event in child.run():
        if isinstance(event, StepCompleted) and event.step == 5:
            child.control.stop()
    last = list(resumed_run(child.folder.id).run())[-1]
    assert isinstance(last, RunEnded)
    assert (last.outcome, last.step) == ("completed", 9)


def test_a_child_left_before_its_first_checkpoint_still_begins_with_the_weights(
    library: Library, parent: Session, resumed_run: NewRun
) -> None:
    expected = losses(begun(library, parent, training={"steps": 4}))
    child = begun(library, parent, training={"steps": 4})
    events = child.run()
    next(events)
    events.close()
    assert losses(resumed_run(child.folder.id)) == expected


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("model", "hidden_size", 13),
        ("model", "num_layers", 2),
        ("model", "residual", True),
        ("corpus", "tokens", "byte"),
    ],
)
def test_another_shape_is_refused_and_named(
    library: Library, parent: Session, section: str, field: str, value: Any
) -> None:
    num_runs = len(library.list_runs())
    tables = tables_of(parent, **{section: {field: value}})
    request = Request(parent.record.corpus["id"], tables, "own", start_from=parent.folder.id)
    for prepared in (create_run(library, request, RunControl()), estimate(library, request)):
        with pytest.raises(InvalidSetting) as refused:
            finished(prepared)
        assert refused.value.field == f"{section}.{field}"
        assert refused.value.message.values["nearest"] == parent.record.configuration[section][field]
    assert len(library.list_runs()) == num_runs


def test_another_cell_is_refused(library: Library, parent: Session) -> None:
    tables = {**parent.record.configuration, "model": {"cell": "gru", "hidden_size": 12, "embedding_size": 5}}
    request = Request(parent.record.corpus["id"], tables, "own", start_from=parent.folder.id)
    with pytest.raises(InvalidSetting, match=r"model\.cell is gru"):
        finished(create_run(library, request, RunControl()))


def test_dropout_may_differ(library: Library, parent: Session) -> None:
    child = begun(library, parent, model={"dropout": 0.4}, training={"steps": 2})
    assert losses(child)
    assert child.record.configuration["model"]["dropout"] == 0.4


def test_auto_keeps_the_model_and_plans_the_training(library: Library, parent: Session) -> None:
    tables = {"training": {"minutes": 1, "precision": "float32"}}
    request = Request(parent.record.corpus["id"], tables, "auto", is_planned=True, start_from=parent.folder.id)
    told = finished(estimate(library, request))
    assert told.tables["model"] == parent.record.configuration["model"]
    child = finished(create_run(library, request, RunControl()))
    assert child.record.configuration == told.tables


def test_another_text_is_read_with_the_vocabulary_of_the_parent(
    library: Library, parent: Session, another: Callable[[str], str], resumed_run: NewRun
) -> None:
    text = "".join(f"{n} bottles on the floor.\n" for n in range(300))
    corpus = another(text)
    child = begun(library, parent, corpus, training={"steps": 8})
    assert child.folder.read_tokenizer() == parent.folder.read_tokenizer()
    assert child.record.vocabulary_size == parent.record.vocabulary_size
    started = next(child.run())
    assert started.num_train_tokens == int(len(text) * 0.9)  # type: ignore[union-attr]
    request = Request(corpus, child.record.configuration, "own", start_from=parent.folder.id)
    assert finished(estimate(library, request)).vocabulary_size == parent.record.vocabulary_size
    ids = child._data.train_ids
    assert child._data.tokenizer.decode(ids) == text[: len(ids)]
    assert child._data.tokenizer.decode(child._data.valid_ids) == text[len(ids) :]
    last = list(resumed_run(child.folder.id).run())[-1]
    assert isinstance(last, RunEnded)
    assert (last.outcome, last.step) == ("completed", 8)


def test_a_text_with_a_character_that_the_parent_does_not_know_is_refused(
    library: Library, parent: Session, another: Callable[[str], str]
) -> None:
    corpus = another("99 bottles of beer, Zürich.\n" * 50)
    with pytest.raises(BadInput, match="The text has the character Z, which the run that you start from"):
        begun(library, parent, corpus)


def test_a_parent_that_is_gone_is_named(library: Library, corpus: str) -> None:
    request = Request(corpus, {"training": {"steps": 2}}, "own", start_from="gone-run")
    with pytest.raises(BadInput, match="gone-run"):
        finished(create_run(library, request, RunControl()))
