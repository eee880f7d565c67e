"""Maps of the hidden units: colours, read-outs and selection."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import (
    active_window,
    child,
    is_near,
    move_mouse,
    press,
    press_left,
    shown_view,
    turn_wheel,
)
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, color_span, largest_responses, response_maps
from xorviz.core.network import Weights, hidden
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.inside import units as unit_canvas
from xorviz.panels.inside.units import WEIGHT_LIMIT, UnitCanvas, Units
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level


@dataclass
class Harness:
    """The view on the screen, and the signals it has emitted."""

    view: Units
    readouts: list[str] = field(default_factory=list)
    pointed: list[int | None] = field(default_factory=list)
    chosen: list[int | None] = field(default_factory=list)

    def listen(self) -> None:
        self.view.readout_changed.connect(self.readouts.append)
        self.view.unit_pointed.connect(self.pointed.append)
        self.view.unit_requested.connect(self.chosen.append)

    @property
    def canvas(self) -> UnitCanvas:
        return child(self.view, UnitCanvas)

    def picture(self) -> QImage:
        image: QImage = self.canvas.grab().toImage()
        return image

    def middle(self, unit: int) -> QPoint:
        return self.canvas.tiles.picture(unit).center().toPoint()

    def place(self, unit: int, x1: float, x2: float) -> QPoint:
        """Return the pixel of an input point in a unit's map."""
        rect = self.canvas.tiles.picture(unit)
        x = rect.left() + (x1 - LOW) / (HIGH - LOW) * rect.width()
        return QPointF(x, rect.bottom() - (x2 - LOW) / (HIGH - LOW) * rect.height()).toPoint()

    def point_at(self, point: QPoint) -> None:
        move_mouse(self.canvas, point)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    harness = Harness(shown_view(qtbot, Units(), 520, 220))
    harness.listen()
    harness.view.unit_requested.connect(harness.view.show_unit)
    yield harness
    harness.view.hide()


def sharp(width: int = 3, activation: str = "sigmoid") -> Snapshot:
    """Return a snapshot of units with steep responses: uniform colours away from their lines."""
    config = RunConfig(width=width, activation=activation, biases=True, targets=(1, 0, 1, 0))
    snapshot = trained(config)
    tilt = np.linspace(-0.5, 0.5, width)
    weights = Weights(
        w1=40 * np.array([np.cos(tilt), np.sin(tilt)]),
        b1=np.full(width, -20.0),
        w2=np.linspace(-4, 4, width)[:, np.newaxis],
        b2=np.zeros(1),
    )
    return replace(snapshot, weights=weights)


def color_of(theme: Theme, share: float) -> str:
    return diverging(theme)[level(2 * share - 1, 1)][0].name()


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_a_map_has_the_colours_of_the_unit_s_response(
    harness: Harness, activation: str, theme: Theme
) -> None:
    snapshot = trained(RunConfig(activation=activation, biases=True, seed=4, init_range=1.5))
    harness.view.apply_theme(theme)
    harness.view.show_snapshot(snapshot)
    picture, compared = harness.picture(), 0
    largest = float(largest_responses(snapshot.weights, activation).max())
    span = color_span(activation, largest)
    for x1, x2 in ((-0.3, 0.5), (0.5, -0.4), (1.35, 0.5), (0.5, 1.4), (-0.4, -0.4)):
        answers = hidden(snapshot.weights, activation, np.array([[x1, x2]]))[0]
        w1, b1 = snapshot.weights.w1, snapshot.weights.b1
        for unit, answer in enumerate(answers):
            if abs(np.array((x1, x2)) @ w1[:, unit] + b1[unit]) < 0.1:  # type: ignore[index]
                continue  # too close to the line
            share = (answer - span.low) / (span.high - span.low)
            color = picture.pixelColor(harness.place(unit, x1, x2))
            assert is_near(color, color_of(theme, float(share)), tolerance=9), (unit, x1, x2)
            compared += 1
    assert compared >= 8


