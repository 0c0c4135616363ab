"""Options of writing with a trained model."""

from dataclasses import dataclass

from engine.config.options import option


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """How text is sampled."""

    prompt: str = option("", label="Prompt", help="What the text begins with. Left empty: a line end.")
    length: int = option(
        500, minimum=0, maximum=10_000_000, unit="tokens", label="Length", help="How many tokens to write.",
    )  # fmt: skip
    temperature: float = option(
        0.8, minimum=0.0, maximum=100.0, label="Temperature",
        help="Low is safe and repetitive, high is wild; 0 always takes the likeliest token.",
    )  # fmt: skip
    seed: int = option(
        1, minimum=0, maximum=2**53, label="Seed", help="The same seed writes the same text again.",
    )  # fmt: skip
    stop: str = option("", label="Stop at", help="Writing ends when this text appears.")
