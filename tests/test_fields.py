"""Fields: what is typed is checked, and neither wheel nor keys do what nobody meant."""

import math
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.screen import active_window, child, drag, press, shown, turn_wheel, type_into
from xorviz.core.rules import Real, Whole
from xorviz.widgets.fields import ChoiceField, LogSlider, NumberField, SwitchField

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


@pytest.mark.parametrize(
    ("text", "value"),
    [
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
    ],
)
def test_a_number_within_the_rule_is_taken(qtbot: QtBot, text: str, value: float) -> None:
    box = field(qtbot, RATE, 0.01)
    seen, refused = changes(box), refusals(box)
    type_into(box, text)
    assert box.value() == value
    assert seen == [value]
    assert refused == []


@pytest.mark.parametrize(
    "text", ["0", "-1", "\u22121", "1000.5", "1e9", "1e999", "1e", "-", "1.2.3", ""]
)
def test_another_is_refused_and_the_value_stays(qtbot: QtBot, text: str) -> None:
    box = field(qtbot, RATE, 0.25)
    box.setAccessibleName("Learning rate")
    seen, refused = changes(box), refusals(box)
    type_into(box, text)
    assert box.value() == 0.25
    assert box.text() == "0.25"
    assert seen == []
    written = text.replace("\u2212", "-")
    assert refused == [f"Learning rate is {written!r}; allowed: {RATE.allowed}"]


@pytest.mark.parametrize("text", ["0", "65", "999999999999999999999999", ""])
def test_a_whole_number_out_of_range_is_refused(qtbot: QtBot, text: str) -> None:
    box = field(qtbot, WIDTH, 3)
    refused = refusals(box)
    type_into(box, text)
    assert (box.value(), box.text()) == (3, "3")
    assert refused == [f"number is {text!r}; allowed: {WIDTH.allowed}"]


def test_what_was_refused_can_be_corrected(qtbot: QtBot) -> None:
    box = field(qtbot, WIDTH, 3)
    seen = changes(box)
    type_into(box, "99")
    type_into(box, "12")
    assert seen == [12]


def test_nothing_is_chosen_before_the_typing_is_done(qtbot: QtBot) -> None:
    box = field(qtbot, WIDTH, 3)
    seen = changes(box)
    box.selectAll()
    QTest.keyClicks(box, "12")
    assert seen == []
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert seen == [12]


def test_leaving_the_field_is_being_done_with_it(qtbot: QtBot) -> None:
    content, other = QWidget(), QLineEdit()
    box = NumberField("number", WIDTH)
    layout = QVBoxLayout(content)
    layout.addWidget(box)
    layout.addWidget(other)
    window = active_window(qtbot, content)
    seen, refused = changes(box), refusals(box)
    for text in ("12", "77"):
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        other.setFocus()
    assert window.focusWidget() is other
    assert seen == [12]
    assert len(refused) == 1
    assert box.value() == 12


@pytest.mark.parametrize("letters", ["abc", "x", "_", "nan", "inf"])
def test_letters_leave_no_trace(qtbot: QtBot, letters: str) -> None:
    box = field(qtbot, WIDTH, 3)
    box.selectAll()
    QTest.keyClicks(box, letters + "7" + letters)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 7


@pytest.mark.parametrize("text", ["60000", "60 000", "60\u2009000", " 60000 ", "6 0 0 0 0"])
def test_thousands_may_stand_apart(qtbot: QtBot, text: str) -> None:
    box = field(qtbot, STEPS, 1, grouped=True)
    child(box, QLineEdit).setText(text)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 60_000
    assert box.text() == "60\u2009000"


def test_a_seed_is_written_without_gaps(qtbot: QtBot) -> None:
    assert field(qtbot, Whole(0, 2**32 - 1), 2**32 - 1).text() == "4294967295"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01, "0.01"), (1e-7, "1e\u221207"), (1000.0, "1000"), (1 / 3, "0.3333333333333333")],
)
def test_a_real_number_is_written_as_short_as_it_can_be(
    qtbot: QtBot, value: float, text: str
) -> None:
    assert field(qtbot, RATE, value).text() == text


