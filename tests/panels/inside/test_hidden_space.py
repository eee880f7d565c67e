"""The hidden space: its coordinates, the rows and the border, read-outs, and the choice of axes."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QPainterPath
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child, contrast, is_near, near
from tests.support.snapshots import trained
from xorviz.core.analysis.pair_plane import Border, Pair, PairPlane, choose_pair
from xorviz.core.analysis.pair_plane import plane_of as plane_between
from xorviz.core.analysis.surface import Span
from xorviz.core.network import Weights, hidden, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.square_items import Chart
from xorviz.panels.inside.hidden_space import (
    RAMP,
    Axis,
    HiddenPlane,
    HiddenSpace,
    ramp,
    ramp_color,
    strip,
    warped_paths,
)
from xorviz.ui.theme.palette import DARK, LIGHT

SOLVED = RunConfig(width=2, biases=True)


@pytest.fixture
def page(qtbot: QtBot) -> Page[HiddenSpace]:
    return Page(qtbot, HiddenSpace(), size=(420, 380))


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QMenu]:
    """Return the list of opened menus; the offscreen platform cannot grab the keyboard for them."""
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: menus.append(menu))
    return menus


def plane_of(page: Page[HiddenSpace]) -> HiddenPlane:
    return child(page.view, HiddenPlane)


def pair_of(page: Page[HiddenSpace]) -> Pair:
    plane = plane_of(page).plane
    assert plane is not None
    return plane.pair


def at(page: Page[HiddenSpace], across: float, up: float) -> QPoint:
    return plane_of(page).chart.at(across, up).toPoint()


def name_of(page: Page[HiddenSpace], axis: Axis) -> QPoint:
    return plane_of(page).name_rect(axis).center().toPoint()


def entries(page: Page[HiddenSpace], axis: Axis) -> list[QAction]:
    """Return the entries of an axis' menu: automatic, and a unit each."""
    menu = page.option(f"unit_{axis.name.lower()}").menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return menu.actions()


def solved() -> Snapshot:
    """Return XOR solved by hand: h1 is OR, h2 is AND."""
    w1, w2 = np.full((2, 2), 5.0), np.array([[8.0], [-8.0]])
    weights = Weights(w1, np.array([-2.0, -8.0]), w2, np.array([-4.0]))
    return replace(trained(SOLVED), weights=weights, outputs=outputs(weights, SOLVED))


def with_outgoing(*sizes: float, run: int = 0) -> Snapshot:
    """Return a network with these weights to the output."""
    snapshot = trained(RunConfig(width=len(sizes)))
    w2 = np.array(sizes)[:, np.newaxis]
    return replace(snapshot, weights=replace(snapshot.weights, w2=w2), run=run)


def test_rows_are_at_the_units_responses_on_their_side_of_the_border(
    page: Page[HiddenSpace],
) -> None:
    page.show(solved())
    picture, h = page.canvas.grab().toImage(), hidden(solved().weights, SOLVED)
    for (across, up), target in zip(h.tolist(), SOLVED.targets, strict=True):
        fill = LIGHT.plus if target else LIGHT.minus
        assert is_near(picture.pixelColor(at(page, across, up)), fill)
    for share in (0.2, 0.5, 0.8):  # 8 h1 - 8 h2 - 4 = 0: from (0.5, 0) to (1, 0.5)
        assert page.has(at(page, 0.5 + 0.5 * share, 0.5 * share), LIGHT.text, 60)
    inside, outside = (picture.pixelColor(at(page, *one)) for one in ((0.9, 0.1), (0.2, 0.7)))
    assert inside.red() > inside.blue()
    assert outside.red() < outside.blue()


def test_one_unit_is_shown_on_a_line(page: Page[HiddenSpace], opened: list[QMenu]) -> None:
    weights = Weights(np.array([[9.0], [0.0]]), np.array([-4.5]), np.array([[4.0]]), np.array([-1]))
    page.show(replace(trained(RunConfig(width=1, biases=True)), weights=weights))
    marks = plane_of(page).marks()
    assert {mark.y() for mark in marks} == {plane_of(page).chart.rect.center().y()}
    assert marks[ROWS.index((1, 0))].x() > marks[ROWS.index((0, 0))].x()
    assert page.has(at(page, 0.25, 0.7), LIGHT.text, 60)
    (row, *_) = page.view.description().split(": ")[1].split(";")
    assert "," not in row, "it has one coordinate"
    page.click(name_of(page, Axis.UP))
    assert opened == []
    assert not page.option("unit_up").isEnabled()


