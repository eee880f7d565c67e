"""A strip of seeds as one image."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from xorviz.panels.lab.outcomes import OUTCOMES, color_of, paint_mark
from xorviz.panels.lab.seeds.strip import SeedGrid, strip_image
from xorviz.ui.theme.palette import DARK, LIGHT

CODES = (np.arange(40) % len(OUTCOMES)).astype(np.uint8)


def by_hand(grid: SeedGrid, ratio: int) -> QImage:
    size = grid.columns * grid.cell * ratio, grid.rows * grid.cell * ratio
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(ratio, ratio)
    for index in range(grid.shown):
        paint_mark(painter, QRectF(grid.rect(index)), OUTCOMES[CODES[index]], LIGHT)
    painter.end()
    return image


def channels(image: QImage) -> NDArray[np.uint8]:
    return np.frombuffer(image.constBits(), dtype=np.uint8)


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("cell", [3, 7, 16])
def test_it_is_what_painting_each_mark_would_give(qtbot: QtBot, cell: int, ratio: int) -> None:
    grid = SeedGrid(cell, columns=7, shown=33)
    image, wanted = strip_image(CODES, grid, LIGHT, ratio), by_hand(grid, ratio)
    assert image.devicePixelRatio() == ratio
    assert image.size() == wanted.size()
    difference = np.abs(channels(image).astype(int) - channels(wanted))
    assert difference.max() <= 2


def test_it_covers_its_cells_at_a_fractional_scale(qtbot: QtBot) -> None:
    image = strip_image(CODES, SeedGrid(13, columns=10, shown=40), LIGHT, 1.25)
    assert image.deviceIndependentSize().width() == pytest.approx(130)
    assert image.deviceIndependentSize().height() == pytest.approx(52)


def test_each_theme_has_its_colours(qtbot: QtBot) -> None:
    grid = SeedGrid(16, columns=1, shown=1)
    for theme in (LIGHT, DARK):
        image = strip_image(np.zeros(1, dtype=np.uint8), grid, theme, 1)
        assert image.pixelColor(7, 7) == QColor(color_of(theme, "right"))