@given(value=st.floats(1e-300, 1000))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_digit_is_lost(qtbot: QtBot, value: float) -> None:
    box = NumberField("number", RATE)
    qtbot.addWidget(box)
    box.setValue(value)
    assert box.value() == value
    assert box.valueFromText(box.text()) == value


@pytest.mark.parametrize(
    ("start", "steps", "end"),
    [
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
    ],
)
def test_a_real_number_steps_along_one_two_five(
    qtbot: QtBot, start: float, steps: int, end: float
) -> None:
    box = field(qtbot, RATE, start)
    key = Qt.Key.Key_Up if steps > 0 else Qt.Key.Key_Down
    for _ in range(abs(steps)):
        QTest.keyClick(box, key)
    assert box.value() == pytest.approx(end, rel=1e-12)


def test_momentum_steps_up_from_nothing_and_stays_below_one(qtbot: QtBot) -> None:
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


@pytest.mark.parametrize(("key", "end"), [(Qt.Key.Key_Up, 4), (Qt.Key.Key_Down, 2)])
def test_a_whole_number_steps_by_one(qtbot: QtBot, key: Qt.Key, end: int) -> None:
    box = field(qtbot, WIDTH, 3)
    QTest.keyClick(box, key)
    assert box.value() == end


def test_letters_and_space_are_left_to_the_window(qtbot: QtBot) -> None:
    box = NumberField("number", RATE)
    box.setValue(0.5)
    window = active_window(qtbot, box, "Space", "S", "R", "Shift+S", "N")
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_S)
    press(Qt.Key.Key_R)
    press(Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_N)
    assert window.used == ["Space", "S", "R", "Shift+S", "N"]
    assert box.text() == "0.5"


def test_an_arrow_key_stays_in_the_text(qtbot: QtBot) -> None:
    box = NumberField("number", RATE)
    box.setValue(0.5)
    window = active_window(qtbot, box, "Right", "Left", "1", "5")
    line = child(box, QLineEdit)
    line.setCursorPosition(0)
    press(Qt.Key.Key_Right)
    assert line.cursorPosition() == 1
    press(Qt.Key.Key_Left)
    assert line.cursorPosition() == 0
    press(Qt.Key.Key_5)
    assert box.text() == "50.5"
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
def test_the_wheel_passes_over_a_field_without_the_focus(qtbot: QtBot, kind: str) -> None:
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


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_takes_the_focus_by_tab_and_click_alone(qtbot: QtBot, kind: str) -> None:
    widget = FIELDS[kind]()
    qtbot.addWidget(widget)
    assert widget.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_a_choice_is_known_by_its_key(qtbot: QtBot) -> None:
    choice = ChoiceField("choice", {"a": "first", "b": "second"})
    qtbot.addWidget(choice)
    choice.choose("b")
    assert (choice.currentData(), choice.currentText()) == ("b", "second")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_switches_a_check_box_and_space_is_the_window_s(qtbot: QtBot, key: Qt.Key) -> None:
    switch = SwitchField("switch", "On")
    window = active_window(qtbot, switch, "Space")
    press(key)
    assert switch.isChecked()
    press(Qt.Key.Key_Space)
    assert switch.isChecked()
    press(key)
    assert not switch.isChecked()
    assert window.used == ["Space"]


def slider(
    qtbot: QtBot, low: float = 1, high: float = 100_000, unlimited: bool = False
) -> LogSlider:
    return shown(qtbot, LogSlider("slider", low, high, unlimited), 300, 30)


@pytest.mark.parametrize("number", [1, 1.1, 2, 5, 10, 99, 2000, 47_000, 100_000])
def test_a_slider_comes_back_to_its_number(qtbot: QtBot, number: float) -> None:
    bar = slider(qtbot)
    bar.show_number(number)
    assert bar.number() == pytest.approx(number, rel=0.03)


