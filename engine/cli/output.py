"""What the commands print: results on standard output, progress on standard error."""

import json
import sys
from typing import Any

from engine.errors import Message


class Output:
    """Prints for people, or JSON objects, one per line."""

    def __init__(self, *, is_json: bool) -> None:
        self.is_json = is_json
        self._has_status = False

    def record(self, record: dict[str, Any]) -> None:
        """One JSON object on a line of its own; nothing when people read."""
        if self.is_json:
            print(json.dumps(record, ensure_ascii=False, allow_nan=False), flush=True)

    def text(self, text: str, end: str = "\n") -> None:
        """A result for people; nothing when programs read."""
        if not self.is_json:
            self.clear_status()
            print(text, end=end, flush=True)

    def end_line(self) -> None:
        """After text that stands exactly as it is: a person at a terminal gets a line end, a file or program none."""
        if not self.is_json and sys.stdout.isatty():
            print(file=sys.stderr, flush=True)

    def note(self, text: str | Message) -> None:
        """A line of progress on standard error."""
        self.clear_status()
        print(str(text), file=sys.stderr, flush=True)

    def status(self, text: str) -> None:
        """A line that the next one replaces; shown only where a person looks at a terminal."""
        if sys.stderr.isatty():
            print(f"\r\033[K{text[:110]}", end="", file=sys.stderr, flush=True)
            self._has_status = True

    def clear_status(self) -> None:
        """Take the last status line away."""
        if self._has_status:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._has_status = False


def duration(seconds: float) -> str:
    """A duration in words: 45 s, 3 min, 2 h 5 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
