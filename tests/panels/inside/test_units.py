"""Maps of the hidden units: their colours, what is read of them, and scrolling."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child, is_near, turn_wheel
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, color_span, largest_responses, response_maps
from xorviz.core.network import Weights, hidden
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.inside import units as unit_canvas
from xorviz.panels.inside.units import WEIGHT_LIMIT, UnitCanvas, Units
from xorviz.ui.theme.palette import LIGHT, diverging, level


@pytest.fixture
def page(qtbot: QtBot) -> Page[Units]:
    page = Page(qtbot, Units(), size=(520, 220))
    page.host()
    return page


def canvas_of(page: Page[Units]) -> UnitCanvas:
    return child(page.view, UnitCanvas)


def middle(page: Page[Units], unit: int) -> QPoint:
    return canvas_of(page).tiles.picture(unit).center().toPoint()


def place(page: Page[Units], unit: int, x1: float, x2: float) -> QPoint:
    """Return the pixel of an input point in a unit's map."""
    rect = canvas_of(page).tiles.picture(unit)
    x = rect.left() + (x1 - LOW) / (HIGH - LOW) * rect.width()
    return QPointF(x, rect.bottom() - (x2 - LOW) / (HIGH - LOW) * rect.height()).toPoint()


def sharp() -> Snapshot:
    """Return a snapshot of units with steep responses: uniform colours away from their lines."""
    tilt = np.linspace(-0.5, 0.5, 3)
    w1 = 40 * np.array([np.cos(tilt), np.sin(tilt)])
    w2 = np.linspace(-4, 4, 3)[:, np.newaxis]
    weights = Weights(w1, np.full(3, -20.0), w2, np.zeros(1))
    return replace(trained(RunConfig(biases=True, targets=(1, 0, 1, 0))), weights=weights)


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_a_map_has_the_colours_of_the_unit_s_response(page: Page[Units], activation: str) -> None:
    snapshot = trained(RunConfig(activation=activation, biases=True, seed=4, init_range=1.5))
    page.show(snapshot)
    picture, compared, weights = page.canvas.grab().toImage(), 0, snapshot.weights
    span = color_span(activation, float(largest_responses(weights, activation).max()))
    for x1, x2 in ((-0.3, 0.5), (0.5, -0.4), (1.35, 0.5), (0.5, 1.4), (-0.4, -0.4)):
        net = np.array((x1, x2)) @ weights.w1 + weights.b1
        answers = hidden(weights, activation, np.array([[x1, x2]]))[0]
        for unit in np.flatnonzero(np.abs(net) >= 0.1).tolist():  # not too close to the line
            share = float((answers[unit] - span.low) / (span.high - span.low))
            wanted = diverging(LIGHT)[level(2 * share - 1, 1)][0]
            assert is_near(picture.pixelColor(place(page, unit, x1, x2)), wanted, 9)
            compared += 1
    assert compared >= 8


def test_the_line_is_at_zero_net_input_and_weights_and_targets_have_their_colours(
    page: Page[Units],
) -> None:
    page.show(sharp())
    picture = page.canvas.grab().toImage()
    for unit, weight in enumerate((-4.0, 0.0, 4.0)):
        w_x, w_y = sharp().weights.w1[:, unit]
        assert page.has(place(page, unit, (20 - w_y * 0.3) / w_x, 0.3), LIGHT.text, 90)
        for row, target in zip(ROWS, sharp().config.targets, strict=True):
            fill = LIGHT.plus if target else LIGHT.minus
            assert is_near(picture.pixelColor(place(page, unit, *row)), fill)
        corner = canvas_of(page).tiles.picture(unit).bottomRight().toPoint()
        badge, _ = diverging(LIGHT)[level(weight, WEIGHT_LIMIT)]
        assert is_near(picture.pixelColor(corner + QPoint(-3, 16)), badge)
    page.view.show_unit(1)
    for unit in range(3):
        rect = canvas_of(page).tiles.picture(unit)
        beside = QPoint(round(rect.left()) - 2, round(rect.center().y()))
        is_framed = is_near(page.canvas.grab().toImage().pixelColor(beside), LIGHT.accent)
        assert is_framed == (unit == 1)


def read_of(snapshot: Snapshot, unit: int) -> str:
    h = hidden(snapshot.weights, snapshot.config.activation)[:, unit]
    by_row = dict(zip(ROWS, h.tolist(), strict=True))
    rows = [f"{a}{b} {numerals.fixed(by_row[a, b], 2)}" for a in (0, 1) for b in (0, 1)]
    b1 = snapshot.weights.b1
    bias = "" if b1 is None else f", bias {numerals.signed(float(b1[unit]))}"
    return f"h{unit + 1}: {', '.join(rows)}{bias}"


