"""The seeds: the success rate, what is told of each network, and the parts that show it."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.lab import RECIPE, trained_seeds, with_outcomes
from tests.support.page import Page
from tests.support.screen import active_window, child, is_near, near, pixel, shown
from xorviz.core.diagnosis.stuck_states import THREE_ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.lab_seeds import (
    COLUMNS,
    Headline,
    LabSeeds,
    SeedHead,
    SeedRows,
    seed_readout,
)
from xorviz.panels.lab.outcomes import (
    NOT_YET,
    OUTCOMES,
    RIGHT,
    RIGHT_SO_FAR,
    OutcomeLegend,
    color_of,
)
from xorviz.panels.lab.seed_marks import SeedHistogram, SeedStrip
from xorviz.ui.table import Table
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SNAPSHOT = with_outcomes([RIGHT, THREE_ROWS, RIGHT, "two rows learned"] * 25, first_seed=50)
RESTING = "click a seed to open its network"
SP = "\u00a0"


def over(*outcomes: str) -> LabSnapshot:
    """Return networks of a plan that was cancelled."""
    return replace(with_outcomes(outcomes), is_over=True)


@pytest.mark.parametrize(
    ("snapshot", "number", "notes"),
    [
        (
            with_outcomes([RIGHT] * 425 + [THREE_ROWS] * 75),
            "85.0 % correct",
            ("425 of 500 seeds; 95 % interval 81.6 to 87.9", "learned 85.0 %"),
        ),
        (
            with_outcomes([THREE_ROWS] * 10),
            "0.0 % correct",
            ("0 of 10 seeds; 95 % interval 0.0 to 27.8", "learned 0.0 %"),
        ),
        (
            with_outcomes([RIGHT] * 9_999 + [THREE_ROWS]),
            "99.9 % correct",
            ("9\u202f999 of 10\u202f000 seeds; 95 % interval 99.9 to 100.0", "learned 99.9 %"),
        ),
        (
            with_outcomes([RIGHT, "still learning"]),
            "50.0 % correct",
            (
                "1 of 2 seeds; 95 % interval 9.5 to 90.5",
                "1 still learning when stopped",
                "learned 50.0 %",
            ),
        ),
        (
            with_outcomes([RIGHT, THREE_ROWS, RIGHT_SO_FAR, NOT_YET]),
            "2 of 4 correct so far",
            ("75 % done",),
        ),
        (
            over(*[RIGHT] * 15, *[THREE_ROWS] * 5, *[RIGHT_SO_FAR] * 10, *[NOT_YET] * 10),
            "75.0 % correct",
            ("15 of 20 that finished; 95 % interval 53.1 to 88.8", "cancelled at 75 %"),
        ),
        (over(RIGHT_SO_FAR, NOT_YET), "1 of 2 correct so far", ("cancelled at 50 %",)),
    ],
    ids=["done", "none", "all but one", "learning", "going on", "cancelled", "cancelled early"],
)
def test_the_headline_has_the_rate_with_its_interval(
    snapshot: LabSnapshot, number: str, notes: tuple[str, ...]
) -> None:
    headline = Headline.of(snapshot)
    assert f"{headline.number} {headline.word}".replace(SP, " ") == number
    assert tuple(note.replace(SP, " ") for note in headline.notes) == notes
    assert (headline.progress is None) == ("done" not in notes[0])
    assert headline.spoken == f"{headline.number} {headline.word}; " + "; ".join(
        (*headline.notes, headline.recipe)
    )
    short = " ".join(headline.short_notes)
    assert notes[0].partition("interval ")[2] in short
    assert len(short) <= len(" ".join(notes))


def test_only_networks_that_took_all_steps_make_a_rate_of_a_cancelled_plan() -> None:
    early = over("diverging", *[RIGHT_SO_FAR] * 3, NOT_YET)
    early.steps[0] = 6
    assert Headline.of(early).number == "3 of 5"
    assert "interval" not in Headline.of(early).spoken
    lost = with_outcomes([RIGHT, THREE_ROWS, RIGHT_SO_FAR, NOT_YET])
    lost.first_right[1] = 5  # it was right, and is no more
    lost.steps[0] = 10  # it was stopped early
    assert (Headline.of(lost).number, Headline.of(lost).progress) == ("2 of 4", 0.75)


def test_the_read_out_of_a_seed_has_its_story() -> None:
    names = [RIGHT, THREE_ROWS, "diverging", RIGHT_SO_FAR, NOT_YET, "oscillating"]
    snapshot = with_outcomes(names, first_seed=40)
    snapshot.first_right[5] = 12
    assert [seed_readout(snapshot, place) for place in range(6)] == [
        "seed 40: correct, first at step 10, loss 0.0004000",
        "seed 41: three rows learned, never correct in 1\u202f000 steps, loss 0.5000",
        "seed 42: diverging, diverged at step 7, loss 0.5000",
        "seed 43: correct so far, at step 500, first at step 40",
        "seed 44: not yet correct, at step 500",
        "seed 45: oscillating, first correct at step 12, loss 0.5000",
    ]


def test_rows_of_the_table_are_the_networks_of_a_recipe() -> None:
    snapshot = with_outcomes([THREE_ROWS, RIGHT, NOT_YET], first_seed=7)
    rows = SeedRows(snapshot, snapshot.plan.places_of(0))
    texts = [[column.text(rows[number]) for column in COLUMNS] for number in range(len(rows))]
    assert texts == [
        ["7", THREE_ROWS, "–", "–", "0.5000", "0.1250", *["0.50"] * 4],
        ["8", RIGHT, "20", "40", "0.0004000", "0.1250", "0.01", "0.99", "0.99", "0.01"],
        ["9", NOT_YET, *[""] * 8],  # what may still come
    ]
    keys = {column.title: column.keys(rows) for column in COLUMNS if column.keys}
    assert [OUTCOMES[int(code)] for code in keys["outcome"]] == [THREE_ROWS, RIGHT, NOT_YET]
    for title, wanted in {
        "seed": [7, 8, 9],
        "first correct": [np.nan, 20, np.nan],
        "first learned": [np.nan, 40, np.nan],
        "loss": [0.5, 0.0004, np.nan],
        "gradient": [0.125, 0.125, np.nan],
        "y 01": [0.5, 0.99, np.nan],
    }.items():
        np.testing.assert_array_equal(keys[title], wanted)
    two = trained_seeds(seeds=4, steps=50, widths=(1, 3))
    np.testing.assert_array_equal(SeedRows(two, two.plan.places_of(1)).values["loss"], two.loss[4:])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_an_outcome_has_its_mark_in_the_table(qapp: object, theme: Theme) -> None:
    snapshot = with_outcomes([THREE_ROWS, RIGHT])
    rows = SeedRows(snapshot, snapshot.plan.places_of(0))
    for number, outcome in enumerate((THREE_ROWS, RIGHT)):
        mark = COLUMNS[1].looks[Qt.ItemDataRole.DecorationRole](rows[number], theme)
        assert isinstance(mark, QPixmap)
        assert near(mark.toImage(), color_of(theme, outcome)).mean() > 0.5


def head_of(qtbot: QtBot, snapshot: LabSnapshot, width: int, is_small: bool = False) -> SeedHead:
    head = SeedHead()
    head.show_headline(Headline.of(snapshot))
    return shown(qtbot, head, width, head.height_for(width, is_small))


def test_the_headline_wraps_and_a_small_one_is_a_line(qtbot: QtBot) -> None:
    done = with_outcomes([RIGHT] * 17 + [THREE_ROWS] * 3)
    heights = [head_of(qtbot, done, width).height() for width in (1400, 560, 300)]
    assert heights == sorted(heights)
    assert heights[0] < heights[2]
    small, narrow = (head_of(qtbot, done, width, is_small=True) for width in (284, 180))
    assert small.height() == narrow.height() < heights[2] / 2
    for head in (small, head_of(qtbot, done, 300)):
        image = head.grab().toImage()
        foot = [image.pixelColor(x, image.height() - 1) for x in range(image.width())]
        assert len({color.name() for color in foot}) == 1, "nothing is cut off"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_progress_is_a_bar_at_the_foot(qtbot: QtBot, theme: Theme) -> None:
    head = head_of(qtbot, with_outcomes([RIGHT, NOT_YET]), 400)
    head.apply_theme(theme)
    for x, color in ((0, theme.accent), (290, theme.accent), (310, theme.hairline)):
        assert is_near(pixel(head, QPoint(x, head.height() - 1)), color)
    written = head.grab().toImage()
    head.show_headline(Headline.of(with_outcomes([RIGHT])))
    assert head.grab().toImage() != written
    assert not is_near(pixel(head, QPoint(310, head.height() - 1)), theme.hairline, 0)
    assert head.accessibleName() == Headline.of(with_outcomes([RIGHT])).spoken
    assert "95 % interval" in head.toolTip()


class Seeds(Page[LabSeeds]):
    """The view, and its parts."""

    def __init__(self, qtbot: QtBot, snapshot: LabSnapshot = SNAPSHOT, height: int = 518) -> None:
        super().__init__(qtbot, LabSeeds(), snapshot, (540, height))
        QApplication.processEvents()  # the layout follows
        self.strip, self.table = child(self.view, SeedStrip), child(self.view, Table)
        self.histogram, self.head = child(self.view, SeedHistogram), child(self.view, SeedHead)
        self.legend = child(self.view, OutcomeLegend)

    def center(self, number: int) -> QPoint:
        return self.strip.center_of(number).toPoint()

    def seen(self) -> tuple[bool, bool]:
        """Return whether strip and table are visible."""
        return self.strip.isVisible(), self.table.isVisible()


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[Seeds]:
    page = Seeds(qtbot)
    yield page
    page.view.hide()


def test_all_parts_show_the_networks_of_the_recipe_chosen(page: Seeds) -> None:
    snapshot = trained_seeds(seeds=30, steps=1500, widths=(1, 3))
    for recipe in (0, 1):
        page.view.show_snapshot(snapshot, recipe)
        assert page.view.places == snapshot.plan.places_of(recipe)
        summary, headline = snapshot.summary(recipe), page.head.headline
        assert summary is not None
        assert headline == Headline.of(snapshot, recipe)
        count = summary.right.count
        assert headline.notes[0].startswith(f"{count} of 30 seeds")
        assert f"recipe {recipe + 1} of 2: width {(1, 3)[recipe]}" in headline.recipe
        assert page.histogram.histogram is not None
        assert page.histogram.histogram.counts.sum() == page.legend.counts.get(RIGHT, 0) == count
        assert sum(page.legend.counts.values()) == len(page.strip.codes) == 30
        assert page.strip.accessibleName() == f"Seeds: {page.legend.accessibleName()}"
        outcomes = f"Outcomes: {page.legend.accessibleName()}."
        assert page.view.description() == f"{headline.spoken}. {outcomes}"
    page.click(page.center(4), page.strip)
    assert page.heard["open_requested"] == [(replace(RECIPE, width=3, seed=4), 1500)]
    assert "recipe" not in Headline.of(SNAPSHOT).recipe


def test_the_seed_at_the_mouse_is_read_out_and_its_bin_marked(page: Seeds) -> None:
    assert page.read() == RESTING
    for number, step in ((4, 50), (3, None)):
        assert page.point(page.center(number), page.strip) == seed_readout(SNAPSHOT, number)
        marked = None if step is None else page.histogram.bar_at(step)
        assert page.histogram.bars.marked == marked
        assert page.strip.toolTip() == page.read()
    page.point(page.center(4), page.strip)
    assert page.point(page.strip.rect().bottomLeft(), page.strip) == RESTING
    assert page.histogram.bars.marked is None
    page.histogram.pointed_at.emit(500)
    assert page.read() == page.histogram.marked_text() != ""
    assert page.histogram.bars.marked == page.histogram.bar_at(500)
    page.histogram.pointed_at.emit(None)
    assert page.read() == RESTING


def test_keys_walk_along_the_strip(page: Seeds) -> None:
    page.press(Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down)
    below = 1 + page.strip.grid.columns
    assert page.strip.marked == below
    assert page.read() == seed_readout(SNAPSHOT, below)
    page.press(Qt.Key.Key_Return, Qt.Key.Key_Escape)
    assert (page.strip.marked, page.strip.chosen) == (None, below)


def test_cursor_and_choice_stay_for_the_same_plan(page: Seeds) -> None:
    page.click(page.center(4), page.strip)
    page.show(replace(SNAPSHOT, loss=SNAPSHOT.loss + 1))
    assert page.read() == "seed 54: correct, first at step 50, loss 1.000"
    assert (page.strip.marked, page.strip.chosen) == (4, 4)
    page.show(with_outcomes([RIGHT] * 3))  # another plan
    assert (page.strip.marked, page.strip.chosen) == (None, None)


def test_the_table_is_below_the_strip_in_a_high_panel_and_else_in_its_place(page: Seeds) -> None:
    assert (page.seen(), page.view.options_text) == ((True, False), "marks")
    page.choose("seed_table_shown")
    assert (page.seen(), page.view.options_text) == ((True, True), "table")
    page.view.resize(404, 428)
    assert page.seen() == (False, True)
    page.choose("seed_table_shown")
    assert page.seen() == (True, False)


def test_the_table_is_up_to_date_and_follows_the_choice(page: Seeds) -> None:
    page.show(replace(SNAPSHOT, loss=SNAPSHOT.loss + 1))
    page.choose("seed_table_shown")
    assert page.table.model().index(0, 4).data() == "1.000"
    page.show(replace(SNAPSHOT, loss=SNAPSHOT.loss + 2))
    assert page.table.model().index(0, 4).data() == "2.000"
    page.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    page.click(page.center(42), page.strip)
    assert page.table.current_number() == 42
    QTest.keyClick(page.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    number = page.table.current_number()
    assert number not in {None, 42}
    assert (page.strip.marked, page.strip.chosen) == (number, 42)
    page.show(None)
    assert page.table.model().rowCount() == 0


def test_without_the_strip_the_table_has_the_focus(qtbot: QtBot) -> None:
    view = LabSeeds()
    window, table = active_window(qtbot, view), child(view, Table)
    window.resize(404, 420)
    view.show_snapshot(SNAPSHOT)
    QApplication.processEvents()
    for is_table in (True, False, True):
        view.options[0].trigger()
        assert child(view, SeedStrip).isVisible() != is_table
        assert (table.hasFocus(), view.hasFocus()) == (is_table, not is_table)
        policy = Qt.FocusPolicy.NoFocus if is_table else Qt.FocusPolicy.TabFocus
        assert view.focusPolicy() == policy


@pytest.mark.parametrize("count", [1, 500, 10_000])
def test_every_part_fits_at_every_size(page: Seeds, count: int) -> None:
    page.show(with_outcomes([RIGHT, THREE_ROWS, *OUTCOMES[:12] * count][:count]))
    for size in ((284, 178), (540, 518), (404, 428)):
        page.view.resize(*size)
        QApplication.processEvents()
        for part in (page.head, page.histogram, page.strip):
            assert part.isVisible()
            assert page.view.rect().contains(part.geometry())
        bar = page.histogram.bar_at(10)
        assert bar is not None
        assert page.histogram.bars.rects()[bar].height() > 0, "bars have room"
        assert page.strip.grid.count > 0


def test_large_text_in_a_low_panel_leaves_the_strip_no_negative_height(page: Seeds) -> None:
    font = page.view.font()
    font.setPointSizeF(3 * font.pointSizeF())  # 200 % of the larger fonts of some systems
    page.view.setFont(font)
    page.view.resize(page.view.minimumSize())  # Qt's warning would fail the test
    assert page.strip.isHidden()
    assert page.histogram.isVisible()


@pytest.mark.perf
@pytest.mark.parametrize(("count", "most_ms"), [(500, 5), (10_000, 15)])
def test_a_snapshot_is_shown_within_its_share_of_a_frame(
    page: Seeds, count: int, most_ms: int
) -> None:
    snapshot = with_outcomes([RIGHT, *OUTCOMES[:5]] * (count // 6))
    page.show(snapshot)
    taken = []
    for _ in range(15):
        began = time.process_time()
        page.show(replace(snapshot))
        page.view.repaint()
        taken.append(time.process_time() - began)
    assert min(taken) * 1000 < most_ms
