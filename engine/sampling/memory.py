"""What was written so far, for the options that look back.

Legend: N tokens of the text.
"""

from collections.abc import Sequence

import numpy as np

from engine.sampling.penalties import Mask, MatchLengths, TextIds, extend_match_lengths, match_lengths
from engine.sampling.text_matching import START, TextMatcher

_LEAST_ROOM = 256


class Memory:
    """The tokens of one text, where it repeats itself, and which tokens bring one of `breakers` to its end.

    prompt_texts: what each token of the prompt adds to the text; only `breakers` need it. keeps_matches: whether
    `matches` will be asked for.
    """

    def __init__(
        self, prompt_ids: Sequence[int], prompt_texts: Sequence[str], breakers: TextMatcher | None, keeps_matches: bool
    ) -> None:
        self._size = len(prompt_ids)
        self._breakers = breakers
        self._node = START
        self._keeps_matches = keeps_matches
        self._ids: TextIds = np.empty(self._size + _LEAST_ROOM, np.int64)
        self._ids[: self._size] = prompt_ids
        self._is_break: Mask = np.zeros(len(self._ids), np.bool_)
        self._matches: MatchLengths = np.zeros(len(self._ids), np.int32)
        self._spare: MatchLengths = np.zeros(len(self._ids), np.int32)
        if keeps_matches:
            self._matches[: self._size] = match_lengths(self.ids)
        for place, text in enumerate(prompt_texts if breakers is not None else ()):
            self._mark(place, text)

    @property
    def ids(self) -> TextIds:
        """All tokens (N,), the prompt's first."""
        return self._ids[: self._size]

    @property
    def is_break(self) -> Mask:
        """Which of `ids` break repetitions (N,)."""
        return self._is_break[: self._size]

    @property
    def matches(self) -> MatchLengths:
        """`penalties.match_lengths` of `ids` (N,)."""
        return self._matches[: self._size]

    def recent(self, num_tokens: int) -> TextIds:
        """The last so many tokens; 0: all."""
        return self._ids[max(0, self._size - num_tokens) if num_tokens else 0 : self._size]

    def add(self, token_id: int, text: str) -> None:
        """One more token, and what it adds to the text."""
        if self._size == len(self._ids):
            self._ids, self._is_break, self._matches, self._spare = (
                np.concatenate([array, np.zeros_like(array)])
                for array in (self._ids, self._is_break, self._matches, self._spare)
            )
        self._ids[self._size] = token_id
        self._mark(self._size, text)
        self._size += 1
        if self._keeps_matches:
            extend_match_lengths(self._matches[: self._size - 1], self.ids, self._spare[: self._size])
            self._matches, self._spare = self._spare, self._matches

    def copy(self) -> "Memory":
        """An independent one."""
        other = Memory((), (), self._breakers, self._keeps_matches)
        other._size, other._node = self._size, self._node
        other._ids, other._is_break = self._ids.copy(), self._is_break.copy()
        other._matches, other._spare = self._matches.copy(), np.empty_like(self._matches)
        return other

    def _mark(self, place: int, text: str) -> None:
        if self._breakers is not None:
            self._node, self._is_break[place] = self._breakers.feed(self._node, text)
