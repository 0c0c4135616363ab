"""Prompts that end amid a word."""

from dataclasses import replace

import numpy as np
import pytest

from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.config.model import GruConfig
from engine.config.sampling import SamplingConfig
from engine.models.build import parameter_shapes
from engine.sampling.generate import Writer
from engine.sampling.half_words import half_word
from engine.sampling.stepper import Stepper
from engine.text.tokenizers import build_tokenizer

TEXT = 'The quick brown fox broke his brow. "Bring the broom," he said: don\'t. Quickly.\n' * 3
PLAIN = SamplingConfig(prompt="The quick br", length=6, temperature=1.0, complete_word=True)


@pytest.fixture(scope="module")
def tokenizer():
    return build_tokenizer(TEXT, CorpusConfig(tokens="word", min_count=1))


@pytest.fixture(scope="module")
def writer(tokenizer):
    config = GruConfig(hidden_size=8, embedding_size=4)
    random = np.random.default_rng(2)
    shapes = parameter_shapes(config, tokenizer.vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=0.7).astype(np.float32) for name, shape in shapes.items()}
    return Writer(Stepper.from_arrays(config, arrays), tokenizer)


def words_of(tokenizer, half):
    return {tokenizer.token_text(token_id) for token_id in half.token_ids}


@pytest.mark.parametrize(
    ("text", "half", "words"),
    [
        ("The quick br", "br", {"brown", "broke", "brow", "broom"}),
        ("brow", "brow", {"brow", "brown"}),
        ("fox. Br", "Br", {"Bring"}),
        ("fox BR", "BR", {"brown", "broke", "brow", "broom", "Bring"}),
        ('"do', "do", {"don't"}),
        ("Q", "Q", {"Quickly"}),
    ],
)
def test_a_half_word_has_the_words_that_begin_with_it(tokenizer, text, half, words):
    found = half_word(tokenizer, text)
    assert found.text == half
    assert words_of(tokenizer, found) == words


@pytest.mark.parametrize("text", ["", "The ", "The.", "The\n", "xyz", "The quick, "])
def test_a_text_without_half_a_word_that_is_known_has_none(tokenizer, text):
    assert half_word(tokenizer, text) is None


def test_letters_and_bytes_need_nothing():
    for tokens in ("char", "byte"):
        assert half_word(build_tokenizer(TEXT, CorpusConfig(tokens=tokens)), "The quick br") is None


def test_only_the_rest_of_the_word_is_written(writer):
    for sample in writer.write_many(PLAIN, 30):
        first = sample.text[len("The quick ") :].split()[0].strip('.,:"')
        assert first in {"brown", "broke", "brow", "broom"}
        assert sample.text.startswith("The quick br")
        assert sample.num_tokens == 6
        assert sample.replaced == ()
        assert sample == writer.write_whole(SamplingConfig(**{**vars(PLAIN), "seed": sample.seed}))


def test_without_the_option_the_half_word_is_a_word_of_its_own(writer):
    sample = writer.write_whole(SamplingConfig(prompt="The quick br", length=6))
    assert sample.replaced == ("br",)


def test_the_word_is_drawn_as_the_model_expects_it_among_those(writer, tokenizer):
    logits, _ = writer.predictor.read(tokenizer.encode("The quick").tolist(), writer.predictor.initial_state())
    ids = half_word(tokenizer, "The quick br").token_ids
    expected = np.exp(logits[list(ids)].astype(float))
    expected /= expected.sum()
    for options in ({}, {"repetition_penalty": 1.0001}):
        config = SamplingConfig(prompt="The quick br", length=1, temperature=1.0, complete_word=True, **options)
        samples = list(writer.write_many(config, 2000))
        counts = np.array([sum(sample.token_ids[0] == token_id for sample in samples) for token_id in ids])
        assert ((counts - 2000 * expected) ** 2 / (2000 * expected)).sum() < 16.27  # chi-square, 3, 0.001


def test_greedy_completes_with_the_likeliest_of_the_words(writer, tokenizer):
    logits, _ = writer.predictor.read(tokenizer.encode("The quick").tolist(), writer.predictor.initial_state())
    ids = half_word(tokenizer, "The quick br").token_ids
    best = max(ids, key=lambda token_id: logits[token_id])
    for options in ({}, {"top_k": 1}, {"beams": 3}):
        config = SamplingConfig(prompt="The quick br", length=1, temperature=0.0, complete_word=True, **options)
        assert writer.write_whole(config).token_ids == (best,)


def test_what_is_forced_and_banned_holds_after_the_half_word(writer):
    for beams in (1, 2):
        config = SamplingConfig(
            prompt="The quick br", length=4, temperature=1.0, complete_word=True, forced="the fox", beams=beams
        )
        completion = writer.write_whole(config).completion
        assert completion.split(" ", 1)[1].startswith("the fox")
    banned = SamplingConfig(prompt="The quick br", length=1, complete_word=True, banned="brown\nbroke\nbrow")
    assert {sample.completion for sample in writer.write_many(banned, 20)} == {"oom"}
    assert writer.write_whole(replace(banned, beams=3)).completion == "oom"


def test_a_prompt_of_half_a_word_alone_begins_after_a_line_end(writer):
    sample = writer.write_whole(SamplingConfig(prompt="fo", length=1, complete_word=True))
    assert sample.text == "fox"
    assert writer.read_prompt("fo", complete_word=True).token_ids == ()


def test_the_half_word_is_read_as_the_corpus_was_cleaned(tokenizer, writer):
    cleaning = Writer(writer.predictor, tokenizer, CleaningConfig(lower_case=True))
    sample = cleaning.write_whole(SamplingConfig(prompt="quick BROO", length=1, complete_word=True))
    assert sample.text == "quick BROOm"
