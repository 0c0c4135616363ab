"""What may come next, before and after the settings."""

import numpy as np
import pytest

from engine.config.corpus import CorpusConfig
from engine.sampling.choice import probabilities
from engine.sampling.next_tokens import next_tokens
from engine.text.tokenizers import build_tokenizer

TOKENIZER = build_tokenizer("abcde", CorpusConfig())
LOGITS = np.log(np.array([0.1, 0.4, 0.2, 0.25, 0.05], np.float32)) + np.float32(3)


class Tempered:
    def __init__(self, temperature, chosen=None):
        self._temperature = temperature
        self._chosen = chosen

    def probabilities(self, logits_V):
        shares = probabilities(logits_V, self._temperature)
        if self._chosen is not None:
            shares = np.eye(len(shares))[self._chosen]
        return shares


def test_tokens_stand_with_their_probabilities_before_and_after():
    found = next_tokens(LOGITS, TOKENIZER, Tempered(0.5), 3)
    squares = np.array([0.1, 0.4, 0.2, 0.25, 0.05]) ** 2
    assert [token.text for token in found] == ["b", "d", "c"]
    assert [token.token_id for token in found] == [1, 3, 2]
    assert [token.before for token in found] == pytest.approx([0.4, 0.25, 0.2], rel=1e-5)
    assert [token.after for token in found] == pytest.approx(list(squares[[1, 3, 2]] / squares.sum()), rel=1e-5)


def test_a_token_that_the_settings_raise_is_among_them():
    found = next_tokens(LOGITS, TOKENIZER, Tempered(1.0, chosen=4), 3)
    assert [(token.text, token.after) for token in found] == [("b", 0.0), ("d", 0.0), ("e", 1.0)]


def test_all_tokens_together_have_the_probability_one():
    found = next_tokens(LOGITS, TOKENIZER, Tempered(2.0), 100)
    assert len(found) == 5
    assert sum(token.before for token in found) == pytest.approx(1)
    assert sum(token.after for token in found) == pytest.approx(1)


def test_the_logits_are_not_changed():
    logits = LOGITS.copy()
    next_tokens(logits, TOKENIZER, Tempered(1.0), 2)
    np.testing.assert_array_equal(logits, LOGITS)
