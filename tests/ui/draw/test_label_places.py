"""Labels beside marks and lines: they cover no mark and no other label."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from xorviz.ui.draw.label_places import LabelSpace, Place

AREA = QRectF(0, 0, 150, 110)
SIZE = QSizeF(20, 15)
SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1))


def marks_at(*shares: tuple[float, float]) -> list[QRectF]:
    """Return marks inside the area."""
    inner = AREA.adjusted(10, 10, -10, -10)
    middles = [
        QPointF(inner.left() + x * inner.width(), inner.top() + y * inner.height())
        for x, y in shares
    ]
    return [QRectF(m.x() - 8, m.y() - 8, 16, 16) for m in middles]


def place_labels(
    marks: list[QRectF], size: QSizeF = SIZE, before: Sequence[Place | None] = (None,) * 4
) -> list[Place]:
    space = LabelSpace(AREA)
    for mark in marks:
        space.take(mark)
    return [space.around(mark, size, place) for mark, place in zip(marks, before, strict=False)]


def assert_apart(marks: list[QRectF], places: list[Place]) -> None:
    rects = [place.rect for place in places]
    assert all(AREA.contains(rect) for rect in rects)
    assert not any(rect.intersects(mark) for rect in rects for mark in marks)
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])


@given(st.lists(SHARES, min_size=4, max_size=4))
def test_labels_never_cover_marks_or_each_other(shares: list[tuple[float, float]]) -> None:
    marks = marks_at(*shares)
    assert_apart(marks, place_labels(marks))


def test_four_marks_in_one_corner_are_labelled() -> None:
    for corner in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.5)):
        marks = marks_at(*[corner] * 4)
        assert_apart(marks, place_labels(marks))


def test_a_label_is_right_of_its_mark_if_it_fits() -> None:
    marks = marks_at((0.2, 0.2), (1.0, 0.5))
    first, second = place_labels(marks)
    assert first.rect.left() > marks[0].right()
    assert second.rect.right() < marks[1].left()
    assert first.is_near
    assert second.is_near


def test_a_label_keeps_its_side_while_it_fits() -> None:
    before = place_labels(marks_at((1.0, 0.5)))
    moved = marks_at((0.5, 0.5))
    (steady,), (fresh,) = place_labels(moved, SIZE, before), place_labels(moved)
    assert steady.rect.right() < moved[0].left()
    assert fresh.rect.left() > moved[0].right()


def test_a_label_that_fits_nowhere_still_has_a_place() -> None:
    marks = marks_at((0.5, 0.5))
    (place,) = place_labels(marks, QSizeF(400, 400))
    assert place.choice == 0


PLOT = QRectF(0, 0, 200, 100)
NOWHERE = np.array([[-1e6, -1e6]])
LABEL = QSizeF(30, 12)
LEVEL = np.column_stack((np.linspace(0, 200, 41), np.full(41, 50.0)))


def test_a_label_is_in_the_middle_of_the_longest_line() -> None:
    short = np.array([[0.0, 10.0], [100.0, 10.0]])
    rect = LabelSpace(PLOT, NOWHERE).along([short, LEVEL], LABEL)
    assert rect is not None
    assert rect.center() == QPointF(100, 50)


def test_labels_on_lines_do_not_overlap() -> None:
    space = LabelSpace(PLOT, NOWHERE)
    placed = [rect for _ in range(9) if (rect := space.along([LEVEL], LABEL)) is not None]
    assert len(placed) >= 4
    assert not any(a.intersects(b) for i, a in enumerate(placed) for b in placed[:i])
    assert all(PLOT.contains(rect) for rect in placed)


def test_a_label_keeps_off_the_path() -> None:
    crossing = np.array([[100.0, 50.0], [101.0, 52.0]])
    rect = LabelSpace(PLOT, crossing).along([LEVEL], LABEL)
    assert rect is not None
    assert not any(rect.contains(QPointF(x, y)) for x, y in crossing)


def test_a_short_line_has_no_label() -> None:
    assert LabelSpace(PLOT, NOWHERE).along([LEVEL[:5]], LABEL) is None
    assert LabelSpace(PLOT, NOWHERE).along([], LABEL) is None


def test_a_name_takes_any_free_corner_of_its_dot() -> None:
    space, dot = LabelSpace(PLOT, NOWHERE), QPointF(100, 50)
    placed = [space.beside(dot, LABEL) for _ in range(5)]
    assert placed[4] is None
    corners = {(r.center().x() > 100, r.center().y() > 50) for r in placed[:4] if r is not None}
    assert len(corners) == 4


def test_a_dot_outside_has_no_name() -> None:
    assert LabelSpace(PLOT, NOWHERE).beside(QPointF(-300, 50), LABEL) is None
