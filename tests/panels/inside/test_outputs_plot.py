"""The outputs over a run: exact values by mouse and by keyboard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, is_near, move_mouse, press, shown_view
from tests.support.snapshots import QUICK
from xorviz.core import numerals
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.curves import norm_of, norm_text
from xorviz.panels.inside.outputs_plot import OutputsPlot, row_dashes
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SOLID, DASHED, DOTTED, LONG = (), (6, 4), (2, 3), (12, 4)


@dataclass
class Harness:
    """A view on the screen, and the signals it has emitted."""

    view: OutputsPlot
    chosen: list[int] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.view.step_requested.connect(self.chosen.append)
        self.view.readout_changed.connect(self.readouts.append)

    @property
    def plot(self) -> CurvePlot:
        return child(self.view, CurvePlot)

    @property
    def viewport(self) -> QWidget:
        viewport = self.plot.viewport()
        assert isinstance(viewport, QWidget)
        return viewport

    def at(self, step: float, output: float = 0.5) -> QPoint:
        """Return the pixel of a step and an output."""
        for _ in range(3):  # painting sets the widths of the axes
            self.plot.grab()
            QApplication.processEvents()
        row = self.plot.rows[0]
        place: QPoint = self.plot.mapFromScene(
            row.box.mapToScene(QPointF(*row.scales.at(step, output)))
        )
        return place

    def is_near(self, point: QPoint, color: str, tolerance: int = 12) -> bool:
        """Tell whether a small square has a colour."""
        image, near = self.plot.grab().toImage(), range(-2, 3)
        found = [image.pixelColor(point + QPoint(dx, dy)) for dx in near for dy in near]
        return any(is_near(one, color, tolerance) and one != QColor(LIGHT.panel) for one in found)

    @property
    def labels(self) -> list[tuple[float, float, str]]:
        labels = self.plot.rows[0].pointers.labels
        return [(label.step, label.value, label.text) for label in labels]

    @property
    def norm_read(self) -> str:
        return self.plot.rows[1].pointers.readings[0]


Show = Callable[..., Harness]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    made: list[Harness] = []

    def show(snapshot: Snapshot | None, theme: Theme = LIGHT) -> Harness:
        made.append(Harness(shown_view(qtbot, OutputsPlot(), 420, 300, theme)))
        if snapshot is not None:
            made[-1].view.show_snapshot(snapshot)
        return made[-1]

    yield show
    for harness in made:
        harness.view.hide()


@pytest.fixture(scope="module")
def run() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


def values_text(snapshot: Snapshot) -> str:
    """Return what is read out of a step: all outputs and the gradient norm."""
    by_name = {f"{a}{b}": value for (a, b), value in zip(ROWS, snapshot.outputs, strict=True)}
    values = " ".join(f"{name} {by_name[name]:.4f}" for name in ("00", "01", "10", "11"))
    return f"{values}, gradient {numerals.real(norm_of(snapshot.gradient), 3)}"


def test_curves_are_the_recorded_outputs_and_the_norm(show: Show, run: Recording) -> None:
    trace, harness = run.snapshot().trace, show(run.snapshot())
    outputs, norms = (row.moving.curves for row in harness.plot.rows)
    assert [curve.color for curve in outputs] == [LIGHT.plus, LIGHT.minus] * 2
    assert [curve.dash for curve in outputs] == [SOLID, SOLID, DASHED, DASHED]
    for row, curve in enumerate(outputs):
        np.testing.assert_array_equal(curve.values, trace.outputs[:, row])
        if curve.dash == SOLID:
            for step in (60, 250):
                place = harness.at(step, float(curve.values[step]))
                assert harness.is_near(place, curve.color, 90)
    np.testing.assert_array_equal(norms[0].values, trace.gradient_norms)


def test_rows_with_the_same_target_differ_in_their_dashes() -> None:
    assert row_dashes((1, 0, 1, 0)) == [SOLID, SOLID, DASHED, DASHED]
    assert row_dashes((1, 1, 1, 1)) == [SOLID, DASHED, DOTTED, LONG]
    assert row_dashes((0, 1, 0, 0)) == [SOLID, SOLID, DASHED, DOTTED]


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_each_output_has_its_sign_at_the_step_shown(
    show: Show, run: Recording, theme: Theme
) -> None:
    snapshot = run.state_at(150)
    harness = show(snapshot, theme)
    for output, target in zip(snapshot.outputs.tolist(), snapshot.config.targets, strict=True):
        color = theme.plus if target else theme.minus
        assert harness.is_near(harness.at(150, output), color)
    points = harness.plot.rows[0].pointers.points
    assert [(p.step, p.value) for p in points] == [(150, y) for y in snapshot.outputs]


def test_targets_have_their_signs_and_one_half_a_dotted_line(show: Show, run: Recording) -> None:
    harness = show(run.snapshot())
    left = harness.at(0).x() - round(harness.plot.rows[0].scales.at(0)[0])
    image = harness.plot.grab().toImage()
    for target, color in ((0, LIGHT.minus), (1, LIGHT.plus)):
        assert is_near(image.pixelColor(left - 24, harness.at(0, target).y()), color)
    rows = range(harness.at(0, 0.5).y() - 1, harness.at(0, 0.5).y() + 2)
    columns = range(left + 250, left + 300)
    dark = [any(image.pixelColor(x, y).lightness() < 170 for y in rows) for x in columns]
    assert 10 <= sum(dark) <= 40


def test_names_are_at_the_ends_of_the_curves(show: Show, run: Recording) -> None:
    harness, names = show(run.state_at(200)), [f"{a}{b}" for a, b in ROWS]
    ends = run.snapshot().outputs.tolist()
    assert harness.labels == [(400, y, name) for y, name in zip(ends, names, strict=True)]
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    there = run.state_at(204).outputs.tolist()
    assert harness.labels == [(204, y, f"{n}  {y:.4f}") for y, n in zip(there, names, strict=True)]


def test_pointing_reads_out_the_values_of_a_recorded_step(show: Show, run: Recording) -> None:
    harness = show(run.state_at(150))
    norm = norm_text(norm_of(run.state_at(150).gradient))
    assert (harness.readouts[-1], harness.norm_read) == ("", f"{norm} at 150")
    move_mouse(harness.viewport, harness.at(200))
    step = int(harness.readouts[-1].split()[1].rstrip(":"))
    assert abs(step - 200) <= 2
    there = run.state_at(step)
    assert harness.readouts[-1] == f"at {step}: {values_text(there)}"
    assert harness.norm_read == f"{norm_text(norm_of(there.gradient))} at {step}"
    QApplication.sendEvent(harness.plot, QEvent(QEvent.Type.Leave))
    assert (harness.readouts[-1], harness.norm_read) == ("", f"{norm} at 150")
    harness.view.show_snapshot(run.snapshot())
    assert harness.norm_read == norm_text(norm_of(run.snapshot().gradient))


def test_arrow_keys_move_along_the_run_and_enter_requests_the_step(
    qtbot: QtBot, run: Recording
) -> None:
    harness = Harness(OutputsPlot())
    window = active_window(qtbot, harness.view)
    assert window.isActiveWindow()
    harness.view.show_snapshot(run.state_at(200))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        press(key)
    assert harness.readouts[-1].startswith("at 204: ")
    press(Qt.Key.Key_Return)
    assert harness.chosen == [204]
    press(Qt.Key.Key_Escape)
    assert harness.readouts[-1] == ""
    press(Qt.Key.Key_Return)
    assert harness.chosen == [204]


def test_a_solid_line_marks_a_past_step(show: Show, run: Recording) -> None:
    harness = show(run.state_at(200))
    place = harness.at(200, 0.8)
    assert harness.is_near(place, LIGHT.accent, 2)
    harness.view.show_snapshot(run.snapshot())
    assert not harness.is_near(place, LIGHT.accent, 2)


def test_an_option_makes_the_step_axis_logarithmic(show: Show, run: Recording) -> None:
    harness, seen = show(run.snapshot()), list[str]()
    harness.view.options_changed.connect(lambda: seen.append(harness.view.options_text))
    before = harness.at(20).x()
    harness.view.options[0].trigger()
    assert harness.at(20).x() > before + 50
    assert seen[-1] == "log step"
    harness.view.options[0].trigger()
    assert (harness.at(20).x(), seen[-1]) == (before, "linear")


def test_outputs_missing_in_an_old_run_are_not_drawn(show: Show, run: Recording) -> None:
    snapshot = run.snapshot()
    old = Trace(snapshot.trace.steps, snapshot.trace.losses)
    harness = show(replace(snapshot, record=replace(snapshot.record, trace=old)))
    place = harness.at(60, float(snapshot.trace.outputs[60, 1]))
    assert not harness.is_near(place, LIGHT.minus, 60)
    move_mouse(harness.viewport, harness.at(200))
    assert harness.readouts[-1].endswith(": outputs not known, gradient not known")
