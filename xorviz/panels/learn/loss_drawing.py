"""The curve of the expected loss, which the user draws on the plot. Shapes: P points."""

import math
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, Signal, Slot

from xorviz.core import numerals
from xorviz.core.arrays import Array, Mask
from xorviz.panels.base.curves import DRAWN
from xorviz.panels.learn.loss_legend import LIVE_WIDTH, LegendRow
from xorviz.ui.keys import ARROWS, ENDS
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, PlotPoint, round_point
from xorviz.ui.theme.palette import Theme

KEYS = (*ARROWS, *ENDS, Qt.Key.Key_Backspace)
"""The keys that draw."""
HOW = (
    "Draw the loss that you expect: drag with the left button. By keys, Left and Right, Home and "
    "End move along the curve; Up and Down raise or lower it from there on, Page Up and Page Down "
    "by more, with Shift only there; Backspace undoes the last change."
)
NAME = "your prediction"

_PARTS = 60
"""Into which the curve is divided on either scale, and by which a key moves along it."""
_LEVELS = 20
"""Key presses from the lowest to the highest loss."""
_NEAR = 3
"""Pixels from the mouse within which all points follow it."""
_ALONG = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_UP = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 5, Qt.Key.Key_PageDown: -5}


@dataclass(frozen=True, slots=True)
class DrawnCurve:
    """A curve that the user has drawn."""

    steps: tuple[int, ...]
    """(P,) in increasing order, from 0."""
    losses: tuple[float, ...]
    """(P,)"""

    def even(self) -> tuple[float, ...]:
        """Return losses at even steps from 0 to the last one."""
        steps = np.linspace(0, self.steps[-1], _PARTS + 1).round()
        return tuple(np.interp(steps, self.steps, self.losses).tolist())


