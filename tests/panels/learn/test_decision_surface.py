"""The decision surface: colours, contour, lines, markers and read-out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QColor, QFont, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, drag, is_near, press_left, shown_view, turn_wheel
from tests.support.snapshots import QUICK, trained, with_weights
from xorviz.core import numerals
from xorviz.core.analysis.surface import (
    HIGH,
    LOW,
    Grid,
    logit_grid,
    output_at,
    unit_line,
    unit_lines,
)
from xorviz.core.network import Weights, sigmoid
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.square_items import SquareImage, level_images
from xorviz.panels.learn.decision_surface import DecisionSurface, Key, unit_near
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.plot.plot import Mark, Plot
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

WEIGHTS = Weights(
    np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]]),
    np.array([-0.5, -1.0, 1.0, -1.501]),
    np.ones((4, 1)),
    None,
)
"""Lines at x1 = 0.5, at x2 = 1, none, and one just outside the square."""


def test_the_nearest_line_within_reach_is_found() -> None:
    for at, unit in [
        ((0.53, 0.0), 0),
        ((0.0, 0.96), 1),
        ((0.52, 0.99), 1),
        ((0.51, 0.98), 0),
        ((0, 0), None),
        ((1.499, 0), None),
    ]:
        assert unit_near(WEIGHTS, *at, reach=0.05) == unit

    assert unit_near(Weights(np.zeros((2, 3)), None, np.ones((3, 1)), None), 0, 0, 1) is None


LOPSIDED = replace(QUICK, targets=(1, 0, 0, 0))
"""x1 and not x2: only the corner at the right below has target 1."""

INTERIOR = 0.2
"""Distance from a row's marker at which a colour is read, in units of the inputs."""


@dataclass
class Harness:
    """A visible decision surface and its read-outs."""

    view: DecisionSurface
    readouts: list[str]

    @property
    def plot(self) -> Plot:
        return child(self.view, Plot)

    @property
    def items(self) -> list[QGraphicsItem]:
        return list(self.plot.scene().items(Qt.SortOrder.AscendingOrder))

    @property
    def image(self) -> SquareImage:
        (image,) = (i for i in self.items if isinstance(i, SquareImage))
        return image

    @property
    def markers(self) -> list[Mark]:
        return [i for i in self.items if isinstance(i, Mark) and i.isVisible()]

    @property
    def selected_line(self) -> pg.PlotCurveItem:
        return self.view._selected_line

    @property
    def lines_action(self) -> QAction:
        (action,) = self.view.options
        return action

    @property
    def lines(self) -> pg.PlotCurveItem:
        """The boundaries of the hidden units."""
        return self.view._lines

    @property
    def contour(self) -> NDArray[np.float64]:
        """The points (n, 2) of the contour."""
        x, y = self.view._contour.getData()
        points = np.column_stack((x, y))
        finite: NDArray[np.float64] = points[np.isfinite(points).all(axis=1)]
        return finite

    def at(self, x1: float, x2: float) -> QPoint:
        """Return the pixel of the viewport where these inputs are."""
        scene = self.plot.frames[0].box.mapViewToScene(QPointF(x1, x2))
        place: QPoint = self.plot.mapFromScene(scene)
        return place

    def picture(self) -> QImage:
        image: QImage = self.plot.viewport().grab().toImage()
        return image

    def color_at(self, x1: float, x2: float) -> QColor:
        return self.picture().pixelColor(self.at(x1, x2))

    def point_at(self, x1: float, x2: float) -> tuple[float, float]:
        """Move the mouse as near to these inputs as there is a pixel; return where that is."""
        place = self.at(x1, x2)
        # A mouse that is there already, from another test, would not move.
        QTest.mouseMove(self.plot.viewport(), QPoint(1, 1))
        QTest.mouseMove(self.plot.viewport(), place)
        QApplication.processEvents()
        inputs = self.plot.frames[0].box.mapSceneToView(self.plot.mapToScene(place))
        return inputs.x(), inputs.y()


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pyqtgraph drop none of the mouse's moves; it does when they come fast."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    view = shown_view(qtbot, DecisionSurface())
    readouts: list[str] = []
    view.readout_changed.connect(readouts.append)
    yield Harness(view, readouts)
    view.hide()


@pytest.fixture
def twin(qtbot: QtBot, harness: Harness) -> Iterator[Harness]:
    """Return the twin of the first surface."""
    view = shown_view(qtbot, DecisionSurface(twin_of=harness.view))
    readouts: list[str] = []
    view.readout_changed.connect(readouts.append)
    yield Harness(view, readouts)
    view.hide()


