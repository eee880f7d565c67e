"""Exact curves in few line segments."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.screen import near
from xorviz.core.arrays import Array, Mask
from xorviz.ui.plot.lines import (
    Columns,
    clipped,
    dashes,
    draw_lines,
    enveloped,
    line_pen,
    paint_curve,
    segments,
    simplified,
    traced,
)

AREA = QRectF(0, 0, 200, 100)
WIDE = QRectF(0, 0, 310, 100)
DASH = (6.0, 4.0)
INK, GROUND = "#FF0000", "#FFFFFF"
MANY = 4096


def fewer(x: Array, y: Array, ratio: float = 1.0) -> tuple[Array, Array]:
    return traced(Columns.of(x, WIDE, ratio), y)


def pieces_of(x: Array, y: Array) -> Array:
    """Return the segments of one line."""
    return segments([np.stack((x, y), axis=1)])


def length_of(pieces: Array) -> float:
    return float(np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]).sum())


class Sheet:
    """A white picture of 220 x 120 pixels, whose painter starts 10 pixels inside."""

    def __init__(self) -> None:
        self.image = QImage(220, 120, QImage.Format.Format_RGB32)
        self.image.fill(QColor(GROUND))
        self.painter = QPainter(self.image)
        self.painter.translate(10, 10)

    @property
    def inked(self) -> Mask:
        """The pixels (H, W) that are not white; nothing can be painted afterwards."""
        self.painter.end()
        return ~near(self.image, GROUND, 55)


def curve_inked(x: Array, y: Array, dash: tuple[float, ...] = ()) -> Mask:
    """Return in which columns (220,) a curve leaves ink."""
    sheet = Sheet()
    paint_curve(sheet.painter, Columns.of(x, AREA, 1.0), y, AREA, INK, dash)
    return np.asarray(sheet.inked.any(axis=0))


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


@pytest.mark.parametrize("shape", ["flat", "falling", "rising"])
def test_a_curve_begins_and_ends_where_it_did(shape: str) -> None:
    x = np.linspace(0, 300.5, 5000)
    y = {"flat": x * 0 + 5, "falling": -3 * x, "rising": 3 * x}[shape]
    few_x, few_y = fewer(x, y)
    assert len(few_x) < len(x) / 3
    assert (few_x[0], few_y[0], few_x[-1], few_y[-1]) == (x[0], y[0], x[-1], y[-1])


def test_a_smooth_curve_has_one_point_a_column() -> None:
    x = np.linspace(0, 300, 4000)
    assert len(fewer(x, 50 + 40 * np.sin(x / 100))[0]) <= 303
    assert len(fewer(x, 50 + 40 * np.sin(x / 100), 2.0)[0]) > 590, "columns of device pixels"


def test_only_points_in_sight_and_one_beyond_each_end_are_kept() -> None:
    x = np.arange(-1000.0, 1000.0, 100.0)
    assert fewer(x, x)[0].tolist() == [-100, 0, 100, 200, 300, 400]


CURVES = {
    "noisy": 50
    + 20 * np.sin(np.linspace(0, 10, MANY))
    + np.random.default_rng(7).normal(0, 8, MANY),
    "falling": 90 * np.exp(-np.linspace(0, 4.5, MANY)),
    "steps": 10 + 20 * (np.arange(MANY) // 1000),
    "spikes": 30 + 50 * (np.arange(MANY) % 512 == 300),
}


@pytest.mark.parametrize("name", CURVES)
def test_thinning_does_not_change_the_picture(qtbot: QtBot, name: str) -> None:
    x, y = np.linspace(0, 200, MANY), CURVES[name]
    few = fewer(x, y)
    assert len(few[0]) <= len(x) / 4
    pictures = []
    for line in ((x, y), few):
        sheet = Sheet()
        sheet.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sheet.painter.setPen(line_pen(INK, 2.0))
        draw_lines(sheet.painter, pieces_of(*line))
        pictures.append(sheet.inked)
    full, thin = pictures
    # A jump within a column of pixels may be drawn as a slope there.
    assert (full != thin)[full | thin].mean() < 0.1


# Clipping


@given(st.lists(st.tuples(*[st.floats(-500, 500)] * 4), min_size=1, max_size=30))
def test_clipping_keeps_what_is_inside(lines: list[tuple[float, float, float, float]]) -> None:
    pieces = np.array(lines)
    kept = clipped(pieces, AREA.adjusted(-1e-6, -1e-6, 1e-6, 1e-6)).reshape(-1, 2)
    assert (kept >= -1e-5).all()
    assert (kept <= [AREA.right() + 1e-5, AREA.bottom() + 1e-5]).all()
    shares = (np.arange(20_000) + 0.5) / 20_000
    for piece in pieces:
        along = piece[None, :2] + shares[:, None] * (piece[2:] - piece[:2])
        inside = (along >= 0).all(axis=1) & (along <= [AREA.right(), AREA.bottom()]).all(axis=1)
        length = length_of(piece[None])
        assert length_of(clipped(piece[None], AREA)) == pytest.approx(
            inside.mean() * length, abs=1e-3 * length + 1e-6
        )


def test_a_curve_stays_inside_its_area(qtbot: QtBot) -> None:
    for far in (1e3, 1e9):
        columns = curve_inked(np.array([-far, 0.0, 50.0, far]), np.full(4, 20.0))
        assert columns[10:210].all()
        assert not columns[:10].any()
        assert not columns[210:].any()


# Dashes


def test_a_straight_line_is_dashed_evenly() -> None:
    x = np.array([0.0, 3.0, 50.0, 50.0, 77.0, 100.0])
    pieces = dashes(pieces_of(x, np.full(6, 5.0)), *DASH)
    on = [bool(((pieces[:, 0] <= at) & (at <= pieces[:, 2])).any()) for at in np.arange(0.5, 100)]
    assert on == [at % 10 < 6 for at in range(100)]


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=2, max_size=40))
def test_dashes_are_as_long_as_the_pattern_says(points: list[tuple[float, float]]) -> None:
    line = segments([np.array(points)])
    total, pieces = length_of(line), dashes(line, *DASH)
    whole, rest = divmod(total, 10)
    assert length_of(pieces) == pytest.approx(whole * 6 + min(rest, 6), abs=1e-6 * (1 + total))


def test_a_noisy_curve_is_not_cut_into_countless_dashes() -> None:
    line = pieces_of(np.linspace(0, 300, MANY), np.random.default_rng(3).random(MANY) * 100)
    assert len(dashes(line, *DASH)) <= len(line) + 1200
    assert length_of(dashes(line, *DASH)) == pytest.approx(0.6 * length_of(line), rel=0.01)


@pytest.mark.parametrize("width", [1.0, 2.5])
def test_a_dashed_pen_has_flat_ends_and_gaps_in_pixels(width: float) -> None:
    for dash in ((), DASH):
        made = line_pen(INK, width, dash)
        assert (made.color(), made.widthF()) == (QColor(INK), width)
        assert not made.isCosmetic()
    assert made.capStyle() == Qt.PenCapStyle.FlatCap
    assert [length * width for length in made.dashPattern()] == pytest.approx(DASH)


# Painted


def test_a_dashed_curve_has_gaps(qtbot: QtBot) -> None:
    assert 110 <= curve_inked(np.array([0.0, 200.0]), np.full(2, 20.0), DASH).sum() <= 135


def test_a_curve_of_many_points_has_its_full_colour(qtbot: QtBot) -> None:
    sheet, x = Sheet(), np.linspace(0, 200, MANY)
    sheet.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_curve(sheet.painter, Columns.of(x, AREA, 1.0), np.full(MANY, 20.3), AREA, INK, width=2.0)
    sheet.painter.end()
    assert near(sheet.image, INK)[:, 12:208].any(axis=0).all()


def test_unknown_values_are_not_drawn(qtbot: QtBot) -> None:
    x, y = np.arange(0.0, 80.0), np.full(80, 20.0)
    y[20:40] = np.nan
    columns = curve_inked(x, y)
    assert columns[12:28].all()
    assert not columns[31:49].any()
    assert columns[52:88].all()
    assert not curve_inked(x, np.full(80, np.nan)).any()


@pytest.mark.parametrize("dash", [(), DASH])
@pytest.mark.parametrize("points", [0, 1])
def test_a_curve_of_fewer_than_two_points_is_empty(
    qtbot: QtBot, points: int, dash: tuple[float, ...]
) -> None:
    assert not curve_inked(np.full(points, 20.0), np.full(points, 20.0), dash).any()


def test_a_curve_that_oscillates_is_its_lowest_and_highest(qtbot: QtBot) -> None:
    sheet, x = Sheet(), np.linspace(0, 200, MANY)
    y = np.tile([25.0, 75.0], MANY // 2)
    paint_curve(sheet.painter, Columns.of(x, AREA, 1.0), y, AREA, INK, width=2.0)
    sheet.painter.end()
    at = [sheet.image.pixelColor(110, 10 + y) for y in (10, 50, 90)]
    assert at[0] == at[2] == QColor(GROUND)
    assert QColor(INK).green() < at[1].green() < QColor(GROUND).green()
    assert near(sheet.image, INK)[:, 110].sum() == 4, "two lines of two pixels"


def test_a_simplified_line_stays_within_the_tolerance() -> None:
    for bend in [0.0, 0.3, 3.0]:
        x = np.linspace(0, 1, 201)
        line = np.column_stack((x, np.sin(bend * x) + (x > 0.7) * (x - 0.7)))
        fewer = simplified(line, 1e-3)
        assert len(fewer) < 80
        assert fewer[[0, -1]].tolist() == line[[0, -1]].tolist()
        assert {tuple(point) for point in fewer.tolist()} <= {
            tuple(point) for point in line.tolist()
        }
        between = np.interp(x, fewer[:, 0], fewer[:, 1])
        assert np.abs(between - line[:, 1]).max() <= 2e-3 * np.hypot(1, 4)


def test_corners_short_lines_and_thin_loops_are_kept() -> None:
    for points in [2, 3, 4, 5]:
        zigzag = np.column_stack((np.arange(points), np.arange(points) % 2)).astype(float)
        np.testing.assert_array_equal(simplified(zigzag, 0.01), zigzag)

    loop = np.array([(0, 0), (1, 1e-6), (2, 0), (1, -1e-6), (0, 0)], dtype=float)
    assert simplified(loop, 0.01)[:, 0].max() == 2


X: Array = np.linspace(0, 299.5, 600)
ALTERNATING: Array = np.tile([80.0, 20.0], 300)

LINES = {
    "straight": X,
    "falling": 100 * np.exp(-X / 50),
    "one spike": 50.0 * (np.arange(len(X)) == 300),
    "spikes apart": 50.0 * (np.arange(len(X)) % 40 == 0),
    "waves": 50 + 30 * np.sin(X / 3),
    "a tremble": 50 + 1.4 * (-1.0) ** np.arange(len(X)),
}


@pytest.mark.parametrize("name", LINES)
def test_what_can_be_seen_is_drawn_as_it_is(name: str) -> None:
    y = LINES[name]
    (line,), areas = enveloped(X, y)
    np.testing.assert_array_equal(line, np.stack((X, y), axis=1))
    assert not areas


@pytest.mark.parametrize("slope", [40.0, -40.0])
def test_a_steep_curve_of_many_points_is_no_oscillation(slope: float) -> None:
    x: Array = np.linspace(0, 40, 1600)
    assert enveloped(*fewer(x, slope * x + 3 * x**2))[1] == []


def test_an_oscillation_of_many_points_is_a_band() -> None:
    x: Array = np.linspace(0, 300, 6000)
    assert len(enveloped(*fewer(x, np.tile([80.0, 20.0, 60.0], 2000)))[1]) == 1


@pytest.mark.parametrize("spacing", [0.0, 0.02, 0.5, 2.0])
def test_an_oscillation_is_its_highest_and_lowest(spacing: float) -> None:
    x = 2 * spacing * X
    lines, (area,) = enveloped(x, ALTERNATING)
    edges = [line for line in lines if len(line) > 1]
    assert [set(line[1:-1, 1]) for line in edges] == [{20.0}, {80.0}]
    for edge in (*edges, area):
        assert edge[:, 0].min() == x[0]
        assert edge[:, 0].max() == x[-1]
    assert len(np.concatenate(edges)) < len(x) + 8


def test_an_oscillation_with_points_at_rest_is_a_band_too() -> None:
    lines, areas = enveloped(X, np.tile([80.0, 80.0, 20.0, 20.0], 150))
    assert len(areas) == 1
    assert max(len(line) for line in lines) < 100


def test_strokes_far_enough_apart_are_drawn_one_by_one() -> None:
    lines, areas = enveloped(8 * X, ALTERNATING)
    assert len(lines) == 1
    assert not areas


def test_only_the_part_that_oscillates_has_an_area() -> None:
    y: Array = np.where((X > 96) & (X < 192), ALTERNATING, 50.0)
    lines, (area,) = enveloped(X, y)
    assert len(lines) == 4
    assert 80 <= area[:, 0].min() <= 97
    assert 191 <= area[:, 0].max() <= 208
    for line, following in itertools.pairwise(lines):
        assert tuple(following[0]) in {tuple(line[0]), tuple(line[-1])}  # no gap
    before, after = lines[0], lines[-1]
    assert before[0, 0] == 0
    assert after[-1, 0] == X[-1]


def test_unknown_values_stay_unknown() -> None:
    y: Array = np.where(X < 100, np.nan, ALTERNATING)
    lines, (area,) = enveloped(X, y)
    assert np.isfinite(area).all()
    assert np.isnan(lines[0][:200, 1]).all()


@pytest.mark.parametrize("count", range(5))
def test_few_points_are_one_line(count: int) -> None:
    (line,), areas = enveloped(X[:count], ALTERNATING[:count])
    assert len(line) == count
    assert not areas


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.05, 0.5, 2.0, 5.0]))
def test_every_point_is_on_a_line_or_in_an_area(seed: int, spacing: float) -> None:
    random = np.random.default_rng(seed)
    x = np.cumsum(random.exponential(spacing, 400))
    is_calm = np.repeat(random.random(10) < 0.5, 40)
    y = np.where(is_calm, 50.0, random.uniform(0, 100, 400))
    lines, areas = enveloped(x, y)
    drawn = {tuple(point) for line in lines for point in line.tolist()}
    for point in zip(x.tolist(), y.tolist(), strict=True):
        assert point in drawn or any(spans(area, *point) for area in areas)


def spans(area: Array, x: float, y: float) -> bool:
    """Return whether a point is between the ends of an area, and its lowest and highest."""
    (left, low), (right, high) = area.min(axis=0), area.max(axis=0)
    return bool(left <= x <= right and low <= y <= high)
