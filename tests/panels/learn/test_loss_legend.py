"""The legend: rows, values, layout and corner."""

import gc
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QGraphicsItem
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import plot_of, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.runs.project import MOST_PINNED, PinnedRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import LONGEST_NAME
from xorviz.core.settings import RunConfig
from xorviz.panels.base.curves import RUN_STYLES
from xorviz.panels.learn.loss_legend import Legend, LegendRow, rows_of
from xorviz.ui.plot.axes import ScaledAxis, step_text
from xorviz.ui.plot.overlay import Scales
from xorviz.ui.theme.palette import DARK, LIGHT


def pinned(style: int, steps: int = 100, config: RunConfig = QUICK) -> PinnedRun:
    return PinnedRun(f"Run {style + 1}", trained(config, steps).record, steps, style)


def test_rows_are_named_and_coloured_as_the_curves() -> None:
    live, other = trained(QUICK, 50), replace(QUICK, loss="mse")
    assert rows_of(live, (), LIGHT) == ()
    made = rows_of(live, (pinned(4), pinned(0)), LIGHT)
    assert [row.name for row in made] == ["current run", "Run 5", "Run 1"]
    wanted = [QColor(LIGHT.text), *(RUN_STYLES[style].pen(LIGHT).color() for style in (4, 0))]
    assert [row.pen.color() for row in made] == wanted
    both = replace(live, beside=trained(other, 50))
    made = rows_of(both, (pinned(0), pinned(1, config=other)), DARK)
    assert [row.name + row.note for row in made] == ["A", "B (mse)", "Run 1", "Run 2 (mse)"]
    assert [row.pen.color() for row in made[:2]] == [QColor(DARK.text), QColor(DARK.accent)]


def test_each_run_is_read_out_at_the_nearest_point() -> None:
    def read(run: PinnedRun, step: int | None) -> list[str]:
        return [row.value for row in rows_of(trained(QUICK, 50), (run,), LIGHT, step)]

    run, far = pinned(0, 100), pinned(0, 9000)
    loss = [numerals.real(float(loss)) for loss in run.record.trace.losses]
    nothing = numerals.NOTHING
    assert read(run, None) == ["", ""]
    assert read(run, 50) == [loss[50]] * 2
    assert read(run, 80) == [nothing, loss[80]]
    assert read(run, 101) == [nothing, nothing]
    assert read(replace(run, record=Record(QUICK, newest=100)), 10)[1] == nothing, "not known"
    trace = far.record.trace
    gap = int(np.argmax(np.diff(trace.steps)))
    assert read(far, int(trace.steps[gap]) + 1)[1] == numerals.real(float(trace.losses[gap]))


class Board:
    """A plot with a legend."""

    def __init__(self, qtbot: QtBot, width: int = 400, height: int = 300) -> None:
        step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left")
        self.plot = shown(qtbot, plot_of(loss, step), width, height)
        self.legend = Legend(Scales(self.plot.frames[0].box, step, loss))
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.plot.grab()
            QApplication.processEvents()

    @property
    def area(self) -> QRectF:
        return self.legend.scales.area

    @property
    def rect(self) -> QRectF:
        """The legend's rectangle; an empty one if it does not fit."""
        layout = self.legend._layout(self.plot.viewport().font())
        return QRectF() if layout is None else layout[1]

    @property
    def corner(self) -> tuple[bool, bool]:
        """Whether the legend is at the right, and at the top."""
        apart = self.rect.center() - self.area.center()
        return apart.x() > 0, apart.y() < 0


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    made = Board(qtbot)
    made.legend.show_rows(rows(2))
    return made


