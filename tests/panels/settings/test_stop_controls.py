"""The controls for the stop rules."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, shown, type_into
from xorviz.core.runs.stopping import DEFAULT_LOSS, DEFAULT_STEPS, StopRules
from xorviz.panels.settings.stop_controls import StopControls
from xorviz.ui.forms.fields import NumberField, SwitchField

SWITCHES = ("stop_at_step", "stop_when_learned", "stop_at_loss")
COMBINATIONS = list(itertools.product((False, True), repeat=3))
OFF = StopRules(at_step=None, when_learned=False, at_loss=None)


@dataclass
class Bench:
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
def bench(qtbot: QtBot) -> Iterator[Bench]:
    controls = StopControls()
    bench = Bench(controls, [], [])
    controls.rules_requested.connect(bench.requests.append)
    controls.refused.connect(bench.refused.append)
    shown(qtbot, controls, 280, 200)
    yield bench
    controls.hide()


def rules_of(combination: tuple[bool, ...], steps: int, loss: float) -> StopRules:
    at_step, learned, at_loss = combination
    return StopRules(steps if at_step else None, learned, loss if at_loss else None)


def test_every_combination_can_be_shown(bench: Bench) -> None:
    for combination in COMBINATIONS:
        rules = rules_of(combination, 1234, 0.5)
        bench.controls.show_rules(rules)
        assert bench.controls.rules() == rules
        assert [bench.switch(name).isChecked() for name in SWITCHES] == list(combination)
        assert bench.steps.isEnabled() == combination[0]
        assert bench.loss.isEnabled() == combination[2]
        assert bench.requests == []


@pytest.mark.parametrize(("at_step", "when_learned", "at_loss"), some(COMBINATIONS, 2))
def test_every_combination_can_be_requested(
    bench: Bench, at_step: bool, when_learned: bool, at_loss: bool
) -> None:
    combination = at_step, when_learned, at_loss
    bench.controls.show_rules(OFF)
    for name, is_on in zip(SWITCHES, combination, strict=True):
        if is_on:
            QTest.keyClick(bench.switch(name), Qt.Key.Key_Return)
    expected = rules_of(combination, DEFAULT_STEPS, DEFAULT_LOSS)
    assert bench.controls.rules() == expected
    assert len(bench.requests) == sum(combination)
    assert not bench.requests or bench.requests[-1] == expected


def test_the_default_is_a_step_and_rules_are_summed_up(bench: Bench) -> None:
    assert bench.controls.rules() == StopRules()

    for rules, summary in [
        (OFF, "no stop"),
        (StopRules(), "stop at 60\u2009000"),
        (StopRules(None, True, None), "stop when learned"),
        (StopRules(None, False, 0.01), "stop at loss 0.01"),
        (StopRules(5, True, 1e-7), "stop at 5 or when learned or at loss 1e-07"),
    ]:
        bench.controls.show_rules(rules)
        assert bench.controls.summary() == summary


def test_a_number_is_part_of_the_request(bench: Bench) -> None:
    bench.controls.show_rules(StopRules(100, False, 0.5))
    type_into(bench.steps, "2000")
    type_into(bench.loss, "0,25")
    assert bench.requests == [StopRules(2000, False, 0.5), StopRules(2000, False, 0.25)]

    type_into(bench.steps, "1000000000000")
    assert bench.requests[2:] == [StopRules(10**12, False, 0.25)]


@pytest.mark.parametrize("text", some(["0", "1000000000001", ""], 1))
def test_a_step_out_of_range_is_refused(bench: Bench, text: str) -> None:
    bench.controls.show_rules(StopRules(100))
    type_into(bench.steps, text)
    assert bench.requests == []
    allowed = "a whole number from 1 to 1000000000000"
    assert bench.refused == [f"Step to stop at is {text!r}; allowed: {allowed}"]
    assert bench.steps.value() == 100


def test_a_rule_that_is_off_keeps_its_number(bench: Bench) -> None:
    bench.controls.show_rules(StopRules(777, False, 0.125))
    bench.controls.show_rules(OFF)
    QTest.keyClick(bench.switch("stop_at_step"), Qt.Key.Key_Return)
    QTest.keyClick(bench.switch("stop_at_loss"), Qt.Key.Key_Return)
    assert bench.controls.rules() == StopRules(777, False, 0.125)


def test_every_part_is_explained(bench: Bench) -> None:
    for widget in (*(bench.switch(name) for name in SWITCHES), bench.steps, bench.loss):
        assert widget.toolTip() == widget.whatsThis() != ""
        assert widget.accessibleDescription()
    assert bench.steps.accessibleName() != bench.loss.accessibleName() != ""


def test_a_tiny_loss_is_kept_when_another_rule_changes(bench: Bench) -> None:
    rules = StopRules(100, False, 1e-300)
    bench.controls.show_rules(rules)
    QTest.keyClick(bench.switch("stop_when_learned"), Qt.Key.Key_Return)
    assert bench.requests == [StopRules(100, True, 1e-300)]
