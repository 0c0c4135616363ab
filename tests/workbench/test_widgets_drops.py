"""What is dragged over the window is named, covered by its zones, and handed over where it was let go."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit
from pytestqt.qtbot import QtBot

from workbench.widgets.drop_overlay import DropOverlay, Dropped, DropTarget, dropped_from

pytestmark = pytest.mark.usefixtures("theme")
ZONES = [("one", "As one text", "In this order"), ("many", "As 2 texts", "Each for itself")]
LEFT, RIGHT = QPoint(150, 400), QPoint(650, 400)


class Host:
    def __init__(self, qtbot: QtBot) -> None:
        self.window = QMainWindow()
        self.editor = QPlainTextEdit()
        self.window.setCentralWidget(self.editor)
        self.window.resize(800, 600)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.overlay = DropOverlay(self.window)
        self.target = DropTarget(self.overlay)
        self.target.watch(self.editor.viewport())
        self.target.entered.connect(self.show_zones)

    def show_zones(self, found: Dropped) -> None:
        self.overlay.show_zones(f"Let go to import {len(found.paths)} files", ZONES)

    def send(self, kind: Callable[..., QDropEvent], mime: QMimeData, place: QPoint, editor: bool = False) -> QDropEvent:
        receiver = self.editor.viewport() if editor else self.window
        point = QPointF(place) if kind is QDropEvent else place
        actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = kind(point, actions, mime, buttons, keys)
        QApplication.sendEvent(receiver, event)
        return event


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    return Host(qtbot)


def _files(*names: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(name) for name in names])
    return mime


def _text(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def test_files_text_and_addresses_are_told_apart() -> None:
    assert dropped_from(_files("/a/b.txt", "/c")) == Dropped((Path("/a/b.txt"), Path("/c")))
    assert dropped_from(_text("Once upon a time")) == Dropped(text="Once upon a time")
    assert dropped_from(_text(" https://example.org/tales ")) == Dropped(addresses=("https://example.org/tales",))
    web = QMimeData()
    web.setUrls([QUrl("https://example.org/a")])
    assert dropped_from(web) == Dropped(addresses=("https://example.org/a",))
    assert dropped_from(QMimeData()).is_empty


def test_files_over_the_window_bring_up_the_zones(host: Host, qtbot: QtBot) -> None:
    with qtbot.waitSignal(host.target.entered) as entered:
        event = host.send(QDragEnterEvent, _files("/a.txt", "/b.txt"), LEFT)
    assert event.isAccepted()
    assert event.dropAction() == Qt.DropAction.CopyAction
    assert entered.args == [Dropped((Path("/a.txt"), Path("/b.txt")))]
    assert host.overlay.isVisible()
    assert host.overlay.size() == host.window.size()


def test_the_zone_under_the_pointer_lights_up(host: Host) -> None:
    mime = _files("/a.txt")
    host.send(QDragEnterEvent, mime, LEFT)
    host.send(QDragMoveEvent, mime, LEFT)
    assert host.overlay.lit_zone == "one"
    host.send(QDragMoveEvent, mime, RIGHT)
    assert host.overlay.lit_zone == "many"
    host.send(QDragMoveEvent, mime, QPoint(400, 5))
    assert host.overlay.lit_zone == ""
    assert host.overlay.grab().width() == 800


def test_letting_go_hands_over_the_files_and_the_zone(host: Host, qtbot: QtBot) -> None:
    mime = _files("/a.txt")
    host.send(QDragEnterEvent, mime, LEFT)
    with qtbot.waitSignal(host.target.dropped) as dropped:
        host.send(QDropEvent, mime, RIGHT)
    assert dropped.args == [Dropped((Path("/a.txt"),)), "many"]
    assert not host.overlay.isVisible()


def test_a_drop_beside_the_zones_has_none(host: Host, qtbot: QtBot) -> None:
    host.send(QDragEnterEvent, _files("/a.txt"), LEFT)
    with qtbot.waitSignal(host.target.dropped) as dropped:
        host.send(QDropEvent, _files("/a.txt"), QPoint(400, 5))
    assert dropped.args == [Dropped((Path("/a.txt"),)), ""]


def test_leaving_the_window_takes_the_zones_away(host: Host, qtbot: QtBot) -> None:
    host.send(QDragEnterEvent, _files("/a.txt"), LEFT)
    with qtbot.waitSignal(host.target.left):
        QApplication.sendEvent(host.window, QDragLeaveEvent())
    assert not host.overlay.isVisible()


def test_passing_from_an_editor_to_the_overlay_is_not_leaving(host: Host, qtbot: QtBot) -> None:
    mime = _files("/a.txt")
    host.send(QDragEnterEvent, mime, LEFT, editor=True)
    QApplication.sendEvent(host.editor.viewport(), QDragLeaveEvent())
    with qtbot.assertNotEmitted(host.target.left, wait=150):
        host.send(QDragEnterEvent, mime, LEFT)
    assert host.overlay.isVisible()


def test_an_editor_gives_up_files_but_keeps_text(host: Host, qtbot: QtBot) -> None:
    host.send(QDragEnterEvent, _files("/a.txt"), LEFT, editor=True)
    with qtbot.waitSignal(host.target.dropped):
        host.send(QDropEvent, _files("/a.txt"), LEFT, editor=True)
    assert host.editor.toPlainText() == ""
    with qtbot.assertNotEmitted(host.target.entered):
        host.send(QDragEnterEvent, _text("a word"), LEFT, editor=True)
    assert not host.overlay.isVisible()


def test_text_let_go_on_the_window_is_handed_over(host: Host, qtbot: QtBot) -> None:
    host.send(QDragEnterEvent, _text("Once upon a time"), LEFT)
    with qtbot.waitSignal(host.target.dropped) as dropped:
        host.send(QDropEvent, _text("Once upon a time"), LEFT)
    assert dropped.args[0] == Dropped(text="Once upon a time")


def test_one_zone_alone_is_everywhere(host: Host) -> None:
    host.overlay.show_zones("Let go to import it", ZONES[:1])
    assert host.overlay.zone_at(QPoint(1, 1)) == host.overlay.lit_zone == "one"


def test_nothing_that_we_know_is_not_taken(host: Host) -> None:
    event = host.send(QDragEnterEvent, QMimeData(), LEFT)
    assert not event.isAccepted() or not host.overlay.isVisible()
    assert event.type() == QEvent.Type.DragEnter
