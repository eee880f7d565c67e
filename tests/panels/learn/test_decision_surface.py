"""The decision surface: colours, contour, lines of hidden units, signs of the rows, read-out."""

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.page import Page
from tests.support.screen import child, drag, is_near, pixel, press_left, shown, svg_of, turn_wheel
from tests.support.snapshots import QUICK, RECIPES, trained, with_weights
from tests.support.watched import watched_record
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, Grid, logit_grid, output_at, unit_lines
from xorviz.core.arrays import Array
from xorviz.core.network import Weights, head_of, outputs, sigmoid
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.square_items import level_images
from xorviz.panels.learn.decision_surface import DecisionSurface, Key
from xorviz.panels.learn.surface_canvas import Picture, SurfaceCanvas
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.said import told_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

LOPSIDED = replace(QUICK, targets=(1, 0, 0, 0))
"""x1 and not x2: only the corner at the right below has target 1."""


class Surface(Page[DecisionSurface]):
    """A decision surface on the screen."""

    @property
    def square(self) -> SurfaceCanvas:
        return child(self.view, SurfaceCanvas)

    @property
    def painted(self) -> Picture:
        assert self.square.picture is not None
        return self.square.picture

    @property
    def contour(self) -> Array:
        """The points (n, 2) of the contour."""
        return np.concatenate([np.empty((0, 2)), *self.painted.boundary])

    def place(self, x1: float, x2: float) -> QPoint:
        """Return the pixel where these inputs are."""
        return self.square.chart.at(x1, x2).toPoint()

    def color(self, x1: float, x2: float, off: tuple[int, int] = (0, 0)) -> QColor:
        """Return the colour at these inputs, or some pixels off."""
        return pixel(self.square, self.place(x1, x2) + QPoint(*off))

    def point_at(self, x1: float, x2: float) -> str:
        """Move the mouse to these inputs, or outside the square; return the read-out."""
        return self.point(self.place(x1, x2), self.square)


@pytest.fixture
def lopsided() -> Snapshot:
    return trained(LOPSIDED, 2000)


@pytest.fixture
def page(qtbot: QtBot, lopsided: Snapshot) -> Surface:
    return Surface(qtbot, DecisionSurface(), lopsided)


def as_read(snapshot: Snapshot, x1: float, x2: float) -> str:
    y = output_at(snapshot.weights, snapshot.config, x1, x2)
    inputs = f"x1 {numerals.fixed(x1, 2)}  x2 {numerals.fixed(x2, 2)}"
    return f"{inputs} → {numerals.fixed(y, 4)}"


# The picture


BARS = {
    "tanh, −1 and 1, passes": ("−1", "0", "1"),
    "tanh of 0 and 1": ("≤ 0", "½", "1"),
    "sigmoid of −1 and 1": ("−1", "0", "1"),
    "Adam": ("0", "½", "1"),
    "linear, shuffled": ("≤ 0", "½", "≥ 1"),
}


@pytest.mark.parametrize("name", some(BARS))
def test_any_run_has_its_own_numbers_and_the_colours_of_its_targets(
    page: Surface, name: str
) -> None:
    snapshot = trained(RECIPES[name], 300)
    config, coding = snapshot.config, head_of(snapshot.config).coding
    page.show(snapshot)
    bar = child(page.view, ColorBar)
    assert tuple(bar._labels) == BARS[name]
    low, high = (int(one) for one in coding.value(np.array((0, 1))))
    ticks = ("0", "0.5", "1") if low == 0 else ("−1", "0", "1")
    assert all(svg_of(page.square).count(f">{tick}</text>") == 2 for tick in ticks)
    assert f"target {low}, {high}".replace("-", "−") in {
        key.text for key in page.view.findChildren(Key)
    }
    at = coding.value(np.array((0.2, 1.3)))
    y = float(outputs(snapshot.weights, config, at[np.newaxis])[0])
    read = page.point_at(0.2, 1.3)
    found = [float(part.replace("−", "-")) for part in re.findall(r"−?\d+\.\d+", read)]
    assert found == pytest.approx([*at, y], abs=0.03)
    share = min(max(float(coding.share(np.array(y))), 0), 1)
    assert is_near(page.color(0.2, 1.3), diverging(LIGHT)[level(2 * share - 1, 1)][0], 12)
    middle = "½" if low == 0 else "0"
    assert f"above {middle}" in page.view.description()
    for x, z in page.contour[::9].tolist():
        step = coding.value(np.array([(x + dx, z + dz) for dx in NEAR for dz in NEAR]))
        around = coding.share(outputs(snapshot.weights, config, step))
        assert around.min() <= 0.5 <= around.max()