def test_a_row_is_read_with_its_responses_and_output_near_its_mark_and_at_its_label(
    page: Page[HiddenSpace],
) -> None:
    page.show(solved())
    page.picture()
    row = ROWS.index((0, 0))
    mark, label = plane_of(page).marks()[row], plane_of(page).places[row].rect.center()
    for near_it in (mark + QPoint(6, 6), label):
        assert page.point(near_it) == "00: h1 0.12, h2 0.00, output 0.05"
        assert page.point(at(page, 0.3, 0.5)) == "h1 across, h2 up"


def test_a_row_pointed_at_has_its_own_dashed_border(page: Page[HiddenSpace]) -> None:
    snapshot, row = trained(RunConfig(rate=0.5), 620), ROWS.index((1, 0))
    page.show(snapshot)
    before = page.canvas.grab().toImage()
    responses = hidden(snapshot.weights, snapshot.config)[row].tolist()
    said = ", ".join(f"h{unit} {value:.2f}" for unit, value in enumerate(responses, 1))
    read = page.point(plane_of(page).marks()[row])
    assert read == f"10: {said}, output {snapshot.outputs[row]:.2f}, its line dashed"
    after, plane, chart = page.canvas.grab().toImage(), plane_of(page).plane, plane_of(page).chart
    assert plane is not None
    ends = plane.borders[row].within(chart.across, chart.up)
    assert ends is not None
    shares = np.linspace(0.1, 0.9, 60)[:, np.newaxis]
    points = [at(page, *one) for one in (ends[0] + shares * (ends[1] - ends[0])).tolist()]
    assert sum(after.pixelColor(one) != before.pixelColor(one) for one in points) > 20


def test_the_axes_are_read_and_rarely_change_within_a_run(page: Page[HiddenSpace]) -> None:
    for count, text in enumerate(
        ("h1 along the line", "up", "h3 held at its mean", "units held at their mean"), 1
    ):
        page.show(with_outgoing(*(4, 3, 2, 1)[:count], run=7))
        assert page.read().endswith(text)
    for sizes, run, pair in [
        ((3, 2, 1), 0, Pair(0, 1)),
        ((3, 2, 2.2), 0, Pair(0, 1)),
        ((3, 2, 2.6), 0, Pair(0, 2)),
        ((3, 2.6, 2.2), 0, Pair(0, 2)),
        ((3, 2.6, 2.5), 1, Pair(0, 1)),
    ]:
        page.show(with_outgoing(*sizes, run=run))
        assert pair_of(page) == pair


def test_units_can_be_chosen_for_the_axes(page: Page[HiddenSpace]) -> None:
    page.show(trained(RunConfig(width=64)))
    assert len(entries(page, Axis.UP)) == 65
    page.show(with_outgoing(4, 3, 2, 1))
    for axis, unit, units in ((Axis.ACROSS, 4, (3, 0)), (Axis.UP, 3, (3, 2)), (Axis.UP, 4, None)):
        entries(page, axis)[unit].trigger()
        checked = [entry.isChecked() for entry in entries(page, axis)]
        assert checked == [place == unit for place in range(5)]
        assert pair_of(page).units[axis.value] == unit - 1
        assert units is None or pair_of(page).units == units
    entries(page, Axis.UP)[0].trigger()
    assert pair_of(page) == choose_pair(with_outgoing(4, 3, 2, 1).weights, pair_of(page))
    entries(page, Axis.UP)[4].trigger()
    page.show(with_outgoing(4, 3, run=1))
    assert pair_of(page) == Pair(0, 1), "there is no h4"


def test_a_click_on_an_axis_opens_its_menu_and_enter_that_of_both(
    page: Page[HiddenSpace], opened: list[QMenu]
) -> None:
    page.show(trained(RunConfig()))
    for axis in Axis:
        page.click(name_of(page, axis))
        assert opened[-1] is page.option(f"unit_{axis.name.lower()}").menu()
    page.click(at(page, 0.5, 0.5))
    assert len(opened) == 2
    page.press(Qt.Key.Key_Return)
    assert opened[-1].actions() == page.view.options


