"""Fields: typed text, keys and wheel."""

import math
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, press, shown, turn_wheel, type_into
from xorviz.core.rules import Real, Whole
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField
from xorviz.ui.forms.sliders import LogSlider
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast

RATE = Real(0, 1000, above_low=True)
MOMENTUM = Real(0, 1, below_high=True)
WIDTH = Whole(1, 64)
STEPS = Whole(1, 10**12)


def field(qtbot: QtBot, rule: Whole | Real, value: float, grouped: bool = False) -> NumberField:
    box = NumberField("number", rule, grouped)
    box.setValue(value)
    return shown(qtbot, box, 120, 30)


def changes(box: NumberField) -> list[float]:
    seen: list[float] = []
    box.valueChanged.connect(seen.append)
    return seen


def refusals(box: NumberField) -> list[str]:
    seen: list[str] = []
    box.refused.connect(seen.append)
    return seen


def test_a_number_within_the_rule_is_accepted(qtbot: QtBot) -> None:
    for text, value in [
        ("0.5", 0.5),
        ("0,5", 0.5),
        ("1e-3", 1e-3),
        ("1E-3", 1e-3),
        ("1e\u22123", 1e-3),
        ("+2", 2),
        (".25", 0.25),
        ("1000", 1000),
        ("1e-300", 1e-300),
        ("0.123456789012345678", 0.123456789012345678),
    ]:
        box = field(qtbot, RATE, 0.01)
        seen, refused = changes(box), refusals(box)
        type_into(box, text)
        assert box.value() == value
        assert seen == [value]
        assert refused == []


def test_another_text_is_refused_and_the_value_stays(qtbot: QtBot) -> None:
    for text in ["0", "-1", "\u22121", "1000.5", "1e9", "1e999", "1e", "-", "1.2.3", ""]:
        box = field(qtbot, RATE, 0.25)
        box.setAccessibleName("Learning rate")
        seen, refused = changes(box), refusals(box)
        type_into(box, text)
        assert box.value() == 0.25
        assert box.text() == "0.25"
        assert seen == []
        written = text.replace("\u2212", "-")
        assert refused == [f"Learning rate is {written!r}; allowed: {RATE.allowed}"]


def test_a_whole_number_out_of_range_is_refused(qtbot: QtBot) -> None:
    for text in ["0", "65", "999999999999999999999999", ""]:
        box = field(qtbot, WIDTH, 3)
        refused = refusals(box)
        type_into(box, text)
        assert (box.value(), box.text()) == (3, "3")
        assert refused == [f"number is {text!r}; allowed: {WIDTH.allowed}"]


FINISHES: dict[str, Callable[[NumberField], object]] = {
    "Enter": lambda box: QTest.keyClick(box, Qt.Key.Key_Return),
    "another focus": lambda box: box.clearFocus(),
    "the window": lambda box: box.interpretText(),
}


@pytest.mark.parametrize("finish", FINISHES.values(), ids=FINISHES)
def test_a_value_changes_only_when_typing_is_finished(
    qtbot: QtBot, finish: Callable[[NumberField], object]
) -> None:
    content, box = QWidget(), NumberField("number", WIDTH)
    QVBoxLayout(content).addWidget(box)
    window = active_window(qtbot, content)
    seen, refused = changes(box), refusals(box)
    for text in ("12", "77", "12"):
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        assert box.is_being_typed_in
        assert seen in ([], [12])
        finish(box)
        assert not box.is_being_typed_in
        assert (seen, box.text()) == ([12], "12")
    assert refused == ["number is '77'; allowed: a whole number from 1 to 64"]
    assert window.isVisible()


def test_letters_cannot_be_typed(qtbot: QtBot) -> None:
    for letters in ["abc", "x", "_", "nan", "inf"]:
        box = field(qtbot, WIDTH, 3)
        box.selectAll()
        QTest.keyClicks(box, letters + "7" + letters)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == 7


def test_thousands_may_be_separated(qtbot: QtBot) -> None:
    for text in ["60000", "60 000", "60\u202f000", " 60000 ", "6 0 0 0 0"]:
        box = field(qtbot, STEPS, 1, grouped=True)
        child(box, QLineEdit).setText(text)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == 60_000
        assert box.text() == "60\u202f000"


def test_numbers_are_written_as_short_as_possible(qtbot: QtBot) -> None:
    for value, text in [
        (0.01, "0.01"),
        (1e-7, "1e\u221207"),
        (1000.0, "1000"),
        (1 / 3, "0.3333333333333333"),
    ]:
        assert field(qtbot, RATE, value).text() == text

    assert field(qtbot, Whole(0, 2**32 - 1), 2**32 - 1).text() == "4294967295"


