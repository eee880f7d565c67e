"""The frame around the control that a lesson speaks of."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

FOLLOW_MS = 50
_AROUND, _THICK, _CORNER = 5, 3.0, 7
"""Pixels around the control, of the line, and of its round corners."""


@guarded
class ControlFrame(QWidget):
    """A thick line around a control, in front of all; it takes neither mouse nor focus.

    It follows the part of the control that is in sight. Qt's own focus frame would be cut off at
    the edges of a tool bar and of what is scrolled.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("lesson_frame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = LIGHT
        self.control: QWidget | None = None
        # No signal reports every scrolling, dragging and folding around a control.
        self._following = QTimer(self, interval=FOLLOW_MS)
        self._following.timeout.connect(self._follow)
        self.hide()

    def put_around(self, control: QWidget | None) -> None:
        """Frame a control, or none."""
        self.control = control
        self._following.stop() if control is None else self._following.start()
        self._follow()
        self.raise_()  # in front of panels that have come since

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @Slot()
    def _follow(self) -> None:
        control = self.control
        seen = QRect()
        if control is not None and isValid(control) and control.isVisible():
            if control.window() is not self.window():  # its panel floats, or is docked again
                self.setParent(control.window())
            seen = control.visibleRegion().boundingRect()
        if control is None or seen.isEmpty():
            self.hide()
            return
        place = seen.translated(control.mapTo(self.window(), QPoint(0, 0)))
        self.setGeometry(place.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND))
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        thick = _THICK * self._theme.stroke
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # A light line inside it: Run is in the accent colour itself.
        for color, width, inset in (
            (self._theme.accent, thick, thick / 2),
            (self._theme.panel, thick / 2, thick * 1.25),
        ):
            painter.setPen(QPen(QColor(color), width))
            inside = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(inside, _CORNER - inset / 2, _CORNER - inset / 2)
        painter.end()
