"""Writing with a model: lengths, prompts, stop strings, streaming, several samples."""

import itertools

import numpy as np
import pytest

from engine.config.configuration import from_tables
from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.config.model import GruConfig, LstmConfig
from engine.config.sampling import SamplingConfig
from engine.errors import BadInput, Cancelled
from engine.models.build import parameter_shapes
from engine.models.model_file import LoadedModel
from engine.sampling.choice import derived_seed
from engine.sampling.generate import Writer
from engine.sampling.stepper import Stepper
from engine.text.tokenizers import build_tokenizer

TEXT = "The quick brown fox\njumps over the lazy dog, and then he said: no.\n" * 3
CONFIG = LstmConfig(hidden_size=12, embedding_size=6, num_layers=2)
TOKENS = {
    "char": CorpusConfig(),
    "char with <unk>": CorpusConfig(unknown_character=True, min_count=4),
    "byte": CorpusConfig(tokens="byte"),
    "word": CorpusConfig(tokens="word", min_count=2),
}


def make_writer(tokens="char", text=TEXT, config=CONFIG, seed=3, scale=0.5, cleaning=None, biases=()):
    tokenizer = build_tokenizer(text, TOKENS[tokens])
    random = np.random.default_rng(seed)
    shapes = parameter_shapes(config, tokenizer.vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=scale).astype(np.float32) for name, shape in shapes.items()}
    for token_id, bias in biases:
        arrays["output.bias"][token_id] = bias
    return Writer(Stepper.from_arrays(config, arrays), tokenizer, cleaning), tokenizer


def stream(writer, settings, **options):
    """The pieces, and the sample."""
    pieces, steps = [], writer.write(settings, **options)
    while True:
        try:
            pieces.append(next(steps))
        except StopIteration as end:
            return pieces, end.value


@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("prompt", ["", "The quick", "lazy dog,\n", "The quick ", " "])
@pytest.mark.parametrize("length", [0, 1, 57])
def test_a_sample_is_the_prompt_and_exactly_so_many_tokens(tokens, prompt, length):
    writer, tokenizer = make_writer(tokens)
    sample = writer.write_whole(SamplingConfig(prompt=prompt, length=length, temperature=1.0))
    assert sample.num_tokens == length
    assert sample.text == prompt + sample.completion
    if tokens == "char":
        assert len(sample.completion) == length
    if tokens == "word" and not prompt.endswith(" "):
        prompt_ids, _ = tokenizer.encode_prompt(prompt)
        assert len(tokenizer.encode(prompt + sample.completion)) == len(prompt_ids) + length


@pytest.mark.parametrize("tokens", TOKENS)
def test_the_pieces_are_the_completion(tokens):
    writer, _ = make_writer(tokens)
    settings = SamplingConfig(prompt="The quick", length=200, temperature=1.5)
    pieces, sample = stream(writer, settings)
    assert "".join(pieces) == sample.completion
    assert len(pieces) > 20
    assert all(pieces)


def test_a_byte_model_holds_back_incomplete_characters():
    text = "äöü€" * 20
    writer, tokenizer = make_writer("byte", text)
    settings = SamplingConfig(length=300, temperature=1.0, seed=4)
    stepper_ids = []
    decoder = tokenizer.decoder()
    pieces, sample = stream(writer, settings)
    assert "".join(pieces) == sample.completion
    for piece in pieces[:-1]:
        stepper_ids += piece.encode()
        assert piece == decoder.feed(tuple(piece.encode())) or "\N{REPLACEMENT CHARACTER}" in piece


def test_a_byte_model_that_wrote_whole_characters_is_shown_whole_characters():
    euro = "€".encode()
    tokenizer = build_tokenizer("€", TOKENS["byte"])
    config = GruConfig(hidden_size=1, embedding_size=0)
    shapes = parameter_shapes(config, 256)
    arrays = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    # The candidate is a code of the last byte, and the update gate lets it through.
    arrays["layers.0.bias"][1] = -40
    arrays["layers.0.weight_ih"][2, list(euro)] = [-10.0, 0.0, 10.0]
    arrays["output.bias"][:] = -1e4
    for byte, slope, bias in zip(euro, (30.0, -30.0, 0.0), (0.0, 0.0, 10.0), strict=True):
        arrays["output.weight"][byte, 0], arrays["output.bias"][byte] = slope, bias
    pieces, sample = stream(
        Writer(Stepper.from_arrays(config, arrays), tokenizer), SamplingConfig(prompt="€", length=8, temperature=0.0)
    )
    assert pieces == ["€", "€", "\N{REPLACEMENT CHARACTER}"]
    assert sample.num_tokens == 8


