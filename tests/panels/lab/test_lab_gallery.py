"""The gallery: the decision surface of each network, their order, and one of them enlarged."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.lab import RECIPE, snapshots_at, trained_seeds, with_outcomes
from tests.support.page import Page
from tests.support.screen import child, is_near, svg_of
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, output_at
from xorviz.core.diagnosis.stuck_states import NO_ROW, THREE_ROWS, TWO_ROWS
from xorviz.core.network import weights_of
from xorviz.core.truth_table import ROWS
from xorviz.lab.results.lab_results import MOST_SHOWN, LabSnapshot
from xorviz.panels.lab.lab_gallery import (
    Card,
    GalleryCanvas,
    LabGallery,
    card_rects,
    paint_card,
    paint_tile,
    surfaces_of,
    tiles_of,
)
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR, OutcomeLegend, color_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

BEFORE, START, MIDWAY, END = snapshots_at((0, 1200, 2000), range(64))
FIRST_RIGHT = int(np.flatnonzero(END.right)[0])
SPACE = QRectF(0, 0, 420, 250)


@pytest.fixture
def page(qtbot: QtBot) -> Page[LabGallery]:
    return Page(qtbot, LabGallery(), size=(460, 300))


def canvas_of(page: Page[LabGallery]) -> GalleryCanvas:
    return child(page.view, GalleryCanvas)


def pointed(page: Page[LabGallery]) -> int | None:
    card = canvas_of(page).card
    return None if card is None else card.tile.place


def places(snapshot: LabSnapshot, by_outcome: bool = False) -> list[int]:
    return [tile.place for tile in tiles_of(snapshot, by_outcome)]


def test_tiles_are_the_first_recipe_s_first_networks_and_are_grouped_once_all_are_done() -> None:
    many = snapshots_at((3,), range(70))[-1]
    assert places(many) == list(range(MOST_SHOWN))
    assert all(tile.parameters is many.shown[tile.place] for tile in tiles_of(many))
    two = snapshots_at((3,), range(5), (RECIPE, replace(RECIPE, width=8)))[-1]
    assert (len(two.shown), places(two)) == (10, list(range(5)))
    for outcomes, grouped in (
        ((TWO_ROWS, RIGHT, THREE_ROWS, RIGHT), [1, 3, 2, 0]),
        ((TWO_ROWS, RIGHT, NOT_YET, RIGHT), [0, 1, 2, 3]),
    ):
        snapshot = replace(with_outcomes(outcomes), shown=many.shown[:4])
        assert places(snapshot, by_outcome=True) == grouped
        assert places(snapshot, by_outcome=False) == [0, 1, 2, 3]
    assert {tile.outcome for tile in tiles_of(BEFORE)} == {NOT_YET}


def wanted(y: float, theme: Theme) -> list[str]:
    """Return the colours of outputs near this one."""
    return [diverging(theme)[level(2 * y - 1 + d, 1)][0].name() for d in (-0.1, 0, 0.1)]


def test_each_tile_shows_the_outputs_of_its_network_in_both_themes_and_orders(
    page: Page[LabGallery],
) -> None:
    canvas = canvas_of(page)
    for theme in (LIGHT, DARK):
        page.view.apply_theme(theme)
        page.show(END)
        page.choose("gallery_by_outcome")
        image = canvas.grab().toImage()
        for place in range(64):
            weights = weights_of(END.shown[place], RECIPE)
            inside = canvas.rect_of(place).adjusted(2, 2, -2, -2)
            for x1, x2 in ((-0.3, -0.3), (-0.3, 1.3)):
                at = QPointF(x1 - LOW, HIGH - x2) / (HIGH - LOW) * inside.width()
                color = image.pixelColor((inside.topLeft() + at).toPoint())
                y = output_at(weights, RECIPE, x1, x2)
                assert any(is_near(color, near, 40) for near in wanted(y, theme)), (place, x1, x2)
    z = canvas.surfaces[0].z
    page.view.apply_theme(LIGHT)
    assert canvas.surfaces[0].z is z, "only colours are made again"


def test_only_networks_that_changed_are_computed_again(
    qtbot: QtBot, page: Page[LabGallery]
) -> None:
    canvas = canvas_of(page)
    page.show(MIDWAY)
    kept = canvas.surfaces[3]
    with qtbot.assertNotEmitted(canvas.laid_out):
        page.show(replace(MIDWAY))
    assert canvas.surfaces[3] is kept
    assert not kept.is_lasting
    with qtbot.waitSignal(canvas.laid_out):
        page.show(replace(MIDWAY, shown=(*MIDWAY.shown[:6], *END.shown[6:])))
    assert canvas.surfaces[3] is kept
    assert canvas.surfaces[7].parameters is END.shown[7]
    page.show(replace(END, shown=MIDWAY.shown))
    assert canvas.surfaces[3].is_lasting
    assert len(canvas.surfaces[3].z) > len(kept.z) >= 24, "those that are done are finer"
    page.show(START)
    with qtbot.waitSignal(canvas.laid_out):
        page.show(BEFORE)  # its networks have no weights yet
    assert canvas.surfaces == {}


def test_lines_are_at_output_one_half() -> None:
    lines = surfaces_of(RECIPE, tiles_of(END)[:1], 1, LIGHT)[0].line
    weights, near = weights_of(END.shown[0], RECIPE), (-0.05, 0, 0.05)
    assert lines
    for point in (point for line in lines for point in line.toList()):
        x1, x2 = LOW + point.x() * (HIGH - LOW), HIGH - point.y() * (HIGH - LOW)
        around = [output_at(weights, RECIPE, x1 + dx, x2 + dy) for dx in near for dy in near]
        assert min(around) <= 0.5 <= max(around)


def test_a_frame_has_the_colour_of_the_outcome_and_only_failures_a_mark(qapp: object) -> None:
    surface, theme = surfaces_of(RECIPE, tiles_of(END)[:1], 64, DARK)[0], DARK
    for outcome in (THREE_ROWS, NO_ROW, RIGHT, RIGHT_SO_FAR):
        image = QImage(36, 36, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        paint_tile(painter, QRectF(0, 0, 36, 36), outcome, surface, theme)
        painter.end()
        color = color_of(theme, outcome)
        assert is_near(image.pixelColor(0, 18), color)
        has_mark = any(is_near(image.pixelColor(x, 29), color) for x in range(24, 33))
        assert has_mark == (outcome in {THREE_ROWS, NO_ROW})


def card_of(snapshot: LabSnapshot, place: int = 0) -> Card:
    return Card.of(snapshot, tiles_of(snapshot)[place])


def test_a_card_has_outputs_steps_and_loss_of_its_network() -> None:
    card, y = card_of(END, FIRST_RIGHT), END.outputs[FIRST_RIGHT]
    first, loss = END.first_right[FIRST_RIGHT], numerals.real(END.loss[FIRST_RIGHT])
    assert card.lines == (f"first at step {numerals.whole(int(first))}", f"loss {loss}")
    assert card.spoken == f"seed {FIRST_RIGHT}: correct, {', '.join(card.lines)}"
    assert card.outputs == pytest.approx(y)
    counted = sorted(range(4), key=lambda row: ROWS[row])
    assert card.rows == tuple(
        f"{ROWS[row][0]}{ROWS[row][1]} → {numerals.fixed(y[row], 3)}" for row in counted
    )
    assert card_of(MIDWAY).lines[0] == f"at step {numerals.whole(1200)}"
    assert card_of(MIDWAY).lines[-1].startswith("loss 0.")
    untrained = card_of(BEFORE)
    assert (untrained.lines, untrained.rows, untrained.outputs) == (("at step 0",), (), ())


def painted(card: Card, tile: QRectF) -> QImage:
    image = QImage(420, 250, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_card(painter, card, tile, SPACE, LIGHT)
    painter.end()
    return image


def test_rows_are_at_their_inputs_on_a_card_in_the_colours_of_their_targets(qapp: object) -> None:
    tile = QRectF(100, 100, 60, 60)
    image = painted(card_of(END, FIRST_RIGHT), tile)
    surface = card_rects(tile, QSizeF(10, 10), SPACE)[1].adjusted(2, 2, -2, -2)
    for (x1, x2), target in zip(ROWS, RECIPE.targets, strict=True):
        at = surface.topLeft() + QPointF(x1 - LOW, HIGH - x2) / (HIGH - LOW) * surface.width()
        color = LIGHT.plus if target else LIGHT.minus
        assert is_near(image.pixelColor(at.toPoint()), color, 12), (x1, x2)
    huge = replace(with_outcomes(["diverging"]), shown=(np.full(9, 1e300),))
    assert len(card_of(huge).outputs) == 4
    assert not painted(card_of(huge), tile).isNull()


def test_a_card_is_over_its_tile_within_the_panel_with_its_text_beside_the_surface() -> None:
    for left, top, size in product((0, 150, 384), (0, 100, 214), ((420, 250), (500, 300))):
        tile, space = QRectF(left, top, 36, 36), QRectF(0, 0, *size)
        outer, surface, text = card_rects(tile, QSizeF(120, 70), space)
        assert space.contains(outer)
        assert outer.contains(surface)
        assert outer.contains(text)
        assert not surface.intersects(text)
        assert (surface.width(), surface.height()) == (108, 108)
        assert surface.intersects(tile)
        assert (text.left() > surface.right()) == (tile.center().x() <= space.center().x())


def test_the_read_out_has_seeds_and_the_step_of_those_in_training(page: Page[LabGallery]) -> None:
    for snapshot, step in ((BEFORE, " · step 0"), (MIDWAY, f" · step {numerals.whole(1200)}")):
        page.show(snapshot)
        assert page.read() == f"seeds 0 to 63{step}"
    some_done = replace(MIDWAY, done=np.arange(64) > 0, steps=np.where(np.arange(64), 2000, 700))
    page.show(some_done)
    assert page.read() == "seeds 0 to 63 · step 700"
    for seeds, text in (((3, 9, 4), "3 seeds"), ((8,), "seed 8"), ((7, 8), "seeds 7 to 8")):
        page.show(trained_seeds(seeds, 5))
        assert page.read() == text


def test_what_is_said_agrees_and_tiles_move_only_once_all_are_done(page: Page[LabGallery]) -> None:
    canvas, legend = canvas_of(page), child(page.view, OutcomeLegend)
    page.show(START)
    at_first = [canvas.rect_of(place) for place in range(64)]
    page.show(MIDWAY)
    assert [canvas.rect_of(place) for place in range(64)] == at_first
    page.show(END)
    right = int(END.right.sum())
    assert (legend.isVisible(), legend.counts[RIGHT]) == (True, right)
    assert canvas.accessibleName() == f"Decision surfaces: {legend.accessibleName()}"
    said = f"64 decision surfaces, {page.read()}. Outcomes: correct {right}, "
    assert page.view.description().startswith(said)
    assert [tile.outcome for tile in canvas.tiles[:right]] == [RIGHT] * right
    assert canvas.rect_of(canvas.tiles[0].place) == at_first[0]
    page.choose("gallery_by_outcome")
    assert [canvas.rect_of(place) for place in range(64)] == at_first


def test_the_network_pointed_at_stays_enlarged_during_training_and_while_there_are_any(
    page: Page[LabGallery], announced: list[str]
) -> None:
    page.show(START)
    canvas = canvas_of(page)
    page.point(canvas.rect_of(12).center())
    for snapshot in (START, MIDWAY, END):
        page.show(snapshot)
        card = canvas.card
        assert card is not None
        assert card.tile.place == 12
        assert card.tile.parameters is snapshot.shown[12]
        assert canvas.accessibleDescription() == card.spoken
    text = svg_of(canvas)
    assert text.count("<image") == 65, "all surfaces, and one enlarged"
    assert ">seed 12</text>" in text
    page.point(QPoint(0, canvas.height() - 1))
    assert (pointed(page), canvas.accessibleDescription()) == (None, "")
    page.view.setFocus()
    page.press(Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert pointed(page) == canvas.tiles[1].place
    assert announced[-1] == canvas.accessibleDescription() != ""
    page.view.clearFocus()
    assert pointed(page) is None
    page.press(Qt.Key.Key_Right)
    page.show(replace(END, shown=()))
    assert not canvas.isVisible()
    assert page.view.description() == "No network has begun yet."
    page.press(Qt.Key.Key_Return)
    assert page.heard["open_requested"] == []
