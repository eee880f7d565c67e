"""The curves of pinned runs, and fast painting of curves."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPicture
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import shown
from xorviz.core.arrays import Array
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import MOST_PINNED, PinnedRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.trace import CAPACITY, Trace
from xorviz.panels.curves.overlay import Scales
from xorviz.panels.curves.run_curves import (
    RunCurves,
    clipped,
    dashes,
    draw_lines,
    paint_curve,
    segments,
    thinned,
    traced,
)
from xorviz.panels.curves.run_styles import DASHED, RUN_STYLES
from xorviz.ui.plot.axes import ScaledAxis, loss_text, step_text
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

AREA = QRectF(0, 0, 200, 100)


def pinned(style: int, losses: ArrayLike = 0.5, is_shown: bool = True) -> PinnedRun:
    """Return a pinned run with these losses; a single loss is constant over steps 0 to 1000."""
    level = np.atleast_1d(np.asarray(losses, dtype=float))
    known = np.full(2, level[0]) if len(level) == 1 else level
    steps = np.linspace(0, 1000, len(known)).astype(np.int64)
    record = Record(RunConfig(), newest=int(steps[-1]), trace=Trace(steps, known))
    return PinnedRun(f"Run {style}", record, 0, style, is_shown)


def pieces_of(x: Array, y: Array) -> Array:
    """Return the segments of one line."""
    return segments([np.stack((x, y), axis=1)])


class Board:
    """A plot of the steps 0 to 1000 and the losses 0 to 1, with curves of pinned runs."""

    def __init__(self, qtbot: QtBot) -> None:
        step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left", loss_text, 0.0)
        self.plot = shown(qtbot, Plot(bottom=step, left=loss))
        self.box = self.plot.getPlotItem().getViewBox()
        self.box.setRange(xRange=(0, 1000), yRange=(0, 1), padding=0)
        self.curves = RunCurves(Scales(self.box, step, loss))
        self.apply_theme(LIGHT)

    def apply_theme(self, theme: Theme) -> None:
        self.plot.recolour(theme)
        self.curves.apply_theme(theme)

    def settle(self) -> None:
        """Paint until the axes have their final widths."""
        for _ in range(3):
            self.plot.grab()
            QApplication.processEvents()

    def rows(self, loss: float) -> list[list[QColor]]:
        """Return the colours from left to right at about the height of a loss."""
        self.settle()
        image = self.plot.viewport().grab().toImage()
        area = self.box.sceneBoundingRect()
        middle = round(area.top() + (1 - loss) * area.height() - 0.5)
        columns = range(int(area.left()) + 2, int(area.right()) - 2)
        return [[image.pixelColor(x, y) for x in columns] for y in range(middle - 1, middle + 2)]


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return Board(qtbot)


def nearness(color: QColor, other: str) -> int:
    wanted = QColor(other)
    pairs = zip(color.getRgb()[:3], wanted.getRgb()[:3], strict=True)  # type: ignore[index]
    return max(abs(int(a) - int(b)) for a, b in pairs)


def share_inked(rows: list[list[QColor]], style: int, theme: Theme) -> float:
    """Return the share of the fullest row that is nearer to a style's colour than to the panel."""
    ink, ground = RUN_STYLES[style].color(theme), theme.panel
    return max(sum(nearness(c, ink) < nearness(c, ground) for c in r) / len(r) for r in rows)


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_every_style_is_painted_in_its_colour_and_with_its_gaps(board: Board, theme: Theme) -> None:
    board.apply_theme(theme)
    levels = np.linspace(0.05, 0.95, MOST_PINNED)
    board.curves.show_runs(tuple(pinned(s, levels[s]) for s in range(MOST_PINNED)))
    for style in range(MOST_PINNED):
        inked = share_inked(board.rows(float(levels[style])), style, theme)
        dash = RUN_STYLES[style].dash
        assert inked == pytest.approx(dash[0] / sum(dash) if dash else 1.0, abs=0.08)


def test_runs_hidden_or_without_steps_are_not_drawn(board: Board) -> None:
    board.curves.show_runs((pinned(0, 0.5, is_shown=False), pinned(1, 0.25)))
    assert share_inked(board.rows(0.5), 0, LIGHT) == 0
    assert share_inked(board.rows(0.25), 1, LIGHT) == 1
    board.curves.show_runs(())
    assert share_inked(board.rows(0.25), 1, LIGHT) == 0

    board.curves.show_runs((PinnedRun("Run 1", Record(RunConfig()), 0, 0),))
    board.settle()
    assert board.curves.runs == ()