@pytest.fixture(scope="module")
def lopsided() -> Snapshot:
    snapshot = trained(LOPSIDED, 2000)
    assert snapshot.learned_since is not None
    return snapshot


def as_read(snapshot: Snapshot, x1: float, x2: float) -> str:
    y = output_at(snapshot.weights, snapshot.config.activation, x1, x2)
    inputs = f"x1 {numerals.fixed(x1, 2)}  x2 {numerals.fixed(x2, 2)}"
    return f"{inputs} → {numerals.fixed(y, 4)}"


def outward(row: tuple[int, int]) -> tuple[float, float]:
    """Return a place beside a row's marker, away from the other rows."""
    x1, x2 = row
    return x1 + (INTERIOR if x1 else -INTERIOR), x2 + (INTERIOR if x2 else -INTERIOR)


def fill_of(theme: Theme, target: int) -> str:
    return theme.plus if target else theme.minus


def test_the_image_is_the_output_with_fixed_levels(harness: Harness, lopsided: Snapshot) -> None:
    harness.view.show_snapshot(lopsided)
    grid = Grid.for_width(lopsided.config.width)
    expected = sigmoid(logit_grid(lopsided.weights, lopsided.config.activation, grid.points))
    (image,) = level_images(expected[np.newaxis], LIGHT)
    assert harness.image.image == image
    assert image.size().toTuple() == (grid.n, grid.n)


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_each_corner_has_the_colour_of_its_output(
    harness: Harness, lopsided: Snapshot, theme: Theme
) -> None:
    harness.lines_action.setChecked(False)
    harness.view.apply_theme(theme)
    harness.view.show_snapshot(lopsided)
    for row, target in zip(ROWS, LOPSIDED.targets, strict=True):
        color = harness.color_at(*outward(row))
        assert (color.red() > color.blue()) == bool(target), row
        output = output_at(lopsided.weights, "sigmoid", *outward(row))
        assert is_near(
            color, fill_of(theme, target), tolerance=round(abs(output - target) * 510) + 8
        )


@pytest.mark.parametrize(
    "config", some([LOPSIDED, replace(QUICK, activation="tanh")], 1), ids=["one", "two"]
)
def test_the_contour_is_where_the_output_is_one_half(harness: Harness, config: RunConfig) -> None:
    snapshot = trained(config, 1500)
    harness.view.show_snapshot(snapshot)
    assert len(harness.contour) > 20
    outputs = [output_at(snapshot.weights, config.activation, x1, x2) for x1, x2 in harness.contour]
    assert np.abs(np.array(outputs) - 0.5).max() < 0.02


def test_pieces_of_the_contour_are_separate_and_there_may_be_none(
    harness: Harness, lopsided: Snapshot
) -> None:
    harness.view.show_snapshot(trained(QUICK, 3000))
    x, y = harness.view._contour.getData()
    assert np.isnan(x).sum() >= 2
    jumps = np.hypot(np.diff(x), np.diff(y))
    assert np.nanmax(jumps) < 0.1

    harness.view.show_snapshot(lopsided)
    harness.view.show_snapshot(with_weights(RunConfig(), fill=3.0))
    assert len(harness.contour) == 0


def test_the_units_lines_can_be_hidden(harness: Harness, lopsided: Snapshot) -> None:
    harness.view.resize(900, 900)
    harness.view.show_snapshot(lopsided)
    lines = harness.lines
    assert harness.view.options_text == "lines"
    harness.lines_action.trigger()
    assert not lines.isVisible()
    assert harness.view.options_text == "no lines"
    key = next(k for k in harness.view.findChildren(Key) if "unit" in k.text)
    assert not key.isVisible()
    harness.view.show_snapshot(trained(LOPSIDED, 100))
    harness.lines_action.trigger()
    assert lines.isVisible()
    assert key.isVisible()
    np.testing.assert_array_equal(
        np.column_stack(lines.getData()), unit_lines(trained(LOPSIDED, 100).weights).reshape(-1, 2)
    )


def test_each_row_is_marked_and_the_marker_follows_output_and_target(
    harness: Harness, lopsided: Snapshot
) -> None:
    harness.view.show_snapshot(lopsided)
    places = [(marker.pos().x(), marker.pos().y()) for marker in harness.markers]
    assert places == [tuple(map(float, row)) for row in ROWS]

    harness.view.show_snapshot(trained(LOPSIDED))
    harness.view.show_snapshot(lopsided)
    assert not any(is_near(marker_pixels(harness, row)[0], "white") for row in ROWS)
    flipped = replace(lopsided, config=replace(LOPSIDED, targets=(0, 1, 1, 1)))
    harness.view.show_snapshot(flipped)
    assert all(is_near(marker_pixels(harness, row)[0], "white") for row in ROWS)


