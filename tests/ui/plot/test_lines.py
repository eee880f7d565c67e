"""Exact curves in few line segments."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.screen import near
from xorviz.core.arrays import Array, Mask
from xorviz.ui.plot.lines import (
    Columns,
    dashes,
    enveloped,
    isolines,
    line_pen,
    paint_curve,
    simplified,
    traced,
)

AREA, WIDE = QRectF(0, 0, 200, 100), QRectF(0, 0, 310, 100)
DASH = (6.0, 4.0)
INK, GROUND = "#FF0000", "#FFFFFF"
MANY = 4096


def fewer(x: Array, y: Array, ratio: float = 1.0) -> tuple[Array, Array]:
    return traced(Columns.of(x, WIDE, ratio), y)


def pieces_of(x: Array, y: Array) -> Array:
    """Return the segments of one line."""
    points = np.stack((x, y), axis=1)
    return np.hstack((points[:-1], points[1:]))


def length_of(pieces: Array) -> float:
    return float(np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]).sum())


class Sheet:
    """A white picture of 220 x 120 pixels, whose painter starts 10 pixels inside."""

    def __init__(self) -> None:
        self.image = QImage(220, 120, QImage.Format.Format_RGB32)
        self.image.fill(QColor(GROUND))
        self.painter = QPainter(self.image)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.translate(10, 10)

    def inked(self, tolerance: int = 55) -> Mask:
        """Return the pixels (H, W) that are not white; nothing can be painted afterwards."""
        self.painter.end()
        return ~near(self.image, GROUND, tolerance)


def painted(x: Array, y: Array, dash: tuple[float, ...] = (), width: float = 1.6) -> Sheet:
    sheet = Sheet()
    paint_curve(sheet.painter, Columns.of(x, AREA, 1.0), y, AREA, INK, dash, width)
    return sheet


def columns_inked(x: Array, y: Array, dash: tuple[float, ...] = ()) -> Mask:
    """Return in which columns (220,) a curve leaves ink."""
    return np.asarray(painted(x, y, dash).inked().any(axis=0))


# Fewer points


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(-1e6, 1e6)), min_size=1, max_size=300))
def test_the_ends_and_the_extremes_of_each_column_are_kept(
    points: list[tuple[float, float]],
) -> None:
    x, y = np.array(sorted(points, key=lambda point: point[0])).T
    few_x, few_y = fewer(x, y)
    assert len(few_x) <= max(4 * 31, len(x))
    assert (np.diff(few_x) >= 0).all()
    assert (few_x[0], few_y[0], few_x[-1], few_y[-1]) == (x[0], y[0], x[-1], y[-1])
    for column in range(31):
        before, after = y[np.floor(x) == column], few_y[np.floor(few_x) == column]
        assert set(after) <= set(before)
        if len(before):
            assert after.min() == pytest.approx(before.min(), abs=0.6)
            assert after.max() == pytest.approx(before.max(), abs=0.6)
            if np.ptp(before) > 0.6:
                assert {before[0], before[-1]} <= {*after}


def test_smooth_curves_have_a_point_a_column_and_begin_and_end_where_they_did() -> None:
    x = np.linspace(0, 300.5, 5000)
    for y in (x * 0 + 5, -3 * x, 3 * x):
        few_x, few_y = fewer(x, y)
        assert len(few_x) < len(x) / 3
        assert (few_x[0], few_y[0], few_x[-1], few_y[-1]) == (x[0], y[0], x[-1], y[-1])
    wave = 50 + 40 * np.sin(x / 100)
    assert len(fewer(x, wave)[0]) <= 303
    assert len(fewer(x, wave, 2.0)[0]) > 590, "columns of device pixels"
    apart = np.arange(-1000.0, 1000.0, 100.0)
    assert fewer(apart, apart)[0].tolist() == [-100, 0, 100, 200, 300, 400], "those in sight"


def test_a_simplified_line_stays_within_the_tolerance_and_keeps_corners_and_loops() -> None:
    for bend in [0.0, 0.3, 3.0]:
        x = np.linspace(0, 1, 201)
        line = np.column_stack((x, np.sin(bend * x) + (x > 0.7) * (x - 0.7)))
        few = simplified(line, 1e-3)
        assert len(few) < 80
        assert few[[0, -1]].tolist() == line[[0, -1]].tolist()
        assert {*map(tuple, few.tolist())} <= {*map(tuple, line.tolist())}
        between = np.interp(x, few[:, 0], few[:, 1])
        assert np.abs(between - line[:, 1]).max() <= 2e-3 * np.hypot(1, 4)
    for points in range(2, 6):
        zigzag = np.column_stack((np.arange(points), np.arange(points) % 2)).astype(float)
        np.testing.assert_array_equal(simplified(zigzag, 0.01), zigzag)
    loop = np.array([(0, 0), (1, 1e-6), (2, 0), (1, -1e-6), (0, 0)], dtype=float)
    assert simplified(loop, 0.01)[:, 0].max() == 2


# Dashes


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=2, max_size=40))
def test_dashes_are_as_long_as_the_pattern_says(points: list[tuple[float, float]]) -> None:
    line = pieces_of(*np.array(points).T)
    total, pieces = length_of(line), dashes(line, *DASH)
    whole, rest = divmod(total, 10)
    assert length_of(pieces) == pytest.approx(whole * 6 + min(rest, 6), abs=1e-6 * (1 + total))


def test_a_line_is_dashed_evenly_and_not_into_countless_dashes() -> None:
    x = np.array([0.0, 3.0, 50.0, 50.0, 77.0, 100.0])
    pieces = dashes(pieces_of(x, np.full(6, 5.0)), *DASH)
    on = [bool(((pieces[:, 0] <= at) & (at <= pieces[:, 2])).any()) for at in np.arange(0.5, 100)]
    assert on == [at % 10 < 6 for at in range(100)]
    line = pieces_of(np.linspace(0, 300, MANY), np.random.default_rng(3).random(MANY) * 100)
    assert len(dashes(line, *DASH)) <= len(line) + 1200
    assert length_of(dashes(line, *DASH)) == pytest.approx(0.6 * length_of(line), rel=0.01)
    pattern = line_pen(INK, 2.5, DASH).dashPattern()
    assert [length * 2.5 for length in pattern] == pytest.approx(DASH)


# Painted


@pytest.mark.parametrize("dash", [(), DASH])
def test_a_curve_stays_inside_its_area_with_gaps_where_nothing_is_known(
    qtbot: QtBot, dash: tuple[float, ...]
) -> None:
    for far in (1e3, 1e9):
        columns = columns_inked(np.array([-far, 0.0, 50.0, far]), np.full(4, 20.0), dash)
        assert columns[10:210].mean() == (1 if not dash else pytest.approx(0.7, abs=0.15))
        assert not columns[:10].any()
        assert not columns[210:].any()
    x, y = np.arange(0.0, 80.0), np.full(80, 20.0)
    y[20:40] = np.nan
    columns = columns_inked(x, y, dash)
    assert columns[12:28].any()
    assert not columns[31:49].any()
    assert columns[52:88].mean() > (0.9 if not dash else 0.5)
    for points in (0, 1):
        assert not columns_inked(np.full(points, 20.0), np.full(points, 20.0), dash).any()


def test_a_curve_that_oscillates_is_painted_as_its_lowest_and_highest(qtbot: QtBot) -> None:
    sheet = painted(np.linspace(0, 200, MANY), np.tile([25.0, 75.0], MANY // 2), width=2.0)
    sheet.painter.end()
    above, between, below = (sheet.image.pixelColor(110, 10 + y) for y in (10, 50, 90))
    assert above == below == QColor(GROUND)
    assert QColor(INK).green() < between.green() < QColor(GROUND).green()
    assert near(sheet.image, INK)[:, 110].sum() == 4, "two lines of two pixels"


# Bands

X: Array = np.linspace(0, 299.5, 600)
ALTERNATING: Array = np.tile([80.0, 20.0], 300)
LINES = {
    "falling": (X, 100 * np.exp(-X / 50)),
    "one spike": (X, 50.0 * (np.arange(len(X)) == 300)),
    "spikes apart": (X, 50.0 * (np.arange(len(X)) % 40 == 0)),
    "waves": (X, 50 + 30 * np.sin(X / 3)),
    "a tremble": (X, 50 + 1.4 * (-1.0) ** np.arange(len(X))),
    "strokes apart": (8 * X, ALTERNATING),
    **{f"{count} points": (X[:count], ALTERNATING[:count]) for count in range(5)},
}


def test_what_can_be_seen_is_drawn_as_it_is_and_a_steep_curve_is_no_oscillation() -> None:
    for name, points in LINES.items():
        (line,), areas = enveloped(*points)
        np.testing.assert_array_equal(line, np.stack(points, axis=1), err_msg=name)
        assert not areas
    x: Array = np.linspace(0, 40, 1600)
    for slope in (40.0, -40.0):
        assert enveloped(*fewer(x, slope * x + 3 * x**2))[1] == []
    x = np.linspace(0, 300, 6000)
    assert len(enveloped(*fewer(x, np.tile([80.0, 20.0, 60.0], 2000)))[1]) == 1, "but this is one"


@pytest.mark.parametrize(("spacing", "rest"), [(0.0, 1), (0.02, 1), (0.5, 2), (2.0, 1)])
def test_an_oscillation_is_its_highest_and_lowest(spacing: float, rest: int) -> None:
    x, y = 2 * spacing * X, np.tile(np.repeat([80.0, 20.0], rest), 300 // rest)
    lines, (area,) = enveloped(x, y)
    edges = [line for line in lines if len(line) > 1]
    assert [set(line[1:-1, 1]) for line in edges] == [{20.0}, {80.0}]
    for edge in (*edges, area):
        assert (edge[:, 0].min(), edge[:, 0].max()) == (x[0], x[-1])
    assert len(np.concatenate(edges)) < len(x) + 8


def test_only_the_part_that_oscillates_has_an_area() -> None:
    for around in (50.0, np.nan):
        y: Array = np.where((X > 96) & (X < 192), ALTERNATING, around)
        lines, (area,) = enveloped(X, y)
        assert len(lines) == 4
        assert np.isfinite(area).all()
        assert 80 <= area[:, 0].min() <= 112
        assert 176 <= area[:, 0].max() <= 208
        assert (lines[0][0, 0], lines[-1][-1, 0]) == (0, X[-1])
        for line, following in itertools.pairwise(lines):
            assert following[0, 0] in {line[0, 0], line[-1, 0]}, "no gap"


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.05, 0.5, 2.0, 5.0]))
def test_every_point_is_on_a_line_or_in_an_area(seed: int, spacing: float) -> None:
    random = np.random.default_rng(seed)
    x = np.cumsum(random.exponential(spacing, 400))
    is_calm = np.repeat(random.random(10) < 0.5, 40)
    y = np.where(is_calm, 50.0, random.uniform(0, 100, 400))
    lines, areas = enveloped(x, y)
    drawn = {tuple(point) for line in lines for point in line.tolist()}
    ends = [(area.min(axis=0), area.max(axis=0)) for area in areas]
    for point in (point for point in np.column_stack((x, y)) if tuple(point.tolist()) not in drawn):
        assert any((low <= point).all() and (point <= high).all() for low, high in ends)


def test_contour_lines_are_at_their_height() -> None:
    xs, ys = np.linspace(0, 4, 5), np.linspace(0, 2, 3)
    (line,) = isolines(xs, ys, np.add.outer(ys, 10 * xs))(15.0)
    assert line[:, 1] + 10 * line[:, 0] == pytest.approx(15.0)
    assert np.ptp(line[:, 1]) == 2
