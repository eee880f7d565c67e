"""A plot of curves on which the left button can draw."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from xorviz.ui.guard import guarded
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.step_marks import StepMark, StepMarks


@guarded
class DrawablePlot(CurvePlot):
    """A plot whose top row can be drawn on. While it is, a click goes to no step."""

    stroked = Signal(object, object)
    """Where the mouse was, or None at a press, and where it is: QPointF in view coordinates."""

    is_drawn_on = False
    _at: QPointF | None = None
    """Where the mouse is that draws."""

    def draw_on(self, is_drawn_on: bool) -> None:
        """Let the left button draw, or go to steps."""
        self.is_drawn_on, self._at = is_drawn_on, None
        for overlay in self.rows[0].overlays:
            overlay.setToolTip("")
            if isinstance(overlay, StepMarks):
                overlay.point_at(None)

    def mark(self, step: float | None) -> None:
        """Move the cursor; while drawing it is between recorded steps too."""
        super().mark(step)
        if self.is_drawn_on and step is not None:
            pointers = self.rows[0].pointers
            pointers.show_steps(pointers.shown, round(step))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if not self.is_drawn_on or event.button() != Qt.MouseButton.LeftButton or shift:
            super().mousePressEvent(event)
        elif self._is_inside(event):
            self._at = None  # the last release may have gone to another widget
            self._draw_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._at is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._draw_to(event)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._at is not None and event.button() == Qt.MouseButton.LeftButton:
            self._at = None
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second press of two quick ones for one more."""
        if self.is_drawn_on:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def _draw_to(self, event: QMouseEvent) -> None:
        before, box = self._at, self.rows[0].box
        self._at = box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        self.stroked.emit(before, self._at)
        self.pointed_at.emit(self._step_under(event))

    def _is_inside(self, event: QMouseEvent) -> bool:
        """Return whether the mouse is inside the axes; while drawing, inside the top ones."""
        if not self.is_drawn_on:
            return super()._is_inside(event)
        at: QPointF = self.mapToScene(event.position().toPoint())
        return bool(self.rows[0].box.sceneBoundingRect().contains(at))

    def _mark_under(self, event: QMouseEvent) -> StepMark | None:
        return None if self.is_drawn_on else super()._mark_under(event)
