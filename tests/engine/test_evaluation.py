"""Losses of texts against independent NumPy loops, and the figures made of them."""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.configuration import from_tables
from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.config.model import GruConfig, LstmConfig, RnnConfig
from engine.errors import BadInput, DamagedFile
from engine.evaluation import evaluate
from engine.evaluation.evaluate import bits_per_character, evaluate_text, finish, num_predicted_characters, perplexity
from engine.evaluation.lanes import Lanes
from engine.evaluation.stream import stream_loss
from engine.evaluation.validation import validation_loss
from engine.models.build import parameter_shapes
from engine.models.language_model import LanguageModel
from engine.models.model_file import LoadedModel
from engine.models.parameters import load_parameters
from engine.text.tokenizers import build_tokenizer


@pytest.fixture(autouse=True)
def one_thread():
    """Products this small only wait for each other on several threads."""
    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(num_threads)


_spec = importlib.util.spec_from_file_location("numpy_reference", Path(__file__).with_name("numpy_reference.py"))
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)

VOCABULARY_SIZE = 6
CONFIGS = {
    "tanh": RnnConfig(hidden_size=7, embedding_size=3),
    "sigmoid": RnnConfig(hidden_size=7, embedding_size=3, activation="sigmoid"),
    "relu": RnnConfig(hidden_size=7, embedding_size=3, activation="relu"),
    "lstm": LstmConfig(hidden_size=7, embedding_size=3, num_layers=2),
    "gru": GruConfig(hidden_size=7, embedding_size=3, num_layers=2, residual=True),
    "lstm, one-hot, tied off, dropout": LstmConfig(hidden_size=7, embedding_size=0, num_layers=2, dropout=0.5),
}


def make_model(config, scale=0.4, seed=0, vocabulary_size=VOCABULARY_SIZE):
    random = np.random.default_rng(seed)
    shapes = parameter_shapes(config, vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=scale).astype(np.float32) for name, shape in shapes.items()}
    model = LanguageModel(config, vocabulary_size)
    load_parameters(model, arrays)
    return model, {name: array.astype(np.float64) for name, array in arrays.items()}


def make_ids(size, seed=1, dtype=np.uint8):
    return np.random.default_rng(seed).integers(VOCABULARY_SIZE, size=size).astype(dtype)


def reference_nats(config, arrays, ids, state=None):
    """Nats of each token after the first, whether it was the likeliest, and the state at the end; float64 loops."""
    if state is None:
        kinds = 2 if config.cell == "lstm" else 1
        state = [[np.zeros((1, config.hidden_size))] * kinds] * config.num_layers
    x_TB = np.asarray(ids, int)[:-1, None]
    logits, state = reference.logits_and_state(config, arrays, x_TB, state, reference.Masks())
    nats, right = [], []
    for row, token_id in zip(logits[:, 0], ids[1:], strict=True):
        nats.append(math.log(sum(math.exp(logit - row[token_id]) for logit in row)))
        right.append(int(np.argmax(row)) == token_id)
    return nats, right, state


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("size", [2, 3, 700])
def test_the_loss_of_a_text_is_that_of_one_stream_from_a_zero_state(name, size):
    model, arrays = make_model(CONFIGS[name])
    ids = make_ids(size)
    wanted, _, _ = reference_nats(CONFIGS[name], arrays, ids)
    loss = finish(stream_loss(model, ids))
    assert len(wanted) == size - 1
    assert loss.loss_nats == pytest.approx(sum(wanted) / (size - 1), abs=1e-6)
    assert loss.total_nats == pytest.approx(sum(wanted), rel=1e-6)


