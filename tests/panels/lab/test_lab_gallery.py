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
from xorviz.panels.lab import lab_gallery
from xorviz.panels.lab.outcomes import (
    NOT_YET,
    RIGHT,
    RIGHT_SO_FAR,
    OutcomeLegend,
    color_of,
    network_text,
)
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

BEFORE, START, MIDWAY, END = snapshots_at((0, 1200, 2000), range(64))
FIRST_RIGHT = int(np.flatnonzero(END.right)[0])


@pytest.fixture
def page(qtbot: QtBot) -> Page[lab_gallery.LabGallery]:
    return Page(qtbot, lab_gallery.LabGallery(), size=(460, 300))


def canvas_of(page: Page[lab_gallery.LabGallery]) -> lab_gallery.GalleryCanvas:
    return child(page.view, lab_gallery.GalleryCanvas)


def places(snapshot: LabSnapshot, by_outcome: bool = False) -> list[int]:
    return [tile.place for tile in lab_gallery.tiles_of(snapshot, by_outcome)]


def test_tiles_are_the_first_recipe_s_first_networks_and_are_grouped_once_all_are_done() -> None:
    many = snapshots_at((3,), range(70))[-1]
    assert places(many) == list(range(MOST_SHOWN))
    assert all(tile.parameters is many.shown[tile.place] for tile in lab_gallery.tiles_of(many))
    two = snapshots_at((3,), range(5), (RECIPE, replace(RECIPE, width=8)))[-1]
    assert (len(two.shown), places(two)) == (10, list(range(5)))
    for outcomes, grouped in (
        ((TWO_ROWS, RIGHT, THREE_ROWS, RIGHT), [1, 3, 2, 0]),
        ((TWO_ROWS, RIGHT, NOT_YET, RIGHT), [0, 1, 2, 3]),
    ):
        snapshot = replace(with_outcomes(outcomes), shown=many.shown[:4])
        assert places(snapshot, by_outcome=True) == grouped
        assert places(snapshot, by_outcome=False) == [0, 1, 2, 3]
    assert {tile.outcome for tile in lab_gallery.tiles_of(BEFORE)} == {NOT_YET}


def wanted(y: float, theme: Theme) -> list[str]:
    """Return the colours of outputs near this one."""
    return [diverging(theme)[level(2 * y - 1 + d, 1)][0].name() for d in (-0.1, 0, 0.1)]


