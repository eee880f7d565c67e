"""The view of units that do the same: cells, read-out, curve, and words where there is none."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import child, is_near, pixel, press_left, shown_view
from tests.support.snapshots import trained, with_weights
from xorviz.core.analysis.symmetry import similarity
from xorviz.core.config import RunConfig
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.inside.similarity.curve import SimilarityCurve
from xorviz.panels.inside.similarity.matrix import SimilarityMatrix
from xorviz.panels.inside.similarity.similarity import Similarity, equal_sentence
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging_names, level

LEARNS = RunConfig(width=5, rate=1, biases=True)


@dataclass
class Bench:
    """A view on the screen, and all that it has said."""

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
        return self.matrix.rect_of(row, column).center().toPoint()

    def point_at(self, point: QPoint) -> None:
        kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
        here, there = QPointF(point), QPointF(self.matrix.mapToGlobal(point))
        modifier = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.matrix, QMouseEvent(kind, here, there, none, none, modifier))

    def ground_of(self, row: int, column: int) -> QPoint:
        """Return a place inside a cell, away from its number and its frame."""
        rect = self.matrix.rect_of(row, column)
        return (rect.topLeft() + QPointF(4, 4)).toPoint()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return made(qtbot, trained(LEARNS, 300))


def made(
    qtbot: QtBot, snapshot: Snapshot, width: int = 480, height: int = 420, theme: Theme = LIGHT
) -> Bench:
    bench = Bench(shown_view(qtbot, Similarity(), width, height, theme))
    bench.view.unit_pointed.connect(bench.pointed.append)
    bench.view.unit_requested.connect(bench.chosen.append)
    bench.view.readout_changed.connect(bench.readouts.append)
    bench.view.show_snapshot(snapshot)
    return bench


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_each_cell_has_the_colour_of_its_cosine(qtbot: QtBot, theme: Theme) -> None:
    snapshot = trained(LEARNS, 300)
    bench = made(qtbot, snapshot, theme=theme)
    cosines = similarity(snapshot.weights)
    picture = bench.matrix.grab().toImage()
    for row in range(5):
        for column in range(5):
            expected, _ = diverging_names(theme)[level(float(cosines[row, column]), 1)]
            assert is_near(picture.pixelColor(bench.ground_of(row, column)), expected)


def test_it_follows_the_run(bench: Bench) -> None:
    before = pixel(bench.matrix, bench.ground_of(0, 1))
    later = trained(LEARNS, 3000)
    bench.view.show_snapshot(later)
    after = pixel(bench.matrix, bench.ground_of(0, 1))
    expected, _ = diverging_names(LIGHT)[level(float(similarity(later.weights)[0, 1]), 1)]
    assert is_near(after, expected)
    assert not is_near(after, before)


def test_numbers_stand_in_cells_that_have_room_for_them(qtbot: QtBot) -> None:
    few, many = (made(qtbot, trained(RunConfig(width=width))) for width in (4, 30))

    def inks(bench: Bench) -> int:
        picture, rect = bench.matrix.grab().toImage(), bench.matrix.rect_of(1, 1).toRect()
        inside = rect.adjusted(2, 2, -3, -3)
        return len(
            {
                picture.pixel(x, y)
                for x in range(inside.left(), inside.right())
                for y in range(inside.top(), inside.bottom())
            }
        )

    assert inks(few) > 2
    assert inks(many) == 1


@pytest.mark.parametrize(("width", "height"), [(240, 180), (900, 700), (700, 240)])
@pytest.mark.parametrize("units", [2, 3, 16, 64])
def test_all_cells_are_inside_and_clear_of_the_curve(
    qtbot: QtBot, units: int, width: int, height: int
) -> None:
    bench = made(qtbot, trained(RunConfig(width=units), 100), width, height)
    matrix, curve = bench.matrix, bench.curve
    first, last = matrix.rect_of(0, 0), matrix.rect_of(units - 1, units - 1)
    assert first.left() > 0
    assert first.top() > 0
    assert matrix.rect().contains(last.toRect())
    assert last.width() >= 1
    assert bench.view.rect().contains(matrix.geometry())
    assert bench.view.rect().contains(curve.geometry())
    assert not matrix.geometry().intersects(curve.geometry())
    for place in ((0, units - 1), (units - 1, 0)):
        assert matrix.pair_at(matrix.rect_of(*place).center()) == place


def test_pointing_reads_a_pair_and_tells_the_unit_of_the_row(bench: Bench) -> None:
    weights = trained(LEARNS, 300).weights
    bench.point_at(bench.middle_of(1, 3))
    into = np.vstack([weights.w1, weights.b1])[:, [1, 3]]  # type: ignore[list-item]
    cosine = into[:, 0] @ into[:, 1] / np.prod(np.linalg.norm(into, axis=0))
    apart = np.abs(into[:, 0] - into[:, 1]).max()
    assert bench.readouts[-1].startswith("h2 and h4: cosine ")
    said = bench.readouts[-1].replace("−", "-").removesuffix(", mirrored").split()
    assert float(said[4].rstrip(",")) == pytest.approx(cosine, abs=0.005)
    assert float(said[6]) == pytest.approx(apart, rel=0.005)
    bench.point_at(bench.middle_of(1, 4))
    bench.point_at(bench.middle_of(2, 4))
    assert bench.pointed == [1, 2]
    QApplication.sendEvent(bench.matrix, QEvent(QEvent.Type.Leave))
    assert bench.pointed == [1, 2, None]
    assert bench.readouts[-1] == ""


def test_pointing_at_a_name_is_pointing_at_the_unit(bench: Bench) -> None:
    x, y = bench.middle_of(2, 2).x(), bench.middle_of(2, 2).y()
    for point in (QPoint(3, y), QPoint(x, 3)):
        bench.point_at(point)
        assert bench.pointed[-1] == 2
        assert bench.readouts[-1].startswith("h3 is most like h")
    bench.point_at(QPoint(2, 2))
    assert bench.pointed[-1] is None


def test_the_most_alike_unit_is_named_for_the_selected_one(bench: Bench) -> None:
    cosines = similarity(trained(LEARNS, 300).weights)
    cosines[3, 3] = -2
    bench.view.show_unit(3)
    assert bench.readouts[-1].startswith(f"h4 is most like h{int(cosines[3].argmax()) + 1}: ")


def test_a_click_chooses_the_unit_of_the_row_and_a_second_one_none(bench: Bench) -> None:
    press_left(bench.matrix, bench.middle_of(3, 1))
    bench.view.show_unit(3)
    press_left(bench.matrix, bench.middle_of(3, 2))
    press_left(bench.matrix, QPoint(2, 2))
    assert bench.chosen == [3, None, None]


def test_keys_walk_read_and_choose(bench: Bench) -> None:
    bench.view.unit_requested.connect(bench.view.show_unit)
    bench.view.show_unit(1)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(bench.view, key)
    assert bench.readouts[-1].startswith("h3 and h4: ")
    QTest.keyClick(bench.view, Qt.Key.Key_Return)
    assert bench.chosen == [2, None]
    for _ in range(9):
        QTest.keyClick(bench.view, Qt.Key.Key_Up)
    assert bench.readouts[-1].startswith("h1 and h4: ")
    assert bench.chosen == [2, None, 1, 0]
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert bench.readouts[-1] == ""
    assert bench.chosen == [2, None, 1, 0, None]


def test_the_selected_unit_s_row_and_column_stand_out(bench: Bench) -> None:
    plain = bench.matrix.grab().toImage()
    bench.view.show_unit(2)
    marked = bench.matrix.grab().toImage()
    edges = [bench.matrix.rect_of(2, 4), bench.matrix.rect_of(4, 2)]
    right = QPoint(round(edges[0].right()) - 1, round(edges[0].center().y()))
    below = QPoint(round(edges[1].center().x()), round(edges[1].bottom()) - 1)
    for point in (right, below):
        assert is_near(marked.pixelColor(point), LIGHT.accent, 60)
        assert not is_near(plain.pixelColor(point), LIGHT.accent, 60)
    bench.view.show_unit(None)
    assert bench.matrix.grab().toImage() == plain


def test_a_unit_beyond_the_width_is_let_be(bench: Bench) -> None:
    QTest.keyClick(bench.view, Qt.Key.Key_Right)
    bench.point_at(bench.middle_of(4, 4))
    bench.view.show_unit(4)
    bench.view.show_snapshot(trained(RunConfig(width=2), 10))
    bench.view.grab()
    assert bench.readouts[-1] == ""
    bench.view.show_unit(63)
    bench.view.show_snapshot(trained(RunConfig(width=1)))
    assert bench.readouts[-1] == ""


def test_one_unit_is_told_that_there_is_no_other(qtbot: QtBot) -> None:
    bench = made(qtbot, trained(RunConfig(width=1), 10))
    assert bench.matrix.count == 0
    assert not bench.curve.isVisible()
    blank = bench.matrix.grab().toImage()
    assert len({blank.pixel(x, y) for x in range(blank.width()) for y in range(blank.height())}) > 2
    bench.point_at(QPoint(100, 100))
    QTest.keyClick(bench.view, Qt.Key.Key_Right)
    assert bench.pointed == []
    bench.view.show_snapshot(trained(LEARNS))
    assert bench.matrix.count == 5
    assert bench.curve.isVisible()


def test_equal_units_are_named(qtbot: QtBot) -> None:
    equal = trained(RunConfig(init="equal", rate=0.5), 100)
    bench = made(qtbot, equal)
    assert bench.curve.accessibleDescription() == "All 3 units are equal to the last bit"
    bench.point_at(bench.middle_of(0, 2))
    assert bench.readouts[-1] == "h1 and h3: equal to the last bit"
    bench.view.show_snapshot(trained(RunConfig(init="nearly-equal", rate=0.5), 100))
    assert bench.curve.accessibleDescription() == ""


@pytest.mark.parametrize(
    ("groups", "count", "said"),
    [
        ([], 3, ""),
        ([(0, 1)], 2, "Both units are equal to the last bit"),
        ([(0, 1, 2)], 3, "All 3 units are equal to the last bit"),
        ([(0, 1, 4)], 5, "Equal to the last bit: h1, h2 and h5"),
        ([(0, 1), (2, 3)], 4, "Equal to the last bit: h1 and h2; h3 and h4"),
    ],
)
def test_which_units_are_equal(groups: list[tuple[int, ...]], count: int, said: str) -> None:
    assert equal_sentence(groups, count) == said


def test_a_mirrored_pair_is_called_so(qtbot: QtBot) -> None:
    snapshot = trained(RunConfig(width=2))
    w1 = np.array([[2.0, -2.0], [1.0, -1.0]])
    bench = made(qtbot, replace(snapshot, weights=replace(snapshot.weights, w1=w1)))
    bench.point_at(bench.middle_of(0, 1))
    assert bench.readouts[-1] == "h1 and h2: cosine −1.00, difference 4.00, mirrored"


def test_without_a_snapshot_it_is_empty(qtbot: QtBot) -> None:
    view = shown_view(qtbot, Similarity())
    view.grab()
    twin = shown_view(qtbot, Similarity(view))
    twin.show_snapshot(trained(LEARNS))
    assert child(twin, SimilarityMatrix).count == 0
    twin.show_snapshot(replace(trained(LEARNS), beside=trained(RunConfig(width=2))))
    assert child(twin, SimilarityMatrix).count == 2


@pytest.mark.parametrize("fill", [0.0, 1e300, 5e-324, -1.0])
def test_any_numbers_can_be_painted(qtbot: QtBot, fill: float) -> None:
    config = RunConfig(width=4, biases=True)
    bench = made(qtbot, with_weights(config, fill))
    assert bench.curve.accessibleDescription() == "All 4 units are equal to the last bit"
    bench.view.grab()
    bench.view.show_snapshot(with_weights(config, scale=1e-300))
    bench.view.grab()


def test_the_curve_is_that_of_the_whole_run_and_marks_the_step_that_is_shown(
    qtbot: QtBot,
) -> None:
    recording = Recording(RunConfig(rate=0.5, init="nearly-equal"))
    recording.advance(2000)
    bench = made(qtbot, recording.snapshot())
    now = bench.curve.grab().toImage()
    bench.view.show_snapshot(recording.state_at(1000))
    past = bench.curve.grab().toImage()
    places = [x for x in range(past.width()) if is_column(past, x, bench.curve.height())]
    assert len(places) == 1
    assert past.width() * 0.45 < places[0] < past.width() * 0.65
    assert not [x for x in range(now.width()) if is_column(now, x, bench.curve.height())]


def is_column(picture: object, x: int, height: int) -> bool:
    """Tell whether a line of the text's colour goes down the whole plot."""
    return all(
        is_near(picture.pixelColor(x, y), LIGHT.text, 120)  # type: ignore[attr-defined]
        or is_near(picture.pixelColor(x, y), LIGHT.accent, 60)  # type: ignore[attr-defined]
        for y in range(height // 2, height - 24)
    )
