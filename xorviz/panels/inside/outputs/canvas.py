"""Canvas of the four outputs over a run, with the gradient norm below."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.panels.base.row_signs import NAMES, paint_sign
from xorviz.panels.curves.fitting import fitted_steps
from xorviz.panels.curves.run_curves import paint_curve
from xorviz.panels.curves.step_scale import StepScale
from xorviz.panels.learn.loss.gradient_curve import GradientCurve, norm_of, norm_text, paint_heading
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis, step_text
from xorviz.ui.theme.palette import LIGHT, Theme, faint

DASHES: tuple[tuple[float, ...], ...] = ((), (6, 4), (2, 3), (12, 4))
"""Dash patterns in pixels of the first to fourth row with the same target."""


@dataclass(frozen=True, slots=True)
class OutputsReadout:
    """Outputs and gradient norm of a run at one step."""

    step: int
    outputs: Array
    """(4,) in the order of ROWS."""
    gradient_norm: float

    @classmethod
    def nearest(cls, trace: Trace, step: float) -> "OutputsReadout":
        """Return the recorded point nearest to a step."""
        at, _ = trace.nearest(step)
        place = int(np.searchsorted(trace.steps, at))
        return cls(at, trace.outputs[place], float(trace.gradient_norms[place]))

    @classmethod
    def shown(cls, snapshot: Snapshot) -> "OutputsReadout":
        return cls(snapshot.step, snapshot.outputs, norm_of(snapshot.gradient))

    @property
    def text(self) -> str:
        known = "outputs not known"
        if np.isfinite(self.outputs).all():
            named = sorted(zip(NAMES, self.outputs.tolist(), strict=True))
            known = " ".join(f"{name} {output_text(value)}" for name, value in named)
        at = numerals.whole(self.step)
        return f"at {at}: {known}, gradient {norm_text(self.gradient_norm)}"


def row_dashes(targets: Sequence[int]) -> list[tuple[float, ...]]:
    """Return a dash pattern for each row, different for rows with the same target."""
    return [DASHES[list(targets[:row]).count(target)] for row, target in enumerate(targets)]


def output_text(output: float) -> str:
    """Return an output with four decimals."""
    return "not known" if np.isnan(output) else numerals.fixed(output, 4)


def spread(heights: Array, apart: float, area: QRectF) -> list[float]:
    """Return heights (P,) moved apart so that labels do not overlap."""
    placed = heights.copy()
    order = [int(row) for row in np.argsort(heights) if np.isfinite(heights[row])]
    low = area.top()
    for row in order:
        placed[row] = low = max(placed[row], low)
        low += apart
    high = area.bottom()
    for row in reversed(order):
        placed[row] = high = min(placed[row], high)
        high -= apart
    found: list[float] = placed.tolist()
    return found


_SIGN = 4.0
_GAP = 6.0
_HANDLE = 5.0
_VEIL = 215
"""Opacity, of 255, of a label's background."""
_LEAST_HEIGHT = 110
"""Least height in pixels that shows the gradient norm too."""
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class _Layout:
    """Positions of the parts, in pixels."""

    outputs: QRectF
    gradient: QRectF | None
    heading: QRectF
    scale: StepScale

    @property
    def bottom(self) -> float:
        """Position of the step axis."""
        return (self.outputs if self.gradient is None else self.gradient).bottom()

    def y_of(self, outputs: Array) -> Array:
        """Return the positions of outputs (P,)."""
        return np.asarray(self.outputs.bottom() - outputs * self.outputs.height())