def test_the_line_is_at_zero_net_input(harness: Harness) -> None:
    harness.view.show_snapshot(sharp())
    picture = harness.picture()
    for unit in range(3):
        weights = sharp().weights
        w_x, w_y = weights.w1[:, unit]
        x2 = 0.3
        at = harness.place(unit, (20 - w_y * x2) / w_x, x2)
        darkest = min(picture.pixelColor(at + QPoint(dx, 0)).lightness() for dx in (-1, 0, 1))
        assert darkest < 110


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_rows_are_marked_by_their_targets(harness: Harness, theme: Theme) -> None:
    harness.view.apply_theme(theme)
    harness.view.show_snapshot(sharp())
    picture = harness.picture()
    for row, target in zip(ROWS, sharp().config.targets, strict=True):
        fill = theme.plus if target else theme.minus
        for unit in range(3):
            assert is_near(picture.pixelColor(harness.place(unit, *row)), fill)


def badge_color(harness: Harness, unit: int) -> QColor:
    """Return the background colour of a unit's outgoing weight."""
    rect = harness.canvas.tiles.picture(unit)
    return harness.picture().pixelColor(round(rect.right()) - 3, round(rect.bottom()) + 16)


def test_the_outgoing_weight_has_a_background_of_its_colour(harness: Harness) -> None:
    harness.view.show_snapshot(sharp())
    for unit, weight in enumerate((-4.0, 0.0, 4.0)):
        fill, _ = diverging(LIGHT)[level(weight, WEIGHT_LIMIT)]
        assert is_near(badge_color(harness, unit), fill)


def test_responses_are_written_in_large_maps_only(harness: Harness) -> None:
    harness.view.show_snapshot(sharp())

    def dark_pixels() -> int:
        """Count dark pixels below the marker of row 11, on an orange background."""
        at, picture = harness.place(1, 1, 1), harness.picture()
        return sum(
            picture.pixelColor(at + QPoint(dx, dy)).lightness() < 60
            for dx in range(-14, 15)
            for dy in range(9, 24)
        )

    assert harness.canvas.tiles.side >= 110
    assert dark_pixels() > 10
    harness.view.resize(330, 140)
    assert harness.canvas.tiles.side < 104
    assert dark_pixels() == 0


def readout_of(snapshot: Snapshot, unit: int) -> str:
    h = hidden(snapshot.weights, snapshot.config.activation)[:, unit]
    by_row = dict(zip(ROWS, h.tolist(), strict=True))
    rows = [f"{a}{b} {numerals.fixed(by_row[a, b], 2)}" for a in (0, 1) for b in (0, 1)]
    bias = (
        ""
        if snapshot.weights.b1 is None
        else (f", bias {numerals.signed(float(snapshot.weights.b1[unit]))}")
    )
    return f"h{unit + 1}: {', '.join(rows)}{bias}"


def test_pointing_reads_out_the_responses_and_reports_the_unit(harness: Harness) -> None:
    snapshot = trained(RunConfig(rate=0.5), 620)
    harness.view.show_snapshot(snapshot)
    harness.point_at(harness.middle(1))
    assert harness.readouts[-1] == readout_of(snapshot, 1)
    harness.point_at(harness.middle(1) + QPoint(3, 3))
    harness.point_at(harness.middle(2))
    later = trained(RunConfig(rate=0.5), 700)
    harness.view.show_snapshot(later)
    assert harness.readouts[-1] == readout_of(later, 2)
    QApplication.sendEvent(harness.canvas, QEvent(QEvent.Type.Leave))
    assert harness.pointed == [1, 2, None]
    assert harness.readouts[-1] == "colours 0 to 1"


@pytest.mark.parametrize(
    ("activation", "text"), some([("sigmoid", "0 to 1"), ("tanh", "−1 to 1"), ("relu", "0 to 2")])
)
def test_the_read_out_names_the_range_of_the_colours(
    harness: Harness, activation: str, text: str
) -> None:
    config = RunConfig(activation=activation, width=1)
    snapshot = trained(config)
    w1 = np.array([[0.5], [0.6]])
    harness.view.show_snapshot(replace(snapshot, weights=Weights(w1, None, np.ones((1, 1)), None)))
    assert harness.readouts[-1] == f"colours {text}"


def test_the_selected_unit_is_read_out_while_nothing_is_pointed_at(harness: Harness) -> None:
    snapshot = trained(QUICK, 200)
    harness.view.show_snapshot(snapshot)
    harness.view.show_unit(3)
    assert harness.readouts[-1] == readout_of(snapshot, 3)
    harness.point_at(harness.middle(0))
    assert harness.readouts[-1] == readout_of(snapshot, 0)


