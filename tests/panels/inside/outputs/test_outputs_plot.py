"""The outputs over a run: exact values by mouse and by keyboard."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import (
    active_window,
    child,
    is_near,
    move_mouse,
    move_pressed,
    press,
    press_left,
    release_left,
    shown_view,
)  # fmt: skip
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.config import ROWS, RunConfig
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.panels.inside.outputs.canvas import OutputsCanvas
from xorviz.panels.inside.outputs.outputs_plot import OutputsPlot
from xorviz.panels.learn.loss.gradient_curve import norm_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


@dataclass
class Harness:
    """A view on the screen, and the signals it has emitted."""

    view: OutputsPlot
    chosen: list[int]
    readouts: list[str]

    @property
    def canvas(self) -> OutputsCanvas:
        return child(self.view, OutputsCanvas)

    def at(self, step: float, output: float = 0.5) -> QPoint:
        """Return the pixel of a step and an output."""
        layout = self.canvas.current_layout()
        assert layout is not None
        y = float(layout.y_of(np.array(output)))
        return QPoint(round(layout.scale.x_at(step)), round(y))

    def point_at(self, step: float) -> None:
        move_mouse(self.canvas, self.at(step))

    def colors_near(self, point: QPoint) -> list[str]:
        """Return the colours in a small square."""
        image = self.canvas.grab().toImage()
        near = range(-2, 3)
        return [image.pixelColor(point + QPoint(dx, dy)).name() for dx in near for dy in near]


def listening(view: OutputsPlot) -> Harness:
    made = Harness(view, [], [])
    view.step_requested.connect(made.chosen.append)
    view.readout_changed.connect(made.readouts.append)
    return made


def harness(qtbot: QtBot, snapshot: Snapshot | None, theme: Theme = LIGHT) -> Harness:
    view = OutputsPlot()
    made = listening(view)
    shown_view(qtbot, view, 420, 300, theme)
    if snapshot is not None:
        view.show_snapshot(snapshot)
    return made


@pytest.fixture(scope="module")
def run() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
@pytest.mark.parametrize("row", some([0, 1, 2, 3], 1))
def test_each_output_is_marked_at_the_shown_step(
    qtbot: QtBot, run: Recording, row: int, theme: Theme
) -> None:
    snapshot = run.state_at(150)
    made = harness(qtbot, snapshot, theme)
    place = made.at(150, float(snapshot.outputs[row]))
    color = theme.plus if snapshot.config.targets[row] else theme.minus
    assert any(is_near(QColor(name), color, 12) for name in made.colors_near(place))


def test_curves_pass_through_the_recorded_outputs(qtbot: QtBot, run: Recording) -> None:
    snapshot = run.snapshot()
    made = harness(qtbot, snapshot)
    for step in (60, 250):
        solid = ROWS.index((0, 0)), ROWS.index((1, 0))
        for row in solid:
            place = made.at(step, float(snapshot.trace.outputs[step, row]))
            color = LIGHT.plus if snapshot.config.targets[row] else LIGHT.minus
            names = made.colors_near(place)
            assert any(is_near(QColor(name), color, 90) and name != "#ffffff" for name in names)


def test_pointing_reads_out_the_values_of_a_recorded_step(qtbot: QtBot, run: Recording) -> None:
    made = harness(qtbot, run.snapshot())
    made.point_at(200)
    step = int(made.readouts[-1].split()[1].rstrip(":"))
    assert abs(step - 200) <= 2
    there = run.state_at(step)
    by_name = {f"{a}{b}": value for (a, b), value in zip(ROWS, there.outputs, strict=True)}
    values = " ".join(f"{name} {by_name[name]:.4f}" for name in ("00", "01", "10", "11"))
    norm = numerals.real(norm_of(there.gradient), 3)
    assert made.readouts[-1] == f"at {step}: {values}, gradient {norm}"
    QApplication.sendEvent(made.canvas, QEvent(QEvent.Type.Leave))
    assert made.readouts[-1] == ""


def test_a_click_requests_its_step_and_a_drag_each_step(qtbot: QtBot, run: Recording) -> None:
    made = harness(qtbot, run.snapshot())
    press_left(made.canvas, made.at(100))
    for step in (150, 150, 300, 9999):
        move_pressed(made.canvas, made.at(step))
    release_left(made.canvas, made.at(9999))
    assert len(made.chosen) == 4
    np.testing.assert_allclose(made.chosen, (100, 150, 300, 400), atol=2)
    assert made.chosen[-1] == 400


def test_a_press_left_of_the_axis_requests_step_0(qtbot: QtBot, run: Recording) -> None:
    for is_log in (False, True):
        made = harness(qtbot, run.snapshot())
        made.view.options[0].setChecked(is_log)
        press_left(made.canvas, QPoint(1, 30))
        assert made.chosen == [0]


def test_arrow_keys_move_along_the_run_and_enter_requests_the_step(
    qtbot: QtBot, run: Recording
) -> None:
    made = listening(OutputsPlot())
    window = active_window(qtbot, made.view)
    assert window.isActiveWindow()
    made.view.show_snapshot(run.state_at(200))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        press(key)
    assert made.readouts[-1].startswith("at 204: ")
    press(Qt.Key.Key_Return)
    assert made.chosen == [204]
    press(Qt.Key.Key_Escape)
    assert made.readouts[-1] == ""
    press(Qt.Key.Key_Return)
    assert made.chosen == [204]


def test_a_solid_line_marks_a_past_step(qtbot: QtBot, run: Recording) -> None:
    made = harness(qtbot, run.state_at(200))
    place = made.at(200, 0.8)
    assert LIGHT.accent.lower() in made.colors_near(place)
    made.view.show_snapshot(run.snapshot())
    assert LIGHT.accent.lower() not in made.colors_near(place)


def test_an_option_makes_the_step_axis_logarithmic(qtbot: QtBot, run: Recording) -> None:
    made, seen = harness(qtbot, run.snapshot()), list[str]()
    made.view.options_changed.connect(lambda: seen.append(made.view.options_text))
    before = made.at(20).x()
    made.view.options[0].trigger()
    assert made.at(20).x() > before + 50
    assert seen == ["log step"]
    made.view.options[0].trigger()
    assert (made.at(20).x(), seen) == (before, ["log step", "linear"])


def test_the_axis_grows_in_jumps(qtbot: QtBot) -> None:
    recording, made = Recording(QUICK), harness(qtbot, None)
    ends = []
    for _ in range(60):
        recording.advance(5)
        made.view.show_snapshot(recording.snapshot())
        layout = made.canvas.current_layout()
        assert layout is not None
        ends.append(layout.scale.high)
        assert recording.newest <= ends[-1]
    assert len({*ends}) <= 6


def test_outputs_missing_in_an_old_run_are_not_drawn(qtbot: QtBot, run: Recording) -> None:
    snapshot = run.snapshot()
    old = Trace(snapshot.trace.steps, snapshot.trace.losses)
    made = harness(qtbot, replace(snapshot, record=replace(snapshot.record, trace=old)))
    place = made.at(60, float(snapshot.trace.outputs[60, 1]))
    assert not any(is_near(QColor(name), LIGHT.minus, 60) for name in made.colors_near(place))
    made.point_at(200)
    assert made.readouts[-1].endswith(": outputs not known, gradient not known")


def test_without_a_run_input_does_nothing(qtbot: QtBot) -> None:
    made = harness(qtbot, None)
    press_left(made.canvas, QPoint(50, 50))
    move_mouse(made.canvas, QPoint(60, 50))
    made.canvas.grab()
    QTest.keyClick(made.view, Qt.Key.Key_Right)
    QTest.keyClick(made.view, Qt.Key.Key_Return)
    assert made.chosen == []


@pytest.mark.parametrize(
    ("width", "height"), some([(224, 140), (120, 60), (224, 100), (880, 660)], 1)
)
@pytest.mark.parametrize("step", some([400, 0, 1], 1))
def test_outputs_fit_at_every_size(
    qtbot: QtBot, run: Recording, width: int, height: int, step: int
) -> None:
    made = harness(qtbot, run.fork(step).snapshot())
    made.canvas.setFixedSize(width, height)
    made.canvas.grab()
    layout = made.canvas.current_layout()
    assert layout is not None
    assert layout.outputs.height() >= 20
    assert layout.scale.right > layout.scale.left
    assert layout.bottom < height
    assert (layout.gradient is None) == (height < 110)


@pytest.mark.thorough
def test_a_run_of_constant_targets_is_drawn(qtbot: QtBot) -> None:
    made = harness(qtbot, trained(RunConfig(targets=(1, 1, 1, 1), rate=1), 100))
    made.point_at(50)
    assert made.canvas.grab().toImage().width() == made.canvas.width()
