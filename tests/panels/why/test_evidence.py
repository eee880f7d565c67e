"""What a state rests on: lines of rows, answers of units, and what is odd about them."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.screen import child, is_near, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core.analysis.surface import responses
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES
from xorviz.panels.why.evidence import EvidencePart, RowLines
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

TRAP = trained(RunConfig(width=2, biases=True, rate=0.5, seed=13), 2000)
"""Rows 01 and 11 are at one half."""
EQUAL = trained(RunConfig(init="equal", rate=0.5), 500)


@pytest.fixture
def evidence(qtbot: QtBot) -> EvidencePart:
    part = EvidencePart()
    shown(qtbot, part, 320, 420)
    return part


def show(evidence: EvidencePart, seen: Snapshot, theme: Theme = LIGHT) -> RowLines:
    lines = child(evidence, RowLines)
    for part in (lines, evidence.units):
        part.apply_theme(theme)
    evidence.show_state(diagnose_seen(seen), seen)
    return lines


def reddish(lines: RowLines, place: int, color: str) -> int:
    """Return how many pixels of the line at a place from the top have a colour."""
    image, high = lines.grab().toImage(), lines.height() / (len(COUNTED) + 1)
    y = round((place + 1.5) * high)
    return sum(is_near(image.pixelColor(x, y), QColor(color)) for x in range(image.width()))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_way_from_target_to_output_is_as_long_as_the_error(
    evidence: EvidencePart, theme: Theme
) -> None:
    lines = show(evidence, TRAP, theme)
    long = [reddish(lines, place, theme.wrong) for place in range(len(COUNTED))]
    right = [bool(TRAP.right[row]) for row in COUNTED]
    assert [length > 40 for length in long] == [not one for one in right]
    picture = lines.grab().toImage()
    assert show(evidence, trained(QUICK, 400), theme).grab().toImage() != picture
    assert not any(reddish(lines, place, theme.wrong) for place in range(len(COUNTED)))


def test_units_are_cells_by_rows_and_the_odd_ones_are_named(evidence: EvidencePart) -> None:
    show(evidence, EQUAL)
    frame = evidence.units.frame
    assert frame is not None
    assert frame.down.heads.names == ("h1", "h2", "h3")
    assert frame.across.heads.names == tuple(ROW_NAMES[row] for row in COUNTED)
    assert "All 3 hidden units are equal" in child(evidence, QLabel, "quiet").text()
    evidence.units.mark((1, 2))
    answer = responses(EQUAL.weights, EQUAL.config)[COUNTED[2], 1]
    assert evidence.marked_text == f"h2 answers {answer:.2f} to 10"
    assert [evidence.unit_at(place) for place in ((2, 0), (5, 0), None)] == [2, None, None]


def test_of_many_units_the_odd_ones_are_shown_and_all_are_in_the_table(
    evidence: EvidencePart,
) -> None:
    seen = trained(RunConfig(width=64, rate=0.5, biases=True), 2000)
    show(evidence, seen)
    assert evidence.units.shape == (8, 4)
    assert "and 56 more units" in child(evidence, QLabel, "quiet").text()
    found = list(evidence.rows())
    assert len(found) == 4 * (2 + 64)
    assert ("00", "target", 0) in found
    values = [value for row, name, value in found if (row, name) == ("01", "h7")]
    assert values == [responses(seen.weights, seen.config)[COUNTED[1], 6]]


def test_numbers_that_change_move_nothing_below_them(evidence: EvidencePart) -> None:
    heights = []
    for steps in (4663, 5165):  # the gradient norm gets another digit
        show(evidence, trained(RunConfig(width=2, rate=0.5, seed=5), steps))
        numbers = child(evidence, QLabel, "quiet")
        heights.append([numbers.heightForWidth(width) for width in range(150, 330)])
    assert heights[0] == heights[1]


def test_numbers_have_their_step(evidence: EvidencePart) -> None:
    show(evidence, TRAP)
    numbers = child(evidence, QLabel, "quiet")
    assert "Step 2\u202f000\nLoss 0.5" in numbers.text()
    show(evidence, trained(QUICK))
    assert not numbers.isVisible(), "not trained yet"
