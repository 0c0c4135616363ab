"""Filling a gap, and judging what fills it by what stands after it."""

import itertools
import math

import numpy as np
import pytest

from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.config.model import GruConfig
from engine.config.sampling import SamplingConfig
from engine.errors import BadInput, Cancelled
from engine.models.build import parameter_shapes
from engine.sampling.beginning import first_ids
from engine.sampling.completion import Sample
from engine.sampling.gap import TOKENS_AFTER, fill_gap, gap_text
from engine.sampling.generate import Writer
from engine.sampling.stepper import Stepper
from engine.text.tokenizers import build_tokenizer

TEXT = "The quick brown fox. It jumps, over the lazy dog\nand says no.\n" * 3


def make_writer(tokens="char", cleaning=None, text=TEXT):
    tokenizer = build_tokenizer(text, CorpusConfig(tokens=tokens))
    config = GruConfig(hidden_size=10, embedding_size=4)
    random = np.random.default_rng(1)
    shapes = parameter_shapes(config, tokenizer.vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=0.7).astype(np.float32) for name, shape in shapes.items()}
    return Writer(Stepper.from_arrays(config, arrays), tokenizer, cleaning)


def judged(writer, before, text, right, style):
    """log P of the first tokens of `right`, one token after another."""
    left = before + text
    ids, left_ids = writer.token_ids(left + right), writer.token_ids(left)
    start = next(
        (place for place, (one, other) in enumerate(zip(ids, left_ids, strict=False)) if one != other),
        min(len(ids), len(left_ids)),
    )
    known = ids[:start] if before or style else (*first_ids(writer.tokenizer), *ids[:start])
    logits, state = writer.read_ids(known, style=style)
    total = 0.0
    for token_id in ids[start : start + TOKENS_AFTER[writer.tokenizer.kind]]:
        row = logits.astype(float) - logits.max()
        total += row[token_id] - math.log(np.exp(row).sum())
        logits, state = writer.predictor.step(token_id, state)
    return total


@pytest.mark.parametrize("tokens", ["char", "byte", "word"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The quick", " lazy dog and then some more, and over the fox. " * 3), ("The quick ", "fox."), ("", "The"),
        ("It jumps. ", "And says"), ("The qu", "\nno"), ("fox.", " It"), ("The", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("options", [{}, {"style": "no dog.", "num_words": 2}, {"complete_word": True, "top_k": 9}])
def test_candidates_are_ranked_by_the_probability_of_what_follows(tokens, before, after, options):
    writer = make_writer(tokens)
    config = SamplingConfig(length=12, temperature=1.0, seed=5, **options)
    candidates = list(fill_gap(writer, before, after, config, 6))
    scores = [candidate.log_probability_after for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    assert len({candidate.text for candidate in candidates}) == len(candidates) > 0
    for candidate in candidates:
        score = judged(writer, before, candidate.text, after, options.get("style", ""))
        assert candidate.log_probability_after == pytest.approx(score, abs=1e-4)
        sample = writer.write_whole(SamplingConfig(**{**vars(config), "prompt": before, "seed": candidate.seed}))
        assert gap_text(sample, before, after) == candidate.text


def text_in_gap(completion, after, reason="length", before="x "):
    sample = Sample(prompt=before, completion=completion, num_tokens=9, seed=1, reason=reason)
    return gap_text(sample, before, after)


def test_a_candidate_ends_at_the_end_of_a_word():
    assert text_in_gap("old brown do", " jumps") == "old brown"
    assert text_in_gap("old brown do", "jumps") == "old brown "
    assert text_in_gap("old, brown", ".") == "old"
    assert text_in_gap("brow", " jumps") == "brow"
    assert text_in_gap("old brown.", " Then") == "old brown"
    assert text_in_gap("old brown dog", "jumps", "words") == "old brown dog "
    assert text_in_gap("Old dog.", " Then", "sentence") == "Old dog."
    assert text_in_gap("", "jumps", before="old") == " "
    assert text_in_gap("", "jumps", before="old ") == ""


def test_all_candidates_are_read_side_by_side():
    writer = make_writer()
    sizes = []
    step = writer.predictor.step
    writer.predictor.step = lambda ids, state: (sizes.append(np.size(ids)), step(ids, state))[1]
    list(fill_gap(writer, "The quick", " dog", SamplingConfig(length=10, temperature=2.0), 8))
    assert sizes[:9] == [8] * 9
    assert len(sizes) < 9 + 10 + 4


def test_the_text_is_read_as_the_corpus_was_cleaned():
    text = TEXT.lower()
    plain, cleaning = make_writer(text=text), make_writer(text=text, cleaning=CleaningConfig(lower_case=True))
    config = SamplingConfig(length=10)
    assert list(fill_gap(cleaning, "THE QUICK", " DOG", config, 3)) == list(
        fill_gap(plain, "the quick", " dog", config, 3)
    )


def test_it_can_be_cancelled_at_any_time():
    writer = make_writer()
    config = SamplingConfig(length=10)
    asked = itertools.count()
    list(fill_gap(writer, "The", " dog", config, 3, lambda: next(asked) < 0))
    for last in range(1, next(asked)):
        asked = itertools.count()
        with pytest.raises(Cancelled):
            list(fill_gap(writer, "The", " dog", config, 3, lambda last=last, asked=asked: next(asked) >= last))


def test_half_a_character_is_refused():
    writer = make_writer()
    for before, after in (("a\ud800", "b"), ("a", "b\ud800")):
        with pytest.raises(BadInput):
            list(fill_gap(writer, before, after, SamplingConfig(length=3), 2))
