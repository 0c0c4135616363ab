"""Several models of one vocabulary that write together: their next-token distributions are mixed at every step.

Legend: B candidates, K models, T tokens, V vocabulary.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sampling.choice import Doubles, as_doubles, log_probabilities
from engine.sampling.matrices import Floats
from engine.sampling.predictor import Predictor, State, TokenIds
from engine.text.tokenizers import Tokenizer

Kind = Literal["mixture", "product"]

_LEAST_LOGIT = np.finfo(np.float32).min


class Mixture:
    """A `Predictor` whose logits are the logarithm of the mixed distribution. Its state: one of each model.

    The weights w count in relation to each other: they are divided by their sum. A model of weight 0 is not asked.

    mixture: p = sum_k w_k p_k, what one of the models finds likely is likely (linear opinion pool; Stone 1961).
    product: p = prod_k p_k^w_k / Z, what one of the models excludes is excluded (product of experts; Hinton 2002,
    "Training products of experts by minimizing contrastive divergence", equation 1; with weights of the sum 1 the
    logarithmic opinion pool, so that a model multiplied with itself stays what it is).
    """

    def __init__(self, predictors: Sequence[Predictor], weights: Sequence[float], kind: Kind = "mixture") -> None:
        """Raises BadInput for weights that are negative, not finite, or all 0.

        Raises ValueError unless all have the same number of tokens; `check_same_vocabulary` looks at the tokens.
        """
        if len(predictors) != len(weights):
            raise ValueError("each predictor needs one weight")
        if len({predictor.vocabulary_size for predictor in predictors}) != 1:
            raise ValueError("the vocabularies differ")
        for weight in weights:
            if not (math.isfinite(weight) and weight >= 0):
                raise BadInput("The weight of a model must be 0 or more, not {weight}.", weight=weight)
        largest = max(weights)
        if largest == 0:
            raise BadInput("All models have the weight 0; give at least one of them more.")
        asked = [(predictor, weight / largest) for predictor, weight in zip(predictors, weights, strict=True) if weight]
        total = sum(weight for _, weight in asked)
        self._predictors = [predictor for predictor, _ in asked]
        self._weights = [weight / total for _, weight in asked]
        self._kind: Kind = kind
        self.vocabulary_size = predictors[0].vocabulary_size

    def initial_state(self, num_candidates: int | None = None) -> State:
        """See `Predictor`."""
        return tuple(predictor.initial_state(num_candidates) for predictor in self._predictors)

    def step(self, token_ids: TokenIds, state: State) -> tuple[Floats, State]:
        """See `Predictor`."""
        return self._mixed(
            [predictor.step(token_ids, own) for predictor, own in zip(self._predictors, state, strict=True)]
        )

    def read(self, token_ids: Sequence[int], state: State) -> tuple[Floats, State]:
        """See `Predictor`."""
        return self._mixed(
            [predictor.read(token_ids, own) for predictor, own in zip(self._predictors, state, strict=True)]
        )

    def read_each(self, token_ids: Sequence[int], state: State) -> tuple[Floats, State]:
        """See `Predictor`."""
        return self._mixed(
            [predictor.read_each(token_ids, own) for predictor, own in zip(self._predictors, state, strict=True)]
        )

    def fork(self, state: State, num_candidates: int) -> State:
        """See `Predictor`."""
        return tuple(
            predictor.fork(own, num_candidates) for predictor, own in zip(self._predictors, state, strict=True)
        )

    def select(self, state: State, candidates: Sequence[int] | NDArray[np.integer]) -> State:
        """See `Predictor`."""
        return tuple(predictor.select(own, candidates) for predictor, own in zip(self._predictors, state, strict=True))

    def join(self, states: Sequence[State]) -> State:
        """See `Predictor`."""
        return tuple(
            predictor.join([state[index] for state in states]) for index, predictor in enumerate(self._predictors)
        )

    def _mixed(self, answers: Sequence[tuple[Floats, State]]) -> tuple[Floats, State]:
        state = tuple(own for _, own in answers)
        if len(answers) == 1:
            return answers[0][0], state
        return mixed_logits([logits for logits, _ in answers], self._weights, self._kind), state


def mixed_logits(logits_K: Sequence[Floats], weights: Sequence[float], kind: Kind) -> Floats:
    """The log-probabilities, along the last axis, of the models' mixed distribution; weights: above 0, their sum 1."""
    logs = (log_probabilities(as_doubles(logits)) for logits in logits_K)
    if kind == "product":
        pooled: Doubles = np.add.reduce([weight * log for weight, log in zip(weights, logs, strict=True)])
        mixed = log_probabilities(pooled)
    else:
        parts = [math.log(weight) + log for weight, log in zip(weights, logs, strict=True)]
        mixed = np.logaddexp.reduce(parts, axis=0)
    result: Floats = np.maximum(mixed, _LEAST_LOGIT).astype(np.float32)
    return result


def check_same_vocabulary(tokenizers: Sequence[Tokenizer], names: Sequence[str] = ()) -> None:
    """Raises BadInput unless all have the same tokens under the same ids; names: of the models, for that sentence."""
    named = names or [f"model {number}" for number in range(1, len(tokenizers) + 1)]
    first, *others = (_vocabulary(tokenizer) for tokenizer in tokenizers)
    for index, other in enumerate(others, 1):
        if other != first:
            raise BadInput(
                "{other} and {first} cannot write together: they do not know the same {tokens}. Choose models that "
                "were trained on the same text, cut in the same way.",
                first=named[0],
                other=named[index],
                tokens="words" if "word" in (first["kind"], other["kind"]) else "characters",
            )


def _vocabulary(tokenizer: Tokenizer) -> dict[str, object]:
    """What is stored of it, but for what only concerns the reading of prompts."""
    return {name: value for name, value in tokenizer.to_json().items() if name != "fallback"}
