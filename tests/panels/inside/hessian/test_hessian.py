"""The view of the curvature: requests, answers and read-outs."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, press, shown_view
from tests.support.snapshots import trained
from xorviz.core.analysis.curvature import CurvatureQuestion
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.inside.hessian.eigenvalue_bars import EigenvalueBars
from xorviz.panels.inside.hessian.hessian import HessianView
from xorviz.panels.inside.hessian.verdict import VerdictText
from xorviz.ui.theme.palette import DARK

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


def test_the_bar_under_the_mouse_is_read_out(harness: Harness) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    harness.answer()
    harness.bars.pointed_at.emit(6)
    assert harness.readouts[-1].startswith("7 of 9: −0.006")


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


def test_the_theme_applies_to_all_parts(harness: Harness) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    harness.answer()
    before = harness.bars.grab().toImage()
    harness.view.apply_theme(DARK)
    assert harness.bars.grab().toImage() != before
