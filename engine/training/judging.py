"""What a validation means for a run, and the figures of its best state at the end."""

import math
from typing import Any

from engine.config.optimizer import PlateauSchedule, ScheduleConfig
from engine.evaluation.evaluate import Evaluation, evaluate_ids, finish
from engine.evaluation.validation import Validation
from engine.library.runs import RunFolder
from engine.training.checkpoints import unpacked
from engine.training.data import MOST_FINAL_TOKENS, Ids, RunData
from engine.training.trainer import Counters, Trainer


def num_final_tokens(data: RunData) -> int:
    """Tokens that `best_figures` reads."""
    num_test = 0 if data.test_ids is None else min(len(data.test_ids), MOST_FINAL_TOKENS)
    return min(len(data.valid_ids), MOST_FINAL_TOKENS) + num_test


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


def best_figures(folder: RunFolder, trainer: Trainer, data: RunData) -> dict[str, Any]:
    """Figures of the best state as one stream in float32, empty before the first checkpoint.

    Of a text longer than MOST_FINAL_TOKENS that much is read. Its weights take the place of the trainer's last ones.
    """
    best = folder.read_checkpoint("best", prefix="model/")
    if best is None:
        return {}
    weights = {name.removeprefix("model/"): tensor for name, tensor in unpacked(best.tensors).items()}
    trainer.model.load_state_dict(weights)
    valid = _evaluated(trainer, data, data.valid_ids, data.num_valid_characters)
    figures = {
        "step": best.step,
        "loss_nats": valid.loss_nats,
        "perplexity": valid.perplexity,
        "bits_per_character": valid.bits_per_character,
        "accuracy": trainer.counters.best_valid_accuracy,
    }
    if data.test_ids is not None:
        figures["test_loss_nats"] = _evaluated(trainer, data, data.test_ids, data.num_test_characters).loss_nats
    return figures


def _evaluated(trainer: Trainer, data: RunData, token_ids: Ids, num_characters: int) -> Evaluation:
    used = token_ids[:MOST_FINAL_TOKENS]
    if len(used) < len(token_ids):
        num_characters = len(data.tokenizer.decode(used))
    return finish(evaluate_ids(trainer.model, used, data.tokenizer, num_characters))
