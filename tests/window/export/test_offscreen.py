"""Off-screen rendering of views, and runs as animations."""

import io
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QByteArray, QEvent, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QTextBrowser
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.cases import some
from tests.support.commands import ROOT
from tests.support.screen import Counting, child, is_near, shown
from tests.support.snapshots import QUICK, far_record, trained
from tests.support.watched import watched_record
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.pictures import rgb
from xorviz.panels import registry
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.decision_surface import DecisionSurface
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import apply_theme
from xorviz.window.export import offscreen
from xorviz.window.export.offscreen import (
    OffscreenRenderer,
    film,
    finished,
    frame_steps,
    picture,
    render_gif,
    render_picture,
)

VIEWS = [entry.name for entry in registry.pictured()]
SVG = "{http://www.w3.org/2000/svg}"


def project() -> Project:
    recording = Recording(QUICK)
    recording.advance(400)
    return Project(recording.record(), 400)


def read(png: bytes) -> QImage:
    return QImage.fromData(QByteArray(png))


def texts(svg: bytes) -> list[str]:
    return ["".join(e.itertext()).strip() for e in ET.fromstring(svg).iter(f"{SVG}text")]


def test_a_picture_runs_no_events_of_other_widgets(qtbot: QtBot) -> None:
    """As Help makes pictures while its own text is laid out."""
    other = shown(qtbot, Counting())
    other.requests = 0
    for view in VIEWS[:3]:
        QApplication.postEvent(other, QEvent(QEvent.Type.LayoutRequest))
        assert render_picture(project(), 400, view, "png", 1)
    assert other.requests == 0


@pytest.mark.parametrize("name", some(VIEWS, 2))
def test_a_view_is_drawn_off_screen(qtbot: QtBot, name: str) -> None:
    before = trained(QUICK, 90), trained(QUICK, 400)
    with closing(OffscreenRenderer(project(), [name])) as renderer:
        pictures = []
        for snapshot in before:
            renderer.show(snapshot)
            pictures.append(rgb(renderer.image()))
        view = child(renderer.widget, SnapshotView, name)
        assert view.isVisible()
        assert not renderer.widget.windowHandle().isExposed()
    assert pictures[0].shape == pictures[1].shape
    assert (pictures[0] != pictures[1]).any()


def test_the_caption_has_settings_step_and_loss(qtbot: QtBot) -> None:
    with closing(OffscreenRenderer(project(), ["truth_table"])) as renderer:
        assert not renderer.widget.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
        renderer.show(trained(QUICK, 90))
        words = {label.text() for label in renderer.widget.findChildren(QLabel)}
        assert {"width 5, rate 1, seed 1234", "step 90, loss 0.3819"} <= words
        assert {"Truth table", "4 of 4 correct"} <= words
        root = ET.fromstring(picture(renderer.widget, "svg", 1))
        assert root.findtext(f"{SVG}title") == (
            "xorviz: width 5, rate 1, seed 1234, step 90, loss 0.3819"
        )


def test_the_caption_of_a_watched_run_names_it_and_no_seed(qtbot: QtBot) -> None:
    record = watched_record(steps=(0, 1, 50), assumed=("rate",))
    with closing(OffscreenRenderer(Project(record, 50), ["truth_table"])) as renderer:
        renderer.show(run_of(record).state_at(50))
        name = renderer.widget.accessibleName()
    assert name.startswith("xorviz: my network, watched: width 2, rate 0.7 assumed, step 50, loss")


def test_a_long_name_gives_way_to_step_and_loss(qtbot: QtBot) -> None:
    record = watched_record(steps=(0, 1, 50), name="long " * 12)
    with closing(OffscreenRenderer(Project(record, 50), ["truth_table"])) as renderer:
        for step in (0, 50):
            renderer.show(run_of(record).state_at(step))
            renderer.image()
            labels = {label.text(): label for label in renderer.widget.findChildren(QLabel)}
            (moment,) = (labels[text] for text in labels if text.startswith(f"step {step}, loss"))
            assert moment.width() >= moment.sizeHint().width()


@pytest.mark.thorough
def test_all_pictures_of_a_view_have_one_size_and_the_first_is_final(qtbot: QtBot) -> None:
    for name in VIEWS:
        with closing(OffscreenRenderer(project(), [name])) as renderer:
            seen = []
            for width, steps in ((5, 9), (5, 9), (1, 0), (64, 70_000)):
                renderer.show(trained(type(QUICK)(width=width, seed=2**32 - 1), steps))
                seen.append(rgb(renderer.image()))
                QApplication.processEvents()
            assert len({picture.shape for picture in seen}) == 1
            assert (seen[0] == seen[1]).all()


