"""Settings of the next map: fields, narrow layout and buttons."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QStyle, QStyleOptionComboBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, shown, turn_wheel, type_into
from xorviz.lab import STEPS
from xorviz.lab.results.map import AXES
from xorviz.panels.lab.lab_map import NARROW, MapHead
from xorviz.ui.forms.fields import ChoiceField, NumberField
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import LIGHT


@dataclass
class Harness:
    """The settings in a window, and the signals they have emitted."""

    head: MapHead
    actions: list[QAction]
    changes: list[tuple[str, str, int, int]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def choice(self, name: str) -> ChoiceField:
        return child(self.head, ChoiceField, f"map_{name}")

    def count(self, name: str) -> NumberField:
        return child(self.head, NumberField, f"map_{name}")

    def resize(self, width: int) -> None:
        self.head.resize(width, self.head.height())
        self.head.resize(width, self.head.heightForWidth(width))
        QApplication.processEvents()

    @property
    def disclosure(self) -> QToolButton:
        return child(self.head, QToolButton, "map_disclosure")

    def button(self, name: str) -> QPushButton:
        return child(self.head, QPushButton, f"{name}_button")


@pytest.fixture
def harness(qtbot: QtBot) -> Harness:
    actions = [QAction(name) for name in ("open", "run")]
    for action in actions:
        action.setObjectName(action.text())
    actions[0].setCheckable(True)
    head = MapHead(*actions)
    actions[0].toggled.connect(head.fold)
    harness = Harness(head, actions)
    head.changed.connect(lambda: harness.changes.append(head.values))
    head.refused.connect(harness.refusals.append)
    shown(qtbot, head, 700, 40)
    return harness


def test_the_default_settings(harness: Harness) -> None:
    assert harness.head.values == ("rate", "width", 200, 4000)
    assert harness.head.summary == "width × rate · 200 seeds · 4\u202f000 steps"
    assert harness.choice("across").currentText() == "→ rate"
    assert harness.choice("up").currentText() == "↓ width"


def test_every_setting_can_be_on_either_axis(harness: Harness) -> None:
    for name in AXES:
        harness.choice("across").choose(name)
        assert harness.head.values[0] == name
        harness.choice("up").choose(name)
        assert harness.head.values[1] == name
        assert len(set(harness.head.values[:2])) == 2


def test_choosing_the_same_setting_twice_swaps_the_axes(harness: Harness) -> None:
    harness.choice("across").choose("width")
    assert harness.changes == [("width", "rate", 200, 4000)]
    assert harness.choice("up").currentData() == "rate"


@pytest.mark.parametrize(
    ("typed", "text", "value"),
    some(
        [("7", "7 seeds", 7), ("500", "500 seeds", 500), ("1500 seeds", "1\u202f500 seeds", 1500)],
        1,
    ),
)
def test_a_count_can_be_typed_with_or_without_its_unit(
    harness: Harness, typed: str, text: str, value: int
) -> None:
    seeds = harness.count("seeds")
    type_into(seeds, "20")
    seeds.lineEdit().setText(typed)
    QTest.keyClick(seeds, Qt.Key.Key_Return)
    assert harness.head.values[2] == value
    assert seeds.text() == text
    assert harness.changes[-1] == ("rate", "width", value, 4000)


def test_an_invalid_count_is_refused(harness: Harness) -> None:
    type_into(harness.count("steps"), "0")
    assert harness.head.values[3] == 4000
    expected = f"Steps per network is '0'; allowed: {STEPS.allowed}"
    assert harness.refusals == [expected]


def test_arrow_keys_change_a_count_and_the_wheel_does_not(harness: Harness) -> None:
    steps = harness.count("steps")
    QTest.keyClick(steps, Qt.Key.Key_Up)
    assert harness.head.values[3] == 4001
    harness.head.setFocus()
    assert not turn_wheel(harness.count("seeds"))
    assert harness.head.values[2] == 200


def test_in_a_narrow_panel_the_settings_fold_into_a_line(harness: Harness) -> None:
    assert harness.count("seeds").isVisible()
    assert not harness.disclosure.isVisible()
    harness.resize(NARROW - 1)
    assert not harness.count("seeds").isVisible()
    closed = harness.head.heightForWidth(harness.head.width())
    assert harness.disclosure.text().startswith("width × rate · ")
    assert harness.head.summary in harness.disclosure.toolTip()
    QTest.mouseClick(harness.disclosure, Qt.MouseButton.LeftButton)
    assert harness.actions[0].isChecked()
    assert harness.count("seeds").isVisible()
    assert harness.head.heightForWidth(harness.head.width()) > closed
    QTest.mouseClick(harness.disclosure, Qt.MouseButton.LeftButton)
    assert not harness.count("seeds").isVisible()


@pytest.mark.parametrize("width", some([200, 340, 436, 560, 900], 1))
def test_parts_are_inside_and_do_not_overlap(harness: Harness, width: int) -> None:
    harness.actions[0].setChecked(True)
    harness.resize(width)
    fields = [
        harness.choice("across"),
        harness.choice("up"),
        harness.count("seeds"),
        harness.count("steps"),
    ]
    parts = [*fields, harness.button("run")] + [harness.disclosure] * (width < NARROW)
    rects = [part.rect().translated(part.mapTo(harness.head, QPoint(0, 0))) for part in parts]
    for i, rect in enumerate(rects):
        assert harness.head.rect().contains(rect)
        assert not any(rect.intersects(other) for other in rects[i + 1 :])


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_every_setting_of_an_axis_is_whole(qapp: QApplication, qtbot: QtBot, zoom: float) -> None:
    look.apply_theme(qapp, LIGHT, zoom)
    opens, run = QAction("open"), QAction("run")
    head = shown(qtbot, MapHead(opens, run), 900, 60)
    choice, option = child(head, ChoiceField, "map_across"), QStyleOptionComboBox()
    choice.initStyleOption(option)
    complex_, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    room = choice.style().subControlRect(complex_, option, part, choice).width()
    texts = [choice.itemText(place) for place in range(choice.count())]
    assert max(map(choice.fontMetrics().horizontalAdvance, texts)) <= room