class Drawing(QObject):
    """A drawn curve, and how mouse and keys change it while it is being drawn."""

    changed = Signal()

    def __init__(self, plot: CurvePlot) -> None:
        super().__init__(plot)
        self._plot, self._row = plot, plot.rows[0]
        self.curve: DrawnCurve | None = None
        self._handle = 0
        """Index of the point that keys change."""
        self._limits = 0.0, 1.0
        self._before: list[DrawnCurve] = []
        plot.stroked.connect(self._stroke)

    @property
    def is_active(self) -> bool:
        """Whether the curve is being drawn."""
        return self._plot.is_drawn_on

    @property
    def newest(self) -> int:
        """The last step of the curve."""
        return 0 if self.curve is None else self.curve.steps[-1]

    @property
    def step(self) -> int:
        """The step that keys change."""
        return 0 if self.curve is None else self.curve.steps[self._handle]

    def begin(self, last_step: int, loss: float, lowest: float, highest: float) -> None:
        """Begin with a flat curve at a loss; it can be drawn between the lowest and the highest."""
        loss = loss if math.isfinite(loss) else highest
        self._limits = self._row.room = min(lowest, loss), max(highest, loss)
        self._handle, self._before = 0, []
        steps = _points(last_step)
        self.curve = DrawnCurve(steps, (loss,) * len(steps))
        self._plot.draw_on(True)

    def end(self) -> None:
        """Keep the curve as it is."""
        self._plot.draw_on(False)

    def press(self, key: Qt.Key, is_shifted: bool) -> None:
        """Do what one of KEYS does; with Shift only at the handle."""
        if self.curve is None:
            return
        if key in _ALONG:
            self._move(_ALONG[key])
        elif key in _UP:
            self._raise(_UP[key], is_shifted)
        elif key == Qt.Key.Key_Backspace:
            self._undo()
        else:
            self._handle = 0 if key == Qt.Key.Key_Home else len(self.curve.steps) - 1

    def _move(self, direction: int) -> None:
        steps, _ = self._places()
        wanted = steps[self._handle] + direction * (steps[-1] - steps[0]) / _PARTS
        found, beside = int(np.abs(steps - wanted).argmin()), self._handle + direction
        is_beyond = (found - self._handle) * direction > 0
        self._handle = found if is_beyond else min(max(beside, 0), len(steps) - 1)

    def _raise(self, levels: int, is_shifted: bool) -> None:
        steps, losses = self._places()
        low, high = self._row.scales.value_axis.to_view(np.array(self._limits))
        place = np.arange(len(steps))
        changed = place == self._handle if is_shifted else place >= self._handle
        self._remember()
        self._change(changed, losses + levels * (high - low) / _LEVELS)

    def _undo(self) -> None:
        while self._before:
            before = self._before.pop()
            if before != self.curve:
                self.curve = before
                self.changed.emit()
                return

    @Slot(object, object)
    def _stroke(self, start: QPointF | None, end: QPointF) -> None:
        """Draw a straight line between two places of the mouse; what is near follows its end.

        To the right, so does what is still flat beyond it.
        """
        if start is None:
            self._remember()
        steps, losses = self._places()
        (left, before), (right, after) = sorted([(start or end).toTuple(), end.toTuple()])
        off, pixel = np.abs(steps - end.x()), self._row.box.viewPixelSize()[0]
        self._handle = int(off.argmin())
        crossed, is_near = (steps >= left) & (steps <= right), off <= max(off.min(), _NEAR * pixel)
        beyond = steps > right
        follows = start is not None and right > start.x() and len(set(losses[beyond])) == 1
        losses[is_near | (beyond & follows)] = end.y()
        losses[crossed] = np.interp(steps[crossed], (left, right), (before, after))
        self._change(crossed | is_near | (beyond & follows), losses)

    def _places(self) -> tuple[Array, Array]:
        """Return the steps and the losses (P,) in view coordinates."""
        assert self.curve is not None
        scales = self._row.scales
        steps = scales.step_axis.to_view(np.array(self.curve.steps, dtype=float))
        return steps, scales.value_axis.to_view(np.array(self.curve.losses))

    def _remember(self) -> None:
        if self.curve is not None:
            self._before.append(self.curve)

    def _change(self, changed: Mask, losses: Array) -> None:
        """Give some points (P,) these losses (P,), in view coordinates."""
        assert self.curve is not None
        made, axis = list(self.curve.losses), self._row.scales.value_axis
        lowest, highest = self._limits
        for place in np.flatnonzero(changed).tolist():
            made[place] = min(max(axis.from_view(float(losses[place])), lowest), highest)
        if (curve := replace(self.curve, losses=tuple(made))) != self.curve:
            self.curve = curve
            self.changed.emit()

    def still(self, theme: Theme) -> list[Curve]:
        """Return the curve to be painted, if there is one."""
        if self.curve is None:
            return []
        steps, losses = np.array(self.curve.steps), np.array(self.curve.losses)
        return [Curve(steps, losses, DRAWN.color(theme), DRAWN.dash, LIVE_WIDTH)]

    def handle(self, theme: Theme) -> PlotPoint:
        """Return the point that keys change."""
        assert self.curve is not None
        loss = self.curve.losses[self._handle]
        return round_point(self.step, loss, theme.panel, DRAWN.color(theme), 4.5)

    def rows(self, theme: Theme, step: int | None) -> tuple[LegendRow, ...]:
        """Return the curve's row in the legend, with its loss at a step, if there is one."""
        if self.curve is None:
            return ()
        value = "" if step is None else self.read(step)
        return (LegendRow(NAME, DRAWN.pen(theme, LIVE_WIDTH), value=value),)

    def described(self) -> list[str]:
        """Return the curve's ends in words, if there is a curve."""
        if self.curve is None:
            return []
        first, last = (numerals.real(self.curve.losses[end]) for end in (0, -1))
        return [f"{NAME} goes from {first} at step 0 to {last} at {numerals.whole(self.newest)}"]

    def read(self, step: int) -> str:
        """Return the text of the loss at a step, on the straight lines that are painted."""
        if step > self.newest:
            return numerals.NOTHING
        scales = self._row.scales
        at = np.interp(scales.step_axis.to_view(np.array([float(step)])), *self._places())
        return numerals.real(scales.value_axis.from_view(float(at[0])))


def _points(last_step: int) -> tuple[int, ...]:
    """Return steps (P,) close enough on both scales: the axis may be drawn on with either."""
    even, ratios = np.linspace(0, last_step, _PARTS + 1), np.geomspace(1, last_step, _PARTS + 1)
    closer = ratios[:-1][np.diff(ratios) < last_step / _PARTS]
    steps: list[int] = np.unique(np.round([*even, *closer]).astype(np.int64)).tolist()
    return tuple(steps)
