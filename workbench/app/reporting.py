"""What nobody foresaw, on any thread, ends as one sentence in the window and details in a log file."""

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from workbench.bridge.failures import LOGGER, failure_of
from workbench.bridge.protocols.jobs import Failure

LOG_NAME = "textloom.log"
_LARGEST_LOG_BYTES = 1_000_000
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Reporting:
    """Hooks into everything that can fail. `tell` is called on the thread on which it failed."""

    def __init__(self, logs_path: Path, tell: Callable[[Failure], None]) -> None:
        self._tell = tell
        self._crash_file: IO[str] | None = None
        self._handler = self._opened(logs_path)
        LOGGER.setLevel(logging.INFO)
        LOGGER.addHandler(self._handler)
        LOGGER.propagate = False
        self._before: tuple[Any, ...] = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        self._qt_before = qInstallMessageHandler(self._on_qt_message)

    def close(self) -> None:
        """Take the hooks away."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(self._qt_before)
        LOGGER.removeHandler(self._handler)
        self._handler.close()
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()

    def _opened(self, logs_path: Path) -> logging.Handler:
        """The log file, or nothing but the hooks where the disk refuses one."""
        try:
            logs_path.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                logs_path / LOG_NAME, maxBytes=_LARGEST_LOG_BYTES, backupCount=2, encoding="utf-8",
                errors="backslashreplace",
            )  # fmt: skip
            self._crash_file = (logs_path / "crash.log").open("a", encoding="utf-8")
            faulthandler.enable(self._crash_file)
        except OSError:
            return logging.NullHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        return handler

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._tell(failure_of(error))

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            self._tell(failure_of(arguments.exc_value))

    def _on_unraisable(self, unraisable: "sys.UnraisableHookArgs") -> None:
        LOGGER.error("In %r: %r", unraisable.object, unraisable.exc_value)

    def _on_qt_message(self, kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        LOGGER.log(_LEVELS.get(kind, logging.INFO), "Qt: %s", text)
