"""The view of the curvature: what it asks, what it says, and what it lets a person try."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.support.screen import (
    active_window,
    child,
    move_pressed,
    press,
    press_left,
    release_left,
    shown_view,
)
from tests.support.snapshots import trained, with_weights
from xorviz.core.analysis.curvature import CurvatureQuestion, curvature, followed, kicked
from xorviz.core.batch import flat
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights, loss
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.inside.hessian.eigenvalue_bars import EigenvalueBars
from xorviz.panels.inside.hessian.hessian import HessianView
from xorviz.panels.inside.hessian.verdict import VerdictText
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.theme.palette import DARK
from xorviz.window.bars.actions import Actions

ON_SADDLE = trained(RunConfig(), 1_000)
"""Three directions curve down there."""
IN_VALLEY = trained(RunConfig(rate=0.5), 5_000)
"""No direction curves down there."""


@dataclass
class Bench:
    """A view on the screen, and what it has said."""

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
        """Show a snapshot, answer what is asked about it, and let the view rest."""
        before = len(self.questions)
        self.view.show_snapshot(snapshot)
        qtbot.waitUntil(lambda: len(self.questions) > before)
        self.answer()
        qtbot.waitUntil(lambda: not self.view._rest.isActive())

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
def bench(qtbot: QtBot) -> Iterator[Bench]:
    view = HessianView()
    bench = Bench(view)
    view.question_asked.connect(bench.questions.append)
    view.longer_requested.connect(bench.steps.append)
    view.weights_requested.connect(bench.take_weights)
    view.refused.connect(bench.refusals.append)
    view.readout_changed.connect(bench.readouts.append)
    shown_view(qtbot, view, 420, 360)
    yield bench
    view.hide()
    view._rest.stop()


def test_it_asks_about_what_is_shown(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    (question,) = bench.questions
    assert question.weights is ON_SADDLE.weights
    assert (question.config, question.step) == (RunConfig(), 1_000)
    assert "Working it out" in bench.text.accessibleName()


def test_an_answer_becomes_bars_and_words(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    bench.answer()
    expected = curvature(ON_SADDLE.weights, RunConfig())
    shown = [bench.bars.value(bar) for bar in range(bench.bars.count)]
    assert shown == expected.eigenvalues[::-1].tolist()
    assert bench.text.accessibleName().startswith("Saddle. 3 directions curve down")
    assert "may end on another plateau" in bench.text.toolTip()
    assert "3 down, 0 flat, 6 up" in bench.text.toolTip()
    assert bench.readouts[-1] == "9 eigenvalues"


def test_an_answer_says_which_step_it_is_about(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    bench.view.show_snapshot(replace(ON_SADDLE, step=2_000))
    bench.answer()
    assert "at step 1\u2009000," in bench.bars.toolTip()


def test_an_answer_about_another_run_says_so(bench: Bench, qtbot: QtBot) -> None:
    bench.show_answered(qtbot, ON_SADDLE)
    bench.view.show_snapshot(replace(IN_VALLEY, run=1))
    assert "at step 1\u2009000, run before" in bench.bars.toolTip()
    bench.answer()
    assert "run before" not in bench.bars.toolTip()


def test_a_failure_is_said(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    bench.view.take_failure(bench.questions[-1], "MemoryError: none left")
    assert bench.text.accessibleName() == "No answer. MemoryError: none left"


def test_the_arrow_keys_walk_along_the_bars(bench: Bench, qtbot: QtBot) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    bench.answer()
    window = active_window(qtbot, bench.view, "Right", "Left")
    values = curvature(ON_SADDLE.weights, RunConfig()).eigenvalues[::-1]
    assert values[-1] == pytest.approx(-0.0106, abs=5e-5)
    for key in [Qt.Key.Key_Left, Qt.Key.Key_Right]:  # nothing lies beyond the last one
        press(key)
        assert bench.readouts[-1].startswith("9 of 9: −0.010")
    press(Qt.Key.Key_Left)
    assert bench.readouts[-1].startswith("8 of 9: −0.008")
    press(Qt.Key.Key_Escape)
    assert bench.readouts[-1] == "9 eigenvalues"
    press(Qt.Key.Key_Right)
    assert bench.readouts[-1].startswith("1 of 9: 0.40")
    press(Qt.Key.Key_Up)
    assert bench.readouts[-1].startswith("1 of 9")
    assert window.used == []
    bench.view.setParent(None)


def test_before_any_answer_there_is_no_bar_to_walk_to(bench: Bench) -> None:
    bench.view._move_cursor(1, 0)
    bench.view._clear_cursor()
    assert bench.readouts == []


def test_the_bar_under_the_mouse_is_read_out(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    bench.answer()
    move_pressed(bench.bars, bench.bars.rects()[6].center().toPoint())
    assert bench.readouts[-1].startswith("7 of 9: −0.006")


def test_longer_makes_the_run_five_times_as_long(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    bench.press("longer")
    bench.view.show_snapshot(trained(RunConfig()))
    bench.press("longer")
    bench.view.show_snapshot(replace(ON_SADDLE, step=10**10))  # beyond 32 bits
    bench.press("longer")
    assert bench.steps == [4_000, 5_000, 4 * 10**10]


def test_each_kick_goes_another_way_and_says_which(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    bench.press("kick")
    bench.press("kick")
    assert bench.labels == ["kick 0.1, seed 1", "kick 0.1, seed 2"]
    for seed, weights in enumerate(bench.weights, start=1):
        np.testing.assert_array_equal(flat(weights), flat(kicked(ON_SADDLE.weights, 0.1, seed)))


def test_another_run_is_kicked_by_the_same_seeds(bench: Bench) -> None:
    for run in (0, 1):
        bench.view.show_snapshot(replace(ON_SADDLE, run=run))
        bench.press("kick")
    assert bench.labels == ["kick 0.1, seed 1"] * 2


@pytest.mark.parametrize("size", [0.01, 0.1, 1.0])
def test_the_options_choose_how_far_a_kick_goes(bench: Bench, size: float) -> None:
    next(a for a in bench.view.options if a.objectName() == f"kick_{size:g}").trigger()
    bench.view.show_snapshot(ON_SADDLE)
    bench.press("kick")
    moved = flat(bench.weights[0]) - flat(ON_SADDLE.weights)
    assert np.linalg.norm(moved) == pytest.approx(size)
    assert bench.labels == [f"kick {size:g}, seed 1"]
    assert bench.view.options_text == f"kick {size:g}"


def test_the_size_of_a_kick_is_told_when_it_changes(bench: Bench) -> None:
    action = next(a for a in bench.view.options if a.objectName() == "kick_1")
    answered: list[str] = []
    bench.view.options_changed.connect(lambda: answered.append(bench.view.options_text))
    action.trigger()
    assert answered == ["kick 1"]


def test_follow_goes_down_where_a_direction_curves_down(bench: Bench, qtbot: QtBot) -> None:
    bench.show_answered(qtbot, ON_SADDLE)
    assert bench.button("follow").isEnabled()
    bench.press("follow")
    config = RunConfig()
    (found,) = bench.weights
    expected = followed(ON_SADDLE.weights, config, curvature(ON_SADDLE.weights, config))
    assert expected is not None
    np.testing.assert_array_equal(flat(found), flat(expected))
    assert loss(found, config) < ON_SADDLE.loss
    assert bench.labels == ["follow, eigenvalue −0.0106"]


def test_follow_comes_on_only_after_a_rest(bench: Bench, qtbot: QtBot) -> None:
    """So that it does not blink while snapshots go on arriving."""
    bench.view.show_snapshot(ON_SADDLE)
    bench.answer()
    assert not bench.button("follow").isEnabled()
    qtbot.waitUntil(lambda: bench.button("follow").isEnabled())
    bench.view.show_snapshot(ON_SADDLE)
    assert bench.button("follow").isEnabled()


def test_where_nothing_curves_down_follow_says_so(bench: Bench, qtbot: QtBot) -> None:
    bench.show_answered(qtbot, IN_VALLEY)
    follow = bench.button("follow")
    assert not follow.isEnabled()
    assert follow.toolTip() == "No direction curves down here, so there is none to follow (Alt+D)"


def test_follow_waits_for_the_answer_about_what_is_shown(bench: Bench, qtbot: QtBot) -> None:
    bench.show_answered(qtbot, ON_SADDLE)
    bench.view.show_snapshot(trained(RunConfig(), 1_001))
    assert not bench.button("follow").isEnabled()
    assert "not worked out yet" in bench.button("follow").toolTip()


def test_weights_set_at_the_same_step_are_another_network(bench: Bench, qtbot: QtBot) -> None:
    bench.show_answered(qtbot, ON_SADDLE)
    bench.view.show_snapshot(replace(ON_SADDLE, weights=kicked(ON_SADDLE.weights, 0.1, 1)))
    assert not bench.button("follow").isEnabled()


def test_follow_of_a_hidden_view_does_not_go_by_an_old_answer(bench: Bench, qtbot: QtBot) -> None:
    bench.show_answered(qtbot, ON_SADDLE)
    bench.view.hide()
    bench.view.show_snapshot(trained(RunConfig(), 1_001))
    assert not bench.button("follow").isEnabled()


def test_a_hidden_view_kicks_what_would_be_shown(bench: Bench) -> None:
    bench.view.hide()
    bench.view.show_snapshot(IN_VALLEY)
    bench.view.options[1].trigger()
    moved = flat(bench.weights[0]) - flat(IN_VALLEY.weights)
    assert np.linalg.norm(moved) == pytest.approx(0.1)


def test_where_no_length_leads_lower_nothing_is_followed(bench: Bench, qtbot: QtBot) -> None:
    flat_out = with_weights(RunConfig(), fill=-1e6)
    bench.view.show_snapshot(flat_out)
    question = bench.questions[-1]
    bench.view.take_answer(question, replace(question.answer(), negative=1))
    qtbot.waitUntil(lambda: bench.button("follow").isEnabled())
    bench.press("follow")
    assert bench.weights == []
    assert "no loss was lower" in bench.refusals[0]


def test_before_there_is_a_network_nothing_can_be_tried(bench: Bench) -> None:
    for action in bench.view.options[:3]:
        assert not action.isEnabled()
        action.trigger()
    assert (bench.steps, bench.weights) == ([], [])


def test_the_buttons_explain_themselves(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    texts = [bench.button(name).text() for name in ("longer", "kick", "follow")]
    assert texts == ["Run 5× longer", "Kick", "Follow"]
    for name, key in (("longer", "Alt+L"), ("kick", "Alt+K"), ("follow", "Alt+D")):
        button = bench.button(name)
        assert button.toolTip().endswith(f"({key})")
        assert button.accessibleName() == button.text()
        assert button.accessibleDescription() == button.toolTip()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_enter_presses_a_button_that_has_the_focus(bench: Bench, qtbot: QtBot) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    window = active_window(qtbot, bench.view, "Space")
    bench.button("kick").setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Space)  # which runs and pauses
    assert bench.labels == ["kick 0.1, seed 1"]
    assert window.used == ["Space"]
    bench.view.setParent(None)


def test_the_keys_work_from_the_panel_s_options(qtbot: QtBot) -> None:
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
    view._rest.stop()


def test_the_keys_are_nobody_else_s(qtbot: QtBot, bench: Bench) -> None:
    window = active_window(qtbot, bench.view)
    actions = Actions(window)
    taken = {key.toString() for action in window.actions() for key in action.shortcuts()}
    assert actions["run"].shortcut().toString() in taken
    mine = {action.shortcut().toString() for action in bench.view.options[:3]}
    assert mine == {"Alt+L", "Alt+K", "Alt+D"}
    assert not mine & taken
    menus = {"F", "E", "R", "P", "V", "H"}
    assert not {key.removeprefix("Alt+") for key in mine} & menus
    bench.view.setParent(None)


@pytest.mark.parametrize("width", [180, 222, 300, 480, 880])
@pytest.mark.parametrize("height", [150, 220, 660])
def test_all_parts_fit_at_any_size(bench: Bench, qtbot: QtBot, width: int, height: int) -> None:
    bench.view.resize(width, height)
    bench.show_answered(qtbot, ON_SADDLE)
    view = bench.view
    names = ("longer", "kick", "follow")
    parts = [bench.bars.geometry(), bench.text.geometry()]
    for name in names:
        button = bench.button(name)
        assert button.width() == button.sizeHint().width()
        parts.append(button.rect().translated(button.mapTo(view, button.rect().topLeft())))
    for i, part in enumerate(parts):
        assert view.rect().contains(part)
        assert not any(part.intersects(other) for other in parts[:i])


def test_on_a_small_panel_the_buttons_wrap(bench: Bench) -> None:
    bench.view.resize(222, 200)
    assert bench.button("follow").y() == bench.button("longer").y()
    bench.view.resize(180, 200)
    assert bench.button("follow").y() > bench.button("longer").y()


def test_no_verdict_moves_the_bars(bench: Bench, qtbot: QtBot) -> None:
    bench.show_answered(qtbot, ON_SADDLE)
    before = bench.bars.geometry()
    bench.show_answered(qtbot, IN_VALLEY)
    assert bench.bars.geometry() == before


def test_the_dark_theme_reaches_all_parts(bench: Bench) -> None:
    bench.view.show_snapshot(ON_SADDLE)
    bench.answer()
    before = bench.bars.grab().toImage()
    bench.view.apply_theme(DARK)
    assert bench.bars.grab().toImage() != before
    assert DARK.panel in child(bench.view, WrappingRow).styleSheet()


def test_a_wide_network_has_257_bars(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(width=64, biases=True), 20))
    bench.answer()
    assert bench.bars.count == 257
    assert bench.readouts[-1] == "257 eigenvalues"
