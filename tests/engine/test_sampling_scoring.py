"""The probability of a text, token by token, against the training model; two models on one text."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.config.model import GruConfig, LstmConfig
from engine.errors import BadInput, Cancelled
from engine.models.build import parameter_shapes
from engine.models.language_model import LanguageModel
from engine.models.parameters import load_parameters
from engine.sampling.mixing import Mixture
from engine.sampling.scoring import ScoredToken, difference, score_text
from engine.sampling.stepper import Stepper
from engine.text.tokenizers import build_tokenizer

TEXT = "The quick brown fox\njumps over the lazy dog, and then he said: no.\n" * 3
TOKENS = {
    "char": CorpusConfig(),
    "char with <unk>": CorpusConfig(unknown_character=True, min_count=4),
    "byte": CorpusConfig(tokens="byte"),
    "word": CorpusConfig(tokens="word", min_count=2),
}
CONFIG = LstmConfig(hidden_size=12, embedding_size=6, num_layers=2)


def make_model(tokens="char", text=TEXT, config=CONFIG, scale=0.5, seed=3):
    tokenizer = build_tokenizer(text, TOKENS[tokens])
    random = np.random.default_rng(seed)
    shapes = parameter_shapes(config, tokenizer.vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=scale).astype(np.float32) for name, shape in shapes.items()}
    return config, arrays, tokenizer


def scores_of(text, tokens="char", before="", cleaning=None, **options):
    config, arrays, tokenizer = make_model(tokens, **options)
    return list(score_text(Stepper.from_arrays(config, arrays), tokenizer, text, before=before, cleaning=cleaning))


@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("before", ["", "The quick brown fox\n"])
def test_scores_are_those_of_the_training_model(tokens, before):
    config, arrays, tokenizer = make_model(tokens)
    model = LanguageModel(config, tokenizer.vocabulary_size)
    load_parameters(model, arrays)
    model.eval()
    text = TEXT[len("The quick brown fox\n") : 150] + " unknown words: Zebra"
    ids = tokenizer.encode_prompt(before + text)[0].tolist()
    num_before = len(tokenizer.encode_prompt(before)[0])
    ids = ids if before else [tokenizer.line_end_id, *ids]
    first = num_before if before else 1
    with torch.no_grad():
        logs_TV = torch.log_softmax(model(torch.tensor(ids)[:, None])[0][:, 0].double(), dim=-1)
    scores = scores_of(text, tokens, before)
    assert [score.token_id for score in scores] == ids[first:]
    for score, logs_V in zip(scores, logs_TV[first - 1 :], strict=False):
        shares = logs_V.exp()
        assert score.probability == pytest.approx(float(shares[score.token_id]), rel=1e-4)
        assert score.surprise_bits == pytest.approx(-float(logs_V[score.token_id]) / math.log(2), rel=1e-4, abs=1e-6)
        assert score.entropy_bits == pytest.approx(-float((shares * logs_V).sum()) / math.log(2), rel=1e-4)
        assert score.best_probability == pytest.approx(float(shares.max()), rel=1e-4)
        assert score.rank == 1 + int((logs_V > logs_V[score.token_id]).sum())
        assert (score.rank == 1) == (score.best_id == score.token_id)
        assert score.best_text == tokenizer.token_text(score.best_id)


def test_rank_and_entropy_of_a_known_distribution():
    """A model whose output is its bias: 1/2, 1/4, 1/8, 1/8 for the four characters."""
    config = GruConfig(hidden_size=2, embedding_size=0)
    arrays = {name: np.zeros(shape, np.float32) for name, shape in parameter_shapes(config, 4).items()}
    arrays["output.bias"] = np.log(np.array([0.25, 0.5, 0.125, 0.125], np.float32))
    tokenizer = build_tokenizer("abcd", CorpusConfig())
    scores = list(score_text(Stepper.from_arrays(config, arrays), tokenizer, "abcd"))
    assert [score.rank for score in scores] == [2, 1, 3, 3]
    assert [score.surprise_bits for score in scores] == pytest.approx([2, 1, 3, 3], abs=1e-6)
    assert [score.entropy_bits for score in scores] == pytest.approx([1.75] * 4, abs=1e-6)
    assert {score.best_text for score in scores} == {"b"}
    assert [score.probability for score in scores] == pytest.approx([0.25, 0.5, 0.125, 0.125])


@pytest.mark.parametrize("tokens", TOKENS)
def test_the_tokens_cover_the_text(tokens):
    text = "jumps over\nthe lazy dog, and"
    scores = scores_of(text, tokens, before="The quick brown fox\n")
    assert "".join(text[score.start : score.stop] for score in scores) == text
    assert scores[0].start == 0
    assert not any(score.is_replaced for score in scores if score.text != "<unk>")


def test_a_long_text_is_scored_as_a_short_one():
    """The parts that are worked out together leave no seam."""
    text = TEXT * 3
    whole = scores_of(text)
    for length in (1, 63, 64, 65, 129):
        part = scores_of(text[:length])
        assert [s.token_id for s in part] == [s.token_id for s in whole[:length]]
        np.testing.assert_allclose([s.probability for s in part], [s.probability for s in whole[:length]], rtol=1e-4)


def test_scores_after_a_text_are_those_within_the_whole():
    text = TEXT[:100]
    whole, rest = scores_of(text), scores_of(text[40:], before=text[:40])
    np.testing.assert_allclose([s.probability for s in rest], [s.probability for s in whole[40:]], rtol=1e-4)
    assert [(s.start + 40, s.stop + 40) for s in rest] == [(s.start, s.stop) for s in whole[40:]]


def test_a_word_that_begins_before_the_text_is_among_the_scores():
    scores = scores_of("ick brown", "word", before="The qu")
    assert [(score.text, score.start, score.stop) for score in scores] == [("quick", 0, 3), ("brown", 3, 9)]


def test_cleaning_leaves_the_places_as_they_are():
    text = "The\r\nquick\0 fox"
    scores = scores_of(text, cleaning=CleaningConfig(lower_case=True))
    assert [text[score.start : score.stop] for score in scores] == [*"The", "\r\n", *"quic", "k\0", *" fox"]
    assert [score.is_replaced for score in scores[:4]] == [True, False, False, True]
    assert scores[0].text == "t"


def test_unknown_words_are_scored_as_the_model_reads_them():
    (score,) = scores_of("zebra", "word")
    assert (score.text, score.start, score.stop, score.is_replaced) == ("<unk>", 0, 5, True)


def test_nothing_to_score():
    assert scores_of("") == []
    assert scores_of("", before="The") == []
    assert scores_of(" ", "word") == []


def test_a_model_that_overflowed_is_scored_without_a_nan():
    config, arrays, tokenizer = make_model()
    with np.errstate(over="ignore"):
        arrays["output.weight"] *= np.float32(3e38)
    scores = list(score_text(Stepper.from_arrays(config, arrays), tokenizer, "The quick"))
    assert all(math.isfinite(value) for s in scores for value in (s.probability, s.entropy_bits, s.surprise_bits))


def test_a_mixture_is_scored_as_one_model():
    config, arrays, tokenizer = make_model()
    stepper = Stepper.from_arrays(config, arrays)
    mixed = list(score_text(Mixture([stepper, stepper], [1, 1]), tokenizer, TEXT[:70]))
    alone = list(score_text(stepper, tokenizer, TEXT[:70]))
    np.testing.assert_allclose([s.probability for s in mixed], [s.probability for s in alone], rtol=1e-4)


def test_scoring_can_be_cancelled():
    config, arrays, tokenizer = make_model()
    answers = iter([False] * 3)
    scores = score_text(
        Stepper.from_arrays(config, arrays), tokenizer, TEXT * 3, before=TEXT, is_cancelled=lambda: next(answers, True)
    )
    with pytest.raises(Cancelled):
        list(scores)


def test_half_a_character_is_refused():
    with pytest.raises(BadInput, match="half a character"):
        scores_of("\ud800")


def token(start, stop, bits):
    return ScoredToken(
        text="", start=start, stop=stop, token_id=0, is_replaced=False, probability=2**-bits, rank=1, entropy_bits=0,
        surprise_bits=bits, best_id=0, best_text="", best_probability=1,
    )  # fmt: skip


def test_two_models_are_compared_where_tokens_of_both_end():
    letters = [token(place, place + 1, 1.0) for place in range(8)]
    words = [token(0, 3, 2.0), token(3, 5, 4.0), token(5, 8, 1.0)]
    found = difference(letters, words)
    assert [(d.start, d.stop, d.first_bits, d.second_bits, d.bits) for d in found] == [
        (0, 3, 3.0, 2.0, 1.0), (3, 5, 2.0, 4.0, -2.0), (5, 8, 3.0, 1.0, 2.0)
    ]  # fmt: skip


def test_characters_that_only_one_model_reads_belong_to_a_piece():
    letters = [token(place, place + 1, 1.0) for place in range(6)]
    words = [token(0, 2, 2.0), token(3, 5, 4.0)]
    found = difference(letters, words)
    assert [(d.start, d.stop, d.first_bits, d.second_bits) for d in found] == [(0, 2, 2.0, 2.0), (2, 6, 4.0, 4.0)]


def test_the_bytes_of_a_character_are_counted_together():
    letters = [token(0, 1, 3.0), token(1, 2, 1.0)]
    both = difference(letters, [token(0, 1, 1.0), token(0, 1, 1.0), token(1, 2, 5.0)])
    assert [(d.start, d.stop, d.bits) for d in both] == [(0, 1, 1.0), (1, 2, -4.0)]


def test_texts_without_tokens_have_no_difference():
    assert difference([], []) == []
    assert [(d.start, d.stop, d.bits) for d in difference([token(0, 4, 2.0)], [])] == [(0, 4, 2.0)]


@given(st.lists(st.floats(0, 20), min_size=1, max_size=12), st.sets(st.integers(1, 12)), st.sets(st.integers(1, 12)))
def test_no_bit_is_lost_in_a_comparison(bits, first_ends, second_ends):
    def cut(ends):
        places = [0, *sorted(end for end in ends if end < len(bits)), len(bits)]
        return [token(a, b, math.fsum(bits[a:b])) for a, b in itertools.pairwise(places)]

    found = difference(cut(first_ends), cut(second_ends))
    assert math.fsum(d.first_bits for d in found) == pytest.approx(math.fsum(bits), abs=1e-9)
    assert all(abs(d.bits) < 1e-9 for d in found)
    assert [d.start for d in found[1:]] == [d.stop for d in found[:-1]]
    assert {d.stop for d in found} == {*(first_ends & second_ends & set(range(len(bits)))), len(bits)}


def test_a_character_model_and_a_word_model_are_compared_word_by_word():
    text = "The quick fox"
    found = difference(scores_of(text), scores_of(text, "word"))
    assert [text[d.start : d.stop] for d in found] == ["The", " quick", " fox"]
