"""What the next map is to be of, chosen in a line that gets by with little room."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown, turn_wheel, type_into
from xorviz.lab.results.map import AXES
from xorviz.panels.lab.map.settings import NARROW, CountField, MapHead
from xorviz.ui.forms.fields import ChoiceField
from xorviz.ui.theme.palette import LIGHT


@dataclass
class Bench:
    """A head in a window, and what it says."""

    head: MapHead
    actions: list[QAction]
    changes: list[tuple[str, str, int, int]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def choice(self, name: str) -> ChoiceField:
        return child(self.head, ChoiceField, f"map_{name}")

    def count(self, name: str) -> CountField:
        return child(self.head, CountField, f"map_{name}")

    def resize(self, width: int) -> None:
        self.head.resize(width, self.head.heightForWidth(width))

    @property
    def disclosure(self) -> QToolButton:
        return child(self.head, QToolButton, "map_disclosure")

    def button(self, name: str) -> QPushButton:
        return child(self.head, QPushButton, f"{name}_button")


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    actions = [QAction(name) for name in ("open", "run", "cancel")]
    for action in actions:
        action.setObjectName(action.text())
    actions[0].setCheckable(True)
    head = MapHead(actions[0], (actions[1], actions[2]))
    head.apply_theme(LIGHT)
    actions[0].toggled.connect(head.lay_out)
    bench = Bench(head, actions)
    head.changed.connect(lambda: bench.changes.append(head.values))
    head.refused.connect(bench.refusals.append)
    shown(qtbot, head, 700, 40)
    return bench


def test_it_begins_with_the_usual_map(bench: Bench) -> None:
    assert bench.head.values == ("rate", "width", 200, 4000)
    assert bench.head.summary == "width × learning rate · 200 seeds · 4\u2009000 steps"
    assert bench.choice("across").currentText() == "→ learning rate"
    assert bench.choice("up").currentText() == "↓ width"


def test_every_setting_can_be_on_either_axis(bench: Bench) -> None:
    for name in AXES:
        bench.choice("across").choose(name)
        assert bench.head.values[0] == name
        bench.choice("up").choose(name)
        assert bench.head.values[1] == name
        assert len(set(bench.head.values[:2])) == 2


def test_a_setting_that_is_chosen_twice_changes_places(bench: Bench) -> None:
    bench.choice("across").choose("width")
    assert bench.changes == [("width", "rate", 200, 4000)]
    assert bench.choice("up").currentData() == "rate"


@pytest.mark.parametrize(
    ("typed", "text", "value"),
    [("500", "500 seeds", 500), ("1500 seeds", "1\u2009500 seeds", 1500), ("7 se", "7 seeds", 7)],
)
def test_a_count_is_typed_with_its_unit_or_without(
    bench: Bench, typed: str, text: str, value: int
) -> None:
    seeds = bench.count("seeds")
    type_into(seeds, "20")
    seeds.lineEdit().setText(typed)
    QTest.keyClick(seeds, Qt.Key.Key_Return)
    assert bench.head.values[2] == value
    assert seeds.text() == text
    assert bench.changes[-1] == ("rate", "width", value, 4000)


def test_a_count_that_cannot_be_is_refused_in_a_sentence(bench: Bench) -> None:
    type_into(bench.count("steps"), "0")
    assert bench.head.values[3] == 4000
    expected = "Steps of each network is '0'; allowed: a whole number from 1 to 1000000000"
    assert bench.refusals == [expected]


def test_arrow_keys_count_and_the_wheel_does_not(bench: Bench) -> None:
    steps = bench.count("steps")
    QTest.keyClick(steps, Qt.Key.Key_Up)
    assert bench.head.values[3] == 4001
    bench.head.setFocus()
    assert not turn_wheel(bench.count("seeds"))
    assert bench.head.values[2] == 200


def test_where_it_is_narrow_a_line_names_the_settings_and_opens_them(bench: Bench) -> None:
    assert bench.count("seeds").isVisible()
    assert not bench.disclosure.isVisible()
    bench.resize(NARROW - 1)
    assert not bench.count("seeds").isVisible()
    closed = bench.head.heightForWidth(bench.head.width())
    assert bench.disclosure.text().startswith("width × learning rate · ")
    assert bench.head.summary in bench.disclosure.toolTip()
    QTest.mouseClick(bench.disclosure, Qt.MouseButton.LeftButton)
    assert bench.actions[0].isChecked()
    assert bench.count("seeds").isVisible()
    assert bench.head.heightForWidth(bench.head.width()) > closed
    QTest.mouseClick(bench.disclosure, Qt.MouseButton.LeftButton)
    assert not bench.count("seeds").isVisible()


@pytest.mark.parametrize("width", [200, 340, 436, 560, 900])
def test_no_two_parts_overlap_and_none_is_cut(bench: Bench, width: int) -> None:
    bench.actions[0].setChecked(True)
    bench.resize(width)
    fields = [
        bench.choice("across"),
        bench.choice("up"),
        bench.count("seeds"),
        bench.count("steps"),
    ]
    parts = [*fields, bench.button("run")] + [bench.disclosure] * (width < NARROW)
    rects = [part.rect().translated(part.mapTo(bench.head, QPoint(0, 0))) for part in parts]
    for i, rect in enumerate(rects):
        assert bench.head.rect().contains(rect)
        assert not any(rect.intersects(other) for other in rects[i + 1 :])


def test_the_button_that_can_be_pressed_is_there_and_keeps_the_focus(
    qtbot: QtBot, bench: Bench
) -> None:
    _, run, cancel = bench.actions
    bench.head.activateWindow()
    qtbot.waitUntil(bench.head.isActiveWindow)
    bench.head.offer(run)
    bench.button("run").setFocus()
    for one, other in ((cancel, run), (run, cancel)):
        bench.head.offer(one)
        assert bench.button(one.objectName()).hasFocus()
        assert not bench.button(other.objectName()).isVisible()
        assert [action.isEnabled() for action in (one, other)] == [True, False]
