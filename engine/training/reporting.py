"""The figures of the curves, gathered between two reports."""

import math

import torch

from engine.device import memory_bytes
from engine.events import StepCompleted
from engine.seeding import torch_generator
from engine.training.data import RunData
from engine.training.gradients import parameter_norm, spectral_norm
from engine.training.trainer import StepResult, Trainer

# Spectral norms and update ratios cost several passes over the weights: once in so many reports.
DETAILS_EVERY_REPORTS = 10
# A run shows that it lives as soon as it has made a step, however long ten of them take.
EARLY_STEPS = (1, 2, 5)


def perplexity(loss_nats: float) -> float:
    """exp of the loss in nats per token; infinite where that is too large for a number."""
    return math.exp(loss_nats) if loss_nats < 700 else math.inf


def bits_per_character(loss_nats: float, characters_per_token: float | None) -> float | None:
    """Loss in bits per character of the text; None where the tokenizer does not keep all characters."""
    return None if not characters_per_token else loss_nats / math.log(2) / characters_per_token


def is_reported(step: int, every_steps: int) -> bool:
    """Whether a report follows this step."""
    return step in EARLY_STEPS or step % every_steps == 0


class Reporter:
    """Counts steps and turns them into StepCompleted."""

    def __init__(self, trainer: Trainer, data: RunData) -> None:
        self._trainer = trainer
        self._data = data
        self._results: list[StepResult] = []
        self._reports = 0
        self._stepping_seconds = 0.0
        self._tokens_before = trainer.batches.tokens_seen

    @property
    def has_news(self) -> bool:
        """Whether steps were made since the last report."""
        return bool(self._results)

    def count(self, result: StepResult, seconds: float) -> None:
        """Take one step into account, which took so many seconds."""
        self._results.append(result)
        self._stepping_seconds += seconds

    def forget(self) -> None:
        """Drop the steps since the last report: they were undone."""
        self._results = []

    def expects_details(self) -> bool:
        """Whether the next report tells of the weights too."""
        return self._reports % DETAILS_EVERY_REPORTS == 0

    def report(self, seconds: float, remaining_seconds: float | None) -> StepCompleted:
        """The figures since the last report."""
        trainer, results = self._trainer, self._results
        tokens = trainer.batches.tokens_seen
        loss_nats = trainer.take_mean_loss()
        details = self.expects_details()
        event = StepCompleted(
            step=trainer.counters.step,
            epoch=trainer.batches.epoch,
            tokens=tokens,
            seconds=seconds,
            loss_nats=loss_nats,
            perplexity=perplexity(loss_nats),
            bits_per_character=bits_per_character(loss_nats, self._data.train_characters_per_token),
            gradient_norm=results[-1].norm,
            clipped_share=sum(result.was_clipped for result in results) / len(results),
            learning_rate=results[-1].learning_rate,
            tokens_per_second=self._tokens_per_second(tokens),
            remaining_seconds=remaining_seconds,
            memory_bytes=memory_bytes(trainer.device),
            gradient_norms=dict(zip(trainer.names, trainer.norms.tolist(), strict=False)),
            parameter_norm=parameter_norm(trainer.parameters) if details else None,
            update_ratio=trainer.update_ratio if details else None,
            spectral_norms=self._spectral_norms() if details else {},
        )
        self._results = []
        self._reports += 1
        self._tokens_before = tokens
        self._stepping_seconds = 0.0
        return event

    def _tokens_per_second(self, tokens: int) -> float:
        """Speed of the steps since the last report, pauses, validations and saves not counted."""
        return (tokens - self._tokens_before) / max(self._stepping_seconds, 1e-9)

    def _spectral_norms(self) -> dict[str, float]:
        """Largest singular value of each recurrent matrix, gate by gate the largest."""
        norms = {}
        for name, parameter in self._trainer.model.named_parameters():
            if name.endswith("weight_hh"):
                hidden_size = parameter.shape[1]
                start_H = torch.randn(hidden_size, generator=torch_generator(0, "spectral")).to(parameter.device)
                norms[name] = max(
                    spectral_norm(gate_HH, start_H) for gate_HH in torch.split(parameter.detach(), hidden_size)
                )
        return norms
