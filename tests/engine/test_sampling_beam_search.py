"""The search for a likely text, against all texts there are."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.config.model import GruConfig
from engine.config.sampling import SamplingConfig
from engine.models.build import parameter_shapes
from engine.sampling.beam_search import length_penalty
from engine.sampling.generate import Writer
from engine.sampling.stepper import Stepper
from engine.sampling.stopping import Stopping
from engine.text.tokenizers import build_tokenizer


def make_writer(seed=1, text="ab .", scale=1.5):
    tokenizer = build_tokenizer(text, CorpusConfig())
    config = GruConfig(hidden_size=6, embedding_size=0)
    random = np.random.default_rng(seed)
    shapes = parameter_shapes(config, tokenizer.vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=scale).astype(np.float32) for name, shape in shapes.items()}
    return Writer(Stepper.from_arrays(config, arrays), tokenizer)


def all_texts(writer, config):
    """Every text that ends, or is as long as it may be: its tokens, its score, and what is left of it."""
    tokenizer, predictor = writer.tokenizer, writer.predictor
    found = {}
    for ids in itertools.product(range(tokenizer.vocabulary_size), repeat=config.length):
        stopping, shown, log_p, num_tokens = Stopping(config, config.prompt), "", 0.0, 0
        logits, state = predictor.read(tokenizer.encode(config.prompt).tolist(), predictor.initial_state())
        for token_id in ids:
            num_tokens += 1
            row = logits.astype(float) - logits.max()
            log_p += row[token_id] - math.log(np.exp(row).sum())
            shown += stopping.feed(tokenizer.decode([token_id]))
            if stopping.reason:
                break
            logits, state = predictor.step(token_id, state)
        shown += stopping.finish()
        found[ids[:num_tokens]] = (log_p / length_penalty(num_tokens, config.length_penalty), shown)
    return sorted(((score, ids, shown) for ids, (score, shown) in found.items()), reverse=True)


ENDS = {"none": {}, "stop": {"stop": "ab"}, "sentence": {"end_at": "sentence"}, "words": {"num_words": 1}}


@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 3.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_with_enough_beams_the_best_of_all_texts_is_found(seed, ends, length_penalty):
    writer = make_writer(seed)
    config = SamplingConfig(prompt="a", length=4, beams=64, length_penalty=length_penalty, **ends)
    best = all_texts(writer, config)
    samples = list(writer.write_many(config, 5))
    assert [sample.token_ids for sample in samples] == [ids for _, ids, _ in best[:5]]
    assert [sample.completion for sample in samples] == [shown for _, _, shown in best[:5]]
    assert samples[0] == writer.write_whole(config)


def test_many_beams_find_a_text_that_is_not_less_likely_than_that_of_one():
    for seed in range(6):
        writer = make_writer(seed, "abcdefgh .", 1.0)
        scores = {}
        for beams in (1, 64):
            config = SamplingConfig(prompt="a", length=6, beams=beams, temperature=0.0, length_penalty=0.0)
            ids = writer.write_whole(config).token_ids
            scores[beams] = log_probability(writer, "a", ids)
        assert scores[64] >= scores[1] - 1e-9


def log_probability(writer, prompt, ids):
    predictor = writer.predictor
    logits, state = predictor.read(writer.tokenizer.encode(prompt).tolist(), predictor.initial_state())
    total = 0.0
    for token_id in ids:
        row = logits.astype(float) - logits.max()
        total += row[token_id] - math.log(np.exp(row).sum())
        logits, state = predictor.step(token_id, state)
    return total


def test_the_seed_and_the_temperature_do_not_matter():
    writer = make_writer(text="abcdefgh .")
    config = SamplingConfig(length=20, beams=5)
    others = [replace(config, seed=2), replace(config, temperature=0.0), replace(config, top_k=1, xtc_probability=1.0)]
    completion = writer.write_whole(config).completion
    assert [writer.write_whole(other).completion for other in others] == [completion] * 3


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10**6), st.integers(2, 9), st.integers(0, 50), st.sampled_from(list(ENDS.values())),
    st.sampled_from(["abcdefgh .\n", "e\u0301u\u0308 👩\u200d👧.", "🇩🇪🇫🇷 x"]),
)  # fmt: skip
def test_the_pieces_are_the_completion_in_whole_characters(seed, beams, length, ends, text):
    writer = make_writer(seed, text, 0.8)
    steps, pieces = writer.write(SamplingConfig(length=length, beams=beams, **ends)), []
    while True:
        try:
            pieces.append(next(steps))
        except StopIteration as end:
            sample = end.value
            break
    assert "".join(pieces) == sample.completion
    assert all(pieces)
    places = {found.end() for found in regex.finditer(r"\X", sample.completion)}
    assert set(itertools.accumulate(map(len, pieces))) <= places


def test_what_is_certain_is_shown_before_the_end():
    writer = make_writer(3, "abcdefgh .", 1.5)
    assert len(list(writer.write(SamplingConfig(length=200, beams=3)))) > 2


@pytest.mark.parametrize(
    "options", [{"banned": "a"}, {"no_repeat_ngram": 2}, {"forced": "ba.b"}, {"repetition_penalty": 5.0}]
)
def test_constraints_and_penalties_hold(options):
    writer = make_writer(text="abcdefgh .")
    plain = SamplingConfig(length=12, beams=4)
    completion = writer.write_whole(replace(plain, **options)).completion
    if "banned" in options:
        assert "a" not in completion
    elif "forced" in options:
        assert completion.startswith("ba.b")
    elif "no_repeat_ngram" in options:
        pairs = list(itertools.pairwise(completion))
        assert len(pairs) == len(set(pairs))
    assert len(completion) == 12


def test_as_many_texts_as_there_are_beams_at_the_most():
    writer = make_writer(text="abcdefgh .")
    samples = list(writer.write_many(SamplingConfig(length=6, beams=3), 10))
    assert len({sample.completion for sample in samples}) == len(samples) == 3
    assert {sample.seed for sample in samples} == {1}
    steps = writer.write_side_by_side(SamplingConfig(length=6, beams=3), 2)
    assert list(steps) == [(index, sample.completion) for index, sample in enumerate(samples[:2])]


def test_a_step_of_all_beams_is_one_product():
    writer = make_writer(text="abcdefgh .")
    sizes = []
    step = writer.predictor.step
    writer.predictor.step = lambda ids, state: (sizes.append(np.size(ids)), step(ids, state))[1]
    writer.write_whole(SamplingConfig(length=6, beams=7))
    assert sizes == [7] * 5


def test_cancelled_it_gives_the_best_beginning():
    writer = make_writer(text="abcdefgh .")
    asked = itertools.count()
    prompt = writer.read_prompt("a")
    sample = writer.write_whole(
        SamplingConfig(length=50, beams=3), prompt=prompt, is_cancelled=lambda: next(asked) == 10
    )
    assert (sample.reason, sample.num_tokens) == ("cancelled", 10)
    assert writer.write_whole(SamplingConfig(length=0, beams=3)).completion == ""


@pytest.mark.parametrize("tokens", ["byte", "word"])
def test_the_best_text_is_what_its_tokens_spell(tokens):
    text = "ä ö, the über word. The end\n" * 2
    tokenizer = build_tokenizer(text, CorpusConfig(tokens=tokens, min_count=1))
    config = GruConfig(hidden_size=6, embedding_size=0)
    random = np.random.default_rng(1)
    shapes = parameter_shapes(config, tokenizer.vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=1.0).astype(np.float32) for name, shape in shapes.items()}
    if tokens == "byte":
        arrays["output.bias"][list("äöü".encode())] += 6.0
    writer = Writer(Stepper.from_arrays(config, arrays), tokenizer)
    for sample in writer.write_many(SamplingConfig(prompt="The", length=15, beams=6), 6):
        decoder = tokenizer.decoder()
        decoder.feed(tokenizer.encode("The"))
        assert sample.completion == decoder.feed(sample.token_ids) + decoder.finish()