@given(value=st.floats(1e-300, 1000))
def test_no_digit_is_lost(qtbot: QtBot, value: float) -> None:
    box = NumberField("number", RATE)
    qtbot.addWidget(box)
    box.setValue(value)
    assert box.value() == value
    assert box.valueFromText(box.text()) == value


def test_a_real_number_steps_along_one_two_five(qtbot: QtBot) -> None:
    for start, steps, end in [
        (0.01, 1, 0.02),
        (0.02, 1, 0.05),
        (0.05, 1, 0.1),
        (0.01, -1, 0.005),
        (0.012, 1, 0.02),
        (0.012, -1, 0.01),
        (1, -1, 0.5),
        (0.01, 3, 0.1),
        (700, 1, 1000),
        (1000, 1, 1000),
        (1e-300, -1, 1e-300),
    ]:
        box = field(qtbot, RATE, start)
        key = Qt.Key.Key_Up if steps > 0 else Qt.Key.Key_Down
        for _ in range(abs(steps)):
            QTest.keyClick(box, key)
        assert box.value() == pytest.approx(end, rel=1e-12)


def test_momentum_steps_up_from_zero_and_stays_below_one(qtbot: QtBot) -> None:
    box = field(qtbot, MOMENTUM, 0)
    seen = []
    for _ in range(5):
        QTest.keyClick(box, Qt.Key.Key_Up)
        seen.append(box.value())
    assert seen[:3] == [0.1, 0.2, 0.5]
    assert seen[-1] == math.nextafter(1, 0)
    for _ in range(30):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert 0 <= box.value() < 1e-6


def test_a_whole_number_steps_by_one(qtbot: QtBot) -> None:
    for key, end in [(Qt.Key.Key_Up, 4), (Qt.Key.Key_Down, 2)]:
        box = field(qtbot, WIDTH, 3)
        QTest.keyClick(box, key)
        assert box.value() == end


def test_another_rule_allows_other_numbers(qtbot: QtBot) -> None:
    box = field(qtbot, Whole(0, 10), 10)
    seen, refused = changes(box), refusals(box)
    box.set_rule(Whole(0, 20))
    assert (box.value(), box.maximum()) == (10, 20)
    box.set_rule(Whole(2, 5))
    assert (box.value(), box.text(), box.minimum(), box.maximum()) == (5, "5", 2, 5)
    assert seen == []
    type_into(box, "6")
    assert refused == ["number is '6'; allowed: a whole number from 2 to 5"]
    type_into(box, "4")
    assert seen == [4]


def test_another_rule_keeps_text_being_typed(qtbot: QtBot) -> None:
    box = field(qtbot, Whole(0, 1000), 900)
    seen, refused = changes(box), refusals(box)
    box.selectAll()
    QTest.keyClicks(box, "123")
    QTest.keyClick(box, Qt.Key.Key_Left)
    box.set_rule(Whole(0, 50))
    line = child(box, QLineEdit)
    assert (box.text(), line.cursorPosition(), box.is_being_typed_in) == ("123", 2, True)
    box.set_rule(Whole(0, 200))
    QTest.keyClick(box, Qt.Key.Key_4)
    assert box.text() == "1243"
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert (seen, refused, box.value()) == ([123], [], 123)


def test_showing_a_number_emits_nothing_and_keeps_the_selection(qtbot: QtBot) -> None:
    box = field(qtbot, STEPS, 8, grouped=True)
    seen, line = changes(box), child(box, QLineEdit)
    box.selectAll()
    for value in (9, 10, 12_345):
        box.show_number(value)
        assert line.selectedText() == box.text()
    line.setCursorPosition(1)
    box.show_number(20_000)
    assert (box.value(), line.selectedText(), line.cursorPosition()) == (20_000, "", 1)
    assert seen == []


CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
UNDO = (Qt.Key.Key_Z, "\x1a", CONTROL)
REDO = (Qt.Key.Key_Z, "\x1a", CONTROL | SHIFT)
REDO_TOO = (Qt.Key.Key_Y, "\x19", CONTROL)
"""With the characters that a real keyboard sends, which QTest does not."""


