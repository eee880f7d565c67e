"""Verdict text: whole lines, an ellipsis, and the full text in the tool tip."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import near, shown
from xorviz.panels.inside.hessian.verdict import VerdictText
from xorviz.ui.theme.palette import DARK, LIGHT

LONG = "Eleven words that are here only to take up room again. " * 4
QUIET = ("A doubt.", "Some evidence.")


@pytest.fixture
def text(qtbot: QtBot) -> VerdictText:
    text = VerdictText([len(LONG)] * 9)
    text.apply_theme(LIGHT)
    return shown(qtbot, text, 300, 200)


def painted_rows(text: VerdictText, ink: str = "") -> list[int]:
    """Return the rows of pixels with anything painted, or anything in a colour."""
    text.setStyleSheet("background: white")
    image = text.grab().toImage()
    painted = near(image, ink, 40) if ink else ~near(image, "white", 0)
    found: list[int] = np.flatnonzero(painted.any(axis=1)).tolist()
    return found


def test_it_is_empty_at_first_and_if_no_line_fits(text: VerdictText) -> None:
    assert painted_rows(text) == []
    text.resize(300, 8)
    text.show_text("Saddle", LONG, QUIET)
    assert painted_rows(text) == []


def test_paragraphs_wrap_below_each_other(text: VerdictText) -> None:
    line = text.fontMetrics().lineSpacing()
    ends = []
    for said in (("Saddle",), ("Saddle", "One."), ("Saddle", "One.", QUIET)):
        text.show_text(*said)
        ends.append(painted_rows(text)[-1])
    assert ends[1] - ends[0] == pytest.approx(line + 4, abs=4)
    assert ends[2] - ends[1] == pytest.approx(2 * (line + 4), abs=4)
    text.show_text("Saddle", LONG)
    assert painted_rows(text)[-1] > 4 * text.fontMetrics().lineSpacing()


@pytest.mark.parametrize("height", some([20, 40, 55, 70]))
def test_only_whole_lines_are_painted(qtbot: QtBot, text: VerdictText, height: int) -> None:
    text.resize(300, height)
    text.show_text("Saddle", LONG, QUIET)
    rows = painted_rows(text)
    assert rows[-1] < height - 1 or height == 20
    # The last line is as high as in a larger widget.
    text.resize(300, 300)
    assert set(rows) <= set(painted_rows(text))


def test_the_tool_tip_has_the_full_text(text: VerdictText) -> None:
    text.resize(120, 20)
    text.show_text("Saddle", LONG, QUIET)
    assert text.toolTip() == f"Saddle\n{LONG}\nA doubt.\nSome evidence."
    assert text.accessibleName() == f"Saddle. {LONG}"
    assert text.accessibleDescription() == "A doubt. Some evidence."


def test_a_sentence_without_a_heading(text: VerdictText) -> None:
    text.show_text("", "Computing…")
    assert text.accessibleName() == text.toolTip() == "Computing…"
    assert painted_rows(text)[0] < text.fontMetrics().lineSpacing()


def test_quiet_text_has_the_quiet_colour(text: VerdictText) -> None:
    text.apply_theme(DARK)
    text.show_text("", "", ("Quiet quiet quiet quiet.",))
    assert painted_rows(text, DARK.quiet)


def test_its_height_is_that_of_the_longest_paragraphs(qtbot: QtBot) -> None:
    text = shown(qtbot, VerdictText([5, 5]), 300, 200)
    line = text.fontMetrics().lineSpacing()
    assert text.height() == 2 * (line + 4)
    text = shown(qtbot, VerdictText([len(LONG)]), 300, 200)
    text.apply_theme(LIGHT)
    text.show_text("", LONG)
    assert painted_rows(text)[-1] <= text.height() < painted_rows(text)[-1] + 3 * line