def rows(count: int, name: str = "Run", value: str = "") -> tuple[LegendRow, ...]:
    return tuple(
        LegendRow(f"{name} {n}", RUN_STYLES[n % MOST_PINNED].pen(LIGHT), value=value)
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("size", "value", "name", "count"),
    some(
        [
            ((340, 230), "1.234·10⁻⁵", "W" * LONGEST_NAME, MOST_PINNED + 2),
            ((330, 180), "", "Run", MOST_PINNED + 2),
            ((360, 380), "1.234·10⁻⁵", "Run", 2),
            ((600, 400), "", "W" * LONGEST_NAME, 2),
            ((600, 400), "1.234·10⁻⁵", "W" * LONGEST_NAME, MOST_PINNED + 2),
        ]
    ),
)
def test_all_rows_fit_into_half_of_the_plot_without_overlap(
    qtbot: QtBot, size: tuple[int, int], value: str, name: str, count: int
) -> None:
    board, painted = Board(qtbot, *size), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(board.legend, "_paint_row", lambda _, *row: painted.append(row[:2]))
        board.legend.show_rows(rows(count, name, value), "at 12 000" if value else "")
        board.settle()
    rect, area = board.rect, board.area
    assert not rect.isEmpty()
    assert area.contains(rect)
    assert rect.width() * rect.height() <= 0.5 * area.width() * area.height() + 1e-6
    assert tuple(row for row, _ in painted) == board.legend.rows
    places = [place.adjusted(0.01, 0.01, 0, 0) for _, place in painted]
    assert all(rect.contains(place) for place in places)
    assert not any(a.intersects(b) for a, b in combinations(places, 2))


def test_in_a_low_plot_the_curves_come_before_the_legend(qtbot: QtBot) -> None:
    for height, count in ((300, 2), (80, 2), (80, 9)):
        board = Board(qtbot, 400, height)
        board.legend.show_rows(rows(count))
        assert board.legend.isVisible()
        assert board.rect.isEmpty() == (count > 2)
        assert board.rect.height() < board.area.height() / 2
        board.legend.show_rows(())
        assert not board.legend.isVisible()


def test_the_legend_is_in_the_corner_with_fewer_curves(board: Board) -> None:
    width, height = board.area.width(), board.area.height()
    x, below_left, above_right = np.array([0.0, width / 2, width]), (False, False), (True, True)
    steep = x, np.array([0.95, 0.97, 0.99]) * height
    falling = x, np.array([0.1, 0.5, 0.6]) * height
    rising = x, np.array([0.9, 0.4, 0.1]) * height
    assert board.corner == below_left
    for curves, corner in (
        ([steep], above_right),
        ([falling, falling], below_left),
        ([rising], below_left),
        ([], below_left),
    ):
        board.legend.move_away_from(curves)
        assert board.corner == corner
    short = np.array([0.0, 30.0]), np.array([0.1, 0.2]) * height
    low = np.array([0.0, 30.0]), np.array([0.9, 0.9]) * height
    board.legend.move_away_from([short, low])
    assert board.corner == above_right, "a curve does not count beyond its end"


def test_the_legend_is_below_the_texts_of_marks_if_it_fits(board: Board) -> None:
    board.legend.is_at_top = True
    free = board.rect.top()
    for lines, is_lower in ((2, True), (100, False)):
        board.legend.lines_above = lines
        assert (board.rect.top() > free) == is_lower


def test_an_unchanged_legend_is_not_repainted(board: Board) -> None:
    board.settle()
    before = board.legend.picture.pixmap
    assert before is not None
    board.legend.show_rows(rows(2))
    board.legend.update()
    board.settle()
    assert board.legend.picture.pixmap is before
    board.legend.show_rows(rows(2, value="0.1"), "at 5")
    board.settle()
    assert board.legend.picture.pixmap is not before


def test_new_rows_leave_no_garbage_for_another_thread(board: Board) -> None:
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)  # what can only be collected is found, whenever that happens
    try:
        for count in range(300):
            board.legend.show_rows(rows(count % 14))
        gc.collect()
        garbage = [thing for thing in gc.garbage if issubclass(type(thing), QGraphicsItem)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert not garbage
