"""One window per library: a second start hands its files over to the first and ends."""

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MILLISECONDS = 500
_ANSWER_MILLISECONDS = 5000  # so long a window may be busy with something before another one opens
_LARGEST_MESSAGE = 1_000_000


class SingleInstance(QObject):
    """Listens for later starts. `called` carries the paths they were given (none: just raise the window)."""

    called = Signal(object)

    def __init__(self, library_path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = "textloom-" + hashlib.sha256(str(library_path).encode()).hexdigest()[:16]
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection_came)
        self._is_taken = False  # another one listens, and shall go on doing so

    def hand_over(self, paths: list[Path]) -> bool:
        """Give the paths to the window that is open already; whether there was one that took them."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_WAIT_MILLISECONDS):
            return False
        self._is_taken = True
        socket.write(json.dumps([str(path.absolute()) for path in paths]).encode() + b"\n")
        socket.waitForBytesWritten(_WAIT_MILLISECONDS)
        # The answer tells that the other one is alive, and that it may raise its window now.
        was_heard = socket.waitForReadyRead(_ANSWER_MILLISECONDS)
        if not was_heard and socket.state() != QLocalSocket.LocalSocketState.ConnectedState:
            self._is_taken = False  # it ended at this very moment
        socket.disconnectFromServer()
        return was_heard

    def listen(self) -> None:
        """Be the one that later starts find, unless another one is, however busy it may be now."""
        if self._is_taken:
            return
        if not self._server.listen(self._name):
            QLocalServer.removeServer(self._name)  # left by a crash
            self._server.listen(self._name)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _on_connection_came(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setParent(self)
            socket.readyRead.connect(self._on_message_came)
            socket.disconnected.connect(socket.deleteLater)

    def _on_message_came(self) -> None:
        socket = self.sender()
        if not isinstance(socket, QLocalSocket) or not socket.canReadLine():
            return
        line = socket.readLine(_LARGEST_MESSAGE).data()
        socket.write(b"ok\n")
        socket.flush()
        try:
            paths = [Path(text) for text in json.loads(bytes(line)) if isinstance(text, str)]
        except ValueError:
            paths = []
        self.called.emit(paths)
