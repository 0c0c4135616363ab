"""Writing with a model: lengths, prompts, stop strings, streaming, several samples."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import regex

from engine.config.configuration import from_tables
from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.config.model import GruConfig, LstmConfig
from engine.config.sampling import SamplingConfig
from engine.config.texts_of import joined_texts
from engine.errors import BadInput, Cancelled
from engine.models.build import parameter_shapes
from engine.models.model_file import LoadedModel
from engine.sampling.choice import derived_seed
from engine.sampling.generate import Writer
from engine.sampling.stepper import Stepper
from engine.sampling.stopping import Stopping
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
    assert pieces == ["€", "€\N{REPLACEMENT CHARACTER}"]
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
    stepper = writer.predictor
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
    config = SamplingConfig(prompt="oth", length=400, temperature=3.0, stop=joined_texts([stop]))
    pieces, sample = stream(writer, config)
    assert sample.completion == plain.completion.split(stop)[0] == "".join(pieces)
    assert sample.num_tokens == plain.completion.index(stop) + len(stop)


def test_what_may_begin_a_stop_string_is_shown_when_the_text_is_at_its_end():
    writer, _ = make_writer()
    plain = writer.write_whole(SamplingConfig(length=30, temperature=1.0))
    config = SamplingConfig(length=30, temperature=1.0, stop=joined_texts([plain.completion[-3:] + "~"]))
    assert writer.write_whole(config).completion == plain.completion


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


OPTIONS = {
    "top k": {"top_k": 5},
    "top p": {"top_p": 0.7, "min_p": 0.05},
    "xtc": {"xtc_probability": 0.5, "xtc_threshold": 0.05},
    "mirostat": {"mirostat_target": 3.0},
    "penalties": {"repetition_penalty": 1.3, "frequency_penalty": 0.2, "presence_penalty": 0.1},
    "no repeats": {"no_repeat_ngram": 2, "dry_multiplier": 0.8},
    "schedule": {"temperature_change": 1.5, "dynamic_range": 0.3},
    "banned": {"banned": "e"},
    "words": {"choose_at": "words"},
    "words and more": {"choose_at": "words", "top_k": 4, "repetition_penalty": 1.2},
    "ends": {"end_at": "line", "num_words": 4, "stop": "ov\nqu"},
    "style": {"style": "A dog.", "complete_word": True},
    "forced": {"forced": "the\nfox"},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("tokens", ["char", "word"])
def test_with_any_option_each_of_several_samples_is_what_its_seed_writes_alone(tokens, options):
    writer, _ = make_writer(tokens)
    config = SamplingConfig(prompt="The qu", length=40, seed=9, temperature=1.2, **options)
    for sample in writer.write_many(config, 4):
        assert sample == writer.write_whole(replace(config, seed=sample.seed))
        assert len(sample.token_ids) == sample.num_tokens <= 40


def test_with_any_option_many_samples_take_one_product_a_step():
    writer, _ = make_writer()
    sizes = []
    step = writer.predictor.step
    writer.predictor.step = lambda ids, state: (sizes.append(np.size(ids)), step(ids, state))[1]
    list(writer.write_many(SamplingConfig(length=20, top_k=8, choose_at="words", repetition_penalty=1.1), 16))
    assert sizes == [16] * 19


def test_samples_side_by_side_come_in_pieces():
    writer, _ = make_writer()
    config = SamplingConfig(prompt="The", length=30, temperature=1.0, end_at="line")
    pieces = [""] * 5
    steps = writer.write_side_by_side(config, 5)
    while True:
        try:
            index, piece = next(steps)
        except StopIteration as end:
            samples = end.value
            break
        pieces[index] += piece
    assert samples == list(writer.write_many(config, 5))
    assert pieces == [sample.completion for sample in samples]


def test_more_samples_than_fit_side_by_side_keep_their_places(monkeypatch):
    monkeypatch.setattr("engine.sampling.generate.MOST_CANDIDATES", 2)
    writer, _ = make_writer()
    config = SamplingConfig(length=4, temperature=1.0)
    assert {index for index, _ in writer.write_side_by_side(config, 5)} == set(range(5))


def test_within_words_the_likeliest_letter_follows_and_chance_begins_them():
    writer, tokenizer = make_writer(scale=1.0, biases=[(1, 2.0)])
    config = SamplingConfig(prompt="The ", length=120, temperature=1.0, choose_at="words")
    first, second = (writer.write_whole(replace(config, seed=seed)) for seed in (1, 2))
    assert first.completion != second.completion
    num_chosen = 0
    for sample in (first, second):
        ids = tokenizer.encode(sample.text).tolist()
        for place in range(4, len(ids)):
            if sample.text[place - 1].isalnum():
                logits, _ = writer.predictor.read(ids[:place], writer.predictor.initial_state())
                assert logits[ids[place]] >= logits.max() - 1e-5
                num_chosen += 1
    assert num_chosen > 20


def test_chance_chooses_all_bytes_of_the_first_letter():
    writer, _ = make_writer("byte", scale=0.0, biases=[(token_id, 30.0) for token_id in "äö".encode()])
    config = SamplingConfig(prompt=" ", length=2, temperature=1.0, choose_at="words")
    seen = {writer.write_whole(replace(config, seed=seed)).token_ids for seed in range(60)}
    assert {tuple("ä".encode()), tuple("ö".encode())} <= seen


def test_a_style_is_read_before_the_prompt_and_is_not_part_of_the_text():
    writer, _ = make_writer()
    styled = writer.write_whole(SamplingConfig(style="over € the dog.", prompt="The 7", length=40))
    whole = writer.write_whole(SamplingConfig(prompt="over ? the dog.\nThe 7", length=40))
    assert styled.completion == whole.completion
    assert styled.prompt == "The 7"
    assert styled.replaced == ("7",)
    again = writer.read_prompt("The 7", style="over € the dog.\n")
    assert writer.write_whole(SamplingConfig(length=40), prompt=again) == styled


def test_a_style_without_a_prompt_begins_a_line_of_its_own():
    writer, _ = make_writer()
    styled = writer.write_whole(SamplingConfig(style="the dog.", length=40))
    assert styled.completion == writer.write_whole(SamplingConfig(prompt="the dog.\n", length=40)).completion


def test_the_reason_says_why_a_text_ended():
    writer, _ = make_writer()
    plain = SamplingConfig(prompt="The", length=300, temperature=1.5)
    reasons = {
        writer.write_whole(replace(plain, **options)).reason
        for options in ({}, {"stop": "e"}, {"end_at": "line"}, {"num_words": 2})
    }
    assert reasons == {"length", "stop", "line", "words"}
    prompt = writer.read_prompt("The")
    assert writer.write_whole(plain, prompt=prompt, is_cancelled=lambda: True).reason == "cancelled"
    asked = itertools.count()
    samples = list(writer.write_many(plain, 3, lambda: next(asked) > 9, prompt=prompt))
    assert [(sample.reason, sample.num_tokens) for sample in samples] == [("cancelled", 10)] * 3


@pytest.mark.parametrize("tokens", ["char", "byte", "word"])
def test_ends_cut_the_text_that_would_have_been_written(tokens):
    writer, _ = make_writer(tokens)
    plain = SamplingConfig(prompt="The", length=200, temperature=1.0)
    for seed in range(3):
        whole = writer.write_whole(replace(plain, seed=seed)).completion
        for options in ({"end_at": "line"}, {"end_at": "sentence"}, {"end_at": "paragraph"}, {"num_words": 3}):
            config = replace(plain, seed=seed, **options)
            ending = Stopping(config, "The")
            pieces, sample = stream(writer, config)
            assert sample.completion == "".join(pieces) == ending.feed(whole) + ending.finish()


class Script:
    """A predictor that writes a text, whatever is chosen; its state is the place in it."""

    def __init__(self, script, text=None, tokens="char"):
        self.tokenizer = build_tokenizer(text or script, TOKENS[tokens])
        self.script = self.tokenizer.encode(script).tolist()
        self.vocabulary_size = self.tokenizer.vocabulary_size

    def initial_state(self, num_candidates=None):
        return np.zeros(() if num_candidates is None else num_candidates, int)

    def step(self, _token_ids, state):
        logits = np.full((*np.shape(state), self.vocabulary_size), -50.0, np.float32)
        following = np.array(self.script)[np.minimum(state, len(self.script) - 1)]
        np.put_along_axis(logits, following[..., np.newaxis], 50.0, axis=-1)
        return logits, state + 1

    def read(self, token_ids, state):
        return self.step(token_ids, state)

    def fork(self, state, num_candidates):
        return np.repeat(state, num_candidates)

    def select(self, state, candidates):
        return state[candidates]


def script_writer(script, text=None, tokens="char"):
    predictor = Script(script, text, tokens)
    return Writer(predictor, predictor.tokenizer)


FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize("tokens", ["char", "byte"])
def test_a_stream_gives_whole_characters_as_a_person_sees_them(tokens):
    text = f"Cafe\u0301 {FAMILY}{FAMILY} 🇩🇪🇫🇷, नमस्ते. 한글\r\n"
    writer = script_writer(text, tokens=tokens)
    num_tokens = len(writer.tokenizer.encode(text))
    config = SamplingConfig(length=num_tokens, temperature=1.0)
    pieces, sample = stream(writer, config)
    assert sample.completion == "".join(pieces) == text
    assert pieces == regex.findall(r"\X", text)
    assert next(writer.write_many(config, 2)).completion == text


def test_a_flag_that_the_prompt_began_is_finished_by_the_first_piece():
    writer = script_writer("🇪🇫🇷x", "🇩🇪🇫🇷x")
    pieces, _ = stream(writer, SamplingConfig(prompt="🇩", length=4))
    assert pieces == ["🇪", "🇫🇷", "x"]


def test_a_stop_string_may_begin_in_text_held_back():
    writer = script_writer(f"one\n\ntwo {FAMILY} end\n\nStop")
    config = SamplingConfig(length=60, end_at="length", stop=joined_texts(["\n\nStop", f"{FAMILY}!"]))
    pieces, sample = stream(writer, config)
    assert sample.completion == "".join(pieces) == f"one\n\ntwo {FAMILY} end"
    assert sample.reason == "stop"
    assert any("\n\n" in piece for piece in pieces)
    assert stream(writer, replace(config, end_at="paragraph"))[1].completion == "one"


def test_a_sentence_ends_with_its_closing_quote():
    writer = script_writer("“Who is J. Smith?” Nobody knew. ")
    sample = writer.write_whole(SamplingConfig(length=60, end_at="sentence"))
    assert sample.completion == "“Who is J. Smith?”"
    assert sample.reason == "sentence"
    assert writer.write_whole(SamplingConfig(length=60, num_words=3)).completion == "“Who is J."
