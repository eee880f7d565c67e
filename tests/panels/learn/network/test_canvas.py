"""Pixels of the diagram: dashes, fills, rings and texts."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near
from tests.support.snapshots import trained, with_weights
from xorviz.core.config import RunConfig
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.learn.network.canvas import DiagramCanvas
from xorviz.panels.learn.network.graph import DiagramPicture
from xorviz.panels.learn.network.layout import DiagramLayout, verdict
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SIZE = (460, 300)
CONFIG = RunConfig(width=3, biases=True, rate=0.5)


class Sheet:
    """A canvas, and what it has painted."""

    def __init__(self, snapshot: Snapshot, theme: Theme = LIGHT) -> None:
        self.picture = DiagramPicture(snapshot, 2, 5)
        self.canvas = DiagramCanvas()
        self.canvas.resize(*SIZE)
        self.canvas.apply_theme(theme)
        self.show_unit(None)
        self.image = self.paint()

    def show_unit(self, unit: int | None) -> None:
        self.canvas.show_picture(self.picture, unit)

    @property
    def plan(self) -> DiagramLayout:
        assert self.canvas.plan is not None
        return self.canvas.plan

    def paint(self) -> QImage:
        image = QImage(*SIZE, QImage.Format.Format_RGB32)
        image.fill(QColor(self.canvas.theme.panel))
        without_ground = QWidget.RenderFlag.DrawChildren
        self.canvas.render(image, QPoint(), QRegion(), without_ground)
        return image


def test_the_strongest_edges_lie_on_top(qtbot: QtBot) -> None:
    snapshot = with_weights(RunConfig(width=2), fill=0.5)
    w1 = snapshot.weights.w1.copy()
    w1[0, 1] = 5.0
    sheet = Sheet(replace(snapshot, weights=replace(snapshot.weights, w1=w1)))
    crossing = sheet.plan.lines[1].pointAt(0.5).toPoint()
    assert is_near(sheet.image.pixelColor(crossing), LIGHT.plus, 12)


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_the_selected_unit_has_an_accent_ring(qtbot: QtBot, theme: Theme) -> None:
    sheet = Sheet(trained(CONFIG, 2000), theme)
    node = next(node for node in sheet.picture.graph.nodes if node.unit == 2)
    x, y = sheet.plan.centers[node.number]
    below = QPointF(x, y + sheet.plan.radii[node.number] + 3).toPoint()
    assert not is_near(sheet.paint().pixelColor(below), theme.accent, 40)
    sheet.show_unit(2)
    assert is_near(sheet.paint().pixelColor(below), theme.accent, 40)


def test_a_marked_node_has_a_ring_even_if_selected(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG, 2000))
    sheet.show_unit(1)
    selected = sheet.paint()
    sheet.canvas.mark(next(node for node in sheet.picture.graph.nodes if node.unit == 1))
    both = sheet.paint()
    assert both != selected
    sheet.show_unit(None)
    assert sheet.paint() != both


def test_the_layout_stays_until_size_or_network_change(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG))
    first = sheet.plan
    sheet.canvas.show_picture(DiagramPicture(trained(CONFIG, 500), 0, 10), 1)
    assert sheet.plan is first
    sheet.canvas.show_picture(DiagramPicture(trained(replace(CONFIG, width=2)), 0, 10), 1)
    assert len(sheet.plan.centers) < len(first.centers)


@pytest.mark.parametrize("size", [(214, 130), SIZE])
def test_the_selected_unit_s_numbers_are_on_its_edges(qtbot: QtBot, size: tuple[int, int]) -> None:
    sheet = Sheet(trained(CONFIG, 2000))
    sheet.canvas.resize(*size)
    plain = sheet.paint()
    sheet.show_unit(1)
    selected = sheet.paint()
    for edge in sheet.picture.graph.edges:
        place = sheet.canvas.rect_of(edge)
        assert sheet.canvas.rect().contains(place.toAlignedRect())
        line = sheet.plan.lines[edge.number]
        away = place.center() - line.p1()
        assert abs(away.x() * line.dy() - away.y() * line.dx()) / line.length() < 1
        if edge.unit == 1:
            assert selected.copy(place.toAlignedRect()) != plain.copy(place.toAlignedRect())


def test_the_output_says_whether_it_is_correct() -> None:
    assert verdict(1, is_correct=True) == "target 1 ✓"
    assert verdict(0, is_correct=False) == "target 0 ✗"