def marker_pixels(harness: Harness, row: tuple[int, int]) -> tuple[QColor, QColor]:
    """Return the colours in the middle of a marker, and in what is a corner if it is a square."""
    picture, middle = harness.picture(), harness.at(*row)
    return picture.pixelColor(middle), picture.pixelColor(middle + QPoint(6, -6))


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_a_correct_row_is_a_plain_circle_or_square(
    harness: Harness, lopsided: Snapshot, theme: Theme
) -> None:
    harness.view.apply_theme(theme)
    harness.view.show_snapshot(lopsided)
    for row, target in zip(ROWS, LOPSIDED.targets, strict=True):
        middle, corner = marker_pixels(harness, row)
        assert is_near(middle, fill_of(theme, target))
        assert is_near(corner, fill_of(theme, target), 30) == bool(target)


@pytest.mark.parametrize(
    ("x1", "x2"), some([(0.5, 0.5), (0.0, 1.0), (1.21, -0.37), (-0.45, 1.45)], 1)
)
def test_the_mouse_reads_out_the_output_under_it(
    harness: Harness, lopsided: Snapshot, x1: float, x2: float
) -> None:
    harness.view.show_snapshot(lopsided)
    assert harness.readouts[-1] == ""
    place = harness.point_at(x1, x2)
    assert place == pytest.approx((x1, x2), abs=0.02)
    assert harness.readouts[-1] == as_read(lopsided, *place)


def test_the_read_out_changes_while_the_network_learns(
    harness: Harness, lopsided: Snapshot
) -> None:
    harness.view.show_snapshot(trained(LOPSIDED))
    place = harness.point_at(1, 0)
    harness.view.show_snapshot(lopsided)
    assert harness.readouts[-1] == as_read(lopsided, *place)


