"""The window of a network that is not 2-H-1: it shows what its file holds."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.support.program import OtherProgram
from tests.support.windows import find
from tests.window.watch.conftest import Watched
from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.ui.forms.fields import SwitchField
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.said import told_of
from xorviz.ui.table import Table
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, level
from xorviz.watching.followed_run import OtherRun
from xorviz.window.watch.other_network import ArrayGrid, OtherNetwork


class Shown:
    """The window of a program, and what is on it."""

    def __init__(self, bot: QtBot, program: OtherProgram, theme: Theme = LIGHT) -> None:
        self.program, self.bot, self._owner = program, bot, QWidget()
        bot.addWidget(self._owner)
        self.window = OtherNetwork(self._owner, OtherRun(program.path), theme)
        self.window.show()
        self.slider = find(self.window, TimeSlider)
        self.follow = find(self.window, SwitchField)

    @property
    def texts(self) -> str:
        return "\n".join(label.text() for label in self.window.findChildren(QLabel))

    @property
    def outputs(self) -> list[list[str]]:
        rows = find(self.window, Table).rows
        columns = range(len(rows.columns))
        return [[str(rows.index(n, c).data()) for c in columns] for n in range(rows.rowCount())]

    def says(self, text: str) -> None:
        self.bot.waitUntil(lambda: text in self.texts)

    def shows(self, step: int) -> bool:
        """Return whether all numbers are those of a step."""
        numbers, said = iter(self.program.rows[step].tolist()), list[bool]()
        arrays = self.window.run.weights_at(step).values()
        limit = round_bound(max(float(np.abs(array).max()) for array in arrays))
        for grid in self.window.findChildren(ArrayGrid):
            for place in np.ndindex(grid.shape):
                grid.pointed_at.emit(place)
                number = next(numbers)
                said.append(f"  {numerals.real(number, 6)}" in self.texts)
                said.append(grid._levels[place] == level(number, limit))
        outputs = [text for row in self.outputs for text in row[3:]]
        wanted = [numerals.real(number, 4) for number in numbers] or 4 * ["–"]
        return bool(said) and all(said) and outputs == wanted


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("outputs", [0, 1, 2])
def test_each_state_is_shown_as_its_file_has_it(qtbot: QtBot, outputs: int, theme: Theme) -> None:
    program = OtherProgram(outputs=outputs).show(0, 1, 70)
    program.writer.say("faulty: c: not <updated>")
    program.writer.end(diverged=False)
    shown = Shown(qtbot, program, theme)
    assert shown.shows(70)
    assert "<b>Faulty:</b> c: not &lt;updated&gt;" in shown.texts
    assert "deep finished at step 70" in shown.texts
    assert ["".join(row[:3]) for row in shown.outputs] == ["000", "011", "101", "110"]
    for key, step in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_End, 70)):
        QTest.keyClick(shown.slider, key)
        assert shown.shows(step)
    assert not shown.window.grab().isNull()


def test_a_running_program_is_followed_while_the_window_is_seen(
    qtbot: QtBot, announced: list[str]
) -> None:
    shown = Shown(qtbot, OtherProgram(assumed=("targets",)).show(0))
    assert [row[2] for row in shown.outputs] == 4 * ["–"]
    shown.program.show(1)
    shown.says("step 1 of 1")
    assert shown.shows(1)
    QTest.keyClick(shown.slider, Qt.Key.Key_Home)
    assert not shown.follow.isChecked()
    shown.program.show(2)
    shown.says("step 0 of 2")
    shown.follow.click()
    assert shown.shows(2)
    shown.window.hide()
    shown.program.show(3)
    shown.program.writer.say("correct: every array")
    shown.window._timer.timeout.emit()
    assert "step 2 of 2" in shown.texts
    shown.window.show()
    shown.says("step 3 of 3")
    shown.says("<b>Correct:</b> every array")
    assert announced.count("correct: every array") == 1
    shown.program.writer.end(diverged=True)
    shown.says("deep diverged after step 3")
    assert not shown.window._timer.isActive()


def test_cells_are_read_by_keys_also_of_a_removed_file(qtbot: QtBot, announced: list[str]) -> None:
    large = {f"large {n}": (30, 30) for n in range(6)}
    shown = Shown(qtbot, OtherProgram({"conv": (2, 3, 4), **large}).show(0))
    qtbot.waitUntil(lambda: find(shown.window, QScrollArea).verticalScrollBar().maximum() > 500)
    grid = find(shown.window, ArrayGrid)
    grid.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(grid, key)
    value = numerals.real(float(shown.program.rows[0][14]), 6)
    assert f"conv[1, 0, 2]  {value}" in shown.texts
    assert announced[-1] == f"conv[1, 0, 2]  {value}"
    assert all(told_of(widget)[0] for widget in (grid, shown.slider, shown.follow, shown.window))
    assert all(widget.accessibleName() for widget in (grid, shown.slider, shown.follow))
    shown.program.path.unlink()
    qtbot.waitUntil(lambda: not shown.window._timer.isActive())
    assert shown.shows(0)


def test_a_program_opens_its_window_once(desk: Watched) -> None:
    program = OtherProgram().show(0)
    for _ in range(2):
        desk.window.programs.show(program.path)
    [window] = desk.window.findChildren(OtherNetwork)
    assert window.isVisible()
    desk.window.programs.close()
    desk.window.programs.start()
    assert desk.question == ""  # it is shown
    desk.window.await_program()
    desk.begin().show(range(3))
    desk.wait(lambda: "my network" in desk.question)  # the other one is still running
    assert desk.window.document.watched is None
