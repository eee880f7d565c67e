"""The hidden space: positions of rows, grid and border, and the choice of axes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, is_near, move_mouse, near, press_left, shown_view
from tests.support.snapshots import trained
from xorviz.core.analysis.pair_plane import Pair, choose_pair
from xorviz.core.network import Weights, hidden, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.inside.hidden_plane import OVERHANG, Axis, HiddenPlane
from xorviz.panels.inside.hidden_space import HiddenSpace
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SOLVED = RunConfig(width=2, biases=True)
SIZES = [(240, 180), (240, 200), (240, 420), (420, 380), (900, 300), (900, 700)]
LARGER_SIZES = [pytest.param(size, marks=pytest.mark.thorough) for size in SIZES[1:]]


@dataclass
class Harness:
    """The view on the screen, and the signals it has emitted."""

    view: HiddenSpace
    readouts: list[str] = field(default_factory=list)
    pointed: list[int | None] = field(default_factory=list)

    def listen(self) -> None:
        self.view.readout_changed.connect(self.readouts.append)
        self.view.unit_pointed.connect(self.pointed.append)

    @property
    def canvas(self) -> HiddenPlane:
        return child(self.view, HiddenPlane)

    @property
    def pair(self) -> Pair:
        assert self.canvas.plane is not None
        return self.canvas.plane.pair

    @property
    def menus(self) -> dict[Axis, QMenu]:
        return self.view._menus

    def picture(self) -> QImage:
        image: QImage = self.canvas.grab().toImage()
        return image

    def at(self, across: float, up: float) -> QPoint:
        return self.canvas.chart.at(across, up).toPoint()

    def point_at(self, point: QPointF) -> None:
        move_mouse(self.canvas, point)

    def pick(self, axis: Axis, unit: int | None) -> None:
        """Choose a unit in the menu of an axis."""
        menu = self.menus[axis]
        menu.aboutToShow.emit()
        menu.actions()[0 if unit is None else unit + 1].trigger()


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    harness = Harness(shown_view(qtbot, HiddenSpace(), 420, 380))
    harness.listen()
    yield harness
    harness.view.hide()


def solved(width: int = 2) -> Snapshot:
    """Return XOR solved by hand: h1 is OR, h2 is AND, all other units are 0.5 at every row."""
    config = replace(SOLVED, width=width)
    w1, w2 = np.zeros((2, width)), np.zeros((width, 1))
    w1[:, :2], w2[:2, 0] = 5.0, (8.0, -8.0)
    b1 = np.zeros(width)
    b1[:2] = -2.0, -8.0
    weights = Weights(w1, b1, w2, np.array([-4.0]))
    return replace(trained(config), weights=weights, outputs=outputs(weights, "sigmoid"))


def of_row(x1: int, x2: int) -> int:
    return ROWS.index((x1, x2))


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_each_row_is_at_the_units_responses(harness: Harness, theme: Theme) -> None:
    harness.view.apply_theme(theme)
    snapshot = solved()
    harness.view.show_snapshot(snapshot)
    picture = harness.picture()
    h = hidden(snapshot.weights, "sigmoid")
    for row in range(4):
        place = harness.at(h[row, 0], h[row, 1])
        fill = theme.plus if snapshot.config.targets[row] else theme.minus
        assert is_near(picture.pixelColor(place), fill)


def test_the_border_separates_the_sides_of_the_output(harness: Harness) -> None:
    snapshot = solved()
    harness.view.show_snapshot(snapshot)
    picture = harness.picture()
    # 8 h1 - 8 h2 - 4 = 0: from (0.5, 0) to (1, 0.5)
    for share in (0.2, 0.5, 0.8):
        on = harness.at(0.5 + 0.5 * share, 0.5 * share)
        darkest = min(picture.pixelColor(on + QPoint(d, 0)).lightness() for d in (-1, 0, 1))
        assert darkest < 80
    inside, outside = harness.at(0.9, 0.1), harness.at(0.2, 0.7)
    assert picture.pixelColor(inside).red() > picture.pixelColor(inside).blue()
    assert picture.pixelColor(outside).red() < picture.pixelColor(outside).blue()


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (1, "h1 along the line"),
        (2, "h1 across, h2 up"),
        (3, "line for the mean of h3"),
        (5, "line for the mean of the others"),
    ],
)
def test_the_short_read_out_mentions_other_units(harness: Harness, width: int, text: str) -> None:
    drawn = trained(RunConfig(width=width, biases=True))
    w2 = np.linspace(3, 1, width)[:, np.newaxis]
    harness.view.show_snapshot(replace(drawn, weights=replace(drawn.weights, w2=w2)))
    assert harness.readouts[-1] == text


def test_the_row_under_the_mouse_is_read_out(harness: Harness) -> None:
    harness.view.show_snapshot(solved())
    harness.point_at(harness.canvas.marks()[of_row(0, 0)] + QPointF(6, 6))
    assert harness.readouts[-1] == "00: h1 0.12, h2 0.00, output 0.05"
    harness.picture()
    harness.point_at([place.rect for place in harness.canvas.places][of_row(1, 1)].center())
    assert harness.readouts[-1].startswith("11: ")
    harness.point_at(QPointF(harness.at(0.3, 0.5)))
    assert harness.readouts[-1] == "h1 across, h2 up"
    harness.point_at(harness.canvas.marks()[of_row(0, 0)])
    QApplication.sendEvent(harness.canvas, QEvent(QEvent.Type.Leave))
    assert harness.readouts[-1] == "h1 across, h2 up"


def test_arrow_keys_move_from_row_to_row(harness: Harness) -> None:
    harness.view.show_snapshot(solved())
    read = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right,
                Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up):  # fmt: skip
        QTest.keyClick(harness.view, key)
        read.append(harness.readouts[-1][:2])
    assert read == ["00", "01", "10", "11", "11", "10", "01"]
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.readouts[-1] == "h1 across, h2 up"


def test_pointing_at_a_row_draws_its_border(harness: Harness) -> None:
    snapshot = trained(RunConfig(rate=0.5), 620)
    harness.view.show_snapshot(snapshot)
    before = harness.picture()
    harness.point_at(harness.canvas.marks()[of_row(1, 0)])
    h = hidden(snapshot.weights, "sigmoid")[of_row(1, 0)]
    responses = ", ".join(f"h{unit + 1} {value:.2f}" for unit, value in enumerate(h))
    output = snapshot.outputs[of_row(1, 0)]
    assert harness.readouts[-1] == f"10: {responses}, output {output:.2f}, its line dashed"
    after = harness.picture()
    assert harness.canvas.plane is not None
    own = harness.canvas.plane.borders[of_row(1, 0)]
    chart = harness.canvas.chart
    ends = own.within(chart.across, chart.up)
    assert ends is not None
    shares = np.linspace(0.1, 0.9, 60)[:, np.newaxis]
    changed = sum(
        after.pixelColor(harness.at(*at)) != before.pixelColor(harness.at(*at))
        for at in (ends[0] + shares * (ends[1] - ends[0])).tolist()
    )
    assert changed > 20


@pytest.mark.parametrize("size", [SIZES[0], *LARGER_SIZES])
@pytest.mark.parametrize("steps", some([10_000, 0, 31_240, 60_000], 1))
def test_labels_overlap_neither_markers_nor_each_other(
    harness: Harness, steps: int, size: tuple[int, int]
) -> None:
    harness.view.resize(*size)
    harness.view.show_snapshot(trained(RunConfig(), steps))
    harness.picture()
    rects = [place.rect for place in harness.canvas.places]
    marks = [QRectF(p.x() - 5, p.y() - 5, 10, 10) for p in harness.canvas.marks()]
    assert len(rects) == 4
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
    assert not any(rect.intersects(mark) for rect in rects for mark in marks)
    assert all(QRectF(harness.canvas.rect()).contains(rect) for rect in rects)


@pytest.mark.parametrize("size", [SIZES[0], *LARGER_SIZES])
def test_the_box_fills_the_view_beside_its_labels(harness: Harness, size: tuple[int, int]) -> None:
    harness.view.resize(*size)
    harness.view.show_snapshot(trained(RunConfig()))
    canvas, inside = harness.canvas, QRectF(harness.canvas.rect())
    box = canvas.chart.rect
    assert inside.contains(box.adjusted(-OVERHANG, -OVERHANG, OVERHANG, OVERHANG))
    assert all(inside.contains(canvas.name_rect(axis)) for axis in Axis)
    assert not canvas.name_rect(Axis.ACROSS).intersects(box)
    ratio = box.width() / box.height()
    assert 0.6 <= ratio <= 1.6
    assert box.width() > 0.75 * size[0] - 10 or box.height() > 0.62 * size[1]


def with_outgoing(*sizes: float, run: int = 0) -> Snapshot:
    snapshot = trained(RunConfig(width=len(sizes)))
    w2 = np.array(sizes)[:, np.newaxis]
    return replace(snapshot, weights=replace(snapshot.weights, w2=w2), run=run)


def test_the_axes_rarely_change_within_a_run(harness: Harness) -> None:
    harness.view.show_snapshot(with_outgoing(3, 2, 1))
    harness.view.show_snapshot(with_outgoing(3, 2, 2.2))
    assert harness.pair == Pair(0, 1)
    harness.view.show_snapshot(with_outgoing(3, 2, 2.6))
    assert harness.pair == Pair(0, 2)
    harness.view.show_snapshot(with_outgoing(3, 2.6, 2.2))
    assert harness.pair == Pair(0, 2)
    harness.view.show_snapshot(with_outgoing(3, 2.6, 2.5, run=1))
    assert harness.pair == Pair(0, 1)


def test_units_can_be_chosen_for_the_axes(harness: Harness) -> None:
    harness.view.show_snapshot(with_outgoing(4, 3, 2, 1))
    assert harness.view.options_text == "automatic"
    changes: list[str] = []
    harness.view.options_changed.connect(lambda: changes.append(harness.view.options_text))
    harness.pick(Axis.ACROSS, 3)
    assert harness.pair == Pair(3, 0)
    harness.pick(Axis.UP, 2)
    assert harness.pair == Pair(3, 2)
    harness.pick(Axis.UP, 3)
    assert harness.pair.up == 3
    harness.pick(Axis.UP, None)
    assert harness.pair == choose_pair(with_outgoing(4, 3, 2, 1).weights, harness.pair)
    assert changes == ["h4", "h4, h3", "h4", "automatic"]


def test_the_menu_lists_the_current_units_and_checks_one(harness: Harness) -> None:
    for width in (3, 64, 2):
        harness.view.show_snapshot(trained(RunConfig(width=width)))
        menu = harness.menus[Axis.ACROSS]
        menu.aboutToShow.emit()
        texts = [action.text() for action in menu.actions()]
        assert texts[0].startswith("Automatic")
        assert texts[1:] == [f"h{i + 1}" for i in range(width)]
    harness.view.show_snapshot(trained(RunConfig()))
    harness.pick(Axis.ACROSS, 2)
    harness.menus[Axis.ACROSS].aboutToShow.emit()
    assert [action.isChecked() for action in harness.menus[Axis.ACROSS].actions()] == [
        False, False, False, True,
    ]  # fmt: skip


def test_a_chosen_unit_that_no_longer_exists_is_ignored(harness: Harness) -> None:
    harness.view.show_snapshot(with_outgoing(4, 3, 2, 1))
    harness.pick(Axis.UP, 3)
    harness.view.show_snapshot(with_outgoing(4, 3, run=1))
    assert harness.pair == Pair(0, 1)
    harness.view.show_snapshot(with_outgoing(4, run=2))
    assert harness.pair == Pair(0, None)
    assert not harness.view.options[1].isEnabled()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QMenu]:
    """Return the list of opened menus; the offscreen platform cannot grab the keyboard for them."""
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: menus.append(menu))
    return menus


def test_a_click_on_an_axis_opens_its_menu(harness: Harness, opened: list[QMenu]) -> None:
    harness.view.show_snapshot(trained(RunConfig()))
    for axis in Axis:
        press_left(harness.canvas, harness.canvas.name_rect(axis).center().toPoint())
        assert opened[-1] is harness.menus[axis]
    press_left(harness.canvas, harness.at(0.5, 0.5))
    assert len(opened) == 2


def test_enter_opens_the_menu_of_both_axes(harness: Harness, opened: list[QMenu]) -> None:
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert opened == []
    harness.view.show_snapshot(trained(RunConfig()))
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert [menu.actions() for menu in opened] == [harness.view.options]


def test_pointing_at_an_axis_points_at_its_unit(harness: Harness) -> None:
    harness.view.show_snapshot(with_outgoing(1, 4, 3))
    harness.point_at(harness.canvas.name_rect(Axis.ACROSS).center())
    assert harness.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    harness.point_at(harness.canvas.name_rect(Axis.UP).center())
    harness.point_at(QPointF(harness.at(0.5, 0.5)))
    assert harness.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert harness.pointed == [1, 2, None]


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_selected_unit_s_axis_name_has_the_accent_colour(
    harness: Harness, theme: Theme
) -> None:
    harness.view.apply_theme(theme)
    harness.view.show_snapshot(with_outgoing(1, 4, 3, 2))

    def is_accented(axis: Axis) -> bool:
        rect = harness.canvas.name_rect(axis).toRect()
        return bool(near(harness.picture().copy(rect), theme.accent).any())

    for unit, accented in ((None, (False, False)), (1, (True, False)), (2, (False, True)),
                           (0, (False, False)), (40, (False, False))):  # fmt: skip
        harness.view.show_unit(unit)
        assert (is_accented(Axis.ACROSS), is_accented(Axis.UP)) == accented


def test_one_unit_is_shown_on_a_line(harness: Harness, opened: list[QMenu]) -> None:
    config = RunConfig(width=1, biases=True)
    weights = Weights(np.array([[9.0], [0.0]]), np.array([-4.5]), np.array([[4.0]]), np.array([-1]))
    snapshot = replace(trained(config), weights=weights)
    harness.view.show_snapshot(snapshot)
    rect = harness.canvas.chart.rect
    places = harness.canvas.marks()
    assert {place.y() for place in places} == {rect.center().y()}
    assert harness.canvas.marks()[of_row(1, 0)].x() > harness.canvas.marks()[of_row(0, 0)].x()
    picture = harness.picture()
    on = harness.at(0.25, 0.7)
    assert min(picture.pixelColor(on + QPoint(d, 0)).lightness() for d in (-1, 0, 1)) < 80
    press_left(harness.canvas, harness.canvas.name_rect(Axis.UP).center().toPoint())
    assert opened == []