@pytest.mark.parametrize("name", ["lstm", "relu"])
@pytest.mark.parametrize(("size", "num_streams"), [(2, 32), (300, 32), (1500, 3), (1500, 32), (1540, 4)])
def test_validation_reads_contiguous_streams_and_every_token(name, size, num_streams):
    model, arrays = make_model(CONFIGS[name])
    ids = make_ids(size)
    num_lanes = max(1, min(num_streams, (size - 1) // 256))
    length = (size - 1) // num_lanes
    nats, right = [], []
    for lane in range(num_lanes):
        stop = size if lane == num_lanes - 1 else (lane + 1) * length + 1
        lane_nats, lane_right, _ = reference_nats(CONFIGS[name], arrays, ids[lane * length : stop])
        nats, right = nats + lane_nats, right + lane_right
    result = finish(validation_loss(model, ids, num_streams))
    assert len(nats) == size - 1 == result.num_predictions
    assert result.loss_nats == pytest.approx(np.mean(nats), abs=1e-6)
    assert result.accuracy == pytest.approx(np.mean(right), abs=1e-12)


def test_validation_of_a_long_text_reads_the_beginnings_of_streams_that_are_spread_over_it():
    model, ids = make_model(CONFIGS["lstm"])[0], make_ids(40_001)
    streams = [ids[start : start + 1001] for start in (0, 10_000, 20_000, 30_000)]
    expected = sum(1000 * finish(validation_loss(model, stream, 1)).loss_nats for stream in streams) / 4000
    validated = finish(validation_loss(model, ids, 4, most_predictions=4000))
    assert validated.num_predictions == 4000
    assert validated.loss_nats == pytest.approx(expected, abs=1e-6)


def test_large_vocabularies_are_compared_in_slices_with_the_same_result(monkeypatch):
    model, _ = make_model(CONFIGS["lstm"])
    ids = make_ids(1000)
    whole = finish(stream_loss(model, ids))
    validated = finish(validation_loss(model, ids))
    monkeypatch.setattr("engine.evaluation.lanes.MOST_LOGITS", 50)
    assert finish(stream_loss(model, ids)).total_nats == pytest.approx(whole.total_nats, rel=1e-7)
    assert finish(validation_loss(model, ids)).accuracy == validated.accuracy


@pytest.mark.parametrize("evaluation", [stream_loss, validation_loss])
def test_evaluating_changes_nothing_of_a_training_model(evaluation):
    config = CONFIGS["lstm, one-hot, tied off, dropout"]
    model, _ = make_model(config)
    model.generator = torch.Generator().manual_seed(3)
    model.compute_dtype = torch.bfloat16
    model.train()
    before = {name: parameter.clone() for name, parameter in model.named_parameters()}
    own, shared = model.generator.get_state(), torch.get_rng_state()
    for _ in evaluation(model, make_ids(2000)):
        assert model.training
        assert model.compute_dtype is torch.bfloat16
        assert torch.is_grad_enabled()
    assert torch.equal(model.generator.get_state(), own)
    assert torch.equal(torch.get_rng_state(), shared)
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, before[name])
        assert parameter.requires_grad
        assert parameter.grad is None


@pytest.mark.parametrize("evaluation", [stream_loss, validation_loss])
def test_evaluating_in_between_does_not_change_a_training_step(evaluation):
    config = CONFIGS["lstm, one-hot, tied off, dropout"]
    x_TB, y_TB = torch.from_numpy(make_ids(2 * 20 * 3, dtype=np.int64).reshape(2, 20, 3))

    def gradients(is_evaluated):
        model, _ = make_model(config)
        model.generator = torch.Generator().manual_seed(3)
        _, state = model.loss(x_TB, y_TB)
        if is_evaluated:
            finish(evaluation(model, make_ids(600)))
        loss, _ = model.loss(y_TB, x_TB, tuple(tuple(tensor.detach() for tensor in layer) for layer in state))
        loss.backward()
        return [parameter.grad for parameter in model.parameters()]

    assert all(torch.equal(a, b) for a, b in zip(gradients(False), gradients(True), strict=True))


def test_a_model_is_as_it_was_when_an_evaluation_is_abandoned():
    model, _ = make_model(CONFIGS["lstm"])
    model.train()
    steps = validation_loss(model, make_ids(2000))
    next(steps)
    steps.close()
    assert model.training
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("evaluation", [stream_loss, validation_loss])
def test_evaluating_twice_gives_the_same_bits(evaluation):
    model, _ = make_model(CONFIGS["gru"])
    ids = make_ids(5000)
    assert finish(evaluation(model, ids)) == finish(evaluation(model, ids))


@pytest.mark.parametrize("evaluation", [stream_loss, validation_loss])
def test_the_share_done_rises_to_one(evaluation):
    model, _ = make_model(CONFIGS["gru"])
    shares = list(evaluation(model, make_ids(5000)))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert all(0 < share <= 1 for share in shares)


@pytest.mark.parametrize("dtype", ["<u1", "<u2", "<u4", "int64"])
def test_ids_are_read_through_a_memory_map(tmp_path, dtype):
    model, _ = make_model(CONFIGS["lstm"])
    ids = make_ids(900, dtype=dtype)
    (tmp_path / "ids.bin").write_bytes(b"\0" * 8 + ids.tobytes())
    mapped = np.memmap(tmp_path / "ids.bin", dtype, mode="r", offset=8)
    assert finish(stream_loss(model, mapped)) == finish(stream_loss(model, ids))


@pytest.mark.parametrize("wrong", [VOCABULARY_SIZE, -1])
def test_ids_that_the_model_does_not_know_are_refused(wrong):
    model, _ = make_model(CONFIGS["lstm"])
    ids = make_ids(300, dtype=np.int64)
    ids[200] = wrong
    with pytest.raises(DamagedFile):
        finish(stream_loss(model, ids))


def test_validation_in_bfloat16_is_near_that_in_float32():
    model, _ = make_model(CONFIGS["lstm"])
    ids = make_ids(2000)
    exact = finish(validation_loss(model, ids)).loss_nats
    rounded = finish(validation_loss(model, ids, compute_dtype=torch.bfloat16)).loss_nats
    assert exact != rounded
    assert rounded == pytest.approx(exact, abs=0.02)


def make_loaded(tokens, text, cleaning=None, scale=0.4, **corpus):
    corpus = {"tokens": tokens, **corpus}
    configuration = from_tables({
        "model": {"cell": "lstm", "hidden_size": 7, "embedding_size": 3}, "corpus": corpus, "training": {"steps": 1},
    })  # fmt: skip
    tokenizer = build_tokenizer(text, CorpusConfig(**corpus))
    random = np.random.default_rng(0)
    shapes = parameter_shapes(configuration.model, tokenizer.vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=scale).astype(np.float32) for name, shape in shapes.items()}
    return LoadedModel(
        configuration=configuration, tokenizer=tokenizer, cleaning=cleaning or CleaningConfig(), arrays=arrays
    )