def test_nothing_is_repainted_while_nothing_changes(board: Board) -> None:
    runs = (pinned(0), pinned(7))
    board.curves.show_runs(runs)
    board.settle()
    before = board.curves.pictures
    assert before
    for _ in range(20):
        board.curves.show_runs(tuple(replace(run, name="Another name") for run in runs))
        board.curves.update()
        board.settle()
    assert board.curves.pictures == before


def test_every_change_of_the_look_is_painted(board: Board) -> None:
    board.curves.show_runs((pinned(0),))
    changes = (
        lambda: board.curves.show_runs((pinned(0, 0.7),)),
        lambda: board.curves.show_runs((pinned(3, 0.7),)),
        lambda: board.box.setRange(xRange=(0, 500), padding=0),
        lambda: board.box.setRange(yRange=(0, 2), padding=0),
        lambda: board.plot.resize(500, 300),
        lambda: board.apply_theme(DARK),
    )
    for change in changes:
        board.settle()
        before = board.curves.pictures
        change()
        board.settle()
        assert board.curves.pictures > before


def test_a_vector_drawing_gets_lines(board: Board) -> None:
    board.curves.show_runs((pinned(0, np.random.default_rng(1).random(500)),))
    board.settle()
    before = board.curves.pictures
    drawing = QPicture()
    painter = QPainter(drawing)
    board.plot.scene().render(painter)
    painter.end()
    assert board.curves.pictures == before
    assert drawing.size() > 500 * 4 * 4  # numbers for each of the lines


def test_extreme_curves_are_painted(board: Board) -> None:
    for losses in ([0.0, 1e308, 5e-324], [1.7e308, 1.7e308], [0.5]):
        board.curves.show_runs((pinned(0, np.array(losses)), pinned(6, np.array(losses))))
        board.box.setRange(xRange=(0, 1e-3), yRange=(0, 1e-9), padding=0)
        board.settle()


