"""The dashed lines on the loss plot."""

from dataclasses import replace

import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.screen import shown
from tests.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.trainer import Change, Snapshot, Trainer
from xorviz.views.axes import ScaledAxis, step_text
from xorviz.views.marks import Marks
from xorviz.views.palette import DARK, LIGHT
from xorviz.views.plot import Plot


class Board:
    """A plot with marks on it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.axis = ScaledAxis("bottom", step_text, 1.0)
        self.plot = shown(qtbot, Plot(bottom=self.axis))
        self.marks = Marks(self.plot.getPlotItem(), self.axis)

    @property
    def lines(self) -> list[pg.InfiniteLine]:
        return [i for i in self.plot.getPlotItem().items if isinstance(i, pg.InfiniteLine)]

    @property
    def texts(self) -> list[tuple[float, str]]:
        return [(line.value(), line.label.format) for line in self.lines]


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return Board(qtbot)


def changed(*changes: Change) -> Snapshot:
    return replace(trained(RunConfig(), 10), changes=changes)


def test_an_undisturbed_run_has_no_marks(board: Board) -> None:
    board.marks.show_snapshot(trained(RunConfig(), 10))
    assert board.lines == []


def test_a_change_is_marked_at_its_step_with_its_value(board: Board) -> None:
    trainer = Trainer(RunConfig())
    trainer.advance(100)
    trainer.set_rate(0.5)
    trainer.advance(20)
    trainer.set_momentum(0.9)
    board.marks.show_snapshot(trainer.snapshot())
    assert board.texts == [(100, "rate 0.5"), (120, "momentum 0.9")]


def test_it_is_marked_since_when_all_four_are_right(board: Board) -> None:
    board.marks.show_snapshot(trained(QUICK, 200))
    assert board.texts == [(82, "all four right")]


def test_a_network_that_is_right_untrained_gets_no_mark(board: Board) -> None:
    board.marks.show_snapshot(replace(trained(RunConfig()), right_since=0))
    assert board.lines == []


def test_the_mark_goes_when_a_row_is_wrong_again(board: Board) -> None:
    right = trained(QUICK, 200)
    board.marks.show_snapshot(right)
    board.marks.show_snapshot(replace(right, right_since=None))
    assert board.lines == []


def test_of_many_changes_the_newest_hundred_are_marked(board: Board) -> None:
    snapshot = changed(*(Change(step, "rate", step + 1.0) for step in range(250)))
    board.marks.show_snapshot(snapshot)
    assert [step for step, _ in board.texts] == list(range(150, 250))


def test_the_lines_are_left_alone_while_they_stay_the_same(board: Board) -> None:
    snapshot = changed(Change(5, "rate", 2.0))
    board.marks.show_snapshot(snapshot)
    before = board.lines
    board.marks.show_snapshot(replace(snapshot, step=11))
    assert all(a is b for a, b in zip(before, board.lines, strict=True))


def test_old_lines_leave_the_plot(board: Board) -> None:
    board.marks.show_snapshot(changed(Change(5, "rate", 2.0), Change(6, "rate", 3.0)))
    board.marks.show_snapshot(changed(Change(7, "rate", 4.0)))
    assert board.texts == [(7, "rate 4")]


def test_marks_move_with_the_scale_of_the_steps(board: Board) -> None:
    board.marks.show_snapshot(changed(Change(0, "rate", 2.0), Change(1000, "rate", 3.0)))
    board.axis.set_log(True)
    board.marks.place()
    assert [step for step, _ in board.texts] == pytest.approx([0, 3])
    board.axis.set_log(False)
    board.marks.place()
    assert [step for step, _ in board.texts] == [0, 1000]


def test_success_has_the_accent_and_a_change_the_quiet_colour(board: Board) -> None:
    board.marks.show_snapshot(replace(trained(QUICK, 200), changes=(Change(5, "rate", 2.0),)))
    for theme in (LIGHT, DARK):
        board.marks.apply_theme(theme)
        colors = [line.pen.color() for line in board.lines]
        assert colors == [QColor(theme.quiet), QColor(theme.accent)]
        labels = [line.label.color for line in board.lines]
        assert labels == [QColor(theme.quiet), QColor(theme.accent)]
