"""The frame around the control that a lesson speaks of."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFocusFrame,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)

from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

_AROUND, _THICK, _CORNER = 5, 3.0, 7
"""Pixels around the control, of the line, and of its round corners."""


@guarded
class _Above(QProxyStyle):
    """Has the frame lie above its control, and a little larger."""

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1
        if hint == QStyle.StyleHint.SH_FocusFrame_Mask:  # it would cut the control out
            return 0
        return super().styleHint(hint, option, widget, returned)

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        margins = QStyle.PixelMetric.PM_FocusFrameHMargin, QStyle.PixelMetric.PM_FocusFrameVMargin
        return _AROUND if metric in margins else super().pixelMetric(metric, option, widget)


@guarded
class ControlFrame(QFocusFrame):
    """A thick line around a control in the accent colour; it takes neither mouse nor focus.

    Qt moves, shows and hides it with the control.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lesson_frame")
        self._theme = LIGHT
        self._above = _Above("fusion")
        self.setStyle(self._above)

    def put_around(self, control: QWidget | None) -> None:
        """Frame a control, or none."""
        if control is not self.widget():
            self.setWidget(control)  # type: ignore[arg-type]

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

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
            inside = QRectF(self._seen).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(inside, _CORNER - inset / 2, _CORNER - inset / 2)
        painter.end()

    @property
    def _seen(self) -> QRect:
        """The part of the frame that its parent, a bar or what is scrolled, does not cut off."""
        parent = self.parentWidget()
        assert parent is not None
        return self.rect().intersected(parent.rect().translated(-self.pos()))
