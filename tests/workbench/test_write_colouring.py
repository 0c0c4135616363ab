"""By what a text is coloured: scores that follow its edits, what the steps mean, and colours that can be read."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCharFormat

from engine.library.document import Document, Origin, Source, Span
from workbench.bridge.protocols.writing import TokenScore
from workbench.theme.theme import Theme
from workbench.theme.tokens import DARK, LIGHT, contrast
from workbench.viewmodels.write.colour_steps import (
    MODES,
    entropy_step,
    legend,
    mode_name,
    source_note,
    surprise_note,
    surprise_step,
)
from workbench.viewmodels.write.positions import UnitMap, place_at, unit_at
from workbench.viewmodels.write.rewriting import part_to_rewrite
from workbench.viewmodels.write.token_scores import ENOUGH_ALIKE, TokenScores
from workbench.views.write.tint import format_of, ground_of


def score(start: int, stop: int, bits: float = 4.0, text: str = "") -> TokenScore:
    return TokenScore(
        start=start, stop=stop, text=text, probability=2**-bits, rank=3, entropy_bits=2.0, surprise_bits=bits
    )


def letters(start: int, stop: int, bits: float = 4.0) -> list[TokenScore]:
    """One token for each letter."""
    return [score(place, place + 1, bits) for place in range(start, stop)]


def scored(text: str) -> TokenScores:
    scores = TokenScores()
    scores.follow(text)
    scores.take(0, len(text), letters(0, len(text)))
    return scores


def coloured(scores: TokenScores, size: int) -> str:
    """A mark for each character that is coloured."""
    marks = [" "] * size
    for start, stop, step in scores.runs(0, size, surprise_step):
        marks[start:stop] = str(step) * (stop - start)
    return "".join(marks)


def test_an_edit_drops_the_scores_it_touches_and_moves_the_others() -> None:
    scores = scored("abcdefgh")
    assert coloured(scores, 8) == "22222222"
    scores.follow("abcXXdefgh")
    assert coloured(scores, 10) == "22    2222"
    assert scores.wanted(0, 10) == (2, 10)


def test_only_what_changed_is_wanted_again_once_it_comes_out_as_before() -> None:
    text = "x" * 500
    scores = scored(text)
    scores.follow(text[:100] + "yy" + text[100:])
    assert scores.wanted(0, 502) == (99, 502)
    assert not scores.take(99, 103, letters(99, 103))
    assert scores.take(103, 103 + ENOUGH_ALIKE, letters(103, 103 + ENOUGH_ALIKE))
    assert scores.wanted(0, 502) is None


def test_what_comes_out_otherwise_is_scored_to_the_end() -> None:
    text = "x" * 500
    scores = scored(text)
    scores.follow("y" + text)
    assert not scores.take(0, 300, letters(0, 300, bits=1.5))
    assert scores.wanted(0, 501) == (300, 501)


def test_a_second_edit_behind_is_not_taken_for_settled() -> None:
    text = "x" * 500
    scores = scored(text)
    scores.follow(text[:400] + "z" + text[400:])
    scores.follow(text[:10] + "z" + text[10:400] + "z" + text[400:])
    assert scores.take(9, 9 + 2 * ENOUGH_ALIKE, letters(9, 9 + 2 * ENOUGH_ALIKE))
    assert scores.wanted(0, 502) == (400, 502)


def test_the_bytes_of_a_letter_are_one_coloured_letter() -> None:
    scores = TokenScores()
    scores.follow("aé")
    scores.take(0, 2, [score(0, 1, 0.5), score(1, 2, 0.2), score(1, 2, 7.0)])
    assert coloured(scores, 2) == " 3"


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_scores_stay_at_their_letters_through_any_edits(data: st.DataObject) -> None:
    text = data.draw(st.text("abcdef", min_size=1, max_size=40))
    scores = TokenScores()
    for _ in range(data.draw(st.integers(1, 5))):
        scores.follow(text)
        while (wanted := scores.wanted(0, len(text))) is not None:
            start, stop = wanted
            assert start < stop
            stop = min(stop, start + 7)
            scores.take(start, stop, [score(p, p + 1, text=text[p]) for p in range(start, stop)])
        assert coloured(scores, len(text)) == "2" * len(text)
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, len(text)))
        text = text[:start] + data.draw(st.text("abcdef", max_size=10)) + text[stop:]
        scores.follow(text)
        for place, letter in enumerate(text):
            found = scores.token_at(place)
            assert found is None or (found[:2] == (place, place + 1) and found[2].text == letter)


@given(st.text("ab\U0001f600ö"))
def test_a_map_of_units_goes_both_ways(text: str) -> None:
    units = UnitMap(text)
    for place in range(len(text) + 1):
        assert units.unit_at(place) == unit_at(text, place)
    for unit in range(unit_at(text, len(text)) + 1):
        assert units.place_at(unit) == place_at(text, unit)


def test_steps_begin_where_the_legend_says() -> None:
    likely = [0.6, 0.3, 0.05, 0.001]
    steps = [
        surprise_step(TokenScore(0, 1, "a", share, 1, 0.0, bits))
        for share, bits in zip(likely, (0.7, 1.7, 4.3, 10.0), strict=True)
    ]
    assert steps == [0, 1, 2, 3]
    assert [entry.text for entry in legend("surprise")] == [
        "1 in 2 or likelier", "1 in 2 to 1 in 8", "1 in 8 to 1 in 64", "rarer than 1 in 64",
    ]  # fmt: skip
    assert entropy_step(TokenScore(0, 1, "a", 0.5, 1, 3.5, 1.0)) == 2
    assert legend("entropy")[2].text == "8 to 32"


def test_every_mode_has_a_name_and_all_but_none_a_legend() -> None:
    assert len({mode_name(mode) for mode in MODES}) == len(MODES)
    assert [mode for mode in MODES if not legend(mode)] == ["none"]


def test_notes_say_it_in_words_and_numbers() -> None:
    told = surprise_note(TokenScore(0, 1, " ", 0.125, 2, 1.0, 3.0))
    assert told == "“space”: 12 % likely, number 2 of the model's choices, 3.0 bits of surprise."
    source = Source(origin=Origin(run="one", title="Fables"), settings={"temperature": 0.8}, seed=1234)
    assert source_note(source) == "Written by Fables, temperature 0.8, seed 1234."
    assert source_note(Source(origin=Origin(title="Fables"))) == "Proposed by Fables, chosen by you."
    assert source_note(None) == "Written by a model."


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_text_can_be_read_on_every_ground(tokens: object) -> None:
    for mode, step in all_steps():
        if mode != "author":
            assert contrast(tokens.text, ground_of(tokens, mode, step)) >= 4.5  # type: ignore[attr-defined, arg-type]


def test_steps_differ_by_more_than_their_colour(theme: Theme) -> None:
    for mode in ("surprise", "entropy"):
        lines = [format_of(mode, step).underlineStyle() for step in range(4)]
        assert len(set(lines)) == 4
    for choice in ("light", "dark"):
        theme.set_choice(choice)
        for mode, step in all_steps():
            made = format_of(mode, step)
            assert made.underlineStyle() != QTextCharFormat.UnderlineStyle.NoUnderline
            assert contrast(made.foreground().color().name().upper(), theme.tokens.surface) >= 4.5


def all_steps() -> Iterator[tuple[str, int]]:
    for mode in MODES:
        yield from ((entry.mode, entry.step) for entry in legend(mode) if entry.step)


class Held:
    """A document as `part_to_rewrite` needs it."""

    def __init__(self, *spans: Span) -> None:
        text = "x" * spans[-1].stop
        self.document = Document(title="", text=text, spans=spans)


def test_what_is_written_again_is_the_models() -> None:
    held = Held(Span(0, 10, "person"), Span(10, 20, "model", -1), Span(20, 30, "person"), Span(30, 40, "model", -1))
    assert part_to_rewrite(held, 15, 15) == (15, 20)  # type: ignore[arg-type]
    assert part_to_rewrite(held, 10, 10) == (10, 20)  # type: ignore[arg-type]
    assert part_to_rewrite(held, 20, 20) == (10, 20)  # type: ignore[arg-type]
    assert part_to_rewrite(held, 40, 40) == (30, 40)  # type: ignore[arg-type]
    assert part_to_rewrite(held, 5, 5) is None  # type: ignore[arg-type]
    assert part_to_rewrite(held, 5, 12) == (5, 12)  # type: ignore[arg-type]
    assert part_to_rewrite(held, 2, 8) is None  # type: ignore[arg-type]
