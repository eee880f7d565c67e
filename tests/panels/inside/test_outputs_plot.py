"""The outputs over a run: curves, signs and names, and exact values."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.page import Page
from tests.support.screen import is_near
from tests.support.snapshots import QUICK, RECIPES, trained
from xorviz.core import numerals
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.curves import BESIDE
from xorviz.panels.inside.outputs_plot import (
    OutputsPlot,
    TargetSigns,
    norm_of,
    norm_text,
    row_dashes,
)
from xorviz.ui.theme.palette import LIGHT

SOLID, DASHED, DOTTED, LONG = (), (6, 4), (2, 3), (12, 4)
NAMES = [f"{a}{b}" for a, b in ROWS]


@pytest.fixture
def page(qtbot: QtBot) -> Page[OutputsPlot]:
    return Page(qtbot, OutputsPlot(), size=(420, 300))


@pytest.fixture(scope="module")
def run() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


def labels_of(page: Page[OutputsPlot]) -> list[tuple[float, float, str]]:
    labels = page.plot.rows[0].pointers.labels
    return [(label.step, label.value, label.text) for label in labels]


def norm_read(page: Page[OutputsPlot]) -> str:
    return page.plot.rows[1].pointers.readings[0]


def values_text(snapshot: Snapshot) -> str:
    """Return what is read out of a step: all outputs and the gradient norm."""
    by_name = dict(zip(NAMES, snapshot.outputs.tolist(), strict=True))
    values = " ".join(f"{name} {by_name[name]:.4f}" for name in ("00", "01", "10", "11"))
    return f"{values}, gradient {numerals.real(norm_of(snapshot.gradient), 3)}"


def test_curves_are_the_recorded_outputs_and_the_norm(
    page: Page[OutputsPlot], run: Recording
) -> None:
    page.show(run.snapshot())
    trace = run.snapshot().trace
    outputs, norms = (row.moving.curves for row in page.plot.rows)
    assert [curve.color for curve in outputs] == [LIGHT.plus, LIGHT.minus] * 2
    assert [curve.dash for curve in outputs] == [SOLID, SOLID, DASHED, DASHED]
    for row, curve in enumerate(outputs):
        np.testing.assert_array_equal(curve.values, trace.outputs[:, row])
    assert row_dashes((1, 1, 1, 1)) == [SOLID, DASHED, DOTTED, LONG]
    assert row_dashes((0, 1, 0, 0)) == [SOLID, SOLID, DASHED, DOTTED]
    np.testing.assert_array_equal(norms[0].values, trace.gradient_norms)
    beside = trained(replace(QUICK, rate=0.5), 500)
    page.show(replace(run.snapshot(), beside=replace(beside, step=400)))
    assert [curve.color for curve in page.plot.rows[1].moving.curves] == [
        LIGHT.text,
        BESIDE.color(LIGHT),
    ]
    norm = page.plot.rows[1].moving.curves[1]
    np.testing.assert_array_equal(norm.values, beside.trace.up_to(400).gradient_norms)
    page.show(run.snapshot())
    place = page.on_plot(250, float(outputs[0].values[250]))
    assert page.has(place, LIGHT.plus, 90, page.plot)


def test_norms_are_over_all_weights_and_have_three_digits() -> None:
    snapshot = trained(replace(QUICK, biases=True), 100)
    flat = np.concatenate([part.ravel() for part in snapshot.gradient.arrays()])
    assert norm_of(snapshot.gradient) == pytest.approx(np.linalg.norm(flat))
    assert snapshot.trace.gradient_norms[-1] == pytest.approx(np.linalg.norm(flat))
    assert [norm_text(x) for x in (0.2113, 0.0, np.nan)] == ["0.211", "0.00", "not known"]


def test_outputs_and_targets_have_their_signs_and_a_line_marks_a_past_step(
    page: Page[OutputsPlot], run: Recording
) -> None:
    snapshot = run.state_at(150)
    page.show(snapshot)
    points = page.plot.rows[0].pointers.points
    assert [(p.step, p.value) for p in points] == [(150, y) for y in snapshot.outputs]
    colors = [LIGHT.plus if target else LIGHT.minus for target in snapshot.config.targets]
    for output, color in zip(snapshot.outputs.tolist(), colors, strict=True):
        assert page.has(page.on_plot(150, output), color, part=page.plot)
    left = page.on_plot(0).x() - round(page.plot.rows[0].scales.at(0)[0]) - 24
    image = page.plot.grab().toImage()
    for target, color in ((0, LIGHT.minus), (1, LIGHT.plus)):
        assert is_near(image.pixelColor(left, page.on_plot(0, target).y()), color)
    line = page.on_plot(150, 0.8)
    assert page.has(line, LIGHT.accent, 2, page.plot)
    page.show(run.snapshot())
    assert not page.has(line, LIGHT.accent, 2, page.plot)


@pytest.mark.parametrize("name", some(RECIPES))
def test_the_value_axis_has_all_outputs_and_the_targets_of_the_run(
    page: Page[OutputsPlot], name: str
) -> None:
    snapshot = trained(RECIPES[name], 300)
    page.show(snapshot)
    row, goals = page.plot.rows[0], sorted({*snapshot.goals.tolist()})
    low, high = row.box.viewRange()[1]
    values = [*snapshot.trace.outputs.ravel(), *goals]
    assert low < min(values) <= max(values) < high
    axis = row.scales.value_axis
    assert axis.tickValues(low, high, 200)[0][1] == [goals[0], sum(goals) / 2, goals[1]]
    (signs,) = (one for one in row.overlays if isinstance(one, TargetSigns))
    assert (signs.coding.low, signs.coding.high) == (*goals,)
    word = "step" if snapshot.config.batch == "full" else "pass"
    assert row.scales.step_axis.tickStrings([0.0], 1.0, 1.0) == [f"{word} 0"]


def test_outputs_far_beyond_the_targets_are_in_sight_and_have_ticks(
    page: Page[OutputsPlot],
) -> None:
    snapshot = trained(RECIPES["linear, shuffled"], 3)
    trace = replace(snapshot.trace, outputs=np.full_like(snapshot.trace.outputs, -70.0))
    for far in (-70.0, 1.7e308):
        trace = replace(trace, outputs=np.full_like(trace.outputs, far))
        page.show(replace(snapshot, record=replace(snapshot.record, trace=trace)))
        low, high = page.plot.rows[0].box.viewRange()[1]
        assert low < min(0, far)
        assert high > 1
        assert high >= min(far, 1e298)
        assert page.plot.rows[0].scales.value_axis.widest_text() > 0
        page.picture()


def test_names_are_at_the_ends_of_the_curves_and_values_at_the_step_read(
    page: Page[OutputsPlot], run: Recording
) -> None:
    page.show(run.state_at(200))
    norm = norm_text(norm_of(run.state_at(200).gradient))
    ends = run.snapshot().outputs.tolist()
    assert labels_of(page) == [(400, y, name) for y, name in zip(ends, NAMES, strict=True)]
    assert norm_read(page) == f"{norm} at 200"
    there = run.state_at(204)
    assert page.press(Qt.Key.Key_Right) == f"at 204: {values_text(there)}"
    assert norm_read(page) == f"{norm_text(norm_of(there.gradient))} at 204"
    values = zip(there.outputs.tolist(), NAMES, strict=True)
    assert labels_of(page) == [(204, y, f"{name}  {y:.4f}") for y, name in values]
    page.press(Qt.Key.Key_Return)
    assert page.press(Qt.Key.Key_Escape) == ""
    page.press(Qt.Key.Key_Return)
    assert page.heard["step_requested"] == [204]
    page.show(run.snapshot())
    assert norm_read(page) == norm_text(norm_of(run.snapshot().gradient))


def test_outputs_missing_in_an_old_run_are_not_drawn(
    page: Page[OutputsPlot], run: Recording
) -> None:
    snapshot = run.snapshot()
    old = Trace(snapshot.trace.steps, snapshot.trace.losses)
    page.show(replace(snapshot, record=replace(snapshot.record, trace=old)))
    place = page.on_plot(60, float(snapshot.trace.outputs[60, 1]))
    assert not page.has(place, LIGHT.minus, 60, page.plot)
    read = page.press(Qt.Key.Key_Left)
    assert read.endswith(": outputs not known, gradient not known")
