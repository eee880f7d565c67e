"""The seeds panel: parts, keyboard, mouse and table."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import RECIPE, trained_seeds, with_outcomes
from tests.support.screen import active_window, child, move_pressed, near, press, shown
from tests.ui.fruit import Cells
from xorviz.core import numerals
from xorviz.core.diagnosis.stuck_states import THREE_ROWS
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.lab_seeds import COLUMNS, INVITATION, LabSeeds, SeedHead, SeedRows
from xorviz.panels.lab.outcomes import NOT_YET, OUTCOMES, RIGHT, OutcomeLegend, color_of
from xorviz.panels.lab.seed_marks import SeedHistogram, SeedStrip
from xorviz.ui.table import Table
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

BY_TITLE = {column.title: column for column in COLUMNS}
pytestmark = pytest.mark.usefixtures("qapp")


def networks(snapshot: LabSnapshot) -> SeedRows:
    return SeedRows(snapshot, snapshot.plan.places_of(0))


def keys(rows: SeedRows, title: str) -> list[float]:
    found = BY_TITLE[title].keys
    assert found is not None
    return list(found(rows))


def test_texts_of_networks() -> None:
    rows = networks(with_outcomes([THREE_ROWS, RIGHT, NOT_YET, RIGHT]))
    row = [column.text(rows[1]) for column in COLUMNS]
    assert row[:6] == ["1", "correct", "20", "40", "0.0004000", "0.1250"]
    assert row[6:] == ["0.01", "0.99", "0.99", "0.01"]
    assert [column.title for column in COLUMNS[6:]] == ["y 00", "y 01", "y 10", "y 11"]
    first_right = [BY_TITLE["first correct"].text(rows[number]) for number in range(len(rows))]
    assert first_right == [numerals.NOTHING, "20", "", "40"], "what may still come is empty"


def test_what_columns_are_sorted_by() -> None:
    rows = networks(with_outcomes([RIGHT, THREE_ROWS, NOT_YET], first_seed=7))
    assert keys(rows, "seed") == [7, 8, 9]
    assert [OUTCOMES[int(code)] for code in keys(rows, "outcome")] == [RIGHT, THREE_ROWS, NOT_YET]
    np.testing.assert_array_equal(keys(rows, "first correct"), [10, np.nan, np.nan])
    np.testing.assert_array_equal(keys(rows, "first learned"), [20, np.nan, np.nan])
    np.testing.assert_array_equal(keys(rows, "loss"), [0.0004, 0.5, np.nan])
    np.testing.assert_array_equal(keys(rows, "gradient"), [0.125, 0.125, np.nan])


def test_one_of_several_recipes_has_its_own_values() -> None:
    snapshot = trained_seeds(seeds=4, steps=50, widths=(1, 3))
    rows = SeedRows(snapshot, snapshot.plan.places_of(1))
    assert keys(rows, "seed") == list(snapshot.plan.seeds)
    assert keys(rows, "loss") == list(snapshot.loss[4:])


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_an_outcome_has_its_mark(theme: Theme) -> None:
    rows = networks(with_outcomes([THREE_ROWS, RIGHT]))
    for number, outcome in enumerate((THREE_ROWS, RIGHT)):
        mark = BY_TITLE["outcome"].looks[Qt.ItemDataRole.DecorationRole](rows[number], theme)
        assert isinstance(mark, QPixmap)
        assert near(mark.toImage(), QColor(color_of(theme, outcome))).mean() > 0.5


SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
SIZES = pytest.mark.parametrize(("width", "height"), some([(284, 178), (540, 518), (404, 428)], 1))
SNAPSHOT = with_outcomes([RIGHT, THREE_ROWS, RIGHT, "two rows learned"] * 25, first_seed=50)


class Harness:
    """A view, and the signals it has emitted."""

    def __init__(
        self, qtbot: QtBot, snapshot: LabSnapshot | None, width: int, height: int, *keys: str
    ) -> None:
        """With keys, show the view in an active window with these shortcuts."""
        self.view = view = LabSeeds()
        self.requests: list[tuple[RunConfig, int]] = []
        self.readouts: list[str] = []
        view.open_requested.connect(lambda config, step: self.requests.append((config, step)))
        view.readout_changed.connect(self.readouts.append)
        self.strip, self.table = child(view, SeedStrip), child(view, Table)
        self.histogram, self.head = child(view, SeedHistogram), child(view, SeedHead)
        self.legend = child(view, OutcomeLegend)
        self.window = active_window(qtbot, view, *keys) if keys else None
        if self.window is None:
            shown(qtbot, view, width, height)
        else:
            self.resize(width, height)
        view.show_snapshot(snapshot)
        QApplication.processEvents()  # the layout follows

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
def harness(qtbot: QtBot) -> Harness:
    return Harness(qtbot, SNAPSHOT, 540, 518)


def config(seed: int) -> RunConfig:
    return replace(RECIPE, seed=seed)


def test_without_a_snapshot_it_invites_to_run(qtbot: QtBot) -> None:
    harness = Harness(qtbot, None, 400, 300)
    invitation = child(harness.view, QPushButton, "run_lab_here")
    words = child(harness.view, QLabel)
    assert invitation.isVisible()
    assert words.text() == INVITATION
    harness.view.show_ordered(True)
    assert not invitation.isVisible()
    assert words.text() == "Waiting for the first results…"
    harness.view.show_ordered(False)
    assert not any(part.isVisible() for part in (harness.head, harness.histogram, harness.strip))
    with qtbot.waitSignal(harness.view.run_requested):
        invitation.click()
    harness.view.show_snapshot(with_outcomes([NOT_YET] * 5))
    assert not invitation.isVisible()
    assert harness.head.isVisible()
    harness.view.show_snapshot(None)
    assert invitation.isVisible()
    assert not harness.strip.isVisible()


def test_all_parts_show_the_same_networks(qtbot: QtBot) -> None:
    snapshot = trained_seeds()
    harness = Harness(qtbot, snapshot, 540, 518)
    summary = snapshot.summary()
    assert summary is not None
    assert harness.head.headline is not None
    count = summary.right.count
    assert harness.head.headline.notes[0].startswith(f"{count} of 60 seeds")
    assert harness.histogram.histogram is not None
    assert harness.histogram.histogram.counts.sum() == count
    assert harness.legend.counts[RIGHT] == count
    assert sum(harness.legend.counts.values()) == 60
    assert harness.strip.accessibleName().startswith(f"Seeds: correct {count}, ")


def test_it_says_the_rate_of_the_recipe_shown_in_words(qtbot: QtBot) -> None:
    snapshot = trained_seeds(seeds=30, steps=1500, widths=(1, 3))
    harness = Harness(qtbot, None, 540, 518)
    assert harness.view.description() == harness.view.explanation
    for recipe in (0, 1):
        harness.view.show_snapshot(snapshot, recipe)
        summary = snapshot.summary(recipe)
        assert summary is not None
        said = harness.view.description()
        assert f"correct; {summary.right.count} of 30 seeds; 95" in said
        assert f"recipe {recipe + 1} of 2: " in said
        assert said.endswith(f"Outcomes: {harness.legend.accessibleName()}.")


def test_one_of_several_recipes_is_shown(qtbot: QtBot) -> None:
    snapshot = trained_seeds(seeds=30, steps=1500, widths=(1, 3))
    harness = Harness(qtbot, snapshot, 540, 518)
    assert RIGHT not in harness.legend.counts
    harness.view.show_snapshot(snapshot, 1)
    assert harness.legend.counts[RIGHT] > 5
    harness.click(4)
    assert harness.requests == [(replace(RECIPE, width=3, seed=4), 1500)]


def test_a_click_requests_a_seed_as_pictured_or_with_shift_at_step_0(harness: Harness) -> None:
    harness.click(3)
    harness.click(12, SHIFT)
    assert harness.requests == [(config(53), 1000), (config(62), 0)]
    assert harness.strip.chosen == 12


def test_keys_move_along_the_strip_and_request_a_seed(qtbot: QtBot) -> None:
    harness = Harness(qtbot, SNAPSHOT, 540, 518, "Left", "Right")
    assert harness.view.hasFocus()
    press(Qt.Key.Key_Return)  # no seed at the cursor
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        press(key)
    below = 1 + harness.strip.grid.columns
    assert harness.strip.marked == below
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, SHIFT)
    assert harness.requests == [(config(50 + below), 1000), (config(50 + below), 0)]
    press(Qt.Key.Key_Escape)
    assert harness.strip.marked is None
    assert harness.strip.chosen == below
    assert harness.window is not None
    assert harness.window.used == []


def test_the_seed_under_the_mouse_is_read_out_and_its_bin_marked(harness: Harness) -> None:
    harness.point(4)
    assert harness.readouts[-1] == "seed 54: correct, first at step 50, loss 0.0004000"
    assert harness.histogram.bars.marked == harness.histogram.bar_at(50)
    harness.point(3)
    assert (
        harness.readouts[-1]
        == "seed 53: two rows learned, never correct in 1\u202f000 steps, loss 0.5000"
    )
    assert harness.histogram.bars.marked is None
    move_pressed(harness.strip, harness.strip.rect().bottomLeft())
    assert harness.readouts[-1] == "click a seed to open its network"


def test_the_bin_under_the_mouse_is_read_out(harness: Harness) -> None:
    harness.histogram.pointed_at.emit(500)
    assert harness.readouts[-1] == harness.histogram.marked_text() != ""
    assert harness.histogram.bars.marked == harness.histogram.bar_at(500)


def test_cursor_and_choice_stay_for_the_same_plan(harness: Harness) -> None:
    harness.click(4)
    snapshot = harness.view.snapshot
    assert snapshot is not None
    harness.view.show_snapshot(replace(snapshot, loss=snapshot.loss + 1))
    assert harness.readouts[-1] == "seed 54: correct, first at step 50, loss 1.000"
    assert (harness.strip.marked, harness.strip.chosen) == (4, 4)
    harness.view.show_snapshot(with_outcomes([RIGHT] * 3))  # another plan
    assert (harness.strip.marked, harness.strip.chosen) == (None, None)


def test_the_table_is_below_the_strip_in_a_high_panel(harness: Harness) -> None:
    assert not harness.table.isVisible()
    assert harness.view.options_text == "marks"
    harness.show_table()
    assert harness.table.isVisible()
    assert harness.strip.isVisible()
    assert harness.view.options_text == "table"
    harness.view.resize(404, 428)
    assert not harness.strip.isVisible()
    harness.show_table()
    assert harness.strip.isVisible()
    assert not harness.table.isVisible()


def test_a_row_requests_its_seed(qtbot: QtBot) -> None:
    harness = Harness(qtbot, SNAPSHOT, 540, 518, "Left", "Right")
    harness.show_table()
    harness.table.setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, SHIFT)
    assert harness.requests == [(config(51), 1000), (config(51), 0)]
    assert harness.readouts[-1].startswith("seed 51: three rows learned")
    assert harness.strip.chosen == 1
    Cells(harness.table).click(2, "loss")
    assert harness.requests[-1] == (config(52), 1000)


def test_a_seed_chosen_in_the_strip_becomes_current_in_the_table(harness: Harness) -> None:
    harness.show_table()
    harness.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    harness.click(42)
    assert harness.table.current_number() == 42


def test_the_table_is_updated_when_shown(harness: Harness) -> None:
    snapshot = harness.view.snapshot
    assert snapshot is not None
    harness.view.show_snapshot(replace(snapshot, loss=snapshot.loss + 1))
    harness.show_table()
    assert harness.table.model().index(0, 4).data() == "1.000"
    harness.view.show_snapshot(replace(snapshot, loss=snapshot.loss + 2))
    assert harness.table.model().index(0, 4).data() == "2.000"


def test_without_the_strip_the_table_has_the_focus(qtbot: QtBot) -> None:
    harness = Harness(qtbot, SNAPSHOT, 404, 428, "Left", "Right")
    assert harness.view.hasFocus()
    harness.show_table()
    assert not harness.strip.isVisible()
    assert harness.table.hasFocus()
    assert harness.view.focusPolicy() == Qt.FocusPolicy.NoFocus
    harness.show_table()
    assert harness.view.hasFocus()
    assert harness.view.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_the_menu_offers_the_seed_as_pictured_and_untrained(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: menus.append(menu))
    at, reasons = harness.strip.center_of(9).toPoint(), QContextMenuEvent.Reason
    for widget, reason in ((harness.strip, reasons.Mouse), (harness.view, reasons.Keyboard)):
        QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))
    for action, menu in zip((1, 0), menus, strict=True):
        menu.actions()[action].trigger()
    assert harness.requests == [(config(59), 0), (config(59), 1000)]


@SIZES
@pytest.mark.parametrize("count", some([500, 1, 10_000], 1))
def test_every_part_fits_at_every_size(qtbot: QtBot, width: int, height: int, count: int) -> None:
    harness = Harness(
        qtbot, with_outcomes([RIGHT, THREE_ROWS, *OUTCOMES[:12] * count][:count]), width, height
    )
    parts = (harness.head, harness.histogram, harness.strip)
    assert all(part.isVisible() for part in parts)
    assert all(harness.view.rect().contains(part.geometry()) for part in parts)
    index = harness.histogram.bar_at(10)
    assert index is not None
    assert harness.histogram.bars.rects()[index].height() > 0, "bars have room"
    assert harness.strip.grid.count > 0


def test_large_text_in_a_low_panel_leaves_the_strip_no_negative_height(harness: Harness) -> None:
    font = harness.view.font()
    font.setPointSizeF(3 * font.pointSizeF())  # 200 % of the larger fonts of some systems
    harness.view.setFont(font)
    harness.view.resize(harness.view.minimumSize())  # Qt's warning would fail the test
    assert harness.strip.isHidden()
    assert harness.histogram.isVisible()


@pytest.mark.perf
@pytest.mark.parametrize(("count", "most_ms"), [(500, 5), (10_000, 15)])
def test_a_snapshot_is_shown_within_its_share_of_a_frame(
    qtbot: QtBot, count: int, most_ms: int
) -> None:
    snapshot = with_outcomes([RIGHT, *OUTCOMES[:5]] * (count // 6))
    harness = Harness(qtbot, snapshot, 540, 518)
    taken = []
    for _ in range(15):
        began = time.process_time()
        harness.view.show_snapshot(replace(snapshot))
        harness.view.repaint()
        taken.append(time.process_time() - began)
    assert min(taken) * 1000 < most_ms
