"""The loss plot: marks, exact curves, reading out and going to steps, other runs, the norm."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.panels.learn.loss_page import LossPage
from tests.support.screen import move_mouse
from tests.support.snapshots import QUICK, trained, with_interventions
from xorviz.core import numerals
from xorviz.core.runs.project import MOST_PINNED, PinnedRun
from xorviz.core.runs.record import Intervention, Streak
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import LONGEST_NAME
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import LOSS_FORMULAS, LOSS_NAMES, LOSS_WORDS, RunConfig
from xorviz.panels.base.curves import BESIDE, RUN_STYLES
from xorviz.panels.learn.loss_legend import LegendRow, rows_of
from xorviz.panels.learn.loss_plot import CORRECT, LEARNED, LossPlot, marks_of
from xorviz.ui.theme.palette import DARK, LIGHT

Key = Qt.Key
SLOW = replace(QUICK, rate=0.5)
NAMES = CORRECT, LEARNED

# Marks


def texts(snapshot: Snapshot) -> list[tuple[float, str]]:
    return [(mark.step, mark.text) for mark in marks_of(snapshot)]


def test_changes_are_marked_at_their_step_with_their_value_and_weights_share_a_mark() -> None:
    recording = Recording(QUICK)
    recording.advance(150)
    recording.intervene("rate", 0.5)
    recording.intervene("w1", -2.5, (0, 2))
    recording.advance(250)
    for step in (400, 0):  # also at earlier steps
        marks = marks_of(recording.state_at(step))
        assert texts(recording.state_at(step))[:2] == [(150, "rate 0.5"), (150, "w1[x1→h3] −2.5")]
        assert [mark.is_success for mark in marks] == [False, False, True, True]
        assert all(f"{mark.step:g}" in mark.tip for mark in marks)
    seen = trained(RunConfig(), 10)
    kick = [Intervention(5, "w1", 0.5, (0, unit)) for unit in range(3)]
    made = Intervention(5, "rate", 0.5), *kick, *(replace(one, step=9) for one in kick[:2])
    together = [(5, "rate 0.5"), (5, "3 weights"), (9, "2 weights")]
    assert texts(with_interventions(seen, *made)) == together
    many = [Intervention(step, "rate", step + 1.0) for step in range(250)]
    assert [step for step, _ in texts(with_interventions(seen, *many))] == [*range(150, 250)]


def test_milestones_are_marked_while_they_hold_with_the_run_if_there_are_two() -> None:
    assert texts(trained(QUICK, 82)) == texts(trained(QUICK, 100)) == [(82, CORRECT)]
    assert texts(trained(QUICK, 200)) == [(82, CORRECT), (168, LEARNED)]
    assert texts(trained(RunConfig(), 10)) == texts(trained(QUICK)) == []
    pair = marks_of(replace(trained(QUICK, 200), beside=trained(SLOW, 200)))
    assert [mark.text for mark in pair] == [f"A: {CORRECT}", f"A: {LEARNED}", f"B: {CORRECT}"]
    seen = trained(QUICK, 100)
    *before, tip = seen.record.checkpoints
    for since, marks in ((None, []), (7, [(7, CORRECT)])):
        checkpoints = *before, replace(tip, right=Streak(since, 7))
        record = replace(seen.record, checkpoints=checkpoints)
        assert texts(replace(seen, record=record)) == marks


# The curve


@pytest.fixture
def page(qtbot: QtBot) -> LossPage:
    return LossPage(qtbot, LossPlot(), trained(QUICK, 60))


@pytest.fixture(scope="module")
def recording() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


def as_read(snapshot: Snapshot, step: int) -> str:
    """Return the read-out of a step of the trace."""
    losses = dict(zip(snapshot.trace.steps.tolist(), snapshot.trace.losses, strict=True))
    return f"at {numerals.whole(step)}: {numerals.real(losses[step], 6)}"


@pytest.mark.parametrize(
    ("log_loss", "log_step", "step"), [(False, False, 2000), (True, False, 4700), (True, True, 30)]
)
def test_all_of_the_trace_is_drawn_and_an_exact_point_of_it_read_out(
    page: LossPage, log_loss: bool, log_step: bool, step: int
) -> None:
    page.scale(log_loss, log_step)
    snapshot = trained(QUICK, 6000)
    for seen in (trained(QUICK, 500), snapshot):
        page.show(seen)
        (curve,) = page.curves
        np.testing.assert_array_equal(curve.steps, seen.trace.steps)
        np.testing.assert_array_equal(curve.values, seen.trace.losses)
        assert page.shows(seen.trace)
    read = page.point_at(step)
    shown, (at, loss) = page.points
    assert shown == (6000, snapshot.loss)
    assert as_read(snapshot, int(at)) == read
    assert loss == snapshot.trace.losses[snapshot.trace.steps == at]
    pixels = page.on_plot(at).x() - page.on_plot(step).x()
    gap = np.diff(snapshot.trace.steps).max() / 6000 * page.losses.box.width()
    assert abs(pixels) <= (2 if log_step else 2 + gap)


def test_steps_of_four_updates_are_called_passes(page: LossPage) -> None:
    for batch, word in (("full", "step"), ("pass", "pass")):
        snapshot = trained(replace(QUICK, batch=batch), 150)
        page.show(snapshot)
        axis = page.plot.rows[0].scales.step_axis
        assert axis.tickStrings([0.0], 1.0, 1.0) == [f"{word} 0"]
        tips = [mark.tip for mark in marks_of(snapshot)]
        assert tips
        assert all(f"since {word} " in tip for tip in tips)
        assert f"at {word} 1" in page.view.description()


def test_axes_are_named_where_there_is_room(page: LossPage) -> None:
    for loss in LOSS_NAMES:
        page.show(trained(RunConfig(loss=loss)))
        assert LOSS_FORMULAS[loss] in page.view.description()
        for height in (150, 600):
            page.view.resize(page.view.width(), height)  # while no snapshot arrives
            QApplication.processEvents()
            text = page.losses.scales.value_axis.labelText
            assert (text == f"{LOSS_WORDS[loss]}, {LOSS_FORMULAS[loss]}") == (height == 600)


# Reading out and going to steps


def test_an_earlier_step_is_shown_by_a_line_and_a_point_and_changes_nothing_else(
    page: LossPage, recording: Recording
) -> None:
    newest = recording.snapshot()
    tip = newest.step, newest.loss

    def still() -> tuple[object, ...]:
        marks = [mark.text for mark in page.view._marks.marks]
        return page.ends, page.curves[0].values.tolist(), marks

    page.show(newest)
    before = still()
    assert before[2] == [*NAMES]
    for step in (400, 399, 200, 0, 400):
        past = recording.state_at(step)
        page.show(past)
        assert page.points == ([tip] if step == 400 else [tip, (step, past.loss)])
        assert page.losses.pointers.shown == (None if step == 400 else step)
        assert still() == before
    page.show(trained(QUICK, 10))
    assert "at step 9 it was" in page.view.description()
    page.show(trained(QUICK))
    assert "it was" not in page.view.description()


def tip_at(page: LossPage, at: QPoint) -> str:
    """Return the tool tip at a pixel: that of the topmost item that has one."""
    move_mouse(page.part, at)
    return next((tip for item in page.plot.items(at) if (tip := item.toolTip())), "")


def test_a_milestone_is_gone_to_by_a_click_on_its_mark_and_by_its_option(
    page: LossPage, recording: Recording
) -> None:
    page.show(recording.state_at(0))
    page.view.grab()
    marks, options = page.view._marks, [page.option("to_correct"), page.option("to_learned")]
    asked = page.heard["step_requested"]
    for (_, line, text), option, step in zip(marks._places, options, (82, 168), strict=True):
        asked.clear()
        option.trigger()
        for place in (line.center(), text.center()):
            at = page.plot.mapFromScene(marks.mapToScene(place))
            assert "Click to go there" in tip_at(page, at)
            assert page.part.cursor().shape() == Qt.CursorShape.PointingHandCursor
            page.press_at(at)
        assert asked == [step] * 3
    for seen, is_correct in ((trained(QUICK, 100), True), (trained(RunConfig(), 10), False)):
        page.show(seen)
        assert [option.isEnabled() for option in options] == [is_correct, False]


# Other runs


def pinned(style: int, config: RunConfig, steps: int, is_shown: bool = True) -> PinnedRun:
    record = trained(config, steps).record
    return PinnedRun(f"Run {style + 1}", record, steps, style, is_shown)


def test_pinned_runs_are_drawn_fitted_and_listed(qtbot: QtBot) -> None:
    page = LossPage(qtbot, LossPlot())
    page.pin(pinned(3, QUICK, 500))
    page.show(trained(QUICK, 60))
    assert page.named == ["current run", "Run 4"]
    page.pin()
    alone = page.ends
    long, loud = pinned(3, QUICK, 5000), pinned(7, replace(QUICK, init_range=30), 20)
    hidden = pinned(1, QUICK, 20, is_shown=False)
    hidden = replace(hidden, record=replace(hidden.record, newest=90_000))
    unknown = PinnedRun("Run 5", replace(long.record, trace=Trace()), 0, 4)
    page.pin(long, loud, hidden, unknown)
    assert page.named == ["current run", "Run 4", "Run 8"]
    assert "2 pinned runs" in page.view.description()
    for theme in (LIGHT, DARK):
        page.view.apply_theme(theme)
        drawn = page.losses.still.curves[::-1]
        for curve, run, row in zip(drawn, (long, loud), page.legend.rows[1:], strict=True):
            np.testing.assert_array_equal(curve.values, run.record.trace.losses)
            style = RUN_STYLES[run.style]
            assert (curve.color, curve.dash) == (style.color(theme), style.dash)
            assert row.pen.color() == style.pen(theme).color()
    assert page.ends[1] == alone[1], "a longer run does not flatten this one"
    assert page.shows(loud.record.trace)
    for ends in (10_000, 100):
        page.choose("fit_loss")
        assert page.shows(long.record.trace) == (ends == 10_000)
        assert page.ends[1] <= ends
    page.choose("fit_loss")
    page.show(replace(trained(QUICK, 60), run=9))
    assert page.ends[1] == alone[1], "another run is fitted by itself again"
    page.pin()
    assert (page.losses.still.isVisible(), page.named, page.ends) == (False, [], alone)


def test_every_run_is_read_out_at_the_cursor(page: LossPage) -> None:
    live, long, short = trained(QUICK, 60), pinned(0, RunConfig(), 90), pinned(1, RunConfig(), 20)
    page.pin(long, short)
    assert page.values == ["", "", ""]
    page.point_at(40.2)
    losses = [record.trace.losses[40] for record in (live.record, long.record)]
    assert (page.read(), page.values[2]) == (as_read(live, 40), numerals.NOTHING)
    assert page.values[:2] == [numerals.real(float(loss)) for loss in losses]
    assert page.point_at(85) == f"{as_read(live, 60)}, others at 85"
    beyond = numerals.real(float(long.record.trace.losses[85]))
    assert page.values == [numerals.NOTHING, beyond, numerals.NOTHING]
    page.point(None, page.plot)
    assert (page.read(), page.values) == ("", ["", "", ""])
    page.press(Key.Key_Left)
    assert (page.read(), page.values[0]) == (
        as_read(live, 59),
        numerals.real(live.trace.losses[59]),
    )
    far = trained(QUICK, 9000).record
    gap = int(np.argmax(np.diff(far.trace.steps)))  # the last ones are not all recorded
    at, loss = int(far.trace.steps[gap]) + 1, float(far.trace.losses[gap])
    for record, value in ((far, numerals.real(loss)), (replace(far, trace=Trace()), "–")):
        run = PinnedRun("Run 1", record, 9000, 0)
        assert rows_of(live, (run,), LIGHT, at)[1].value == value


def test_a_run_beside_is_drawn_fitted_and_told_too_up_to_the_end_of_the_shorter(
    page: LossPage,
) -> None:
    other = replace(QUICK, loss="mse", init_range=30)
    for steps in (30, 70):
        runs = trained(QUICK, steps), trained(other, steps)
        page.show(replace(runs[0], beside=runs[1]))
        assert [curve.color for curve in page.curves] == [LIGHT.text, BESIDE.color(LIGHT)]
        for curve, one in zip(page.curves, runs, strict=True):
            np.testing.assert_array_equal(curve.values, one.trace.losses)
            assert page.shows(one.trace)
        assert {*page.points} == {(steps, one.loss) for one in runs}
        assert "run B" in page.view.description()
        table = page.view.table()
        assert table is not None
        assert [row[0] for row in table[1]] == [
            *["A: loss sse, initial range 1"] * (steps + 1),
            *["B: loss mse, initial range 30"] * (steps + 1),
        ]
    page.pin(pinned(0, QUICK, 100), pinned(1, other, 100))
    assert page.named == ["A", "B (mse)", "Run 1", "Run 2 (mse)"]
    page.pin()
    page.show(trained(QUICK, 70))
    assert (len(page.curves), page.named) == (1, [])
    assert "run B" not in page.view.description()
    # A run that was trained before the other began beside it is not drawn ahead of it.
    long, short = trained(QUICK, 300), trained(SLOW, 110)
    for first, second in ((long, short), (short, long)):
        page.show(replace(first, step=110, beside=replace(second, step=110)))
        assert [curve.steps[-1] for curve in page.curves] == [110, 110]
        assert [step for step, _ in page.points] == [110, 110]
    page.point_at(118)
    assert page.read().startswith("at 110: ")
    assert numerals.NOTHING not in page.values
    at_start = Recording(QUICK).state_at(0)
    both = replace(at_start, record=long.record, beside=at_start)
    page.show(both)
    assert [len(curve.steps) for curve in page.curves] == [1, 1]
    assert marks_of(both) == []
    assert not page.option("to_correct").isEnabled()


# The legend


@pytest.mark.parametrize(("height", "fits"), [(400, True), (110, False)])
@pytest.mark.parametrize(("count", "name"), [(MOST_PINNED, "W" * LONGEST_NAME), (2, "Run")])
def test_rows_stand_below_the_plot_apart_and_stay_while_they_are_read(
    page: LossPage, monkeypatch: pytest.MonkeyPatch, count: int, name: str, height: int, fits: bool
) -> None:
    page.view.resize(430, height)
    page.pin(*(replace(pinned(style, QUICK, 60), name=name) for style in range(count)))
    QApplication.processEvents()
    before = page.legend.geometry(), page.plot.geometry()
    page.point_at(30)
    painted: list[tuple[LegendRow, QRectF]] = []
    monkeypatch.setattr(page.legend, "_paint_row", lambda _, *row: painted.append(row))
    page.view.apply_theme(DARK)
    page.legend.grab()
    assert (page.legend.geometry(), page.plot.geometry()) == before
    assert before[0].top() > before[1].bottom()
    assert before[0].height() <= 0.4 * height
    assert tuple(row for row, _ in painted) == page.legend.rows
    places = [place for _, place in painted]
    assert not any(a.intersects(b) for a, b in combinations(places, 2))
    in_sight = [QRectF(page.legend.rect()).contains(place) for place in places]
    assert all(in_sight) == (fits or count == 2)
    assert any(in_sight)
    for row in page.legend.rows:
        assert f"{row.name}  {row.value}" in page.legend.toolTip()
