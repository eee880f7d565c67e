"""Fields: what can be typed, and keys, wheel, focus and names of each kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import (
    active_window,
    child,
    press,
    release_mouse,
    shown,
    turn_wheel,
    type_into,
)
from xorviz.core.lists import Listed
from xorviz.core.rules import Real, Whole
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField, ValuesField, explain
from xorviz.ui.forms.sliders import LogSlider, TimeSlider
from xorviz.ui.said import told_of

Key = Qt.Key
RATE, MOMENTUM = Real(0, 1000, above_low=True), Real(0, 1, below_high=True)
WIDTH, STEPS = Whole(1, 64), Whole(1, 10**12)


class Typed:
    """A number field, and what it has emitted."""

    def __init__(
        self,
        qtbot: QtBot,
        rule: Whole | Real,
        value: float,
        grouped: bool = False,
        suffix: str = "",
    ) -> None:
        self.box = NumberField("number", rule, grouped)
        self.box.setSuffix(suffix)
        self.box.setValue(value)
        self.line = child(shown(qtbot, self.box, 120, 30), QLineEdit)
        self.changes: list[float] = []
        self.refused: list[str] = []
        self.box.valueChanged.connect(self.changes.append)
        self.box.refused.connect(self._note_refusal)

    def _note_refusal(self, why: str) -> None:
        if why:
            self.refused.append(why)


@pytest.mark.parametrize(
    ("rule", "text", "value", "written"),
    [
        (RATE, "0.5", 0.5, "0.5"),
        (RATE, "0,5", 0.5, "0.5"),
        (RATE, " 1e-3", 1e-3, "0.001"),
        (RATE, "1E\u22127", 1e-7, "1e\u221207"),
        (RATE, "1000", 1000, "1000"),
        (RATE, "0.333333333333333333", 1 / 3, "0.3333333333333333"),
        (MOMENTUM, "0", 0, "0"),
        (WIDTH, "64", 64, "64"),
        (WIDTH, "1", 1, "1"),
        (Whole(0, 2**32 - 1), "4294967295", 2**32 - 1, "4294967295"),
        (STEPS, "60\u202f000", 60_000, "60\u202f000"),
        (STEPS, " 6 0 0 0 0 ", 60_000, "60\u202f000"),
    ],
)
def test_a_number_within_the_rule_is_taken_and_told_once(
    qtbot: QtBot, rule: Whole | Real, text: str, value: float, written: str
) -> None:
    for suffix in ("", " px"):
        typed = Typed(qtbot, rule, 7 if isinstance(rule, Whole) else 0.01, rule is STEPS, suffix)
        typed.line.setText(text + suffix)
        QTest.keyClick(typed.box, Key.Key_Return)
        assert (typed.box.value(), typed.box.text()) == (value, written + suffix)
        assert (typed.changes, typed.refused) == ([value], [])


@pytest.mark.parametrize(
    ("rule", "value", "texts"),
    [
        (RATE, 0.25, ["0", "-1", "\u22121", "1000.5", "1e9", "1e999", "1e", "-", "1.2.3", ""]),
        (MOMENTUM, 0.25, ["1", "1.0", "-0.1"]),
        (WIDTH, 3, ["0", "65", "9" * 24, ""]),
    ],
)
def test_another_text_is_refused_with_what_is_allowed_and_the_value_stays(
    qtbot: QtBot, rule: Whole | Real, value: float, texts: list[str]
) -> None:
    typed = Typed(qtbot, rule, value)
    for text in texts:
        type_into(typed.box, text)
        assert (typed.box.text(), typed.box.value(), typed.changes) == (str(value), value, [])
        said = typed.refused.pop()
        assert typed.refused == []
        assert rule.allowed in said
        assert repr(text.replace("\u2212", "-")) in said
    typed.box.setAccessibleName("Learning rate")
    type_into(typed.box, texts[0])
    assert typed.refused[0].startswith("Learning rate ")


def test_letters_cannot_be_typed(qtbot: QtBot) -> None:
    typed = Typed(qtbot, WIDTH, 3)
    for letters in ["abc", "x", "_", "nan", "inf", "-", "."]:
        typed.box.selectAll()
        QTest.keyClicks(typed.box, letters + "7" + letters)
        QTest.keyClick(typed.box, Key.Key_Return)
        assert typed.box.value() == 7


@given(value=st.floats(1e-300, 1000))
def test_no_digit_is_lost(qtbot: QtBot, value: float) -> None:
    box = NumberField("number", RATE)
    qtbot.addWidget(box)
    box.setValue(value)
    assert box.value() == box.valueFromText(box.text()) == value


def test_a_value_changes_only_when_typing_is_finished(qtbot: QtBot) -> None:
    typed = Typed(qtbot, WIDTH, 3)
    box = typed.box
    for finish in (box.clearFocus, box.interpretText, lambda: press(Key.Key_Return)):
        box.setValue(3)
        typed.changes.clear()
        for text in ("12", "77", "12"):
            box.setFocus()
            box.selectAll()
            QTest.keyClicks(box, text)
            assert box.is_being_typed_in
            assert typed.changes in ([], [12])
            finish()
            assert not box.is_being_typed_in
            assert (typed.changes, box.text()) == ([12], "12")
        assert typed.refused.pop()
        assert typed.refused == []


@pytest.mark.parametrize(
    ("rule", "start", "steps", "end"),
    [
        (WIDTH, 3, 1, 4),
        (WIDTH, 1, -1, 1),
        (RATE, 0.02, 1, 0.025),
        (RATE, 0.012, 1, 0.015),
        (RATE, 1, -3, 0.5),
        (RATE, 0.01, 20, 1),
        (RATE, 900, 2, 1000),
        (RATE, 1e-300, -1, 1e-300),
        (MOMENTUM, 0, 2, 0.1),
        (MOMENTUM, 0.9, 3, 0.95),
    ],
)
def test_steps_are_by_one_by_a_factor_or_by_a_twentieth_and_lead_back(
    qtbot: QtBot, rule: Whole | Real, start: float, steps: int, end: float
) -> None:
    typed = Typed(qtbot, rule, start)
    for _ in range(abs(steps)):
        QTest.keyClick(typed.box, Key.Key_Up if steps > 0 else Key.Key_Down)
    assert typed.box.value() == pytest.approx(end, rel=1e-12)
    assert typed.changes == list(dict.fromkeys(typed.changes)), "each is told once"
    is_over = typed.box.lineEdit().selectedText() == typed.box.text()
    assert is_over or not typed.changes, "typing replaces all of it"
    turn_wheel(typed.box, len(typed.changes) * (-1 if steps > 0 else 1))
    assert typed.box.value() == start


def test_another_rule_allows_other_numbers_and_keeps_text_being_typed(qtbot: QtBot) -> None:
    typed = Typed(qtbot, Whole(0, 10), 10)
    box = typed.box
    box.set_rule(Whole(0, 1000))
    assert (box.value(), box.maximum()) == (10, 1000)
    box.set_rule(Whole(2, 5))
    assert (box.value(), box.text(), box.minimum(), box.maximum()) == (5, "5", 2, 5)
    type_into(box, "6")
    assert Whole(2, 5).allowed in typed.refused.pop()
    assert typed.changes == []
    type_into(box, "4")
    assert typed.changes == [4]
    box.set_rule(Whole(0, 1000))
    box.selectAll()
    QTest.keyClicks(box, "123")
    QTest.keyClick(box, Key.Key_Left)
    box.set_rule(Whole(0, 3))
    assert (box.text(), typed.line.cursorPosition(), box.is_being_typed_in) == ("123", 2, True)
    box.set_rule(Whole(0, 200))
    QTest.keyClick(box, Key.Key_4)
    assert box.text() == "1243"
    QTest.keyClick(box, Key.Key_Backspace)
    QTest.keyClick(box, Key.Key_Return)
    assert (typed.changes, typed.refused, box.value()) == ([4, 123], [], 123)


def test_showing_a_number_or_a_dash_emits_nothing_and_keeps_the_selection(qtbot: QtBot) -> None:
    typed = Typed(qtbot, STEPS, 8, grouped=True)
    box, line = typed.box, typed.line
    box.setFocus()
    box.selectAll()
    for value in (9, 10, 12_345):
        box.show_number(value)
        assert line.selectedText() == box.text()
        assert box.shows(value)
        assert not box.shows(value + 1)
    box.show_number(10**12)
    assert box.shows(10**15), "the nearest that is allowed"
    line.setCursorPosition(1)
    box.show_number(20_000)
    assert (box.value(), line.selectedText(), line.cursorPosition()) == (20_000, "", 1)
    for is_blank, text in ((True, "–"), (True, "–"), (False, "20\u202f000")):
        box.set_blank(is_blank)
        assert (box.text(), box.value()) == (text, 20_000)
    assert typed.changes == []


CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
UNDO = (Key.Key_Z, "\x1a", CONTROL)
REDO = (Key.Key_Z, "\x1a", CONTROL | SHIFT)
REDO_TOO = (Key.Key_Y, "\x19", CONTROL)
"""With the characters that a real keyboard sends, which QTest does not."""


def test_undo_is_the_field_s_while_text_is_typed_and_else_the_window_s(qtbot: QtBot) -> None:
    box = NumberField("number", WIDTH)
    window = active_window(qtbot, box, "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Z")
    type_into(box, "12")
    for keys in (UNDO, REDO, REDO_TOO):
        QTest.sendKeyEvent(QTest.KeyAction.Click, box, *keys)
    assert window.used == ["Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y"]
    assert (box.value(), box.text()) == (12, "12")
    box.selectAll()
    QTest.keyClicks(box, "34")
    QTest.sendKeyEvent(QTest.KeyAction.Click, box, *UNDO)
    assert box.text() == "12"
    assert len(window.used) == 3


# All kinds


def time_slider() -> TimeSlider:
    slider = TimeSlider("field")
    slider.show_range(1000, 500)
    return slider


@dataclass
class Kind:
    """A kind of field: how it is made, and the keys and turns of the wheel that change it."""

    make: Callable[[], QWidget]
    keys: dict[Key, float]
    """The value after each key, one after the other."""
    turns: int = 1


FIELDS = {
    "number": Kind(lambda: NumberField("field", WIDTH), {Key.Key_Up: 2, Key.Key_Down: 1}),
    "choice": Kind(
        lambda: ChoiceField("field", {"a": "first", "b": "second", "c": "third"}),
        {Key.Key_Down: 1, Key.Key_End: 2, Key.Key_Home: 0},
        turns=-1,
    ),
    "log slider": Kind(
        lambda: LogSlider("field", 1, 100),
        {Key.Key_End: 120, Key.Key_Home: 0, Key.Key_PageUp: 60, Key.Key_Right: 66},
    ),
    "time slider": Kind(time_slider, {Key.Key_End: 1000, Key.Key_Home: 0, Key.Key_PageUp: 10}),
}


def state(widget: QWidget) -> float:
    if isinstance(widget, ChoiceField):
        return widget.currentIndex()
    assert isinstance(widget, NumberField | QAbstractSlider)
    return widget.value()


@pytest.mark.parametrize("kind", FIELDS.values(), ids=FIELDS)
def test_a_field_takes_keys_before_shortcuts_and_the_wheel_only_with_the_focus(
    qtbot: QtBot, kind: Kind
) -> None:
    content, widget, other = QWidget(), kind.make(), QLineEdit()
    layout = QVBoxLayout(content)
    layout.addWidget(widget)
    layout.addWidget(other)
    shortcuts = ("Home", "End", "PgUp") if isinstance(widget, QAbstractSlider) else ()
    window = active_window(qtbot, content, *shortcuts)
    assert widget.objectName() == "field"
    assert widget.focusPolicy() == Qt.FocusPolicy.StrongFocus, "by Tab and click, not by the wheel"
    other.setFocus()
    before = state(widget)
    for notches in (1, -1, 3, -3):
        assert not turn_wheel(widget, notches), "a scroll area around it gets the wheel"
        assert state(widget) == before
    assert window.focusWidget() is other
    widget.setFocus()
    turn_wheel(widget, kind.turns)
    assert state(widget) != before
    turn_wheel(widget, -kind.turns)
    assert state(widget) == before
    for key, value in kind.keys.items():
        press(key)
        assert state(widget) == value
    assert window.used == []
    widget.setEnabled(False)
    QTest.keyClick(widget, Key.Key_Home)
    turn_wheel(widget, kind.turns)
    assert state(widget) == value
    explain(widget, "&Rate", "From <b>0</b> & on")
    assert widget.accessibleName() == "Rate"
    for text in (widget.toolTip(), told_of(widget)[0]):
        assert "&lt;b&gt;0&lt;/b&gt;" in text, "shown as it is written"


@pytest.mark.qt_log_ignore(
    "This plugin does not support (raise\\(\\)|grabbing the keyboard)", extend=True
)
def test_a_choice_is_made_by_its_key_and_an_unknown_one_is_a_dash(qtbot: QtBot) -> None:
    choice = ChoiceField("choice", {"a": "first", "b": "a text that is wider than its field"})
    shown(qtbot, choice, 90, 30)
    assert choice.currentData() == "a"
    choice.choose("b")
    assert (choice.currentData(), choice.currentIndex()) == ("b", 1)
    choice.choose("z")
    assert (choice.currentData(), choice.placeholderText()) == (None, "–")
    choice.showPopup()
    assert choice.view().width() > choice.width()
    choice.hidePopup()


def test_enter_toggles_a_check_box_and_space_is_the_window_s(qtbot: QtBot) -> None:
    switch = SwitchField("switch", "On")
    window = active_window(qtbot, switch, "Space")
    assert (switch.objectName(), switch.text()) == ("switch", "On")
    press(Key.Key_Return)
    assert switch.isChecked()
    press(Key.Key_Space)
    assert switch.isChecked()
    press(Key.Key_Enter)
    assert not switch.isChecked()
    assert window.used == ["Space"]


def test_a_number_leaves_space_to_the_window_until_one_types(qtbot: QtBot) -> None:
    number = NumberField("number", RATE)
    number.setValue(0.5)
    window = active_window(qtbot, number, "Space")
    press(Key.Key_Space)
    assert (number.text(), window.used) == ("0.5", ["Space"])
    number.selectAll()
    QTest.keyClicks(number, "6 0")
    assert (number.text(), window.used) == ("6 0", ["Space"])
    press(Key.Key_Return)
    press(Key.Key_Space)
    assert (number.value(), window.used) == (60, ["Space", "Space"])


def test_a_double_click_selects_the_whole_number(qtbot: QtBot) -> None:
    typed = Typed(qtbot, RATE, 0.5)
    QTest.mouseDClick(typed.line, Qt.MouseButton.LeftButton)
    release_mouse()
    assert typed.line.selectedText() == "0.5"


def test_typed_values_are_read_when_finished_and_others_refused(qtbot: QtBot) -> None:
    field = shown(qtbot, ValuesField("some_values"), 120, 30)
    heard: list[Any] = []
    field.values_chosen.connect(lambda text, values: heard.append((text, values)))
    field.refused.connect(heard.append)
    field.setAccessibleName("Values of x")
    field.show_values(Listed(Real(-9, 9)), "1,2")
    for typed in ("1,2", "\u22125..5, 7", "1..x"):
        field.setText(typed)
        assert len(heard) == (typed == "1..x"), "nothing is read while typing"
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard[0] == ("-5..5, 7", (-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7))
    assert heard[1].startswith("Values of x is '1..x'; allowed: a number from −9")
    assert (len(heard), field.text()) == (2, "-5..5, 7")
