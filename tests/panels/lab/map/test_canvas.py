"""The map canvas: colours, numbers, marks, mouse events and export."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPicture
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.panels.lab.map.test_look import PLAN, SOME, cells
from tests.support.cases import some
from tests.support.screen import is_near, move_mouse, pixel, shown
from xorviz.core.config import RunConfig
from xorviz.files.exports.pictures import svg_bytes
from xorviz.lab.results.map import Cell, MapCells, MapPlan
from xorviz.panels.lab.map.canvas import MapCanvas
from xorviz.panels.lab.map.look import UNKNOWN, MapLook, map_colors
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

TWO = replace(PLAN, with_biases=True)
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(qtbot: QtBot) -> MapCanvas:
    canvas = shown(qtbot, MapCanvas(), 400, 240)
    canvas.show_look(MapLook.of_shares(SOME))
    return canvas


def rect(canvas: MapCanvas, cell: Cell) -> QRectF:
    assert canvas.frame is not None
    return canvas.frame.rects[cell]


def corner(canvas: MapCanvas, cell: Cell) -> QPoint:
    """Return a point of a cell beside its number and marks."""
    return rect(canvas, cell).topLeft().toPoint() + QPoint(6, 6)


def both() -> MapLook:
    plan = MapPlan(RunConfig(), seeds=3, with_biases=True)
    three = np.full(plan.shape, 3)
    return MapLook.of_shares(MapCells(plan, three, three, 0 * three, three.astype(float)))


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_cells_have_the_colour_of_their_rate(canvas: MapCanvas, theme: Theme) -> None:
    canvas.apply_theme(theme)
    look = MapLook.of_shares(SOME)
    for cell in rects_of(canvas):
        level = int(look.levels[cell])
        expected = QColor(theme.panel) if level == UNKNOWN else map_colors(theme)[level][0]
        assert is_near(pixel(canvas, corner(canvas, cell)), expected)


def rects_of(canvas: MapCanvas) -> dict[Cell, QRectF]:
    assert canvas.frame is not None
    return canvas.frame.rects


def test_a_cell_fills_its_border_once_all_its_seeds_are_done(canvas: MapCanvas) -> None:
    def edge(cell: Cell) -> QColor:
        found = rect(canvas, cell)
        return pixel(canvas, QPointF(found.left(), found.center().y()).toPoint())

    assert is_near(edge((0, 0, 2)), LIGHT.accent)
    assert is_near(edge((0, 1, 0)), LIGHT.hairline)  # 4 of 10
    assert is_near(edge((0, 1, 2)), LIGHT.hairline)  # none
    canvas.show_look(MapLook.of_shares(cells([10] * 6, [10] * 6, [5.0] * 6)))
    assert is_near(edge((0, 1, 0)), LIGHT.accent)


def test_numbers_are_written_if_they_fit(canvas: MapCanvas) -> None:
    def colours(cell: Cell) -> int:
        inside = rect(canvas, cell).toRect().adjusted(3, 3, -3, -3)
        image = canvas.grab(inside).toImage()
        width, height = image.width(), image.height()
        return len({image.pixel(x, y) for x in range(width) for y in range(height)})

    assert colours((0, 0, 2)) > 3
    assert colours((0, 1, 2)) == 1
    canvas.show_look(both())  # its cells are too narrow
    assert colours((0, 0, 2)) == 1


def test_marks_are_painted_over_the_cache(canvas: MapCanvas) -> None:
    plain, snapshot = canvas.grab().toImage(), canvas._picture.pixmap
    canvas.show_base((0, 0, 1))
    outlined = canvas.grab().toImage()
    canvas.mark((0, 1, 1))
    marked = canvas.grab().toImage()
    assert plain != outlined != marked
    found = rect(canvas, (0, 0, 1))
    edge = QPointF(found.left(), found.center().y()).toPoint()
    assert is_near(outlined.pixelColor(edge), LIGHT.text)
    canvas.mark(None)
    canvas.show_base(None)
    assert canvas.grab().toImage() == plain
    assert canvas._picture.pixmap is snapshot


def test_a_mark_outside_the_map_is_not_painted(canvas: MapCanvas) -> None:
    plain = canvas.grab().toImage()
    canvas.show_base((1, 0, 1))
    canvas.mark((0, 7, 7))
    assert canvas.grab().toImage() == plain


def test_the_mouse_points_at_cells(canvas: MapCanvas) -> None:
    pointed: list[Cell | None] = []
    canvas.pointed_at.connect(pointed.append)
    for at in (rect(canvas, (0, 1, 2)).center(), QPointF(1, 1)):
        move_mouse(canvas, at)
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert pointed == [(0, 1, 2), None, None]


def test_a_click_reports_the_cell_and_shift(canvas: MapCanvas) -> None:
    clicks: list[tuple[Cell, bool]] = []
    canvas.clicked.connect(lambda cell, is_shift: clicks.append((cell, is_shift)))
    left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
    at = rect(canvas, (0, 0, 1)).center().toPoint()
    QTest.mouseClick(canvas, left, pos=at)
    QTest.mouseClick(canvas, left, SHIFT, at)
    QTest.mouseClick(canvas, right, pos=at)
    QTest.mouseClick(canvas, left, pos=QPoint(1, 1))
    assert clicks == [((0, 0, 1), False), ((0, 0, 1), True)]


def test_two_blocks_are_side_by_side_or_one_at_a_time(canvas: MapCanvas) -> None:
    canvas.show_look(both())
    assert canvas.frame is not None
    assert list(canvas.frame.blocks) == [0, 1]
    canvas.show_alone(True)
    assert list(canvas.frame.blocks) == [0]
    heading = canvas.frame.headings[1].center().toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=heading)
    assert list(canvas.frame.blocks) == [canvas.front] == [1]
    canvas.mark((0, 3, 3))  # the cursor moves to the other block
    assert list(canvas.frame.blocks) == [0]
    canvas.show_alone(False)
    assert list(canvas.frame.blocks) == [0, 1]


def test_another_map_resets_the_front_block(canvas: MapCanvas) -> None:
    canvas.show_look(both())
    canvas.show_alone(True)
    canvas.show_block(1)
    canvas.show_look(MapLook.of_shares(SOME))
    assert canvas.front == 0
    assert {cell[0] for cell in rects_of(canvas)} == {0}


def test_new_cells_of_the_same_map_keep_the_layout(canvas: MapCanvas) -> None:
    frame = canvas.frame
    canvas.show_look(MapLook.of_shares(cells([10] * 6, [3] * 6, [5.0] * 6)))
    assert canvas.frame is frame
    canvas.show_look(MapLook.of_medians(SOME))
    assert canvas.frame is not frame


def test_a_message_replaces_the_map(canvas: MapCanvas) -> None:
    canvas.show_message("Nothing yet")
    said = canvas.grab().toImage()
    canvas.show_message("")
    assert canvas.grab().toImage() != said
    assert canvas.frame is None
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))


def test_it_can_be_exported_as_a_vector_graphic(canvas: MapCanvas) -> None:
    canvas.grab()
    snapshot, drawing = canvas._picture.pixmap, QPicture()
    canvas.render(drawing)
    assert canvas._picture.pixmap is snapshot
    assert drawing.size() < 20_000  # an image would have 400 x 240 pixels
    svg = svg_bytes(canvas).decode()
    assert "<image" not in svg
    assert all(f">{text}<" in svg for text in ("50", "learning rate", "width", "0.5", "100 %"))