def wanted_nats(model, ids):
    arrays = {name: array.astype(np.float64) for name, array in model.arrays.items()}
    return sum(reference_nats(model.configuration.model, arrays, ids)[0])


def test_the_figures_of_a_character_model():
    text = "to be or not to be,\nthat is the question"
    model = make_loaded("char", text)
    nats = wanted_nats(model, model.tokenizer.encode(text))
    result = evaluate_text(model, text)
    assert (result.tokens, result.characters, result.unknown_share) == (len(text), len(text), 0)
    assert result.loss_nats == pytest.approx(nats / (len(text) - 1), abs=1e-6)
    assert result.perplexity == pytest.approx(math.exp(nats / (len(text) - 1)), rel=1e-5)
    assert result.bits_per_character == pytest.approx(nats / math.log(2) / (len(text) - 1), rel=1e-6)


def test_bits_per_character_of_a_byte_model_count_characters():
    text = "añb€ç"
    model = make_loaded("byte", text)
    nats = wanted_nats(model, list(text.encode()))
    result = evaluate_text(model, text)
    assert (result.tokens, result.characters) == (9, 5)
    assert result.bits_per_character == pytest.approx(nats / math.log(2) / 4, rel=1e-6)


def test_a_first_character_of_several_bytes_counts_as_predicted():
    tokenizer = build_tokenizer("", CorpusConfig(tokens="byte"))
    assert num_predicted_characters(tokenizer, "€".encode()[0], 3) == 3
    assert num_predicted_characters(tokenizer, ord("a"), 3) == 2


