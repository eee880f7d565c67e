"""Picking a step in a plot with the left mouse button."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from xorviz.ui.guard import guarded
from xorviz.ui.plot.plot import Plot

_BUTTON_EVENTS = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
)


@guarded
class StepPicker(QObject):
    """An event filter for clicks and drags of the left button inside the axes of a plot.

    Those with Shift, other buttons and the wheel are left to pyqtgraph.
    """

    pressed = Signal(QPointF)  # in the scene
    dragged = Signal(QPointF)  # in the scene
    left = Signal()
    """The mouse has left the plot."""
    fit_requested = Signal()
    """A double-click on an axis; inside the axes it is two presses."""

    def __init__(self, plot: Plot, box: pg.ViewBox) -> None:
        super().__init__(plot)
        self._plot = plot
        self._box = box
        self._is_picking = False
        plot.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        if event.type() == QEvent.Type.Leave:
            self.left.emit()
        if event.type() in _BUTTON_EVENTS and isinstance(event, QMouseEvent):
            return self._handle(event)
        return False

    def _handle(self, event: QMouseEvent) -> bool:
        """Handle a mouse event; return whether it was for this picker."""
        at = self._plot.mapToScene(event.position().toPoint())
        match event.type():
            case QEvent.Type.MouseMove:
                return self._drag(event, at)
            case QEvent.Type.MouseButtonRelease:
                return self._release(event)
            case kind:
                return self._press(event, at, kind == QEvent.Type.MouseButtonDblClick)

    def _press(self, event: QMouseEvent, at: QPointF, is_double: bool) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if not self._box.sceneBoundingRect().contains(at):
            if is_double:
                self.fit_requested.emit()
            return is_double
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        self._is_picking = True
        self.pressed.emit(at)
        return True

    def _drag(self, event: QMouseEvent, at: QPointF) -> bool:
        if self._is_picking and not event.buttons() & Qt.MouseButton.LeftButton:
            self._is_picking = False  # the release went to another widget
        if self._is_picking:
            self.dragged.emit(at)
        return self._is_picking

    def _release(self, event: QMouseEvent) -> bool:
        was_picking = self._is_picking and event.button() == Qt.MouseButton.LeftButton
        self._is_picking = self._is_picking and not was_picking
        return was_picking
