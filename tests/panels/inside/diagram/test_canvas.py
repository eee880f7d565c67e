"""The diagram's canvas: what is under the mouse, and where numbers stand."""

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
class Bench:
    """A canvas on the screen, and what it has said."""

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
def bench(qtbot: QtBot) -> Iterator[Bench]:
    canvas = DiagramCanvas()
    canvas.apply_theme(LIGHT)
    bench = Bench(shown(qtbot, canvas, 420, 320))
    canvas.pointed_at.connect(bench.pointed.append)
    canvas.clicked.connect(bench.clicked.append)
    canvas.clicked_again.connect(bench.again.append)
    canvas.resized.connect(bench.count_resize)
    canvas.show_picture(PICTURE, None)
    yield bench
    canvas.hide()


def double_click(canvas: DiagramCanvas, point: QPoint, button: Qt.MouseButton) -> None:
    here, there = QPointF(point), QPointF(canvas.mapToGlobal(point))
    kind, none = QEvent.Type.MouseButtonDblClick, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(canvas, QMouseEvent(kind, here, there, button, button, none))


def test_the_mouse_tells_what_it_points_at_and_clicks(bench: Bench) -> None:
    nodes = PICTURE.graph.nodes
    for node in nodes:
        move_pressed(bench.canvas, bench.middle(node.number))
        press_left(bench.canvas, bench.middle(node.number))
        double_click(bench.canvas, bench.middle(node.number), Qt.MouseButton.LeftButton)
    assert bench.pointed == bench.clicked == bench.again == list(nodes)
    QApplication.sendEvent(bench.canvas, QEvent(QEvent.Type.Leave))
    assert bench.pointed[-1] is None


def test_beside_all_the_mouse_tells_so(bench: Bench) -> None:
    move_pressed(bench.canvas, QPoint(2, 2))
    press_left(bench.canvas, QPoint(2, 2))
    assert (bench.pointed, bench.clicked) == ([None], [None])


def test_only_the_left_button_clicks(bench: Bench) -> None:
    place = bench.middle(0)
    QTest.mouseClick(bench.canvas, Qt.MouseButton.RightButton, pos=place)
    double_click(bench.canvas, place, Qt.MouseButton.RightButton)
    assert (bench.clicked, bench.again) == ([], [])


def test_another_size_is_told_and_laid_out_anew(bench: Bench) -> None:
    before, first = bench.resizes, bench.layout
    assert bench.layout is first
    bench.canvas.resize(300, 200)
    QApplication.processEvents()
    assert bench.resizes == before + 1
    assert bench.layout is not first
    assert bench.layout.centers.max() < 300


def test_frames_keep_the_layout(bench: Bench) -> None:
    first = bench.layout
    bench.canvas.show_picture(DiagramPicture.of(SNAPSHOT, 0, 10), 1)
    bench.canvas.grab()
    assert bench.layout is first


def test_a_number_stands_on_its_edge_and_inside(bench: Bench) -> None:
    for size in ((214, 130), (420, 320)):
        bench.canvas.resize(*size)
        for edge in PICTURE.graph.edges:
            place = bench.canvas.rect_of(edge)
            assert bench.canvas.rect().contains(place.toAlignedRect())
            x0, y0, x1, y1 = bench.layout.segments[edge.number]
            to_center = (place.center().x() - x0) * (y1 - y0) - (place.center().y() - y0) * (
                x1 - x0
            )
            assert abs(to_center) / hypot(x1 - x0, y1 - y0) < 1


def test_the_selected_unit_s_numbers_are_written(bench: Bench) -> None:
    plain = bench.canvas.grab().toImage()
    bench.canvas.show_picture(PICTURE, 1)
    selected = bench.canvas.grab().toImage()
    for edge in PICTURE.graph.edges:
        place = bench.canvas.rect_of(edge).toAlignedRect()
        if edge.unit == 1:
            assert selected.copy(place) != plain.copy(place)


def test_without_a_picture_there_is_nothing(bench: Bench) -> None:
    bench.canvas.show_picture(None, None)
    empty = DiagramCanvas()
    empty.resize(bench.canvas.size())
    assert bench.canvas.grab().toImage() == empty.grab().toImage()
    assert bench.canvas.current_layout() is None
    assert bench.canvas.rect_of(PICTURE.graph.edges[0]).isEmpty()
    press_left(bench.canvas, bench.canvas.rect().center())
    assert bench.clicked == [None]
