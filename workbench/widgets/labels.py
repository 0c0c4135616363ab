"""Words on the screen, by how loud they speak."""

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from workbench.theme import fonts
from workbench.theme.icons import icon_size, pixmap
from workbench.theme.spacing import GRID, max_text_width
from workbench.theme.theme import theme
from workbench.widgets.focus import HandPainted
from workbench.widgets.popover import Popover, term_content


class Label(QLabel):
    """A label with one of our faces, in the colour of a token."""

    colour = "text"

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # not that of a button it may lie on
        self.setTextFormat(Qt.TextFormat.PlainText)  # what people name their texts is never markup
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def face(self) -> QFont:
        """The face it speaks with."""
        return fonts.body()

    def set_colour(self, token: str) -> None:
        """Speak in the colour of another token."""
        self.colour = token
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        self.setFont(self.face())
        palette = self.palette()
        palette.setColor(self.foregroundRole(), QColor(getattr(theme().tokens, self.colour)))
        self.setPalette(palette)


class Caption(Label):
    """Small and quiet: what a number means, when something was."""

    colour = "quiet"

    def face(self) -> QFont:
        return fonts.caption()


class Title(Label):
    """The name of a group."""

    def face(self) -> QFont:
        return fonts.title()


class PageTitle(Label):
    """The name of a page."""

    def face(self) -> QFont:
        return fonts.page_title()


class Body(Label):
    """Running text in lines of at most 75 characters."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)

    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        self.setMaximumWidth(max_text_width(self.font()))

    def heightForWidth(self, width: int) -> int:
        # A layout asks with all the room there is; the lines break where the label ends.
        return super().heightForWidth(min(width, self.maximumWidth()))


class Quiet(Body):
    """Running text that waits until it is looked for."""

    colour = "quiet"


class ElidedLabel(Label):
    """One line that ends in an ellipsis where the room ends; its bubble has the whole."""

    _whole = ""
    _mode = Qt.TextElideMode.ElideRight

    def __init__(
        self, text: str = "", parent: QWidget | None = None, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        super().__init__("", parent)
        self._whole, self._mode = text, mode
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def text(self) -> str:
        """The whole text, also where it is elided."""
        return self._whole

    def setText(self, text: str) -> None:
        """Say something else."""
        if text == self._whole and text == self.accessibleName():
            return
        self._whole = text
        self.setAccessibleName(text)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 6, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()

    def _elide(self) -> None:
        line = self._whole.replace("\n", " ")
        shown = self.fontMetrics().elidedText(line, self._mode, max(0, self.width()))
        super().setText(shown)
        self.setToolTip(self._whole if shown != line else "")


class StateLabel(QWidget):
    """A state told by an icon and a word, so that no colour has to be told apart."""

    def __init__(self, icon_name: str = "", text: str = "", role: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._role = icon_name, role
        self._picture = QLabel()
        self._label = ElidedLabel(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID - 2)
        row.addWidget(self._picture)
        row.addWidget(self._label, 1)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @property
    def text(self) -> str:
        """The word it shows."""
        return self._label.text()

    def set_state(self, icon_name: str, text: str, role: str = "text") -> None:
        """Show another state; the role is the token that colours icon and word."""
        self._icon_name, self._role = icon_name, role
        self._label.setText(text)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        self._label.set_colour(self._role)
        self._picture.setVisible(bool(self._icon_name))
        if self._icon_name:
            self._picture.setPixmap(pixmap(self._icon_name, self._role, icon_size(), self.devicePixelRatioF()))


class TermLabel(HandPainted, QAbstractButton):
    """A technical word with a dotted underline; it opens two sentences and a picture that explain it."""

    ring_corner = 4
    explained = Signal()

    def __init__(
        self,
        text: str,
        title: str,
        explanation: str,
        picture: QPixmap | None = None,
        parent: QWidget | None = None,
        face: fonts.Face = fonts.body,
        colour: str = "text",
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        self._title, self._explanation, self._picture = title, explanation, picture
        self._colour = colour
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.WhatsThisCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription(explanation)
        fonts.follow(self, face)
        self.clicked.connect(self._on_clicked)

    def setText(self, text: str) -> None:
        """Say another word; its bubble has the whole where it ends in an ellipsis."""
        if text != self.text():
            super().setText(text)
            self._show_whole()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_whole()

    def set_explanation(self, title: str, explanation: str, picture: QPixmap | None = None) -> None:
        """Explain something else from now on."""
        self._title, self._explanation, self._picture = title, explanation, picture
        self.setAccessibleDescription(explanation)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paint_face(self, painter: QPainter) -> None:
        colour = QColor(getattr(theme().tokens, "accent" if self.underMouse() else self._colour))
        painter.setPen(colour)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        width = min(metrics.horizontalAdvance(self.text()), self.width())
        pen = QPen(colour, 1.5, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
        pen.setDashPattern([0.01, 2.0])
        painter.setPen(pen)
        foot = (self.height() + metrics.height()) / 2
        painter.drawLine(QPointF(1, foot), QPointF(width - 1, foot))

    def _show_whole(self) -> None:
        is_cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if is_cut else "")

    def _on_clicked(self) -> None:
        popover = Popover(self)
        popover.set_content(term_content(self._title, self._explanation, self._picture))
        popover.show_near(self)
        self.explained.emit()
