"""The card of one network: what it tells, where it is, and the four rows on its surface."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.support.lab import RECIPE, snapshots_at, trained_seeds, with_outcomes
from tests.support.screen import is_near
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.config import ROWS
from xorviz.core.diagnosis.stuck_states import ON_THE_FENCE
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.gallery.card import Card, CardFrame, paint_card
from xorviz.panels.lab.gallery.layout import tiles_of
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

ROOM = QRectF(0, 0, 420, 250)


def card_of(snapshot: LabSnapshot, place: int = 0) -> Card:
    return Card.of(snapshot, tiles_of(snapshot)[place])


def told(outcome: str) -> LabSnapshot:
    return replace(with_outcomes([outcome], first_seed=7), shown=trained_seeds(12, 20).shown[:1])


def painted(card: Card, tile: QRectF, theme: Theme) -> QImage:
    image = QImage(420, 250, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.ground))
    painter = QPainter(image)
    paint_card(painter, card, tile, ROOM, theme)
    painter.end()
    return image


def place_of(row: tuple[int, int], tile: QRectF) -> QPoint:
    """Return where a row is on the surface, however wide the words beside it are."""
    surface = CardFrame.around(tile, QSizeF(10, 10), ROOM).surface.adjusted(2, 2, -2, -2)
    at = QPointF(row[0] - LOW, HIGH - row[1]) / (HIGH - LOW) * surface.width()
    return (surface.topLeft() + at).toPoint()


def test_one_that_is_right_tells_since_when_and_its_loss() -> None:
    snapshot = trained_seeds(12)
    place = int(np.flatnonzero(snapshot.right)[0])
    card = card_of(snapshot, place)
    assert card.title == f"seed {place}"
    first, loss = snapshot.first_right[place], snapshot.loss[place]
    assert card.lines == (f"first at step {first}", f"loss {numerals.real(loss)}")
    assert card.outputs == pytest.approx(snapshot.outputs[place])
    assert card.spoken == f"seed {place}: right, {card.lines[0]}, {card.lines[1]}"


def test_one_that_goes_on_tells_where_it_stands() -> None:
    snapshot = snapshots_at((1200, 2000))[1]
    assert card_of(snapshot, 0).lines[0] == f"at step {numerals.whole(1200)}"
    assert card_of(snapshot, 0).lines[-1].startswith("loss 0.")
    assert card_of(snapshot, 0).tile.outcome in {NOT_YET, RIGHT_SO_FAR}


@pytest.mark.parametrize(
    ("outcome", "lines"),
    [
        (RIGHT, ["first at step 10"]),
        (ON_THE_FENCE, [f"never right in {numerals.whole(1000)} steps"]),
        (RIGHT_SO_FAR, ["at step 500", "first at step 10"]),
        (NOT_YET, ["at step 500"]),
        ("diverging", ["diverged at step 7"]),
    ],
)
def test_each_outcome_is_told_in_plain_words(outcome: str, lines: list[str]) -> None:
    card = card_of(told(outcome))
    assert (card.title, list(card.lines[:-1])) == ("seed 7", lines)


def test_one_that_was_right_and_is_no_longer_tells_both() -> None:
    snapshot = replace(told(ON_THE_FENCE), first_right=np.array([30]))
    assert card_of(snapshot).lines[0] == "right first at step 30"


def test_before_it_has_begun_there_are_no_numbers() -> None:
    card = card_of(snapshots_at((5,))[0])
    assert (card.lines, card.rows, card.outputs) == (("at step 0",), (), ())


def test_rows_are_told_as_people_count_them() -> None:
    snapshot = trained_seeds(12)
    card, y = card_of(snapshot), snapshot.outputs[0]
    order = sorted(range(4), key=lambda row: ROWS[row])
    wanted = [f"{a}{b} → {numerals.fixed(y[i], 3)}" for i in order for a, b in (ROWS[i],)]
    assert list(card.rows) == wanted


@given(
    st.floats(0, 390),
    st.floats(0, 220),
    st.integers(8, 90),
    st.integers(60, 400),
    st.sampled_from([(420, 250), (324, 178), (884, 650), (220, 110)]),
)
def test_a_card_stays_in_sight_with_its_parts_apart(
    left: float, top: float, side: int, words: int, size: tuple[int, int]
) -> None:
    room = QRectF(0, 0, *size)
    tile = QRectF(min(left, size[0] - side), min(top, size[1] - side), side, side)
    frame = CardFrame.around(tile, QSizeF(words, 70), room)
    assert room.contains(frame.outer)
    assert frame.outer.contains(frame.surface)
    assert frame.outer.contains(frame.text)
    assert not frame.surface.intersects(frame.text)
    assert frame.surface.width() == pytest.approx(frame.surface.height())
    assert frame.surface.width() >= 60


def test_the_surface_is_enlarged_over_its_tile() -> None:
    for tile in (QRectF(100, 100, 36, 36), QRectF(300, 110, 36, 36)):
        frame = CardFrame.around(tile, QSizeF(120, 70), ROOM)
        assert frame.surface.width() == 3 * 36
        assert frame.surface.contains(tile)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_four_rows_are_marked_where_they_are(qapp: QApplication, theme: Theme) -> None:
    assert qapp
    snapshot, tile = trained_seeds(12), QRectF(100, 100, 60, 60)
    place = int(np.flatnonzero(snapshot.right)[0])
    card = card_of(snapshot, place)
    image = painted(card, tile, theme)
    for row, target in zip(ROWS, RECIPE.targets, strict=True):
        color = image.pixelColor(place_of(row, tile))
        assert is_near(color, theme.plus if target else theme.minus, 12), row


def test_a_row_that_is_wrong_is_crossed(qapp: QApplication) -> None:
    assert qapp
    card = card_of(snapshots_at((1, 2))[1])
    crossed = [abs(y - t) >= 0.5 for y, t in zip(card.outputs, RECIPE.targets, strict=True)]
    assert any(crossed)
    tile = QRectF(100, 100, 60, 60)
    image = painted(card, tile, LIGHT)
    for row, is_crossed in zip(ROWS, crossed, strict=True):
        color = image.pixelColor(place_of(row, tile))
        assert is_near(color, "#FFFFFF", 60) == is_crossed, row


def test_huge_weights_can_be_told(qapp: QApplication) -> None:
    assert qapp
    snapshot = told("diverging")
    snapshot = replace(snapshot, shown=(np.full(9, 1e300),))
    card = card_of(snapshot)
    assert len(card.outputs) == 4
    painted(card, QRectF(10, 10, 30, 30), LIGHT)
