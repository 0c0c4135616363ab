"""What a model thought of each token of a text, kept while the text is edited. Places are characters."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from workbench.bridge.protocols.writing import TokenScore
from workbench.viewmodels.write.positions import changed_part

Run = tuple[int, int, int]  # start, stop, step

# An edit changes what the model expects behind it, less and less. When so many tokens in a row come out as they did
# before, the rest is left as it is.
ENOUGH_ALIKE = 40
ALIKE_BITS = 0.05


class _Piece:
    """Tokens that were scored at once. They count from `shift`, so that to move them is to change one number."""

    def __init__(self, start: int, stop: int, tokens: Sequence[TokenScore], shift: int = 0) -> None:
        self.start, self.stop, self.shift = start, stop, shift
        self.tokens = tokens
        self.is_stale = False
        self._runs: tuple[object, list[Run]] | None = None

    def moved(self, by: int) -> None:
        """Stand elsewhere."""
        self.start, self.stop, self.shift = self.start + by, self.stop + by, self.shift + by

    def part(self, start: int, stop: int) -> "_Piece":
        """The tokens that lie in [start, stop)."""
        first = bisect_left(self.tokens, start - self.shift, key=_start)
        last = bisect_right(self.tokens, stop - self.shift, key=_stop)
        part = _Piece(max(start, self.start), min(stop, self.stop), self.tokens[first:last], self.shift)
        part.is_stale = self.is_stale
        return part

    def runs(self, step_of: Callable[[TokenScore], int]) -> list[Run]:
        """Neighbours of one step joined, those of step 0 left out; counted from `shift`, and remembered."""
        if self._runs is None or self._runs[0] is not step_of:
            runs: list[Run] = []
            for token in self.tokens:
                step = step_of(token)
                if runs and token.stop <= runs[-1][1]:  # one more byte of a character
                    runs[-1] = (*runs[-1][:2], max(step, runs[-1][2]))
                elif runs and runs[-1][1:] == (token.start, step):
                    runs[-1] = (runs[-1][0], token.stop, step)
                elif step:
                    runs.append((token.start, token.stop, step))
            self._runs = step_of, runs
        return self._runs[1]


class TokenScores:
    """Scores of a part of a text. Behind an edit they are stale: still told, but wanted anew."""

    def __init__(self) -> None:
        self._text = ""
        self._pieces: list[_Piece] = []
        self._num_alike = self._taken_until = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is scored."""
        return not self._pieces

    def clear(self) -> None:
        """Forget all."""
        self._pieces.clear()

    def follow(self, text: str) -> bool:
        """The text is this now; whether it was another. Scores of what changed are dropped."""
        if text is self._text:
            return False
        start, num_removed, inserted = changed_part(self._text, text)
        self._text = text
        if not num_removed and not inserted:
            return False
        self._num_alike = 0
        self._edit(start, start + num_removed, len(inserted) - num_removed)
        return True

    def take(self, start: int, stop: int, tokens: Sequence[TokenScore]) -> bool:
        """Scores of [start, stop), all of it. Whether the stale ones behind it are found to be right as they are."""
        self._num_alike = self._num_alike if start == self._taken_until else 0
        self._taken_until = stop
        is_settled = self._is_settled_by(tokens)
        self._cut(start, stop)
        piece = _Piece(start, stop, tokens)
        self._pieces.insert(bisect_left(self._pieces, start, key=_start), piece)
        if is_settled:
            self._settle(stop)
        return is_settled

    def wanted(self, start: int, stop: int) -> tuple[int, int] | None:
        """The first part of [start, stop) that is not scored, or stale; None if all is well."""
        found = None
        for piece in self._within(start, stop):
            if found is None and piece.start > start:
                return start, self._next_good(start, stop)
            if piece.is_stale:
                return max(start, piece.start), self._next_good(max(start, piece.start), stop)
            start = piece.stop
        return (start, stop) if start < stop else None

    def runs(self, start: int, stop: int, step_of: Callable[[TokenScore], int]) -> Iterator[Run]:
        """Where in [start, stop) neighbouring tokens have one step above 0."""
        for piece in self._within(start, stop):
            runs, shift = piece.runs(step_of), piece.shift
            for first, last, step in runs[bisect_right(runs, start - shift, key=_second) :]:
                if first + shift >= stop:
                    break
                yield max(start, first + shift), min(stop, last + shift), step

    def token_at(self, place: int) -> tuple[int, int, TokenScore] | None:
        """The token that a character belongs to: where it stands, and its score."""
        for piece in self._within(place, place + 1):
            index = bisect_right(piece.tokens, place - piece.shift, key=_stop)
            if index < len(piece.tokens) and piece.tokens[index].start <= place - piece.shift:
                token = piece.tokens[index]
                return token.start + piece.shift, token.stop + piece.shift, token
        return None

    def _within(self, start: int, stop: int) -> Iterator[_Piece]:
        index = bisect_right(self._pieces, start, key=_stop)
        while index < len(self._pieces) and self._pieces[index].start < stop:
            yield self._pieces[index]
            index += 1

    def _next_good(self, start: int, stop: int) -> int:
        """Where behind a place scores stand that need not be made anew."""
        return next((piece.start for piece in self._within(start, stop) if not piece.is_stale), stop)

    def _edit(self, start: int, stop: int, by: int) -> None:
        """[start, stop) gave way to other text; tokens that touch it may be others now, too."""
        kept: list[_Piece] = []
        for piece in self._pieces:
            if piece.stop < start:
                kept.append(piece)
                continue
            left, right = _without(piece, start, stop)
            if left is not None:
                kept.append(left)
            if right is not None:
                right.moved(by)
                right.is_stale = True
                kept.append(right)
        self._pieces = kept

    def _cut(self, start: int, stop: int) -> None:
        kept: list[_Piece] = []
        for piece in self._pieces:
            if piece.stop <= start or piece.start >= stop:
                kept.append(piece)
                continue
            kept += [piece.part(a, b) for a, b in ((piece.start, start), (stop, piece.stop)) if a < b]
        self._pieces = kept

    def _is_settled_by(self, tokens: Sequence[TokenScore]) -> bool:
        for token in tokens:
            before = self._stale_at(token)
            self._num_alike = self._num_alike + 1 if before is not None and _is_alike(before, token) else 0
        return self._num_alike >= ENOUGH_ALIKE

    def _stale_at(self, token: TokenScore) -> TokenScore | None:
        for piece in self._within(token.start, token.start + 1):
            index = bisect_left(piece.tokens, token.start - piece.shift, key=_start)
            if piece.is_stale and index < len(piece.tokens):
                before = piece.tokens[index]
                is_same = (before.start + piece.shift, before.stop + piece.shift) == (token.start, token.stop)
                return before if is_same else None
        return None

    def _settle(self, place: int) -> None:
        """What is stale from a place on is right, as far as no other edit lies before it."""
        self._num_alike = 0
        for piece in self._within(place, len(self._text)):
            if piece.start > place or not piece.is_stale:
                return
            piece.is_stale = False
            place = piece.stop


