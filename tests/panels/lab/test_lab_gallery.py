"""The gallery panel: live snapshots, mouse, keyboard and menu."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import RECIPE, snapshots_at, trained_seeds
from tests.support.screen import active_window, child, is_near, move_pressed, press, shown, svg_of
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, middles, output_at
from xorviz.core.network import weights_of
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.lab_gallery import Card, GalleryCanvas, LabGallery, tiles_of
from xorviz.panels.lab.outcomes import OutcomeLegend
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

SEEDS = trained_seeds(64)


def show(canvas: GalleryCanvas, snapshot: LabSnapshot, by_outcome: bool = True) -> None:
    canvas.show_tiles(snapshot.plan.recipes[0], tiles_of(snapshot, by_outcome))


@pytest.fixture
def canvas(qtbot: QtBot) -> GalleryCanvas:
    found = shown(qtbot, GalleryCanvas(), 420, 250)
    show(found, SEEDS)
    return found


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
@pytest.mark.parametrize("by_outcome", some([True, False], 1))
def test_each_tile_shows_its_network(canvas: GalleryCanvas, by_outcome: bool, theme: Theme) -> None:
    canvas.apply_theme(theme)
    show(canvas, SEEDS, by_outcome)
    image = canvas.grab().toImage()
    for index in range(64):
        weights = weights_of(SEEDS.shown[index], RECIPE)
        inside = canvas.rect_of(index).adjusted(2, 2, -2, -2)
        for x1, x2 in ((-0.3, -0.3), (-0.3, 1.3)):
            down = (HIGH - x2) / (HIGH - LOW) * inside.height()
            across = (x1 - LOW) / (HIGH - LOW) * inside.width()
            y = output_at(weights, RECIPE.activation, x1, x2)
            color = image.pixelColor((inside.topLeft() + QPointF(across, down)).toPoint())
            nearby = [diverging(theme)[level(2 * y - 1 + d, 1)][0].name() for d in (-0.1, 0, 0.1)]
            assert any(is_near(color, c, 40) for c in nearby), (index, x1, x2)


def test_unchanged_networks_are_painted_from_the_cache(canvas: GalleryCanvas) -> None:
    canvas.grab()
    kept = canvas._picture.pixmap
    assert kept is not None
    show(canvas, replace(SEEDS))
    assert canvas._picture.pixmap is kept
    show(canvas, SEEDS, by_outcome=False)
    assert canvas._picture.pixmap is not kept


def test_an_svg_export_has_images_and_text(canvas: GalleryCanvas) -> None:
    text = svg_of(canvas)
    assert text.count("<image") == 64
    canvas.show_card(Card.of(SEEDS, tiles_of(SEEDS)[9]))
    text = svg_of(canvas)
    assert text.count("<image") == 65
    assert ">seed 9</text>" in text


@pytest.mark.parametrize(("width", "height"), some([(324, 178), (420, 248), (884, 650)], 1))
def test_all_tiles_are_visible_and_use_the_space(
    canvas: GalleryCanvas, width: int, height: int
) -> None:
    canvas.resize(width, height)
    rects = [canvas.rect_of(place) for place in range(64)]
    assert all(canvas.rect().toRectF().contains(rect) for rect in rects)
    assert 64 * rects[0].width() ** 2 > 0.5 * width * height


DONE = trained_seeds(12)


@pytest.fixture
def plain(qtbot: QtBot) -> GalleryCanvas:
    canvas = GalleryCanvas()
    qtbot.addWidget(canvas)
    return canvas


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_a_pixel_has_the_colour_of_the_output(plain: GalleryCanvas, theme: Theme) -> None:
    snapshot = DONE
    plain.apply_theme(theme)
    show(plain, snapshot)
    for place in range(len(snapshot.shown)):
        image, weights = (plain.surfaces[place].image, weights_of(snapshot.shown[place], RECIPE))
        n, at = image.width(), middles(image.width())
        for column, row in ((0, 0), (n - 1, 0), (3, n - 2), (n // 2, 5)):
            y = output_at(weights, RECIPE.activation, at[column], at[n - 1 - row])
            wanted = diverging(theme)[level(2 * y - 1, 1)][0].name()
            assert is_near(image.pixelColor(column, row), wanted), (place, column, row)


def test_unchanged_networks_are_not_computed_again(plain: GalleryCanvas) -> None:
    first, second = snapshots_at((10, 20, 30))[1:3]
    show(plain, first)
    kept = plain.surfaces[3]
    show(plain, replace(first))
    assert plain.surfaces[3] is kept
    mixed = replace(second, shown=(*first.shown[:6], *second.shown[6:]))
    show(plain, mixed)
    assert plain.surfaces[3] is kept
    assert plain.surfaces[7].parameters is second.shown[7]


def test_surfaces_of_done_networks_are_finer(plain: GalleryCanvas) -> None:
    *_, going, end = snapshots_at((10, 20), range(64))
    same = replace(going, done=end.done, outputs=end.outputs, shown=going.shown)
    show(plain, going)
    live = plain.surfaces[0]
    assert not live.is_lasting
    show(plain, same)
    assert plain.surfaces[0].is_lasting
    assert len(plain.surfaces[0].z) > len(live.z) >= 24


def test_networks_at_step_0_have_no_surface(plain: GalleryCanvas) -> None:
    before, *_, end = snapshots_at((10,))
    show(plain, before)
    assert not plain.surfaces
    show(plain, end)
    show(plain, before)
    assert not plain.surfaces


def test_another_theme_recolours_cached_surfaces(plain: GalleryCanvas) -> None:
    snapshot = DONE
    show(plain, snapshot)
    before, z = plain.surfaces[0].image, plain.surfaces[0].z
    plain.apply_theme(DARK)
    assert plain.surfaces[0].z is z
    level_there = diverging(DARK)[level(2 / (1 + np.exp(-float(z[0, 0]))) - 1, 1)][0].name()
    assert is_near(plain.surfaces[0].image.pixelColor(0, 0), level_there)
    assert plain.surfaces[0].image != before


def test_lines_are_at_output_one_half(plain: GalleryCanvas) -> None:
    snapshot = DONE
    show(plain, snapshot)
    line = plain.surfaces[0].line
    assert line
    weights = weights_of(snapshot.shown[0], RECIPE)
    for part in line:
        for point in part.toList():
            x1 = LOW + point.x() * (HIGH - LOW)
            x2 = HIGH - point.y() * (HIGH - LOW)
            around = [
                output_at(weights, RECIPE.activation, x1 + dx, x2 + dy)
                for dx in (-0.05, 0, 0.05)
                for dy in (-0.05, 0, 0.05)
            ]
            assert min(around) <= 0.5 <= max(around)


BEFORE, START, MIDWAY, END = snapshots_at((0, 300, 2000), range(64))
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Harness:
    """The view on the screen, and the signals it has emitted."""

    view: LabGallery
    readouts: list[str] = field(default_factory=list)
    requested: list[tuple[RunConfig, int]] = field(default_factory=list)

    @property
    def canvas(self) -> GalleryCanvas:
        return child(self.view, GalleryCanvas)

    @property
    def pointed(self) -> int | None:
        card = self.canvas.card
        return None if card is None else card.tile.place

    def show(self, snapshot: LabSnapshot | None) -> None:
        self.view.show_snapshot(snapshot)

    def middle(self, place: int) -> QPoint:
        return self.canvas.rect_of(place).center().toPoint()


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    view = LabGallery()
    view.apply_theme(LIGHT)
    harness = Harness(view)
    view.readout_changed.connect(harness.readouts.append)
    view.open_requested.connect(lambda config, step: harness.requested.append((config, step)))
    window = active_window(qtbot, view, "Left", "Right", "Up", "Down")
    window.resize(460, 300)
    yield harness
    window.hide()


def test_the_read_out_has_seeds_and_step(harness: Harness) -> None:
    for snapshot in (BEFORE, START, MIDWAY, END):
        harness.show(snapshot)
    assert harness.readouts[-4:] == [
        *("seeds 0 to 63 · step 0",) * 2,
        "seeds 0 to 63 · step 300",
        "seeds 0 to 63",
    ]


@pytest.mark.parametrize(
    ("seeds", "text"), some([((3, 9, 4), "3 seeds"), ((8,), "seed 8"), ((7, 8), "seeds 7 to 8")], 1)
)
def test_the_read_out_of_irregular_seeds(
    harness: Harness, seeds: tuple[int, ...], text: str
) -> None:
    harness.show(trained_seeds(seeds, 5))
    assert harness.readouts[-1] == text


def test_it_says_in_words_what_is_drawn_and_what_is_at_the_cursor(
    harness: Harness, announced: list[str]
) -> None:
    assert harness.view.description() == harness.view.explanation
    for snapshot in (MIDWAY, END):
        harness.show(snapshot)
        counts = child(harness.view, OutcomeLegend).accessibleName()
        expected = f"64 decision surfaces, {harness.readouts[-1]}. Outcomes: {counts}."
        assert harness.view.description() == expected
    assert f"Outcomes: correct {int(END.right.sum())}, " in harness.view.description()
    press(Qt.Key.Key_Right)
    assert harness.canvas.card is not None
    assert announced == [harness.canvas.card.spoken]


def test_tiles_are_sorted_only_once_all_are_done(harness: Harness) -> None:
    for snapshot in (BEFORE, START):
        harness.show(snapshot)
    places = [harness.canvas.rect_of(place) for place in range(64)]
    harness.show(MIDWAY)
    assert [harness.canvas.rect_of(place) for place in range(64)] == places
    harness.show(END)
    assert harness.canvas.rect_of(harness.canvas.tiles[0].place) == places[0]
    outcomes = [tile.outcome for tile in harness.canvas.tiles]
    assert outcomes[0] == "correct"
    assert outcomes != [tile.outcome for tile in tiles_of(END)]
    right = int(END.right[:64].sum())
    assert harness.canvas.accessibleName().startswith(f"Decision surfaces: correct {right}, ")
    legend = child(harness.view, OutcomeLegend)
    assert (legend.isVisible(), legend.counts["correct"]) == (True, right)


def test_grouping_is_an_option(harness: Harness) -> None:
    harness.show(END)
    option = harness.view.options[0]
    assert (option.objectName(), option.isChecked()) == ("gallery_by_outcome", True)
    assert harness.view.options_text == "by outcome"
    option.trigger()
    assert harness.view.options_text == "by seed"
    assert [tile.place for tile in harness.canvas.tiles] == list(range(64))


def test_the_network_pointed_at_stays_enlarged_during_training(harness: Harness) -> None:
    harness.show(START)
    move_pressed(harness.canvas, harness.middle(12))
    assert harness.pointed == 12
    harness.show(MIDWAY)
    card = harness.canvas.card
    assert card is not None
    assert card.tile.parameters is MIDWAY.shown[12]
    harness.show(END)
    assert harness.pointed == 12
    assert harness.canvas.accessibleDescription().startswith("seed 12: ")
    move_pressed(harness.canvas, QPoint(0, harness.canvas.height() - 1))
    assert harness.pointed is None


@pytest.mark.parametrize(
    ("snapshot", "modifier", "step"),
    [(END, Qt.KeyboardModifier.NoModifier, 2000), (END, SHIFT, 0),
     (MIDWAY, Qt.KeyboardModifier.NoModifier, 300)],
)  # fmt: skip
def test_a_click_requests_a_network_as_it_is_pictured(
    harness: Harness, snapshot: LabSnapshot, modifier: Qt.KeyboardModifier, step: int
) -> None:
    harness.show(snapshot)
    QTest.mouseClick(harness.canvas, Qt.MouseButton.LeftButton, modifier, harness.middle(33))
    assert harness.requested == [(replace(RECIPE, seed=33), step)]


def test_keys_move_and_request(harness: Harness) -> None:
    harness.show(MIDWAY)
    columns = harness.canvas.grid.columns
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        press(key)
        seen.append(harness.pointed)
    assert seen == [0, 1, 1 + columns, columns]
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, SHIFT)
    seed = replace(RECIPE, seed=columns)
    assert harness.requested == [(seed, 300), (seed, 0)]
    press(Qt.Key.Key_Escape)
    assert harness.pointed is None
    press(Qt.Key.Key_Return)
    assert len(harness.requested) == 2


def test_losing_focus_clears_the_cursor(harness: Harness) -> None:
    harness.show(END)
    harness.view.setFocus()
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    assert harness.view._pointed is not None
    harness.view.clearFocus()
    assert harness.view._pointed is None


def test_without_networks_it_is_empty_and_keys_do_nothing(harness: Harness) -> None:
    harness.show(END)
    harness.show(replace(END, shown=()))
    assert not harness.canvas.isVisible()
    press(Qt.Key.Key_Right)
    assert (harness.pointed, harness.requested) == (None, [])


@pytest.mark.parametrize("by_keyboard", some([True, False], 1))
def test_the_menu_offers_the_network_as_pictured_and_untrained(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, by_keyboard: bool
) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: menus.append(menu))
    harness.show(END)
    press(Qt.Key.Key_Right)
    place = harness.pointed if by_keyboard else 21
    assert place is not None
    reasons = QContextMenuEvent.Reason
    widget = harness.view if by_keyboard else harness.canvas
    at = QPoint(0, 0) if by_keyboard else harness.middle(place)
    reason = reasons.Keyboard if by_keyboard else reasons.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))
    (menu,) = menus
    as_pictured, untrained, *others = menu.actions()
    name, step = f"Open seed {place}", numerals.whole(2000)
    assert as_pictured.text() == f"{name} at step {step}\tEnter"
    assert untrained.text() == f"{name} untrained\tShift+Enter"
    assert others[1:] == harness.view.exports
    for action in menu.actions():
        action.trigger()
    seed = replace(RECIPE, seed=place)
    assert harness.requested == [(seed, 2000), (seed, 0)]


def test_the_menu_of_an_untrained_network_has_one_choice(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: menus.append(menu))
    harness.show(START)
    at = harness.middle(3)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, harness.canvas.mapToGlobal(at))
    QApplication.sendEvent(harness.canvas, event)
    choice, *others = menus[0].actions()
    assert choice.text() == "Open seed 3 untrained\tEnter"
    assert others[1:] == harness.view.exports
