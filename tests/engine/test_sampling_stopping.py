"""Ends of texts that come in pieces."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.sampling import SamplingConfig
from engine.config.texts_of import joined_texts
from engine.sampling.stopping import LineEnd, ParagraphEnd, SentenceEnd, Stopping, StopScanner, WordLimit

LETTERS = st.text(alphabet="ab", max_size=40)
STOPS = st.lists(st.text(alphabet="ab", max_size=5), max_size=4)
CUTS = st.lists(st.integers(0, 40), max_size=20)
PARTS = ["a", "B", "It was", " ", "  ", "\n", ".", "?", "…", '"', "”", ")", ",", "J", "3", "。", "」", "\t"]
PROSE = st.lists(st.sampled_from(PARTS), max_size=16).map("".join)


def pieces_of(text, cuts):
    places = sorted({min(cut, len(text)) for cut in cuts})
    return [text[start:stop] for start, stop in zip([0, *places], [*places, len(text)], strict=True)]


def shown_of(end, pieces):
    return "".join(end.feed(piece) for piece in pieces) + end.finish()


def first_of(text, stops):
    """Where the stop string begins that begins first."""
    return min((text.index(stop) for stop in stops if stop and stop in text), default=len(text))


@settings(deadline=None, max_examples=300)
@given(LETTERS, CUTS, STOPS)
def test_the_pieces_joined_end_before_the_stop_string_that_begins_first(text, cuts, stops):
    scanner = StopScanner(stops)
    assert shown_of(scanner, pieces_of(text, cuts)) == text[: first_of(text, stops)]
    assert scanner.has_stopped == any(stop and stop in text for stop in stops)


@settings(deadline=None, max_examples=300)
@given(LETTERS, STOPS)
def test_what_is_shown_is_certain_and_what_is_certain_is_shown(text, stops):
    scanner = StopScanner(stops)
    shown = ""
    for end, character in enumerate(text, 1):
        shown += scanner.feed(character)
        found = first_of(text[:end], stops)
        begun = min(
            (end - size for stop in stops for size in range(1, len(stop)) if text[:end].endswith(stop[:size])),
            default=end,
        )
        if scanner.has_stopped:
            assert shown == text[:found]
            assert found <= begun
            break
        assert shown == text[: min(found, begun)]


def test_a_longer_stop_string_that_began_before_is_waited_for():
    scanner = StopScanner(["abcd", "bc"])
    assert scanner.feed("xabc") == "x"
    assert not scanner.has_stopped
    assert scanner.feed("d") == ""
    assert scanner.has_stopped
    scanner = StopScanner(["abcd", "bc"])
    assert scanner.feed("xabc") + scanner.feed("!") == "xa"
    assert scanner.has_stopped


@settings(deadline=None, max_examples=300)
@given(PROSE, PROSE, CUTS, st.sampled_from(["line", "sentence", "paragraph", "length"]), st.integers(0, 3), STOPS)
def test_where_a_text_ends_does_not_depend_on_how_it_is_cut(before, text, cuts, end_at, num_words, stops):
    stop = joined_texts([stop.replace("b", ".") for stop in stops])
    config = SamplingConfig(stop=stop, end_at=end_at, num_words=num_words)
    whole, cut = Stopping(config, before), Stopping(config, before)
    shown = shown_of(whole, [text])
    assert shown_of(cut, pieces_of(text, cuts)) == shown
    assert cut.reason == whole.reason
    assert text.startswith(shown)
    assert shown == text or whole.reason is not None


@settings(deadline=None)
@given(PROSE, PROSE, st.integers(0, 10))
def test_a_copy_goes_on_by_itself(text, other, cut):
    config = SamplingConfig(stop="It was a", end_at="paragraph", num_words=4)
    ending = Stopping(config)
    begun = ending.feed(text[:cut])
    copy = ending.copy()
    copy.feed(other)
    copy.finish()
    assert begun + ending.feed(text[cut:]) + ending.finish() == shown_of(Stopping(config), [text])


@pytest.mark.parametrize(
    ("before", "text", "sentence"),
    [
        ("", "It was late. He left.", "It was late."),
        ("It was", " late. He left.", " late."),
        ("It was late.", " He left. And", " He left."),
        ("", "Was it late? Yes.", "Was it late?"),
        ("", "“Was it late?” he asked.", "“Was it late?”"),
        ("", '(It was late.)\nAnd', "(It was late.)"),
        ("", "It was late.He left.", "It was late."),
        ("", "It was 3.14 metres. He", "It was 3.14 metres."),
        ("", "J. S. Bach wrote it. Then", "J. S. Bach wrote it."),
        ("J", ". S. Bach wrote it. Then", ". S. Bach wrote it."),
        ("", "In the U.S. Army, e.g. then. Now", "In the U.S. Army, e.g. then."),
        ("", "Well... He left.", "Well..."),
        ("", "What?! No", "What?!"),
        ("", "Vitamin C... Then", "Vitamin C..."),
        ("", "遅かった。彼は", "遅かった。"),
        ("", "「遅い。」彼は", "「遅い。」"),
        ("", "at example.com he", "at example.com he"),
        ("", "so late.", "so late."),
    ],
)
def test_a_sentence_ends_where_a_reader_says_so(before, text, sentence):
    end = SentenceEnd(before)
    assert shown_of(end, text) == sentence
    assert end.has_stopped == (sentence != text)


@settings(deadline=None, max_examples=300)
@given(PROSE)
def test_lines_paragraphs_and_words_end_where_their_rules_say(text):
    line = re.match(r"\s*[^\n]*", text)[0] if text.strip() else text
    assert shown_of(LineEnd(), text) == line
    paragraph = re.match(r"\s*\S(?:.|\n(?!\s*?\n))*", text)[0] if text.strip() else text
    assert shown_of(ParagraphEnd(), text) == paragraph
    words = re.match(r"\s*\S+\s+\S+(?=\s)", text)
    assert shown_of(WordLimit(2), text) == (words[0] if words else text)


def test_what_ended_the_text_first_is_the_reason():
    both = SamplingConfig(stop="end", end_at="line", num_words=9)
    for text, reason in (("one end\n", "stop"), ("one\nend", "line"), ("a b c d e f g h i j", "words"), ("one", None)):
        stopping = Stopping(both)
        shown_of(stopping, [text])
        assert stopping.reason == reason
    stopping = Stopping(SamplingConfig(stop="\\n\\n", end_at="line"))
    assert shown_of(stopping, "one\n\ntwo") == "one"
    assert stopping.reason == "stop"


def test_a_stop_string_that_began_in_text_held_back_ends_the_text_before_it():
    stopping = Stopping(SamplingConfig(stop=joined_texts(["\n\nChapter", "\n \nX"]), end_at="length"))
    assert stopping.feed("one\n") == "one"
    assert stopping.feed("\nChap") == ""
    assert stopping.feed("s") == "\n\nChaps"
    assert stopping.feed("\n") + stopping.feed(" \n") + stopping.feed("X") == ""
    assert stopping.reason == "stop"