def test_the_read_out_is_cleared_outside_of_the_square(
    harness: Harness, lopsided: Snapshot
) -> None:
    harness.view.show_snapshot(lopsided)
    harness.point_at(0.5, 0.5)
    QTest.mouseMove(harness.plot.viewport(), QPoint(3, harness.plot.height() // 2))
    QApplication.processEvents()
    assert harness.readouts[-1] == ""


def test_arrow_keys_read_out_the_output_in_even_steps_up_to_the_edge(
    harness: Harness, lopsided: Snapshot
) -> None:
    harness.view.show_snapshot(lopsided)
    places = [
        (Qt.Key.Key_Right, 0.55, 0.50),
        (Qt.Key.Key_Up, 0.55, 0.55),
        (Qt.Key.Key_Left, 0.50, 0.55),
        (Qt.Key.Key_Down, 0.50, 0.50),
    ]
    for key, x1, x2 in places:
        QTest.keyClick(harness.view, key)
        assert harness.readouts[-1] == as_read(lopsided, x1, x2)
    for key, x1, x2 in ((Qt.Key.Key_Left, LOW, 0.5), (Qt.Key.Key_Up, LOW, HIGH)):
        for _ in range(30):
            QTest.keyClick(harness.view, key)
        assert harness.readouts[-1] == as_read(lopsided, x1, x2)


def test_the_square_stays_square(harness: Harness, lopsided: Snapshot) -> None:
    for width, height in [(480, 420), (333, 777), (901, 303), (640, 481), (250, 250)]:
        harness.view.show_snapshot(lopsided)
        harness.view.resize(width, height)
        QApplication.processEvents()
        box = harness.plot.frames[0].box
        assert box.width() == pytest.approx(box.height(), abs=1.5)
        (left, right), (bottom, top) = box.viewRange()
        assert (left, right, bottom, top) == pytest.approx((LOW, HIGH, LOW, HIGH))
        assert harness.view.rect().contains(harness.plot.geometry())


def test_another_width_keeps_the_image_in_place(harness: Harness) -> None:
    for width in (3, 64, 1, 64, 3):
        snapshot = trained(RunConfig(width=width))
        harness.view.show_snapshot(snapshot)
        n = Grid.for_width(width).n
        assert harness.image.image.size().toTuple() == (n, n)
        pixel = (HIGH - LOW) / (n - 1)
        place = harness.image.boundingRect()
        expected = (LOW - pixel / 2, LOW - pixel / 2, HIGH + pixel / 2, HIGH + pixel / 2)
        corners = (place.left(), place.top(), place.right(), place.bottom())
        assert corners == pytest.approx(expected)
        assert harness.plot.frames[0].box.viewRange()[0] == pytest.approx([LOW, HIGH])


def test_wheel_and_drag_do_not_move_the_square(harness: Harness, lopsided: Snapshot) -> None:
    harness.view.show_snapshot(lopsided)
    middle = harness.plot.viewport().rect().center()
    turn_wheel(harness.plot.viewport(), 3)
    drag(harness.plot.viewport(), middle, middle + QPoint(50, 20))
    assert harness.plot.frames[0].box.viewRange() == [[LOW, HIGH], [LOW, HIGH]]


def test_of_a_network_that_alternates_both_decision_boundaries_are_drawn(harness: Harness) -> None:
    """The steps of this recipe are so long that the surface changes sides at each."""
    config = RunConfig(width=3, rate=5, seed=4)
    harness.view.show_snapshot(trained(config, 1001))
    after = harness.contour
    harness.view.show_snapshot(trained(config, 1000))
    assert harness.readouts[-1] == "dashed: after the next step"
    x, y = harness.view._other_contour.getData()
    dashed = np.column_stack((x, y))
    np.testing.assert_allclose(dashed[np.isfinite(x)], after)
    assert len(harness.contour) != len(after) or not np.allclose(harness.contour, after)
    harness.view.show_snapshot(trained(QUICK, 1000))
    assert harness.readouts[-1] == ""
    assert not harness.view._other_contour.isVisible()


def reading_below(harness: Harness) -> QLabel:
    return child(harness.view, QLabel, "readout")


def test_a_narrow_view_has_its_own_read_out(harness: Harness, lopsided: Snapshot) -> None:
    harness.view.show_snapshot(lopsided)
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    text = as_read(lopsided, 0.55, 0.5)
    assert (harness.readouts[-1], reading_below(harness).isVisible()) == (text, False)
    harness.view.resize(230, 420)
    assert (harness.readouts[-1], reading_below(harness).text()) == ("", text)
    label = reading_below(harness)
    assert label.isVisible()
    assert label.width() >= label.sizeHint().width()
    assert harness.view.rect().contains(label.geometry())
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert label.text() == ""
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    harness.view.resize(480, 420)
    assert (harness.readouts[-1], label.isVisible()) == (text, False)


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_keys_fit_in_a_fifth_of_the_height_and_parts_do_not_overlap(
    harness: Harness, lopsided: Snapshot, percent: int
) -> None:
    font, view = QFont(harness.view.font()), harness.view
    font.setPixelSize(round(13 * percent / 100))
    view.setFont(font)
    view.show_snapshot(lopsided)
    for size in [(226, 420), (290, 315), (330, 330), (399, 500), (513, 580), (900, 700)]:
        view.resize(*(round(side * max(1.0, percent / 115)) for side in size))
        QApplication.processEvents()
        keys = view.findChildren(Key)
        assert [key.text for key in keys] == [
            "decision boundary", "target 0, 1", "hidden-unit boundary",
        ]  # fmt: skip
        assert all(key.isVisible() and key.toolTip() for key in keys[:2])
        keys = [key for key in keys if not key.visibleRegion().isEmpty()]
        assert keys[0].text == "decision boundary"
        shown: list[QWidget] = [child(view, ColorBar), *keys, harness.plot]
        if (reading := reading_below(harness)).isVisible():
            shown.append(reading)
        places = [QRect(part.mapTo(view, QPoint()), part.size()) for part in shown]
        assert all(view.rect().contains(place) for place in places)
        assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])
        assert all(key.width() >= key.sizeHint().width() for key in keys)


def test_where_there_is_little_room_the_square_comes_first(
    harness: Harness, lopsided: Snapshot
) -> None:
    view, bar = harness.view, child(harness.view, ColorBar)
    view.show_snapshot(lopsided)
    sides = []
    for height in (420, 190, 150, 110):
        view.resize(480, height)
        QApplication.processEvents()
        keys = view.findChildren(Key)
        sides.append((harness.plot.frames[0].box.height() / height, bar.isVisible()))
        assert any(key.isVisible() for key in keys) == (height > 200)
        assert view.rect().contains(harness.plot.geometry())
    assert [share > 0.45 for share, _ in sides] == [True] * 4
    assert [is_shown for _, is_shown in sides] == [True, True, False, False]


