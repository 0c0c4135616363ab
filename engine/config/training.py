"""Options of training."""

from dataclasses import dataclass, field

from engine.config.optimizer import AdamWConfig, CosineSchedule, OptimizerConfig, ScheduleConfig
from engine.config.options import option


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How a run trains its model. A duration of 0 sets no limit; the limit that is reached first ends the run."""

    optimizer: OptimizerConfig = field(default_factory=AdamWConfig)
    schedule: ScheduleConfig = field(default_factory=CosineSchedule)

    minutes: float = option(
        0.0, minimum=0.0, maximum=1_000_000.0, unit="minutes", live=True, label="Minutes",
        help="How long to train by the clock, with validation, samples and saving. Pauses do not count.",
    )  # fmt: skip
    epochs: float = option(
        0.0, minimum=0.0, maximum=1_000_000.0, unit="epochs", live=True, label="Epochs",
        help="How often to read the whole training text.",
    )  # fmt: skip
    steps: int = option(
        0, minimum=0, maximum=1_000_000_000, unit="steps", live=True, label="Steps",
        help="How often to improve the weights.",
    )  # fmt: skip
    tokens: int = option(
        0, minimum=0, maximum=1_000_000_000_000, unit="tokens", live=True, label="Tokens",
        help="How many tokens to read in all.",
    )  # fmt: skip

    learning_rate: float = option(
        0.002, minimum=1e-8, maximum=1_000.0, label="Learning rate",
        help="How far each step moves the weights.",
    )  # fmt: skip
    learning_rate_factor: float = option(
        1.0, minimum=1e-4, maximum=100.0, live=True, label="Learning-rate factor",
        help="Multiplies the learning rate of the schedule, so that you can change it while a run trains.",
    )  # fmt: skip
    warmup_steps: int = option(
        0, minimum=0, maximum=1_000_000, unit="steps", label="Warm-up",
        help="How many steps the learning rate takes to rise from nothing.",
    )  # fmt: skip
    batch_size: int = option(
        32, minimum=1, maximum=65_536, unit="streams", label="Batch size",
        help="How many places of the text are read side by side.",
    )  # fmt: skip
    window_size: int = option(
        64, minimum=1, maximum=65_536, unit="tokens", label="Window",
        help="How many tokens back-propagation looks back (truncated back-propagation through time).",
    )  # fmt: skip
    reset_state: str = option(
        "epoch", choices=("epoch", "window", "never"), label="Forget the state",
        help="When the memory is set to zero: at the start of each epoch, in each window, or never.",
    )  # fmt: skip
    clip_norm: float = option(
        1.0, minimum=0.0, maximum=1e9, live=True, label="Clip the gradient norm at",
        help="A longer gradient is shortened to this length. 0 switches this off.",
    )  # fmt: skip
    clip_value: float = option(
        0.0, minimum=0.0, maximum=1e9, live=True, label="Clip gradient values at",
        help="Each number of the gradient is cut off at this value. 0 switches this off.",
    )  # fmt: skip

    validate_every_steps: int = option(
        0, minimum=0, maximum=1_000_000_000, unit="steps", live=True, label="Validate every",
        help="How often the model is tried on the validation text. 0 chooses a number that costs little time.",
    )  # fmt: skip
    stop_after: int = option(
        0, minimum=0, maximum=10_000, unit="validations", live=True, label="Stop early after",
        help="Ends the run after so many validations without improvement. 0 never does.",
    )  # fmt: skip
    save_every_seconds: float = option(
        60.0, minimum=1.0, maximum=60.0, unit="seconds", live=True, label="Save every",
        help="The longest time between two saves, which is the most that a crash can cost.",
    )  # fmt: skip
    report_every_steps: int = option(
        10, minimum=1, maximum=1_000_000, unit="steps", live=True, label="Report every",
        help="How often a point is added to the curves.",
    )  # fmt: skip
    sample_every_seconds: float = option(
        180.0, minimum=0.0, maximum=1_000_000.0, unit="seconds", live=True, label="Sample every",
        help="The time between two sample texts after the first ones (5, 10, 20, 40 ... seconds). 0 writes none.",
    )  # fmt: skip
    sample_prompt: str = option(
        "", label="Sample prompt", help="What every sample text begins with. Left empty: a line end.",
    )  # fmt: skip
    sample_length: int = option(
        300, minimum=1, maximum=100_000, unit="tokens", label="Sample length", help="How long a sample text is.",
    )  # fmt: skip

    seed: int = option(
        1, minimum=0, maximum=2**53, label="Seed", help="The same seed gives the same run on the same machine.",
    )  # fmt: skip
    device: str = option(
        "auto", choices=("auto", "cpu", "cuda", "mps"), label="Device", help="What computes: auto takes the fastest.",
    )  # fmt: skip
    precision: str = option(
        "auto", choices=("auto", "float32", "bfloat16"), label="Precision",
        help="bfloat16 computes products with shorter numbers, faster on some machines; auto measures yours once.",
    )  # fmt: skip
    num_threads: int = option(
        0, minimum=0, maximum=1024, unit="threads", label="Threads",
        help="How many processor cores to use. 0 uses all.",
    )  # fmt: skip
