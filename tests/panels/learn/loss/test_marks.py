"""The marks on the loss plot."""

import gc
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication, QGraphicsItem
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import shown
from tests.support.snapshots import QUICK, trained, with_interventions
from xorviz.core.config import RunConfig
from xorviz.core.runs.record import Intervention, Streak
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.panels.curves.overlay import Scales
from xorviz.panels.learn.loss.marks import Marks
from xorviz.ui.plot.axes import ScaledAxis, loss_text, step_text
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


class Board:
    """A plot with marks on it, over the steps 0 to 1000."""

    def __init__(self, qtbot: QtBot) -> None:
        self.axis = ScaledAxis("bottom", step_text, 1.0)
        self.plot = shown(qtbot, Plot(bottom=self.axis))
        self.box = self.plot.getPlotItem().getViewBox()
        self.box.setRange(xRange=(0, 1000), yRange=(0, 1), padding=0)
        self.marks = Marks(Scales(self.box, self.axis, ScaledAxis("left", loss_text, 0.0)))

    @property
    def texts(self) -> list[tuple[int, str]]:
        return [(mark.step, mark.text) for mark in self.marks.marks]

    def shares(self) -> list[float]:
        """Return the positions of the marks, as shares of the plot's width."""
        return [self.marks.x_of(mark) / self.box.rect().width() for mark in self.marks.marks]

    def colors(self) -> set[str]:
        """Return the colours in the plot's picture."""
        QApplication.processEvents()
        image = self.plot.viewport().grab().toImage()
        return {
            image.pixelColor(x, y).name()
            for x in range(image.width() // 4, image.width())
            for y in range(image.height() // 3, image.height() // 2)
        }

    def column_share(self, step: float, color: str) -> float:
        """Return the share of the pixels above a step, below the top ones, in a colour."""
        for _ in range(3):  # painting sets the width of the axis
            self.plot.grab()
            QApplication.processEvents()
        image = self.plot.viewport().grab().toImage()
        area = self.box.sceneBoundingRect()
        rows = range(int(area.top()) + 20, int(area.bottom()) - 2)
        middle = int(area.left() + step / 1000 * area.width())
        counts = [
            sum(image.pixelColor(x, y).name() == color.lower() for y in rows)
            for x in range(middle - 2, middle + 3)
        ]
        return float(max(counts) / len(rows))


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return Board(qtbot)


def changed(*changes: Intervention) -> Snapshot:
    return with_interventions(trained(RunConfig(), 10), *changes)


def right_since(snapshot: Snapshot, step: int | None) -> Snapshot:
    """Return a snapshot of a run with all rows correct since a step."""
    *before, tip = snapshot.record.checkpoints
    tip = replace(tip, right=Streak(step, step))
    record = replace(snapshot.record, checkpoints=(*before, tip))
    return replace(snapshot, right_since=step, record=record)


def test_a_change_is_marked_at_its_step_with_its_value(board: Board) -> None:
    trainer = Trainer(RunConfig())
    trainer.advance(100)
    trainer.intervene("rate", 0.5)
    trainer.advance(20)
    trainer.intervene("momentum", 0.9)
    board.marks.show_snapshot(trainer.snapshot())
    assert board.texts == [(100, "rate 0.5"), (120, "momentum 0.9")]


def test_all_four_right_is_marked_while_it_holds(board: Board) -> None:
    board.marks.show_snapshot(trained(QUICK, 200))
    assert board.texts == [(82, "all four right")]

    board.marks.show_snapshot(trained(RunConfig(), 10))
    assert board.texts == []

    board.marks.show_snapshot(right_since(trained(RunConfig()), 0))
    assert board.texts == []

    right = trained(QUICK, 200)
    board.marks.show_snapshot(right)
    board.marks.show_snapshot(right_since(right, None))
    assert board.texts == []


def test_the_newest_hundred_changes_replace_old_marks(board: Board) -> None:
    snapshot = changed(*(Intervention(step, "rate", step + 1.0) for step in range(250)))
    board.marks.show_snapshot(snapshot)
    assert [step for step, _ in board.texts] == list(range(150, 250))

    board.marks.show_snapshot(changed(Intervention(5, "rate", 2.0), Intervention(6, "rate", 3.0)))
    board.marks.show_snapshot(changed(Intervention(7, "rate", 4.0)))
    assert board.texts == [(7, "rate 4")]


def test_marks_are_at_their_steps_on_both_scales(board: Board) -> None:
    board.marks.show_snapshot(changed(Intervention(1, "rate", 2.0), Intervention(500, "rate", 3.0)))
    assert board.shares() == pytest.approx([0.001, 0.5])
    board.axis.set_log(True)
    board.box.setRange(xRange=(0, 3), padding=0)
    assert board.shares() == pytest.approx([0, np.log10(500) / 3])


def test_success_is_in_the_accent_and_a_change_in_the_quiet_colour(board: Board) -> None:
    for theme in (LIGHT, DARK):
        board.plot.recolour(theme)
        board.marks.apply_theme(theme)
        quiet, accent = theme.quiet.lower(), theme.accent.lower()
        board.marks.show_snapshot(changed())
        assert not {quiet, accent} & board.colors()
        board.marks.show_snapshot(changed(Intervention(500, "rate", 2.0)))
        assert {quiet, accent} & board.colors() == {quiet}
        board.marks.show_snapshot(right_since(changed(), 300))
        assert {quiet, accent} & board.colors() == {accent}


def test_neighbouring_texts_do_not_overlap(board: Board) -> None:
    many = [Intervention(500 + 2 * step, "rate", 2.0 + step) for step in range(3)]
    board.marks.show_snapshot(changed(*many))
    written: list[QRectF] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            board.marks, "_write", lambda painter, text, rect, color: written.append(rect)
        )
        board.plot.viewport().grab()
    assert len(written) == 3
    assert not any(a.intersects(b) for a, b in combinations(written, 2))


def past_of(config: RunConfig, steps: int, step: int) -> Snapshot:
    recording = Recording(config)
    recording.advance(steps)
    return recording.state_at(step)


def test_marks_of_the_whole_run_stay_at_earlier_steps(board: Board) -> None:
    recording = Recording(QUICK)
    recording.advance(150)
    recording.intervene("rate", 0.5)
    recording.advance(50)
    for step in (200, 20, 0):
        board.marks.show_snapshot(recording.state_at(step))
        assert board.texts == [(150, "rate 0.5"), (82, "all four right")]


def test_a_weight_that_was_set_is_marked_by_its_name(board: Board) -> None:
    recording = Recording(QUICK)
    recording.advance(10)
    recording.intervene("w1", -2.5, (0, 2))
    board.marks.show_snapshot(recording.snapshot())
    assert board.texts == [(10, "w1[x1→h3] -2.5")]


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_an_earlier_step_shown_has_a_solid_line_in_the_accent(board: Board, theme: Theme) -> None:
    board.plot.recolour(theme)
    board.marks.apply_theme(theme)
    board.marks.show_snapshot(past_of(RunConfig(), 900, 600))
    assert board.marks.shown_step == 600
    assert board.column_share(600, theme.accent) > 0.95
    board.marks.show_snapshot(trained(RunConfig(), 900))
    assert board.marks.shown_step is None
    assert board.column_share(600, theme.accent) == 0


def test_the_line_is_not_drawn_outside_of_the_range(board: Board) -> None:
    board.marks.show_snapshot(past_of(RunConfig(), 900, 600))
    board.box.setRange(xRange=(700, 900), padding=0)
    assert LIGHT.accent.lower() not in board.colors()


def test_new_changes_leave_no_garbage_for_another_thread(board: Board) -> None:
    gc.collect()
    before = sum(issubclass(type(thing), QGraphicsItem) for thing in gc.get_objects())
    for step in range(100):
        board.marks.show_snapshot(changed(Intervention(step, "rate", 2.0 + step)))
    after = sum(issubclass(type(thing), QGraphicsItem) for thing in gc.get_objects())
    assert after <= before


def test_weights_set_together_share_a_mark(board: Board) -> None:
    snapshot = changed(
        Intervention(5, "rate", 0.5),
        *(Intervention(5, "w1", 0.5, (0, unit)) for unit in range(3)),
        Intervention(9, "w1", 0.25, (0, 1)),
    )
    board.marks.show_snapshot(snapshot)
    assert board.texts == [(5, "rate 0.5"), (5, "3 weights"), (9, "w1[x1→h2] 0.25")]