def test_undo_is_the_window_s_while_nothing_is_typed(qtbot: QtBot) -> None:
    box = NumberField("number", WIDTH)
    window = active_window(qtbot, box, "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y")
    type_into(box, "12")
    for keys in (UNDO, REDO, REDO_TOO):
        QTest.sendKeyEvent(QTest.KeyAction.Click, box, *keys)
    assert window.used == ["Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y"]
    assert (box.value(), box.text()) == (12, "12")


@pytest.mark.parametrize("sent", some(["\x1a", "z"], 1))
def test_undo_is_the_field_s_while_text_is_typed(qtbot: QtBot, sent: str) -> None:
    box = NumberField("number", WIDTH)
    window = active_window(qtbot, box, "Ctrl+Z", "Ctrl+Shift+Z")
    box.setValue(3)
    box.selectAll()
    QTest.keyClicks(box, "12")
    QTest.sendKeyEvent(QTest.KeyAction.Click, box, Qt.Key.Key_Z, sent, CONTROL)
    assert box.text() == "3"
    assert window.used == []


def test_home_and_end_move_a_slider_before_shortcuts(qtbot: QtBot) -> None:
    bar = LogSlider("slider", 1, 100)
    window = active_window(qtbot, bar, "Home", "End", "PgUp")
    bar.setFocus()
    press(Qt.Key.Key_End)
    assert bar.number == 100
    press(Qt.Key.Key_Home)
    assert bar.number == 1
    press(Qt.Key.Key_PageUp)
    assert bar.number == 10
    assert window.used == []


FIELDS: dict[str, Callable[[], QWidget]] = {
    "number": lambda: NumberField("number", WIDTH),
    "choice": lambda: ChoiceField("choice", {"a": "first", "b": "second", "c": "third"}),
    "slider": lambda: LogSlider("slider", 1, 100),
}


def state(widget: QWidget) -> float:
    if isinstance(widget, ChoiceField):
        return widget.currentIndex()
    assert isinstance(widget, NumberField | LogSlider)
    return widget.value()


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_without_the_focus_ignores_the_wheel(qtbot: QtBot, kind: str) -> None:
    content, widget, other = QWidget(), FIELDS[kind](), QLineEdit()
    layout = QVBoxLayout(content)
    layout.addWidget(widget)
    layout.addWidget(other)
    window = active_window(qtbot, content)
    other.setFocus()
    before = state(widget)
    for notches in (1, -1, 3, -3):
        assert not turn_wheel(widget, notches)
        assert state(widget) == before
    assert window.focusWidget() is other


@pytest.mark.parametrize("kind", FIELDS)
def test_the_wheel_turns_a_field_that_has_the_focus(qtbot: QtBot, kind: str) -> None:
    widget = FIELDS[kind]()
    window = active_window(qtbot, widget)
    before = state(widget)
    turn_wheel(widget, -1 if kind == "choice" else 1)
    assert state(widget) != before
    assert window.used == []


def test_a_field_takes_the_focus_by_tab_and_click_only(qtbot: QtBot) -> None:
    for make in FIELDS.values():
        widget = make()
        qtbot.addWidget(widget)
        assert widget.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_a_choice_is_selected_by_its_key(qtbot: QtBot) -> None:
    choice = ChoiceField("choice", {"a": "first", "b": "second"})
    qtbot.addWidget(choice)
    choice.choose("b")
    assert (choice.currentData(), choice.currentText()) == ("b", "second")


@pytest.mark.parametrize("key", some([Qt.Key.Key_Return, Qt.Key.Key_Enter], 1))
def test_enter_toggles_a_check_box_and_space_is_the_window_s(qtbot: QtBot, key: Qt.Key) -> None:
    switch = SwitchField("switch", "On")
    window = active_window(qtbot, switch, "Space")
    press(key)
    assert switch.isChecked()
    press(Qt.Key.Key_Space)
    assert switch.isChecked()
    press(key)
    assert not switch.isChecked()
    assert window.used == ["Space"]


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_a_check_box_is_visible_in_both_themes(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    look.apply_theme(qapp, theme)
    switch = SwitchField("switch", "")  # no words: all that is drawn is the box
    shown(qtbot, switch, 60, 24).clearFocus()

    def inks() -> set[str]:
        picture = switch.grab().toImage()
        places = product(range(picture.width()), range(picture.height()))
        return {picture.pixelColor(x, y).name().upper() for x, y in places}

    empty = inks()
    assert theme.quiet in empty
    assert contrast(theme.quiet, theme.ground) > 3
    switch.setChecked(True)
    assert max(contrast(ink, theme.ground) for ink in inks() - empty) > 4.5
    switch.setFocus()
    assert theme.accent in inks() - empty
