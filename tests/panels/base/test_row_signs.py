"""The sign of a row: shape and colour show the target, a cross a wrong row."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near
from xorviz.panels.base.row_signs import paint_sign
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


def painted(theme: Theme, target: int, is_right: bool = True) -> QImage:
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    paint_sign(painter, QPointF(30, 30), 20, target, theme, is_right=is_right)
    painter.end()
    return image


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_target_0_is_a_circle_and_target_1_a_square(qtbot: QtBot, theme: Theme) -> None:
    circle, square = painted(theme, 0), painted(theme, 1)
    assert is_near(circle.pixelColor(30, 30), theme.minus)
    assert is_near(square.pixelColor(30, 30), theme.plus)
    assert is_near(circle.pixelColor(13, 13), "#808080")
    assert is_near(square.pixelColor(13, 13), "white")
    assert is_near(square.pixelColor(16, 16), theme.plus)


def test_a_wrong_row_is_crossed(qtbot: QtBot) -> None:
    for target in [0, 1]:
        assert is_near(painted(LIGHT, target, is_right=False).pixelColor(30, 30), "white")
        assert not is_near(painted(LIGHT, target).pixelColor(30, 30), "white")
