"""What all panels do, whatever they show: draw what is seen, and take their keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, press, shown
from xorviz.panels.base.view import View
from xorviz.ui.theme.palette import DARK, LIGHT


class Sketch(View):
    """Notes when it is drawn, in which theme, and what the keyboard does."""

    explanation = "What is noted."

    def __init__(self) -> None:
        super().__init__("sketch", title="Sketch")
        self.drawn: list[str] = []
        self.recoloured: list[str] = []
        self.done: list[object] = []

    def _draw_latest(self) -> None:
        self.drawn.append(self.theme.name)

    def _recolour(self) -> None:
        self.recoloured.append(self.theme.name)

    def _move_cursor(self, dx: int, dy: int) -> None:
        self.done.append((dx, dy))

    def _use_cursor(self) -> None:
        self.done.append("used")

    def _clear_cursor(self) -> None:
        self.done.append("cleared")


@pytest.fixture
def sketch(qtbot: QtBot) -> Sketch:
    return shown(qtbot, Sketch())


@pytest.fixture
def hidden(qtbot: QtBot) -> Sketch:
    sketch = Sketch()
    qtbot.addWidget(sketch)
    return sketch


def test_it_is_drawn_once_it_is_seen(qtbot: QtBot, hidden: Sketch) -> None:
    hidden.redraw()
    hidden.draw_anew()
    assert not hidden.is_seen
    assert hidden.drawn == []
    with qtbot.waitExposed(hidden):
        hidden.show()
    assert hidden.is_seen
    assert hidden.drawn == ["light"]
    hidden.redraw()
    assert hidden.drawn == ["light"]


def test_behind_another_tab_it_is_not_drawn(sketch: Sketch) -> None:
    sketch.show_in_front(False)
    assert not sketch.is_seen
    sketch.draw_anew()
    sketch.draw_anew()
    assert len(sketch.drawn) == 1
    sketch.show_in_front(True)
    assert len(sketch.drawn) == 2
    sketch.show_in_front(False)
    sketch.show_in_front(True)  # nothing is new
    assert len(sketch.drawn) == 2


def test_a_theme_recolours_at_once_and_draws_once_it_is_seen(sketch: Sketch) -> None:
    sketch.show_in_front(False)
    sketch.apply_theme(DARK)
    assert sketch.recoloured == ["dark"]
    assert sketch.drawn == [LIGHT.name]
    sketch.show_in_front(True)
    assert sketch.drawn == [LIGHT.name, DARK.name]


def test_an_option_that_changes_is_told_also_while_nothing_is_seen(
    qtbot: QtBot, hidden: Sketch
) -> None:
    with qtbot.waitSignal(hidden.options_changed):
        hidden.draw_anew()
    assert hidden.drawn == []
    assert hidden.options_text == ""


def test_an_option_can_be_checked_or_only_chosen(hidden: Sketch) -> None:
    wavy = hidden._option("wavy", "Wavy lines", "W", checked=False)
    save = hidden._option("save", "Save")
    assert (wavy.isCheckable(), wavy.isChecked()) == (True, False)
    assert not save.isCheckable()
    assert (wavy.shortcut().toString(), save.shortcut().toString()) == ("W", "")
    assert wavy.toolTip() == "Wavy lines (W)"
    assert wavy.parent() is save.parent() is hidden


@pytest.mark.parametrize(
    ("key", "done"),
    [
        (Qt.Key.Key_Left, (-1, 0)),
        (Qt.Key.Key_Down, (0, 1)),
        (Qt.Key.Key_Return, "used"),
        (Qt.Key.Key_Enter, "used"),
        (Qt.Key.Key_Escape, "cleared"),
    ],
)
def test_keys_do_what_the_mouse_does(sketch: Sketch, key: Qt.Key, done: object) -> None:
    QTest.keyClick(sketch, key)
    assert sketch.done == [done]


def test_with_the_focus_it_has_the_arrow_keys_and_the_window_the_rest(qtbot: QtBot) -> None:
    sketch = Sketch()
    window = active_window(qtbot, sketch, "Right", "Space")
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space):
        press(key)
    assert sketch.done == [(1, 0)]
    assert window.used == ["Space"]


def test_it_says_what_it_shows(hidden: Sketch) -> None:
    assert hidden.objectName() == "sketch"
    assert hidden.accessibleName() == "Sketch"
    assert hidden.whatsThis() == hidden.accessibleDescription() == "What is noted."


def test_a_click_does_not_take_the_focus(hidden: Sketch) -> None:
    assert hidden.focusPolicy() == Qt.FocusPolicy.TabFocus
