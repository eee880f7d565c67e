"""The view of symmetry: cells, read-outs, selection and the curve."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child, is_near, move_pressed, press_left, shown
from tests.support.snapshots import trained
from xorviz.core.analysis.symmetry import SpreadCurve, similarity, spread
from xorviz.core.arrays import Array
from xorviz.core.network import flat
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.files.exports.pictures import svg_bytes
from xorviz.panels.inside.similarity import (
    Similarity,
    SimilarityCurve,
    SimilarityMatrix,
    equal_sentence,
)
from xorviz.ui.plot.curve_row import Row
from xorviz.ui.theme.palette import LIGHT, diverging, level

LEARNS = RunConfig(width=5, rate=1, biases=True)


def curve_of(largest: list[float], smallest: list[float]) -> tuple[SpreadCurve, Array, Snapshot]:
    """Return what a curve with these differences at steps 0, 10, 20 ... is made of."""
    steps = np.arange(len(largest)) * 10
    pairs = np.column_stack((largest, smallest))
    snapshot, newest = trained(RunConfig()), int(steps[-1])
    record = replace(snapshot.record, newest=newest)
    return SpreadCurve(steps, pairs), pairs[-1:], replace(snapshot, step=newest, record=record)


@pytest.fixture
def curve(qtbot: QtBot) -> SimilarityCurve:
    curve = SimilarityCurve()
    curve.apply_theme(LIGHT)
    return shown(qtbot, curve, 400, 200)


def row_of(curve: SimilarityCurve) -> Row:
    return curve.rows[0]


def labels(curve: SimilarityCurve) -> list[str]:
    _, (low, high) = row_of(curve).box.viewRange()
    axis = row_of(curve).scales.value_axis
    return axis.tickStrings(axis.tickValues(low, high, 200)[0][1], 1.0, 1.0)


def test_zero_is_below_all_powers_of_ten(curve: SimilarityCurve) -> None:
    for smallest in (0.0, 0.1):
        curve.show_curve(*curve_of([0.9, 0.5, 0.2], [1e-3, smallest, smallest]))
        heights = row_of(curve).scales.y_of(np.array([0.0, 1e-3, 1.0]))
        assert heights[0] > heights[1] + 5 > heights[2] + 30
        assert (labels(curve)[0] == "0") == (smallest == 0)
    assert row_of(curve).pointers.readings[0] == "largest 0.200, smallest 0.100"


def test_the_axis_has_at_least_one_decade_of_any_values(curve: SimilarityCurve) -> None:
    for value in (1.0, 10.0, 5e-324, 1e308, 0.0):
        curve.show_curve(*curve_of([value], [value]))
        _, (bottom, top) = row_of(curve).box.viewRange()
        assert top - bottom >= 1
        (height,) = row_of(curve).scales.y_of(np.array([value]))
        assert -1 <= height <= row_of(curve).scales.area.height() + 1


def test_the_smallest_is_dashed_and_one_pair_has_one_curve(curve: SimilarityCurve) -> None:
    curve.show_curve(*curve_of([0.5] * 12, [0.005] * 12))
    drawn = row_of(curve).moving.curves
    assert [bool(one.dash) for one in drawn] == [False, True]
    assert {one.is_line for one in drawn} == {True}
    assert [label.text for label in row_of(curve).pointers.labels] == ["largest", "smallest"]
    curve.show_curve(*curve_of([0.5, 0.2] * 6, [0.5, 0.2] * 6))
    assert len(row_of(curve).moving.curves) == 1
    assert not row_of(curve).pointers.labels
    assert row_of(curve).pointers.readings[0] == "0.200"


@pytest.fixture
def page(qtbot: QtBot) -> Page[Similarity]:
    return Page(qtbot, Similarity(), trained(LEARNS, 300))


def matrix_of(page: Page[Similarity]) -> SimilarityMatrix:
    return child(page.view, SimilarityMatrix)


def middle(page: Page[Similarity], row: int, column: int) -> QPoint:
    return matrix_of(page).rect_of((row, column)).center().toPoint()


def test_each_cell_has_the_colour_and_the_text_of_its_cosine_and_the_chosen_unit_a_frame(
    page: Page[Similarity],
) -> None:
    cosines = similarity(trained(LEARNS, 300).weights)
    picture, rect_of = page.canvas.grab().toImage(), matrix_of(page).rect_of
    for place in np.ndindex(5, 5):
        corner = rect_of(place).topLeft() + QPointF(4, 4)
        expected, _ = diverging(LIGHT)[level(float(cosines[place]), 1)]
        assert is_near(picture.pixelColor(corner.toPoint()), expected)
    assert svg_bytes(page.canvas).decode().count(">+1.00<") == 5
    page.view.show_unit(2)
    framed, row, column = page.canvas.grab().toImage(), rect_of((2, 4)), rect_of((4, 2))
    right, below = QPointF(row.right(), row.center().y()), column.center()
    below.setY(column.bottom())
    for at in (right.toPoint(), below.toPoint()):
        assert is_near(framed.pixelColor(at), LIGHT.accent, 60)
        assert not is_near(picture.pixelColor(at), LIGHT.accent, 60)


def test_a_pair_is_read_by_its_numbers_and_reports_the_unit_of_its_row(
    page: Page[Similarity],
) -> None:
    weights = trained(LEARNS, 300).weights
    into = np.vstack([weights.w1, weights.b1])[:, [1, 3]]  # type: ignore[list-item]
    cosine = into[:, 0] @ into[:, 1] / np.prod(np.linalg.norm(into, axis=0))
    said = page.point(middle(page, 1, 3)).replace("−", "-").removesuffix(", mirrored").split()
    assert said[:4] == ["h2", "and", "h4:", "cosine"]
    assert float(said[4].rstrip(",")) == pytest.approx(cosine, abs=0.005)
    assert float(said[6]) == pytest.approx(np.abs(into[:, 0] - into[:, 1]).max(), rel=0.005)
    page.point(middle(page, 1, 4))
    page.point(middle(page, 2, 4))
    assert page.point(None) == ""
    assert page.heard["unit_pointed"] == [1, 2, None]


def test_a_name_or_the_chosen_unit_is_read_with_the_one_most_like_it(
    page: Page[Similarity],
) -> None:
    cosines = similarity(trained(LEARNS, 300).weights)
    np.fill_diagonal(cosines, -2)
    at = middle(page, 2, 2)
    for name in (QPoint(3, at.y()), QPoint(at.x(), 3)):
        assert page.point(name).startswith(f"h3 is most like h{int(cosines[2].argmax()) + 1}: ")
        assert page.heard["unit_pointed"][-1] == 2
    assert page.point(QPoint(2, 2)) == ""
    page.view.show_unit(3)
    assert page.read().startswith(f"h4 is most like h{int(cosines[3].argmax()) + 1}: ")


def test_keys_start_at_the_chosen_unit_and_choose_the_unit_of_the_row(
    page: Page[Similarity],
) -> None:
    page.host()
    page.view.unit_requested.emit(1)
    keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right)
    assert page.press(*keys).startswith("h3 and h4: ")
    page.click(middle(page, 2, 3))
    assert page.press(*[Qt.Key.Key_Up] * 9).startswith("h1 and h4: ")
    assert page.press(Qt.Key.Key_Escape) == ""
    page.click(middle(page, 3, 2))
    page.click(QPoint(2, 2))
    assert page.heard["unit_requested"] == [1, 2, None, 1, 0, None, 3, None]


def test_a_network_of_fewer_units_is_shown_and_one_unit_as_a_sentence(
    page: Page[Similarity],
) -> None:
    curve = child(page.view, SimilarityCurve)
    page.press(Qt.Key.Key_Right)
    page.point(middle(page, 4, 4))
    page.view.show_unit(4)
    page.show(trained(RunConfig(width=2), 10))
    assert page.read() == ""
    page.press(Qt.Key.Key_Right)
    assert page.read().startswith("h1 is most like h2")
    page.view.hide()
    page.show(trained(RunConfig(width=1)))
    assert matrix_of(page).shape == (2, 2), "not drawn again yet"
    page.view.show_unit(0)
    assert page.read() == ""
    page.view.show()
    assert (matrix_of(page).shape, curve.isVisible(), page.view.table()) == ((0, 0), False, None)
    assert page.point(QPoint(100, 100)) == page.press(Qt.Key.Key_Right) == ""
    page.show(trained(LEARNS))
    assert (matrix_of(page).shape, curve.isVisible()) == ((5, 5), True)


def test_the_sentence_about_equal_units_names_them_or_says_all() -> None:
    assert equal_sentence([], 3) == ""
    assert equal_sentence([(0, 1)], 2).startswith("Both units")
    assert equal_sentence([(0, 1, 2)], 3).startswith("All 3 units")
    assert equal_sentence([(0, 1, 4)], 5).endswith("h1, h2 and h5")
    assert equal_sentence([(0, 1), (2, 3)], 4).endswith("h1 and h2; h3 and h4")


def test_equal_and_mirrored_units_are_named(page: Page[Similarity]) -> None:
    page.show(trained(RunConfig(init="equal", rate=0.5), 100))
    curve = child(page.view, SimilarityCurve)
    assert curve.accessibleDescription() == equal_sentence([(0, 1, 2)], 3)
    assert page.point(middle(page, 0, 2)) == "h1 and h3: equal to the last bit"
    assert equal_sentence([(0, 1, 2)], 3) in page.view.description()
    page.show(trained(RunConfig(init="nearly-equal", rate=0.5), 100))
    assert curve.accessibleDescription() == ""
    snapshot, w1 = trained(RunConfig(width=2)), np.array([[2.0, -2.0], [1.0, -1.0]])
    page.show(replace(snapshot, weights=replace(snapshot.weights, w1=w1)))
    read = page.point(middle(page, 0, 1))
    assert read == "h1 and h2: cosine −1.00, difference 4.00, mirrored"


def test_the_curve_covers_the_run_and_a_step_of_it_is_read_marked_and_gone_to(qtbot: QtBot) -> None:
    recording = Recording(RunConfig(rate=0.5, init="nearly-equal"))
    recording.advance(2000)
    page = Page(qtbot, Similarity(), recording.state_at(1000))
    row, viewport = page.plot.rows[0], page.plot.viewport()
    assert row.pointers.readings[0].endswith(" at 1\u202f000")
    place = page.on_plot(1000, 1e-6)
    assert page.has(place, LIGHT.accent, 60, page.plot)
    config = recording.snapshot().config
    now = spread(flat(recording.snapshot().weights)[None], config)[0].tolist()
    assert [label.value for label in row.pointers.labels] == pytest.approx(now)
    at = page.on_plot(500, 1e-6)
    move_pressed(viewport, at)
    pointed = page.plot.pointed
    assert pointed is not None
    there = spread(flat(recording.state_at(pointed).weights)[None], config)[0]
    assert [point.value for point in row.pointers.points] == pytest.approx(there.tolist())
    assert row.pointers.readings[0].endswith(f" at {pointed}")
    press_left(viewport, at)
    assert page.heard["step_requested"][-1] == pytest.approx(500, abs=8)
    page.show(recording.snapshot())
    assert not page.has(place, LIGHT.accent, 60, page.plot)