def test_standard_cursors_say_what_can_be_pointed_at_and_clicked(
    harness: Harness, lopsided: Snapshot
) -> None:
    harness.view.show_snapshot(lopsided)
    ends = unit_line(lopsided.weights, 0)
    assert ends is not None
    (x1, x2), viewport = ends.mean(axis=0), harness.plot.viewport()
    harness.point_at(x1, x2)
    assert viewport.cursor().shape() == Qt.CursorShape.PointingHandCursor
    harness.point_at(-0.45, 1.45)
    assert viewport.cursor().shape() == Qt.CursorShape.CrossCursor
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert viewport.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_the_twin_follows_the_first_one_s_option(
    qtbot: QtBot, harness: Harness, twin: Harness, lopsided: Snapshot
) -> None:
    for one in (harness, twin):
        one.view.show_snapshot(replace(lopsided, beside=trained(QUICK, 700)))
    assert twin.view.options == []
    harness.lines_action.trigger()
    assert not twin.lines.isVisible()
    late = DecisionSurface(twin_of=harness.view)
    qtbot.addWidget(late)
    assert late.options_text == "no lines"
    harness.lines_action.trigger()
    lines = twin.lines
    assert lines.isVisible()
    expected = unit_lines(trained(QUICK, 700).weights).reshape(-1, 2)
    np.testing.assert_array_equal(np.column_stack(lines.getData()), expected)


def with_lines() -> Snapshot:
    """Return a snapshot with the units' lines at x1 = 0.25, x2 = 0.75, and one outside."""
    weights = Weights(
        np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]),
        np.array([-0.25, -0.75, 9.0]),
        np.ones((3, 1)),
        np.zeros(1),
    )
    return replace(trained(RunConfig(biases=True)), weights=weights)


def test_the_selected_unit_s_line_is_solid(harness: Harness) -> None:
    for theme in [LIGHT, DARK]:
        for are_shown in [True, False]:
            harness.view.apply_theme(theme)
            harness.lines_action.setChecked(are_shown)
            harness.view.show_snapshot(with_lines())
            assert not is_near(harness.color_at(0.25, 0.3), theme.accent)
            harness.view.show_unit(0)
            assert is_near(harness.color_at(0.25, 0.3), theme.accent, 40)
            harness.view.show_unit(1)
            assert not is_near(harness.color_at(0.25, 0.3), theme.accent, 40)
            assert is_near(harness.color_at(0.4, 0.75), theme.accent, 40)
            harness.view.show_unit(None)
            assert not harness.selected_line.isVisible()


def test_the_selected_line_follows_the_network_if_the_unit_has_one(
    harness: Harness, lopsided: Snapshot
) -> None:
    for unit in [2, 3, 63]:
        harness.view.show_snapshot(with_lines())
        harness.view.show_unit(unit)
        assert not harness.selected_line.isVisible()

    harness.view.show_unit(0)
    for snapshot in (with_lines(), lopsided):
        harness.view.show_snapshot(snapshot)
        expected = unit_line(snapshot.weights, 0)
        assert expected is not None
        assert harness.selected_line.isVisible()
        np.testing.assert_array_equal(np.column_stack(harness.selected_line.getData()), expected)


def test_pointing_near_a_line_points_at_its_unit(harness: Harness) -> None:
    pointed: list[int | None] = []
    harness.view.unit_pointed.connect(pointed.append)
    harness.view.show_snapshot(with_lines())
    pixel = (HIGH - LOW) / harness.plot.frames[0].box.width()
    for x1, x2 in ((0.25, 0.2), (0.25 + 4 * pixel, 0.1), (0.25 + 9 * pixel, 0.1), (1.2, 0.75)):
        harness.point_at(x1, x2)
    QApplication.sendEvent(harness.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert [unit for unit in pointed if unit is not None] == [0, 0, 1]
    assert pointed[-1] is None


def test_hidden_lines_cannot_be_pointed_at(harness: Harness) -> None:
    pointed: list[int | None] = []
    harness.view.unit_pointed.connect(pointed.append)
    harness.view.show_snapshot(with_lines())
    harness.lines_action.setChecked(False)
    harness.point_at(0.25, 0.2)
    assert pointed == []
    harness.view.show_unit(0)
    harness.point_at(0.25, 0.3)
    assert pointed == [0]


def test_a_click_on_a_line_selects_its_unit_and_one_beside_clears_it(harness: Harness) -> None:
    chosen: list[int | None] = []
    harness.view.unit_requested.connect(chosen.append)
    harness.view.unit_requested.connect(harness.view.show_unit)
    harness.view.show_snapshot(with_lines())
    for x1, x2 in ((0.25, 0.2), (1.2, 0.75), (0.8, 0.3), (0.25, 0.2), (0.25, 0.2)):
        press_left(harness.plot.viewport(), harness.at(x1, x2))
    assert chosen == [0, 1, None, 0, None]
