"""The legend: rows, values, layout and corner."""

import gc
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication, QGraphicsItem
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import plot_of, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.runs.project import MOST_PINNED, PinnedRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import LONGEST_NAME
from xorviz.core.settings import RunConfig
from xorviz.panels.base.curves import RUN_STYLES
from xorviz.panels.learn.loss_legend import MOST_HEIGHT, Legend, LegendRow, rows_of
from xorviz.ui.plot.axes import ScaledAxis, step_text
from xorviz.ui.plot.overlay import Scales
from xorviz.ui.plot.step_marks import GAP
from xorviz.ui.theme.palette import DARK, LIGHT


def rect_of(legend: Legend, font: QFont) -> QRectF:
    """Return a legend's rectangle in a font; an empty one if it does not fit."""
    layout = legend._layout(font)
    return QRectF() if layout is None else layout[1]


class Board:
    """A plot with a legend."""

    def __init__(self, qtbot: QtBot, width: int = 400, height: int = 300) -> None:
        step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left")
        self.plot = shown(qtbot, plot_of(loss, step), width, height)
        self.box = self.plot.frames[0].box
        self.legend = Legend(Scales(self.box, step, loss))
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.plot.grab()
            QApplication.processEvents()

    @property
    def area(self) -> QRectF:
        return QRectF(self.box.rect())

    @property
    def rect(self) -> QRectF:
        return rect_of(self.legend, self.plot.viewport().font())


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return Board(qtbot)


def pinned(style: int, steps: int = 100, name: str = "", config: RunConfig = QUICK) -> PinnedRun:
    return PinnedRun(name or f"Run {style + 1}", trained(config, steps).record, steps, style)


def with_second(snapshot: Snapshot, other: Snapshot) -> Snapshot:
    return replace(snapshot, beside=other)


def rows(count: int, name: str = "Run", value: str = "") -> tuple[LegendRow, ...]:
    return tuple(
        LegendRow(f"{name} {n}", RUN_STYLES[n % MOST_PINNED].pen(LIGHT), value=value)
        for n in range(count)
    )


def written(board: Board) -> list[tuple[LegendRow, QRectF]]:
    """Return the painted rows and their rectangles."""
    painted: list[tuple[LegendRow, QRectF]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            board.legend, "_paint_row", lambda p, row, rect, value: painted.append((row, rect))
        )
        board.legend.apply_theme(DARK if board.legend._theme is LIGHT else LIGHT)
        board.settle()
    return painted


def names(made: tuple[LegendRow, ...]) -> list[str]:
    return [row.name + row.note for row in made]


def test_one_curve_has_no_legend() -> None:
    assert rows_of(trained(QUICK, 50), (), LIGHT) == ()


def test_rows_are_named_and_coloured_as_the_curves() -> None:
    made = rows_of(trained(QUICK, 50), (pinned(4), pinned(0)), LIGHT)
    assert names(made) == ["current run", "Run 5", "Run 1"]
    assert [row.pen.color() for row in made[1:]] == [
        RUN_STYLES[s].pen(LIGHT).color() for s in (4, 0)
    ]
    assert made[0].pen.color() == QColor(LIGHT.text)

    made = rows_of(with_second(trained(QUICK, 50), trained(QUICK, 50)), (pinned(2),), DARK)
    assert names(made) == ["A", "B", "Run 3"]
    assert [row.pen.color() for row in made[:2]] == [QColor(DARK.text), QColor(DARK.accent)]

    other = replace(QUICK, loss="mse")
    runs = pinned(0), pinned(1, config=other)
    made = rows_of(with_second(trained(QUICK, 50), trained(other, 50)), runs, LIGHT)
    assert names(made) == ["A", "B (mse)", "Run 1", "Run 2 (mse)"]


def test_each_run_is_read_out_at_the_nearest_point() -> None:
    snapshot, run = trained(QUICK, 50), pinned(0, 100)
    assert [row.value for row in rows_of(snapshot, (run,), LIGHT)] == ["", ""]
    both = [row.value for row in rows_of(snapshot, (run,), LIGHT, 40)]
    assert both == [numerals.real(float(run.record.trace.losses[40]))] * 2
    beyond = [row.value for row in rows_of(snapshot, (run,), LIGHT, 80)]
    assert beyond == ["–", numerals.real(float(run.record.trace.losses[80]))]
    assert [row.value for row in rows_of(snapshot, (run,), LIGHT, 101)] == ["–", "–"]

    unknown = PinnedRun("Run 1", Record(QUICK, newest=100), 0, 0)
    assert rows_of(trained(QUICK, 50), (unknown,), LIGHT, 10)[1].value == "–"

    run = pinned(0, 9000)
    trace = run.record.trace
    gap = int(np.argmax(np.diff(trace.steps)))
    step = int(trace.steps[gap]) + 1
    assert step not in trace.steps
    row = rows_of(trained(QUICK, 50), (run,), LIGHT, step)[1]
    assert row.value == numerals.real(float(trace.losses[gap]))