NEAR = (-0.03, 0, 0.03)


def test_the_image_is_the_output_and_stays_in_place(page: Surface) -> None:
    for width in (5, 64, 1, 3):
        snapshot = trained(replace(LOPSIDED, width=width), 20)
        page.show(snapshot)
        grid = Grid.for_width(width)
        expected = sigmoid(logit_grid(snapshot.weights, snapshot.config, grid.points))
        (image,) = level_images(expected[np.newaxis, ::-1], LIGHT)
        assert page.painted.image == image
    header, rows = page.view.table() or ((), ())
    for x2, first, *others in np.array([*rows], dtype=float).tolist():
        assert first == pytest.approx(output_at(snapshot.weights, snapshot.config, LOW, x2))
        assert len(header) == 2 + len(others)
    assert all(f">{name}</text>" in svg_of(page.square) for name in ("x1", "x2"))
    assert "from 0 to 1" in child(page.view, ColorBar).accessibleName()


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_each_row_has_the_colour_of_its_output_and_the_sign_of_its_target(
    page: Surface, lopsided: Snapshot, theme: Theme
) -> None:
    page.choose("unit_lines")
    page.view.apply_theme(theme)
    for row, target in zip(ROWS, LOPSIDED.targets, strict=True):
        wanted = theme.plus if target else theme.minus
        x1, x2 = (x + (0.2 if x else -0.2) for x in row)  # beside the sign
        output = output_at(lopsided.weights, lopsided.config, x1, x2)
        assert is_near(page.color(x1, x2), wanted, round(abs(output - target) * 510) + 8)
        assert is_near(page.color(*row), wanted)
        assert is_near(page.color(*row, (6, -6)), wanted, 90) == bool(target), "a square or circle"
    page.show(replace(lopsided, config=replace(LOPSIDED, targets=(0, 1, 1, 1))))
    assert all(is_near(page.color(*row), "white") for row in ROWS), "a cross: not correct"


@pytest.mark.parametrize("config", some([replace(QUICK, activation="tanh"), QUICK], 1))
def test_the_contour_is_where_the_output_is_one_half(page: Surface, config: RunConfig) -> None:
    snapshot = trained(config, 3000)
    page.show(snapshot)
    at = [output_at(snapshot.weights, config, *xy) for xy in page.contour]
    assert len(at) > 20
    assert np.abs(np.array(at) - 0.5).max() < 0.02
    assert len(page.painted.boundary) >= 2, "its pieces are separate"
    for line in page.painted.boundary:
        assert np.hypot(*np.diff(line, axis=0).T).max() < 0.1
    page.show(with_weights(RunConfig(), fill=3.0))
    assert not len(page.contour)
    assert "no decision boundary" in page.view.description()
    # The steps of this recipe are so long that the surface changes sides at each.
    swings = RunConfig(width=3, rate=5, seed=4)
    page.show(trained(swings, 1001))
    after = page.contour
    page.show(trained(swings, 1000))
    assert page.read().startswith("dashed")
    np.testing.assert_allclose(np.concatenate(page.painted.next_boundary), after)
    assert page.contour.shape != after.shape or not np.allclose(page.contour, after)
    page.show(trained(QUICK, 1000))
    assert (page.read(), page.painted.next_boundary) == ("", [])


@pytest.mark.parametrize(
    ("size", "parts"),
    [((226, 420), 3), ((333, 777), 3), ((480, 150), 0), ((250, 250), 1), ((901, 703), 3)],
)
def test_nothing_moves_the_square_and_the_legend_gives_way_to_it(
    page: Surface, size: tuple[int, int], parts: int
) -> None:
    view, middle = page.view, QPoint(150, 80)
    turn_wheel(page.square, 3)
    drag(page.square, middle, middle + QPoint(50, 20))
    view.resize(*size)
    QApplication.processEvents()
    box = page.square.chart.rect
    assert box.width() == pytest.approx(box.height(), abs=1.5)
    assert box.height() > 0.45 * min(size)
    keys = [key for key in view.findChildren(Key) if not key.visibleRegion().isEmpty()]
    assert len(keys) == parts
    assert all(key.width() >= key.sizeHint().width() for key in keys)
    assert all(key.accessibleName() and key.accessibleDescription() for key in keys)
    shown: list[QWidget] = [*keys, child(view, ColorBar), child(view, QLabel, "readout")]
    shown = [page.square, *(part for part in shown if part.isVisible())]
    places = [QRect(part.mapTo(view, QPoint()), part.size()) for part in shown]
    assert all(view.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for a, b in combinations(places, 2))


