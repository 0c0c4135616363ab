"""Events are read back from what was recorded of them, and sentences keep what is needed to translate them."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Message, message, message_from_record, message_record
from engine.event_records import event_from_record
from engine.events import (
    RunEnded,
    RunEvent,
    RunPaused,
    RunStarted,
    SampleWritten,
    SettingChanged,
    StepCompleted,
    as_record,
)
from engine.library.json_lines import format_line, parse_line
from engine.training.run_record import RunRecord

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WHOLE = st.integers(-(10**30), 10**30)
TEMPLATES = st.sampled_from(["Nothing.", "It has {count} of {name}.", "{name!r} is {share}", "{{}} {count}"])
MESSAGES = st.builds(Message, TEMPLATES, st.fixed_dictionaries({"count": WHOLE, "name": TEXT, "share": NUMBERS}))
EVENTS = get_args(RunEvent)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Everything that a field declared like this can hold."""
    if kind is Message:
        return MESSAGES
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) is Mapping:
        return st.dictionaries(TEXT, values_of(get_args(kind)[1]), max_size=3)
    if get_args(kind):
        return st.one_of(*map(values_of, get_args(kind)))
    return {str: TEXT, int: WHOLE, float: NUMBERS, bool: st.booleans(), type(None): st.none()}[kind]


def any_event() -> st.SearchStrategy[Any]:
    return st.one_of(
        *(st.builds(event, **{n: values_of(k) for n, k in get_type_hints(event).items()}) for event in EVENTS)
    )


@given(any_event())
def test_every_event_is_read_back_from_its_line(event: RunEvent):
    line = parse_line(format_line(as_record(event))[:-1])
    assert line is not None
    assert event_from_record(line) == event


JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats() | TEXT | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(any_event(), st.data())
def test_odd_values_and_missing_ones_never_raise(event: RunEvent, data: st.DataObject):
    record = as_record(event)
    name = data.draw(st.sampled_from(sorted(record)))
    if data.draw(st.booleans()):
        record[name] = data.draw(JSON)
    else:
        del record[name]
    found = event_from_record(record)
    assert found is None or isinstance(found, EVENTS)


@given(st.dictionaries(TEXT | st.just("event"), JSON | st.sampled_from([event.__name__ for event in EVENTS])))
def test_no_record_at_all_raises(record: dict[str, Any]):
    event_from_record(record)


@pytest.mark.parametrize(
    "change", [{"step": True}, {"step": 1.5}, {"step": "1"}, {"step": None}, {"event": "Later"}, {"event": 1}]
)
def test_a_record_that_no_event_makes_is_none(change: dict[str, Any]):
    assert event_from_record({**as_record(RunPaused(step=1)), **change}) is None


def test_what_a_newer_version_adds_is_passed_over():
    assert event_from_record({**as_record(RunPaused(step=1)), "mood": "good"}) == RunPaused(step=1)


def test_a_sample_text_of_before_copies_were_looked_for_is_read():
    sample = SampleWritten(
        step=1, seconds=2.0, prompt="", text="To be", seed=3, temperature=0.8, known_word_share=0.5, copied_share=0.25,
        longest_copied=33,
    )  # fmt: skip
    older = {name: value for name, value in as_record(sample).items() if "copied" not in name}
    assert event_from_record(older) == replace(sample, copied_share=None, longest_copied=None)


def test_a_number_that_was_not_finite_is_not_a_number_when_it_is_read():
    step = StepCompleted(
        step=1, epoch=0.1, tokens=10, seconds=1.0, loss_nats=800.0, perplexity=math.inf, bits_per_character=None,
        gradient_norm=1.0, clipped_share=0.0, learning_rate=0.1, tokens_per_second=10.0, remaining_seconds=None,
        memory_bytes=1,
    )  # fmt: skip
    found = event_from_record(as_record(step))
    assert isinstance(found, StepCompleted)
    assert math.isnan(found.perplexity)
    assert found.loss_nats == 800.0


def test_a_setting_keeps_its_type():
    for value in (True, 3, 0.5, "word"):
        event = SettingChanged(step=1, field="training.x", old=value, new=value)
        found = event_from_record(json.loads(json.dumps(as_record(event))))
        assert isinstance(found, SettingChanged)
        assert type(found.new) is type(value)


def test_a_sentence_is_recorded_in_english_and_as_a_template_with_values():
    record = message_record("reason", message("All {count} steps are done.", count=1200))
    assert record == {
        "reason": "All 1,200 steps are done.",
        "reason_template": "All {count} steps are done.",
        "reason_values": {"count": 1200},
    }


def test_values_that_json_cannot_hold_are_kept_as_they_are_shown():
    told = message("{a} {b} {c}", a=math.nan, b=-math.inf, c=10**5000)
    record = json.loads(json.dumps(message_record("x", told), allow_nan=False))
    found = message_from_record(record, "x")
    assert found is not None
    assert found.text == told.text == "nan -inf a number of more than 100 digits"


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("{count", {"count": 1}), ("{}", {}), ("{0}", {"0": 1}), ("{count.real}", {"count": 1}),
        ("{other}", {"count": 1}),
        ("{count:>99999999999}", {"count": 1}), ("{count[0]}", {"count": 1}), ("{count}", {"count": [1]}),
        ("{count}", {"count": None}), (None, {}), ("plain", None), ("{count}", []),
    ],
)  # fmt: skip
def test_a_template_that_its_values_do_not_fill_leaves_the_english_sentence(template: object, values: object):
    found = message_from_record({"x": "The sentence {as} it was.", "x_template": template, "x_values": values}, "x")
    assert found is not None
    assert found.text == "The sentence {as} it was."


def test_an_older_record_without_templates_gives_its_sentence():
    ended = RunEnded(
        outcome="completed", reason=message("All {count} steps are done.", count=3), run="a", step=3, seconds=1.0,
        best_step=None, best_valid_loss_nats=None, best_valid_perplexity=None, best_valid_bits_per_character=None,
        best_valid_accuracy=None,
    )  # fmt: skip
    record = {name: value for name, value in as_record(ended).items() if not name.startswith("reason_")}
    found = event_from_record(record)
    assert isinstance(found, RunEnded)
    assert found.reason.text == "All 3 steps are done."
    assert event_from_record({**record, "reason": None}) is None


def record_of(**entries: Any) -> RunRecord:
    return RunRecord(
        id="a", title="A", created="", recipe="auto", corpus={}, configuration={}, vocabulary_size=2, num_parameters=3,
        **entries,
    )  # fmt: skip


def test_a_run_keeps_why_it_was_configured_as_it_is():
    record = record_of(explanation=message("Auto chose {size} units.", size=384))
    stored = json.loads(json.dumps(record.to_json()))
    assert stored["explanation"] == "Auto chose 384 units."
    assert RunRecord.from_json(stored) == record
    older = {name: value for name, value in stored.items() if not name.startswith("explanation_")}
    assert RunRecord.from_json(older).explanation.text == "Auto chose 384 units."
    assert RunRecord.from_json(record_of().to_json()).explanation.text == ""


def test_a_started_run_tells_its_summary_as_a_sentence():
    values = dict.fromkeys(get_type_hints(RunStarted), 1) | {
        name: "x" for name, kind in get_type_hints(RunStarted).items() if kind is str
    }
    started = RunStarted(**{**values, "summary": message("Auto chose {size} units.", size=4), "references": {}})
    assert as_record(started)["summary"] == "Auto chose 4 units."
    assert event_from_record(as_record(started)) == started
