"""The loss landscape on the screen: asked for, painted, read and chosen."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAction, QColor, QImage, QMouseEvent, QPicture
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, is_near, shown_view, turn_wheel
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.analysis.landscape import Landscape, LandscapeQuestion
from xorviz.core.analysis.planes import PlaneKind
from xorviz.core.config import RunConfig
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.inside.landscape.axes import bar_values
from xorviz.panels.inside.landscape.canvas import LandscapeCanvas
from xorviz.panels.inside.landscape.contours import Scale
from xorviz.panels.inside.landscape.frame import GAP
from xorviz.panels.inside.landscape.landscape import (
    LEAST_ZOOM,
    MOST_ZOOM,
    WAITING,
    LandscapeView,
    notes_of,
)
from xorviz.ui.forms.fields import ChoiceField
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, sequential


@dataclass
class Bench:
    """A landscape view, what it asks, and an analyst who answers at once or not yet."""

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

    def rest_over(self) -> None:
        """Let the rest after an answer end now."""
        self.view._rest.stop()
        self.view._ask()

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def choose(self, kind: PlaneKind) -> Landscape:
        """Choose what spans the plane, and return what is then drawn."""
        self.option(f"plane_{kind.value}").trigger()
        self.rest_over()
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
        self.canvas.grab()  # the frame is laid out as it is painted
        assert self.canvas.frame is not None
        return self.canvas.frame.pixel(x, y)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.view, key)

    def point_at(self, x: float, y: float) -> None:
        move_mouse(self.canvas, self.pixel_of(x, y))


def move_mouse(widget: QWidget, at: QPointF) -> None:
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    modifier = Qt.KeyboardModifier.NoModifier
    there = QPointF(widget.mapToGlobal(at))
    QApplication.sendEvent(widget, QMouseEvent(kind, at, there, none, none, modifier))


def recorded(config: RunConfig = QUICK, steps: int = 300) -> Snapshot:
    run = Recording(config)
    run.advance(steps)
    return run.snapshot()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench(shown_view(qtbot, LandscapeView(), 520, 440))
    bench.listen()
    yield bench
    bench.view.hide()


def test_before_the_first_answer_it_says_so(bench: Bench) -> None:
    bench.answers = False
    assert bench.canvas._message == WAITING
    empty = bench.canvas.grab().toImage()
    bench.view.show_snapshot(recorded())
    assert len(bench.questions) == 1
    assert bench.canvas.grab().toImage() == empty
    bench.answer()
    assert bench.canvas.grab().toImage() != empty


def test_one_question_at_a_time_and_the_last_answer_stays(bench: Bench) -> None:
    bench.view.show_snapshot(recorded(steps=100))
    first = bench.drawn
    picture = bench.canvas.grab().toImage()
    for steps in (101, 102, 103):
        bench.view.show_snapshot(recorded(steps=steps))
    assert len(bench.questions) == 1
    assert bench.drawn is first
    assert bench.canvas.grab().toImage() == picture
    bench.rest_over()
    assert [question.snapshot.step for question in bench.questions] == [100, 103]
    assert bench.drawn is not first


def test_a_hidden_view_asks_nothing(bench: Bench) -> None:
    bench.view.hide()
    bench.view.show_snapshot(recorded())
    bench.option("plane_curvature").trigger()
    assert not bench.questions
    bench.view.show()
    assert [question.kind for question in bench.questions] == [PlaneKind.CURVATURE]


def test_a_failure_is_one_sentence(bench: Bench) -> None:
    bench.answers = False
    bench.view.show_snapshot(recorded())
    bench.view.take_failure(bench.questions[0], "ValueError: too wide.")
    message = bench.canvas._message
    assert message == "The landscape could not be worked out: ValueError: too wide."
    QTest.keyClick(bench.view, Qt.Key.Key_Right)  # nothing is there to be read
    assert bench.readouts[-1] == ""
    move_mouse(bench.canvas, QPointF(100, 100))
    turn_wheel(bench.canvas)
    bench.answers = True
    bench.rest_over()
    bench.view.show_snapshot(recorded())
    assert bench.drawn


@pytest.mark.parametrize("kind", list(PlaneKind))
def test_each_kind_of_plane_can_be_chosen(bench: Bench, kind: PlaneKind) -> None:
    bench.view.show_snapshot(recorded())
    assert bench.drawn.kind is PlaneKind.PATH
    assert bench.choose(kind).kind is kind
    assert len(bench.questions) == (1 if kind is PlaneKind.PATH else 2)
    notes = {"weights": "two weights", "path": "path", "curvature": "curvature"}
    assert bench.view.options_text == notes[kind.value]
    assert bench.choices[0].isVisible() == (kind is PlaneKind.WEIGHTS)


def test_two_weights_are_chosen_from_all_of_them(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.WEIGHTS)
    across, up = bench.choices
    assert across.count() == up.count() == 21
    up.setCurrentIndex(up.findText("b2"))
    across.setCurrentIndex(across.findText("w1[x2→h3]"))
    bench.rest_over()
    assert bench.drawn.plane.names == ("w1[x2→h3]", "b2")


def test_a_weight_that_is_chosen_twice_changes_places(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.WEIGHTS)
    across, up = bench.choices
    before = across.currentText(), up.currentText()
    across.setCurrentIndex(up.currentIndex())
    assert (up.currentText(), across.currentText()) == before
    bench.rest_over()
    assert bench.drawn.plane.names == before[::-1]


def test_the_choice_stays_until_the_network_has_another_shape(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.WEIGHTS)
    bench.choices[0].setCurrentIndex(0)
    bench.view.show_snapshot(replace(recorded(steps=10), run=7))
    assert bench.choices[0].currentIndex() == 0
    bench.view.show_snapshot(recorded(RunConfig(width=1), 5))
    bench.rest_over()
    assert [choice.currentText() for choice in bench.choices] == ["w1[x1→h1]", "w1[x2→h1]"]
    assert bench.drawn.plane.names == ("w1[x1→h1]", "w1[x2→h1]")


def test_a_network_of_another_shape_is_asked_about_before_it_is_drawn(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.WEIGHTS)
    bench.view.show_snapshot(recorded(steps=301))
    bench.view.note_snapshot(trained(RunConfig(width=1)))  # its turn to be drawn comes later
    bench.rest_over()
    assert bench.drawn.plane.names == ("w1[x1→h1]", "w1[x2→h1]")


def test_the_mouse_reads_a_point_and_its_loss(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.CURVATURE)
    bench.point_at(1.5, -2.0)
    loss = bench.drawn.loss_at(1.5, -2.0)
    assert bench.readouts[-1] == f"(1.50, −2.00) → loss {numerals.real(loss)}"
    assert bench.canvas._cross is None
    move_mouse(bench.canvas, QPointF(1, 1))
    assert bench.readouts[-1] == ""


def test_the_mouse_that_leaves_reads_nothing(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.point_at(*bench.drawn.point)
    assert bench.readouts[-1]
    QApplication.sendEvent(bench.canvas, QEvent(QEvent.Type.Leave))
    assert bench.readouts[-1] == ""


def test_arrow_keys_start_at_the_network_and_escape_ends(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.CURVATURE)
    before = bench.canvas.grab().toImage()
    bench.press(Qt.Key.Key_Right)
    bench.press(Qt.Key.Key_Up)
    assert bench.view._cursor == pytest.approx((0.12, 0.12))
    assert bench.canvas.grab().toImage() != before
    for _ in range(60):
        bench.press(Qt.Key.Key_Down)
    assert bench.view._cursor == pytest.approx((0.12, -3))
    bench.press(Qt.Key.Key_Escape)
    assert bench.view._cursor is None
    assert bench.canvas.grab().toImage() == before


def test_wheel_and_keys_zoom_and_fit_undoes_it(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.CURVATURE)
    bench.canvas.grab()
    turn_wheel(bench.canvas)
    bench.press(Qt.Key.Key_Plus)
    bench.rest_over()
    assert bench.drawn.xs[[0, -1]].tolist() == [-0.75, 0.75]
    bench.press(Qt.Key.Key_Minus)
    bench.rest_over()
    assert bench.drawn.xs[[0, -1]].tolist() == [-1.5, 1.5]
    bench.option("fit_landscape").trigger()
    bench.rest_over()
    assert bench.drawn.xs[[0, -1]].tolist() == [-3, 3]


def test_zooming_ends_somewhere(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    for name, end in (("landscape_closer", MOST_ZOOM), ("landscape_further", LEAST_ZOOM)):
        for _ in range(20):
            bench.option(name).trigger()
        bench.rest_over()
        assert bench.questions[-1].zoom == end


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_colour_at_a_point_is_that_of_its_loss(qtbot: QtBot, theme: Theme) -> None:
    bench = Bench(shown_view(qtbot, LandscapeView(), 520, 440, theme))
    bench.listen()
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.WEIGHTS)
    landscape = bench.drawn
    scale = Scale.of(landscape.losses)
    picture = bench.canvas.grab().toImage()
    found = 0
    for i, j in np.random.RandomState(0).randint(5, 96, (60, 2)):
        at = bench.pixel_of(float(landscape.xs[j]), float(landscape.ys[i])).toPoint()
        share = float(scale.shares(landscape.losses[i, j]))
        found += is_near(picture.pixelColor(at), QColor(*sequential(theme)[round(255 * share)]), 8)
    assert found >= 40  # the others are under lines, labels and the path
    bench.view.hide()


def test_the_dots_stand_at_the_start_and_at_the_shown_network(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    picture = bench.canvas.grab().toImage()
    (start, *_, now) = bench.drawn.path.tolist()
    assert is_near(picture.pixelColor(bench.pixel_of(*now).toPoint()), LIGHT.text)
    assert is_near(picture.pixelColor(bench.pixel_of(*start).toPoint()), LIGHT.panel)


def test_each_tick_is_written_below_its_place(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.choose(PlaneKind.CURVATURE)
    picture = bench.canvas.grab().toImage()
    frame = bench.canvas.frame
    assert frame is not None
    middle = frame.area.bottom() + GAP + bench.canvas.fontMetrics().height() / 2
    for x in frame.x_ticks():
        place = QPointF(frame.pixel(x, 0).x(), middle).toPoint()
        around = [picture.pixelColor(place.x() + i, place.y()) for i in range(-6, 7)]
        assert any(color != picture.pixelColor(2, 2) for color in around)


def test_an_unchanged_picture_is_not_painted_anew(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.canvas.grab()
    picture = bench.canvas._picture.pixmap
    bench.canvas.mark((0.1, 0.1))
    bench.canvas.grab()
    assert bench.canvas._picture.pixmap is picture
    bench.view.apply_theme(DARK)
    bench.canvas.grab()
    assert bench.canvas._picture.pixmap is not picture


def test_it_can_be_written_as_a_drawing(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    bench.canvas.grab()
    picture, drawing = bench.canvas._picture.pixmap, QPicture()
    bench.canvas.render(drawing)
    pixels = 3 * 101 * 101  # of the losses; what is painted as a picture has more
    assert 1000 < drawing.size() < 8 * pixels
    assert bench.canvas._picture.pixmap is picture


def test_a_larger_picture_is_as_sharp(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    image = QImage(bench.canvas.size() * 3, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(3)
    bench.canvas.render(image)
    assert bench.canvas._picture.pixmap is not None
    assert bench.canvas._picture.pixmap.size() == image.size()


def test_another_font_is_a_reason_to_paint_anew(bench: Bench) -> None:
    bench.view.show_snapshot(recorded())
    before = bench.pixel_of(*bench.drawn.point)
    font = bench.canvas.font()
    font.setPointSizeF(2 * font.pointSizeF())
    bench.canvas.setFont(font)
    assert bench.pixel_of(*bench.drawn.point) != before


@pytest.mark.parametrize("kind", list(PlaneKind))
@pytest.mark.parametrize("size", [(240, 180), (480, 300), (900, 700)])
def test_it_is_painted_at_any_size(bench: Bench, kind: PlaneKind, size: tuple[int, int]) -> None:
    bench.view.resize(*size)
    bench.view.show_snapshot(recorded())
    bench.choose(kind)
    assert bench.view.size().toTuple() == size
    bench.canvas.grab()
    assert bench.canvas.frame is not None
    assert bench.canvas.frame.area.height() >= 40


def test_words_say_what_the_plane_holds_and_warn(bench: Bench) -> None:
    path = LandscapeQuestion(recorded(), PlaneKind.PATH, (0, 1)).answer()
    assert notes_of(replace(path, share=0.62)) == [
        "The plane holds 62 % of the path’s variance.",
        "A slice through 21 dimensions: a valley here need not be one.",
    ]
    fresh = LandscapeQuestion(trained(QUICK), PlaneKind.PATH, (0, 1)).answer()
    assert [notes[:15] for notes in notes_of(fresh)] == ["The path so far", "A slice through"]
    bench.view.show_snapshot(recorded())
    assert bench.canvas.toolTip().endswith("a valley here need not be one.")


def test_the_colour_bar_has_its_ends_and_round_losses_between() -> None:
    assert bar_values(Scale(0.02, 5.0), 8) == pytest.approx([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5])
    assert bar_values(Scale(0.02, 5.0), 4) == pytest.approx([0.02, 0.1, 1, 5])
    assert bar_values(Scale(1.0, 2.0), 8) == [1.0, 2.0]


def test_options_have_names_of_their_own(bench: Bench) -> None:
    names = [action.objectName() for action in bench.view.options]
    assert len(set(names)) == len(names) == 6
    assert all(action.statusTip() for action in bench.view.options)