def picture_of(pieces: Array) -> QImage:
    """Return a picture of lines in black on white."""
    image = QImage(220, 120, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.translate(10, 10)
    painter.setPen(QPen(Qt.GlobalColor.black, 1))
    draw_lines(painter, pieces)
    painter.end()
    return image


def ink_of(image: QImage) -> Array:
    """Return (H, W) how dark a picture is."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    shape = grey.height(), grey.bytesPerLine()
    levels = np.frombuffer(grey.constBits(), dtype=np.uint8).reshape(shape)
    return 255 - levels.astype(np.float64)


def test_thinning_does_not_change_the_picture(qtbot: QtBot) -> None:
    rng = np.random.default_rng(7)
    x = np.linspace(0, 200, CAPACITY)
    y = 50 + 20 * np.sin(x / 20) + rng.normal(0, 8, len(x))
    full, thin = (picture_of(pieces_of(*line)) for line in ((x, y), thinned(x, y)))
    assert len(thinned(x, y)[0]) < len(x) / 4
    assert (np.abs(ink_of(full) - ink_of(thin)) > 0).mean() < 0.005


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(-1e6, 1e6)), min_size=1, max_size=300))
def test_thinning_keeps_the_ends_and_the_extremes_of_each_column(
    points: list[tuple[float, float]],
) -> None:
    x, y = np.array(sorted(points, key=lambda point: point[0])).T
    thin_x, thin_y = thinned(x, y)
    assert len(thin_x) <= max(4 * 31, len(x))
    assert (np.diff(thin_x) >= 0).all()
    for column in range(31):
        before, after = y[np.floor(x) == column], thin_y[np.floor(thin_x) == column]
        assert len(before) == 0 or {before[0], before[-1], before.min(), before.max()} <= {*after}
        assert set(after) <= set(before)


@given(st.lists(st.tuples(*[st.floats(-500, 500)] * 4), min_size=1, max_size=30))
def test_clipping_keeps_what_is_inside(lines: list[tuple[float, float, float, float]]) -> None:
    pieces = np.array(lines)
    kept_pieces = clipped(pieces, AREA)
    assert (kept_pieces[:, ::2] >= AREA.left() - 1e-6).all()
    assert (kept_pieces[:, ::2] <= AREA.right() + 1e-6).all()
    assert (kept_pieces[:, 1::2] >= AREA.top() - 1e-6).all()
    assert (kept_pieces[:, 1::2] <= AREA.bottom() + 1e-6).all()
    shares = (np.arange(20_000) + 0.5) / 20_000
    for piece in pieces:
        along = piece[None, :2] + shares[:, None] * (piece[2:] - piece[:2])
        inside = (along >= 0).all(axis=1) & (along <= [AREA.right(), AREA.bottom()]).all(axis=1)
        length = float(np.hypot(*(piece[2:] - piece[:2])))
        assert length_of(clipped(piece[None], AREA)) == pytest.approx(
            inside.mean() * length, abs=1e-3 * length + 1e-6
        )


def length_of(pieces: Array) -> float:
    return float(np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]).sum())


def test_a_straight_line_is_dashed_evenly() -> None:
    x = np.array([0.0, 3.0, 50.0, 50.0, 77.0, 100.0])
    pieces = dashes(pieces_of(x, np.full(6, 5.0)), *DASHED)
    on = [bool(((pieces[:, 0] <= at) & (at <= pieces[:, 2])).any()) for at in np.arange(0.5, 100)]
    assert on == [at % 10 < 6 for at in range(100)]


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=2, max_size=40))
def test_dashes_are_as_long_as_the_pattern_says(points: list[tuple[float, float]]) -> None:
    line = segments([np.array(points)])
    total, pieces = length_of(line), dashes(line, *DASHED)
    whole, rest = divmod(total, 10)
    assert length_of(pieces) == pytest.approx(whole * 6 + min(rest, 6), abs=1e-6 * (1 + total))


def test_a_noisy_curve_is_not_cut_into_countless_dashes() -> None:
    x = np.linspace(0, 300, CAPACITY)
    noise = np.random.default_rng(3).random(CAPACITY) * 100
    line = pieces_of(x, noise)
    assert len(dashes(line, *DASHED)) <= len(line) + 1200
    assert length_of(dashes(line, *DASHED)) == pytest.approx(0.6 * length_of(line), rel=0.01)


INK = "#FF0000"


def inked(x: Array, y: Array, dash: tuple[float, ...] = ()) -> Array:
    """Return in which columns (100,) a curve leaves ink, drawn inside of a margin of 10."""
    image = QImage(100, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_curve(painter, x, y, QRectF(10, 0, 80, 40), INK, dash)
    painter.end()
    data = np.frombuffer(image.constBits(), np.uint8).reshape(40, 100, 4)
    return np.asarray((data[:, :, 0] < 200).any(axis=0))


def test_a_curve_keeps_its_ends_and_its_extremes() -> None:
    for n in [1, 2, 3, 50, 5000]:
        x = np.linspace(0, 300, n)
        y = np.random.RandomState(n).uniform(0, 100, n)
        few_x, few_y = traced(x, y)
        assert len(few_x) == len(few_y) <= max(n * 4, 4 * 301)
        assert (np.diff(few_x) >= 0).all()
        assert (few_x[0], few_y[0], few_x[-1], few_y[-1]) == (x[0], y[0], x[-1], y[-1])
        for column in range(301):
            mine, all_of = few_y[np.floor(few_x) == column], y[np.floor(x) == column]
            if len(all_of):
                assert mine.min() == pytest.approx(all_of.min(), abs=0.6)
                assert mine.max() == pytest.approx(all_of.max(), abs=0.6)


def test_a_smooth_curve_has_one_point_a_column() -> None:
    x = np.linspace(0, 300, 4000)
    assert len(traced(x, 50 + 40 * np.sin(x / 100))[0]) <= 303


def test_unknown_values_are_not_drawn(qtbot: QtBot) -> None:
    x, y = np.arange(10.0, 90.0), np.full(80, 20.0)
    y[20:40] = np.nan
    columns = inked(x, y)
    assert columns[12:28].all()
    assert not columns[31:49].any()
    assert columns[52:88].all()
    assert not inked(x, np.full(80, np.nan)).any()


def test_a_curve_stays_inside_its_area(qtbot: QtBot) -> None:
    columns = inked(np.array([-1e9, 0.0, 50.0, 1e9]), np.full(4, 20.0))
    assert columns[10:90].all()
    assert not columns[:10].any()
    assert not columns[90:].any()


def test_a_dashed_curve_has_gaps(qtbot: QtBot) -> None:
    columns = inked(np.array([10.0, 90.0]), np.full(2, 20.0), (6, 4))
    assert 40 <= columns.sum() <= 60


def test_a_curve_of_fewer_than_two_points_is_empty(qtbot: QtBot) -> None:
    for points in [0, 1]:
        assert not inked(np.full(points, 20.0), np.full(points, 20.0)).any()
        assert not inked(np.full(points, 20.0), np.full(points, 20.0), (6, 4)).any()
