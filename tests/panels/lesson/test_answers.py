"""The answers that keys stand for, and the rows that count them."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.panels.lesson.courses import LINE, LUCK, WHO
from tests.support.screen import child, press, shown, spoken
from xorviz.lessons.lesson import COUNT, ROWS, STEP, ChoiceAsked, NumberAsked
from xorviz.panels.lesson.answers.keys import keyed
from xorviz.panels.lesson.answers.options import OptionButton, OptionsAnswer
from xorviz.panels.lesson.answers.rows import TICK, AnswerRow, CountedRows
from xorviz.panels.lesson.answers.tally import Tally


def number(
    low: float, high: float, measure: str = COUNT, factor: float | None = None
) -> NumberAsked:
    return NumberAsked("How many?", measure, low, high, "", 1, low, first_step_within=factor)


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        (WHO.predictions[0], {1: 1, 2: 2}),
        (LINE.predictions[0], {0: 0, 1: 1, 2: 2, 3: 3, 4: 4}),
        (number(1, 9, ROWS), {n: n for n in range(1, 10)}),
        (number(10, 12), {1: 10, 2: 11, 3: 12}),
        (number(0, 80), {n + 1: 10 * n for n in range(9)}),
        (number(0, 800, STEP, 2), {n + 1: 100 * n for n in range(9)}),
        (number(1, 10**8, STEP, 2), {n + 1: 10**n for n in range(9)}),
    ],
)
def test_keys_stand_for_values_or_spread_over_them(
    asked: NumberAsked | ChoiceAsked, answers: dict[int, float]
) -> None:
    assert keyed(asked) == answers


def test_a_tally_counts_clicks_too_and_is_spoken(qtbot: QtBot) -> None:
    asked = LUCK.predictions[1]
    assert isinstance(asked, NumberAsked)
    tally = shown(qtbot, Tally(asked, "tally"), 260, 400)
    height = tally.heightForWidth(260)
    for row in (0, 8, 8):
        y = next(y for y in range(height) if tally.rows.row_at(y) == row)
        at = QPoint(130, y + 2) + tally.rows.pos()
        QTest.mouseClick(tally, Qt.MouseButton.LeftButton, pos=at)
    assert tally.answers == (0, 100, 100)
    assert spoken(tally).endswith("0 %: 1; 100 %: 2.")
    assert tally.heightForWidth(260) == height  # nothing jumps while a class is counted


def test_options_are_radio_buttons_with_their_question(qtbot: QtBot) -> None:
    asked = WHO.predictions[0]
    assert isinstance(asked, ChoiceAsked)
    options = shown(qtbot, OptionsAnswer(asked, "options"), 200, 120)
    first = child(options, OptionButton, "options_1")
    interface = QAccessible.queryAccessibleInterface(first)
    assert interface.role() is QAccessible.Role.RadioButton
    assert interface.text(QAccessible.Text.Name) == "The wide network"
    assert spoken(first) == "The winner"
    assert options.answer is None
    first.setFocus()
    press(Qt.Key.Key_Space)
    assert options.answer == 1
    press(Qt.Key.Key_Down)
    assert options.answer == 2


def test_all_dots_of_a_row_fit_and_long_texts_wrap(qtbot: QtBot) -> None:
    def height(text: str, count: int) -> int:
        rows = shown(qtbot, CountedRows([AnswerRow(TICK, text, count)]), 200, 200)
        rows.grab()
        return rows.heightForWidth(200)

    assert height("Yes", 3) == height("Yes", 999)
    long = "Only the narrower one of the two networks"
    assert height(long, 0) < height(long, 2) == height(long, 999)
    assert height("Two rows learned", 0) == height("Two rows learned", 1), "no number, one dot"
    assert CountedRows([AnswerRow("", "Yes")]).row_at(-1) is None


def test_a_click_beside_the_rows_counts_nothing(qtbot: QtBot) -> None:
    asked = LINE.predictions[0]
    assert isinstance(asked, NumberAsked)
    tally = shown(qtbot, Tally(asked, "tally"), 260, 400)
    QTest.mouseClick(tally, Qt.MouseButton.LeftButton, pos=QPoint(9, 399))
    QTest.mouseClick(tally, Qt.MouseButton.RightButton, pos=tally.rows.pos() + QPoint(5, 5))
    assert tally.answers == ()
