"""Which keys a focused widget takes for itself."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from xorviz.ui.keys import (
    ARROWS,
    ENDS,
    MOVES,
    claims,
    claims_arrow,
    is_plain,
    leaves_to_shortcuts,
)

NONE = Qt.KeyboardModifier.NoModifier
OVERRIDE = QEvent.Type.ShortcutOverride


def key_event(
    key: Qt.Key,
    text: str = "",
    modifier: Qt.KeyboardModifier = NONE,
    kind: QEvent.Type = OVERRIDE,
) -> QKeyEvent:
    event = QKeyEvent(kind, key, modifier, text)
    event.ignore()
    return event


@pytest.mark.parametrize("key", ARROWS)
@pytest.mark.parametrize("modifier", [NONE, Qt.KeyboardModifier.KeypadModifier])
def test_a_plain_arrow_key_is_claimed(key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    event = key_event(key, modifier=modifier)
    assert claims_arrow(event)
    assert event.isAccepted()


@pytest.mark.parametrize(
    "event",
    [
        key_event(Qt.Key.Key_S, "s"),
        key_event(Qt.Key.Key_Space, " "),
        key_event(Qt.Key.Key_Right, modifier=Qt.KeyboardModifier.ControlModifier),
        key_event(Qt.Key.Key_Right, modifier=Qt.KeyboardModifier.ShiftModifier),
        key_event(Qt.Key.Key_Right, kind=QEvent.Type.KeyPress),
        QEvent(QEvent.Type.FocusIn),
    ],
    ids=["letter", "space", "control", "shift", "press", "focus"],
)
def test_nothing_else_is_claimed(event: QEvent) -> None:
    was_accepted = event.isAccepted()
    assert not claims_arrow(event)
    assert event.isAccepted() == was_accepted


@pytest.mark.parametrize("key", ENDS)
def test_only_the_keys_that_are_named_are_claimed(key: Qt.Key) -> None:
    event = key_event(key)
    assert not claims_arrow(event)
    assert not event.isAccepted()
    assert claims(event, MOVES)
    assert event.isAccepted()


@pytest.mark.parametrize(
    ("modifier", "plain"),
    [
        (NONE, True),
        (Qt.KeyboardModifier.KeypadModifier, True),
        (Qt.KeyboardModifier.ShiftModifier, False),
        (Qt.KeyboardModifier.ControlModifier, False),
        (Qt.KeyboardModifier.AltModifier, False),
    ],
)
def test_a_key_with_another_one_is_not_claimed(modifier: Qt.KeyboardModifier, plain: bool) -> None:
    event = key_event(Qt.Key.Key_Home, modifier=modifier)
    assert is_plain(event) is plain
    assert claims(event, MOVES) is plain
    assert event.isAccepted() is plain


@pytest.mark.parametrize("text", [" ", "s", "S", "ü", "/"])
def test_a_character_of_no_use_is_left_to_the_shortcuts(text: str) -> None:
    event = key_event(Qt.Key.Key_S, text)
    event.accept()
    assert leaves_to_shortcuts(event, "0123456789")
    assert not event.isAccepted()


@pytest.mark.parametrize(
    "event",
    [
        key_event(Qt.Key.Key_5, "5"),
        key_event(Qt.Key.Key_Backspace, "\b"),
        key_event(Qt.Key.Key_Left),
        key_event(Qt.Key.Key_C, "\x03", Qt.KeyboardModifier.ControlModifier),
        key_event(Qt.Key.Key_S, "s", kind=QEvent.Type.KeyPress),
        QEvent(QEvent.Type.FocusIn),
    ],
    ids=["digit", "backspace", "arrow", "copy", "press", "focus"],
)
def test_what_edits_the_text_is_not(event: QEvent) -> None:
    assert not leaves_to_shortcuts(event, "0123456789")


def test_arrows_point_right_and_down() -> None:
    assert ARROWS[Qt.Key.Key_Right] == (1, 0)
    assert ARROWS[Qt.Key.Key_Down] == (0, 1)
    assert sorted(ARROWS.values()) == [(-1, 0), (0, -1), (0, 1), (1, 0)]
