"""Colours that can be told apart, icons that exist, and a look that follows what the person chose."""

import ast
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QColor, QFontMetrics, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

import workbench
from workbench.theme import fonts
from workbench.theme.icons import icon, pixmap, set_icon
from workbench.theme.spacing import max_text_width
from workbench.theme.style import style_sheet
from workbench.theme.theme import Theme, palette
from workbench.theme.theme import theme as the_theme
from workbench.theme.tokens import DARK, LIGHT, Tokens, contrast, mix

BOTH = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@BOTH
@pytest.mark.parametrize("ground", ["window", "surface", "raised"])
@pytest.mark.parametrize("text", ["text", "quiet", "accent", "good", "care", "danger"])
def test_text_stands_out_from_every_ground(tokens: Tokens, ground: str, text: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@BOTH
def test_text_on_the_accent_stands_out(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


@BOTH
@pytest.mark.parametrize("line", ["training", "validation", "gradient", "threshold", "reference"])
def test_a_line_of_a_plot_stands_out_from_the_surface(tokens: Tokens, line: str) -> None:
    assert contrast(getattr(tokens, line), tokens.surface) >= 3


@BOTH
def test_the_edge_of_a_field_stands_out_from_the_surface(tokens: Tokens) -> None:
    assert contrast(mix(tokens.quiet, tokens.surface, 0.66), tokens.surface) >= 3


def test_black_on_white_has_the_largest_contrast_there_is() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)


def test_a_mix_lies_between_its_two_colours() -> None:
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"
    assert mix("#102030", "#FFFFFF", 1.0) == "#102030"


@BOTH
def test_the_palette_sets_every_role_and_greys_what_is_disabled(tokens: Tokens) -> None:
    ours = palette(tokens)
    assert ours.color(QPalette.ColorRole.Window) == QColor(tokens.window)
    assert ours.color(QPalette.ColorRole.PlaceholderText) == QColor(tokens.quiet)
    assert ours.color(QPalette.ColorRole.Link) == QColor(tokens.accent)
    assert ours.color(QPalette.ColorRole.ToolTipBase) == QColor(tokens.raised)
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        disabled = ours.color(QPalette.ColorGroup.Disabled, role)
        assert disabled != ours.color(QPalette.ColorGroup.Active, role)


@BOTH
def test_the_style_sheet_leaves_no_placeholder_unfilled(tokens: Tokens) -> None:
    sheet = style_sheet(tokens, 1.5)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_choosing_dark_changes_palette_and_tells_it(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_choice("dark")
    assert theme.is_dark
    assert theme.tokens is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)


def test_the_same_choice_twice_changes_nothing(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_choice("light")
        theme.set_text_scale(1.0)


def test_an_unknown_scheme_is_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="no such scheme"):
        theme.set_choice("sepia")  # type: ignore[arg-type]


def test_the_system_is_followed_only_when_chosen(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    hints = qapp.styleHints()
    with qtbot.assertNotEmitted(theme.changed):
        hints.colorSchemeChanged.emit(hints.colorScheme())
    theme.set_choice("system")
    with qtbot.waitSignal(theme.changed):
        hints.colorSchemeChanged.emit(hints.colorScheme())


def test_there_is_one_theme(theme: Theme) -> None:
    assert the_theme() is theme


def test_text_grows_with_the_scale_and_stays_within_its_bounds(theme: Theme, qapp: QApplication) -> None:
    before = qapp.font().pointSizeF()
    theme.set_text_scale(1.5)
    assert qapp.font().pointSizeF() == pytest.approx(1.5 * before)
    theme.set_text_scale(9)
    assert theme.text_scale == 2.0
    theme.set_text_scale(0.1)
    assert theme.text_scale == 0.8


def test_faces_have_their_sizes(theme: Theme) -> None:
    body = fonts.body().pointSizeF()
    assert fonts.caption().pointSizeF() == pytest.approx(0.85 * body)
    assert fonts.title().pointSizeF() == pytest.approx(1.25 * body)
    assert fonts.page_title().pointSizeF() == pytest.approx(1.7 * body)
    assert fonts.big_number().pointSizeF() == pytest.approx(2.1 * body)
    theme.set_text_scale(2.0)
    assert fonts.mono().pointSizeF() == fonts.serif().pointSizeF() == pytest.approx(2 * body)


@pytest.mark.usefixtures("theme")
def test_figures_of_a_big_number_have_one_width() -> None:
    metrics = QFontMetrics(fonts.big_number())
    assert len({metrics.horizontalAdvance(figure * 4) for figure in "0123456789"}) == 1


def test_a_widget_that_follows_a_face_keeps_it_when_text_grows(theme: Theme, qtbot: QtBot) -> None:
    label = QLabel("Once upon a time")
    qtbot.addWidget(label)
    fonts.follow(label, fonts.title)
    fonts.follow(label, fonts.serif)
    theme.set_text_scale(1.5)
    assert label.font().pointSizeF() == pytest.approx(fonts.body().pointSizeF())


@pytest.mark.usefixtures("theme")
def test_seventy_five_letters_fit_a_line_of_text() -> None:
    font = fonts.body()
    line = ("a line of text as long as people like to read it without losing their place " * 2)[:75]
    assert max_text_width(font) == pytest.approx(QFontMetrics(font).horizontalAdvance(line), rel=0.1)


def _colour_of(image_icon: QIcon, side: int = 24) -> str:
    image = image_icon.pixmap(QSize(side, side), 1.0).toImage()
    solid = [image.pixelColor(x, y) for x in range(side) for y in range(side) if image.pixelColor(x, y).alpha() == 255]
    return solid[0].name().upper() if solid else ""


def test_an_icon_takes_the_colour_of_its_role_and_follows_the_theme(theme: Theme) -> None:
    drawn = icon("play", "accent")
    assert _colour_of(drawn) == LIGHT.accent
    theme.set_choice("dark")
    assert _colour_of(drawn) == DARK.accent


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0, 3.0])
def test_an_icon_has_as_many_pixels_as_the_screen(ratio: float) -> None:
    drawn = icon("play").pixmap(QSize(24, 24), ratio)
    assert drawn.width() == round(24 * ratio)
    assert pixmap("play", "text", 24, ratio).width() == round(24 * ratio)


