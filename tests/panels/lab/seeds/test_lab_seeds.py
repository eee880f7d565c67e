"""The panel of seeds: what it shows of a recipe, and what keys and mouse do."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.lab import RECIPE, trained_seeds, with_outcomes
from tests.support.screen import active_window, child, is_near, move_pressed, pixel, press, shown
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.stuck_states import ON_THE_FENCE
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.invitation import Invitation
from xorviz.panels.lab.outcomes import NOT_YET, OUTCOMES, RIGHT, RIGHT_SO_FAR
from xorviz.panels.lab.seed_menu import SeedMenu
from xorviz.panels.lab.seeds.header import SeedHead
from xorviz.panels.lab.seeds.histogram import SeedHistogram
from xorviz.panels.lab.seeds.lab_seeds import LabSeeds
from xorviz.panels.lab.seeds.strip import SeedStrip
from xorviz.panels.lab.seeds.table import SeedTable
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
SIZES = pytest.mark.parametrize("size", [(540, 518), (404, 428), (284, 178)])
PICTURE = with_outcomes([RIGHT, ON_THE_FENCE, RIGHT, "half learned"] * 25, first_seed=50)


class Bench:
    """A view, and what it has wished for and read out."""

    def __init__(
        self, qtbot: QtBot, snapshot: LabSnapshot | None, width: int, height: int, *keys: str
    ) -> None:
        """Keys are the shortcuts of an active window, if it is to be in one."""
        self.view = view = LabSeeds()
        self.wishes: list[tuple[RunConfig, int]] = []
        self.readouts: list[str] = []
        view.bench_requested.connect(lambda config, step: self.wishes.append((config, step)))
        view.readout_changed.connect(self.readouts.append)
        self.strip, self.table = child(view, SeedStrip), child(view, SeedTable)
        self.histogram, self.head = child(view, SeedHistogram), child(view, SeedHead)
        self.window = active_window(qtbot, view, *keys) if keys else None
        if self.window is None:
            shown(qtbot, view, width, height)
        else:
            self.resize(width, height)
        view.show_snapshot(snapshot)

    def resize(self, width: int, height: int) -> None:
        """Give the view this size in its window."""
        assert self.window is not None
        self.window.resize(self.window.size() + QSize(width, height) - self.view.size())
        QApplication.processEvents()
        assert self.view.size() == QSize(width, height)

    def show_table(self) -> None:
        self.view.options[0].trigger()

    def point(self, number: int) -> None:
        move_pressed(self.strip, self.strip.center_of(number).toPoint())

    def click(self, number: int, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.strip, LEFT, modifier, self.strip.center_of(number).toPoint())


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot, PICTURE, 540, 518)


def config(seed: int) -> RunConfig:
    return replace(RECIPE, seed=seed)


def test_before_a_lab_has_run_it_says_how_to_run_one(qtbot: QtBot) -> None:
    bench = Bench(qtbot, None, 400, 300)
    invitation = child(bench.view, Invitation)
    assert invitation.isVisible()
    assert not any(part.isVisible() for part in (bench.head, bench.histogram, bench.strip))
    with qtbot.waitSignal(bench.view.run_requested):
        child(invitation, QPushButton).click()
    bench.view.show_snapshot(with_outcomes([NOT_YET] * 5))
    assert not invitation.isVisible()
    assert bench.head.isVisible()
    bench.view.show_snapshot(None)
    assert invitation.isVisible()
    assert not bench.strip.isVisible()


def test_all_parts_tell_of_the_same_networks(qtbot: QtBot) -> None:
    snapshot = trained_seeds()
    bench = Bench(qtbot, snapshot, 540, 518)
    summary = snapshot.summary()
    assert summary is not None
    assert bench.head.headline is not None
    count = summary.right.count
    assert bench.head.headline.notes[0].startswith(f"{count} of 60 seeds")
    assert bench.histogram.histogram is not None
    assert bench.histogram.histogram.counts.sum() == count
    assert bench.strip.legend.counts[RIGHT] == count
    assert sum(bench.strip.legend.counts.values()) == 60


def test_of_several_recipes_one_is_shown(qtbot: QtBot) -> None:
    snapshot = trained_seeds(seeds=30, steps=1500, widths=(1, 3))
    bench = Bench(qtbot, snapshot, 540, 518)
    assert RIGHT not in bench.strip.legend.counts
    bench.view.show_snapshot(snapshot, 1)
    assert bench.strip.legend.counts[RIGHT] > 5
    bench.click(4)
    assert bench.wishes == [(replace(RECIPE, width=3, seed=4), 0)]


def test_a_lab_that_goes_on_says_what_is_right_so_far(qtbot: QtBot) -> None:
    bench = Bench(qtbot, with_outcomes([RIGHT, RIGHT_SO_FAR, NOT_YET, NOT_YET]), 540, 518)
    assert bench.head.headline is not None
    assert bench.head.headline.number == "2 of 4"
    assert bench.strip.legend.counts == {RIGHT: 1, RIGHT_SO_FAR: 1, NOT_YET: 2}


def test_a_click_puts_a_seed_on_the_bench_and_with_shift_where_it_stands(bench: Bench) -> None:
    bench.click(3)
    bench.click(12, SHIFT)
    assert bench.wishes == [(config(53), 0), (config(62), 1000)]
    assert bench.strip.chosen == 12


def test_keys_move_along_the_strip_and_use_a_seed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, PICTURE, 540, 518, "Left", "Right")
    assert bench.view.hasFocus()
    press(Qt.Key.Key_Return)  # points at none
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        press(key)
    below = 1 + bench.strip.grid.columns
    assert bench.strip.pointed == below
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, SHIFT)
    assert bench.wishes == [(config(50 + below), 0), (config(50 + below), 1000)]
    press(Qt.Key.Key_Escape)
    assert bench.strip.pointed is None
    assert bench.strip.chosen == below
    assert bench.window is not None
    assert bench.window.used == []


def test_a_pointed_seed_is_read_out_and_its_bar_stands_out(bench: Bench) -> None:
    bench.point(4)
    assert bench.readouts[-1] == "seed 54: right, first at step 50, loss 0.0004000"
    assert bench.histogram.marked == bench.histogram.bin_of(50)
    bench.point(3)
    assert bench.readouts[-1] == "seed 53: half learned, loss 0.5000"
    assert bench.histogram.marked is None
    move_pressed(bench.strip, bench.strip.rect().bottomLeft())
    assert bench.readouts[-1] == "click a seed to put it on the bench"


def test_a_pointed_bin_is_read_out(bench: Bench) -> None:
    place = bench.histogram.bin_of(500)
    assert place is not None
    move_pressed(bench.histogram, bench.histogram.bar(place).center().toPoint())
    assert bench.readouts[-1] == bench.histogram.bin_text(place)
    assert bench.histogram.marked == place


def test_what_is_pointed_at_stays_so_while_the_lab_goes_on(bench: Bench) -> None:
    bench.click(4)
    snapshot = bench.view._snapshot
    assert snapshot is not None
    bench.view.show_snapshot(replace(snapshot, loss=snapshot.loss + 1))
    assert bench.readouts[-1] == "seed 54: right, first at step 50, loss 1.000"
    assert (bench.strip.pointed, bench.strip.chosen) == (4, 4)
    bench.view.show_snapshot(with_outcomes([RIGHT] * 3))  # another plan
    assert (bench.strip.pointed, bench.strip.chosen) == (None, None)


def test_the_table_stands_below_the_strip_where_there_is_room(bench: Bench) -> None:
    assert not bench.table.isVisible()
    assert bench.view.options_text == "strip"
    bench.show_table()
    assert bench.table.isVisible()
    assert bench.strip.isVisible()
    assert bench.view.options_text == "table"
    bench.view.resize(404, 428)
    assert not bench.strip.isVisible()
    bench.show_table()
    assert bench.strip.isVisible()
    assert not bench.table.isVisible()


def test_a_row_leads_to_the_bench(qtbot: QtBot) -> None:
    bench = Bench(qtbot, PICTURE, 540, 518, "Left", "Right")
    bench.show_table()
    bench.table.setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, SHIFT)
    assert bench.wishes == [(config(51), 0), (config(51), 1000)]
    assert bench.readouts[-1].startswith("seed 51: one row on the fence")
    assert bench.strip.chosen == 1


def test_a_seed_chosen_in_the_strip_is_the_current_one_of_the_table(bench: Bench) -> None:
    bench.show_table()
    bench.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    bench.click(42)
    assert bench.table.current_number() == 42


def test_the_table_is_up_to_date_whenever_it_is_shown(bench: Bench) -> None:
    snapshot = bench.view._snapshot
    assert snapshot is not None
    bench.view.show_snapshot(replace(snapshot, loss=snapshot.loss + 1))
    bench.show_table()
    assert bench.table.model().index(0, 4).data() == "1.000"
    bench.view.show_snapshot(replace(snapshot, loss=snapshot.loss + 2))
    assert bench.table.model().index(0, 4).data() == "2.000"


def test_without_the_strip_the_table_has_the_keys(qtbot: QtBot) -> None:
    bench = Bench(qtbot, PICTURE, 404, 428, "Left", "Right")
    assert bench.view.hasFocus()
    bench.show_table()
    assert not bench.strip.isVisible()
    assert bench.table.hasFocus()
    assert bench.view.focusPolicy() == Qt.FocusPolicy.NoFocus
    bench.show_table()
    assert bench.view.hasFocus()
    assert bench.view.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_a_menu_offers_both_ways_to_the_bench(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: menus.append(menu))
    at = bench.strip.center_of(9).toPoint()
    reasons = QContextMenuEvent.Reason
    event = QContextMenuEvent(reasons.Mouse, at, bench.strip.mapToGlobal(at))
    QApplication.sendEvent(bench.strip, event)
    assert "seed 59" in menus[-1].actions()[0].text()
    menus[-1].actions()[1].trigger()
    assert bench.wishes == [(config(59), 1000)]
    event = QContextMenuEvent(reasons.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(bench.view, event)
    assert len(menus) == 2
    menus[-1].actions()[0].trigger()
    assert bench.wishes[-1] == (config(59), 0)


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_a_menu_ends_with_its_picture(bench: Bench) -> None:
    at = bench.strip.center_of(9).toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, bench.strip.mapToGlobal(at))
    QApplication.sendEvent(bench.strip, event)
    menu = child(bench.view, SeedMenu)
    bench.view.show_snapshot(replace(PICTURE))  # it goes on
    assert menu.isVisible()
    bench.view.show_snapshot(replace(PICTURE, plan=replace(PICTURE.plan)))
    assert not menu.isVisible()


def test_its_options_end_with_the_exports(bench: Bench) -> None:
    assert bench.view.options[1:] == bench.view.exports
    seen: list[str] = []
    bench.view.export_requested.connect(seen.append)
    for action in bench.view.exports:
        action.trigger()
    assert seen == ["csv", "png", "svg"]


@SIZES
@pytest.mark.parametrize("count", [1, 500, 10_000])
def test_every_part_has_room_at_every_size(qtbot: QtBot, size: tuple[int, int], count: int) -> None:
    bench = Bench(
        qtbot, with_outcomes([RIGHT, ON_THE_FENCE, *OUTCOMES[:12] * count][:count]), *size
    )
    parts = (bench.head, bench.histogram, bench.strip)
    assert all(part.isVisible() for part in parts)
    assert all(bench.view.rect().contains(part.geometry()) for part in parts)
    place = bench.histogram.bin_of(10)
    assert place is not None
    assert bench.histogram.bar(place).height() > 0, "bars have room"
    assert bench.strip.grid.shown > 0


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_theme_reaches_every_part(bench: Bench, theme: Theme) -> None:
    bench.view.apply_theme(theme)
    seed = bench.strip.center_of(0).toPoint()
    assert is_near(pixel(bench.strip, seed), QColor(theme.accent))
    place = bench.histogram.bin_of(990)
    assert place is not None
    bar = bench.histogram.bar(place).center().toPoint()
    assert is_near(pixel(bench.histogram, bar), QColor(theme.accent))


def test_a_picture_is_drawn_only_while_it_is_seen(bench: Bench) -> None:
    bench.view.hide()
    bench.view.show_snapshot(with_outcomes([RIGHT] * 7))
    assert len(bench.strip.codes) == 100
    bench.view.show()
    assert len(bench.strip.codes) == 7


@pytest.mark.parametrize(("count", "most_ms"), [(500, 5), (10_000, 15)])
def test_a_picture_is_shown_within_its_share_of_a_frame(
    qtbot: QtBot, count: int, most_ms: int
) -> None:
    snapshot = with_outcomes([RIGHT, *OUTCOMES[:5]] * (count // 6))
    bench = Bench(qtbot, snapshot, 540, 518)
    taken = []
    for _ in range(15):
        began = time.process_time()
        bench.view.show_snapshot(replace(snapshot))
        bench.view.repaint()
        taken.append(time.process_time() - began)
    assert min(taken) * 1000 < most_ms


def test_every_part_says_what_it_is(bench: Bench) -> None:
    assert bench.view.objectName() == "lab_seeds"
    assert bench.view.title == "Seeds"
    assert bench.view.whatsThis()
    parts = (bench.head, bench.histogram, bench.strip, bench.table)
    assert all(part.accessibleName() for part in parts)
