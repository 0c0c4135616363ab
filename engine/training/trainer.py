"""The training loop: truncated back-propagation through time, one optimizer update per window.

A trainer knows no files and no clock that matters: it is driven step by step, and everything that the next step depends
on can be captured and restored.
Legend: T time, B batch.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.config.configuration import Configuration
from engine.errors import DamagedFile
from engine.models.initialisation import initialise
from engine.models.language_model import LanguageModel, State
from engine.models.parameters import load_parameters
from engine.seeding import torch_generator
from engine.training.batches import Batches
from engine.training.gradients import Clipping, clip, gradient_norms, parameter_norm
from engine.training.optimizers import (
    build_optimizer,
    load_optimizer_tensors,
    optimizer_tensors,
    set_learning_rate,
)
from engine.training.schedules import Progress, learning_rate

SNAPSHOT_EVERY_STEPS = 100
MOST_REWINDS = 3

Tensors = dict[str, torch.Tensor]


@dataclass
class Counters:
    """What a run counts, saved with it. Factors multiply the learning rate of the schedule.

    validated_step: of the last validation; a run that was ended before a validation that was due owes it.
    """

    step: int = 0
    total_steps: int | None = None
    plateau_share: float = 1.0
    validations_without_gain: int = 0
    plateau_waits: int = 0
    guard_factor: float = 1.0
    rewinds_in_a_row: int = 0
    best_step: int | None = None
    best_valid_loss_nats: float | None = None
    best_valid_accuracy: float | None = None
    seconds: float = 0.0
    validate_every_steps: int = 0
    validated_step: int = 0


@dataclass(frozen=True)
class StepResult:
    """What one step tells. norm: of the gradient before clipping; is_finite: False when nothing was learned."""

    norm: float
    learning_rate: float
    was_clipped: bool
    is_finite: bool


@dataclass
class _Snapshot:
    """Weights, optimizer and state of an earlier step, kept in memory."""

    step: int
    tensors: Tensors = field(default_factory=dict)


class Trainer:
    """Trains one model on one stream of token ids.

    Attributes that may be changed between steps: `config`, `clipping`, `rate_factor` (the person's), `counters`, and
    `measures_update`, which asks the next step for `update_ratio`.
    """

    def __init__(
        self,
        configuration: Configuration,
        token_ids: NDArray[np.unsignedinteger],
        vocabulary_size: int,
        device: torch.device,
        precision: torch.dtype,
    ) -> None:
        training = configuration.training
        self.config = training
        self.device = device
        self.model = LanguageModel(configuration.model, vocabulary_size)
        initialise(self.model, torch_generator(training.seed, "weights"))
        self.model.to(device)
        self.model.compute_dtype = None if precision == torch.float32 else precision
        self.model.generator = torch_generator(training.seed, "dropout", device)
        self.names = [name for name, _ in self.model.named_parameters()]
        self.parameters = list(self.model.parameters())
        self.optimizer = build_optimizer(training.optimizer, self.parameters)
        self.batches = Batches(token_ids, training.batch_size, training.window_size)
        self.clipping = Clipping(training.clip_norm, training.clip_value)
        self.rate_factor = training.learning_rate_factor
        self.counters = Counters()
        self.state: State = self.model.initial_state(self.batches.batch_size)
        # Apple's GPUs know no float64.
        exact = torch.float32 if device.type == "mps" else torch.float64
        self.loss_sum = torch.zeros((), dtype=exact, device=device)
        self.loss_tokens = 0
        self.measures_update = False
        self.update_ratio: float | None = None
        self._snapshot = _Snapshot(0)
        self.take_snapshot()

    @property
    def learning_rate(self) -> float:
        """Learning rate of the next step."""
        counters = self.counters
        progress = Progress(counters.step, self.batches.epoch, counters.total_steps, counters.plateau_share)
        return learning_rate(self.config, progress, self.rate_factor * counters.guard_factor)

    def step(self) -> StepResult:
        """One window forward, back, and one update. Reads one number from the device: the norm before the update."""
        rate = self.learning_rate
        self._forward_and_back()
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        self.norms = gradient_norms(gradients)
        norm = float(torch.linalg.vector_norm(self.norms))
        if not math.isfinite(norm):
            return StepResult(norm, rate, was_clipped=False, is_finite=False)
        was_clipped = clip(gradients, norm, self.clipping)
        set_learning_rate(self.optimizer, rate)
        self._update()
        self.counters.step += 1
        if self.counters.step % SNAPSHOT_EVERY_STEPS == 0:
            self.take_snapshot()
        return StepResult(norm, rate, was_clipped, is_finite=True)

    def _forward_and_back(self) -> None:
        window = self.batches.next_window()
        if self.config.reset_state == "window" or (self.config.reset_state == "epoch" and window.starts_epoch):
            self.state = self.model.initial_state(self.batches.batch_size)
        self.model.train()
        x_TB, y_TB = window.x_TB.to(self.device), window.y_TB.to(self.device)
        for parameter in self.parameters:
            parameter.grad = None
        loss, state = self.model.loss(x_TB, y_TB, self.state)
        loss.backward()  # type: ignore[no-untyped-call]
        self.state = tuple(tuple(tensor.detach() for tensor in layer) for layer in state)
        self.loss_sum += loss.detach() * y_TB.numel()
        self.loss_tokens += y_TB.numel()

    def _update(self) -> None:
        """Let the optimizer act; if wished, measure the length of its step as a share of that of the weights."""
        if not self.measures_update:
            self.update_ratio = None
            self.optimizer.step()
            return
        before = [parameter.detach().clone() for parameter in self.parameters]
        self.optimizer.step()
        moved = [parameter.detach() - old for parameter, old in zip(self.parameters, before, strict=True)]
        self.update_ratio = parameter_norm(moved) / max(parameter_norm(before), 1e-30)

    def take_mean_loss(self) -> float:
        """Mean loss in nats per token since the last call; a host read."""
        mean = float(self.loss_sum) / max(self.loss_tokens, 1)
        self.loss_sum.zero_()
        self.loss_tokens = 0
        return mean

    def take_snapshot(self) -> None:
        """Remember this moment for `rewind`. Also called where a checkpoint is written, so that a resumed run rewinds
        to the same step as the unbroken one."""
        tensors = {name: tensor.clone() for name, tensor in self._learned().items()}
        self._snapshot = _Snapshot(self.counters.step, tensors)

    def start_from(self, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        """Begin with these weights. Raises DamagedFile if they are not those of such a model."""
        load_parameters(self.model, arrays)
        self.take_snapshot()

    def rewind(self) -> int:
        """Go back to the weights of the last snapshot at half the learning rate, and on with the next windows.

        Returns the step gone back to; the count of steps goes on, so that schedule and duration keep their meaning.
        """
        self._restore_learned({name: tensor.clone() for name, tensor in self._snapshot.tensors.items()})
        self.loss_sum.zero_()
        self.loss_tokens = 0
        self.counters.guard_factor *= 0.5
        self.counters.rewinds_in_a_row += 1
        self.counters.step += 1
        went_to, self._snapshot.step = self._snapshot.step, self.counters.step
        return went_to

    def capture(self) -> tuple[Tensors, dict[str, Any]]:
        """Everything the next step depends on: named tensors (not copies) and numbers."""
        assert self.model.generator is not None
        tensors = self._learned()
        tensors["dropout_generator"] = self.model.generator.get_state()
        numbers = {
            **vars(self.counters),
            "cursor": self.batches.cursor,
            "loss_sum": float(self.loss_sum),
            "loss_tokens": self.loss_tokens,
            "rate_factor": self.rate_factor,
            "clip_norm": self.clipping.norm,
            "clip_value": self.clipping.value,
            "dropout": self.model.dropout,
        }
        return tensors, numbers

    def restore(self, tensors: Mapping[str, torch.Tensor], numbers: Mapping[str, Any]) -> None:
        """Put back what `capture` gave. Raises DamagedFile if something is missing."""
        assert self.model.generator is not None
        try:
            rest = dict(tensors)
            saved = rest.pop("dropout_generator").cpu()
            # A run that goes on with another kind of device draws masks from its own seed.
            if saved.shape == self.model.generator.get_state().shape:
                self.model.generator.set_state(saved)
            self._restore_learned(rest)
            # Checkpoints of earlier versions do not name the last validation: there it was never owed.
            counted = {"validated_step": numbers["step"], **numbers}
            self.counters = Counters(**{name: counted[name] for name in vars(Counters())})
            self.batches.cursor = int(numbers["cursor"])
            self.loss_sum.fill_(float(numbers["loss_sum"]))
            self.loss_tokens = int(numbers["loss_tokens"])
            self.rate_factor = float(numbers["rate_factor"])
            self.clipping = Clipping(float(numbers["clip_norm"]), float(numbers["clip_value"]))
            self.model.dropout = float(numbers["dropout"])
        except KeyError as error:
            raise DamagedFile("The checkpoint lacks {name}; an earlier one is needed.", name=str(error)) from error
        self.take_snapshot()

    def _learned(self) -> Tensors:
        tensors = {f"model/{name}": parameter.detach() for name, parameter in self.model.named_parameters()}
        for name, tensor in optimizer_tensors(self.optimizer, self.names).items():
            tensors[f"optimizer/{name}"] = tensor
        for name, tensor in self._named_state():
            tensors[name] = tensor
        return tensors

    def _named_state(self) -> Iterator[tuple[str, torch.Tensor]]:
        for index, layer in enumerate(self.state):
            for kind, tensor in zip("hc", layer, strict=False):
                yield f"state/{index}.{kind}", tensor

    def _restore_learned(self, tensors: Mapping[str, torch.Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.copy_(tensors[f"model/{name}"])
        prefix = "optimizer/"
        entries = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        load_optimizer_tensors(self.optimizer, self.names, entries)
        self.state = tuple(
            tuple(tensors[f"state/{index}.{kind}"].to(self.device) for kind, _ in zip("hc", layer, strict=False))
            for index, layer in enumerate(self.state)
        )
