"""Model files: what is written is read again, and what is damaged, foreign or newer is refused in one sentence."""

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config.configuration import from_tables, to_tables
from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.errors import DamagedFile, NewerFormat, TextloomError
from engine.library.tensors import RawTensor, read_metadata, read_tensors, write_tensors
from engine.models.build import parameter_shapes
from engine.models.model_file import ModelDescription, read_description, read_model, write_model
from engine.text.tokenizers import build_tokenizer

TEXT = "Ein Text mit Zeilen,\nZeichen — und Wörtern.\n"
CONFIGURATIONS = {
    "lstm": {"cell": "lstm", "hidden_size": 6, "embedding_size": 4, "num_layers": 2},
    "gru, one-hot": {"cell": "gru", "hidden_size": 5, "embedding_size": 0},
    "rnn, tied": {"cell": "rnn", "hidden_size": 7, "embedding_size": 7, "tied": True, "activation": "relu"},
}
TOKENS = ("char", "byte", "word")


def make_model(model="lstm", tokens="char", seed=0):
    configuration = from_tables(
        {"model": CONFIGURATIONS[model], "corpus": {"tokens": tokens}, "training": {"minutes": 5.0}}
    )
    description = ModelDescription(
        configuration=configuration,
        tokenizer=build_tokenizer(TEXT, CorpusConfig(tokens=tokens)),
        cleaning=CleaningConfig(unicode_form="nfc", blank_lines=2),
        title="Ein „Titel“ 🧵",
        counts={"step": 1200, "num_train_tokens": 10**12, "best_valid_loss_nats": 1.25},
    )
    random = np.random.default_rng(seed)
    shapes = parameter_shapes(configuration.model, description.tokenizer.vocabulary_size)
    return description, {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def rewrite(path, change_metadata=None, change_tensors=None):
    """Write the file again with right checksums and other content."""
    metadata, tensors = read_metadata(path).metadata, read_tensors(path)
    if change_metadata:
        change_metadata(metadata)
    if change_tensors:
        change_tensors(tensors)
    write_tensors(path, tensors, metadata)


@pytest.fixture
def path(tmp_path):
    description, arrays = make_model()
    write_model(tmp_path / "m.textloom", description, arrays)
    return tmp_path / "m.textloom"


@pytest.mark.parametrize("model", CONFIGURATIONS)
@pytest.mark.parametrize("tokens", TOKENS)
def test_what_is_written_is_read_again(model, tokens, tmp_path):
    description, arrays = make_model(model, tokens)
    path = tmp_path / "Größe.textloom"
    write_model(path, description, arrays)
    loaded = read_model(path)
    assert list(loaded.arrays) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(loaded.arrays[name], array)
        assert loaded.arrays[name].dtype == np.float32
        assert loaded.arrays[name].flags.writeable
    assert loaded.configuration == description.configuration
    assert loaded.tokenizer.to_json() == description.tokenizer.to_json()
    assert loaded.cleaning == description.cleaning
    assert (loaded.title, loaded.counts) == (description.title, description.counts)
    assert not loaded.is_newer


def test_a_title_that_is_too_long_is_shortened(tmp_path):
    description, arrays = make_model()
    write_model(tmp_path / "m.textloom", dataclasses.replace(description, title="x" * 5000), arrays)
    assert read_model(tmp_path / "m.textloom").title == "x" * 1000


def test_the_description_is_read_without_the_weights(path):
    rewrite(path, change_tensors=lambda tensors: tensors.pop("output.bias"))
    description, _ = make_model()
    assert read_description(path).configuration == description.configuration
    with pytest.raises(DamagedFile):
        read_model(path)


def test_weights_of_another_configuration_are_not_written(tmp_path):
    description, arrays = make_model()
    arrays["output.bias"] = arrays["output.bias"][:-1]
    with pytest.raises(ValueError, match="not those"):
        write_model(tmp_path / "m.textloom", description, arrays)
    assert not list(tmp_path.iterdir())


def test_arrays_in_any_memory_order_are_written_alike(tmp_path, path):
    description, arrays = make_model()
    arrays = {name: np.asfortranarray(array) for name, array in arrays.items()}
    write_model(tmp_path / "f.textloom", description, arrays)
    assert (tmp_path / "f.textloom").read_bytes() == path.read_bytes()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_changed_byte_is_refused(path, data):
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    damaged = path.with_name("damaged.textloom")
    damaged.write_bytes(content)
    with pytest.raises(TextloomError) as refusal:
        read_model(damaged)
    assert "damaged.textloom" in str(refusal.value)


@pytest.mark.parametrize("size", [0, 7, 8, 100, 3000, -1])
def test_a_file_that_was_cut_off_is_refused(path, size):
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DamagedFile):
        read_model(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(TextloomError):
        read_model(tmp_path / "none.textloom")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_weights_that_are_not_finite_are_refused_by_name(tmp_path, value):
    description, arrays = make_model()
    arrays["layers.1.weight_hh"][3, 2] = value
    write_model(tmp_path / "m.textloom", description, arrays)
    with pytest.raises(DamagedFile, match=r"layers\.1\.weight_hh"):
        read_model(tmp_path / "m.textloom")


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("kind", "checkpoint"), ("kind", None),
        ("configuration", None), ("configuration", []), ("configuration", {"model": {"hidden_size": 10**9}}),
        ("configuration", {"model": {"hidden_size": True}}), ("configuration", {"model": {"cell": "x"}}),
        ("configuration", {"models": {}}), ("configuration", {"model": {"cell": "lstm", "hidden_size": 6}}),
        ("configuration", {"model": {"hidden_size": 8192, "num_layers": 8}, "training": {"steps": 1}}),
        ("tokenizer", None), ("tokenizer", {}), ("tokenizer", {"kind": "x"}), ("tokenizer", {"kind": "byte"}),
        ("tokenizer", {"kind": "char", "characters": "ba", "unknown_character": False, "fallback": "a"}),
        ("cleaning", None), ("cleaning", {"newlines": "x"}), ("cleaning", {"other": 1}),
        ("title", None), ("title", 5), ("title", "x" * 5000),
        ("counts", None), ("counts", {"step": "1"}), ("counts", {"step": True}),
        ("counts", {str(number): number for number in range(1000)}),
    ],
)  # fmt: skip
def test_a_description_that_is_not_sound_is_refused(path, part, value):
    def change(metadata):
        metadata[part] = value
        if value is None:
            del metadata[part]

    rewrite(path, change_metadata=change)
    with pytest.raises(DamagedFile) as refusal:
        read_model(path)
    assert str(path) in str(refusal.value)


