from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Message
from workbench import words
from workbench.words import duration, file_size, number, plural, rough_duration, significant, told, tr

GERMAN = words.Language("de", {"{count} files": ["{count} Datei", "{count} Dateien"], "Start": "Los"}, ".", ",")


def test_a_sentence_without_a_translation_stays_english() -> None:
    words.use_language(GERMAN)
    assert tr("Stop") == "Stop"
    assert tr("Start") == "Los"


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert (number(1234567.891, 2), tr("{n} steps", n=12345)) == ("1,234,567.89", "12,345 steps")
    words.use_language(GERMAN)
    assert (number(1234567.891, 2), tr("{n} steps", n=12345)) == ("1.234.567,89", "12.345 steps")


def test_one_and_many_have_their_own_forms_in_every_language() -> None:
    assert [plural("{count} file", "{count} files", n) for n in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
    words.use_language(GERMAN)
    assert [plural("{count} file", "{count} files", n) for n in (0, 1, 2)] == ["0 Dateien", "1 Datei", "2 Dateien"]


def test_a_message_of_the_engine_is_translated_with_its_values() -> None:
    words.use_language(words.Language("de", {"{name} has {count} lines.": "{name} hat {count} Zeilen."}, ".", ","))
    assert told(Message("{name} has {count} lines.", {"name": "a.txt", "count": 1200})) == "a.txt hat 1.200 Zeilen."


def test_the_pseudo_language_lengthens_every_sentence_and_keeps_its_values() -> None:
    words.use_language(words.read_language(words.PSEUDO))
    text = tr("{count} letters in {name}", count=3, name="a")
    assert text.startswith("[3 ")
    assert len(text) > len("3 letters in a") + 3


def test_lengths_of_time_have_no_more_digits_than_mean_something() -> None:
    assert [duration(s) for s in (3.4, 59.6, 200, 3600, 4000)] == ["3 s", "1 min", "3 min 20 s", "1 h", "1 h 7 min"]
    predicted = ["about 10 seconds", "about 5 minutes", "about 3.5 hours"]
    assert [rough_duration(s) for s in (8, 290, 3.5 * 3600)] == predicted


def test_sizes_are_told_in_the_unit_that_fits() -> None:
    assert [file_size(n) for n in (1, 999, 61_000, 1_230_000, 45_000_000, 1.2e9)] == [
        "1 byte", "999 bytes", "61 kB", "1.2 MB", "45 MB", "1.2 GB",
    ]  # fmt: skip


@given(st.floats(min_value=1e-4, max_value=999_000))
def test_three_significant_digits_are_within_half_a_percent(value: float) -> None:
    assert abs(float(significant(value).replace(",", "")) - value) <= 0.005 * value
