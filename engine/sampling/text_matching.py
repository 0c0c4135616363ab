"""Finds several texts in one that arrives symbol by symbol (Aho & Corasick 1975)."""

from collections import deque
from collections.abc import Sequence

START = 0


class TextMatcher:
    """An automaton: a node of it is all that matters of the text so far. Never changed once it is made."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(dict.fromkeys(text for text in texts if text))
        self._next: list[dict[str, int]] = [{}]
        self._through: list[list[tuple[int, int]]] = [[]]  # which texts begin so, and with how many symbols
        self._is_end = [False]
        for index, text in enumerate(self.texts):
            self._add(index, text)
        self._shorter = [START] * len(self._next)
        self._link()

    @property
    def num_nodes(self) -> int:
        """Nodes are 0 ... num_nodes - 1; `START` is that of the empty text."""
        return len(self._next)

    def feed(self, node: int, text: str) -> tuple[int, bool]:
        """The node after `text`, and whether one of the texts came to its end on the way."""
        found = False
        for symbol in text:
            while node and symbol not in self._next[node]:
                node = self._shorter[node]
            node = self._next[node].get(symbol, START)
            found = found or self._is_end[node]
        return node, found

    def rests(self, node: int) -> set[str]:
        """What would complete one of the texts that have begun before this node, and are not at their end."""
        rests: set[str] = set()
        while node:
            rests.update(self.texts[index][size:] for index, size in self._through[node])
            node = self._shorter[node]
        rests.discard("")
        return rests

    def _add(self, index: int, text: str) -> None:
        node = START
        for size, symbol in enumerate(text, 1):
            following = self._next[node].get(symbol)
            if following is None:
                following = self._next[node][symbol] = len(self._next)
                self._next.append({})
                self._through.append([])
                self._is_end.append(False)
            node = following
            self._through[node].append((index, size))
        self._is_end[node] = True

    def _link(self) -> None:
        """Give each node the node of the longest end of its text that begins one of the texts, too."""
        waiting = deque(self._next[START].values())
        while waiting:
            node = waiting.popleft()
            for symbol, following in self._next[node].items():
                shorter = self._shorter[node]
                while shorter and symbol not in self._next[shorter]:
                    shorter = self._shorter[shorter]
                self._shorter[following] = self._next[shorter].get(symbol, START)
                self._is_end[following] = self._is_end[following] or self._is_end[self._shorter[following]]
                waiting.append(following)
