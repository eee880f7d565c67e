"""Labels beside marks: never over a mark or another label, and steady."""

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from xorviz.ui.draw.label_places import Place, place_labels

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


def assert_apart(marks: list[QRectF], places: list[Place]) -> None:
    rects = [place.rect for place in places]
    assert all(AREA.contains(rect) for rect in rects)
    assert not any(rect.intersects(mark) for rect in rects for mark in marks)
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])


@settings(deadline=None)
@given(st.lists(SHARES, min_size=4, max_size=4))
def test_labels_never_cover_marks_or_each_other(shares: list[tuple[float, float]]) -> None:
    marks = marks_at(*shares)
    assert_apart(marks, place_labels(marks, SIZE, AREA))


def test_four_marks_in_one_corner_are_labelled_too() -> None:
    for corner in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.5)):
        marks = marks_at(*[corner] * 4)
        assert_apart(marks, place_labels(marks, SIZE, AREA))


def test_a_label_stands_to_the_right_where_it_can() -> None:
    marks = marks_at((0.2, 0.2), (1.0, 0.5))
    first, second = place_labels(marks, SIZE, AREA)
    assert first.rect.left() > marks[0].right()
    assert second.rect.right() < marks[1].left()
    assert first.is_near
    assert second.is_near


def test_a_label_keeps_its_side_while_it_can() -> None:
    before = place_labels(marks_at((1.0, 0.5)), SIZE, AREA)
    moved = marks_at((0.5, 0.5))
    (steady,), (fresh,) = place_labels(moved, SIZE, AREA, before), place_labels(moved, SIZE, AREA)
    assert steady.rect.right() < moved[0].left()
    assert fresh.rect.left() > moved[0].right()


def test_a_label_without_any_room_still_has_a_place() -> None:
    marks = marks_at((0.5, 0.5))
    (place,) = place_labels(marks, QSizeF(400, 400), AREA)
    assert place.choice == 0
