"""The loss landscape: what is asked, drawn and read, and the choice of the plane."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child, is_near, near, shown_view, turn_wheel
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.analysis.planes import Landscape, LandscapeQuestion, PlaneKind
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.panels.base.square_items import Chart
from xorviz.panels.inside.landscape import (
    LEAST_ZOOM,
    MOST_ZOOM,
    WAITING,
    LandscapeCanvas,
    LandscapeView,
    Scale,
    contours,
    levels_between,
    notes_of,
)
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.forms.fields import ChoiceField
from xorviz.ui.theme.palette import LIGHT, sequential


@pytest.fixture(scope="module")
def run() -> Recording:
    run = Recording(QUICK)
    run.advance(301)
    return run


@pytest.fixture
def page(qtbot: QtBot, run: Recording) -> Page[LandscapeView]:
    """Return a view of the path at step 300, whose questions are answered at once."""
    return Page(qtbot, LandscapeView(), run.state_at(300), (520, 440))


def canvas_of(page: Page[LandscapeView]) -> LandscapeCanvas:
    return child(page.view, LandscapeCanvas)


def canvas_message(view: LandscapeView) -> str:
    return child(view, LandscapeCanvas)._message


def asked(page: Page[LandscapeView]) -> LandscapeQuestion:
    question: LandscapeQuestion = page.heard["question_asked"][-1]
    return question


def drawn(page: Page[LandscapeView]) -> Landscape:
    """Return the answer to the latest question."""
    return asked(page).answer()


def choices(page: Page[LandscapeView]) -> list[ChoiceField]:
    return [child(page.view, ChoiceField, f"landscape_{name}") for name in ("across", "up")]


def chart_of(page: Page[LandscapeView]) -> Chart:
    page.picture()
    chart = canvas_of(page).chart
    assert chart is not None
    return chart


def at(page: Page[LandscapeView], x: float, y: float) -> QPointF:
    return chart_of(page).at(x, y)


def test_waiting_answers_and_failures_are_shown(qtbot: QtBot, run: Recording) -> None:
    view, questions = shown_view(qtbot, LandscapeView()), list[LandscapeQuestion]()
    reads = [""]
    view.question_asked.connect(questions.append)
    view.readout_changed.connect(reads.append)
    empty = view.grab().toImage()
    assert near(empty, LIGHT.quiet, 90).any(), "it says that it waits"
    view.show_snapshot(run.state_at(300))
    assert view.grab().toImage() == empty
    assert "t computed yet" in view.description()
    view.take_answer(questions[0], questions[0].answer())
    assert view.grab().toImage() != empty
    view.rest.stop()
    view.show_snapshot(run.state_at(301))
    view.show_snapshot(run.state_at(301))
    assert len(questions) == 2
    assert reads[-1].startswith("at step 300, loss "), "an older landscape says of which step it is"
    view.take_failure(questions[1], "ValueError: too wide.")
    assert view.grab().toImage() != empty
    assert view.table() is None
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert reads[-1] == "", "there is nothing to read"
    canvas = child(view, LandscapeCanvas)
    assert "too wide." in canvas_message(view)
    turn_wheel(canvas)
    view.rest.stop()
    view.show_snapshot(run.state_at(301))
    view.take_answer(questions[2], questions[2].answer())
    assert reads[-1].startswith("at step 301, loss ")


@pytest.mark.parametrize("fails", [False, True])
def test_the_newest_snapshot_is_asked_about_once_it_is_seen_and_after_each_answer(
    qtbot: QtBot, run: Recording, fails: bool
) -> None:
    view, questions = LandscapeView(), list[LandscapeQuestion]()
    view.question_asked.connect(questions.append)
    view.rest.setInterval(0)

    def steps() -> list[int]:
        return [question.snapshot.step for question in questions]

    view.show_snapshot(run.state_at(1))
    assert steps() == [], "it is hidden"
    shown_view(qtbot, view)
    for step in (2, 3):
        view.show_snapshot(run.state_at(step))
    assert steps() == [1]
    answer = questions[0].answer()
    view.take_answer(replace(questions[0]), answer)  # to another view
    view.take_failure(replace(questions[0]), "no")
    assert view.table() is None
    assert canvas_message(view) == WAITING
    if fails:
        view.take_failure(questions[0], "no such number")
    else:
        view.take_answer(questions[0], answer)
    assert (view.table() is None) == fails
    assert steps() == [1], "after a pause"
    qtbot.waitUntil(lambda: steps() == [1, 3])
    view.take_answer(questions[1], questions[1].answer())
    qtbot.waitUntil(lambda: not view.rest.isActive())
    assert steps() == [1, 3]


def test_each_kind_of_plane_and_any_two_weights_can_be_chosen(page: Page[LandscapeView]) -> None:
    assert asked(page).kind is PlaneKind.PATH
    for kind in (PlaneKind.CURVATURE, PlaneKind.PATH, PlaneKind.WEIGHTS):
        page.choose(f"plane_{kind.value}")
        assert asked(page).kind is kind
        assert choices(page)[0].isVisible() == (kind is PlaneKind.WEIGHTS)
    across, up = choices(page)
    assert across.count() == up.count() == 21
    up.choose("b2")
    across.choose("w1[x2→h3]")
    assert drawn(page).plane.names == ("w1[x2→h3]", "b2")
    across.setCurrentIndex(up.currentIndex())
    assert drawn(page).plane.names == ("b2", "w1[x2→h3]"), "swapped"
    page.show(replace(trained(QUICK, 10), run=7))
    assert across.currentText() == "b2 →", "until the network's shape changes"
    page.show(trained(RunConfig(width=1), 5))
    assert drawn(page).plane.names == ("w1[x1→h1]", "w1[x2→h1]")
    assert [choice.currentData() for choice in (across, up)] == ["w1[x1→h1]", "w1[x2→h1]"]


def test_the_loss_is_read_at_the_mouse_and_at_the_same_place_by_keys(
    page: Page[LandscapeView],
) -> None:
    page.choose("plane_curvature")
    loss = numerals.real(drawn(page).loss_at(1.5, -2.0))
    assert page.point(at(page, 1.5, -2.0)) == f"(1.50, −2.00) → loss {loss}"
    resting = f"at step 300, loss {numerals.real(drawn(page).loss)}"
    assert page.point(QPointF(1, 1)) == resting
    plain = page.picture()
    by_keys = page.press(Qt.Key.Key_Right, Qt.Key.Key_Up)
    assert page.picture() != plain, "there is a cross"
    assert page.point(at(page, 0.12, 0.12)) == by_keys
    assert by_keys.startswith("(0.120, 0.120)")
    assert page.picture() == plain, "the mouse has no cross"
    assert page.press(*[Qt.Key.Key_Down] * 80).startswith("(0.120, −3.00)")
    assert page.press(Qt.Key.Key_Escape) == resting
    assert page.picture() == plain


def test_wheel_and_keys_zoom_within_limits_and_a_double_click_or_option_fits(
    page: Page[LandscapeView],
) -> None:
    def reach() -> float:
        table = page.view.table()
        assert table is not None
        return float(table[0][-1])

    page.choose("plane_curvature")
    turn_wheel(canvas_of(page))
    page.press(Qt.Key.Key_Plus)
    assert reach() == 0.75
    page.press(Qt.Key.Key_Minus)
    assert reach() == 1.5
    page.choose("fit_landscape")
    turn_wheel(canvas_of(page), -1)
    assert reach() == 6
    QTest.mouseDClick(page.canvas, Qt.MouseButton.LeftButton)
    assert reach() == 3
    for key, end in ((Qt.Key.Key_Plus, MOST_ZOOM), (Qt.Key.Key_Minus, LEAST_ZOOM)):
        page.choose("fit_landscape")
        page.press(*[key] * (abs(end) + 1))
        assert asked(page).zoom == end
    page.choose("plane_path")
    assert asked(page).zoom == 0


def test_what_is_read_stays_under_the_mouse_when_the_plane_changes(
    page: Page[LandscapeView],
) -> None:
    page.choose("plane_curvature")
    mouse = at(page, 0.5, 0.25).toPoint()
    QCursor.setPos(page.canvas.mapToGlobal(mouse))
    before = page.point(mouse)
    page.press(Qt.Key.Key_Plus)
    point = chart_of(page).point(QPointF(mouse))
    assert point is not None
    x, y = (numerals.real(value, 3) for value in point)
    assert page.read() == f"({x}, {y}) → loss {numerals.real(drawn(page).loss_at(*point))}"
    assert page.read() != before


def test_each_point_has_the_colour_of_its_loss_and_dots_mark_start_and_now(
    page: Page[LandscapeView],
) -> None:
    landscape = drawn(page)
    scale, picture = Scale.of(landscape.losses), page.canvas.grab().toImage()
    ends = numerals.tick(scale.low), numerals.tick(scale.high)
    assert child(page.view, ColorBar).accessibleName() == "Colours of loss from {} to {}".format(
        *ends
    )
    found = 0
    for i, j in np.random.RandomState(0).randint(5, 96, (60, 2)):
        place = at(page, float(landscape.xs[j]), float(landscape.ys[i])).toPoint()
        share = float(scale.shares(landscape.losses[i, j]))
        color = QColor(*sequential(LIGHT)[round(255 * share)])
        found += is_near(picture.pixelColor(place), color, 8)
    assert found >= 40  # the others are under lines, labels and the path
    (start, *_, now) = landscape.path.tolist()
    assert is_near(picture.pixelColor(at(page, *now).toPoint()), LIGHT.text)
    assert is_near(picture.pixelColor(at(page, *start).toPoint()), LIGHT.panel)


def test_notes_say_what_the_plane_holds_and_how_much_of_the_path_is_known(
    page: Page[LandscapeView], run: Recording
) -> None:
    whole = run.state_at(300)
    path = LandscapeQuestion(whole, PlaneKind.PATH, (0, 1)).answer()
    assert "62 %" in notes_of(replace(path, share=0.62))[0]
    assert "21 dimensions" in notes_of(path)[-1]
    fresh = LandscapeQuestion(trained(QUICK), PlaneKind.PATH, (0, 1)).answer()
    assert notes_of(fresh)[0] == fresh.plane.note != ""
    kept = whole.record.checkpoints
    few = replace(whole, record=replace(whole.record, checkpoints=(kept[0], kept[9], kept[-1])))
    dark = []
    for snapshot in (whole, few):
        landscape = LandscapeQuestion(snapshot, PlaneKind.WEIGHTS, (0, 1)).answer()
        canvas_of(page).show_landscape(landscape)
        dark.append(int(near(page.canvas.grab().toImage(), LIGHT.text, 30).sum()))
    assert dark[1] < dark[0], "dots, no line"
    assert "Only 3 steps" in notes_of(landscape)[0]
    for height, count in ((440, 2), (300, 1), (160, 0)):
        page.view.resize(520, height)
        page.picture()
        told = [one.text() for one in page.view.findChildren(QLabel, "quiet") if one.isVisible()]
        notes = notes_of(drawn(page))
        assert told == ([" ".join(notes[-count:])] if count else [])


# Contour lines and colours

RANGES = [(0.11, 1.9), (1e-6, 2.0), (0.5, 0.6), (1e-3, 30.0), (0.9999, 1.0001), (1e20, 1e30)]


def test_there_are_five_to_twelve_round_levels_and_none_of_a_flat_landscape() -> None:
    for low, high in RANGES:
        levels = levels_between(low, high)
        assert 5 <= len(levels) <= 12
        assert levels == sorted(levels)
        assert all(low < level < high for level in levels)
    assert levels_between(0.011, 3) == pytest.approx([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2])
    assert levels_between(1.0, 1.1) == pytest.approx([1.01 + 0.01 * i for i in range(9)])
    flat, ticks = np.ones((5, 5)), np.arange(5.0)
    assert contours(ticks, ticks, flat, Scale.of(flat)) == {}


def test_contour_lines_follow_their_loss() -> None:
    ticks = np.linspace(-2, 2, 101)
    x, y = np.meshgrid(ticks, ticks)
    losses = np.exp(x - 2 * y)
    lines = contours(ticks, ticks, losses, Scale.of(losses))
    assert len(lines) >= 6
    for level, parts in lines.items():
        points = np.concatenate(parts)
        assert points[:, 0] - 2 * points[:, 1] == pytest.approx(math.log(level), abs=1e-6)


def test_the_colour_scale_is_logarithmic_between_round_losses() -> None:
    for low, high, ends in [
        (0.13, 1.7, (0.1, 2.0)),
        (0.1, 1.0, (0.1, 1.0)),
        (1.1, 1.12, (1.0, 2.0)),
        (1.0, 1.0, (0.5, 1.0)),
        (1e-12, 4.0, (5e-6, 5.0)),
    ]:
        scale = Scale.of(np.array([low, high]))
        assert (scale.low, scale.high) == pytest.approx(ends)
    shares = Scale(0.01, 1.0).shares(np.array([0.0, 0.01, 0.1, 1.0, 50.0]))
    assert shares == pytest.approx([0, 0, 0.5, 1, 1])
