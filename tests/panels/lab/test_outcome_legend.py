"""The outcomes of a lab and their counts."""

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QImage, QPainter
from pytestqt.qtbot import QtBot

from xorviz.panels.lab.outcomes import NOT_YET, OUTCOMES, RIGHT, OutcomeLegend
from xorviz.ui.theme.palette import LIGHT

ALL = np.arange(len(OUTCOMES), dtype=np.uint8)


def painted(legend: OutcomeLegend, lines: int) -> QImage:
    image = QImage(300, 400, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setFont(QFont())
    legend.paint(painter, QPointF(0, 0), 300, lines, LIGHT)
    painter.end()
    return image


def lowest(image: QImage) -> int:
    shape = image.height(), image.width()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(shape)
    return int(np.flatnonzero(pixels.any(axis=1)).max())


def test_it_counts_those_that_there_are_in_a_fixed_order() -> None:
    legend = OutcomeLegend()
    legend.show_codes(np.array([4, 0, 0, 1, 0], dtype=np.uint8))
    assert list(legend.counts.items()) == [
        ("right", 3), ("one row on the fence", 1), ("coin toss", 1),
    ]  # fmt: skip
    assert legend.spoken == "right 3, one row on the fence 1, coin toss 1"
    assert not legend.is_open


def test_it_is_open_while_networks_go_on() -> None:
    legend = OutcomeLegend()
    legend.show_codes(np.array([OUTCOMES.index(RIGHT), OUTCOMES.index(NOT_YET)], dtype=np.uint8))
    assert legend.is_open


def test_it_wraps_where_it_is_narrow(qtbot: QtBot) -> None:
    legend = OutcomeLegend()
    assert legend.lines(QFont(), 300) == 1
    legend.show_codes(ALL)
    assert legend.lines(QFont(), 5000) == 1
    assert legend.lines(QFont(), 300) > legend.lines(QFont(), 600) > 1


def test_it_paints_no_more_lines_than_it_may(qtbot: QtBot) -> None:
    legend = OutcomeLegend()
    legend.show_codes(ALL)
    needed = legend.lines(QFont(), 300)
    height = lowest(painted(legend, needed)) / needed
    assert lowest(painted(legend, 2)) < 2.2 * height
