"""Ends a text before a stop string that arrives in pieces."""


class StopScanner:
    """Lets text through until `stop` appears, and holds back what may be its beginning. An empty `stop` never does."""

    def __init__(self, stop: str) -> None:
        self._stop = stop
        self._held = ""
        self.has_stopped = False

    def feed(self, text: str) -> str:
        """What of the text so far, not yet given out, certainly stands before the stop string."""
        if self.has_stopped or not self._stop:
            return "" if self.has_stopped else text
        text = self._held + text
        found = text.find(self._stop)
        if found >= 0:
            self.has_stopped, self._held = True, ""
            return text[:found]
        certain = len(text) - self._num_ambiguous(text)
        self._held = text[certain:]
        return text[:certain]

    def finish(self) -> str:
        """What was held back, when no more text comes."""
        held, self._held = self._held, ""
        return held

    def _num_ambiguous(self, text: str) -> int:
        """Length of the longest end of the text with which the stop string begins."""
        longest = min(len(self._stop) - 1, len(text))
        return next((size for size in range(longest, 0, -1) if self._stop.startswith(text[-size:])), 0)
