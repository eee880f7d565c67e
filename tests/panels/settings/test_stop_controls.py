"""The controls for the stop rules."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, shown, spoken, type_into
from xorviz.core.runs.stopping import DEFAULT_LOSS, DEFAULT_STEPS, StopRules
from xorviz.panels.settings.controls import StopControls
from xorviz.ui.forms.fields import NumberField, SwitchField

SWITCHES = ("stop_at_step", "stop_when_learned", "stop_at_loss")
COMBINATIONS = list(itertools.product((False, True), repeat=3))
OFF = StopRules(at_step=None, when_learned=False, at_loss=None)


@dataclass
class Harness:
    """Visible stop rules, and those requested."""

    controls: StopControls
    requests: list[StopRules]
    refused: list[str]

    def switch(self, name: str) -> SwitchField:
        return child(self.controls, SwitchField, name)

    @property
    def steps(self) -> NumberField:
        return child(self.controls, NumberField, "stop_step")

    @property
    def loss(self) -> NumberField:
        return child(self.controls, NumberField, "stop_loss")


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    controls = StopControls()
    harness = Harness(controls, [], [])
    controls.rules_requested.connect(harness.requests.append)
    controls.refused.connect(harness.refused.append)
    shown(qtbot, controls, 280, 200)
    yield harness
    controls.hide()


def rules_of(combination: tuple[bool, ...], steps: int, loss: float) -> StopRules:
    at_step, learned, at_loss = combination
    return StopRules(steps if at_step else None, learned, loss if at_loss else None)


def test_every_combination_can_be_shown(harness: Harness) -> None:
    for combination in COMBINATIONS:
        rules = rules_of(combination, 1234, 0.5)
        harness.controls.show_rules(rules)
        assert harness.controls.rules() == rules
        assert [harness.switch(name).isChecked() for name in SWITCHES] == list(combination)
        assert harness.steps.isEnabled() == combination[0]
        assert harness.loss.isEnabled() == combination[2]
        assert harness.requests == []


@pytest.mark.parametrize(("at_step", "when_learned", "at_loss"), some(COMBINATIONS, 2))
def test_every_combination_can_be_requested(
    harness: Harness, at_step: bool, when_learned: bool, at_loss: bool
) -> None:
    combination = at_step, when_learned, at_loss
    harness.controls.show_rules(OFF)
    for name, is_on in zip(SWITCHES, combination, strict=True):
        if is_on:
            QTest.keyClick(harness.switch(name), Qt.Key.Key_Return)
    expected = rules_of(combination, DEFAULT_STEPS, DEFAULT_LOSS)
    assert harness.controls.rules() == expected
    assert len(harness.requests) == sum(combination)
    assert not harness.requests or harness.requests[-1] == expected


def test_the_default_is_a_step_and_rules_are_summed_up(harness: Harness) -> None:
    assert harness.controls.rules() == StopRules()

    for rules, summary in [
        (OFF, "No stop rule"),
        (StopRules(), "Stops at step 60\u202f000"),
        (StopRules(None, True, None), "Stops when learned"),
        (StopRules(None, False, 0.01), "Stops at loss 0.01"),
        (StopRules(5, True, 1e-7), "Stops at step 5 or when learned or at loss 1e-07"),
    ]:
        harness.controls.show_rules(rules)
        assert harness.controls.summary() == summary


def test_a_number_is_part_of_the_request(harness: Harness) -> None:
    harness.controls.show_rules(StopRules(100, False, 0.5))
    type_into(harness.steps, "2000")
    type_into(harness.loss, "0,25")
    assert harness.requests == [StopRules(2000, False, 0.5), StopRules(2000, False, 0.25)]

    type_into(harness.steps, "1000000000000")
    assert harness.requests[2:] == [StopRules(10**12, False, 0.25)]


@pytest.mark.parametrize("text", some(["0", "1000000000001", ""], 1))
def test_a_step_out_of_range_is_refused(harness: Harness, text: str) -> None:
    harness.controls.show_rules(StopRules(100))
    type_into(harness.steps, text)
    assert harness.requests == []
    allowed = "a whole number from 1 to 1\u202f000\u202f000\u202f000\u202f000"
    assert harness.refused == [f"Step to stop at is {text!r}; allowed: {allowed}"]
    assert harness.steps.value() == 100


def test_a_rule_that_is_off_keeps_its_number(harness: Harness) -> None:
    harness.controls.show_rules(StopRules(777, False, 0.125))
    harness.controls.show_rules(OFF)
    QTest.keyClick(harness.switch("stop_at_step"), Qt.Key.Key_Return)
    QTest.keyClick(harness.switch("stop_at_loss"), Qt.Key.Key_Return)
    assert harness.controls.rules() == StopRules(777, False, 0.125)


def test_every_part_is_explained(harness: Harness) -> None:
    for widget in (*(harness.switch(name) for name in SWITCHES), harness.steps, harness.loss):
        assert widget.toolTip() == widget.whatsThis() != ""
        assert spoken(widget) == widget.toolTip()
    assert harness.steps.accessibleName() != harness.loss.accessibleName() != ""


def test_a_tiny_loss_is_kept_when_another_rule_changes(harness: Harness) -> None:
    rules = StopRules(100, False, 1e-300)
    harness.controls.show_rules(rules)
    QTest.keyClick(harness.switch("stop_when_learned"), Qt.Key.Key_Return)
    assert harness.requests == [StopRules(100, True, 1e-300)]