def test_a_click_selects_a_unit_and_another_clears_it(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig()))
    for point in (harness.middle(2), harness.middle(0), harness.middle(0), harness.middle(1)):
        press_left(harness.canvas, point)
    press_left(harness.canvas, QPoint(1, harness.canvas.height() - 1))
    assert harness.chosen == [2, 0, None, 1, None]


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_the_selected_unit_has_an_accent_frame(harness: Harness, theme: Theme) -> None:
    harness.view.apply_theme(theme)
    harness.view.show_snapshot(trained(RunConfig()))
    harness.view.show_unit(1)
    picture = harness.picture()
    for unit in range(3):
        rect = harness.canvas.tiles.picture(unit)
        at = QPoint(round(rect.left()) - 2, round(rect.center().y()))
        assert is_near(picture.pixelColor(at), theme.accent) == (unit == 1)


def test_arrow_keys_select_units(harness: Harness) -> None:
    view = harness.view
    view.resize(300, 400)
    view.show_snapshot(trained(RunConfig(width=6)))
    columns = harness.canvas.tiles.columns
    assert columns == 2
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
    assert harness.chosen == [0, 1, 3, 2]
    assert harness.readouts[-1].startswith("h3:")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(view, key)
    assert harness.chosen == [0, 1, 3, 2, 4, 2]


def test_enter_clears_the_unit(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig()))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(harness.view, key)
    assert (harness.readouts[-1], harness.chosen) == ("colours 0 to 1", [0, None])


def test_keys_scroll_and_choose_before_shortcuts(qtbot: QtBot) -> None:
    view = Units()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view, "Right")
    window.resize(400, 300)
    view.show_snapshot(trained(RunConfig(width=64)))
    bar = child(view, UnitCanvas).bar
    press(Qt.Key.Key_PageDown)
    assert bar.value() > 0
    press(Qt.Key.Key_PageUp)
    assert bar.value() == 0
    press(Qt.Key.Key_Right)
    assert window.used == []


def test_many_units_scroll(harness: Harness) -> None:
    harness.view.resize(400, 300)
    harness.view.show_snapshot(trained(RunConfig(width=64)))
    assert harness.canvas.tiles.side >= 72
    bar = harness.canvas.bar
    assert bar.maximum() > 0
    assert turn_wheel(harness.canvas, -3)
    assert bar.value() > 0
    harness.view.show_snapshot(trained(RunConfig(width=3)))
    assert (bar.maximum(), bar.value()) == (0, 0)


def test_only_visible_maps_are_computed(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []

    def counted(weights: Weights, activation: str, units: list[int], n: int) -> object:
        asked.append(list(units))
        return response_maps(weights, activation, units, n)

    monkeypatch.setattr(unit_canvas, "response_maps", counted)
    harness.view.resize(400, 300)
    harness.view.show_snapshot(trained(RunConfig(width=64)))
    harness.picture()
    assert asked[-1] == list(harness.canvas.visible_units())
    assert len(asked[-1]) < 24
    harness.picture()
    before = len(asked)
    harness.canvas.bar.setValue(harness.canvas.tiles.pitch)
    harness.picture()
    assert len(asked) == before + 1
    assert set(asked[-1]).isdisjoint(asked[-2])


def test_the_chosen_unit_is_scrolled_into_view(harness: Harness) -> None:
    harness.view.resize(400, 300)
    harness.view.show_snapshot(trained(RunConfig(width=64)))
    for unit in (63, 0, 30):
        harness.view.show_unit(unit)
        rect = harness.canvas.tiles.picture(unit)
        assert harness.canvas.rect().contains(rect.toAlignedRect())
    for _ in range(9):
        QTest.keyClick(harness.view, Qt.Key.Key_Down)
    at = 30 + 9 * harness.canvas.tiles.columns
    while at > 63:
        at -= harness.canvas.tiles.columns
    assert harness.canvas.rect().contains(harness.canvas.tiles.picture(at).toAlignedRect())


def test_units_beyond_a_narrower_network_are_forgotten(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig(width=5)))
    harness.view.show_unit(3)
    harness.point_at(harness.middle(4))
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    harness.view.show_snapshot(trained(RunConfig(width=2)))
    harness.picture()
    assert harness.readouts[-1] == "colours 0 to 1"
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    assert harness.chosen == [4, 0]
