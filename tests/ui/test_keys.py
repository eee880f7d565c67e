"""Keys that a focused widget handles before shortcuts."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent

from xorviz.ui.keys import (
    ARROWS,
    MOVES,
    allow,
    claims,
    explain_action,
    is_plain,
    plain_text,
    reason_against,
)

NONE = Qt.KeyboardModifier.NoModifier
OVERRIDE = QEvent.Type.ShortcutOverride


def key_event(
    key: Qt.Key, text: str = "", modifier: Qt.KeyboardModifier = NONE, kind: QEvent.Type = OVERRIDE
) -> QKeyEvent:
    event = QKeyEvent(kind, key, modifier, text)
    event.ignore()
    return event


def test_plain_named_keys_are_claimed() -> None:
    for key in MOVES:
        event = key_event(key)
        assert claims(event, ARROWS) == event.isAccepted() == (key in ARROWS)
        assert claims(event, MOVES)
        assert event.isAccepted()


def test_other_keys_and_keys_with_a_modifier_are_not_claimed() -> None:
    for event in [
        key_event(Qt.Key.Key_S, "s"),
        key_event(Qt.Key.Key_Space, " "),
        key_event(Qt.Key.Key_Right, modifier=Qt.KeyboardModifier.ControlModifier),
        key_event(Qt.Key.Key_Right, modifier=Qt.KeyboardModifier.ShiftModifier),
        key_event(Qt.Key.Key_Right, kind=QEvent.Type.KeyPress),
        QEvent(QEvent.Type.FocusIn),
    ]:
        was_accepted = event.isAccepted()
        assert not claims(event, ARROWS)
        assert event.isAccepted() == was_accepted

    for modifier, plain in [
        (NONE, True),
        (Qt.KeyboardModifier.KeypadModifier, True),
        (Qt.KeyboardModifier.ShiftModifier, False),
        (Qt.KeyboardModifier.ControlModifier, False),
        (Qt.KeyboardModifier.AltModifier, False),
    ]:
        home = key_event(Qt.Key.Key_Home, modifier=modifier)
        assert is_plain(home) is plain
        assert claims(home, MOVES) is plain
        assert home.isAccepted() is plain


@pytest.mark.usefixtures("qapp")
def test_a_disabled_action_says_why_in_place_of_what_it_does() -> None:
    action = QAction("Step && &back\tDone")
    action.setShortcut("Left")
    assert plain_text(action) == "Step & back"
    explain_action(action, "Show the previous step")
    allow(action, "This is the first step")
    explain_action(action, "Show the step before")  # what it does may change meanwhile
    assert not action.isEnabled()
    assert reason_against(action) == action.statusTip() == "This is the first step"
    assert action.toolTip() == "This is the first step (Left)"
    allow(action)
    assert action.isEnabled()
    assert action.toolTip() == "Show the step before (Left)"
    assert action.whatsThis() == "Show the step before. Key: Left."


def test_arrows_point_right_and_down() -> None:
    assert ARROWS[Qt.Key.Key_Right] == (1, 0)
    assert ARROWS[Qt.Key.Key_Down] == (0, 1)
    assert sorted(ARROWS.values()) == [(-1, 0), (0, -1), (0, 1), (1, 0)]