def test_a_unit_is_read_as_it_is_now_the_chosen_one_while_none_is_pointed_at(
    page: Page[Units],
) -> None:
    snapshot, later = trained(QUICK, 100), trained(replace(QUICK, biases=False), 200)
    page.show(snapshot)
    page.view.show_unit(3)
    assert page.read() == read_of(snapshot, 3)
    assert page.point(middle(page, 0)) == read_of(snapshot, 0)
    page.point(middle(page, 0) + QPoint(3, 3))
    page.show(later)
    assert page.read() == read_of(later, 0)
    page.point(None)
    assert page.heard["unit_pointed"] == [0, None]


def test_the_range_of_the_colours_is_read(page: Page[Units]) -> None:
    weights = Weights(np.array([[0.5], [0.6]]), None, np.ones((1, 1)), None)
    for activation, text in (("sigmoid", "0 to 1"), ("tanh", "−1 to 1"), ("relu", "0 to 2")):
        page.show(replace(trained(RunConfig(activation=activation, width=1)), weights=weights))
        assert page.read() == f"colours {text}"


def test_a_click_chooses_a_unit_and_another_or_one_beside_clears_it(page: Page[Units]) -> None:
    page.show(trained(RunConfig()))
    for point in (middle(page, 2), middle(page, 0), middle(page, 0), middle(page, 1)):
        page.click(point)
    page.click(QPoint(1, page.canvas.height() - 1))
    assert page.heard["unit_requested"] == [2, 0, None, 1, None]


def test_many_units_scroll_and_only_visible_maps_are_computed(
    page: Page[Units], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []

    def counted(weights: Weights, activation: str, units: list[int], n: int) -> object:
        asked.append(list(units))
        return response_maps(weights, activation, units, n)

    monkeypatch.setattr(unit_canvas, "response_maps", counted)
    canvas = canvas_of(page)
    page.view.resize(400, 300)
    page.show(trained(RunConfig(width=64)))
    page.picture()
    assert asked[-1] == list(canvas.visible_units())
    assert len(asked[-1]) < 24
    page.picture()
    count = len(asked)
    canvas.bar.setValue(canvas.tiles.pitch)
    page.picture()
    assert len(asked) == count + 1
    assert set(asked[-1]).isdisjoint(asked[-2])
    assert turn_wheel(canvas, -3)
    lower = canvas.bar.value()
    assert lower > canvas.tiles.pitch
    page.press(Qt.Key.Key_PageDown)
    assert canvas.bar.value() > lower
    page.press(Qt.Key.Key_PageUp, Qt.Key.Key_PageUp)
    assert canvas.bar.value() < lower
    page.show(trained(RunConfig(width=3)))
    assert (canvas.bar.maximum(), canvas.bar.value()) == (0, 0)


def test_the_chosen_unit_is_scrolled_into_view_but_not_the_one_under_the_mouse(
    page: Page[Units],
) -> None:
    canvas = canvas_of(page)
    page.view.resize(400, 300)
    page.show(trained(RunConfig(width=64)))
    for unit in (63, 0, 30):
        page.view.show_unit(unit)
        assert canvas.rect().contains(canvas.tiles.picture(unit).toAlignedRect())
    page.press(*[Qt.Key.Key_Down] * 9)
    unit = page.heard["unit_requested"][-1]
    assert unit % canvas.tiles.columns == 30 % canvas.tiles.columns
    assert canvas.rect().contains(canvas.tiles.picture(unit).toAlignedRect())
    at, top = list(canvas.visible_units())[-1], canvas.bar.value()
    canvas.bar.setValue(top - canvas.tiles.pitch // 3)
    page.point(canvas.tiles.picture(at).topLeft().toPoint() + QPoint(5, 5))
    assert page.heard["unit_pointed"] == [at]
    assert canvas.bar.value() == top - canvas.tiles.pitch // 3


def test_units_beyond_a_narrower_network_are_forgotten(page: Page[Units]) -> None:
    page.show(trained(RunConfig(width=5)))
    page.view.show_unit(3)
    page.point(middle(page, 4))
    page.press(Qt.Key.Key_Right)
    page.show(trained(RunConfig(width=2)))
    page.picture()
    assert page.read() == "colours 0 to 1"
    page.press(Qt.Key.Key_Right)
    assert page.heard["unit_requested"] == [4, 0]