def test_pointing_at_an_axis_points_at_its_unit_and_the_chosen_one_has_the_accent_colour(
    page: Page[HiddenSpace],
) -> None:
    page.show(with_outgoing(1, 4, 3))
    page.point(name_of(page, Axis.ACROSS))
    assert page.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    page.point(name_of(page, Axis.UP))
    page.point(at(page, 0.5, 0.5))
    assert page.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert page.heard["unit_pointed"] == [1, 2, None]
    for unit in (None, 1, 2, 0, 40):
        page.view.show_unit(unit)
        for axis, its_unit in zip(Axis, (1, 2), strict=True):
            rect = plane_of(page).name_rect(axis).toRect()
            is_accented = near(page.canvas.grab(rect).toImage(), LIGHT.accent).any()
            assert is_accented == (unit == its_unit)


# Geometry: coordinates, strips and the bent grid

CHART = Chart(QRectF(30, 10, 200, 120), Span(-1, 1), Span(0, 4))


def test_the_second_axis_points_upwards_and_pixels_and_points_are_inverse() -> None:
    assert CHART.at(-1, 0) == QPointF(30, 130)
    assert CHART.at(1, 4) == QPointF(230, 10)
    for x, y in ((-0.9, 1.5), (0.0, 0.0), (1.0, 3.9)):
        assert CHART.point(CHART.at(x, y)) == pytest.approx((x, y))
    assert CHART.point(CHART.rect.topLeft() - QPointF(1, 0)) is None
    assert np.abs(CHART.pixels(np.array([[1e100, -1e100]]))).max() <= 1e6


BORDERS = [(1, 1, -1), (1, 0, 0.25), (3, 1, 9), (0, 0, 2)]


def test_a_strip_contains_the_points_between_two_values() -> None:
    points = np.random.RandomState(0).uniform((-1, 0), (1, 4), (60, 2)).tolist()
    ends = ((0, math.inf), (-math.inf, 0), (-0.5, 1))
    for numbers, (low, high) in itertools.product(BORDERS, ends):
        border = Border(*numbers)
        part = strip(CHART, border, low, high)
        for across, up in points:
            side = border.side(across, up)
            if min(abs(side - low), abs(side - high)) > 0.05:
                inside = part.containsPoint(CHART.at(across, up), Qt.FillRule.OddEvenFill)
                assert inside == (low < side < high)


def bent_plane(width: int) -> tuple[Chart, PairPlane]:
    """Return the plane of two units, and its box."""
    snapshot = trained(RunConfig(width=width, biases=True, seed=3, init_range=3))
    plane = plane_between(snapshot.weights, snapshot.config, Pair(0, 1))
    return Chart(QRectF(20, 10, 300, 200), plane.across, plane.up), plane


Piece = tuple[float, ...]


def pieces(path: QPainterPath) -> list[Piece]:
    """Return the line segments of a path."""
    elements = [path.elementAt(i) for i in range(path.elementCount())]
    return [(a.x, a.y, b.x, b.y) for a, b in itertools.pairwise(elements) if b.isLineTo()]


@pytest.mark.parametrize("width", [2, 3])
def test_every_segment_of_the_grid_is_drawn_once_in_the_colour_of_the_third_unit(
    width: int,
) -> None:
    chart, plane = bent_plane(width)
    paths = warped_paths(chart, plane, LIGHT)
    colors = {piece: color.name() for color, path in paths for piece in pieces(path)}
    assert sum(len(pieces(path)) for _, path in paths) == len(colors)
    expected = {}
    for number, line in enumerate(plane.grid.tolist()):
        points = [chart.at(*at) for at in line]
        for place, (a, b) in enumerate(itertools.pairwise(points)):
            color = ""
            if plane.third is not None:
                mean = plane.third.grid[number, place : place + 2].mean()
                color = ramp_color(LIGHT, plane.third.span, float(mean)).name()
            expected[a.x(), a.y(), b.x(), b.y()] = color
    assert colors.keys() == expected.keys()
    if plane.third is None:
        assert len(paths) == 1
    else:
        assert colors == expected


def test_grid_colours_go_from_blue_to_orange_and_contrast_with_the_panel() -> None:
    for theme in (LIGHT, DARK):
        names = [color.name() for color in ramp(theme)]
        assert (names[0].upper(), names[-1].upper()) == (theme.minus, theme.plus)
        assert min(contrast(color, theme.panel) for color in names) > 1.8
    values = (-9, *np.linspace(-1, 1, RAMP), 9)
    found = [ramp_color(LIGHT, Span(-1, 1), value) for value in values]
    assert found == [ramp(LIGHT)[0], *ramp(LIGHT), ramp(LIGHT)[-1]]