def _without(piece: _Piece, start: int, stop: int) -> tuple[_Piece | None, _Piece | None]:
    """What is left of a piece before and behind an edit, less the tokens that touch it."""
    left_tokens = piece.part(piece.start, start - 1) if piece.start < start - 1 else None
    right_tokens = piece.part(stop + 1, piece.stop) if stop + 1 < piece.stop else None
    if left_tokens is not None:
        tokens = left_tokens.tokens
        left_tokens.stop = tokens[-1].stop + piece.shift if tokens else left_tokens.start
    if right_tokens is not None:
        tokens = right_tokens.tokens
        right_tokens.start = tokens[0].start + piece.shift if tokens else right_tokens.stop
    left = left_tokens if left_tokens is not None and left_tokens.start < left_tokens.stop else None
    right = right_tokens if right_tokens is not None and right_tokens.start < right_tokens.stop else None
    return left, right


def _is_alike(first: TokenScore, second: TokenScore) -> bool:
    return (
        abs(first.surprise_bits - second.surprise_bits) < ALIKE_BITS
        and abs(first.entropy_bits - second.entropy_bits) < ALIKE_BITS
    )


def _start(thing: "TokenScore | _Piece") -> int:
    return thing.start


def _stop(thing: "TokenScore | _Piece") -> int:
    return thing.stop


def _second(run: Run) -> int:
    return run[1]
