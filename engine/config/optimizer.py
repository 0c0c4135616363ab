"""Options of optimizers and of learning-rate schedules: one section for each kind."""

from dataclasses import dataclass
from typing import Any

from engine.config.options import option


def _weight_decay(default: float = 0.0) -> Any:
    return option(
        default, minimum=0.0, maximum=10.0, label="Weight decay",
        help="Pulls all weights towards zero at each step, against learning by heart.",
    )  # fmt: skip


def _epsilon(default: float) -> Any:
    return option(
        default, minimum=1e-16, maximum=1.0, label="Epsilon",
        help="A small number that keeps divisions finite.",
    )  # fmt: skip


def _share(default: float, label: str, help: str) -> Any:
    return option(default, minimum=0.0, maximum=0.99999, label=label, help=help)


@dataclass(frozen=True, kw_only=True)
class SgdConfig:
    """Stochastic gradient descent."""

    kind = "sgd"
    weight_decay: float = _weight_decay()


@dataclass(frozen=True, kw_only=True)
class MomentumConfig:
    """Stochastic gradient descent with momentum (Polyak 1964; Nesterov's variant as Sutskever et al. 2013)."""

    kind = "momentum"
    momentum: float = _share(0.9, "Momentum", "How much of the last step is carried into the next.")
    nesterov: bool = option(False, label="Nesterov", help="Look ahead along the last step before judging the gradient.")
    weight_decay: float = _weight_decay()


@dataclass(frozen=True, kw_only=True)
class AdamConfig:
    """Adam (Kingma and Ba 2015); weight decay acts on the gradient."""

    kind = "adam"
    beta1: float = _share(0.9, "Beta 1", "How slowly the average of the gradients changes.")
    beta2: float = _share(0.999, "Beta 2", "How slowly the average of the squared gradients changes.")
    epsilon: float = _epsilon(1e-8)
    weight_decay: float = _weight_decay()


@dataclass(frozen=True, kw_only=True)
class AdamWConfig:
    """AdamW: Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019)."""

    kind = "adamw"
    beta1: float = _share(0.9, "Beta 1", "How slowly the average of the gradients changes.")
    beta2: float = _share(0.99, "Beta 2", "How slowly the average of the squared gradients changes.")
    epsilon: float = _epsilon(1e-8)
    weight_decay: float = _weight_decay(0.01)


@dataclass(frozen=True, kw_only=True)
class RmspropConfig:
    """RMSprop (Hinton 2012, lecture 6)."""

    kind = "rmsprop"
    smoothing: float = _share(0.95, "Smoothing", "How slowly the average of the squared gradients changes.")
    epsilon: float = _epsilon(1e-8)
    weight_decay: float = _weight_decay()


@dataclass(frozen=True, kw_only=True)
class AdagradConfig:
    """Adagrad (Duchi et al. 2011)."""

    kind = "adagrad"
    epsilon: float = _epsilon(1e-10)
    weight_decay: float = _weight_decay()


OptimizerConfig = SgdConfig | MomentumConfig | AdamConfig | AdamWConfig | RmspropConfig | AdagradConfig

OPTIMIZERS: dict[str, type[OptimizerConfig]] = {
    "sgd": SgdConfig,
    "momentum": MomentumConfig,
    "adam": AdamConfig,
    "adamw": AdamWConfig,
    "rmsprop": RmspropConfig,
    "adagrad": AdagradConfig,
}


def _hold_epochs() -> Any:
    return option(
        0.0, minimum=0.0, maximum=100_000.0, label="Constant for", unit="epochs",
        help="How long the learning rate stays as it is before it falls.",
    )  # fmt: skip


def _final_share(default: float) -> Any:
    return option(
        default, minimum=0.0, maximum=1.0, label="Final share",
        help="What is left of the learning rate at the end of training.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ConstantSchedule:
    """The learning rate stays as it is."""

    kind = "constant"


@dataclass(frozen=True, kw_only=True)
class StepSchedule:
    """The learning rate is multiplied by a factor every so many epochs."""

    kind = "step"
    hold_epochs: float = _hold_epochs()
    decay_factor: float = option(
        0.5, minimum=1e-6, maximum=1.0, label="Factor", help="The learning rate is multiplied by this each time.",
    )  # fmt: skip
    decay_every_epochs: float = option(
        1.0, minimum=1e-3, maximum=100_000.0, label="Every", unit="epochs", help="The time between two changes.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ExponentialSchedule:
    """The learning rate falls smoothly by the same factor in each epoch."""

    kind = "exponential"
    hold_epochs: float = _hold_epochs()
    decay_factor: float = option(
        0.97, minimum=1e-6, maximum=1.0, label="Factor per epoch",
        help="What one epoch leaves of the learning rate.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CosineSchedule:
    """Half a cosine from the full learning rate to its final share (Loshchilov and Hutter 2017, equation 5)."""

    kind = "cosine"
    final_share: float = _final_share(0.02)


@dataclass(frozen=True, kw_only=True)
class OneCycleSchedule:
    """The learning rate rises to its full value and falls again along half cosines (Smith and Topin 2019)."""

    kind = "one-cycle"
    rise_share: float = option(
        0.3, minimum=0.0, maximum=0.99, label="Rise", help="The share of the training during which the rate rises.",
    )  # fmt: skip
    start_share: float = option(
        0.04, minimum=1e-6, maximum=1.0, label="Start share", help="The share of the learning rate to begin with.",
    )  # fmt: skip
    final_share: float = _final_share(0.0001)


@dataclass(frozen=True, kw_only=True)
class PlateauSchedule:
    """The learning rate falls when validation has stopped improving."""

    kind = "plateau"
    decay_factor: float = option(
        0.5, minimum=1e-6, maximum=1.0, label="Factor", help="The learning rate is multiplied by this each time.",
    )  # fmt: skip
    patience: int = option(
        2, minimum=0, maximum=10_000, label="Patience", unit="validations",
        help="How many validations without improvement are waited for.",
    )  # fmt: skip
    min_share: float = option(
        0.001, minimum=0.0, maximum=1.0, label="Smallest share", help="The rate never falls below this share.",
    )  # fmt: skip


ScheduleConfig = (
    ConstantSchedule | StepSchedule | ExponentialSchedule | CosineSchedule | OneCycleSchedule | PlateauSchedule
)

SCHEDULES: dict[str, type[ScheduleConfig]] = {
    "constant": ConstantSchedule,
    "step": StepSchedule,
    "exponential": ExponentialSchedule,
    "cosine": CosineSchedule,
    "one-cycle": OneCycleSchedule,
    "plateau": PlateauSchedule,
}