@pytest.mark.usefixtures("theme")
def test_an_unknown_icon_or_role_is_an_error_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-drawing")
    with pytest.raises(AttributeError):
        icon("play", "no_such_token")


def test_a_button_with_an_icon_grows_it_with_the_text(theme: Theme, qtbot: QtBot) -> None:
    button, action = QPushButton("Start"), QAction("Start")
    qtbot.addWidget(button)
    set_icon(button, "play")
    set_icon(action, "play")
    before = button.iconSize().height()
    theme.set_text_scale(2.0)
    assert button.iconSize().height() > before
    assert not action.icon().isNull()
    set_icon(button, "")
    theme.set_text_scale(1.0)
    assert button.icon().isNull()


# Which argument of a call names an icon.
ICON_PLACES = {
    "icon": 0, "pixmap": 0, "set_icon_name": 0, "IconButton": 0, "EmptyState": 0, "StateLabel": 0, "set_status": 0,
    "set_icon": 1, "add_entry": 1, "Button": 1, "PrimaryButton": 1, "QuietButton": 1, "DangerButton": 1,
    "set_primary": 2,
}  # fmt: skip


def _named_icons() -> Iterator[tuple[str, str]]:
    folder = Path(workbench.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            callee = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = ICON_PLACES.get(callee)
            named = [] if place is None else node.args[place : place + 1]
            named += [keyword.value for keyword in node.keywords if keyword.arg in ("icon", "icon_name")]
            for value in named:
                parts = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                for part in parts:
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                        yield part.value, f"{file.relative_to(folder)}:{node.lineno}"


def test_every_icon_that_the_workbench_names_is_drawn() -> None:
    drawn = {entry.name.removesuffix(".svg") for entry in (resources.files("resources") / "icons").iterdir()}
    missing = [f"{name} ({where})" for name, where in _named_icons() if name not in drawn]
    assert not missing
    assert len(list(_named_icons())) > 5