def test_bits_per_character_are_left_out_for_a_model_with_an_unknown_token():
    text = "the cat and the dog and the cow"
    model = make_loaded("word", text, min_count=2)
    result = evaluate_text(model, text)
    assert result.bits_per_character is None
    assert result.unknown_share == pytest.approx(3 / 8)
    assert result.tokens == 8


def test_characters_that_a_model_does_not_know_are_counted():
    model = make_loaded("char", "abc def")
    result = evaluate_text(model, "abc äöx def")
    assert result.unknown_share == pytest.approx(3 / 11)
    assert result.bits_per_character is not None


def test_the_text_is_cleaned_as_the_corpus_was():
    model = make_loaded("char", "abc\ndef", cleaning=CleaningConfig(lower_case=True))
    result = evaluate_text(model, "ABC\r\nDEF")
    assert result == evaluate_text(model, "abc\ndef")
    assert result.characters == 7


@pytest.mark.parametrize("text", ["", "a"])
def test_a_text_of_fewer_than_two_tokens_is_refused(text):
    with pytest.raises(BadInput):
        evaluate_text(make_loaded("char", "abc"), text)


def test_half_a_character_is_refused():
    with pytest.raises(BadInput):
        evaluate_text(make_loaded("char", "abc"), "ab\ud800c")


def test_numbers_that_json_cannot_hold_are_left_out():
    assert perplexity(2.0) == pytest.approx(math.exp(2))
    assert perplexity(1000.0) is None
    assert perplexity(math.nan) is None
    tokenizer = build_tokenizer("ab", CorpusConfig())
    assert bits_per_character(tokenizer, math.inf, 3) is None
    assert bits_per_character(tokenizer, 1.0, 0) is None


def test_a_model_that_is_far_off_has_a_loss_but_no_perplexity():
    model = make_loaded("char", "abab", scale=0.0)
    model.arrays["output.bias"][:] = [2000.0, 0.0]
    record = evaluate_text(model, "abababab").as_record()
    assert record["loss_nats"] == pytest.approx(2000 * 4 / 7)
    assert record["perplexity"] is None


def test_the_record_has_the_fields_of_the_command():
    record = evaluate_text(make_loaded("char", "abc"), "abcabc").as_record()
    assert list(record) == ["tokens", "characters", "loss_nats", "perplexity", "bits_per_character", "unknown_share"]


def test_unknown_tokens_are_counted_through_a_memory_map(tmp_path):
    ids = make_ids(1000)
    (tmp_path / "ids.bin").write_bytes(ids.tobytes())
    mapped = np.memmap(tmp_path / "ids.bin", np.uint8, mode="r")
    assert evaluate._share_of(mapped, 2) == pytest.approx((ids == 2).mean())
    assert evaluate._share_of(mapped, None) == 0


def test_lanes_start_from_the_state_they_are_given():
    config = CONFIGS["lstm"]
    model, _ = make_model(config)
    ids = make_ids(60)
    lanes = Lanes(model, ids)
    nats_B, _, state_MBH = lanes.read([0, 30], 20, lanes.zero_state(2))
    more_B, _, _ = lanes.read([20, 50], 9, state_MBH)
    both_B, _, _ = lanes.read([0, 30], 29, lanes.zero_state(2))
    torch.testing.assert_close(nats_B + more_B, both_B, rtol=1e-6, atol=1e-6)