@pytest.mark.parametrize(("size", "is_wider"), [((480, 420), True), ((901, 703), False)])
def test_the_legend_begins_at_the_square_or_is_in_its_middle_if_wider(
    page: Surface, size: tuple[int, int], is_wider: bool
) -> None:
    page.view.resize(*size)
    QApplication.processEvents()
    bar = child(page.view, ColorBar)
    place = QRect(bar.mapTo(page.view, QPoint()), bar.size())
    square = page.square.chart.rect.translated(page.square.pos())
    assert (place.width() > square.width()) == is_wider
    if is_wider:
        assert place.center().x() == pytest.approx(square.center().x(), abs=1.5)
    else:
        assert place.left() == pytest.approx(square.left(), abs=1)


def test_mouse_and_arrow_keys_read_out_the_output_in_a_narrow_view_below_it(
    page: Surface, lopsided: Snapshot
) -> None:
    for x1, x2 in ((1.21, -0.37), (-0.45, 1.45)):
        page.point_at(x1, x2)
        at = QPointF(*(page.square.spot_at(QPointF(page.place(x1, x2))) or ()))
        assert (at.x(), at.y()) == pytest.approx((x1, x2), abs=0.02)
        for steps in (10, 2000):
            page.show(trained(LOPSIDED, steps))
            assert page.read() == as_read(trained(LOPSIDED, steps), at.x(), at.y())
    assert page.point_at(LOW - 0.1, 0.5) == page.point_at(0.5, LOW - 0.1) == ""
    right, left, up, down = (getattr(Qt.Key, f"Key_{w}") for w in ("Right", "Left", "Up", "Down"))
    walk = (right, 0.55, 0.5), (up, 0.55, 0.55), (left, 0.5, 0.55), (down, 0.5, 0.5)
    for key, x1, x2 in walk:
        assert page.press(key) == as_read(lopsided, x1, x2)
    assert page.press(*[left] * 30) == as_read(lopsided, LOW, 0.5)
    text, label = page.press(*[up] * 30), child(page.view, QLabel, "readout")
    assert (text, label.isVisible()) == (as_read(lopsided, LOW, HIGH), False)
    page.view.resize(230, 420)
    assert (page.read(), label.isVisible(), label.text()) == ("", True, text)
    assert label.width() >= label.sizeHint().width()
    page.press(Qt.Key.Key_Escape)
    page.view.resize(480, 420)
    assert (page.read(), label.isVisible(), label.text()) == ("", False, "")


# Hidden units


def with_lines() -> Snapshot:
    """Return a snapshot with the units' lines at x1 = 0.25, x2 = 0.75, and just outside."""
    w1, b1 = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), np.array([-0.25, -0.75, -1.501])
    weights = Weights(w1, b1, np.ones((3, 1)), np.zeros(1))
    return replace(trained(RunConfig(biases=True)), weights=weights)


def test_runs_with_other_numbers_share_no_legend(qtbot: QtBot) -> None:
    first = DecisionSurface()
    both = first, DecisionSurface(twin_of=first)
    for view in both:
        shown(qtbot, view, 480, 420)
    bars = [child(view, ColorBar) for view in both]
    for name in ("linear, shuffled", "tanh, −1 and 1, passes", ""):
        second = trained(RECIPES.get(name, QUICK), 20)
        for view in both:
            view.show_snapshot(replace(trained(QUICK, 20), beside=second))
        assert [bar.isVisible() for bar in bars] == [True, bool(name)]
        assert tuple(bars[0]._labels) == ("0", "½", "1")
        assert not name or tuple(bars[1]._labels) == BARS[name]


def test_the_units_lines_can_be_hidden_also_in_the_twin(qtbot: QtBot, page: Surface) -> None:
    first, second = trained(LOPSIDED, 100), trained(QUICK, 700)
    twin = Surface(qtbot, DecisionSurface(twin_of=page.view), size=(900, 900))
    page.view.resize(900, 900)
    assert twin.view.options == []
    for one, seen in ((page, first), (twin, second)):
        one.show(replace(first, beside=second))
        assert np.array_equal(one.painted.lines, unit_lines(seen.weights, seen.config))
    for text in ("lines", "no lines", "lines"):
        for one in (page, twin):
            key = next(key for key in one.view.findChildren(Key) if "unit" in key.text)
            assert bool(len(one.painted.lines)) == key.isVisible() == (text == "lines")
        page.choose("unit_lines")


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_selected_unit_s_line_is_solid_if_it_has_one(page: Surface, theme: Theme) -> None:
    page.view.apply_theme(theme)
    page.view.show_unit(0)
    page.show(with_lines())
    for _ in range(2):  # also where lines are hidden
        for unit, is_first, is_second in ((0, 1, 0), (1, 0, 1), (2, 0, 0), (63, 0, 0)):
            page.view.show_unit(unit)
            assert is_near(page.color(0.25, 0.3), theme.accent, 40) == is_first
            assert is_near(page.color(0.4, 0.75), theme.accent, 40) == is_second
        page.choose("unit_lines")