@pytest.mark.parametrize(("low", "high"), [(1, 64), (1e-4, 1000), (1, 100_000)])
def test_both_ends_of_a_slider_are_reached_exactly(qtbot: QtBot, low: float, high: float) -> None:
    bar = slider(qtbot, low, high)
    for end in (low, high):
        bar.show_number(end)
        assert bar.number() == end
    QTest.keyClick(bar, Qt.Key.Key_Home)
    assert bar.number() == low
    QTest.keyClick(bar, Qt.Key.Key_End)
    assert bar.number() == high


def test_equal_distances_are_equal_ratios(qtbot: QtBot) -> None:
    bar = slider(qtbot, 1, 10_000)
    for number, share in ((1, 0.0), (10, 0.25), (100, 0.5), (10_000, 1.0)):
        bar.show_number(number)
        assert bar.value() / bar.maximum() == pytest.approx(share)


@pytest.mark.parametrize(("number", "end"), [(0.001, 1), (1e9, 100)])
def test_a_number_beyond_the_ends_stands_at_the_end(
    qtbot: QtBot, number: float, end: float
) -> None:
    bar = slider(qtbot, 1, 100)
    bar.show_number(number)
    assert bar.number() == end


def test_showing_a_number_chooses_nothing(qtbot: QtBot) -> None:
    bar = slider(qtbot)
    seen: list[float | None] = []
    bar.number_chosen.connect(seen.append)
    bar.show_number(500)
    bar.show_number(None)
    assert seen == []


def test_as_much_as_it_goes_has_an_end_of_its_own(qtbot: QtBot) -> None:
    bar = slider(qtbot, unlimited=True)
    seen: list[float | None] = []
    bar.number_chosen.connect(seen.append)
    bar.show_number(None)
    assert bar.number() is None
    bar.show_number(100_000)
    assert bar.number() == 100_000
    QTest.keyClick(bar, Qt.Key.Key_End)
    QTest.keyClick(bar, Qt.Key.Key_Home)
    assert seen == [None, 1]


def test_a_slider_without_that_end_stops_at_its_highest_number(qtbot: QtBot) -> None:
    bar = slider(qtbot, 1, 100)
    QTest.keyClick(bar, Qt.Key.Key_End)
    assert bar.number() == 100


def test_arrow_keys_move_a_slider_though_they_are_shortcuts(qtbot: QtBot) -> None:
    bar = LogSlider("slider", 1, 100)
    bar.show_number(10)
    seen: list[float | None] = []
    bar.number_chosen.connect(seen.append)
    window = active_window(qtbot, bar, "Right", "Left", "Space", "S")
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_S)
    assert [number is not None and round(number) for number in seen] == [13, 10]
    assert window.used == ["Space", "S"]


def test_a_page_is_a_decade(qtbot: QtBot) -> None:
    bar = slider(qtbot)
    QTest.keyClick(bar, Qt.Key.Key_PageUp)
    assert bar.number() == 10


def handle_of(bar: LogSlider) -> int:
    """Return about where the knob is, in pixels from the left."""
    return round(10 + (bar.width() - 20) * bar.value() / bar.maximum())


def test_a_dragged_slider_shows_numbers_and_chooses_one_at_the_end(qtbot: QtBot) -> None:
    bar = slider(qtbot)
    bar.show_number(100)
    moved: list[float | None] = []
    chosen: list[float | None] = []
    bar.number_moved.connect(moved.append)
    bar.number_chosen.connect(chosen.append)
    start = bar.rect().center()
    start.setX(handle_of(bar))
    end = bar.rect().center()
    end.setX(handle_of(bar) + 80)
    drag(bar, start, end)
    assert len(moved) > 3
    assert chosen == [moved[-1]] == [bar.number()]