SIZES = [(340, 230), (330, 180), (360, 380), (600, 400)]


@pytest.mark.parametrize(("width", "height"), some(SIZES, 2))
@pytest.mark.parametrize("value", some(["1.234·10⁻⁵", ""], 1), ids=["values", "names"])
@pytest.mark.parametrize("name", some(["W" * LONGEST_NAME, "Run"], 1), ids=["long", "short"])
@pytest.mark.parametrize("count", some([MOST_PINNED + 2, 2], 1))
def test_all_rows_fit_into_half_of_the_plot_without_overlap(
    qtbot: QtBot, width: int, height: int, value: str, name: str, count: int
) -> None:
    board = Board(qtbot, width, height)
    board.legend.show_rows(rows(count, name, value), "at 12 000" if value else "")
    board.settle()
    rect, area = board.rect, board.area
    assert not rect.isEmpty()
    assert area.contains(rect)
    assert rect.width() * rect.height() <= 0.5 * area.width() * area.height() + 1e-6
    painted = written(board)
    assert [row for row, _ in painted] == list(board.legend.rows)
    places = [place for _, place in painted]
    assert all(rect.contains(place) for place in places)
    assert all(place.height() >= 8 for place in places)
    assert not any(
        a.adjusted(0.01, 0.01, 0, 0).intersects(b.adjusted(0.01, 0.01, 0, 0))
        for a, b in combinations(places, 2)
    )


def test_in_a_low_plot_the_curves_come_before_the_legend(qtbot: QtBot) -> None:
    for height, count in ((300, 2), (80, 2), (80, 9)):
        board = Board(qtbot, 400, height)
        board.legend.show_rows(rows(count))
        board.settle()
        assert board.rect.isEmpty() == (count > 2)
        assert board.rect.height() <= MOST_HEIGHT * board.area.height()


def test_the_legend_is_hidden_without_rows(board: Board) -> None:
    board.legend.show_rows(rows(3))
    assert board.legend.isVisible()
    board.legend.show_rows(())
    assert not board.legend.isVisible()
    assert board.rect.isEmpty()


def corner(board: Board) -> tuple[str, str]:
    rect, area = board.rect.center(), board.area.center()
    return "left" if rect.x() < area.x() else "right", "top" if rect.y() < area.y() else "bottom"


def test_the_legend_is_in_the_corner_with_fewer_curves(board: Board) -> None:
    board.legend.show_rows(rows(2))
    width, height = board.area.width(), board.area.height()
    x = np.array([0.0, width / 2, width])
    falling = x, np.array([0.1, 0.5, 0.6]) * height
    steep = x, np.array([0.95, 0.97, 0.99]) * height
    rising = x, np.array([0.9, 0.4, 0.1]) * height
    board.legend.move_away_from([])
    assert corner(board) == ("left", "bottom")
    board.legend.move_away_from([steep])
    assert corner(board) == ("right", "top")
    board.legend.move_away_from([falling, falling])
    assert corner(board) == ("left", "bottom")
    board.legend.move_away_from([rising])
    assert corner(board) == ("left", "bottom")


def test_a_curve_does_not_count_beyond_its_end(board: Board) -> None:
    board.legend.show_rows(rows(2))
    height = board.area.height()
    short = np.array([0.0, 30.0]), np.array([0.1, 0.2]) * height
    low = np.array([0.0, 30.0]), np.array([0.9, 0.9]) * height
    board.legend.move_away_from([short, low])
    assert corner(board) == ("right", "top")


def test_names_are_plain_text(board: Board) -> None:
    board.legend.show_rows((LegendRow("A", RUN_STYLES[0].pen(LIGHT)),))
    board.settle()
    plain = board.rect.width()
    board.legend.show_rows((LegendRow("<b>A</b>", RUN_STYLES[0].pen(LIGHT)),))
    assert board.rect.width() > plain + 20


def test_an_unchanged_legend_is_not_repainted(board: Board) -> None:
    board.legend.show_rows(rows(5))
    board.settle()
    before = board.legend.picture.pixmap
    assert before is not None
    for _ in range(10):
        board.legend.show_rows(rows(5))
        board.legend.update()
        board.settle()
    assert board.legend.picture.pixmap is before
    board.legend.show_rows(rows(5, value="0.1"), "at 5")
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


def test_the_legend_is_below_the_texts_of_marks_if_it_fits(board: Board) -> None:
    board.legend.show_rows(rows(3))
    board.legend.is_at_top = True
    font = board.plot.font()
    free = rect_of(board.legend, font).top()
    board.legend.lines_above = 2
    assert rect_of(board.legend, font).top() == free + 2 * (QFontMetricsF(font).height() + GAP)
    board.legend.lines_above = 100
    assert rect_of(board.legend, font).top() == free