def test_each_tile_shows_the_outputs_of_its_network_in_both_themes_and_orders(
    page: Page[lab_gallery.LabGallery],
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
    qtbot: QtBot, page: Page[lab_gallery.LabGallery]
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


def test_the_boundary_of_an_enlarged_network_is_where_its_output_is_one_half(qapp: object) -> None:
    surface, weights = QRectF(102, 52, 104, 104), weights_of(END.shown[FIRST_RIGHT], RECIPE)
    image, lines = painted(END, FIRST_RIGHT, QRectF(100, 50, 108, 108)), list[float]()
    for x, y in product(range(104, 204), range(54, 154)):
        if is_near(image.pixelColor(x, y), LIGHT.text, 40):
            x1, x2 = LOW + (x + 0.5 - 102) / 104 * 2, HIGH - (y + 0.5 - 52) / 104 * 2
            lines.append(output_at(weights, RECIPE, x1, x2))
    assert len(lines) > surface.width()
    assert np.median(lines) == pytest.approx(0.5, abs=0.1)


def test_a_frame_has_the_colour_of_the_outcome_and_only_failures_a_mark(qapp: object) -> None:
    surface, theme = (
        lab_gallery.surfaces_of(RECIPE, lab_gallery.tiles_of(END)[:1], 64, DARK)[0],
        DARK,
    )
    for outcome in (THREE_ROWS, NO_ROW, RIGHT, RIGHT_SO_FAR):
        image = QImage(36, 36, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        lab_gallery.paint_tile(painter, QRectF(0, 0, 36, 36), outcome, surface, theme)
        painter.end()
        color = color_of(theme, outcome)
        assert is_near(image.pixelColor(0, 18), color)
        has_mark = any(is_near(image.pixelColor(x, 29), color) for x in range(24, 33))
        assert has_mark == (outcome in {THREE_ROWS, NO_ROW})


def painted(snapshot: LabSnapshot, place: int, rect: QRectF) -> QImage:
    """Return a network as it is painted enlarged."""
    image = QImage(420, 250, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    lab_gallery.paint_enlarged(painter, rect, lab_gallery.tiles_of(snapshot)[place], RECIPE, LIGHT)
    painter.end()
    return image


def test_rows_are_at_their_inputs_on_an_enlarged_network_in_the_colours_of_their_targets(
    qapp: object,
) -> None:
    image, surface = painted(END, FIRST_RIGHT, QRectF(100, 50, 108, 108)), QRectF(102, 52, 104, 104)
    for (x1, x2), target in zip(ROWS, RECIPE.targets, strict=True):
        at = surface.topLeft() + QPointF(x1 - LOW, HIGH - x2) / (HIGH - LOW) * surface.width()
        color = LIGHT.plus if target else LIGHT.minus
        assert is_near(image.pixelColor(at.toPoint()), color, 12), (x1, x2)
    huge = replace(with_outcomes(["diverging"]), shown=(np.full(9, 1e300),))
    assert not painted(huge, 0, surface).isNull()
    assert not painted(BEFORE, 0, surface).isNull(), "it has no outputs yet"


def test_an_enlarged_network_is_over_its_tile_within_the_panel() -> None:
    for left, top, size in product((0, 150, 384), (0, 100, 214), ((420, 250), (500, 300))):
        tile, space = QRectF(left, top, 36, 36), QRectF(0, 0, *size)
        rect = lab_gallery.enlarged(tile, space)
        assert space.contains(rect.adjusted(-6, -6, 6, 6))
        assert rect.size() == QSizeF(108, 108)
        assert rect.intersects(tile)
    assert space.contains(lab_gallery.enlarged(QRectF(3, 3, 40, 40), QRectF(0, 0, 120, 90)))


def test_the_read_out_has_the_seeds_and_the_step_of_the_networks_in_training(
    page: Page[lab_gallery.LabGallery],
) -> None:
    some_done = replace(MIDWAY, done=np.arange(64) > 0, steps=np.where(np.arange(64), 2000, 700))
    for snapshot, text in (
        (BEFORE, "seeds 0 to 63 · step 0"),
        (MIDWAY, f"seeds 0 to 63 · step {numerals.whole(1200)}"),
        (some_done, "seeds 0 to 63 · step 700"),
        (trained_seeds((8,), 5), "seed 8"),
        (trained_seeds((7, 8), 5), "seeds 7 to 8"),
        (trained_seeds((3, 9, 5), 5), "3 seeds"),
    ):
        page.show(snapshot)
        assert page.read() == text


def test_what_is_said_agrees_and_tiles_move_only_once_all_are_done(
    page: Page[lab_gallery.LabGallery],
) -> None:
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


def test_the_network_pointed_at_is_read_and_stays_enlarged_in_training_and_while_there_are_any(
    page: Page[lab_gallery.LabGallery], announced: list[str]
) -> None:
    page.show(START)
    canvas, resting = canvas_of(page), page.read()
    page.point(canvas.rect_of(12).center())
    for snapshot in (START, MIDWAY, END):
        page.show(snapshot)
        assert canvas.marked == 12
        assert page.read() == canvas.toolTip() == network_text(snapshot, 12)
    assert svg_of(canvas).count("<image") == 65, "all surfaces, and one enlarged"
    page.point(QPoint(0, canvas.height() - 1))
    assert (canvas.marked, canvas.toolTip(), page.read()) == (None, "", resting.split(" ·")[0])
    page.view.setFocus()
    page.press(Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert canvas.marked == canvas.tiles[1].place
    assert announced[-1] == page.read() == network_text(END, canvas.marked)
    page.show(replace(END, shown=()))
    assert not canvas.isVisible()
    assert page.view.description() == "No network has begun yet."
    page.press(Qt.Key.Key_Return)
    assert page.heard["open_requested"] == []
