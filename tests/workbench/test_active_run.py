"""What a run says it does while its model is tried."""

from typing import Any

import pytest

from engine.events import ValidationCompleted, ValidationStarted
from workbench.bridge.protocols.training import TrainRequest
from workbench.viewmodels.active_run import ActiveRun

VALIDATED = ValidationCompleted(
    step=5, epoch=0.1, seconds=1.0, loss_nats=2.0, perplexity=7.4, bits_per_character=2.9, accuracy=0.3, is_best=True
)


class _Training:
    """Hands out what a run would be told."""

    def start(self, request: TrainRequest, on_event: Any, on_done: Any, on_failed: Any) -> Any:
        self.tell, self.end = on_event, on_done
        return self


@pytest.fixture
def told() -> tuple[ActiveRun, _Training]:
    run, training = ActiveRun(TrainRequest(corpus_id="text", tables={})), _Training()
    run.begin(training)
    run._set_state("training")
    return run, training


def test_a_validation_that_lasts_is_told_until_it_ends(qtbot: Any, told: tuple[ActiveRun, _Training]) -> None:
    run, training = told
    training.tell(ValidationStarted(step=5))
    assert run.state == "training"
    qtbot.waitUntil(lambda: run.state == "validating", timeout=5000)
    assert run.can_pause
    training.tell(VALIDATED)
    assert run.state == "training"


def test_a_short_validation_does_not_make_the_state_flicker(
    qtbot: Any, told: tuple[ActiveRun, _Training]
) -> None:
    run, training = told
    states: list[str] = []
    run.state_changed.connect(lambda: states.append(run.state))
    training.tell(ValidationStarted(step=5))
    training.tell(VALIDATED)
    training.tell(ValidationStarted(step=10))
    qtbot.waitUntil(lambda: run.state == "validating", timeout=5000)
    assert states == ["validating"]


def test_a_pause_that_is_wished_while_the_model_is_tried_stays_wished(
    qtbot: Any, told: tuple[ActiveRun, _Training]
) -> None:
    run, training = told
    training.tell(ValidationStarted(step=5))
    run._set_state("pausing")
    with qtbot.waitSignal(run._validating.timeout, timeout=5000):
        pass
    assert run.state == "pausing"
