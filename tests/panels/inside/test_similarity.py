"""The view of symmetry: cells, read-outs, selection and the curve."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import (
    child,
    is_near,
    move_mouse,
    move_pressed,
    pixel,
    press_left,
    shown,
    shown_view,
)
from tests.support.snapshots import trained
from xorviz.core.analysis.symmetry import SpreadCurve, similarity
from xorviz.core.arrays import Array
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
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level


def curve_of(
    largest: list[float], smallest: list[float], step: int | None = None
) -> tuple[SpreadCurve, Array, Snapshot]:
    """Return what a curve with these differences at steps 0, 10, 20 ... is made of."""
    steps = np.arange(len(largest)) * 10
    at = len(largest) - 1 if step is None else step // 10
    spread = np.column_stack((largest, smallest))
    snapshot = trained(RunConfig())
    record = replace(snapshot.record, newest=int(steps[-1]))
    snapshot = replace(snapshot, step=at * 10, record=record)
    return SpreadCurve(steps, spread), spread[at : at + 1], snapshot


@pytest.fixture
def curve(qtbot: QtBot) -> Iterator[SimilarityCurve]:
    curve = SimilarityCurve()
    curve.apply_theme(LIGHT)
    yield shown(qtbot, curve, 400, 200)
    curve.hide()


def row_of(curve: SimilarityCurve) -> Row:
    return curve.rows[0]


def labels(curve: SimilarityCurve, low: float, high: float) -> list[str]:
    axis = row_of(curve).scales.value_axis
    return axis.tickStrings(axis.tickValues(low, high, 200)[0][1], 1.0, 1.0)


def test_zero_is_below_all_powers_of_ten(curve: SimilarityCurve) -> None:
    curve.show_curve(*curve_of([0.9, 0.5, 0.2], [1e-3, 0.0, 0.0]))
    scales = row_of(curve).scales
    heights = scales.y_of(np.array([0.0, 1e-3, 1.0]))
    assert heights[0] > heights[1] + 5 > heights[2] + 30
    _, (bottom, top) = row_of(curve).box.viewRange()
    assert labels(curve, bottom, top)[0] == "0"
    curve.show_curve(*curve_of([0.9, 0.5, 0.2], [1e-3, 0.1, 0.1]))
    _, (bottom, top) = row_of(curve).box.viewRange()
    assert (bottom, top) == pytest.approx((-3.05, 0.05))
    assert "0" not in labels(curve, bottom, top)


@pytest.mark.parametrize("values", [[1.0], [5.0], [10.0], [5e-324], [1e308], [0.0]])
def test_the_axis_has_at_least_one_decade_of_any_values(
    curve: SimilarityCurve, values: list[float]
) -> None:
    curve.show_curve(*curve_of(values, values))
    _, (bottom, top) = row_of(curve).box.viewRange()
    assert top - bottom >= 1
    (height,) = row_of(curve).scales.y_of(np.array(values))
    assert -1 <= height <= row_of(curve).scales.area.height() + 1


def test_the_smallest_is_dashed_and_one_pair_has_one_curve(curve: SimilarityCurve) -> None:
    curve.show_curve(*curve_of([0.5] * 12, [0.005] * 12))
    drawn = row_of(curve).moving.curves
    assert [bool(one.dash) for one in drawn] == [False, True]
    assert [label.text for label in row_of(curve).pointers.labels] == ["largest", "smallest"]
    curve.show_curve(*curve_of([0.5, 0.2] * 6, [0.5, 0.2] * 6))
    assert len(row_of(curve).moving.curves) == 1
    assert not row_of(curve).pointers.labels


def test_no_line_is_drawn_through_a_few_steps_of_many(curve: SimilarityCurve) -> None:
    for count, is_line in ((3, False), (12, True)):
        curve.show_curve(*curve_of([0.5] * count, [0.1] * count))
        assert {one.is_line for one in row_of(curve).moving.curves} == {is_line}


def test_the_shown_step_is_read_out_and_a_click_goes_to_another(curve: SimilarityCurve) -> None:
    asked: list[int] = []
    curve.step_requested.connect(asked.append)
    largest, smallest = [0.5 + n for n in range(12)], [0.25 + n for n in range(12)]
    curve.show_curve(*curve_of(largest, smallest))
    assert row_of(curve).pointers.readings[0] == "largest 11.5, smallest 11.2"
    for _ in range(3):
        curve.grab()
        QApplication.processEvents()
    at = row_of(curve).box.mapToScene(QPointF(row_of(curve).scales.at(50)[0], 20))
    move_pressed(curve.viewport(), curve.mapFromScene(at))
    assert row_of(curve).pointers.readings[0] == "largest 5.50, smallest 5.25 at 50"


LEARNS = RunConfig(width=5, rate=1, biases=True)


@dataclass
class Harness:
    """A view on the screen, and the signals it has emitted."""

    view: Similarity
    pointed: list[int | None] = field(default_factory=list)
    chosen: list[int | None] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    @property
    def matrix(self) -> SimilarityMatrix:
        return child(self.view, SimilarityMatrix)

    @property
    def curve(self) -> SimilarityCurve:
        return child(self.view, SimilarityCurve)

    def middle_of(self, row: int, column: int) -> QPoint:
        return self.matrix.rect_of((row, column)).center().toPoint()

    def point_at(self, point: QPoint) -> None:
        move_mouse(self.matrix, point)

    def background_of(self, row: int, column: int) -> QPoint:
        """Return a point inside a cell, away from its number and frame."""
        rect = self.matrix.rect_of((row, column))
        return (rect.topLeft() + QPointF(4, 4)).toPoint()


@pytest.fixture
def harness(qtbot: QtBot) -> Harness:
    return made(qtbot, trained(LEARNS, 300))


def made(
    qtbot: QtBot, snapshot: Snapshot, width: int = 480, height: int = 420, theme: Theme = LIGHT
) -> Harness:
    harness = Harness(shown_view(qtbot, Similarity(), width, height, theme))
    harness.view.unit_pointed.connect(harness.pointed.append)
    harness.view.unit_requested.connect(harness.chosen.append)
    harness.view.readout_changed.connect(harness.readouts.append)
    harness.view.show_snapshot(snapshot)
    return harness


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_each_cell_has_the_colour_of_its_cosine(qtbot: QtBot, theme: Theme) -> None:
    snapshot = trained(LEARNS, 300)
    harness = made(qtbot, snapshot, theme=theme)
    cosines = similarity(snapshot.weights)
    picture = harness.matrix.grab().toImage()
    for row in range(5):
        for column in range(5):
            expected, _ = diverging(theme)[level(float(cosines[row, column]), 1)]
            assert is_near(picture.pixelColor(harness.background_of(row, column)), expected)


@pytest.mark.thorough
def test_cells_follow_the_run(harness: Harness) -> None:
    before = pixel(harness.matrix, harness.background_of(0, 1))
    later = trained(LEARNS, 3000)
    harness.view.show_snapshot(later)
    after = pixel(harness.matrix, harness.background_of(0, 1))
    expected, _ = diverging(LIGHT)[level(float(similarity(later.weights)[0, 1]), 1)]
    assert is_near(after, expected)
    assert not is_near(after, before)


def test_the_cosines_are_written(harness: Harness) -> None:
    assert svg_bytes(harness.matrix).decode().count(">+1.00<") == 5


@pytest.mark.parametrize(("width", "height"), some([(240, 180), (900, 700), (700, 240)], 1))
@pytest.mark.parametrize("units", some([64, 3, 16, 2], 1))
def test_matrix_and_curve_do_not_overlap_at_any_size(
    qtbot: QtBot, units: int, width: int, height: int
) -> None:
    harness = made(qtbot, trained(RunConfig(width=units), 100), width, height)
    matrix, curve = harness.matrix, harness.curve
    first, last = matrix.rect_of((0, 0)), matrix.rect_of((units - 1, units - 1))
    assert first.left() > 0
    assert first.top() > 0
    assert matrix.rect().contains(last.toRect())
    assert last.width() >= 1
    assert harness.view.rect().contains(matrix.geometry())
    assert harness.view.rect().contains(curve.geometry())
    assert not matrix.geometry().intersects(curve.geometry())
    for place in ((0, units - 1), (units - 1, 0)):
        assert matrix.spot_at(matrix.rect_of(place).center()) == place


def test_pointing_reads_out_the_pair_and_reports_the_unit_of_the_row(harness: Harness) -> None:
    weights = trained(LEARNS, 300).weights
    harness.point_at(harness.middle_of(1, 3))
    into = np.vstack([weights.w1, weights.b1])[:, [1, 3]]  # type: ignore[list-item]
    cosine = into[:, 0] @ into[:, 1] / np.prod(np.linalg.norm(into, axis=0))
    apart = np.abs(into[:, 0] - into[:, 1]).max()
    assert harness.readouts[-1].startswith("h2 and h4: cosine ")
    said = harness.readouts[-1].replace("−", "-").removesuffix(", mirrored").split()
    assert float(said[4].rstrip(",")) == pytest.approx(cosine, abs=0.005)
    assert float(said[6]) == pytest.approx(apart, rel=0.005)
    harness.point_at(harness.middle_of(1, 4))
    harness.point_at(harness.middle_of(2, 4))
    assert harness.pointed == [1, 2]
    QApplication.sendEvent(harness.matrix, QEvent(QEvent.Type.Leave))
    assert harness.pointed == [1, 2, None]
    assert harness.readouts[-1] == ""


def test_pointing_at_a_name_points_at_the_unit(harness: Harness) -> None:
    x, y = harness.middle_of(2, 2).x(), harness.middle_of(2, 2).y()
    for point in (QPoint(3, y), QPoint(x, 3)):
        harness.point_at(point)
        assert harness.pointed[-1] == 2
        assert harness.readouts[-1].startswith("h3 is most like h")
    harness.point_at(QPoint(2, 2))
    assert harness.pointed[-1] is None


def test_the_read_out_of_the_selected_unit_names_the_most_similar_one(harness: Harness) -> None:
    cosines = similarity(trained(LEARNS, 300).weights)
    cosines[3, 3] = -2
    harness.view.show_unit(3)
    assert harness.readouts[-1].startswith(f"h4 is most like h{int(cosines[3].argmax()) + 1}: ")


def test_a_click_selects_the_unit_of_the_row_and_again_clears_it(harness: Harness) -> None:
    press_left(harness.matrix, harness.middle_of(3, 1))
    harness.view.show_unit(3)
    press_left(harness.matrix, harness.middle_of(3, 2))
    press_left(harness.matrix, QPoint(2, 2))
    assert harness.chosen == [3, None, None]


def test_keys_move_read_out_and_select(harness: Harness) -> None:
    harness.view.unit_requested.connect(harness.view.show_unit)
    harness.view.show_unit(1)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(harness.view, key)
    assert harness.readouts[-1].startswith("h3 and h4: ")
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert harness.chosen == [2, None]
    for _ in range(9):
        QTest.keyClick(harness.view, Qt.Key.Key_Up)
    assert harness.readouts[-1].startswith("h1 and h4: ")
    assert harness.chosen == [2, None, 1, 0]
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.readouts[-1] == ""
    assert harness.chosen == [2, None, 1, 0, None]


def test_the_selected_unit_s_row_and_column_are_framed(harness: Harness) -> None:
    plain = harness.matrix.grab().toImage()
    harness.view.show_unit(2)
    marked = harness.matrix.grab().toImage()
    edges = [harness.matrix.rect_of((2, 4)), harness.matrix.rect_of((4, 2))]
    right = QPoint(round(edges[0].right()), round(edges[0].center().y()))
    below = QPoint(round(edges[1].center().x()), round(edges[1].bottom()))
    for point in (right, below):
        assert is_near(marked.pixelColor(point), LIGHT.accent, 60)
        assert not is_near(plain.pixelColor(point), LIGHT.accent, 60)
    harness.view.show_unit(None)
    assert harness.matrix.grab().toImage() == plain


def test_units_beyond_a_narrower_network_are_forgotten(harness: Harness) -> None:
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    harness.point_at(harness.middle_of(4, 4))
    harness.view.show_unit(4)
    harness.view.show_snapshot(trained(RunConfig(width=2), 10))
    harness.view.grab()
    assert harness.readouts[-1] == ""
    harness.view.show_unit(63)
    harness.view.show_snapshot(trained(RunConfig(width=1)))
    assert harness.readouts[-1] == ""


def test_one_unit_shows_a_sentence_instead_of_cells(qtbot: QtBot) -> None:
    harness = made(qtbot, trained(RunConfig(width=1), 10))
    assert harness.matrix.shape == (0, 0)
    assert not harness.curve.isVisible()
    blank = harness.matrix.grab().toImage()
    assert len({blank.pixel(x, y) for x in range(blank.width()) for y in range(blank.height())}) > 2
    harness.point_at(QPoint(100, 100))
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    assert harness.pointed == []
    harness.view.show_snapshot(trained(LEARNS))
    assert harness.matrix.shape == (5, 5)
    assert harness.curve.isVisible()


def test_equal_units_are_named(qtbot: QtBot) -> None:
    equal = trained(RunConfig(init="equal", rate=0.5), 100)
    harness = made(qtbot, equal)
    assert harness.curve.accessibleDescription() == "All 3 units are equal to the last bit"
    harness.point_at(harness.middle_of(0, 2))
    assert harness.readouts[-1] == "h1 and h3: equal to the last bit"
    harness.view.show_snapshot(trained(RunConfig(init="nearly-equal", rate=0.5), 100))
    assert harness.curve.accessibleDescription() == ""


@pytest.mark.parametrize(
    ("groups", "count", "said"),
    some(
        [
            ([], 3, ""),
            ([(0, 1)], 2, "Both units are equal to the last bit"),
            ([(0, 1, 2)], 3, "All 3 units are equal to the last bit"),
            ([(0, 1, 4)], 5, "Equal to the last bit: h1, h2 and h5"),
            ([(0, 1), (2, 3)], 4, "Equal to the last bit: h1 and h2; h3 and h4"),
        ],
        3,
    ),
)
def test_the_sentence_about_equal_units(
    groups: list[tuple[int, ...]], count: int, said: str
) -> None:
    assert equal_sentence(groups, count) == said


def test_a_mirrored_pair_is_labelled(qtbot: QtBot) -> None:
    snapshot = trained(RunConfig(width=2))
    w1 = np.array([[2.0, -2.0], [1.0, -1.0]])
    harness = made(qtbot, replace(snapshot, weights=replace(snapshot.weights, w1=w1)))
    harness.point_at(harness.middle_of(0, 1))
    assert harness.readouts[-1] == "h1 and h2: cosine −1.00, difference 4.00, mirrored"


def test_the_curve_covers_the_run_and_marks_a_past_step(qtbot: QtBot) -> None:
    recording = Recording(RunConfig(rate=0.5, init="nearly-equal"))
    recording.advance(2000)
    harness = made(qtbot, recording.snapshot())
    now = harness.curve.grab().toImage()
    harness.view.show_snapshot(recording.state_at(1000))
    past = harness.curve.grab().toImage()
    places = [x for x in range(past.width()) if is_column(past, x, harness.curve.height())]
    assert len(places) == 1
    assert past.width() * 0.45 < places[0] < past.width() * 0.65
    assert not [x for x in range(now.width()) if is_column(now, x, harness.curve.height())]


def is_column(picture: object, x: int, height: int) -> bool:
    """Tell whether a vertical line in the text colour crosses the whole plot."""
    return all(
        is_near(picture.pixelColor(x, y), LIGHT.text, 60)  # type: ignore[attr-defined]
        or is_near(picture.pixelColor(x, y), LIGHT.accent, 60)  # type: ignore[attr-defined]
        for y in range(height // 2, height - 24)
    )


def test_a_unit_alone_may_be_chosen_before_the_wider_network_is_redrawn(harness: Harness) -> None:
    harness.view.hide()
    harness.view.show_snapshot(trained(RunConfig(width=1), 1))
    assert harness.matrix.shape == (5, 5)
    harness.view.show_unit(0)
    assert harness.readouts[-1] == harness.view.resting_text
