"""Configurations: one declaration per option, and errors that name field, value, bound and the nearest value."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from engine.config.configuration import from_tables, known_names, live_options, merged, to_tables
from engine.config.model import CELLS
from engine.config.optimizer import OPTIMIZERS, SCHEDULES, StepSchedule
from engine.config.options import checked, default_of, options_of, parse_setting
from engine.config.recipes import preset, preset_names, read_recipe
from engine.config.training import TrainingConfig
from engine.errors import BadInput, InvalidSetting, NewerFormat, message

STEPS = {"training": {"steps": 1}}


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("training.clip_nrom=1", "There is no setting training.clip_nrom. Did you mean training.clip_norm?"),
        ("training.clip_norm=-1", "training.clip_norm is -1, but must be at least 0. The nearest possible value is 0."),
        (
            "model.hidden_size=1000000",
            "model.hidden_size is 1000000, but must be at most 8,192. The nearest possible value is 8,192.",
        ),
        ("model.cell=lsmt", "model.cell cannot be 'lsmt'. Choose one of: rnn, lstm, gru. Did you mean lstm?"),
        ("training.batch_size=2.5", "training.batch_size is a whole number, not 2.5. The nearest is 2."),
        ("training.batch_size=true", "training.batch_size is a number, not True."),
        ("training.learning_rate=nan", "training.learning_rate must be a finite number, not nan."),
        ("model.tied=1", "model.tied is on or off: write true or false, not 1."),
        (
            "training.device=gpu",
            "training.device cannot be 'gpu'. Choose one of: auto, cpu, cuda, mps. Did you mean cpu?",
        ),
        ("model.forget_bias=2", None),
    ],
)
def test_a_setting_that_is_not_possible_is_refused_in_one_sentence(setting: str, sentence: str | None) -> None:
    section, name, value = parse_setting(setting)
    if sentence is None:
        from_tables(merged(STEPS, {section: {name: value}}))
        return
    with pytest.raises(InvalidSetting) as refused:
        from_tables(merged(STEPS, {section: {name: value}}))
    assert str(refused.value).strip() == sentence
    assert refused.value.field == f"{section}.{name}"


@pytest.mark.parametrize(
    ("tables", "field"),
    [
        ({"training": {"steps": 1, "clip_norm": 1, "clip_value": 1}}, "training.clip_norm"),
        ({"training": {"steps": 0}}, "training.minutes"),
        ({**STEPS, "model": {"tied": True, "embedding_size": 5, "hidden_size": 7}}, "model.embedding_size"),
        ({**STEPS, "corpus": {"tokens": "char", "min_count": 3}}, "corpus.unknown_character"),
        ({**STEPS, "corpus": {"tokens": "byte", "min_count": 3}}, "corpus.tokens"),
        ({**STEPS, "corpus": {"tokens": "word", "unknown_character": True}}, "corpus.unknown_character"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(tables: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        from_tables(tables)
    assert refused.value.field == field


def test_only_the_fields_of_the_chosen_family_exist() -> None:
    with pytest.raises(InvalidSetting, match=r"There is no setting model\.forget_bias"):
        from_tables(merged(STEPS, {"model": {"cell": "gru", "forget_bias": 1.0}}))


def test_choosing_another_family_drops_what_the_old_one_had_alone() -> None:
    tables = merged(preset("char-rnn").tables, {"model": {"cell": "gru"}, "training": {"optimizer": "sgd"}})
    configuration = from_tables(tables)
    assert configuration.model.cell == "gru"
    assert configuration.model.hidden_size == 128
    assert configuration.training.learning_rate == 0.002


def test_a_configuration_of_a_newer_version_is_refused_by_its_number() -> None:
    with pytest.raises(NewerFormat, match="newer version"):
        from_tables({"format": 2, **STEPS})


@pytest.mark.parametrize("name", [name for name in preset_names() if name != "auto"])
def test_every_preset_is_a_valid_configuration_that_ends(name: str) -> None:
    configuration = from_tables(preset(name).tables)
    assert configuration.training.minutes or configuration.training.epochs
    assert preset(name).about


def test_zaremba_s_presets_divide_clipping_and_multiply_the_rate_by_the_window() -> None:
    for name, clip, rate in [("small", 5, 1), ("medium", 5, 1), ("large", 10, 1)]:
        training = from_tables(preset(f"zaremba-{name}").tables).training
        assert training.learning_rate == rate * training.window_size
        assert training.clip_norm == pytest.approx(clip / training.window_size, rel=0.002)


def test_char_rnn_multiplies_its_rate_once_an_epoch_from_the_tenth_on_and_never_forgets_its_state() -> None:
    training = from_tables(preset("char-rnn").tables).training
    assert training.schedule == StepSchedule(hold_epochs=10, decay_factor=0.97, decay_every_epochs=1)
    assert training.reset_state == "never"


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(BadInput, match="Did you mean balanced"):
        preset("balancd")


def option_values(section: Any, name: str) -> st.SearchStrategy[Any]:
    declared, default = options_of(section)[name], default_of(section, name)
    if isinstance(default, bool):
        return st.booleans()
    if isinstance(default, str):
        return st.sampled_from(declared.choices) if declared.choices else st.text(st.characters(codec="utf-8"))
    if isinstance(default, int):
        return st.integers(int(declared.minimum or 0), int(declared.maximum or 10))
    return st.floats(declared.minimum, declared.maximum)


@given(st.data())
def test_tables_of_any_configuration_survive_toml(data: st.DataObject) -> None:
    optimizer, schedule = data.draw(st.sampled_from([*OPTIMIZERS])), data.draw(st.sampled_from([*SCHEDULES]))
    training: dict[str, Any] = {"optimizer": optimizer, "schedule": schedule, "steps": 3}
    for section in (TrainingConfig, OPTIMIZERS[optimizer], SCHEDULES[schedule]):
        for name in options_of(section):
            if name not in ("steps", "clip_value"):
                training[name] = data.draw(option_values(section, name))
    cell = data.draw(st.sampled_from([*CELLS]))
    model = {name: data.draw(option_values(CELLS[cell], name)) for name in options_of(CELLS[cell]) if name != "tied"}
    configuration = from_tables({"model": {"cell": cell, **model}, "training": training})
    written = tomllib.loads(tomli_w.dumps(to_tables(configuration)))
    assert from_tables(written) == configuration


@given(st.integers() | st.floats() | st.integers(10**300, 10**320), st.sampled_from([*options_of(TrainingConfig)]))
def test_any_number_is_a_value_within_the_bounds_or_refused(value: float, name: str) -> None:
    declared = options_of(TrainingConfig)[name]
    lowest, highest = declared.minimum, declared.maximum
    is_whole = isinstance(default_of(TrainingConfig, name), int)
    is_possible = lowest is not None and highest is not None and lowest <= value <= highest
    if is_possible and (not is_whole or value == int(value)):
        assert checked(TrainingConfig, "training", name, value) == value
        return
    with pytest.raises(InvalidSetting, match=f"^training.{name} "):
        checked(TrainingConfig, "training", name, value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1e6, "1,000,000"), (8192.0, "8,192"), (1e9, "1,000,000,000"), (2.0**53, "9,007,199,254,740,992"), (0.0, "0"),
        (-10.0, "-10"), (0.99999, "0.99999"), (1e-8, "0.00000001"), (1e-16, "1e-16"), (0.1 + 0.2, "0.3"),
        (12.345678, "12.35"), (123456.789, "123,457"), (1e300, "1e+300"), (float("inf"), "inf"), (1234567, "1,234,567"),
        (10**100, "a number of more than 100 digits"),
    ],
)  # fmt: skip
def test_numbers_in_sentences_are_written_as_people_write_them(value: float, shown: str) -> None:
    assert message("{value}", value=value).text == shown


@given(st.text())
def test_any_text_after_set_is_a_setting_or_refused(text: str) -> None:
    try:
        section, name, _ = parse_setting(text)
    except InvalidSetting:
        return
    assert section
    assert name


def test_every_option_has_a_label_and_one_sentence_of_help_and_a_default_within_its_bounds() -> None:
    sections = [TrainingConfig, *OPTIMIZERS.values(), *SCHEDULES.values(), *CELLS.values()]
    for section in sections:
        for name, declared in options_of(section).items():
            assert declared.label
            assert declared.help.endswith(".")
            assert checked(section, "x", name, default_of(section, name)) == default_of(section, name)


def test_live_settings_exist() -> None:
    for path in live_options():
        section, name = path.split(".")
        assert name in known_names(section, {})


def test_a_recipe_file_that_is_no_toml_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[model\n", encoding="utf-8")
    with pytest.raises(BadInput, match="is not valid TOML"):
        read_recipe(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_recipe(tmp_path / "none.toml")


def test_configuration_errors_and_library_load_neither_torch_nor_numpy() -> None:
    code = (
        "import sys, engine.errors, engine.events, engine.control, engine.config.recipes, engine.library.library;"
        "sys.exit(bool({'torch', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