def test_a_configuration_of_a_newer_version_is_refused_as_such(path):
    rewrite(path, change_metadata=lambda metadata: metadata["configuration"].update(format=99))
    with pytest.raises(NewerFormat):
        read_model(path)


def test_weights_that_the_configuration_does_not_have_are_refused(path):
    rewrite(path, change_tensors=lambda tensors: tensors.update(extra=RawTensor("F32", (1,), b"\0\0\0\0")))
    with pytest.raises(DamagedFile, match="extra"):
        read_model(path)


@pytest.mark.parametrize("raw", [RawTensor("F32", (6, 1), bytes(24)), RawTensor("F16", (1,), bytes(2))])
def test_weights_of_another_shape_or_type_are_refused(path, raw):
    rewrite(path, change_tensors=lambda tensors: tensors.update({"output.bias": raw}))
    with pytest.raises(DamagedFile, match=r"output\.bias"):
        read_model(path)


def test_a_file_of_another_program_is_refused(path):
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(DamagedFile):
        read_model(path)


def test_a_later_file_that_can_still_be_read_is_read(path):
    rewrite(path, change_metadata=lambda metadata: metadata.update(something_new=[1, 2]))
    assert read_model(path).title.startswith("Ein")


def test_the_configuration_is_stored_as_its_tables(path):
    metadata = read_metadata(path).metadata
    assert metadata["configuration"] == to_tables(make_model()[0].configuration)
