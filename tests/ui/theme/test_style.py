"""The look of Qt's own widgets."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import contrast
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import apply_theme, system_theme, text_font

themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def test_text_is_as_large_as_chosen_with_digits_of_equal_width(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = QFont("DejaVu Sans")
    monkeypatch.setattr(QFontDatabase, "systemFont", lambda _: usual)
    usual.setPixelSize(8)
    assert text_font(1.5).pixelSize() == 12
    usual.setPointSizeF(8)
    font = text_font(1.5)
    assert font.pointSizeF() == 12
    assert font.featureValue(QFont.Tag("tnum")) == 1
    assert len({QFontMetrics(font).horizontalAdvance(digit) for digit in "0123456789"}) == 1


@themes
def test_the_desktop_s_theme_is_known_and_windows_follow_text_and_colours(
    qtbot: QtBot, qapp: QApplication, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    schemes = Qt.ColorScheme
    scheme = schemes.Dark if theme is DARK else schemes.Light
    monkeypatch.setattr(type(qapp.styleHints()), "colorScheme", lambda _: scheme)
    assert system_theme(qapp) is theme
    window = QWidget()
    qtbot.addWidget(window)
    apply_theme(qapp, theme, 2.0)
    assert window.font().pointSizeF() == text_font(2.0).pointSizeF()
    assert theme.ground in qapp.styleSheet()
    colors, groups = qapp.palette(), QPalette.ColorGroup
    assert colors.window().color() == QColor(theme.ground)
    for group, ink in ((groups.Active, theme.text), (groups.Disabled, theme.quiet)):
        assert colors.color(group, QPalette.ColorRole.Text) == QColor(ink)


@themes
def test_the_empty_box_of_a_menu_entry_reaches_3_to_1(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Truth table").setCheckable(True)
    entry = menu.actionGeometry(menu.actions()[0])
    image = menu.grab().toImage()
    ground = image.pixelColor(entry.right() - 3, entry.center().y()).name()
    before_text = range(entry.left() + 4, entry.left() + entry.height())
    line = {QColor(image.pixel(x, entry.center().y())).name() for x in before_text}
    assert max(contrast(color, ground) for color in line) >= 3
