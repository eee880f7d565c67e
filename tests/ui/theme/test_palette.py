"""Colours: contrast, maps, and the look of Qt's own widgets."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import contrast
from xorviz.ui.theme.palette import (
    DARK,
    LEVELS,
    LIGHT,
    Theme,
    diverging,
    faint,
    ink_on,
    level,
    luminance,
    mixed,
    rgb32,
    sequential,
)
from xorviz.ui.theme.style import apply_theme, system_theme, text_font

LEGIBLE, VISIBLE = 4.5, 3.0
"""WCAG 1.4.3 and 1.4.11."""
GROUNDS = ("ground", "panel")
PAIRS = (
    (("text", "quiet", "accent", "wrong"), GROUNDS, LEGIBLE),
    (("on_accent",), ("accent",), LEGIBLE),
    (("text",), ("hover",), LEGIBLE),
    (("rule", "quiet", "accent"), GROUNDS, VISIBLE),
    (("minus", "plus"), ("panel",), VISIBLE),
)
"""Inks, the grounds that they are on, and the least contrast."""

themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def rgb(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def test_contrast_follows_wcag() -> None:
    for one, other, ratio in [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.478),
        ("#767676", "#FFFFFF", 4.542),
        ("#0000FF", "#FFFFFF", 8.592),
        ("#ABCDEF", "#ABCDEF", 1.0),
    ]:
        assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=1e-3)
    lights = [luminance(color) for color in ("#000000", "#0A0A0A", "#FFFFFF")]
    assert lights == pytest.approx([0, 10 / 255 / 12.92, 1])


@themes
def test_text_and_marks_have_enough_contrast(theme: Theme) -> None:
    for inks, grounds, least in PAIRS:
        for ink in inks:
            for ground in grounds:
                found = contrast(getattr(theme, ink), getattr(theme, ground))
                assert found >= least, f"{ink} on {ground}"
    assert min(contrast(fill.name(), ink.name()) for fill, ink in diverging(theme)) >= LEGIBLE
    assert (LIGHT.minus, LIGHT.plus) == (DARK.minus, DARK.plus)


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_has_a_legible_ink(number: int) -> None:
    color = f"#{number:06X}"
    assert contrast(color, ink_on(color)) >= LEGIBLE


@themes
def test_the_diverging_map_leads_smoothly_from_minus_over_neutral_to_plus(theme: Theme) -> None:
    colors = np.array([rgb(fill.name()) for fill, _ in diverging(theme)])
    assert len(colors) == LEVELS
    assert [f"#{pixel & 0xFFFFFF:06x}" for pixel in rgb32(theme).tolist()] == [
        fill.name() for fill, _ in diverging(theme)
    ]
    assert colors[0].tolist() == rgb(theme.minus)
    assert colors[-1].tolist() == rgb(theme.plus)
    for middle in (colors[LEVELS // 2 - 1], colors[LEVELS // 2]):
        assert np.abs(middle - rgb(theme.neutral)).max() <= 2
    assert np.abs(np.diff(colors, axis=0)).max() <= 3
    lights = np.array([luminance(fill.name()) for fill, _ in diverging(theme)])
    outwards = np.sign(luminance(theme.plus) - luminance(theme.neutral))
    for side in (lights[LEVELS // 2 - 1 :: -1], lights[LEVELS // 2 :]):
        assert (outwards * np.diff(side) > -0.002).all(), "ever lighter, or darker, to both ends"
        assert outwards * (side[-1] - side[0]) > 0.1


@pytest.mark.parametrize("limit", [1e-300, 5.0, 1e300])
def test_levels_rise_evenly_from_limit_to_limit_and_stay_beyond(limit: float) -> None:
    levels = [level(share * limit, limit) for share in np.linspace(-1, 1, 2001)]
    assert (levels[0], levels[-1]) == (0, LEVELS - 1)
    assert np.bincount(levels, minlength=LEVELS)[1:-1].min() >= 7
    assert levels == sorted(levels)
    assert levels[1000] in {LEVELS // 2 - 1, LEVELS // 2}
    assert (level(-1.001 * limit, limit), level(math.inf, limit)) == (0, LEVELS - 1)
    assert level(math.nan, limit) == level(0, limit)


def test_colours_are_mixed_by_their_shares_or_made_translucent() -> None:
    assert mixed("#000000", "#FFFFFF") == "#7F7F7F"
    assert mixed("#102030", "#102030") == "#102030"
    assert mixed("#FF0000", "#0000FF", 0.2) == "#3300CC"
    assert (faint("#102030", 99).name().upper(), faint("#102030", 99).alpha()) == ("#102030", 99)


@themes
def test_the_sequential_map_changes_evenly_in_lightness_and_text_is_visible_on_it(
    theme: Theme,
) -> None:
    names = [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in sequential(theme)]
    changes = np.diff([luminance(name) for name in names])
    assert (changes >= 0).all() or (changes <= 0).all()
    assert contrast(names[0], names[-1]) > 2.5
    assert min(contrast(theme.text, name) for name in names) >= VISIBLE
    assert names[-1] == theme.neutral


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
