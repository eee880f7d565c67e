"""Keys that a focused widget handles before shortcuts."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from xorviz.ui.keys import ARROWS, ENDS, MOVES, claims, is_plain, leaves_to_shortcuts

NONE = Qt.KeyboardModifier.NoModifier
OVERRIDE = QEvent.Type.ShortcutOverride


def key_event(
    key: Qt.Key, text: str = "", modifier: Qt.KeyboardModifier = NONE, kind: QEvent.Type = OVERRIDE
) -> QKeyEvent:
    event = QKeyEvent(kind, key, modifier, text)
    event.ignore()
    return event


def test_plain_named_keys_are_claimed() -> None:
    for modifier in [NONE, Qt.KeyboardModifier.KeypadModifier]:
        for key in ARROWS:
            event = key_event(key, modifier=modifier)
            assert claims(event, ARROWS)
            assert event.isAccepted()

    for key in ENDS:
        event = key_event(key)
        assert not claims(event, ARROWS)
        assert not event.isAccepted()
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


def test_characters_a_field_does_not_accept_are_left_to_the_shortcuts() -> None:
    for text in [" ", "s", "S", "ü", "/"]:
        typed = key_event(Qt.Key.Key_S, text)
        typed.accept()
        assert leaves_to_shortcuts(typed, "0123456789")
        assert not typed.isAccepted()

    for event in [
        key_event(Qt.Key.Key_5, "5"),
        key_event(Qt.Key.Key_Backspace, "\b"),
        key_event(Qt.Key.Key_Left),
        key_event(Qt.Key.Key_C, "\x03", Qt.KeyboardModifier.ControlModifier),
        key_event(Qt.Key.Key_S, "s", kind=QEvent.Type.KeyPress),
        QEvent(QEvent.Type.FocusIn),
    ]:
        assert not leaves_to_shortcuts(event, "0123456789")


def test_arrows_point_right_and_down() -> None:
    assert ARROWS[Qt.Key.Key_Right] == (1, 0)
    assert ARROWS[Qt.Key.Key_Down] == (0, 1)
    assert sorted(ARROWS.values()) == [(-1, 0), (0, -1), (0, 1), (1, 0)]
