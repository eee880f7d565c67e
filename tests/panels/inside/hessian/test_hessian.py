"""The view of the curvature: requests, answers, read-outs and experiments."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, press, press_left, release_left, shown_view
from tests.support.snapshots import trained, with_weights
from xorviz.core.analysis.curvature import CurvatureQuestion, followed, kicked
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights, flat, loss
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.inside.hessian.eigenvalue_bars import EigenvalueBars
from xorviz.panels.inside.hessian.hessian import HessianView
from xorviz.panels.inside.hessian.verdict import VerdictText
from xorviz.ui.chrome.panel import Panel
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
    steps: list[int] = field(default_factory=list)
    weights: list[Weights] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    def take_weights(self, weights: Weights, label: str) -> None:
        self.weights.append(weights)
        self.labels.append(label)

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

    def button(self, name: str) -> QPushButton:
        return child(self.view, QPushButton, f"{name}_button")

    def press(self, name: str) -> None:
        button = self.button(name)
        press_left(button, button.rect().center())
        release_left(button, button.rect().center())

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
    view.longer_requested.connect(harness.steps.append)
    view.weights_requested.connect(harness.take_weights)
    view.refused.connect(harness.refusals.append)
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


def test_longer_makes_the_run_five_times_as_long(harness: Harness) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    harness.press("longer")
    harness.view.show_snapshot(trained(RunConfig()))
    harness.press("longer")
    harness.view.show_snapshot(replace(ON_SADDLE, step=10**10))  # beyond 32 bits
    harness.press("longer")
    assert harness.steps == [4_000, 5_000, 4 * 10**10]


def test_each_kick_of_a_run_has_another_seed(harness: Harness) -> None:
    harness.view.show_snapshot(ON_SADDLE)
    harness.press("kick")
    harness.press("kick")
    assert harness.labels == ["kick 0.1, seed 1", "kick 0.1, seed 2"]
    for seed, weights in enumerate(harness.weights, start=1):
        np.testing.assert_array_equal(flat(weights), flat(kicked(ON_SADDLE.weights, 0.1, seed)))
    harness.view.show_snapshot(replace(ON_SADDLE, run=1))
    harness.press("kick")
    assert harness.labels[-1] == "kick 0.1, seed 1"


@pytest.mark.parametrize("size", some([1.0, 0.01, 0.1], 1))
def test_an_option_sets_the_size_of_a_kick(harness: Harness, size: float) -> None:
    changes: list[str] = []
    harness.view.options_changed.connect(lambda: changes.append(harness.view.options_text))
    next(a for a in harness.view.options if a.objectName() == f"kick_{size:g}").trigger()
    assert changes == [f"kick {size:g}"] * (size != 0.1)
    harness.view.show_snapshot(ON_SADDLE)
    harness.press("kick")
    moved = flat(harness.weights[0]) - flat(ON_SADDLE.weights)
    assert np.linalg.norm(moved) == pytest.approx(size)
    assert harness.labels == [f"kick {size:g}, seed 1"]
    assert harness.view.options_text == f"kick {size:g}"


def test_follow_requests_weights_of_lower_loss(harness: Harness, qtbot: QtBot) -> None:
    harness.show_answered(qtbot, ON_SADDLE)
    assert harness.button("follow").isEnabled()
    harness.press("follow")
    config = RunConfig()
    (found,) = harness.weights
    curvature = CurvatureQuestion(ON_SADDLE.weights, config).answer()
    expected = followed(ON_SADDLE.weights, config, curvature)
    assert expected is not None
    np.testing.assert_array_equal(flat(found), flat(expected))
    assert loss(found, config) < ON_SADDLE.loss
    assert harness.labels == ["follow, eigenvalue −0.0106"]


def test_follow_is_enabled_only_after_a_pause(harness: Harness, qtbot: QtBot) -> None:
    """It must not blink while snapshots arrive."""
    harness.view.show_snapshot(ON_SADDLE)
    harness.answer()
    assert not harness.button("follow").isEnabled()
    qtbot.waitUntil(lambda: harness.button("follow").isEnabled())
    harness.view.show_snapshot(ON_SADDLE)
    assert harness.button("follow").isEnabled()


@pytest.mark.parametrize(
    ("changed", "tip"),
    [
        (None, "Move the weights along the direction that curves down most"),
        (trained(RunConfig(), 1_001), "Pause first"),
        (replace(ON_SADDLE, weights=kicked(ON_SADDLE.weights, 0.1, 1)), "Pause first"),
    ],
)
def test_follow_waits_for_the_answer_about_the_network_that_is_shown(
    harness: Harness, qtbot: QtBot, changed: Snapshot | None, tip: str
) -> None:
    harness.show_answered(qtbot, ON_SADDLE)
    if changed is not None:
        harness.view.show_snapshot(changed)
    follow = harness.button("follow")
    assert follow.isEnabled() == (changed is None)
    assert follow.toolTip().startswith(tip)


def test_follow_is_disabled_where_nothing_curves_down(harness: Harness, qtbot: QtBot) -> None:
    harness.show_answered(qtbot, IN_VALLEY)
    follow = harness.button("follow")
    assert not follow.isEnabled()
    assert follow.toolTip() == "No direction curves down here, so there is none to follow (Alt+D)"


def test_a_hidden_view_disables_follow_for_a_new_snapshot(harness: Harness, qtbot: QtBot) -> None:
    harness.show_answered(qtbot, ON_SADDLE)
    harness.view.hide()
    harness.view.show_snapshot(trained(RunConfig(), 1_001))
    assert not harness.button("follow").isEnabled()


def test_a_hidden_view_kicks_the_latest_snapshot(harness: Harness) -> None:
    harness.view.hide()
    harness.view.show_snapshot(IN_VALLEY)
    harness.view.options[1].trigger()
    moved = flat(harness.weights[0]) - flat(IN_VALLEY.weights)
    assert np.linalg.norm(moved) == pytest.approx(0.1)


def test_a_snapshot_enables_longer_and_kick(harness: Harness) -> None:
    actions = harness.view.options[:3]
    assert [action.isEnabled() for action in actions] == [False] * 3
    harness.view.show_snapshot(ON_SADDLE)
    assert [action.isEnabled() for action in actions] == [True, True, False]
    changes: list[QAction] = []
    for action in actions:
        action.changed.connect(lambda action=action: changes.append(action))
    harness.view.show_snapshot(IN_VALLEY)
    assert changes == [], "buttons and menus are drawn anew at each change of an action"


def test_follow_is_refused_if_no_loss_is_lower(harness: Harness, qtbot: QtBot) -> None:
    flat_out = with_weights(RunConfig(), fill=-1e6)
    harness.view.show_snapshot(flat_out)
    question = harness.questions[-1]
    harness.view.take_answer(question, replace(question.answer(), negative=1))
    qtbot.waitUntil(lambda: harness.button("follow").isEnabled())
    harness.press("follow")
    assert harness.weights == []
    assert "no loss was lower" in harness.refusals[0]


def test_shortcuts_work_in_the_panel(qtbot: QtBot) -> None:
    view = HessianView()
    kicks: list[str] = []
    view.weights_requested.connect(lambda _, label: kicks.append(label))
    panel = Panel(view.title, view)
    panel.set_options(view.options, view.options_text)
    window = active_window(qtbot, panel)
    view.show_snapshot(ON_SADDLE)
    view.setFocus()
    press(Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    assert kicks == ["kick 0.1, seed 1"]
    window.close()


@pytest.mark.parametrize("width", some([180, 222, 300, 480, 880], 1))
@pytest.mark.parametrize("height", some([150, 220, 660], 1))
def test_parts_do_not_overlap_at_any_size(
    harness: Harness, qtbot: QtBot, width: int, height: int
) -> None:
    harness.view.resize(width, height)
    harness.show_answered(qtbot, ON_SADDLE)
    view = harness.view
    names = ("longer", "kick", "follow")
    parts = [harness.bars.geometry(), harness.text.geometry()]
    for name in names:
        button = harness.button(name)
        assert button.width() == button.sizeHint().width()
        parts.append(button.rect().translated(button.mapTo(view, button.rect().topLeft())))
    for i, part in enumerate(parts):
        assert view.rect().contains(part)
        assert not any(part.intersects(other) for other in parts[:i])


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
