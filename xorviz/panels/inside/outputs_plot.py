"""The view of the four outputs and the gradient norm against the step."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.network import Coding, Weights, flat, head_of
from xorviz.core.numerals import round_above
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES
from xorviz.panels.base.curves import BESIDE
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.square_items import paint_sign
from xorviz.panels.base.words import at_step, number, outputs_text
from xorviz.ui.forms.boxes import column
from xorviz.ui.plot.axes import FINE, ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, PlotLabel, PlotPoint, round_point
from xorviz.ui.plot.overlay import Overlay

_DASHES: tuple[tuple[float, ...], ...] = ((), (6, 4), (2, 3), (12, 4))
"""Dash patterns in pixels of the first to fourth row with the same target."""
_TICKS = np.array((0.0, 0.5, 1.0))
_BEYOND, _FAR, _LARGEST = 0.03, 0.6, 1e298
"""Of the axis of the outputs: the room beyond the targets, as a share of the distance between them;
the room from which on its ticks aren't at the targets; and the largest output on it.
"""
_SIGN, _BESIDE_TEXT = 4.0, 16.0
"""Radius of a target's sign, and how far it is from the axis beside the text there, in pixels."""


class OutputsPlot(SnapshotView):
    """Curves of recorded values only; old runs may have no recorded outputs."""

    step_requested = Signal(object)  # int

    has_table = True
    least_lines = 8  # for two plots
    explanation = (
        "The network’s output for each row after each step, and below it the norm of the "
        "gradient. Click or drag to go to a step; all panels then show the network as it was."
    )

    def __init__(self) -> None:
        super().__init__("outputs_plot")
        # At least one decade of norms: a plateau looks flat.
        axes = ScaledAxis("left"), ScaledAxis("left", least_ratio=10.0)
        axes[1].set_log(True)
        name = "Outputs and gradient norm against step"
        self._plot = CurvePlot(name, *axes, titles=["", "Gradient norm"])
        self._outputs, self._norms = self._plot.rows
        self._plot.leave_beside(ROW_NAMES)
        self._targets = TargetSigns(self._outputs.scales)
        self._outputs.overlays.append(self._targets)
        self._show_ends(RunConfig(), np.empty(0))
        column(self, self._plot, margins=(6, 2, 4, 2))
        self._cursor_over(self._plot)
        self._plot.step_requested.connect(self.step_requested)
        self._plot.fitted.connect(self.draw_anew)
        self._option(
            "outputs_log_step", "Logarithmic step axis of the outputs", checked=False,
            tip="Equal ratios of steps are equal distances", slot=self._plot.set_log_steps,
        )  # fmt: skip
        tip = "Undo panning and zooming (also by a double-click)"
        self._option("fit_outputs", "Fit the outputs to the run", tip=tip, slot=self._plot.fit)

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the four outputs and the gradient norm at each recorded step."""
        trace = snapshot.record.trace
        outputs = trace.outputs[:, COUNTED]
        points = np.column_stack((outputs, trace.gradient_norms)).tolist()
        rows = ([step, *point] for step, point in zip(trace.steps.tolist(), points, strict=True))
        names = (f"y{ROW_NAMES[row]}" for row in COUNTED)
        return ("step", *names, "gradient_norm"), rows

    def describe(self, snapshot: Snapshot) -> str:
        norm = norm_text(norm_of(snapshot.gradient))
        newest = numerals.whole(snapshot.newest)
        return (
            f"{at_step(snapshot)}, {outputs_text(snapshot)}. The norm of the gradient is {norm}."
            f" The curves go from {snapshot.config.named(0)} to {newest}."
        )

    def _draw(self, snapshot: Snapshot) -> None:
        trace, targets = snapshot.trace, snapshot.config.targets
        inks = self.theme.minus, self.theme.plus
        self._outputs.show(
            [
                Curve(trace.steps, trace.outputs[:, row], inks[targets[row]], dash, 1.8)
                for row, dash in enumerate(row_dashes(targets))
            ]
        )
        norms = [Curve(trace.steps, trace.gradient_norms, self.theme.text)]
        if snapshot.beside is not None:
            other = snapshot.beside.trace.up_to(snapshot.newest)
            norms.append(Curve(other.steps, other.gradient_norms, BESIDE.color(self.theme)))
        self._norms.show(norms)
        self._show_ends(snapshot.config, trace.outputs)
        shown = snapshot.step if snapshot.is_past else None
        self._plot.show_steps(trace.steps, snapshot.newest, shown, snapshot.run)
        self._plot.name_steps(snapshot.config.step_word)
        self._plot.fit_curves()
        self._read_marked()

    def _show_ends(self, config: RunConfig, outputs: Array) -> None:
        """Fit the value axis to the targets and to all outputs, with ticks at the targets."""
        coding, (least, most) = head_of(config).coding, head_of(config).ends
        if least >= 0 and most <= 1:
            outputs = np.empty(0)  # there is no need to look at all of them
        known = coding.share(outputs[np.isfinite(outputs)].clip(-_LARGEST, _LARGEST))
        beyond = 0.0 - known.min(initial=0.0), known.max(initial=1.0) - 1
        low, high = (_BEYOND if far <= _BEYOND else round_above(far, FINE) for far in beyond)
        ticks = _TICKS if max(low, high) < _FAR else np.empty(0)
        self._outputs.scales.value_axis.fix(coding.value(ticks).tolist())
        self._outputs.ends = (*coding.value(np.array((-low, 1 + high))).tolist(),)
        self._targets.show_coding(coding)

    def _use_cursor(self) -> None:
        self._plot.request_pointed()

    def _read_marked(self) -> None:
        """Mark and read out the step shown, or the recorded step nearest to the cursor."""
        snapshot, pointed = self._snapshot, self._plot.pointed
        if snapshot is None or not len(snapshot.trace.steps):
            return
        step, outputs, ink = snapshot.step, snapshot.outputs, self.theme.text
        norm = norm_of(snapshot.gradient)
        if pointed is not None:
            place = int(np.searchsorted(snapshot.trace.steps, pointed))
            step, outputs, ink = pointed, snapshot.trace.outputs[place], self.theme.accent
            norm = float(snapshot.trace.gradient_norms[place])
        written, at = norm_text(norm), numerals.whole(step)
        is_elsewhere = pointed is not None or snapshot.is_past
        readings = [f"{written} at {at}"] if is_elsewhere else []
        self._norms.point([round_point(step, norm, ink, self.theme.panel)], *readings, written)
        said = f"at {at}: {_outputs_text(outputs)}, gradient {written}"
        self.readout_changed.emit(self.resting_text if pointed is None else said)
        pairs = zip(outputs.tolist(), snapshot.config.targets, strict=True)
        sign = partial(paint_sign, radius=_SIGN, theme=self.theme, ring=self.theme.panel)
        points = [PlotPoint(step, y, partial(sign, target=target)) for y, target in pairs]
        self._outputs.point(points)
        self._name(snapshot, outputs, pointed)

    def _name(self, snapshot: Snapshot, outputs: Array, pointed: int | None) -> None:
        """Write each row's name at the end of its curve, or its value at the step read out."""
        trace, step, texts = snapshot.trace, pointed, list(ROW_NAMES)
        if step is None:
            step, outputs = int(trace.steps[-1]), trace.outputs[-1]
        else:
            values = outputs.tolist()
            texts = [f"{n}  {_output_text(y)}" for n, y in zip(ROW_NAMES, values, strict=True)]
        self._outputs.label(
            [PlotLabel(step, *at) for at in zip(outputs.tolist(), texts, strict=True)]
        )


