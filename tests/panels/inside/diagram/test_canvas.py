"""The diagram canvas: mouse events and positions of numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import move_pressed, press_left, shown
from tests.support.snapshots import trained
from xorviz.core.config import RunConfig
from xorviz.panels.inside.diagram.canvas import DiagramCanvas
from xorviz.panels.inside.diagram.graph import Spot
from xorviz.panels.inside.diagram.layout import DiagramLayout
from xorviz.panels.inside.diagram.picture import DiagramPicture
from xorviz.ui.theme.palette import LIGHT

SNAPSHOT = trained(RunConfig(width=3, biases=True, rate=0.5), 3000)
PICTURE = DiagramPicture.of(SNAPSHOT, 2, 5)


@dataclass
class Harness:
    """A canvas on the screen, and the signals it has emitted."""

    canvas: DiagramCanvas
    pointed: list[Spot | None] = field(default_factory=list)
    clicked: list[Spot | None] = field(default_factory=list)
    again: list[Spot | None] = field(default_factory=list)
    resizes: int = 0

    def count_resize(self) -> None:
        self.resizes += 1

    @property
    def layout(self) -> DiagramLayout:
        layout = self.canvas.current_layout()
        assert layout is not None
        return layout

    def middle(self, number: int) -> QPoint:
        return QPointF(*self.layout.centers[number].tolist()).toPoint()


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    canvas = DiagramCanvas()
    canvas.apply_theme(LIGHT)
    harness = Harness(shown(qtbot, canvas, 420, 320))
    canvas.pointed_at.connect(harness.pointed.append)
    canvas.clicked.connect(harness.clicked.append)
    canvas.clicked_again.connect(harness.again.append)
    canvas.resized.connect(harness.count_resize)
    canvas.show_picture(PICTURE, None)
    yield harness
    canvas.hide()


def double_click(canvas: DiagramCanvas, point: QPoint, button: Qt.MouseButton) -> None:
    here, there = QPointF(point), QPointF(canvas.mapToGlobal(point))
    kind, none = QEvent.Type.MouseButtonDblClick, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(canvas, QMouseEvent(kind, here, there, button, button, none))


def test_the_mouse_points_at_and_clicks_nodes(harness: Harness) -> None:
    nodes = PICTURE.graph.nodes
    for node in nodes:
        move_pressed(harness.canvas, harness.middle(node.number))
        press_left(harness.canvas, harness.middle(node.number))
        double_click(harness.canvas, harness.middle(node.number), Qt.MouseButton.LeftButton)
    assert harness.pointed == harness.clicked == harness.again == list(nodes)
    QApplication.sendEvent(harness.canvas, QEvent(QEvent.Type.Leave))
    assert harness.pointed[-1] is None


def test_only_the_left_button_clicks(harness: Harness) -> None:
    place = harness.middle(0)
    QTest.mouseClick(harness.canvas, Qt.MouseButton.RightButton, pos=place)
    double_click(harness.canvas, place, Qt.MouseButton.RightButton)
    assert (harness.clicked, harness.again) == ([], [])


def test_resizing_updates_the_layout_and_new_snapshots_keep_it(harness: Harness) -> None:
    before, first = harness.resizes, harness.layout
    assert harness.layout is first
    harness.canvas.resize(300, 200)
    QApplication.processEvents()
    assert harness.resizes == before + 1
    assert harness.layout is not first
    assert harness.layout.centers.max() < 300
    first = harness.layout
    harness.canvas.show_picture(DiagramPicture.of(SNAPSHOT, 0, 10), 1)
    harness.canvas.grab()
    assert harness.layout is first


def test_numbers_are_on_their_edges_and_inside_the_canvas(harness: Harness) -> None:
    for size in ((214, 130), (420, 320)):
        harness.canvas.resize(*size)
        for edge in PICTURE.graph.edges:
            place = harness.canvas.rect_of(edge)
            assert harness.canvas.rect().contains(place.toAlignedRect())
            x0, y0, x1, y1 = harness.layout.segments[edge.number]
            to_center = (place.center().x() - x0) * (y1 - y0) - (place.center().y() - y0) * (
                x1 - x0
            )
            assert abs(to_center) / hypot(x1 - x0, y1 - y0) < 1


def test_weights_of_the_selected_unit_are_written(harness: Harness) -> None:
    plain = harness.canvas.grab().toImage()
    harness.canvas.show_picture(PICTURE, 1)
    selected = harness.canvas.grab().toImage()
    for edge in PICTURE.graph.edges:
        place = harness.canvas.rect_of(edge).toAlignedRect()
        if edge.unit == 1:
            assert selected.copy(place) != plain.copy(place)


def test_without_a_picture_it_is_empty(harness: Harness) -> None:
    harness.canvas.show_picture(None, None)
    empty = DiagramCanvas()
    empty.resize(harness.canvas.size())
    assert harness.canvas.grab().toImage() == empty.grab().toImage()
    assert harness.canvas.current_layout() is None
    assert harness.canvas.rect_of(PICTURE.graph.edges[0]).isEmpty()
    press_left(harness.canvas, harness.canvas.rect().center())
    assert harness.clicked == [None]
