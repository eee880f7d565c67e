"""Tiles of the gallery: their order and pixels, and a network enlarged."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from tests.support.cases import some
from tests.support.lab import RECIPE, snapshots_at, trained_seeds, with_outcomes
from tests.support.screen import is_near, near
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.diagnosis.stuck_states import NO_ROW, THREE_ROWS, TWO_ROWS
from xorviz.core.truth_table import ROWS
from xorviz.lab.results.lab_results import MOST_SHOWN, LabSnapshot
from xorviz.panels.lab.lab_gallery import (
    Card,
    Surface,
    card_rects,
    paint_card,
    paint_tile,
    surfaces_of,
    tiles_of,
)
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR, color_of, outcome_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

pytestmark = pytest.mark.usefixtures("qapp")

DONE = trained_seeds(12)
THEMES = pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)


def first_surface(snapshot: LabSnapshot, theme: Theme = LIGHT) -> Surface:
    tiles = tiles_of(snapshot)
    return surfaces_of(snapshot.plan.recipes[0], tiles, len(tiles), theme)[0]


def painted(outcome: str, surface: Surface | None, side: int = 36, theme: Theme = LIGHT) -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.panel))
    painter = QPainter(image)
    hints = QPainter.RenderHint
    painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
    paint_tile(painter, QRectF(0, 0, side, side), outcome, surface, theme)
    painter.end()
    return image


def count(image: QImage, color: str) -> int:
    return int(near(image, color).sum())


@THEMES
@pytest.mark.parametrize("outcome", some([THREE_ROWS, RIGHT, RIGHT_SO_FAR, NO_ROW], 1))
def test_the_frame_has_the_colour_of_the_outcome(outcome: str, theme: Theme) -> None:
    image = painted(outcome, first_surface(DONE, theme), theme=theme)
    for point in (QPoint(0, 18), QPoint(1, 18), QPoint(18, 0), QPoint(35, 10)):
        assert is_near(image.pixelColor(point), color_of(theme, outcome)), point


@THEMES
@pytest.mark.parametrize(("side", "middle"), some([(36, 29), (16, 12), (80, 71)], 1))
def test_only_failures_have_a_mark(side: int, middle: int, theme: Theme) -> None:
    surface, at = first_surface(DONE, theme), QPoint(middle, middle)
    marked, *plain = (
        painted(outcome, surface, side, theme) for outcome in (THREE_ROWS, RIGHT, RIGHT_SO_FAR)
    )
    assert is_near(marked.pixelColor(at), color_of(theme, THREE_ROWS))
    for image in plain:
        assert not is_near(image.pixelColor(at), color_of(theme, THREE_ROWS))
        assert not is_near(image.pixelColor(at), color_of(theme, RIGHT))


@THEMES
def test_large_tiles_of_done_networks_have_a_line_at_one_half(theme: Theme) -> None:
    lasting = first_surface(DONE, theme)
    assert count(painted(RIGHT, lasting, 80, theme), theme.text) > 20
    assert count(painted(RIGHT, lasting, 40, theme), theme.text) == 0
    live = first_surface(snapshots_at((1990, 2000))[1], theme)
    assert count(painted(RIGHT_SO_FAR, live, 80, theme), theme.text) == 0


def test_a_network_at_step_0_has_an_empty_tile_with_a_hairline_frame() -> None:
    image = painted(NOT_YET, None)
    assert is_near(image.pixelColor(18, 18), LIGHT.hover)
    assert is_near(image.pixelColor(0, 18), LIGHT.hairline)


def snapshot_with(*outcomes: str) -> LabSnapshot:
    """Return a snapshot of networks with these outcomes and known weights."""
    some = snapshots_at((5,), range(len(outcomes)))[-1].shown
    return replace(with_outcomes(outcomes), shown=some)


def places(snapshot: LabSnapshot, by_outcome: bool) -> list[int]:
    return [tile.place for tile in tiles_of(snapshot, by_outcome)]


def test_tiles_are_in_the_order_of_their_seeds() -> None:
    snapshot = snapshots_at((3,), range(70))[-1]
    tiles = tiles_of(snapshot)
    assert [tile.place for tile in tiles] == list(range(MOST_SHOWN))
    for tile in tiles:
        assert tile.outcome == outcome_of(snapshot, tile.place)
        assert tile.parameters is snapshot.shown[tile.place]
        assert tile.is_done
    tiles = tiles_of(snapshots_at((3,))[0])
    assert [len(tile.parameters) for tile in tiles] == [0] * 12
    assert {tile.outcome for tile in tiles} == {NOT_YET}


def test_only_networks_of_the_first_recipe_have_tiles() -> None:
    snapshot = snapshots_at((3,), range(5), (RECIPE, replace(RECIPE, width=8)))[-1]
    assert len(snapshot.shown) == 10
    assert [tile.place for tile in tiles_of(snapshot)] == list(range(5))


def test_done_networks_are_sorted_by_outcome() -> None:
    snapshot = snapshot_with(TWO_ROWS, RIGHT, THREE_ROWS, RIGHT, TWO_ROWS)
    assert places(snapshot, by_outcome=True) == [1, 3, 2, 0, 4]
    assert places(snapshot, by_outcome=False) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("by_outcome", some([True, False], 1))
def test_networks_in_training_keep_their_places(by_outcome: bool) -> None:
    snapshot = snapshot_with(THREE_ROWS, RIGHT, NOT_YET, RIGHT)
    assert places(snapshot, by_outcome) == [0, 1, 2, 3]


SPACE = QRectF(0, 0, 420, 250)


def card_of(snapshot: LabSnapshot, place: int = 0) -> Card:
    return Card.of(snapshot, tiles_of(snapshot)[place])


def snapshot_of(outcome: str) -> LabSnapshot:
    return replace(with_outcomes([outcome], first_seed=7), shown=trained_seeds(12, 20).shown[:1])


def painted_card(card: Card, tile: QRectF, theme: Theme) -> QImage:
    image = QImage(420, 250, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.ground))
    painter = QPainter(image)
    paint_card(painter, card, tile, SPACE, theme)
    painter.end()
    return image


def position_of(row: tuple[int, int], tile: QRectF) -> QPoint:
    """Return the position of a row on the surface, for any width of the text."""
    surface = card_rects(tile, QSizeF(10, 10), SPACE)[1].adjusted(2, 2, -2, -2)
    at = QPointF(row[0] - LOW, HIGH - row[1]) / (HIGH - LOW) * surface.width()
    return (surface.topLeft() + at).toPoint()


def test_a_right_network_has_its_first_step_and_loss() -> None:
    snapshot = trained_seeds(12)
    place = int(np.flatnonzero(snapshot.right)[0])
    card = card_of(snapshot, place)
    assert card.title == f"seed {place}"
    first, loss = snapshot.first_right[place], snapshot.loss[place]
    assert card.lines == (f"first at step {first}", f"loss {numerals.real(loss)}")
    assert card.outputs == pytest.approx(snapshot.outputs[place])
    assert card.spoken == f"seed {place}: correct, {card.lines[0]}, {card.lines[1]}"


def test_cards_of_networks_in_training() -> None:
    snapshot = snapshots_at((1200, 2000))[1]
    assert card_of(snapshot, 0).lines[0] == f"at step {numerals.whole(1200)}"
    assert card_of(snapshot, 0).lines[-1].startswith("loss 0.")
    assert card_of(snapshot, 0).tile.outcome in {NOT_YET, RIGHT_SO_FAR}
    card = card_of(snapshots_at((5,))[0])
    assert (card.lines, card.rows, card.outputs) == (("at step 0",), (), ())


def test_rows_are_in_display_order() -> None:
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
def test_a_card_stays_inside_and_its_parts_do_not_overlap(
    left: float, top: float, side: int, text_width: int, size: tuple[int, int]
) -> None:
    space = QRectF(0, 0, *size)
    tile = QRectF(min(left, size[0] - side), min(top, size[1] - side), side, side)
    outer, surface, text = card_rects(tile, QSizeF(text_width, 70), space)
    assert space.contains(outer)
    assert outer.contains(surface)
    assert outer.contains(text)
    assert not surface.intersects(text)
    assert surface.width() == pytest.approx(surface.height())
    assert surface.width() >= 60


def test_the_surface_is_enlarged_over_its_tile() -> None:
    for tile in (QRectF(100, 100, 36, 36), QRectF(300, 110, 36, 36)):
        _, surface, _ = card_rects(tile, QSizeF(120, 70), SPACE)
        assert surface.width() == 3 * 36
        assert surface.contains(tile)


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_rows_are_marked_on_the_surface(theme: Theme) -> None:
    snapshot, tile = trained_seeds(12), QRectF(100, 100, 60, 60)
    place = int(np.flatnonzero(snapshot.right)[0])
    card = card_of(snapshot, place)
    image = painted_card(card, tile, theme)
    for row, target in zip(ROWS, RECIPE.targets, strict=True):
        color = image.pixelColor(position_of(row, tile))
        assert is_near(color, theme.plus if target else theme.minus, 12), row


def test_huge_weights_can_be_shown() -> None:
    snapshot = snapshot_of("diverging")
    snapshot = replace(snapshot, shown=(np.full(9, 1e300),))
    card = card_of(snapshot)
    assert len(card.outputs) == 4
    painted_card(card, QRectF(10, 10, 30, 30), LIGHT)
