"""The strip button: its look, how it is pressed, and its fixed size."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, press_left, release_left, shown
from xorviz.ui.chrome.strip_button import StatusMark, StripButton
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import palette

LONG = "Two rows learned: " + "rows 0 1 and 1 1 are pinned near one half; " * 9


def strip(qtbot: QtBot, width: int = 500, theme: Theme = LIGHT) -> StripButton:
    button = shown(qtbot, StripButton("Details"), width, 32)
    button.setPalette(palette(theme))
    return button


def picture(button: StripButton) -> QImage:
    """Return a picture without hover and focus."""
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    button.clearFocus()
    return button.grab().toImage()


def has_colour(image: QImage, colour: str, left: int, right: int) -> bool:
    columns = range(left, min(right, image.width()))
    return any(
        image.pixelColor(x, y).name().upper() == colour.upper()
        for x in columns
        for y in range(image.height())
    )


def test_a_long_sentence_is_elided_but_its_text_is_whole(qtbot: QtBot) -> None:
    button = strip(qtbot)
    button.show_line(StatusMark.DIAMOND, "Two rows learned:", LONG)
    label = child(button, QLabel)
    assert label.text() == button.toolTip() == button.accessibleName() == LONG
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.geometry().right() < button.width() - 60
    narrow = strip(qtbot, 200)
    narrow.show_line(StatusMark.DISC, "Two rows learned:", LONG)
    assert narrow.width() == 200
    assert not picture(narrow).isNull()


def test_marks_differ_in_shape_and_colour(qtbot: QtBot) -> None:
    button = strip(qtbot)
    pictures = {}
    for mark in StatusMark:
        button.show_line(mark, "A:", "A: b")
        pictures[mark] = picture(button).copy(0, 0, 36, 32)
    for one in StatusMark:
        for other in StatusMark:
            assert (pictures[one] == pictures[other]) is (one is other)
    assert has_colour(pictures[StatusMark.DISC], LIGHT.accent, 10, 36)
    assert has_colour(pictures[StatusMark.TICK], LIGHT.accent, 10, 36)
    assert not has_colour(pictures[StatusMark.DIAMOND], LIGHT.accent, 10, 36)


def test_colours_are_those_of_the_palette(qtbot: QtBot) -> None:
    for theme in (LIGHT, DARK):
        button = strip(qtbot, theme=theme)
        assert has_colour(picture(button), theme.panel, 40, 60)
        assert has_colour(picture(button), theme.hairline, 40, 60)


def test_a_click_anywhere_presses_the_button(qtbot: QtBot) -> None:
    button = strip(qtbot)
    presses: list[None] = []
    button.clicked.connect(lambda: presses.append(None))
    for x in (5, 200, 480):
        press_left(button, QPoint(x, 16))
        release_left(button, QPoint(x, 16))
    assert len(presses) == 3
    label = child(button, QLabel)
    assert label.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_enter_and_space_press_the_button(qtbot: QtBot) -> None:
    button = strip(qtbot)
    presses: list[None] = []
    button.clicked.connect(lambda: presses.append(None))
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_A):
        QTest.keyClick(button, key)
    assert len(presses) == 3


def test_the_mouse_over_it_is_seen(qtbot: QtBot) -> None:
    button = strip(qtbot)
    assert not has_colour(picture(button), LIGHT.hover, 40, 60)
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    assert has_colour(button.grab().toImage(), LIGHT.hover, 40, 60)


def test_the_focus_is_seen(qtbot: QtBot) -> None:
    button = strip(qtbot)
    with qtbot.waitActive(button):
        button.activateWindow()
    assert not has_colour(picture(button), LIGHT.accent, 100, 110)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert has_colour(button.grab().toImage(), LIGHT.accent, 100, 110)


class Watched(QWidget):
    """A window that counts its layout requests."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.requests = 0
        QVBoxLayout(self).addWidget(content)

    def event(self, event: QEvent) -> bool:
        self.requests += event.type() == QEvent.Type.LayoutRequest
        return super().event(event)


def test_another_sentence_changes_no_layout(qtbot: QtBot) -> None:
    button = StripButton("Details")
    window = shown(qtbot, Watched(button), 300, 80)
    QApplication.processEvents()
    before, size = window.requests, button.size()
    for text in ("A: b", LONG, "C: d"):
        button.show_line(StatusMark.TICK, text[:2], text)
        QApplication.processEvents()
    assert window.requests == before
    assert button.size() == size
    assert window.minimumSizeHint().width() <= 160
