"""How a person steers a run that another thread drives."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SettingValue = bool | int | float | str


@dataclass(frozen=True)
class Change:
    """A live setting and its wished value, as `section.name`."""

    field: str
    value: SettingValue


@dataclass(frozen=True)
class Snapshot:
    """Copies of a run's weights, float32 arrays by name, as they were after a step."""

    step: int
    arrays: Mapping[str, Any]


class SnapshotWish:
    """Somebody waits for a copy of the weights."""

    def __init__(self) -> None:
        self._is_answered = threading.Event()
        self._snapshot: Snapshot | None = None

    @property
    def snapshot(self) -> Snapshot | None:
        """The copy; None before it is there, and for good where the run ended before."""
        return self._snapshot

    def answer(self, snapshot: Snapshot | None) -> None:
        """Give it, or say that there will be none."""
        self._snapshot = snapshot
        self._is_answered.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the answer, so long at most; whether it came."""
        return self._is_answered.wait(seconds)


class RunControl:
    """Wishes for a run. Any thread may call any method; the run reads them at its next step boundary.

    A pause is a wait that still serves saving, sampling, snapshots, changes and stopping.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_paused = False
        self._is_stopping = False
        self._wants_save = False
        self._wants_sample = False
        self._changes: list[Change] = []
        self._snapshot_wishes: list[SnapshotWish] = []
        self._is_over = False

    def pause(self) -> None:
        """Wait at the next step boundary."""
        with self._condition:
            self._is_paused = True
            self._condition.notify_all()

    def resume(self) -> None:
        """Go on after a pause."""
        with self._condition:
            self._is_paused = False
            self._condition.notify_all()

    def stop(self) -> None:
        """End the run at the next step boundary and keep its best state."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify_all()

    def save_now(self) -> None:
        """Write a checkpoint at the next step boundary."""
        with self._condition:
            self._wants_save = True
            self._condition.notify_all()

    def sample_now(self) -> None:
        """Write a sample text at the next step boundary."""
        with self._condition:
            self._wants_sample = True
            self._condition.notify_all()

    def change(self, field: str, value: SettingValue) -> None:
        """Give a live setting, as `section.name`, another value from the next step on.

        The run answers with SettingChanged, or with a warning if the setting is not live or the value not possible.
        """
        with self._condition:
            self._changes.append(Change(field, value))
            self._condition.notify_all()

    def ask_snapshot(self) -> SnapshotWish:
        """Wish for a copy of the weights at the next step boundary. It changes nothing of the run, not one bit."""
        wish = SnapshotWish()
        with self._condition:
            if self._is_over:
                wish.answer(None)
            else:
                self._snapshot_wishes.append(wish)
                self._condition.notify_all()
        return wish

    def end(self) -> None:
        """The run is over: nobody waits for a snapshot any more."""
        with self._condition:
            self._is_over = True
        for wish in self.take_snapshot_wishes():
            wish.answer(None)

    @property
    def is_paused(self) -> bool:
        """Whether a pause is wished."""
        return self._is_paused

    @property
    def is_stopping(self) -> bool:
        """Whether an end is wished."""
        return self._is_stopping

    def take_save(self) -> bool:
        """Whether a save was wished since the last call."""
        with self._condition:
            wished, self._wants_save = self._wants_save, False
            return wished

    def take_sample(self) -> bool:
        """Whether a sample was wished since the last call."""
        with self._condition:
            wished, self._wants_sample = self._wants_sample, False
            return wished

    def take_changes(self) -> list[Change]:
        """The changes wished since the last call, in their order."""
        with self._condition:
            wished, self._changes = self._changes, []
            return wished

    def take_snapshot_wishes(self) -> list[SnapshotWish]:
        """Those who wait for a snapshot since the last call."""
        if not self._snapshot_wishes:  # asked very often
            return []
        with self._condition:
            wished, self._snapshot_wishes = self._snapshot_wishes, []
            return wished

    def wait(self) -> None:
        """Wait while paused, until there is something to do: resume, stop, save, sample, a snapshot or a change."""
        with self._condition:
            self._condition.wait_for(self._has_wish)

    def _has_wish(self) -> bool:
        if not self._is_paused or self._is_stopping:
            return True
        return self._wants_save or self._wants_sample or bool(self._changes) or bool(self._snapshot_wishes)
