"""Stop strings in texts that come in pieces."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sampling.stopping import StopScanner

LETTERS = st.text(alphabet="ab", max_size=40)


def pieces_of(text, cuts):
    places = sorted({min(cut, len(text)) for cut in cuts})
    return [text[start:stop] for start, stop in zip([0, *places], [*places, len(text)], strict=True)]


@settings(deadline=None)
@given(LETTERS, st.lists(st.integers(0, 40), max_size=20), st.text(alphabet="ab", max_size=5))
def test_the_pieces_joined_end_before_the_first_stop_string(text, cuts, stop):
    scanner = StopScanner(stop)
    shown = "".join(scanner.feed(piece) for piece in pieces_of(text, cuts)) + scanner.finish()
    assert shown == (text.split(stop)[0] if stop else text)
    assert scanner.has_stopped == bool(stop and stop in text)


@settings(deadline=None)
@given(LETTERS, st.text(alphabet="ab", min_size=1, max_size=5))
def test_what_is_shown_is_certain_and_what_is_certain_is_shown(text, stop):
    scanner = StopScanner(stop)
    shown = ""
    for end, character in enumerate(text, 1):
        shown += scanner.feed(character)
        if scanner.has_stopped:
            break
        ambiguous = [size for size in range(1, len(stop)) if text[:end].endswith(stop[:size])]
        assert shown == text[: end - max(ambiguous, default=0)]
