"""The loss landscape: requests, drawing, read-outs and choice of the plane."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QColor, QCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, is_near, move_mouse, near, shown_view, turn_wheel
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.analysis.landscape import Landscape, LandscapeQuestion
from xorviz.core.analysis.planes import PlaneKind
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.inside.landscape import LEAST_ZOOM, MOST_ZOOM, WAITING, LandscapeView, notes_of
from xorviz.panels.inside.landscape_canvas import LandscapeCanvas, Scale, bar_values
from xorviz.ui.forms.fields import ChoiceField
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, sequential


@dataclass
class Harness:
    """A landscape view, its requests, and their answers, immediate or later."""

    view: LandscapeView
    answers: bool = True
    questions: list[LandscapeQuestion] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.view.question_asked.connect(self.take)
        self.view.readout_changed.connect(self.readouts.append)

    def take(self, question: LandscapeQuestion) -> None:
        self.questions.append(question)
        if self.answers:
            self.answer()

    def answer(self) -> None:
        self.view.take_answer(self.questions[-1], self.questions[-1].answer())

    def end_pause(self) -> None:
        """End the pause after an answer."""
        self.view.rest.stop()
        self.view.ask()

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def choose(self, kind: PlaneKind) -> Landscape:
        """Choose a kind of plane, and return the drawn landscape."""
        self.option(f"plane_{kind.value}").trigger()
        self.end_pause()
        return self.drawn

    @property
    def drawn(self) -> Landscape:
        assert self.view._landscape is not None
        return self.view._landscape

    @property
    def canvas(self) -> LandscapeCanvas:
        return child(self.view, LandscapeCanvas)

    @property
    def choices(self) -> list[ChoiceField]:
        return [child(self.view, ChoiceField, f"landscape_{n}") for n in ("across", "up")]

    def pixel_of(self, x: float, y: float) -> QPointF:
        assert self.canvas.frame is not None
        return self.canvas.frame.chart.at(x, y)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.view, key)

    def point_at(self, x: float, y: float) -> None:
        move_mouse(self.canvas, self.pixel_of(x, y))


def recorded(config: RunConfig = QUICK, steps: int = 300) -> Snapshot:
    run = Recording(config)
    run.advance(steps)
    return run.snapshot()


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    harness = Harness(shown_view(qtbot, LandscapeView(), 520, 440))
    harness.listen()
    yield harness
    harness.view.hide()


def test_a_message_is_shown_until_the_first_answer(harness: Harness) -> None:
    harness.answers = False
    assert harness.canvas._message == WAITING
    empty = harness.canvas.grab().toImage()
    harness.view.show_snapshot(recorded())
    assert len(harness.questions) == 1
    assert harness.canvas.grab().toImage() == empty
    harness.answer()
    assert harness.canvas.grab().toImage() != empty


def test_a_failure_is_shown_as_a_sentence(harness: Harness) -> None:
    harness.answers = False
    harness.view.show_snapshot(recorded())
    harness.view.take_failure(harness.questions[0], "ValueError: too wide.")
    message = harness.canvas._message
    assert message == "The landscape could not be computed: ValueError: too wide."
    QTest.keyClick(harness.view, Qt.Key.Key_Right)  # there is no landscape to read out
    assert harness.readouts[-1] == ""
    move_mouse(harness.canvas, QPointF(100, 100))
    turn_wheel(harness.canvas)
    harness.answers = True
    harness.end_pause()
    harness.view.show_snapshot(recorded())
    assert harness.drawn


@pytest.mark.parametrize("kind", some(PlaneKind))
def test_each_kind_of_plane_can_be_chosen(harness: Harness, kind: PlaneKind) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(kind)
    assert harness.questions[0].kind is PlaneKind.PATH
    assert harness.questions[-1].kind is kind
    assert len(harness.questions) == (1 if kind is PlaneKind.PATH else 2)
    texts = {"weights": "two weights", "path": "path", "curvature": "curvature"}
    assert harness.view.options_text == texts[kind.value]
    assert harness.choices[0].isVisible() == (kind is PlaneKind.WEIGHTS)


def test_any_two_weights_can_be_chosen(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.WEIGHTS)
    across, up = harness.choices
    assert across.count() == up.count() == 21
    up.setCurrentIndex(up.findText("b2"))
    across.setCurrentIndex(across.findText("w1[x2→h3]"))
    harness.end_pause()
    assert harness.drawn.plane.names == ("w1[x2→h3]", "b2")


def test_choosing_the_same_weight_twice_swaps_the_axes(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.WEIGHTS)
    across, up = harness.choices
    before = across.currentText(), up.currentText()
    across.setCurrentIndex(up.currentIndex())
    assert (up.currentText(), across.currentText()) == before
    harness.end_pause()
    assert harness.drawn.plane.names == before[::-1]


def test_the_choice_stays_until_the_network_s_shape_changes(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.WEIGHTS)
    harness.choices[0].setCurrentIndex(0)
    harness.view.show_snapshot(replace(recorded(steps=10), run=7))
    assert harness.choices[0].currentIndex() == 0
    harness.view.show_snapshot(recorded(RunConfig(width=1), 5))
    harness.end_pause()
    assert [choice.currentText() for choice in harness.choices] == ["w1[x1→h1]", "w1[x2→h1]"]
    assert harness.drawn.plane.names == ("w1[x1→h1]", "w1[x2→h1]")


def test_a_network_of_another_shape_is_requested_before_it_is_drawn(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.WEIGHTS)
    harness.view.show_snapshot(recorded(steps=301))
    harness.view.note_snapshot(trained(RunConfig(width=1)))  # noted, but not drawn yet
    harness.end_pause()
    assert harness.drawn.plane.names == ("w1[x1→h1]", "w1[x2→h1]")


def test_the_point_under_the_mouse_is_read_out(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.CURVATURE)
    harness.point_at(1.5, -2.0)
    loss = harness.drawn.loss_at(1.5, -2.0)
    assert harness.readouts[-1] == f"(1.50, −2.00) → loss {numerals.real(loss)}"
    assert harness.canvas.marked is None
    move_mouse(harness.canvas, QPointF(1, 1))
    assert harness.readouts[-1] == "at step 300"


def test_an_older_landscape_says_of_which_step_it_is(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.answers = False
    harness.view.show_snapshot(recorded(steps=301))
    harness.end_pause()
    assert harness.drawn.step == 300
    assert harness.readouts[-1] == "at step 300"
    harness.answer()
    assert harness.readouts[-1] == "at step 301"


def test_arrow_keys_start_at_the_network_and_escape_clears(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.CURVATURE)
    before = harness.canvas.grab().toImage()
    harness.press(Qt.Key.Key_Right)
    harness.press(Qt.Key.Key_Up)
    assert harness.view._cursor == pytest.approx((0.12, 0.12))
    assert harness.canvas.grab().toImage() != before
    for _ in range(60):
        harness.press(Qt.Key.Key_Down)
    assert harness.view._cursor == pytest.approx((0.12, -3))
    harness.press(Qt.Key.Key_Escape)
    assert harness.view._cursor is None
    assert harness.canvas.grab().toImage() == before


def test_wheel_and_keys_zoom_and_fit_resets(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.CURVATURE)
    turn_wheel(harness.canvas)
    harness.press(Qt.Key.Key_Plus)
    harness.end_pause()
    assert harness.drawn.xs[[0, -1]].tolist() == [-0.75, 0.75]
    harness.press(Qt.Key.Key_Minus)
    harness.end_pause()
    assert harness.drawn.xs[[0, -1]].tolist() == [-1.5, 1.5]
    for fit in (
        harness.option("fit_landscape").trigger,
        lambda: QTest.mouseDClick(harness.canvas, Qt.MouseButton.LeftButton),
    ):
        harness.press(Qt.Key.Key_Plus)
        fit()
        harness.end_pause()
        assert harness.drawn.xs[[0, -1]].tolist() == [-3, 3]


def test_what_is_read_stays_under_the_mouse_when_the_plane_changes(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.CURVATURE)
    harness.end_pause()
    at = harness.pixel_of(0.5, 0.25)
    QCursor.setPos(harness.canvas.mapToGlobal(at.toPoint()))
    move_mouse(harness.canvas, at)
    before = harness.readouts[-1]
    harness.press(Qt.Key.Key_Plus)
    harness.end_pause()
    assert harness.canvas.frame is not None
    point = harness.canvas.frame.chart.point(QPointF(at.toPoint()))
    assert point is not None
    x, y = (numerals.real(value, 3) for value in point)
    loss = numerals.real(harness.drawn.loss_at(*point))
    assert harness.readouts[-1] == f"({x}, {y}) → loss {loss}" != before


def test_the_colour_bar_has_a_tip_of_its_own(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    assert harness.canvas.frame is not None
    move_mouse(harness.canvas, harness.canvas.frame.bar.center())
    assert harness.canvas.toolTip().startswith("The loss that each colour stands for")
    harness.point_at(0, 0)
    assert harness.canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    assert "slice" in harness.canvas.toolTip()


def test_zoom_is_limited(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    for name, end in (("landscape_closer", MOST_ZOOM), ("landscape_further", LEAST_ZOOM)):
        for _ in range(20):
            harness.option(name).trigger()
        harness.end_pause()
        assert harness.questions[-1].zoom == end


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_colour_at_a_point_is_that_of_its_loss(qtbot: QtBot, theme: Theme) -> None:
    harness = Harness(shown_view(qtbot, LandscapeView(), 520, 440, theme))
    harness.listen()
    harness.view.show_snapshot(recorded())
    harness.choose(PlaneKind.WEIGHTS)
    landscape = harness.drawn
    scale = Scale.of(landscape.losses)
    picture = harness.canvas.grab().toImage()
    found = 0
    for i, j in np.random.RandomState(0).randint(5, 96, (60, 2)):
        at = harness.pixel_of(float(landscape.xs[j]), float(landscape.ys[i])).toPoint()
        share = float(scale.shares(landscape.losses[i, j]))
        found += is_near(picture.pixelColor(at), QColor(*sequential(theme)[round(255 * share)]), 8)
    assert found >= 40  # the others are under lines, labels and the path
    harness.view.hide()


def test_dots_mark_the_start_and_the_shown_network(harness: Harness) -> None:
    harness.view.show_snapshot(recorded())
    picture = harness.canvas.grab().toImage()
    (start, *_, now) = harness.drawn.path.tolist()
    assert is_near(picture.pixelColor(harness.pixel_of(*now).toPoint()), LIGHT.text)
    assert is_near(picture.pixelColor(harness.pixel_of(*start).toPoint()), LIGHT.panel)


def test_notes_below_the_landscape(harness: Harness) -> None:
    path = LandscapeQuestion(recorded(), PlaneKind.PATH, (0, 1)).answer()
    assert notes_of(replace(path, share=0.62)) == [
        "The plane holds 62 % of the path’s variance.",
        "A slice through 21 dimensions: a valley here need not be one.",
    ]
    fresh = LandscapeQuestion(trained(QUICK), PlaneKind.PATH, (0, 1)).answer()
    assert [notes[:15] for notes in notes_of(fresh)] == ["The path so far", "A slice through"]
    harness.view.show_snapshot(recorded())
    assert harness.canvas.toolTip().endswith("a valley here need not be one.")


def test_a_path_of_few_steps_is_shown_as_dots_and_nothing_is_said_of_its_shape(
    harness: Harness,
) -> None:
    whole = recorded()
    kept = whole.record.checkpoints
    few = replace(whole, record=replace(whole.record, checkpoints=(kept[0], kept[9], kept[-1])))
    dark = []
    for snapshot in (whole, few):
        landscape = LandscapeQuestion(snapshot, PlaneKind.WEIGHTS, (0, 1)).answer()
        said = notes_of(landscape)
        harness.canvas.show_landscape(landscape, said)
        dark.append(int(near(harness.canvas.grab().toImage(), LIGHT.text, 30).sum()))
    assert dark[1] < dark[0] - 30
    assert said[0] == "Only 3 steps of the path are kept, shown as dots."
    names = LandscapeQuestion(few, PlaneKind.PATH, (0, 1)).answer().plane.names
    assert names == ("direction 1 of the path", "direction 2 of the path")


def test_the_colour_bar_labels_its_ends_and_round_losses() -> None:
    assert bar_values(Scale(0.02, 5.0), 8) == pytest.approx([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5])
    assert bar_values(Scale(0.02, 5.0), 4) == pytest.approx([0.02, 0.1, 1, 5])
    assert bar_values(Scale(1.0, 2.0), 8) == [1.0, 1.5, 2.0]