def test_the_same_seed_writes_the_same_text_and_another_seed_another():
    writer, _ = make_writer()
    first, again, other = (
        writer.write_whole(SamplingConfig(length=80, temperature=1.0, seed=seed)).text for seed in (5, 5, 6)
    )
    assert first == again != other


def test_greedy_does_not_depend_on_the_seed():
    writer, _ = make_writer()
    texts = {writer.write_whole(SamplingConfig(length=60, temperature=0.0, seed=seed)).text for seed in range(4)}
    assert len(texts) == 1


def test_greedy_takes_the_likeliest_token_each_time():
    writer, tokenizer = make_writer()
    stepper = writer._stepper
    sample = writer.write_whole(SamplingConfig(prompt="fox", length=30, temperature=0.0))
    ids = tokenizer.encode("fox" + sample.completion).tolist()
    for end in range(3, 33):
        logits, _ = stepper.read(ids[:end], stepper.initial_state())
        assert logits[ids[end]] >= logits.max() - 1e-5


def test_without_a_prompt_the_model_begins_after_a_line_end_that_is_not_shown():
    writer, tokenizer = make_writer()
    settings = SamplingConfig(length=40, temperature=1.0)
    prompted = writer.write_whole(SamplingConfig(prompt="\n", length=40, temperature=1.0))
    sample = writer.write_whole(settings)
    assert tokenizer.line_end_id is not None
    assert sample.completion == prompted.completion
    assert sample.text == sample.completion


def test_without_a_prompt_and_without_line_ends_the_model_begins_all_the_same():
    writer, tokenizer = make_writer(text="no line ends in here")
    assert tokenizer.line_end_id is None
    assert len(writer.write_whole(SamplingConfig(length=25)).text) == 25


def test_unknown_characters_of_a_prompt_are_named_and_kept_in_the_text():
    writer, _ = make_writer()
    sample = writer.write_whole(SamplingConfig(prompt="Ça va €5", length=10))
    assert sample.replaced == ("Ç", "€", "5")
    assert sample.text.startswith("Ça va €5")


def test_half_a_character_in_a_prompt_is_refused():
    for cleaning in (None, CleaningConfig()):
        writer, _ = make_writer(cleaning=cleaning)
        with pytest.raises(BadInput):
            writer.read_prompt("a\ud800")


@pytest.mark.parametrize("tokens", ["char with <unk>", "word"])
def test_the_unknown_token_is_never_written(tokens):
    tokenizer = build_tokenizer(TEXT, TOKENS[tokens])
    writer, _ = make_writer(tokens, biases=[(tokenizer.unknown_id, 50.0)])
    for settings in (SamplingConfig(length=200, temperature=100.0), SamplingConfig(length=20, temperature=0.0)):
        samples = [writer.write_whole(settings), *writer.write_many(settings, 3)]
        assert not any("<unk>" in sample.text or "\N{REPLACEMENT CHARACTER}" in sample.text for sample in samples)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("place", [0, 1, 5, 180])
def test_the_text_ends_before_the_stop_string(place, size):
    writer, _ = make_writer()
    plain = writer.write_whole(SamplingConfig(prompt="oth", length=400, temperature=3.0))
    stop = plain.completion[place : place + size]
    pieces, sample = stream(writer, SamplingConfig(prompt="oth", length=400, temperature=3.0, stop=stop))
    assert sample.completion == plain.completion.split(stop)[0] == "".join(pieces)
    assert sample.num_tokens == plain.completion.index(stop) + len(stop)


def test_what_may_begin_a_stop_string_is_shown_when_the_text_is_at_its_end():
    writer, _ = make_writer()
    plain = writer.write_whole(SamplingConfig(length=30, temperature=1.0))
    stop = plain.completion[-3:] + "~"
    assert writer.write_whole(SamplingConfig(length=30, temperature=1.0, stop=stop)).completion == plain.completion


