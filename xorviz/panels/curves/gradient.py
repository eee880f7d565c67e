"""The gradient norm, as a row of a plot of curves."""

import math

import numpy as np

from xorviz.core import numerals
from xorviz.core.network import Weights
from xorviz.core.runs.trace import Trace
from xorviz.ui.plot.axes import ScaledAxis, loss_text
from xorviz.ui.plot.curve_row import Curve

NAME = "Gradient norm"


def norm_axis() -> ScaledAxis:
    """Return a logarithmic axis of at least one decade."""
    axis = ScaledAxis("left", loss_text, least_ratio=10.0)
    axis.set_log(True)
    return axis


def norm_curve(trace: Trace, color: str) -> Curve:
    """Return the curve of a run's gradient norm."""
    return Curve(trace.steps, trace.gradient_norms, color)


def norm_of(gradient: Weights) -> float:
    """Return the Euclidean norm of a gradient."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum((part**2).sum() for part in gradient.arrays())))


def norm_text(norm: float) -> str:
    """Return the text of a gradient norm."""
    return "not known" if math.isnan(norm) else numerals.real(norm, 3)
