"""Requests that follow from a run: go on, train longer, try a bigger one, begin again from its best state."""

from collections.abc import Mapping
from typing import Any

from engine.config.configuration import merged
from workbench.bridge.protocols.runs import RunEntry
from workbench.bridge.protocols.training import TrainRequest
from workbench.words import tr

LONGER_MINUTES = (3, 5, 15, 60, 480)
GROWTH = 1.5
LARGEST_HIDDEN_SIZE = 8192
_ROUND_TO = 32  # units, above which a layer's width is rounded to a multiple of them
_DURATIONS = ("epochs", "steps", "tokens")


def go_on_request(entry: RunEntry) -> TrainRequest:
    """Go on with a run where it was saved last."""
    return TrainRequest(corpus_id=entry.corpus_id, resume_run=entry.id, title=entry.title, recipe=entry.recipe)


def longer_request(entry: RunEntry, minutes: float) -> TrainRequest:
    """A new leg from the best state, with a fresh schedule."""
    training = {"minutes": float(minutes), "learning_rate_factor": 1.0, **dict.fromkeys(_DURATIONS, 0)}
    return TrainRequest(
        corpus_id=entry.corpus_id,
        tables=merged(entry.configuration, {"training": training}),
        recipe=entry.recipe,
        title=tr("{title}, longer", title=entry.title),
        start_from=entry.id,
    )


def remedied_request(entry: RunEntry, new_settings: Mapping[str, Mapping[str, Any]]) -> TrainRequest:
    """A new run from the best state that differs in some settings."""
    return TrainRequest(
        corpus_id=entry.corpus_id,
        tables=merged(entry.configuration, new_settings),
        recipe=entry.recipe,
        title=tr("{title}, again", title=entry.title),
        start_from=entry.id,
    )


def bigger_tables(entry: RunEntry) -> dict[str, Any]:
    """The settings of a run with about 1.5 times its width and twice its time."""
    model, training = entry.configuration.get("model", {}), entry.configuration.get("training", {})
    hidden_size = _wider(int(model.get("hidden_size", 128)))
    wider = {"hidden_size": hidden_size, **({"embedding_size": hidden_size} if model.get("tied") else {})}
    longer = {name: 2 * training[name] for name in ("minutes", *_DURATIONS) if training.get(name)}
    return merged(entry.configuration, {"model": wider, "training": longer})


def _wider(hidden_size: int) -> int:
    wished = hidden_size * GROWTH
    step = _ROUND_TO if wished >= 2 * _ROUND_TO else 1
    return min(LARGEST_HIDDEN_SIZE, max(hidden_size + 1, round(wished / step) * step))