@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("temperature", [0.0, 0.9, 100.0])
def test_each_of_several_samples_is_what_its_seed_writes_alone(tokens, temperature):
    writer, _ = make_writer(tokens)
    settings = SamplingConfig(prompt="The", length=60, temperature=temperature, seed=9)
    samples = list(writer.write_many(settings, 5))
    assert [sample.seed for sample in samples] == [derived_seed(9, index) for index in range(5)]
    for sample in samples:
        alone = SamplingConfig(prompt="The", length=60, temperature=temperature, seed=sample.seed)
        assert sample == writer.write_whole(alone)


def test_the_first_of_a_billion_samples_is_there_before_the_others():
    writer, _ = make_writer()
    assert next(writer.write_many(SamplingConfig(length=1, seed=9), 10**9)).seed == derived_seed(9, 0)


def test_several_samples_end_at_their_stop_strings_each():
    writer, _ = make_writer()
    settings = SamplingConfig(prompt="The", length=300, temperature=2.0, stop="e")
    plain = writer.write_many(SamplingConfig(prompt="The", length=300, temperature=2.0), 6)
    samples = list(writer.write_many(settings, 6))
    assert [sample.completion for sample in samples] == [sample.completion.split("e")[0] for sample in plain]
    assert len({sample.num_tokens for sample in samples}) > 1


def test_more_samples_than_fit_side_by_side_are_all_written(monkeypatch):
    monkeypatch.setattr("engine.sampling.generate.MOST_CANDIDATES", 3)
    writer, _ = make_writer()
    samples = list(writer.write_many(SamplingConfig(length=5, temperature=1.0), 7))
    assert [sample.num_tokens for sample in samples] == [5] * 7
    assert len({sample.text for sample in samples}) == 7


def test_a_cancelled_sample_is_what_there_was():
    writer, _ = make_writer()
    answers = itertools.count()
    sample = writer.write_whole(SamplingConfig(length=50, temperature=1.0), is_cancelled=lambda: next(answers) > 12)
    whole = writer.write_whole(SamplingConfig(length=50, temperature=1.0))
    assert 0 < sample.num_tokens < 13
    assert whole.completion.startswith(sample.completion)


def test_reading_a_long_prompt_can_be_cancelled():
    writer, _ = make_writer()
    answers = itertools.count()
    with pytest.raises(Cancelled):
        writer.read_prompt("the " * 1000, lambda: next(answers) == 3)


def test_a_prompt_is_read_as_the_corpus_was_cleaned_but_stays_as_it_is():
    plain, _ = make_writer(text=TEXT.lower())
    cleaning, _ = make_writer(text=TEXT.lower(), cleaning=CleaningConfig(lower_case=True))
    known = plain.write_whole(SamplingConfig(prompt="the quick\n", length=40))
    sample = cleaning.write_whole(SamplingConfig(prompt="THE quick\r\n", length=40))
    assert sample.replaced == ()
    assert sample.text == "THE quick\r\n" + known.completion


def test_one_prompt_serves_many_completions():
    writer, _ = make_writer()
    prompt = writer.read_prompt("The quick")
    texts = [writer.write_whole(SamplingConfig(length=30, seed=seed), prompt=prompt).text for seed in (1, 2, 1)]
    fresh = writer.write_whole(SamplingConfig(prompt="The quick", length=30, seed=1)).text
    assert texts[0] == texts[2] == fresh != texts[1]


def test_a_word_prompt_that_ends_with_a_space_gets_no_second_one():
    writer, _ = make_writer("word")
    settings = SamplingConfig(prompt="The quick ", length=30, temperature=1.0)
    spaced = writer.write_whole(settings).text
    bare = writer.write_whole(SamplingConfig(prompt="The quick", length=30, temperature=1.0)).text
    assert spaced == bare or spaced == bare.replace("The quick", "The quick ", 1)
    assert "quick  " not in spaced


def test_a_model_from_a_file_writes_what_its_weights_write():
    writer, tokenizer = make_writer()
    random = np.random.default_rng(3)
    shapes = parameter_shapes(CONFIG, tokenizer.vocabulary_size)
    model = LoadedModel(
        configuration=from_tables({
            "model": {"cell": "lstm", "hidden_size": 12, "embedding_size": 6, "num_layers": 2},
            "training": {"steps": 1},
        }),
        tokenizer=tokenizer, cleaning=CleaningConfig(), title="",
        arrays={name: random.normal(size=shape, scale=0.5).astype(np.float32) for name, shape in shapes.items()},
    )  # fmt: skip
    settings = SamplingConfig(length=50)
    assert Writer.from_model(model).write_whole(settings) == writer.write_whole(settings)