@guarded
class OutputsCanvas(QWidget):
    """Paints the curves of a run, the shown step, and the read-out step."""

    pointed_at = Signal(object)  # float | None: a step before rounding
    pressed = Signal(float)
    dragged = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.axis = ScaledAxis("bottom", step_text, 1.0)
        self.gradient = GradientCurve()
        self._snapshot: Snapshot | None = None
        self._readout: OutputsReadout | None = None
        self._theme = LIGHT
        self.setMouseTracking(True)
        self.setMinimumSize(120, 60)

    def sizeHint(self) -> QSize:
        return QSize(380, 260)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        self._snapshot = snapshot
        self.gradient.show(*([] if snapshot is None else [snapshot.trace]))
        self.update()

    def show_readout(self, readout: OutputsReadout | None) -> None:
        self._readout = readout
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def current_layout(self) -> _Layout | None:
        if self._snapshot is None:
            return None
        metrics = QFontMetricsF(self.font())
        line, width, height = metrics.height(), float(self.width()), float(self.height())
        signed = metrics.horizontalAdvance("1") + 2 * _SIGN + 8
        labels = max(signed, metrics.horizontalAdvance("0.5"), self.gradient.label_width(metrics))
        left = round(labels + 10.0)
        right = width - metrics.horizontalAdvance("00") - 2 * _SIGN - 3 * _GAP
        ends = fitted_steps(self._snapshot.record.newest, self.axis)
        scale = StepScale(self.axis, *ends, left, right)
        top, bottom = line / 2 + 2, height - line - 4
        heading, gradient = QRectF(), None
        if height >= _LEAST_HEIGHT:
            share = round(max(24.0, 0.3 * (bottom - top - line)))
            gradient = QRectF(left, bottom - share, right - left, share)
            bottom = gradient.top() - line - line / 2 - 10
            heading = QRectF(0, bottom + line / 2 + 1, width - 2, line)
        return _Layout(QRectF(left, top, right - left, bottom - top), gradient, heading, scale)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        layout, snapshot = self.current_layout(), self._snapshot
        if layout is None or snapshot is None:
            return
        painter = QPainter(self)
        self._paint_axis(painter, layout)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_outputs(painter, layout, snapshot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        readout = self._readout or OutputsReadout.shown(snapshot)
        if layout.gradient is not None:
            is_elsewhere = self._readout is not None or snapshot.is_past
            at = readout.step if is_elsewhere else None
            paint_heading(painter, layout.heading, readout.gradient_norm, at, self._theme)
            inks = [self._theme.text]
            self.gradient.paint(painter, layout.gradient, layout.scale, self._theme, inks)
        layout.scale.paint_ticks(painter, layout.bottom, self._theme, self.width())
        self._paint_marks(painter, layout, snapshot, readout)
        painter.end()

    def _paint_axis(self, painter: QPainter, layout: _Layout) -> None:
        """Paint the lines at 0, 0.5 and 1 with the markers of both targets."""
        area, line = layout.outputs, QFontMetricsF(painter.font()).height()
        for value, text in ((0.0, "0"), (0.5, "0.5"), (1.0, "1")):
            y = round(float(layout.y_of(np.array(value))))
            is_half = value == 0.5
            color = QColor(self._theme.quiet if is_half else self._theme.hairline)
            style = Qt.PenStyle.DotLine if is_half else Qt.PenStyle.SolidLine
            painter.setPen(QPen(color, 1, style))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(self._theme.quiet))
            space = QRectF(0, y - line / 2, area.left() - 6, line)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(space, right, text)
            if not is_half:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                x = area.left() - 6 - QFontMetricsF(painter.font()).horizontalAdvance(text)
                at = QPointF(x - _SIGN - 5, y)
                paint_sign(painter, at, _SIGN, int(value), self._theme, self._theme.panel)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _color(self, target: int) -> str:
        return self._theme.plus if target else self._theme.minus

    def _paint_outputs(self, painter: QPainter, layout: _Layout, snapshot: Snapshot) -> None:
        trace, targets = snapshot.trace, snapshot.config.targets
        x = layout.scale.x_of(trace.steps)
        area = layout.outputs.adjusted(0, -2, 2, 2)
        for row, dash in enumerate(row_dashes(targets)):
            y = layout.y_of(trace.outputs[:, row])
            paint_curve(painter, x, y, area, self._color(targets[row]), dash, 1.8)

    def _paint_marks(
        self, painter: QPainter, layout: _Layout, snapshot: Snapshot, readout: OutputsReadout
    ) -> None:
        """Paint the shown and the read-out step, and the names of the rows."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if snapshot.is_past:
            self._paint_rule(painter, layout, snapshot.step, is_shown=True)
        if self._readout is not None:
            self._paint_rule(painter, layout, readout.step, is_shown=False)
        x = layout.scale.x_at(readout.step)
        targets = snapshot.config.targets
        heights = layout.y_of(readout.outputs)
        for row, y in enumerate(heights.tolist()):
            if np.isfinite(y):
                ring = self._theme.panel
                paint_sign(painter, QPointF(x, y), _SIGN, targets[row], self._theme, ring)
        if layout.gradient is not None and np.isfinite(readout.gradient_norm):
            norm = self.gradient.y_of(np.array([readout.gradient_norm]), layout.gradient)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.text))
            painter.drawEllipse(QPointF(x, float(norm[0])), 3, 3)
        self._paint_names(painter, layout, snapshot)

    def _paint_rule(self, painter: QPainter, layout: _Layout, step: int, is_shown: bool) -> None:
        """Paint a vertical line: solid with a handle at the shown step, else dotted."""
        x = round(layout.scale.x_at(step)) + 0.5
        color = QColor(self._theme.accent if is_shown else self._theme.quiet)
        painter.setPen(QPen(color, 1, Qt.PenStyle.SolidLine if is_shown else Qt.PenStyle.DotLine))
        top = layout.outputs.top() - 1
        painter.drawLine(QPointF(x, top), QPointF(x, layout.outputs.bottom()))
        if layout.gradient is not None:
            painter.drawLine(QPointF(x, layout.gradient.top()), QPointF(x, layout.bottom))
        if is_shown:
            painter.setBrush(color)
            corners = ((-_HANDLE, 0), (_HANDLE, 0), (0, _HANDLE + 1))
            painter.drawPolygon([QPointF(x + dx, top + dy) for dx, dy in corners])

    def _paint_names(self, painter: QPainter, layout: _Layout, snapshot: Snapshot) -> None:
        """Write each row's name at the end of its curve, or its value at the read-out step."""
        readout = self._readout
        at = readout or OutputsReadout.nearest(snapshot.trace, snapshot.record.newest)
        texts = [
            name if readout is None else f"{name}  {output_text(value)}"
            for name, value in zip(NAMES, at.outputs.tolist(), strict=True)
        ]
        metrics = QFontMetricsF(painter.font())
        space = QRectF(0, 0, max(map(metrics.horizontalAdvance, texts)) + 6, metrics.height() - 1)
        x = layout.scale.x_at(at.step)
        fits = x + _SIGN + _GAP + space.width() <= self.width()
        left = x + _SIGN + _GAP if fits else x - _SIGN - _GAP - space.width()
        veil = faint(self._theme.panel, _VEIL)
        centres = spread(layout.y_of(at.outputs), space.height(), layout.outputs)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for text, y in zip(texts, centres, strict=True):
            if np.isfinite(y):
                label = space.translated(left, y - space.height() / 2)
                painter.fillRect(label, veil)
                painter.setPen(QColor(self._theme.text))
                painter.drawText(label, _CENTRE, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        layout = self.current_layout()
        if layout is None:
            return
        step = layout.scale.step_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(step)
        else:
            self.pointed_at.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layout = self.current_layout()
        if layout is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(layout.scale.step_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed_at.emit(None)
