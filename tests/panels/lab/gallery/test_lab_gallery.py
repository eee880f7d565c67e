"""The gallery as a panel: live, by mouse and by keyboard, and what it says while it is empty."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.lab import RECIPE, snapshots_at, trained_seeds
from tests.support.screen import active_window, child, move_pressed, press
from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.gallery.canvas import GalleryCanvas
from xorviz.panels.lab.gallery.lab_gallery import INVITATION, LabGallery
from xorviz.panels.lab.seed_menu import SeedMenu
from xorviz.ui.theme.palette import LIGHT

BEFORE, START, MIDWAY, END = snapshots_at((0, 300, 2000), range(64))
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Bench:
    """The view on the screen, and what it has told."""

    view: LabGallery
    readouts: list[str] = field(default_factory=list)
    wanted: list[tuple[RunConfig, int]] = field(default_factory=list)

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
def bench(qtbot: QtBot) -> Iterator[Bench]:
    view = LabGallery()
    view.apply_theme(LIGHT)
    bench = Bench(view)
    view.readout_changed.connect(bench.readouts.append)
    view.bench_requested.connect(lambda config, step: bench.wanted.append((config, step)))
    window = active_window(qtbot, view, "Left", "Right", "Up", "Down")
    window.resize(460, 300)
    yield bench
    window.hide()


def test_empty_it_says_what_there_will_be_and_offers_to_run(bench: Bench) -> None:
    runs: list[bool] = []
    bench.view.run_requested.connect(lambda: runs.append(True))
    assert child(bench.view, QLabel).text() == INVITATION
    assert child(bench.view, QLabel).isVisible()
    assert not bench.canvas.isVisible()
    child(bench.view, QPushButton).click()
    assert runs == [True]
    bench.show(MIDWAY)
    assert bench.canvas.isVisible()
    bench.show(None)
    assert child(bench.view, QLabel).isVisible()
    assert bench.readouts[-1] == ""


def test_a_plan_without_known_weights_is_empty(bench: Bench) -> None:
    bench.show(END)
    bench.show(replace(END, shown=()))
    assert not bench.canvas.isVisible()


def test_the_read_out_tells_the_seeds_and_while_they_go_on_the_step(bench: Bench) -> None:
    for snapshot in (BEFORE, START, MIDWAY, END):
        bench.show(snapshot)
    assert bench.readouts[-4:] == [
        *("seeds 0 to 63 · step 0",) * 2,
        "seeds 0 to 63 · step 300",
        "seeds 0 to 63",
    ]


@pytest.mark.parametrize(
    ("seeds", "words"), [((3, 9, 4), "3 seeds"), ((8,), "seed 8"), ((7, 8), "seeds 7 to 8")]
)
def test_seeds_that_do_not_follow_each_other_are_counted(
    bench: Bench, seeds: tuple[int, ...], words: str
) -> None:
    bench.show(trained_seeds(seeds, 5))
    assert bench.readouts[-1] == words


def test_tiles_stay_in_place_until_all_are_done_and_then_hang_by_outcome(bench: Bench) -> None:
    for snapshot in (BEFORE, START):
        bench.show(snapshot)
    places = [bench.canvas.rect_of(place) for place in range(64)]
    bench.show(MIDWAY)
    assert [bench.canvas.rect_of(place) for place in range(64)] == places
    bench.show(END)
    outcomes = [group.outcome for group in bench.canvas._groups]
    assert outcomes[0] == "right"
    assert len(outcomes) > 1


def test_grouping_is_an_option(bench: Bench) -> None:
    bench.show(END)
    option = bench.view.options[0]
    assert (option.objectName(), option.isChecked()) == ("gallery_by_outcome", True)
    assert bench.view.options_text == "by outcome"
    option.trigger()
    assert bench.view.options_text == "by seed"
    assert [tile.place for tile in bench.canvas._tiles] == list(range(64))
    assert bench.view.options[-3:] == bench.view.exports


def test_what_is_pointed_at_is_enlarged_and_stays_so_while_it_learns(bench: Bench) -> None:
    bench.show(START)
    move_pressed(bench.canvas, bench.middle(12))
    assert bench.pointed == 12
    bench.show(MIDWAY)
    card = bench.canvas.card
    assert card is not None
    assert card.tile.parameters is MIDWAY.shown[12]
    bench.show(END)
    assert bench.pointed == 12
    assert bench.canvas.accessibleDescription().startswith("seed 12: ")
    move_pressed(bench.canvas, QPoint(0, bench.canvas.height() - 1))
    assert bench.pointed is None


def test_another_plan_lets_go(bench: Bench) -> None:
    bench.show(END)
    move_pressed(bench.canvas, bench.middle(4))
    bench.show(trained_seeds(12, 5))
    assert bench.pointed is None


@pytest.mark.parametrize(("modifier", "step"), [(Qt.KeyboardModifier.NoModifier, 0), (SHIFT, 2000)])
def test_a_click_puts_a_network_on_the_bench(
    bench: Bench, modifier: Qt.KeyboardModifier, step: int
) -> None:
    bench.show(END)
    QTest.mouseClick(bench.canvas, Qt.MouseButton.LeftButton, modifier, bench.middle(33))
    assert bench.wanted == [(replace(RECIPE, seed=33), step)]


def test_shift_takes_it_to_where_it_stands(bench: Bench) -> None:
    bench.show(MIDWAY)
    QTest.mouseClick(bench.canvas, Qt.MouseButton.LeftButton, SHIFT, bench.middle(5))
    assert bench.wanted == [(replace(RECIPE, seed=5), 300)]


def test_it_works_by_keyboard(bench: Bench) -> None:
    bench.show(MIDWAY)
    columns = bench.canvas.layout_now.blocks[0].columns
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        press(key)
        seen.append(bench.pointed)
    assert seen == [0, 1, 1 + columns, columns]
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, SHIFT)
    seed = replace(RECIPE, seed=columns)
    assert bench.wanted == [(seed, 0), (seed, 300)]
    press(Qt.Key.Key_Escape)
    assert bench.pointed is None
    press(Qt.Key.Key_Return)
    assert len(bench.wanted) == 2


def test_it_points_at_nothing_once_the_keyboard_is_elsewhere(bench: Bench) -> None:
    bench.show(END)
    bench.view.setFocus()
    QTest.keyClick(bench.view, Qt.Key.Key_Right)
    assert bench.view._pointed is not None
    bench.view.clearFocus()
    assert bench.view._pointed is None


def test_keys_do_nothing_while_it_is_empty(bench: Bench) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        press(key)
    assert (bench.pointed, bench.wanted) == (None, [])


@pytest.mark.parametrize("by_keyboard", [True, False])
def test_the_menu_says_what_a_click_does(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, by_keyboard: bool
) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: menus.append(menu))
    bench.show(END)
    press(Qt.Key.Key_Right)
    place = bench.pointed if by_keyboard else 21
    assert place is not None
    reasons = QContextMenuEvent.Reason
    widget = bench.view if by_keyboard else bench.canvas
    at = QPoint(0, 0) if by_keyboard else bench.middle(place)
    reason = reasons.Keyboard if by_keyboard else reasons.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))
    (menu,) = menus
    at_start, as_it_stands = menu.actions()
    assert at_start.text().startswith(f"Put seed {place} on the bench at step 0")
    assert as_it_stands.text().startswith(f"Take it to step {numerals.whole(2000)}")
    for action in menu.actions():
        action.trigger()
    seed = replace(RECIPE, seed=place)
    assert bench.wanted == [(seed, 0), (seed, 2000)]


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_a_menu_ends_with_its_picture(bench: Bench) -> None:
    bench.show(END)
    at = bench.middle(21)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, bench.canvas.mapToGlobal(at))
    QApplication.sendEvent(bench.canvas, event)
    menu = child(bench.view, SeedMenu)
    bench.show(replace(END))  # it goes on
    assert menu.isVisible()
    bench.show(replace(END, plan=replace(END.plan)))
    assert not menu.isVisible()


def test_what_is_hidden_is_computed_only_when_it_is_seen(bench: Bench) -> None:
    bench.show(START)
    bench.view.show_in_front(False)
    kept = bench.canvas.images.surface(0)
    bench.show(MIDWAY)
    assert bench.canvas.images.surface(0) is kept
    bench.view.show_in_front(True)
    assert bench.canvas.images.surface(0) is not kept


def test_only_the_first_recipe_is_shown(bench: Bench) -> None:
    bench.show(snapshots_at((5,), range(10), (RECIPE, replace(RECIPE, width=8)))[-1])
    assert bench.readouts[-1] == "seeds 0 to 9"
    assert len(bench.canvas._tiles) == 10
