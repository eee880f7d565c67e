"""What the output sees: rows, grid and border where they belong, and the choice of the axes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, is_near, press_left, shown_view
from tests.support.snapshots import QUICK, trained, with_weights
from xorviz.core.analysis.pair_plane import Pair, choose_pair, plane_of
from xorviz.core.config import ACTIVATION_NAMES, ROWS, RunConfig
from xorviz.core.network import Weights, hidden, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.inside.hidden_space.axes import ACROSS, OVERHANG, UP
from xorviz.panels.inside.hidden_space.canvas import HiddenPlane
from xorviz.panels.inside.hidden_space.hidden_space import HiddenSpace, UnitMenu
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SOLVED = RunConfig(width=2, biases=True)


@dataclass
class Bench:
    """The view on the screen, and what it has told."""

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
        assert self.canvas.picture is not None
        return self.canvas.picture.plane.pair

    @property
    def menus(self) -> list[UnitMenu]:
        menus = [action.menu() for action in self.view.options]
        return [menu for menu in menus if isinstance(menu, UnitMenu)]

    def picture(self) -> QImage:
        image: QImage = self.canvas.grab().toImage()
        return image

    def at(self, across: float, up: float) -> QPoint:
        return self.canvas.axes().chart.at(across, up).toPoint()

    def point_at(self, point: QPointF) -> None:
        none, there = Qt.MouseButton.NoButton, QPointF(self.canvas.mapToGlobal(point))
        kind, modifier = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, point, there, none, none, modifier)
        QApplication.sendEvent(self.canvas, event)

    def pick(self, axis: int, unit: int | None) -> None:
        """Choose a unit in the menu of an axis."""
        menu = self.menus[axis]
        menu.fill()
        menu.actions()[0 if unit is None else unit + 1].trigger()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench(shown_view(qtbot, HiddenSpace(), 420, 380))
    bench.listen()
    yield bench
    bench.view.hide()


def solved(width: int = 2) -> Snapshot:
    """Return XOR solved by hand: h1 is OR, h2 is AND, and others at one half in every row."""
    config = replace(SOLVED, width=width)
    w1, w2 = np.zeros((2, width)), np.zeros((width, 1))
    w1[:, :2], w2[:2, 0] = 5.0, (8.0, -8.0)
    b1 = np.zeros(width)
    b1[:2] = -2.0, -8.0
    weights = Weights(w1, b1, w2, np.array([-4.0]))
    return replace(trained(config), weights=weights, outputs=outputs(weights, "sigmoid"))


def of_row(x1: int, x2: int) -> int:
    return ROWS.index((x1, x2))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_each_row_lies_at_the_units_answers(bench: Bench, theme: Theme) -> None:
    bench.view.apply_theme(theme)
    snapshot = solved()
    bench.view.show_snapshot(snapshot)
    picture = bench.picture()
    h = hidden(snapshot.weights, "sigmoid")
    for row in range(4):
        place = bench.at(h[row, 0], h[row, 1])
        fill = theme.plus if snapshot.config.targets[row] else theme.minus
        assert is_near(picture.pixelColor(place), fill)


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_every_activation_has_its_own_axes(bench: Bench, activation: str) -> None:
    snapshot = trained(RunConfig(activation=activation, biases=True, width=2))
    bench.view.show_snapshot(snapshot)
    chart = bench.canvas.axes().chart
    low = {"sigmoid": 0, "tanh": -1, "relu": 0}[activation]
    assert chart.across.low == chart.up.low == low
    assert activation == "relu" or chart.across.high == chart.up.high == 1
    assert bench.at(chart.across.low, chart.up.low) == chart.rect.bottomLeft().toPoint()


def test_the_border_parts_the_sides_of_the_output(bench: Bench) -> None:
    snapshot = solved()
    bench.view.show_snapshot(snapshot)
    picture = bench.picture()
    # 8 h1 - 8 h2 - 4 = 0: from (0.5, 0) to (1, 0.5)
    for share in (0.2, 0.5, 0.8):
        on = bench.at(0.5 + 0.5 * share, 0.5 * share)
        darkest = min(picture.pixelColor(on + QPoint(d, 0)).lightness() for d in (-1, 0, 1))
        assert darkest < 80
    inside, outside = bench.at(0.9, 0.1), bench.at(0.2, 0.7)
    assert picture.pixelColor(inside).red() > picture.pixelColor(inside).blue()
    assert picture.pixelColor(outside).red() < picture.pixelColor(outside).blue()


def test_the_grid_is_the_square_as_the_units_bend_it(bench: Bench) -> None:
    snapshot = trained(RunConfig(width=2, biases=True, seed=3, init_range=3))
    bench.view.show_snapshot(snapshot)
    picture = bench.picture()
    x = np.array([[0.25, 1.5], [0.25, -0.5], [-0.5, 0.75], [1.5, 0.75]])
    answers = hidden(snapshot.weights, "sigmoid", x)
    plane = plane_of(snapshot.weights, "sigmoid", Pair(0, 1))
    ends = plane.grid[:, [0, -1]].reshape(-1, 2)
    on_grid = [ends[np.abs(ends - answer).sum(axis=1).argmin()] for answer in answers]
    ground = picture.pixelColor(bench.at(0.5, 0.02))
    for across, up in on_grid:
        near = [bench.at(across, up) + QPoint(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        assert min(picture.pixelColor(p).lightness() for p in near) < ground.lightness() - 15


def test_with_two_units_the_reading_names_the_axes_only(bench: Bench) -> None:
    bench.view.show_snapshot(solved())
    assert bench.readouts[-1] == "h1 across, h2 up"


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (1, "h1 along the line"),
        (3, "h1 across, h2 up, h3 as colour; line for the mean of h3"),
        (5, "h1 across, h2 up; line for the mean of the other units"),
    ],
)
def test_the_reading_says_what_becomes_of_other_units(bench: Bench, width: int, text: str) -> None:
    drawn = trained(RunConfig(width=width, biases=True))
    w2 = np.linspace(3, 1, width)[:, np.newaxis]
    bench.view.show_snapshot(replace(drawn, weights=replace(drawn.weights, w2=w2)))
    assert bench.readouts[-1] == text


def test_a_row_is_read_under_the_mouse(bench: Bench) -> None:
    bench.view.show_snapshot(solved())
    bench.point_at(bench.canvas.mark_at(of_row(0, 0)))
    assert bench.readouts[-1] == "00: h1 0.12, h2 0.00 → 0.05"
    bench.picture()
    bench.point_at(bench.canvas.label_rects()[of_row(1, 1)].center())
    assert bench.readouts[-1].startswith("11: ")
    bench.point_at(QPointF(bench.at(0.3, 0.5)))
    assert bench.readouts[-1] == "h1 across, h2 up"
    bench.point_at(bench.canvas.mark_at(of_row(0, 0)))
    QApplication.sendEvent(bench.canvas, QEvent(QEvent.Type.Leave))
    assert bench.readouts[-1] == "h1 across, h2 up"


def test_arrow_keys_go_from_row_to_row_as_people_count_them(bench: Bench) -> None:
    bench.view.show_snapshot(solved())
    read = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right,
                Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up):  # fmt: skip
        QTest.keyClick(bench.view, key)
        read.append(bench.readouts[-1][:2])
    assert read == ["00", "01", "10", "11", "11", "10", "01"]
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert bench.readouts[-1] == "h1 across, h2 up"


def test_pointing_at_a_row_draws_its_own_line(bench: Bench) -> None:
    snapshot = trained(RunConfig(), 31_240)
    bench.view.show_snapshot(snapshot)
    before = bench.picture()
    bench.point_at(bench.canvas.mark_at(of_row(1, 0)))
    assert bench.readouts[-1] == "10: h1 0.17, h2 0.98, h3 0.98 → 0.79, its line dashed"
    after = bench.picture()
    assert bench.canvas.picture is not None
    own = bench.canvas.picture.plane.borders[of_row(1, 0)]
    chart = bench.canvas.axes().chart
    ends = own.within(chart.across, chart.up)
    assert ends is not None
    shares = np.linspace(0.1, 0.9, 60)[:, np.newaxis]
    changed = sum(
        after.pixelColor(bench.at(*at)) != before.pixelColor(bench.at(*at))
        for at in (ends[0] + shares * (ends[1] - ends[0])).tolist()
    )
    assert changed > 20


def test_with_three_units_the_third_is_the_colour(bench: Bench) -> None:
    snapshot = trained(RunConfig(biases=True), 10)
    coloured = {True: 0, False: 0}
    for level in (6.0, -6.0):
        b1 = np.array([0.0, 0.0, level])
        w1 = snapshot.weights.w1 * np.array([6.0, 6.0, 0.0])
        w2 = np.array([[3.0], [3.0], [0.5]])
        bench.view.show_snapshot(replace(snapshot, weights=Weights(w1, b1, w2, np.zeros(1))))
        picture = bench.picture()
        rect = bench.canvas.axes().chart.rect.toRect()
        wanted = LIGHT.plus if level > 0 else LIGHT.minus
        coloured[level > 0] = sum(
            is_near(picture.pixelColor(x, y), wanted, 40)
            for x in range(rect.left(), rect.right(), 2)
            for y in range(rect.top(), rect.bottom(), 2)
        )
    assert min(coloured.values()) > 100


def test_a_wrong_row_is_crossed(bench: Bench) -> None:
    snapshot = solved()
    for flipped in (False, True):
        targets = (0, 1, 0, 1) if flipped else (1, 0, 1, 0)
        config = replace(snapshot.config, targets=targets)
        bench.view.show_snapshot(replace(snapshot, config=config))
        middle = bench.picture().pixelColor(bench.canvas.mark_at(of_row(0, 0)).toPoint())
        assert is_near(middle, "white") == flipped


@pytest.mark.parametrize("size", [(240, 180), (240, 200), (420, 380), (900, 700)])
@pytest.mark.parametrize("steps", [0, 10_000, 31_240, 60_000])
def test_labels_cover_neither_marks_nor_each_other(
    bench: Bench, steps: int, size: tuple[int, int]
) -> None:
    bench.view.resize(*size)
    bench.view.show_snapshot(trained(RunConfig(), steps))
    bench.picture()
    rects = bench.canvas.label_rects()
    marks = [QRectF(p.x() - 5, p.y() - 5, 10, 10) for p in map(bench.canvas.mark_at, range(4))]
    assert len(rects) == 4
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
    assert not any(rect.intersects(mark) for rect in rects for mark in marks)
    assert all(QRectF(bench.canvas.rect()).contains(rect) for rect in rects)


@pytest.mark.parametrize("size", [(240, 180), (240, 420), (900, 300), (420, 380), (900, 700)])
def test_the_box_fills_the_view_with_all_that_belongs_to_it(
    bench: Bench, size: tuple[int, int]
) -> None:
    bench.view.resize(*size)
    bench.view.show_snapshot(trained(RunConfig()))
    axes, inside = bench.canvas.axes(), QRectF(bench.canvas.rect())
    box = axes.chart.rect
    assert inside.contains(box.adjusted(-OVERHANG, -OVERHANG, OVERHANG, OVERHANG))
    assert all(inside.contains(axes.name_rect(axis)) for axis in (ACROSS, UP))
    assert not axes.name_rect(ACROSS).intersects(box)
    ratio = box.width() / box.height()
    assert 0.6 <= ratio <= 1.6
    assert box.width() > 0.75 * size[0] - 10 or box.height() > 0.62 * size[1]


def test_the_pair_is_that_of_the_largest_outgoing_weights(bench: Bench) -> None:
    snapshot = trained(replace(QUICK, width=7), 300)
    bench.view.show_snapshot(snapshot)
    assert bench.pair == choose_pair(snapshot.weights)


def with_outgoing(*sizes: float, run: int = 0) -> Snapshot:
    snapshot = trained(RunConfig(width=len(sizes)))
    w2 = np.array(sizes)[:, np.newaxis]
    return replace(snapshot, weights=replace(snapshot.weights, w2=w2), run=run)


def test_the_pair_stays_in_a_run_and_is_chosen_anew_in_the_next(bench: Bench) -> None:
    bench.view.show_snapshot(with_outgoing(3, 2, 1))
    bench.view.show_snapshot(with_outgoing(3, 2, 2.2))
    assert bench.pair == Pair(0, 1)
    bench.view.show_snapshot(with_outgoing(3, 2, 2.6))
    assert bench.pair == Pair(0, 2)
    bench.view.show_snapshot(with_outgoing(3, 2.6, 2.2))
    assert bench.pair == Pair(0, 2)
    bench.view.show_snapshot(with_outgoing(3, 2.6, 2.5, run=1))
    assert bench.pair == Pair(0, 1)


def test_units_can_be_chosen_for_the_axes(bench: Bench) -> None:
    bench.view.show_snapshot(with_outgoing(4, 3, 2, 1))
    assert bench.view.options_text == "automatic"
    changes: list[str] = []
    bench.view.options_changed.connect(lambda: changes.append(bench.view.options_text))
    bench.pick(ACROSS, 3)
    assert bench.pair == Pair(3, 0)
    bench.pick(UP, 2)
    assert bench.pair == Pair(3, 2)
    bench.pick(UP, 3)
    assert bench.pair.up == 3
    bench.pick(UP, None)
    assert bench.pair == choose_pair(with_outgoing(4, 3, 2, 1).weights, bench.pair)
    assert changes == ["h4", "h4, h3", "h4", "automatic"]


def test_the_menu_offers_the_units_that_there_are(bench: Bench) -> None:
    for width in (3, 64, 2):
        bench.view.show_snapshot(trained(RunConfig(width=width)))
        menu = bench.menus[ACROSS]
        menu.aboutToShow.emit()
        texts = [action.text() for action in menu.actions()]
        assert texts[0].startswith("Automatic")
        assert texts[1:] == [f"h{i + 1}" for i in range(width)]


def test_the_menu_checks_what_is_in_force(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig()))
    bench.pick(ACROSS, 2)
    bench.menus[ACROSS].fill()
    assert [action.isChecked() for action in bench.menus[ACROSS].actions()] == [
        False, False, False, True,
    ]  # fmt: skip


def test_a_chosen_unit_that_is_gone_does_not_count(bench: Bench) -> None:
    bench.view.show_snapshot(with_outgoing(4, 3, 2, 1))
    bench.pick(UP, 3)
    bench.view.show_snapshot(with_outgoing(4, 3, run=1))
    assert bench.pair == Pair(0, 1)
    bench.view.show_snapshot(with_outgoing(4, run=2))
    assert bench.pair == Pair(0, None)
    assert not bench.view.options[UP].isEnabled()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QMenu]:
    """Return the menus that have been opened; the offscreen platform grabs no keyboard for them."""
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: menus.append(menu))
    return menus


def test_a_click_on_an_axis_opens_its_menu(bench: Bench, opened: list[QMenu]) -> None:
    bench.view.show_snapshot(trained(RunConfig()))
    for axis in (ACROSS, UP):
        press_left(bench.canvas, bench.canvas.axis_rect(axis).center().toPoint())
        assert opened == bench.menus[: axis + 1]
    press_left(bench.canvas, bench.at(0.5, 0.5))
    assert len(opened) == 2


def test_enter_opens_the_choice_of_both_axes(bench: Bench, opened: list[QMenu]) -> None:
    QTest.keyClick(bench.view, Qt.Key.Key_Return)
    assert opened == []
    bench.view.show_snapshot(trained(RunConfig()))
    QTest.keyClick(bench.view, Qt.Key.Key_Return)
    assert [menu.actions() for menu in opened] == [bench.view.options]


def test_pointing_at_an_axis_points_at_its_unit(bench: Bench) -> None:
    bench.view.show_snapshot(with_outgoing(1, 4, 3))
    bench.point_at(bench.canvas.axis_rect(ACROSS).center())
    assert bench.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    bench.point_at(bench.canvas.axis_rect(UP).center())
    bench.point_at(QPointF(bench.at(0.5, 0.5)))
    assert bench.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert bench.pointed == [1, 2, None]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_selected_units_axis_has_its_name_in_the_accent(bench: Bench, theme: Theme) -> None:
    bench.view.apply_theme(theme)
    bench.view.show_snapshot(with_outgoing(1, 4, 3, 2))

    def is_accented(axis: int) -> bool:
        picture, rect = bench.picture(), bench.canvas.axis_rect(axis).toRect()
        return any(
            is_near(picture.pixelColor(x, y), theme.accent)
            for x in range(rect.left(), rect.right())
            for y in range(rect.top(), rect.bottom())
        )

    for unit, accented in ((None, (False, False)), (1, (True, False)), (2, (False, True)),
                           (0, (False, False)), (40, (False, False))):  # fmt: skip
        bench.view.show_unit(unit)
        assert (is_accented(ACROSS), is_accented(UP)) == accented


def test_one_unit_lies_on_a_line(bench: Bench, opened: list[QMenu]) -> None:
    config = RunConfig(width=1, biases=True)
    weights = Weights(np.array([[9.0], [0.0]]), np.array([-4.5]), np.array([[4.0]]), np.array([-1]))
    snapshot = replace(trained(config), weights=weights)
    bench.view.show_snapshot(snapshot)
    rect = bench.canvas.axes().chart.rect
    places = [bench.canvas.mark_at(row) for row in range(4)]
    assert {place.y() for place in places} == {rect.center().y()}
    assert bench.canvas.mark_at(of_row(1, 0)).x() > bench.canvas.mark_at(of_row(0, 0)).x()
    picture = bench.picture()
    on = bench.at(0.25, 0.7)
    assert min(picture.pixelColor(on + QPoint(d, 0)).lightness() for d in (-1, 0, 1)) < 80
    press_left(bench.canvas, bench.canvas.axis_rect(UP).center().toPoint())
    assert opened == []


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("scale", [0.0, 1e30, 1e200])
@pytest.mark.parametrize("width", [1, 2, 3, 17])
def test_any_weights_can_be_shown(bench: Bench, activation: str, scale: float, width: int) -> None:
    config = RunConfig(width=width, activation=activation, biases=True)
    bench.view.show_snapshot(with_weights(config, scale=scale))
    QTest.keyClick(bench.view, Qt.Key.Key_Right)
    bench.picture()
    assert bench.readouts[-1].startswith("00: h")
    assert all(math.isfinite(bench.canvas.mark_at(row).x()) for row in range(4))


def test_without_a_network_there_is_nothing(bench: Bench) -> None:
    empty = bench.picture()
    bench.point_at(QPointF(50, 50))
    press_left(bench.canvas, QPoint(50, 50))
    QTest.keyClick(bench.view, Qt.Key.Key_Right)
    QTest.keyClick(bench.view, Qt.Key.Key_Return)
    assert set(bench.readouts) <= {""}
    bench.view.show_snapshot(solved())
    assert bench.picture() != empty


def test_a_hidden_view_draws_when_it_is_shown(bench: Bench) -> None:
    bench.view.hide()
    bench.view.show_snapshot(solved())
    assert bench.canvas.picture is None
    bench.view.show()
    assert bench.canvas.picture is not None


def test_the_view_says_what_it_is(bench: Bench) -> None:
    view = bench.view
    assert (view.objectName(), view.title) == ("hidden_space", "What the output sees")
    assert [action.text() for action in view.options] == ["Unit across", "Unit upwards"]
    assert len(bench.menus) == 2


def test_the_menu_tells_what_was_picked(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    menu, picked = UnitMenu("Across", parent), list[int | None]()
    menu.unit_picked.connect(picked.append)
    menu.width_now = 3
    for place in (3, 0, 1):
        menu.fill()
        menu.actions()[place].trigger()
    assert picked == [2, None, 0]


def test_one_unit_is_checked_at_a_time(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = UnitMenu("Up", parent)
    menu.width_now, menu.picked = 4, None
    menu.fill()

    def checked() -> list[str]:
        return [action.text() for action in menu.actions() if action.isChecked()]

    assert checked() == [menu.actions()[0].text()]
    menu.picked = 3
    menu.fill()
    assert checked() == ["h4"]
    assert len(menu.findChildren(QAction)) >= 5
