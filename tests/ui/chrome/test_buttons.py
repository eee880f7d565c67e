"""Buttons: mouse, Enter, texts and state, and the look of the strip."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from tests.support.screen import Counting, active_window, child, near, press, shown
from xorviz.ui.chrome.buttons import ActionButton, PushButton, ToolButton
from xorviz.ui.chrome.strip_button import StatusMark, StripButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.boxes import column
from xorviz.ui.theme.palette import DARK
from xorviz.ui.theme.style import palette

Key = Qt.Key
LONG = "Two rows learned: " + "rows 0 1 and 1 1 are pinned near one half; " * 9


@pytest.fixture
def action(qapp: QApplication) -> QAction:
    action = QAction("&Kick")
    action.setObjectName("kick")
    action.setToolTip("Move all weights (Alt+K)")
    action.setWhatsThis("Moves all weights.")
    return action


MAKE: dict[str, Callable[[QAction], QAbstractButton]] = {
    "tool": lambda action: ToolButton(action=action),
    "action": ActionButton,
    "push": lambda _: PushButton("kick_button", "Kick"),
    "strip": lambda _: StripButton("Details"),
}


@pytest.mark.parametrize("kind", MAKE)
def test_a_click_or_enter_presses_a_button_and_space_is_the_window_s(
    qtbot: QtBot, action: QAction, kind: str
) -> None:
    button, done, triggered = MAKE[kind](action), [], []
    button.clicked.connect(lambda: done.append("clicked"))
    action.triggered.connect(lambda: triggered.append("triggered"))
    window = active_window(qtbot, button, "Space")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    for count, key in enumerate((Key.Key_Return, Key.Key_Enter, Key.Key_A, Key.Key_Space), 1):
        assert len(done) == min(count, 3)
        press(key)
    assert (len(done), window.used) == (3, ["Space"])
    assert len(triggered) == (3 if kind in {"tool", "action"} else 0)
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("kind", ["tool", "action"])
def test_a_button_is_named_explained_and_enabled_as_its_action(
    qtbot: QtBot, action: QAction, kind: str
) -> None:
    button = MAKE[kind](action)
    qtbot.addWidget(button)
    assert button.objectName() == "kick_button"
    for tip in ("Move all weights (Alt+K)", "Not now"):
        action.setToolTip(tip)
        action.setEnabled(tip != "Not now")
        assert button.text() == "Kick"
        assert button.toolTip() == tip
        assert button.isEnabled() == action.isEnabled()
        if kind == "action":
            assert (button.accessibleName(), button.accessibleDescription()) == ("Kick", tip)


@pytest.mark.qt_log_ignore(
    "This plugin does not support (raise\\(\\)|grabbing the keyboard)", extend=True
)
def test_a_button_opens_its_menu(qtbot: QtBot) -> None:
    button = shown(qtbot, ToolButton("more"))
    menu = QMenu(button)
    opened: list[bool] = []
    menu.addAction("Kick")
    menu.aboutToShow.connect(lambda: opened.append(True))
    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, menu, menu.close))
    button.offer(menu)
    QTest.keyClick(button, Key.Key_Return)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened == [True, True]


# The strip


def picture(button: StripButton, mark: StatusMark = StatusMark.NONE) -> QImage:
    """Return a picture without hover and focus."""
    button.show_line(mark, "A:", "A: b")
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    button.clearFocus()
    return button.grab().toImage()


def has(image: QImage, color: str, left: int, right: int) -> bool:
    return bool(near(image, color, 0)[:, left:right].any())


def test_a_long_sentence_is_elided_but_its_text_is_whole_and_changes_no_layout(
    qtbot: QtBot,
) -> None:
    button = StripButton("Details")
    label, window = child(button, QLabel), Counting()
    column(window, button)
    shown(qtbot, window, 300, 80)
    QApplication.processEvents()
    before, size = window.requests, button.size()
    for text, note in (("A: b", ""), (LONG, "at step 5"), ("C: d", "")):
        button.show_line(StatusMark.TICK, text[:2], text, note)
        QApplication.processEvents()
        assert label.text() == text
        told = f"{text} ({note})" if note else text
        assert button.toolTip() == button.accessibleName() == told
        assert button.whole_width > button.width() or text != LONG
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert (window.requests, button.size()) == (before, size)
    assert window.minimumSizeHint().width() <= 160
    assert label.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_marks_and_focus_are_seen(qtbot: QtBot) -> None:
    theme, button = DARK, shown(qtbot, StripButton("Details"), 500, 32)
    button.setPalette(palette(theme))
    pictures = {mark: picture(button, mark).copy(0, 0, 36, 32) for mark in StatusMark}
    for one in StatusMark:
        assert [other for other in StatusMark if pictures[other] == pictures[one]] == [one]
        is_good = one in {StatusMark.DISC, StatusMark.TICK}
        assert has(pictures[one], theme.accent, 10, 36) == is_good
    with qtbot.waitActive(button):
        button.activateWindow()
    assert not has(picture(button), theme.accent, 100, 110)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert has(button.grab().toImage(), theme.accent, 100, 110)


def test_too_little_of_a_text_is_not_painted_and_stands_in_the_tool_tip(qtbot: QtBot) -> None:
    label, blank = ElidedLabel("line: other units held at their mean"), ElidedLabel()
    for width, is_painted in ((30, False), (label.whole_width // 2, True)):
        pictures = [shown(qtbot, one, width, 20).grab().toImage() for one in (label, blank)]
        assert (pictures[0] != pictures[1]) == is_painted
        assert label.toolTip() == label.text()
