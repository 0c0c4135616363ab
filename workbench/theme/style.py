"""The style sheet of the workbench, made from the tokens: small, because Fusion and the palette do the rest."""

from string import Template

from workbench.theme.spacing import CORNER
from workbench.theme.tokens import Tokens, mix

_BUTTONS = """
QPushButton, QToolButton { border-radius: ${corner}px; border: 1px solid $edge; background: $surface; color: $text; }
QPushButton, QToolButton { outline: none; }
QPushButton { padding: ${pad}px 15px; min-height: ${line_height}px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $press; }
QPushButton:disabled, QToolButton:disabled { color: $faint; border-color: $line; background: $window; }
QPushButton:default { border-color: $accent; }
QPushButton::menu-indicator { image: none; width: 0; }

QPushButton[role="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_press; border-color: $accent_press; }
QPushButton[role="primary"]:disabled { background: $line; border-color: $line; color: $faint; }

QPushButton[role="quiet"], QToolButton { background: transparent; border: 1px solid transparent; }
QPushButton[role="quiet"] { padding: ${pad}px 10px; }
QPushButton[role="quiet"]:hover, QToolButton:hover { background: $tint; }
QPushButton[role="quiet"]:pressed, QToolButton:pressed { background: $tint_press; }
QPushButton[role="quiet"]:checked, QToolButton:checked { background: $selected; }
QPushButton[role="quiet"]:disabled, QToolButton:disabled { background: transparent; border-color: transparent; }
QPushButton[role="quiet"][tone="accent"] { color: $accent; font-weight: 600; }
QToolButton { padding: ${tool_pad}px; }
QToolButton::menu-indicator { image: none; }

QPushButton[role="danger"] { color: $danger; border-color: $danger_edge; }
QPushButton[role="danger"]:hover { background: $danger_tint; }
QPushButton[role="danger"]:pressed { background: $danger_press; }
QPushButton[role="danger"]:disabled { color: $faint; border-color: $line; }
.QPushButton:focus, .QToolButton:focus { border: 2px solid $accent; padding: ${pad_less}px 14px; }
.QToolButton:focus { padding: ${tool_pad_less}px; }
"""
_INPUTS = """
QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, ComboBox {
    background: $surface; color: $text; border: 1px solid $field; border-radius: ${corner}px;
    selection-background-color: $selection; selection-color: $text;
}
QLineEdit, QAbstractSpinBox { padding: ${pad}px 9px; }
QLineEdit { min-height: ${line_height}px; }
SearchField { padding-left: 3px; }
ComboBox { padding: ${pad}px 28px ${pad}px 10px; min-height: ${line_height}px; }
QPlainTextEdit, QTextEdit { padding: 5px; border-color: $edge; }
QLineEdit:hover, QAbstractSpinBox:hover, ComboBox:hover { border-color: $quiet; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, ComboBox:focus {
    border: 2px solid $accent;
}
QLineEdit:focus, QAbstractSpinBox:focus { padding: ${pad_less}px 8px; }
ComboBox:focus { padding: ${pad_less}px 27px ${pad_less}px 9px; }
QPlainTextEdit:focus, QTextEdit:focus { padding: 4px; }
SearchField:focus { padding-left: 2px; }
QLineEdit:disabled, QAbstractSpinBox:disabled, ComboBox:disabled {
    color: $faint; background: $window; border-color: $line;
}
QLineEdit[frame="false"], QPlainTextEdit[frame="false"], QTextEdit[frame="false"] {
    border: none; background: transparent; padding: 0;
}
QLineEdit[look="title"] {
    border: none; border-bottom: 2px solid $accent; border-radius: 0; background: transparent;
    padding: 0; min-height: 0;
}
QAbstractSpinBox QLineEdit { min-height: 0; padding: 0; border: none; background: transparent; }
ComboBox { combobox-popup: 0; }
ComboBox::drop-down { border: none; width: 26px; }
ComboBox::down-arrow { image: none; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent; width: 22px; }
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow { image: none; }
SpinBox, DoubleSpinBox { padding: ${pad_less}px 26px ${pad_less}px 9px; }
SpinBox:focus, DoubleSpinBox:focus { padding: ${pad_least}px 25px ${pad_least}px 8px; }
QComboBox QAbstractItemView, QComboBox QAbstractItemView:focus {
    background: $raised; color: $text; border: 1px solid $edge; padding: 4px; outline: none;
    selection-background-color: $selected; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: ${row}px; padding: 0 6px; border-radius: 4px; }
QSlider { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $track; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
    width: 16px; height: 16px; margin: -7px 0; border-radius: 9px; background: $surface; border: 1px solid $field;
}
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider::handle:horizontal:focus { border: 2px solid $accent; margin: -8px 0; border-radius: 10px; }
QSlider::sub-page:horizontal:disabled { background: $field; }
"""
_SURFACES = """
QFrame[look="card"] { background: $surface; border: 1px solid $line; border-radius: ${corner}px; }
QFrame[look="rail"] { background: $rail; border: none; border-right: 1px solid $line; }
QFrame[look="line"] { background: $line; border: none; }
NoticeBar { border-radius: ${corner}px; border: 1px solid $line; background: $surface; }
NoticeBar[kind="info"] { background: $info_tint; border-color: $info_edge; }
NoticeBar[kind="good"] { background: $good_tint; border-color: $good_edge; }
NoticeBar[kind="care"] { background: $care_tint; border-color: $care_edge; }
NoticeBar[kind="danger"] { background: $danger_tint; border-color: $danger_edge; }
QToolTip { background: $raised; color: $text; border: 1px solid $edge; padding: 6px 8px; }
QMenu { background: $raised; color: $text; border: 1px solid $edge; padding: 5px; }
QMenu::item { padding: ${pad}px 24px ${pad}px 10px; border-radius: 5px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QMenu::icon { padding-left: 8px; }
QMenuBar { background: $window; border-bottom: 1px solid $line; padding: 1px 6px; }
QMenuBar::item { padding: 5px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $tint; }
QMenuBar::item:pressed { background: $selected; }
QStatusBar { background: $window; border-top: 1px solid $line; }
QScrollArea { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $thumb; border-radius: 3px; margin: 3px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: $thumb_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QSplitter::handle:horizontal { width: 16px; background: $grip_across; }
QSplitter::handle:vertical { height: 16px; background: $grip_down; }
QSplitter::handle:horizontal:hover { background: $grip_across_lit; }
QSplitter::handle:vertical:hover { background: $grip_down_lit; }
QProgressBar { background: $track; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
"""
_VIEWS = """
QAbstractItemView {
    background: $surface; color: $text; border: 1px solid $line; border-radius: ${corner}px; outline: none;
    selection-background-color: $selected; selection-color: $text; alternate-background-color: $stripe;
}
QAbstractItemView { padding: 1px; }
QTableView { gridline-color: $line; }
QTableView::item { padding: 0 10px; border: none; border-bottom: 1px solid $hairline; }
QListView::item:hover, QTreeView::item:hover { background: $hover; }
QTableView::item:selected, QListView::item:selected, QTreeView::item:selected { background: $selected; color: $text; }
QAbstractItemView:focus { border: 2px solid $accent; padding: 0; }
QListView::item, QTreeView::item { padding: 6px 8px; }
QHeaderView { background: transparent; border: none; border-radius: 0; }
QHeaderView:focus { border: none; }
QHeaderView::section {
    background: $surface; color: $quiet; border: none; border-bottom: 1px solid $line;
    padding: ${pad}px 15px ${pad}px 12px;
}
QHeaderView::section:hover { color: $text; background: $hover; }
QHeaderView::section:first { border-top-left-radius: ${corner}px; }
QHeaderView::section:last { border-top-right-radius: ${corner}px; }
QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; }
QTableCornerButton::section { background: $surface; border: none; }
QTabWidget::pane { border: none; }
QTabBar { background: transparent; border: none; }
QTabBar::tab {
    background: transparent; color: $quiet; border: none; border-bottom: 2px solid transparent;
    padding: ${pad}px 4px; margin-right: 16px;
}
QTabBar::tab:hover { color: $text; border-bottom-color: $line; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; font-weight: 600; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tab:disabled { color: $faint; }
"""
_TEMPLATE = Template(_BUTTONS + _INPUTS + _SURFACES + _VIEWS)


