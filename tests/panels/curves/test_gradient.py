"""The gradient norm: its axis, value and text."""

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.snapshots import trained
from xorviz.core.settings import RunConfig
from xorviz.panels.curves.gradient import norm_axis, norm_curve, norm_of, norm_text


def test_the_norm_is_over_all_weights() -> None:
    snapshot = trained(RunConfig(biases=True), 100)
    flat = np.concatenate([part.ravel() for part in snapshot.gradient.arrays()])
    assert norm_of(snapshot.gradient) == pytest.approx(np.linalg.norm(flat))
    curve = norm_curve(snapshot.trace, "#000000")
    assert (curve.steps[-1], curve.values[-1]) == (100, pytest.approx(np.linalg.norm(flat)))


def test_norms_have_three_digits() -> None:
    assert [norm_text(x) for x in (0.2113, 0.0, math.nan)] == ["0.211", "0.00", "not known"]


@pytest.mark.parametrize("norms", [(0.006, 0.21), (0.3, 0.31), (1.0, 1.0), (0.0, 1e-3), (0.0, 0.0)])
def test_the_axis_is_logarithmic_and_has_at_least_a_decade(
    qtbot: QtBot, norms: tuple[float, float]
) -> None:
    axis = norm_axis()
    bottom, top = axis.fitted(*norms)
    low, high = axis.to_view(np.array(norms))
    assert bottom <= low <= high <= top
    assert top - bottom >= 1 - 1e-9
