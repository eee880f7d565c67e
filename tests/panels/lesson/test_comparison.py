"""The pictures of predictions beside what happened: their numbers first, then some pixels."""

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from tests.panels.lesson.courses import FALL, LINE, LUCK, ONE, WHO, lab_of, predicting, run_of
from tests.support.screen import is_near, pixel, shown, spoken
from tests.support.snapshots import QUICK
from xorviz.lab.results.success import Proportion
from xorviz.lessons.judging import Outcome
from xorviz.panels.lesson.answers.rows import TICK, CountedRows
from xorviz.panels.lesson.comparison.number_line import NumberLine
from xorviz.panels.lesson.comparison.pictures import caption_of, pictures_of
from xorviz.panels.lesson.comparison.seed_field import SeedField, seeds_per_dot
from xorviz.ui.theme.palette import LIGHT
from xorviz.ui.theme.style import palette


def luck(*answers: float) -> Outcome:
    return predicting(LUCK).locked((answers, (85.0,))).seeing(lab_of(425)).outcomes[0]


def test_numbers_are_dots_along_a_line_with_a_mark_at_what_happened(qtbot: QtBot) -> None:
    outcome = predicting(LINE).locked(((2.0, 2.0, 4.0),)).seeing(run_of(ONE)).outcomes[0]
    (line,) = pictures_of(outcome)
    assert isinstance(line, NumberLine)
    line.setPalette(palette(LIGHT))
    shown(qtbot, line, 240, line.heightForWidth(240))
    assert line.x_of(2) == pytest.approx(120)
    low, high = (line.dot(2, place).center() for place in (0, 1))
    assert is_near(pixel(line, low.toPoint()), LIGHT.accent)
    assert is_near(pixel(line, high.toPoint()), LIGHT.accent)
    assert not is_near(pixel(line, line.dot(4, 1).center().toPoint()), LIGHT.accent)
    assert spoken(line).startswith("What happened: 3 rows. 0 of 3 answers right.")


def test_networks_are_dots_of_which_the_correct_ones_are_filled(qtbot: QtBot) -> None:
    _, field = pictures_of(luck(300.0))
    assert isinstance(field, SeedField)
    assert (field.count, field.filled, field.predicted) == (500, 425, 300)
    field.setPalette(palette(LIGHT))
    shown(qtbot, field, 320, field.heightForWidth(320))
    assert is_near(pixel(field, field.center(424).toPoint()), LIGHT.accent)
    assert not is_near(pixel(field, field.center(425).toPoint()), LIGHT.accent)
    last = field.center(499)
    assert field.rect().contains(last.toPoint() + QPoint(1, 1))
    _, of_class = pictures_of(luck(100.0, 200.0))
    assert isinstance(of_class, SeedField)
    assert of_class.predicted == 150
    assert "the line is the class's mean" in caption_of(luck(100.0, 200.0))


@pytest.mark.usefixtures("qapp")
def test_many_networks_share_dots_and_a_wild_guess_stays_in_the_field() -> None:
    many = Proportion(1_500, 3_000)
    assert seeds_per_dot(many) == 3
    field = SeedField(many, 900)
    assert (field.count, field.filled, field.predicted) == (1_000, 500, 300)
    assert SeedField(many, 9e9).predicted == 1_000


@pytest.mark.usefixtures("qapp")
def test_options_have_a_tick_at_what_happened_and_dots_for_answers() -> None:
    course = predicting(WHO).locked(((2.0, 2.0, 1.0),)).seeing(run_of(QUICK)).seeing(run_of(ONE))
    (rows,) = pictures_of(course.outcomes[0])
    assert isinstance(rows, CountedRows)
    assert [(row.sign, row.count) for row in rows.rows] == [(TICK, 1), ("", 2)]


def test_a_drawing_is_on_the_panel_loss() -> None:
    course = predicting(FALL).locked((((1.0,) * 61,),)).seeing(run_of(QUICK))
    assert pictures_of(course.outcomes[0]) == []
    assert "The panel Loss shows your curve" in caption_of(course.outcomes[0])