def style_sheet(tokens: Tokens, scale: float) -> str:
    """The application's style sheet for these colours and this size of text."""
    pad = round(5 * min(scale, 1.4))
    sizes = {
        "corner": CORNER,
        "pad": pad,
        "pad_less": pad - 1,
        "pad_least": pad - 2,
        "tool_pad": pad + 1,
        "tool_pad_less": pad,
        "row": round(26 * scale),
        "line_height": round(20 * scale),
    }
    return _TEMPLATE.substitute(sizes, **vars(tokens), **_shades(tokens))


def _shades(tokens: Tokens) -> dict[str, str]:
    text, surface, window = tokens.text, tokens.surface, tokens.window
    return {
        "edge": mix(text, tokens.line, 0.12),
        "field": mix(tokens.quiet, surface, 0.66),
        "faint": mix(tokens.quiet, window, 0.6),
        "hover": mix(text, surface, 0.04),
        "press": mix(text, surface, 0.09),
        "tint": mix(text, window, 0.07),
        "tint_press": mix(text, window, 0.12),
        "selected": mix(tokens.accent, surface, 0.16),
        "selection": mix(tokens.accent, surface, 0.3),
        "stripe": mix(tokens.line, surface, 0.3),
        "hairline": mix(tokens.line, surface, 0.6),
        "track": mix(tokens.quiet, tokens.line, 0.12),
        "thumb": mix(tokens.quiet, window, 0.35),
        "thumb_hover": mix(tokens.quiet, window, 0.65),
        "rail": mix(tokens.line, window, 0.28),
        "accent_hover": mix(text, tokens.accent, 0.14),
        "accent_press": mix(text, tokens.accent, 0.26),
        "grip_across": _grip("x2", tokens.line),
        "grip_down": _grip("y2", tokens.line),
        "grip_across_lit": _grip("x2", tokens.accent),
        "grip_down_lit": _grip("y2", tokens.accent),
        "info_tint": mix(tokens.accent, surface, 0.08),
        "info_edge": mix(tokens.accent, surface, 0.3),
        "good_tint": mix(tokens.good, surface, 0.08),
        "good_edge": mix(tokens.good, surface, 0.3),
        "care_tint": mix(tokens.care, surface, 0.1),
        "care_edge": mix(tokens.care, surface, 0.35),
        "danger_tint": mix(tokens.danger, surface, 0.08),
        "danger_press": mix(tokens.danger, surface, 0.16),
        "danger_edge": mix(tokens.danger, surface, 0.4),
    }


def _grip(direction: str, colour: str) -> str:
    """A thin line in the middle of a wide handle, as a gradient that is clear everywhere else."""
    ends = "x1: 0, y1: 0, x2: {}, y2: {}".format(*((1, 0) if direction == "x2" else (0, 1)))
    stops = [(0, "transparent"), (0.44, "transparent"), (0.45, colour), (0.55, colour), (0.56, "transparent")]
    steps = ", ".join(f"stop: {place} {shade}" for place, shade in [*stops, (1, "transparent")])
    return f"qlineargradient({ends}, {steps})"
