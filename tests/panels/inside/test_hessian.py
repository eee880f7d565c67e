"""The view of the curvature: requests, answers and read-outs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, move_pressed, near, press, shown, shown_view
from tests.support.snapshots import trained
from xorviz.core.analysis.curvature import CurvatureQuestion
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.inside.hessian import DECADES, EigenvalueBars, HessianView, VerdictText
from xorviz.ui.theme.palette import LIGHT

SOME = np.array([0.5, 1e-2, 1e-4, 0.0, -1e-9, -1e-3])
"""Three positive, one zero, two negative."""


@pytest.fixture
def bars(qtbot: QtBot) -> EigenvalueBars:
    bars = EigenvalueBars()
    bars.apply_theme(LIGHT)
    shown(qtbot, bars, 400, 200)
    bars.show_values(SOME, negative=2, positive=3)
    settle(bars)
    return bars


def settle(bars: EigenvalueBars) -> None:
    """Paint until the axis has its final width."""
    for _ in range(3):
        bars.grab()
        QApplication.processEvents()


def rects(bars: EigenvalueBars) -> list[QRectF]:
    return bars.bars.rects()


def test_bars_have_the_side_and_the_colour_of_their_sign(bars: EigenvalueBars) -> None:
    line = rects(bars)[0].bottom()
    assert [rect.bottom() for rect in rects(bars)[:3]] == [line] * 3
    assert [rect.top() for rect in rects(bars)[4:]] == [line + 1] * 2
    assert abs(rects(bars)[3].center().y() - line) <= 1
    assert bars.bars.colors == [LIGHT.plus] * 3 + [LIGHT.quiet] + [LIGHT.minus] * 2


def test_heights_are_logarithmic(bars: EigenvalueBars) -> None:
    high = [rect.height() for rect in rects(bars)]
    a_decade = (high[1] - high[2]) / 2
    assert high[0] - high[1] == pytest.approx(a_decade * math.log10(50), abs=0.1)
    assert high[5] == pytest.approx(high[1] - a_decade, abs=2)
    assert high[1] == pytest.approx(a_decade * (DECADES - 2), abs=2)
    assert high[4] == 2


@pytest.mark.parametrize("count", some([257, 3, 9, 65], 1))
@pytest.mark.parametrize("width", some([200, 400, 860], 1))
def test_any_number_of_bars_fits(bars: EigenvalueBars, count: int, width: int) -> None:
    bars.resize(width, 90)
    bars.show_values(np.linspace(1, -0.01, count), 1, count - 1)
    settle(bars)
    area = bars.bars.scales.area
    assert len(rects(bars)) == len(bars.values) == count
    assert all(area.adjusted(-1, -1, 2, 1).contains(rect) for rect in rects(bars))


def test_another_number_of_bars_is_fitted_after_zooming(bars: EigenvalueBars) -> None:
    bars.zoom_by(3)
    bars.show_values(SOME / 2, negative=2, positive=3)
    assert bars.rows[0].box.viewRange()[0][1] < 6
    bars.show_values(np.linspace(1, -1, 20), 10, 10)
    assert bars.rows[0].box.viewRange()[0] == [0, 20]


def test_the_scale_ends_at_powers_of_ten_and_does_not_follow_every_change(
    bars: EigenvalueBars,
) -> None:
    def tops(*largest: float) -> list[int]:
        found = []
        for value in largest:
            bars.show_values(np.array([value]), 0, 1)
            found.append(bars._axis.top)
        return found

    assert bars._axis.top == 0
    assert tops(31.0, 1e-7, 1e200, 0.9) == [2, -7, 200, 0]
    assert tops(0.9, 1.1, 0.9, 1.1, 0.09, 0.11, 0.009) == [0, 1, 1, 1, -1, 0, -2]
    bars.show_values(np.zeros(9), 0, 0)
    assert bars._axis.top == -2
    assert {rect.height() for rect in rects(bars)} == {3}


def test_the_bar_under_the_mouse_is_reported(bars: EigenvalueBars) -> None:
    pointed: list[int | None] = []
    bars.pointed_at.connect(lambda place: pointed.append(bars.bar_at(place)))
    viewport, box = bars.viewport(), bars.rows[0].box

    def move(bar: int) -> None:
        # Above low bars too: the whole column belongs to a bar.
        at = QPointF(rects(bars)[bar].center().x(), rects(bars)[0].bottom() - 20)
        move_pressed(viewport, bars.mapFromScene(box.mapToScene(at)))

    for bar in range(6):
        move(bar)
    assert pointed == [0, 1, 2, 3, 4, 5]
    move_pressed(viewport, QPoint(2, 2))
    move(0)
    QApplication.sendEvent(bars, QEvent(QEvent.Type.Leave))
    assert pointed[-3:] == [None, 0, None]


def test_the_cursor_starts_at_an_end_and_stays_within(bars: EigenvalueBars) -> None:
    assert (bars.neighbour(1, 0), bars.neighbour(-1, 0)) == (0, 5)
    bars.mark(5)
    assert (bars.neighbour(1, 0), bars.neighbour(-1, 0)) == (5, 4)
    empty = EigenvalueBars()
    assert empty.neighbour(1, 0) is None


LONG = "Eleven words that are here only to take up room again. " * 4
QUIET = ("A doubt.", "Some evidence.")


@pytest.fixture
def text(qtbot: QtBot) -> VerdictText:
    text = VerdictText([len(LONG)] * 9)
    text.apply_theme(LIGHT)
    return shown(qtbot, text, 300, 200)


def painted_rows(text: VerdictText, ink: str = "") -> list[int]:
    """Return the rows of pixels with anything painted, or anything in a colour."""
    text.setStyleSheet("background: white")
    image = text.grab().toImage()
    painted = near(image, ink, 40) if ink else ~near(image, "white", 0)
    found: list[int] = np.flatnonzero(painted.any(axis=1)).tolist()
    return found


def test_it_is_empty_at_first_and_if_no_line_fits(text: VerdictText) -> None:
    assert painted_rows(text) == []
    text.resize(300, 8)
    text.show_text("Saddle", LONG, QUIET)
    assert painted_rows(text) == []


def test_paragraphs_wrap_below_each_other(text: VerdictText) -> None:
    line = text.fontMetrics().lineSpacing()
    ends = []
    for said in (("Saddle",), ("Saddle", "One."), ("Saddle", "One.", QUIET)):
        text.show_text(*said)
        ends.append(painted_rows(text)[-1])
    assert ends[1] - ends[0] == pytest.approx(line + 4, abs=4)
    assert ends[2] - ends[1] == pytest.approx(2 * (line + 4), abs=4)
    text.show_text("Saddle", LONG)
    assert painted_rows(text)[-1] > 4 * text.fontMetrics().lineSpacing()


@pytest.mark.parametrize("height", some([20, 40, 55, 70]))
def test_only_whole_lines_are_painted(qtbot: QtBot, text: VerdictText, height: int) -> None:
    text.resize(300, height)
    text.show_text("Saddle", LONG, QUIET)
    rows = painted_rows(text)
    assert rows[-1] < height - 1 or height == 20
    # The last line is as high as in a larger widget.
    text.resize(300, 300)
    assert set(rows) <= set(painted_rows(text))


def test_the_tool_tip_has_the_full_text(text: VerdictText) -> None:
    text.resize(120, 20)
    text.show_text("Saddle", LONG, QUIET)
    assert text.toolTip() == f"Saddle\n{LONG}\nA doubt.\nSome evidence."
    assert text.accessibleName() == f"Saddle. {LONG}"
    assert text.accessibleDescription() == "A doubt. Some evidence."


def test_its_height_is_that_of_the_longest_paragraphs(qtbot: QtBot) -> None:
    text = shown(qtbot, VerdictText([5, 5]), 300, 200)
    line = text.fontMetrics().lineSpacing()
    assert text.height() == 2 * (line + 4)
    text = shown(qtbot, VerdictText([len(LONG)]), 300, 200)
    text.apply_theme(LIGHT)
    text.show_text("", LONG)
    assert painted_rows(text)[-1] <= text.height() < painted_rows(text)[-1] + 3 * line


ON_SADDLE = trained(RunConfig(), 1_000)
"""Three directions curve down there."""
IN_VALLEY = trained(RunConfig(rate=0.5), 5_000)
"""No direction curves down there."""


@dataclass
class Harness:
    """A view on the screen, and the signals it has emitted."""

    view: HessianView
    questions: list[CurvatureQuestion] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    def show_answered(self, qtbot: QtBot, snapshot: Snapshot) -> None:
        """Show a snapshot, answer its question, and wait until the view accepts the next one."""
        before = len(self.questions)
        self.view.show_snapshot(snapshot)
        qtbot.waitUntil(lambda: len(self.questions) > before)
        self.answer()
        qtbot.waitUntil(lambda: not self.view.rest.isActive())

    def answer(self) -> None:
        question = self.questions[-1]
        self.view.take_answer(question, question.answer())

    @property
    def bars(self) -> EigenvalueBars:
        return child(self.view, EigenvalueBars)

    @property
    def text(self) -> VerdictText:
        return child(self.view, VerdictText)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    view = HessianView()
    harness = Harness(view)
    harness.view.rest.setInterval(20)
    harness.view.question_asked.connect(harness.questions.append)
    view.readout_changed.connect(harness.readouts.append)
    shown_view(qtbot, view, 420, 360)
    yield harness
    view.hide()
    harness.view.rest.stop()


def test_it_requests_the_curvature_of_the_snapshot(harness: Harness) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    (question,) = harness.questions
    assert question.weights is ON_SADDLE.weights
    assert (question.config, question.step) == (RunConfig(), 1_000)
    assert "Computing" in harness.text.accessibleName()


def test_an_answer_is_shown_as_bars_and_a_verdict(harness: Harness) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    harness.answer()
    expected = CurvatureQuestion(ON_SADDLE.weights, RunConfig()).answer()
    shown = harness.bars.values.tolist()
    assert shown == expected.eigenvalues[::-1].tolist()
    assert harness.text.accessibleName().startswith("Saddle. 3 directions curve down")
    assert "may end in another stuck state" in harness.text.toolTip()
    assert "3 down, 0 flat, 6 up" in harness.text.toolTip()
    assert harness.readouts[-1] == "9 eigenvalues"


def test_an_answer_names_its_step(harness: Harness) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    harness.view.show_snapshot(replace(ON_SADDLE, step=2_000))
    harness.answer()
    assert "at step 1\u202f000 on" in harness.bars.toolTip()


def test_an_answer_about_another_run_is_labelled(harness: Harness, qtbot: QtBot) -> None:
    harness.show_answered(qtbot, ON_SADDLE)
    harness.view.show_snapshot(replace(IN_VALLEY, run=1))
    assert "at step 1\u202f000, run before" in harness.bars.toolTip()
    harness.answer()
    assert "run before" not in harness.bars.toolTip()


def test_a_failure_is_shown(harness: Harness) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    harness.view.take_failure(harness.questions[-1], "MemoryError: none left")
    assert harness.text.accessibleName() == "No answer. MemoryError: none left"


def test_arrow_keys_move_along_the_bars(harness: Harness, qtbot: QtBot) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    harness.answer()
    window = active_window(qtbot, harness.view, "Right", "Left")
    values = CurvatureQuestion(ON_SADDLE.weights, RunConfig()).answer().eigenvalues[::-1]
    assert values[-1] == pytest.approx(-0.0106, abs=5e-5)
    for key in [Qt.Key.Key_Left, Qt.Key.Key_Right]:  # the last bar stays
        press(key)
        assert harness.readouts[-1].startswith("9 of 9: −0.010")
    press(Qt.Key.Key_Left)
    assert harness.readouts[-1].startswith("8 of 9: −0.008")
    press(Qt.Key.Key_Escape)
    assert harness.readouts[-1] == "9 eigenvalues"
    press(Qt.Key.Key_Right)
    assert harness.readouts[-1].startswith("1 of 9: 0.40")
    press(Qt.Key.Key_Up)
    assert harness.readouts[-1].startswith("1 of 9")
    assert window.used == []
    harness.view.setParent(None)


@pytest.mark.parametrize("width", some([180, 222, 300, 480, 880], 1))
@pytest.mark.parametrize("height", some([150, 220, 660], 1))
def test_parts_do_not_overlap_at_any_size(
    harness: Harness, qtbot: QtBot, width: int, height: int
) -> None:
    harness.view.resize(width, height)
    harness.show_answered(qtbot, ON_SADDLE)
    view = harness.view
    parts = [harness.bars.geometry(), harness.text.geometry()]
    assert all(view.rect().contains(part) for part in parts)
    assert not parts[0].intersects(parts[1])


def test_bars_keep_their_position_for_every_verdict(harness: Harness, qtbot: QtBot) -> None:
    harness.show_answered(qtbot, ON_SADDLE)
    before = harness.bars.geometry()
    harness.show_answered(qtbot, IN_VALLEY)
    assert harness.bars.geometry() == before
