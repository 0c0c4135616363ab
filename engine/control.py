"""How a person steers a run that another thread drives."""

import threading
from dataclasses import dataclass

SettingValue = bool | int | float | str


@dataclass(frozen=True)
class Change:
    """A live setting and its wished value, as `section.name`."""

    field: str
    value: SettingValue


class RunControl:
    """Wishes for a run. Any thread may call any method; the run reads them at its next step boundary.

    A pause is a wait that still serves saving, sampling, changes and stopping.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_paused = False
        self._is_stopping = False
        self._wants_save = False
        self._wants_sample = False
        self._changes: list[Change] = []

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

    def wait(self) -> None:
        """Wait while paused, until there is something to do: resume, stop, save, sample or a change."""
        with self._condition:
            self._condition.wait_for(self._has_wish)

    def _has_wish(self) -> bool:
        if not self._is_paused or self._is_stopping:
            return True
        return self._wants_save or self._wants_sample or bool(self._changes)
