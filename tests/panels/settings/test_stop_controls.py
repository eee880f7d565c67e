"""The controls for the stop rules."""

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown, spoken, type_into
from xorviz.core.runs.stopping import AT_LOSS, AT_STEP, DEFAULT_LOSS, DEFAULT_STEPS, StopRules
from xorviz.panels.settings.controls import StopControls
from xorviz.ui.forms.fields import NumberField, SwitchField

SWITCHES = ("stop_at_step", "stop_when_learned", "stop_at_loss")
NUMBERS = {"stop_step": AT_STEP, "stop_loss": AT_LOSS}
OFF = StopRules(at_step=None, when_learned=False, at_loss=None)


@pytest.fixture
def controls(qtbot: QtBot) -> Iterator[StopControls]:
    controls = StopControls()
    yield shown(qtbot, controls, 280, 200)
    controls.hide()


@pytest.fixture
def asked(controls: StopControls) -> list[StopRules | str]:
    """Return a list that gets all rules requested and all refusals."""
    heard: list[StopRules | str] = []
    controls.rules_requested.connect(heard.append)
    controls.refused.connect(heard.append)
    return heard


def number(controls: StopControls, name: str) -> NumberField:
    return child(controls, NumberField, name)


def switch(controls: StopControls, name: str) -> None:
    QTest.keyClick(child(controls, SwitchField, name), Qt.Key.Key_Return)


@pytest.mark.parametrize("combination", list(itertools.product((False, True), repeat=3)), ids=str)
def test_every_combination_can_be_shown_and_requested(
    controls: StopControls, asked: list[StopRules], combination: tuple[bool, bool, bool]
) -> None:
    assert controls.rules() == StopRules()
    at_step, learned, at_loss = combination
    controls.show_rules(OFF)
    for name, is_on in zip(SWITCHES, combination, strict=True):
        if is_on:
            switch(controls, name)
    wanted = StopRules(
        DEFAULT_STEPS if at_step else None, learned, DEFAULT_LOSS if at_loss else None
    )
    assert [controls.rules(), *asked[-1:]] == [wanted, *[wanted] * any(combination)]
    assert len(asked) == sum(combination)
    rules = StopRules(1234 if at_step else None, learned, 0.5 if at_loss else None)
    controls.show_rules(rules)
    assert controls.rules() == rules
    checked = tuple(child(controls, SwitchField, name).isChecked() for name in SWITCHES)
    enabled = tuple(number(controls, name).isEnabled() for name in NUMBERS)
    assert (checked, enabled) == (combination, (at_step, at_loss))
    assert len(asked) == sum(combination), "showing requests nothing"
    summary = controls.summary()
    facts = {"step 1\u202f234": at_step, "when learned": learned, "loss 0.5": at_loss}
    assert {fact: fact in summary for fact in facts} == facts
    assert summary.count(" or ") == max(0, sum(combination) - 1)
    assert summary.startswith("Stops ") == any(combination)


def test_numbers_are_requested_and_kept_to_the_last_bit_while_they_are_off(
    controls: StopControls, asked: list[StopRules]
) -> None:
    controls.show_rules(StopRules(100, False, 1e-300))
    type_into(number(controls, "stop_step"), "1000000000000")
    controls.show_rules(OFF)
    for name in ("stop_at_step", "stop_at_loss"):
        switch(controls, name)
    type_into(number(controls, "stop_loss"), "0,25")
    assert asked == [
        StopRules(10**12, False, 1e-300),
        StopRules(10**12, False, None),
        StopRules(10**12, False, 1e-300),
        StopRules(10**12, False, 0.25),
    ]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_out_of_range_is_refused(
    controls: StopControls, asked: list[str], name: str
) -> None:
    rules = StopRules(100, False, 0.5)
    controls.show_rules(rules)
    field = number(controls, name)
    for text in ("0", "9" * 16, ""):
        type_into(field, text)
        assert asked.pop() == f"{field.accessibleName()} is {text!r}; allowed: {field.rule.allowed}"
        assert (asked, controls.rules()) == ([], rules)
    assert field.rule == NUMBERS[name]


def test_every_part_is_explained(controls: StopControls) -> None:
    names = set()
    for name in (*SWITCHES, *NUMBERS):
        part = child(controls, QWidget, name)
        assert part.toolTip() == part.whatsThis() == spoken(part) != ""
        names.add(part.accessibleName())
        if isinstance(part, NumberField):
            assert part.rule.allowed in part.toolTip()
    assert len(names - {""}) == 5