class TargetSigns(Overlay):
    """The sign of each target beside it on the value axis, and a line at their middle."""

    around = QMarginsF(60, 8, 0, 8)
    coding = head_of(RunConfig()).coding

    def show_coding(self, coding: Coding) -> None:
        if coding != self.coding:
            self.coding = coding
            self.update()

    def _paint(self, painter: QPainter) -> None:
        theme, stroke = self._theme, self._theme.stroke
        low, half, high = self.scales.y_of(self.coding.value(_TICKS)).tolist()
        texts = map(numerals.tick, (self.coding.low, self.coding.high))
        wide = max(map(QFontMetricsF(painter.font()).horizontalAdvance, texts)) + _BESIDE_TEXT
        for target, y in enumerate((low, high)):
            paint_sign(painter, QPointF(-wide, y), _SIGN * stroke, target, theme, theme.panel)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(theme.quiet), stroke, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(0, half), QPointF(self.scales.area.width(), half))


def norm_of(gradient: Weights) -> float:
    """Return the Euclidean norm of a gradient."""
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(flat(gradient)))


def norm_text(norm: float) -> str:
    """Return the text of a gradient norm."""
    return "not known" if np.isnan(norm) else numerals.real(norm, 3)


def row_dashes(targets: Sequence[int]) -> list[tuple[float, ...]]:
    """Return a dash pattern for each row, different for rows with the same target."""
    return [_DASHES[list(targets[:row]).count(target)] for row, target in enumerate(targets)]


def _outputs_text(outputs: Array) -> str:
    if not np.isfinite(outputs).all():
        return "outputs not known"
    named = sorted(zip(ROW_NAMES, outputs.tolist(), strict=True))
    return " ".join(f"{name} {_output_text(value)}" for name, value in named)


def _output_text(output: float) -> str:
    return "not known" if np.isnan(output) else number(output, 4)
