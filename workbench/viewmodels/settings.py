"""What the window remembers between two starts: choices of the person, and how it was left."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal


class Settings(QObject):
    """Kept in an INI file, written by Qt a moment after a change. Keys are `group/name`."""

    changed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        """A text; the default for anything else."""
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self._store.value(key, default)
        return value if isinstance(value, bool) else str(value) == "true"

    def number(self, key: str, default: float) -> float:
        """A number."""
        value: Any = self._store.value(key, default)
        try:
            return float(value)
        except (TypeError, ValueError):
            return default

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        value = self._store.value(key, [])
        if isinstance(value, str):
            return [value] if value else []
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def data(self, key: str) -> QByteArray:
        """Bytes, such as the state of a splitter; empty when there are none."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set(self, key: str, value: bool | float | str | list[str] | QByteArray) -> None:
        """Remember a value."""
        if self._store.value(key) != value:
            self._store.setValue(key, value)
            self.changed.emit(key)

    def save(self) -> None:
        """Write to the disk now."""
        self._store.sync()