@pytest.mark.thorough
def test_views_are_arranged_in_rows_of_two(qtbot: QtBot) -> None:
    def size(*names: str) -> QSize:
        with closing(OffscreenRenderer(project(), names)) as renderer:
            renderer.show(trained(QUICK))
            return renderer.widget.size()

    names = ("decision_surface", "loss_plot", "weight_heatmap", "outputs_plot")
    one, two, four = (size(*names[:count]) for count in (1, 2, 4))
    assert two.width() > one.width() + 400
    assert two.height() == one.height()
    assert four.width() < two.width() + 100
    assert four.height() > two.height() + 200


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda t: t.name)
def test_the_picture_has_the_colours_of_the_theme(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    with closing(OffscreenRenderer(project(), VIEWS[:2], theme)) as renderer:
        renderer.show(trained(QUICK))
        image = renderer.image()
        assert is_near(image.pixelColor(0, 0), theme.ground, 0)
        view = child(renderer.widget, DecisionSurface)
        corner = view.mapTo(renderer.widget, view.rect().bottomRight())
        assert is_near(image.pixelColor(corner), theme.panel, 0)


def test_close_deletes_all_widgets(qtbot: QtBot) -> None:
    renderer = OffscreenRenderer(project(), VIEWS)
    renderer.show(trained(QUICK))
    assert isValid(renderer.widget)
    renderer.close()
    assert not isValid(renderer.widget)


@pytest.mark.parametrize("name", some(VIEWS, 1))
def test_a_past_step_is_drawn_exactly(qtbot: QtBot, name: str) -> None:
    with closing(OffscreenRenderer(project(), [name])) as renderer:
        whole = Recording(project().record)
        renderer.show(whole.state_at(90))
        renderer.describe()
        expected = picture(renderer.widget, "png", 2)
    assert render_picture(project(), 90, name, "png", 2) == expected
    assert render_picture(project(), 91, name, "png", 2) != expected


def test_a_drawing_shows_the_requested_step(qtbot: QtBot) -> None:
    for step, moment in ((90, "step 90, loss 0.3819"), (0, "step 0, loss 1.002")):
        svg = render_picture(project(), step, "decision_surface", "svg", 1)
        assert moment in texts(svg)
        assert f"<desc>At step {step}," in svg.decode()


def test_pinned_runs_are_drawn_in_the_loss_plot(qtbot: QtBot) -> None:
    other = Recording(type(QUICK)(width=2))
    other.advance(400)
    alone, compared = project(), project().pinning(other.record(), 400, "the other one")
    for view, is_same in (("loss_plot", False), ("truth_table", True)):
        pictures = [render_picture(one, 400, view, "png", 1) for one in (alone, compared)]
        assert (pictures[0] == pictures[1]) is is_same


def test_a_step_that_was_not_taken_is_refused(qtbot: QtBot) -> None:
    with pytest.raises(IndexError, match="401"):
        render_picture(project(), 401, "truth_table", "png", 1)


def test_an_animation_goes_from_step_0_to_the_newest(qtbot: QtBot) -> None:
    gif = Image.open(io.BytesIO(render_gif(project(), "truth_table", 5)))
    assert gif.n_frames == 5  # type: ignore[attr-defined]
    assert gif.info["duration"] == 100
    for frame, step in ((0, 0), (2, 200), (4, 400)):
        gif.seek(frame)
        still = rgb(read(render_picture(project(), step, "truth_table", "png", 1)))
        difference = np.abs(np.array(gif.convert("RGB")).astype(int) - still)
        assert np.median(difference) == 0
        assert difference.max() < 32


ALL_WITHOUT_A_WINDOW = """
from tests.window.export.test_offscreen import project
from xorviz.window.export.offscreen import render_gif, render_picture
png = render_picture(project(), 90, "loss_plot", "png", 2)
svg = render_picture(project(), 90, "decision_surface", "svg", 1)
gif = render_gif(project(), "decision_surface", 3)
assert render_picture(project(), 90, "loss_plot", "png", 2) == png
print(png[:4], svg[:5], gif[:6])
"""


@pytest.mark.thorough
def test_rendering_works_without_application_and_screen() -> None:
    names = ("DISPLAY", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment["QT_QPA_PLATFORM"] = "offscreen"  # as the command line has it
    result = subprocess.run(
        [sys.executable, "-c", ALL_WITHOUT_A_WINDOW],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "b'\\x89PNG' b'<?xml' b'GIF89a'\n"


@pytest.mark.thorough
def test_a_diagnosis_belongs_to_the_step_drawn(qtbot: QtBot) -> None:
    with closing(OffscreenRenderer(project(), ["diagnosis_details"])) as renderer:
        said = []
        for steps in (1, 400):
            renderer.show(trained(QUICK, steps))
            said.append(child(renderer.widget, QTextBrowser, "diagnosis_text").toPlainText())
    assert said[0] != said[1]


DIGITS = 12


class Drawing:
    """Draws the step's binary digits in black and white, and records the snapshots."""

    def __init__(self) -> None:
        self.seen: list[Snapshot] = []

    def __call__(self, snapshot: Snapshot) -> NDArray[np.uint8]:
        self.seen.append(snapshot)
        digits = np.array([snapshot.step >> i & 1 for i in range(DIGITS)], np.uint8)
        return np.repeat(255 * digits[None, :, None], 3, axis=-1)


def recorded(steps: int) -> Recording:
    recording = Recording(QUICK)
    recording.advance(steps)
    return recording


def project_of(recording: Recording) -> Project:
    return Project(recording.record(), 0)


def run_to(newest: int) -> Project:
    return Project(Record(RunConfig(), newest=newest), 0)


@pytest.mark.parametrize(
    ("newest", "frames", "steps"),
    some(
        [
            (400, 5, [0, 100, 200, 300, 400]),
            (10, 4, [0, 3, 6, 10]),
            (3, 60, [0, 1, 2, 3]),
            (0, 60, [0]),
            (9, 1, [9]),
            (9, 2, [0, 9]),
        ],
        2,
    ),
)
def test_frames_are_evenly_spaced(newest: int, frames: int, steps: list[int]) -> None:
    assert frame_steps(run_to(newest), frames) == steps


@pytest.mark.thorough
def test_frames_of_a_very_long_run_end_at_its_newest_step() -> None:
    newest = 2**60 + 1
    steps = frame_steps(run_to(newest), 200)
    assert (steps[0], steps[-1], len(steps)) == (0, newest, 200)
    gaps = {after - before for before, after in pairwise(steps)}
    assert gaps <= {newest // 199, newest // 199 + 1}


def test_frames_show_the_exact_snapshots() -> None:
    recording, draw = recorded(400), Drawing()
    recording.intervene("rate", 0.5)
    recording.advance(100)
    finished(film(project_of(recording), 6, draw))
    shown = draw.seen[2:]  # the first two are for the palette
    assert [snapshot.step for snapshot in shown] == [0, 100, 200, 300, 400, 500]
    for snapshot in shown:
        expected = recording.state_at(snapshot.step)
        assert snapshot.weights.w1.tobytes() == expected.weights.w1.tobytes()
        assert (snapshot.loss, snapshot.config) == (expected.loss, expected.config)
        assert snapshot.newest == 500


def test_a_film_has_as_many_frames_as_it_says() -> None:
    draw = Drawing()
    project = project_of(recorded(400))
    assert [*dict.fromkeys(film(project, 8, draw))] == [(done, 8) for done in range(9)]
    assert [snapshot.step for snapshot in draw.seen[:2]] == [400, 0]  # for the palette
    image = Image.open(io.BytesIO(finished(film(project, 8, draw, 5))))
    assert image.n_frames == 8  # type: ignore[attr-defined]
    assert image.info["duration"] == 200
    for i, step in enumerate(frame_steps(project, 8)):
        image.seek(i)
        digits = np.array(image.convert("L"))[0] // 255
        assert sum(int(digit) << place for place, digit in enumerate(digits)) == step


def test_frames_of_a_watched_run_are_of_kept_steps() -> None:
    kept = (0, 1, 2, 99, 100, 390)
    record = watched_record(steps=kept)
    assert frame_steps(Project(record, 0), 5) == [0, 2, 100, 390]
    own = Recording(continued(record, 0))
    own.advance(210)
    project, draw = Project(record, 0, own.record()), Drawing()
    assert frame_steps(project, 3) == [0, 100]
    finished(film(project, 3, draw))
    assert [(seen.step, seen.beside and seen.beside.step) for seen in draw.seen[2:]] == [
        (0, 0),
        (100, 100),
    ]


def test_long_training_is_split_into_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offscreen, "_SLICE_SECONDS", 0.0)
    monkeypatch.setattr(offscreen, "_SLICE_STEPS", 64)
    recording = recorded(4000)
    draw = Drawing()
    # Without checkpoints between the ends, everything is trained again.
    record = recording.record()
    project = Project(replace(record, checkpoints=record.checkpoints[-1:]), 0)
    assert len(list(film(project, 3, draw))) > 4000 / 64 / 2
    assert [snapshot.step for snapshot in draw.seen[2:]] == [0, 2000, 4000]


def test_the_end_of_the_shorter_run_is_reached_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offscreen, "_SLICE_SECONDS", 0.0)
    longer, shorter = far_record(QUICK, 10**12), far_record(QUICK, 10**11)
    job = film(Project(longer, 0, beside=shorter), 3, Drawing())
    assert [next(job) for _ in range(3)] == [(0, 3)] * 3


@pytest.mark.thorough
def test_two_runs_side_by_side_are_both_replayed() -> None:
    draw = Drawing()
    project = Project(recorded(400).record(), 0, beside=recorded(300).record())
    finished(film(project, 4, draw))
    besides = [snapshot.beside.step for snapshot in draw.seen if snapshot.beside]
    assert besides[2:] == [0, 100, 200, 300]


def test_without_pillow_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(FileError) as caught:
        next(film(project_of(recorded(10)), 3, Drawing()))
    assert str(caught.value) == "Animated GIFs need Pillow: pip install 'xorviz[gif]'"
