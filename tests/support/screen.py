"""Shows widgets, and sends them the events of mouse and keyboard."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QColor,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from xorviz.files.exports import pictures
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.chrome.slot import PanelSlot
from xorviz.ui.theme.palette import LIGHT, Theme, luminance

W = TypeVar("W", bound=QWidget)
V = TypeVar("V", bound=SnapshotView)
O = TypeVar("O", bound=QObject)  # noqa: E741


def shown(qtbot: QtBot, widget: W, width: int = 400, height: int = 300) -> W:
    """Show a widget on its own; it is closed after the test."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def shown_view(
    qtbot: QtBot, view: V, width: int = 480, height: int = 420, theme: Theme = LIGHT
) -> V:
    """Show a view in a theme."""
    view.apply_theme(theme)
    return shown(qtbot, view, width, height)


class Counting(QWidget):
    """Counts the requests to lay it out that reach it."""

    requests = 0

    def event(self, event: QEvent) -> bool:
        self.requests += event.type() == QEvent.Type.LayoutRequest
        return super().event(event)


def child(parent: QObject, kind: type[O], name: str = "") -> O:
    """Return the child of this kind and, if given, this name."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert found is not None, f"no {kind.__name__} {name}"
    return found


def heard(signal: Any) -> list[Any]:
    """Return a list of all values that a signal sends from now on."""
    sent: list[Any] = []
    signal.connect(sent.append)
    return sent


def spoken(widget: QWidget) -> str:
    """Return the description of a widget that screen readers get."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Description)


def in_slot(title: str, view: QWidget) -> PanelSlot:
    """Return a slot with a view in it."""
    slot, panel = PanelSlot(), Panel(title, view)
    slot.put([panel], panel)
    return slot


class ShortcutWindow(QMainWindow):
    """A window with shortcuts that lists each use."""

    def __init__(self, content: QWidget, *keys: str) -> None:
        super().__init__()
        self.used: list[str] = []
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.addWidget(content)
        self.setCentralWidget(box)
        for key in keys:
            action = QAction(key, self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(lambda _=False, key=key: self.used.append(key))
            self.addAction(action)


def active_window(qtbot: QtBot, content: QWidget, *keys: str) -> ShortcutWindow:
    """Show a widget in an active window with these shortcuts, and give it the focus."""
    window = ShortcutWindow(content, *keys)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    content.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is not None
    return window


def release_mouse() -> None:
    """Release the mouse: a double click by QTest, which ends with a press, leaves it held."""
    for button in QApplication.mouseButtons():
        QTest.mouseRelease(QWidget(), button)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key in the widget that has the focus."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifier)


def type_into(field: QWidget, text: str) -> None:
    """Replace a field's text key by key, and press Enter."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    for character in text:  # QTest types plain ASCII only
        if character.isascii():
            QTest.keyClicks(field, character)
        else:
            kind, none = QEvent.Type.KeyPress, Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(field, QKeyEvent(kind, 0, none, character))
    QTest.keyClick(field, Qt.Key.Key_Return)


def turn_wheel(widget: QWidget, notches: int = 1, at: QPoint | None = None) -> bool:
    """Turn the wheel over a widget; return whether it accepted the event."""
    point = QPointF(at or widget.rect().center())
    event = QWheelEvent(
        point,
        QPointF(widget.mapToGlobal(point)),
        QPoint(0, 0),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def move_mouse(widget: QWidget, point: QPoint | QPointF) -> None:
    """Move the mouse over a widget, without a button."""
    here, none = QPointF(point), Qt.MouseButton.NoButton
    there, modifier = QPointF(widget.mapToGlobal(here)), Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, here, there, none, none, modifier)
    QApplication.sendEvent(widget, event)


def press_left(widget: QWidget, point: QPoint) -> None:
    """Press the left button over a widget.

    Unlike QTest, which moves the screen's cursor, sends the event to this widget and no other.
    """
    _left(widget, QEvent.Type.MouseButtonPress, point)


def move_pressed(widget: QWidget, point: QPoint) -> None:
    """Move the mouse over a widget with the left button pressed."""
    _left(widget, QEvent.Type.MouseMove, point)


def release_left(widget: QWidget, point: QPoint) -> None:
    """Release the left button over a widget."""
    _left(widget, QEvent.Type.MouseButtonRelease, point)


def _left(widget: QWidget, kind: QEvent.Type, point: QPoint) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    buttons = none if kind == QEvent.Type.MouseButtonRelease else left
    here, there = QPointF(point), QPointF(widget.mapToGlobal(point))
    modifier = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, here, there, button, buttons, modifier))


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Press the left button, move in ten steps, and release."""
    press_left(widget, start)
    for i in range(1, 11):
        move_pressed(widget, start + (end - start) * i / 10)
        QApplication.processEvents()
    release_left(widget, end)


def pixel(widget: QWidget, point: QPoint) -> QColor:
    """Return the colour that a widget paints at a point."""
    return widget.grab().toImage().pixelColor(point)


def painted_at(widget: QWidget, ratio: float) -> QImage:
    """Return what a widget paints on a screen with this ratio of device to logical pixels."""
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(widget.palette().base().color())
    QWidget.render(widget, image)
    return image


def is_near(one: QColor, other: QColor | str, tolerance: int = 6) -> bool:
    """Return whether two colours are equal but for rounding."""
    other = QColor(other)
    return all(
        abs(a - b) <= tolerance
        for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    )


def rgb(image: QImage) -> NDArray[np.int64]:
    """Return the colours (H, W, 3) of an image, to calculate with."""
    return pictures.rgb(image).astype(np.int64)


def near(image: QImage, color: QColor | str, tolerance: int = 6) -> NDArray[np.bool_]:
    """Return where (H, W) an image has a colour but for rounding."""
    wanted = QColor(color).getRgb()[:3]  # type: ignore[index]
    return np.asarray((np.abs(rgb(image) - wanted) <= tolerance).all(axis=-1))


def svg_of(widget: QWidget) -> str:
    """Return the drawing of a widget as SVG."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    widget.render(generator)
    return bytes(buffer.data().data()).decode()


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
