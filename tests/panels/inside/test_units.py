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
from xorviz.core.analysis.surface import HIGH, LOW, color_span, response_maps
from xorviz.core.analysis.symmetry import similarity
from xorviz.core.network import Weights, hidden
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.inside import units as unit_canvas
from xorviz.panels.inside.units import WEIGHT_LIMIT, UnitCanvas, Units, equal_sentence
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
    config = RunConfig(activation=activation, biases=True, seed=4, init_range=1.5)
    snapshot = trained(config)
    page.show(snapshot)
    picture, compared, weights = page.canvas.grab().toImage(), 0, snapshot.weights
    span = color_span(weights, config)
    for x1, x2 in ((-0.3, 0.5), (0.5, -0.4), (1.35, 0.5), (0.5, 1.4), (-0.4, -0.4)):
        net = np.array((x1, x2)) @ weights.w1 + weights.b1
        answers = hidden(weights, config, np.array([[x1, x2]]))[0]
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
    h = hidden(snapshot.weights, snapshot.config)[:, unit]
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


def test_many_units_scroll_and_only_visible_maps_are_computed(
    page: Page[Units], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []

    def counted(weights: Weights, config: RunConfig, units: list[int], n: int) -> object:
        asked.append(list(units))
        return response_maps(weights, config, units, n)

    monkeypatch.setattr(unit_canvas, "response_maps", counted)
    canvas, bar = canvas_of(page), page.view._area.verticalScrollBar()
    page.view.resize(400, 300)
    page.show(trained(RunConfig(width=64)))
    page.picture()
    assert asked[-1] == list(canvas.visible_units())
    assert len(asked[-1]) < 24
    bar.setValue(canvas.tiles.pitch)
    page.picture()
    assert asked[-1] == list(canvas.visible_units()) != asked[0]
    assert turn_wheel(page.view._area.viewport(), -3)
    lower = bar.value()
    assert lower > canvas.tiles.pitch
    page.press(Qt.Key.Key_PageDown)
    assert bar.value() > lower
    page.press(Qt.Key.Key_PageUp, Qt.Key.Key_PageUp)
    assert bar.value() < lower
    page.show(trained(RunConfig(width=3)))
    page.picture()
    assert (bar.maximum(), bar.value()) == (0, 0)


def test_the_chosen_unit_is_scrolled_into_view_but_not_the_one_under_the_mouse(
    page: Page[Units],
) -> None:
    canvas, bar = canvas_of(page), page.view._area.verticalScrollBar()
    page.view.resize(400, 300)
    page.show(trained(RunConfig(width=64)))
    for unit in (63, 0, 30):
        page.view.show_unit(unit)
        assert canvas.visibleRegion().contains(canvas.tiles.picture(unit).toAlignedRect())
    page.press(*[Qt.Key.Key_Down] * 9)
    unit = page.heard["unit_requested"][-1]
    assert unit % canvas.tiles.columns == 30 % canvas.tiles.columns
    assert canvas.visibleRegion().contains(canvas.tiles.picture(unit).toAlignedRect())
    at, top = list(canvas.visible_units())[-1], bar.value()
    bar.setValue(top - canvas.tiles.pitch // 3)
    page.point(canvas.tiles.picture(at).topLeft().toPoint() + QPoint(5, 5))
    assert page.heard["unit_pointed"] == [at]
    assert bar.value() == top - canvas.tiles.pitch // 3


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


# Symmetry.


def test_with_symmetry_a_unit_is_drawn_and_read_with_the_one_most_like_it(
    page: Page[Units],
) -> None:
    page.view.resize(520, 260)
    snapshot = trained(RunConfig(width=3, rate=1, biases=True), 300)
    page.show(snapshot)
    before = page.canvas.grab().toImage()
    page.choose("units_symmetry")
    cosines = similarity(snapshot.weights)
    nearest = (np.abs(cosines) - np.eye(3)).argmax(axis=1)
    picture = page.canvas.grab().toImage()
    assert picture != before
    for unit, other in enumerate(nearest.tolist()):
        badge, _ = diverging(LIGHT)[level(float(cosines[unit, other]), 1)]
        corner = canvas_of(page).tiles.picture(unit).bottomRight().toPoint()
        line = canvas_of(page).fontMetrics().height() + 2
        assert is_near(picture.pixelColor(corner + QPoint(-3, 16 + line)), badge)
        said = page.point(middle(page, unit))
        assert said.startswith(f"h{unit + 1} and h{other + 1}: cosine ")
        assert numerals.signed(float(cosines[unit, other])) in said
    page.point(None)
    page.view.show_unit(0)
    for unit in (1, 2):
        assert page.point(middle(page, unit)).startswith(f"h{unit + 1} and h1: ")
    names, rows = page.view.table() or ((), ())
    assert names[-3:] == tuple(f"cosine to h{unit}" for unit in (1, 2, 3))
    assert [row[-3:] for row in rows] == cosines.tolist()


def test_one_unit_has_nothing_to_be_compared_with(page: Page[Units]) -> None:
    page.choose("units_symmetry")
    page.show(trained(RunConfig(width=1), 10))
    page.picture()
    assert page.point(middle(page, 0)) == read_of(trained(RunConfig(width=1), 10), 0)
    names, _ = page.view.table() or ((), ())
    assert not any("cosine" in name for name in names)


def test_equal_mirrored_and_parted_units_are_named(page: Page[Units]) -> None:
    page.choose("units_symmetry")
    page.show(trained(RunConfig(init="equal", rate=0.5), 100))
    assert page.read() == equal_sentence([(0, 1, 2)], 3)
    assert equal_sentence([(0, 1, 2)], 3) in page.view.description()
    assert page.point(middle(page, 1)) == "h2 and h1: equal to the last bit"
    snapshot, w1 = trained(RunConfig(width=2)), np.array([[2.0, -2.0], [1.0, -1.0]])
    page.show(replace(snapshot, weights=replace(snapshot.weights, w1=w1)))
    assert page.point(middle(page, 0)) == "h1 and h2: cosine −1.00, difference 4.00, mirrored"
    recording = Recording(RunConfig(rate=0.5, init="nearly-equal", perturbation=1e-4))
    recording.advance(2000)
    page.show(recording.snapshot())
    assert ", alike until step " in page.point(middle(page, 0))
    page.show(recording.state_at(10))
    assert "alike until" not in page.point(middle(page, 0))


def test_the_sentence_about_equal_units_names_them_or_says_all() -> None:
    assert equal_sentence([], 3) == ""
    assert equal_sentence([(0, 1)], 2).startswith("Both units")
    assert equal_sentence([(0, 1, 2)], 3).startswith("All 3 units")
    assert equal_sentence([(0, 1, 4)], 5).endswith("h1, h2 and h5")
    assert equal_sentence([(0, 1), (2, 3)], 4).endswith("h1 and h2; h3 and h4")
