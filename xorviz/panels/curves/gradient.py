"""The gradient norm, as a row of a plot of curves."""

import math

import numpy as np

from xorviz.core import numerals
from xorviz.core.network import Weights
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_row import Curve, Row, round_point
from xorviz.ui.theme.palette import Theme

NAME = "Gradient norm"


def norm_axis() -> ScaledAxis:
    """Return a logarithmic axis of at least one decade."""
    axis = ScaledAxis("left", least_ratio=10.0)
    axis.set_log(True)
    return axis


def norm_curve(trace: Trace, color: str) -> Curve:
    """Return the curve of a run's gradient norm."""
    return Curve(trace.steps, trace.gradient_norms, color)


def norm_of(gradient: Weights) -> float:
    """Return the Euclidean norm of a gradient."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum((part**2).sum() for part in gradient.arrays())))


def read_norm(row: Row, snapshot: Snapshot, pointed: int | None, theme: Theme) -> str:
    """Mark and read out the norm at the step shown, or at a recorded one; return its text."""
    step, norm, ink = snapshot.step, norm_of(snapshot.gradient), theme.text
    if pointed is not None:
        place = int(np.searchsorted(snapshot.trace.steps, pointed))
        step, norm, ink = pointed, float(snapshot.trace.gradient_norms[place]), theme.accent
    text, is_elsewhere = norm_text(norm), pointed is not None or snapshot.is_past
    readings = [f"{text} at {numerals.whole(step)}"] if is_elsewhere else []
    row.point([round_point(step, norm, ink, theme.panel)], *readings, text)
    return text


def norm_text(norm: float) -> str:
    """Return the text of a gradient norm."""
    return "not known" if math.isnan(norm) else numerals.real(norm, 3)
