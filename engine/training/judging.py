"""What a validation means for a run, and the figures of its best state at the end."""

import math
from collections.abc import Generator
from typing import Any

from engine.config.optimizer import PlateauSchedule, ScheduleConfig
from engine.evaluation.evaluate import Evaluation, evaluate_ids, perplexity
from engine.evaluation.validation import Validation
from engine.library.runs import RunFolder
from engine.models.language_model import LanguageModel
from engine.training.checkpoints import unpacked
from engine.training.data import MOST_FINAL_TOKENS, Ids, RunData
from engine.training.reporting import bits_per_character
from engine.training.trainer import Counters, Trainer


def judge(counters: Counters, schedule: ScheduleConfig, validation: Validation) -> bool:
    """Count a validation for early stopping, a plateau schedule and the guard; whether it is the best so far."""
    best = counters.best_valid_loss_nats
    counters.rewinds_in_a_row = 0
    if math.isfinite(validation.loss_nats) and (best is None or validation.loss_nats < best):
        counters.best_step, counters.best_valid_loss_nats = counters.step, validation.loss_nats
        counters.best_valid_accuracy = validation.accuracy
        counters.validations_without_gain = counters.plateau_waits = 0
        return True
    counters.validations_without_gain += 1
    counters.plateau_waits += 1
    if isinstance(schedule, PlateauSchedule) and counters.plateau_waits > schedule.patience:
        counters.plateau_share *= schedule.decay_factor
        counters.plateau_waits = 0
    return False


def validated_figures(step: int, loss_nats: float, accuracy: float | None, data: RunData) -> dict[str, Any]:
    """Figures of a state from a validation, which reads the text in several streams and perhaps a part of it."""
    return {
        "step": step,
        "loss_nats": loss_nats,
        "perplexity": perplexity(loss_nats),
        "bits_per_character": bits_per_character(loss_nats, data.valid_characters_per_token),
        "accuracy": accuracy,
    }


def best_model(folder: RunFolder, trainer: Trainer) -> LanguageModel | None:
    """A model with the weights of the best state, to evaluate in float32; None before it was saved.

    The trainer stays as it is, so that it can still be saved.
    """
    best = folder.read_checkpoint("best", prefix="model/")
    if best is None:
        return None
    model = LanguageModel(trainer.model.config, trainer.model.vocabulary_size)
    weights = {name.removeprefix("model/"): tensor for name, tensor in unpacked(best.tensors).items()}
    model.load_state_dict(weights)
    return model.to(trainer.device).eval()


def full_figures(model: LanguageModel, data: RunData) -> Generator[float, None, dict[str, Any]]:
    """Figures of a state as one stream in float32, of the test text too where there is one; yields between windows.

    They stand beside those of its validation and differ from them a little. Of a text longer than MOST_FINAL_TOKENS
    that much is read.
    """
    valid = yield from _evaluated(model, data, data.valid_ids, data.num_valid_characters)
    figures = {"full_loss_nats": valid.loss_nats, "full_bits_per_character": valid.bits_per_character}
    if data.test_ids is not None:
        test = yield from _evaluated(model, data, data.test_ids, data.num_test_characters)
        figures["test_loss_nats"] = test.loss_nats
    return figures


def _evaluated(
    model: LanguageModel, data: RunData, token_ids: Ids, num_characters: int
) -> Generator[float, None, Evaluation]:
    used = token_ids[:MOST_FINAL_TOKENS]
    if len(used) < len(token_ids):
        num_characters = len(data.tokenizer.decode(used))
    return (yield from evaluate_ids(model, used, data.tokenizer, num_characters))
