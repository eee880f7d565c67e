"""Labels: where there is room, and nowhere else."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from xorviz.ui.draw.label_places import LabelSpace

AREA = QRectF(0, 0, 200, 100)
NOWHERE = np.array([[-1e6, -1e6]])
SIZE = QSizeF(30, 12)
LEVEL = np.column_stack((np.linspace(0, 200, 41), np.full(41, 50.0)))


def test_a_label_stands_in_the_middle_of_the_longest_line() -> None:
    short = np.array([[0.0, 10.0], [100.0, 10.0]])
    rect = LabelSpace(AREA, NOWHERE).along([short, LEVEL], SIZE)
    assert rect is not None
    assert rect.center() == QPointF(100, 50)


def test_labels_keep_off_each_other() -> None:
    room = LabelSpace(AREA, NOWHERE)
    placed = [rect for _ in range(9) if (rect := room.along([LEVEL], SIZE)) is not None]
    assert len(placed) >= 4
    assert not any(a.intersects(b) for i, a in enumerate(placed) for b in placed[:i])
    assert all(AREA.contains(rect) for rect in placed)


def test_a_label_keeps_off_the_path() -> None:
    crossing = np.array([[100.0, 50.0], [101.0, 52.0]])
    rect = LabelSpace(AREA, crossing).along([LEVEL], SIZE)
    assert rect is not None
    assert not any(rect.contains(QPointF(x, y)) for x, y in crossing)


def test_a_short_line_has_no_label() -> None:
    assert LabelSpace(AREA, NOWHERE).along([LEVEL[:5]], SIZE) is None
    assert LabelSpace(AREA, NOWHERE).along([], SIZE) is None


def test_a_name_goes_to_whichever_corner_of_its_dot_is_free() -> None:
    room, dot = LabelSpace(AREA, NOWHERE), QPointF(100, 50)
    placed = [room.beside(dot, SIZE) for _ in range(5)]
    assert placed[4] is None
    corners = {(r.center().x() > 100, r.center().y() > 50) for r in placed[:4] if r is not None}
    assert len(corners) == 4


def test_a_dot_outside_has_no_name() -> None:
    assert LabelSpace(AREA, NOWHERE).beside(QPointF(-300, 50), SIZE) is None
