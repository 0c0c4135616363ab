"""What may come next: the model's own probabilities, and those after the settings, side by side.

Legend: V vocabulary.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.sampling.choice import Doubles, Logits, as_doubles, log_probabilities
from engine.text.tokenizers import Tokenizer


@dataclass(frozen=True, kw_only=True)
class NextToken:
    """A token that may come next. before: its probability in the model itself; after: once the settings have acted."""

    text: str
    token_id: int
    before: float
    after: float


class Settings(Protocol):
    """What the settings make of logits (V,): a `chain.TokenChoice`."""

    def probabilities(self, logits_V: Logits) -> Doubles:
        """All sum to 1; nothing is drawn or remembered."""
        ...


def next_tokens(logits_V: Logits, tokenizer: Tokenizer, settings: Settings, top: int) -> list[NextToken]:
    """The `top` tokens that are likeliest before or after the settings (by the larger of the two), by `before`.

    logits_V: those after a prompt, as in `ReadPrompt.logits`. Before is the plain distribution: temperature 1, `<unk>`
    among the tokens. Equally probable ones stand in the order of their ids.
    """
    before_V = np.exp(log_probabilities(as_doubles(logits_V)))
    after_V = settings.probabilities(logits_V)
    largest = np.argsort(-np.maximum(before_V, after_V), kind="stable")[:top]
    chosen = sorted(largest.tolist(), key=lambda token_id: (-before_V[token_id], token_id))
    return [
        NextToken(
            text=tokenizer.token_text(token_id), token_id=token_id, before=float(before_V[token_id]),
            after=float(after_V[token_id]),
        )
        for token_id in chosen
    ]  # fmt: skip