def test_lines_that_are_drawn_can_be_pointed_at_and_clicked(page: Surface) -> None:
    page.show(with_lines())
    pixel = (HIGH - LOW) / page.square.chart.rect.width()
    shapes = Qt.CursorShape
    for x1, x2, is_unit in (
        (0.25, 0.2, True),
        (0.25 + 4 * pixel, 0.1, True),
        (0.25 + 9 * pixel, 0.1, False),
        (0.25 + 4 * pixel, 0.75 + 2 * pixel, True),  # nearer to the second unit's
        (1.499, 0.2, False),
    ):
        page.point_at(x1, x2)
        shape = page.square.cursor().shape()
        assert shape == (shapes.PointingHandCursor if is_unit else shapes.CrossCursor)
    page.point_at(1.2, 0.75)
    page.point(None, page.square)
    assert page.square.cursor().shape() == shapes.ArrowCursor
    pointed, asked = page.heard["unit_pointed"], page.heard["unit_requested"]
    assert (pointed, asked) == ([0, None, 1, None, 1, None], [])
    page.choose("unit_lines")
    page.point_at(0.25, 0.2)
    assert pointed[6:] == []
    page.view.show_unit(0)
    page.point_at(0.25, 0.3)
    assert pointed[6:] == [0]
    page.view.show_unit(None)
    page.choose("unit_lines")
    page.view.unit_requested.connect(page.view.show_unit)
    for x1, x2 in ((0.25, 0.2), (1.2, 0.75), (0.8, 0.3), (0.25, 0.2), (0.25, 0.2)):
        press_left(page.square, page.place(x1, x2))
    QTest.mouseClick(page.square, Qt.MouseButton.RightButton, pos=page.place(1.2, 0.75))
    assert asked == [0, 1, None, 0, None]


def test_a_row_s_target_flips_by_a_click_on_its_sign_and_by_enter_there(
    page: Surface, lopsided: Snapshot
) -> None:
    asked, viewport = page.heard["targets_requested"], page.square
    page.view.show_unit(1)
    for row, (x1, x2) in enumerate(ROWS):
        page.point_at(x1, x2)
        assert viewport.cursor().shape() is Qt.CursorShape.PointingHandCursor
        assert f"target {LOPSIDED.targets[row]}" in page.square.toolTip()
        press_left(viewport, page.place(x1, x2))
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=page.place(x1, x2))
        wanted = tuple(t ^ (n == row) for n, t in enumerate(LOPSIDED.targets))
        assert asked == [wanted], "once, also by a double click"
        asked.clear()
    assert page.heard["unit_requested"] == [], "the selected unit stays"
    press_left(viewport, page.place(0, 0) + QPoint(16, 0))
    page.point_at(0.5, 0.5)
    assert (asked, page.square.toolTip()) == ([], "")
    page.point_at(2, 2)
    page.press(*[Qt.Key.Key_Left] * 10, *[Qt.Key.Key_Up] * 10, Qt.Key.Key_Return)
    assert asked == [(1, 0, 1, 0)]
    page.show(replace(lopsided, record=watched_record(LOPSIDED, 3)))
    for _ in range(2):
        page.point_at(0, 0)
        assert viewport.cursor().shape() is not Qt.CursorShape.PointingHandCursor
        press_left(viewport, page.place(0, 0))
        page.show(lopsided)
        page.view.are_targets_free = False
    assert len(asked) == 1, "neither of a watched run, nor where a lesson forbids it"


def test_what_is_this_says_one_thing(page: Surface, lopsided: Snapshot) -> None:
    ends = unit_lines(lopsided.weights, lopsided.config)[0]
    for at, wanted in (
        ((1, 0), "Row 10: target 1."),
        (tuple(ends.mean(axis=0)), "Click to highlight it in all panels."),
        ((0.35, 0.35), page.view.explanation),
    ):
        place = page.square.mapToGlobal(page.place(*at))
        assert wanted in told_of(page.square, place)[0]
