"""Base class of hand-painted widgets."""

from typing import Any

from PySide6.QtCore import QEvent, QMetaMethod, QObject, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from xorviz.ui.draw.painted import Painted
from xorviz.ui.guard import guarded
from xorviz.ui.keys import claims
from xorviz.ui.theme.palette import LIGHT, Theme

_DRAG_FROM = 3.0
"""Pixels that the mouse moves before it drags."""


@guarded
class Canvas(QWidget):
    """A picture of spots that can be pointed at, clicked, and walked through by keys.

    What a spot is (a cell, a seed, a bar) is up to the subclass, which says where spots are, lays
    them out when size or font change, and paints. With ``is_cached`` the picture is kept until
    ``paint_anew``, and only the marks over it are painted each time.
    """

    pointed_at = Signal(object)  # the spot under the mouse, or None
    clicked = Signal(object, bool)  # the spot or None, with the left button; whether with Shift
    clicked_twice = Signal(object)  # the spot or None: the second click of a double-click
    menu_requested = Signal(object, QPoint)  # a spot, by the mouse; a point of the screen
    dragged = Signal(object, float, bool)  # a spot that can be, pixels upwards, whether with Shift
    dropped = Signal(bool)  # whether by the mouse; Esc takes the drag back
    laid_out = Signal()
    """Spots may have moved."""

    is_cached = False
    has_menus = False
    """Whether its spots have menus of their own."""

    def __init__(self, hint: QSize, least: QSize) -> None:
        super().__init__()
        self.theme = LIGHT
        self.marked: Any = None
        """The spot that the cursor is at."""
        self.is_walked = False
        """Whether keys move the cursor, in pictures that paint it then alone: the mouse has its own
        pointer.
        """
        self._hint = hint
        self._pressed: tuple[Any, float] | None = None
        """The spot that can be dragged and was pressed, and the height of the mouse then."""
        self._is_dragging = False
        self._focused: QWidget | None = None
        """What had the focus before the drag."""
        self._picture = Painted()
        self.setMinimumSize(least)
        self.setMouseTracking(True)

    def spot_at(self, point: QPointF) -> Any:  # noqa: ARG002
        """Return the spot at a point, or None."""
        return None

    def can_drag(self, spot: Any) -> bool:  # noqa: ARG002
        """Return whether a spot can be dragged up and down."""
        return False

    def end_drag(self) -> None:
        """Stop dragging, without a signal."""
        self._pressed, self._is_dragging = None, False
        self.removeEventFilter(self)
        if self.hasFocus() and self._focused is not None:
            self._focused.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focused = None

    def neighbour(self, dx: int, dy: int) -> Any:
        """Return the spot beside the marked one, the marked one at an edge, or the first."""
        raise NotImplementedError

    def mark(self, spot: Any) -> None:
        """Mark a spot, or none."""
        if spot != self.marked:
            self.marked = spot
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.theme = theme
        self._recolour()
        self.paint_anew()

    def paint_anew(self) -> None:
        """Paint everything the next time."""
        self._picture.clear()
        self.update()

    def paint_picture(self, painter: QPainter) -> None:
        """Paint everything but the marks, for an export."""
        self._paint(painter)

    def sizeHint(self) -> QSize:
        return self._hint

    def _recolour(self) -> None:
        """Make what depends on the theme's colours."""

    def _lay_out(self) -> None:
        """Lay out the spots at the current size and font."""

    def _paint(self, painter: QPainter) -> None:
        """Paint everything but the marks."""
        raise NotImplementedError

    def _paint_marks(self, painter: QPainter) -> None:
        """Paint over the picture."""

    def lay_out(self) -> None:
        """Lay out the spots, and repaint everything."""
        self._lay_out()
        self.paint_anew()
        self.laid_out.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        if self.is_cached:
            self._picture.draw(painter, QRectF(self.rect()), self._paint)
        else:
            self._paint(painter)
        self._paint_marks(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or point at the spot under the mouse; the pointer says what can be done with it."""
        self.is_walked = False
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event)
            return
        self._drop(is_kept=False)  # the button was released over a dialog
        shapes, spot = Qt.CursorShape, self.spot_at(event.position())
        is_clicked = self.isSignalConnected(QMetaMethod.fromSignal(self.clicked))
        over = shapes.PointingHandCursor if is_clicked else shapes.CrossCursor
        if spot is not None and self.can_drag(spot):
            over = shapes.SizeVerCursor
        self.setCursor(shapes.ArrowCursor if spot is None else over)
        self.pointed_at.emit(spot)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed_at.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drop(is_kept=False)  # as after a move without the button
            spot = self.spot_at(event.position())
            self.clicked.emit(spot, _has_shift(event))
            if spot is not None and self.can_drag(spot):
                self._pressed, self._is_dragging = (spot, event.position().y()), False

    def _drag(self, event: QMouseEvent) -> None:
        assert self._pressed is not None
        spot, start = self._pressed
        way = start - event.position().y()
        if not self._is_dragging and abs(way) >= _DRAG_FROM:
            self._is_dragging, self._focused = True, QApplication.focusWidget() or self.window()
            self.setFocus(Qt.FocusReason.MouseFocusReason)  # for Esc
            self.installEventFilter(self)
        if self._is_dragging:
            self.dragged.emit(spot, way, _has_shift(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._drop(is_kept=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a drag back by Esc, before the window's shortcuts; installed while there is one.

        So does what takes the focus: the mouse may be released elsewhere then.
        """
        if claims(event, (Qt.Key.Key_Escape,)):
            return True
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape or event.type() in {QEvent.Type.FocusOut, QEvent.Type.Hide}:
            self._drop(is_kept=False)
        if is_escape:
            return True
        return super().eventFilter(watched, event)

    def _drop(self, is_kept: bool) -> None:
        was_dragging = self._is_dragging
        self.end_drag()
        if was_dragging:
            self.dropped.emit(is_kept)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked_twice.emit(self.spot_at(event.position()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the menu of the spot under the mouse; leave all else to the view."""
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        spot = self.spot_at(QPointF(event.pos())) if is_mouse else None
        event.ignore()
        if spot is not None and self.has_menus:
            event.accept()
            self.menu_requested.emit(spot, event.globalPos())


def _has_shift(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
