"""What the left button does in the loss plot: it goes to a step."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from xorviz.ui.plot.plot import Plot

_BUTTON_EVENTS = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
)


class StepPicker(QObject):
    """Takes clicks and drags of the left button inside the axes before pyqtgraph pans with them.

    With Shift it leaves them to pyqtgraph, and other buttons and the wheel as well.
    """

    pressed = Signal(QPointF)
    """Where in the scene."""
    dragged = Signal(QPointF)
    left = Signal()
    """The mouse is no longer over the plot."""
    fit_requested = Signal()
    """By a double-click on an axis: inside, each of the two clicks has gone to a step."""

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
            return self._take(event)
        return False

    def _take(self, event: QMouseEvent) -> bool:
        """Return whether a mouse event was for this picker."""
        place = self._plot.mapToScene(event.position().toPoint())
        match event.type():
            case QEvent.Type.MouseMove:
                return self._drag(event, place)
            case QEvent.Type.MouseButtonRelease:
                return self._let_go(event)
            case kind:
                return self._press(event, place, kind == QEvent.Type.MouseButtonDblClick)

    def _press(self, event: QMouseEvent, place: QPointF, is_double: bool) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if not self._box.sceneBoundingRect().contains(place):
            if is_double:
                self.fit_requested.emit()
            return is_double
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        self._is_picking = True
        self.pressed.emit(place)
        return True

    def _drag(self, event: QMouseEvent, place: QPointF) -> bool:
        if self._is_picking and not event.buttons() & Qt.MouseButton.LeftButton:
            self._is_picking = False  # its release went elsewhere
        if self._is_picking:
            self.dragged.emit(place)
        return self._is_picking

    def _let_go(self, event: QMouseEvent) -> bool:
        was_picking = self._is_picking and event.button() == Qt.MouseButton.LeftButton
        self._is_picking = self._is_picking and not was_picking
        return was_picking
