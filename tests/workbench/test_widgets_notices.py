"""What the program says by itself: notices, toasts, empty pages, progress."""

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from workbench.widgets.buttons import IconButton, QuietButton
from workbench.widgets.empty import EmptyState
from workbench.widgets.notice import NoticeBar, ToastHost
from workbench.widgets.progress import ProgressRow

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(900, 600)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize("kind", ["info", "good", "care", "danger"])
def test_a_notice_says_its_sentence_and_offers_what_to_do(qtbot: QtBot, kind: str) -> None:
    notice, done = NoticeBar(kind, "The disk is full."), []
    qtbot.addWidget(notice)
    notice.show()
    qtbot.mouseClick(notice.add_action("Show the folder", lambda: done.append(kind)), Qt.MouseButton.LeftButton)
    assert notice.accessibleName() == notice.text == "The disk is full."
    assert done == [kind]


def test_a_notice_has_no_third_action(qtbot: QtBot) -> None:
    notice = NoticeBar()
    qtbot.addWidget(notice)
    notice.add_action("One", lambda: None)
    notice.add_action("Two", lambda: None)
    with pytest.raises(AssertionError):
        notice.add_action("Three", lambda: None)
    notice.clear_actions()
    notice.add_action("Three", lambda: None)


def test_a_notice_is_put_away_by_its_cross(qtbot: QtBot) -> None:
    notice = NoticeBar("info", "UTF-8, nothing changed.")
    qtbot.addWidget(notice)
    notice.set_dismissible(True)
    notice.show()
    with qtbot.waitSignal(notice.dismissed):
        qtbot.mouseClick(notice.findChild(IconButton), Qt.MouseButton.LeftButton)
    assert not notice.isVisible()


def test_a_toast_stands_at_the_foot_and_undoes(window: QWidget, qtbot: QtBot) -> None:
    host, done = ToastHost(window), []
    host.show_toast("Moved to the trash.", "Undo", lambda: done.append("undo"))
    toast = host.toast
    assert toast is not None
    assert toast.geometry().center().x() == pytest.approx(450, abs=2)
    assert toast.geometry().bottom() > 500
    qtbot.mouseClick(toast.findChild(QuietButton), Qt.MouseButton.LeftButton)
    assert done == ["undo"]
    assert host.toast is None


def test_a_new_toast_replaces_the_old_and_escape_puts_it_away(window: QWidget, qtbot: QtBot) -> None:
    host = ToastHost(window)
    host.show_toast("First.")
    host.show_toast("Second.")
    toast = host.toast
    assert toast is not None
    assert toast.accessibleName() == "Second."
    qtbot.keyClick(toast, Qt.Key.Key_Escape)
    assert host.toast is None


def test_a_toast_goes_away_when_its_time_has_passed(window: QWidget, qtbot: QtBot) -> None:
    host = ToastHost(window)
    host.show_toast("Saved.")
    timer = host.toast.findChild(QTimer)  # type: ignore[union-attr]
    assert timer.interval() == 10_000
    qtbot.mouseMove(window, QPoint(5, 5))
    qtbot.waitUntil(lambda: not host.toast.underMouse())  # type: ignore[union-attr]
    timer.start(1)
    qtbot.waitUntil(lambda: host.toast is None)


def test_a_toast_stays_in_the_middle_when_the_window_grows(window: QWidget, qtbot: QtBot) -> None:
    host = ToastHost(window)
    host.show_toast("Saved.")
    window.resize(1200, 700)
    qtbot.waitUntil(lambda: host.toast is not None and abs(host.toast.geometry().center().x() - 600) <= 2)


def test_a_long_toast_never_leaves_the_window(window: QWidget) -> None:
    host = ToastHost(window)
    host.show_toast("A name that goes on and on " * 20, "Undo", lambda: None)
    assert host.toast is not None
    assert window.rect().contains(host.toast.geometry())


def test_an_empty_page_leads_on(qtbot: QtBot) -> None:
    done: list[str] = []
    page = EmptyState("texts", "No texts yet", "Drop files here.", "Choose files", lambda: done.append("files"))
    qtbot.addWidget(page)
    paste = page.add_quiet("Paste a text", lambda: done.append("paste"))
    page.resize(900, 600)
    page.show()
    assert page.button is not None
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(paste, Qt.MouseButton.LeftButton)
    assert done == ["files", "paste"]


def test_an_empty_page_may_have_no_button(qtbot: QtBot) -> None:
    page = EmptyState("runs", "No runs yet", "Start one on the page Train.")
    qtbot.addWidget(page)
    assert page.button is None
    assert not page.findChildren(QPushButton)


def test_progress_is_shown_and_can_be_cancelled(qtbot: QtBot) -> None:
    row = ProgressRow("Reading 24 files")
    qtbot.addWidget(row)
    row.show()
    bar = row.findChild(QProgressBar)
    assert bar.maximum() == 0  # busy: nobody knows how long
    row.set_progress(0.4, "12 s left")
    assert bar.value() / bar.maximum() == pytest.approx(0.4)
    with qtbot.waitSignal(row.cancelled):
        qtbot.mouseClick(row.cancel_button, Qt.MouseButton.LeftButton)


def test_progress_that_cannot_be_cancelled_offers_no_button(qtbot: QtBot) -> None:
    row = ProgressRow("Saving", is_cancellable=False)
    qtbot.addWidget(row)
    row.show()
    assert not row.cancel_button.isVisible()
