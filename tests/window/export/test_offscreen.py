"""Off-screen rendering of views, and runs as animations."""

import io
import sys
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.cases import some
from tests.support.screen import Counting, child, is_near, shown
from tests.support.snapshots import QUICK, far_record, trained
from tests.support.watched import watched_record
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.picture_options import PictureOptions
from xorviz.files.exports.pictures import png_bytes, rgb
from xorviz.files.pages.saved import finished
from xorviz.panels import registry
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.decision_surface import DecisionSurface
from xorviz.panels.learn.surface_canvas import SurfaceCanvas
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import apply_theme
from xorviz.window.export import offscreen
from xorviz.window.export.offscreen import (
    OffscreenRenderer,
    film,
    frame_steps,
    render_gif,
    render_picture,
)

VIEWS = [entry.name for entry in registry.pictured()]
SCREEN, DOUBLE = PictureOptions(), PictureOptions(dpi=192)
PROJECT = Project(trained(QUICK, 400).record, 400)


def test_a_picture_runs_no_events_of_other_widgets(qtbot: QtBot) -> None:
    """As Help makes pictures while its own text is laid out."""
    other = shown(qtbot, Counting())
    other.requests = 0
    QApplication.postEvent(other, QEvent(QEvent.Type.LayoutRequest))
    assert render_picture(PROJECT, 400, VIEWS[0], "png", SCREEN)
    assert other.requests == 0


@pytest.mark.parametrize("name", some(VIEWS, 2))
def test_a_view_is_drawn_off_screen_exactly_and_in_one_size(qtbot: QtBot, name: str) -> None:
    whole = Recording(PROJECT.record)
    with closing(OffscreenRenderer(PROJECT, [name], SCREEN)) as renderer:
        seen = []
        wide = trained(replace(QUICK, width=64, seed=2**32 - 1), 9)
        for snapshot in (whole.state_at(90), whole.state_at(90), trained(QUICK), wide):
            renderer.show(snapshot)
            seen.append(rgb(renderer.image()))
            QApplication.processEvents()
        assert (seen[0] == seen[1]).all()  # the first is final
        assert len({image.shape for image in seen}) == 1
        assert (seen[0] != seen[2]).any()
        assert child(renderer.widget, SnapshotView, name).isVisible()
        assert not renderer.widget.windowHandle().isExposed()
        assert not renderer.widget.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    assert not isValid(renderer.widget)
    with closing(OffscreenRenderer(PROJECT, [name], DOUBLE)) as renderer:
        renderer.show(whole.state_at(90))
        renderer.describe()
        expected = png_bytes(renderer.widget, DOUBLE)
    assert render_picture(PROJECT, 90, name, "png", DOUBLE) == expected
    assert render_picture(PROJECT, 91, name, "png", DOUBLE) != expected


def test_a_drawing_has_settings_step_and_loss_and_what_it_shows_in_words(qtbot: QtBot) -> None:
    svg = "{http://www.w3.org/2000/svg}"
    for step, moment in ((90, "step 90, loss 0.3819"), (0, "step 0, loss 1.002")):
        root = ET.fromstring(render_picture(PROJECT, step, "truth_table", "svg", SCREEN))
        texts = {"".join(e.itertext()).strip() for e in root.iter(f"{svg}text")}
        assert {moment, "width 5, rate 1, seed 1234", "Truth table"} <= texts
        title = f"xorviz: width 5, rate 1, seed 1234, {moment}"
        assert root.findtext(f"{svg}title") == title
        assert (root.findtext(f"{svg}desc") or "").startswith(f"At step {step}")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_the_picture_has_the_colours_of_the_theme(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, LIGHT if theme is DARK else DARK)
    look = PictureOptions(background="dark" if theme is DARK else "white")
    with closing(OffscreenRenderer(PROJECT, VIEWS[:2], look)) as renderer:
        renderer.show(trained(QUICK))
        image = renderer.image()
        assert is_near(image.pixelColor(0, 0), theme.panel, 0)
        view = child(renderer.widget, DecisionSurface)
        for part in (view, child(view, SurfaceCanvas)):
            corner = part.mapTo(renderer.widget, part.rect().bottomRight())
            assert is_near(image.pixelColor(corner), theme.panel, 0)


def test_pinned_runs_are_drawn_in_the_loss_plot(qtbot: QtBot) -> None:
    other = trained(replace(QUICK, width=2), 400).record
    for view, is_same in (("loss_plot", False), ("truth_table", True)):
        projects = PROJECT, PROJECT.pinning(other, 400, "the other one")
        one, two = (render_picture(project, 400, view, "png", SCREEN) for project in projects)
        assert (one == two) is is_same


def test_an_animation_goes_from_step_0_to_the_newest(qtbot: QtBot) -> None:
    gif = Image.open(io.BytesIO(render_gif(PROJECT, "truth_table", 5)))
    assert gif.n_frames == 5  # type: ignore[attr-defined]
    assert gif.info["duration"] == 100
    for frame, step in ((0, 0), (2, 200), (4, 400)):
        gif.seek(frame)
        still = QImage.fromData(render_picture(PROJECT, step, "truth_table", "png", SCREEN))
        difference = np.abs(np.array(gif.convert("RGB")).astype(int) - rgb(still))
        assert np.median(difference) == 0
        assert difference.max() < 40


# The frames of an animation.


class Drawing:
    """Draws the step's binary digits in black and white, and records the snapshots."""

    def __init__(self) -> None:
        self.seen: list[Snapshot] = []

    def __call__(self, snapshot: Snapshot) -> NDArray[np.uint8]:
        self.seen.append(snapshot)
        digits = np.array([snapshot.step >> i & 1 for i in range(12)], np.uint8)
        return np.repeat(255 * digits[None, :, None], 3, axis=-1)

    @property
    def frames(self) -> list[Snapshot]:
        """What is drawn after both ends, which the palette is made of."""
        return self.seen[2:]


@pytest.mark.parametrize(
    ("newest", "frames", "steps"),
    [
        (400, 5, [0, 100, 200, 300, 400]),
        (10, 4, [0, 3, 6, 10]),
        (3, 60, [0, 1, 2, 3]),
        (0, 60, [0]),
        (9, 1, [9]),
    ],
)
def test_frames_are_evenly_spaced(newest: int, frames: int, steps: list[int]) -> None:
    assert frame_steps(Project(Record(RunConfig(), newest=newest), 0), frames) == steps


def test_frames_of_a_very_long_run_end_at_its_newest_step() -> None:
    newest = 2**60 + 1
    steps = frame_steps(Project(Record(RunConfig(), newest=newest), 0), 200)
    assert (steps[0], steps[-1], len(steps)) == (0, newest, 200)
    gaps = {after - before for before, after in pairwise(steps)}
    assert gaps <= {newest // 199, newest // 199 + 1}


def test_a_film_has_the_exact_snapshots_in_as_many_frames_as_it_says() -> None:
    recording, draw = Recording(QUICK), Drawing()
    recording.advance(400)
    recording.intervene("rate", 0.5)
    recording.advance(100)
    project = Project(recording.record(), 0)
    assert [*dict.fromkeys(film(project, 6, draw))] == [(done, 6) for done in range(7)]
    assert [snapshot.step for snapshot in draw.seen[:2]] == [500, 0]
    assert [snapshot.step for snapshot in draw.frames] == [0, 100, 200, 300, 400, 500]
    for snapshot in draw.frames:
        expected = recording.state_at(snapshot.step)
        assert snapshot.weights.w1.tobytes() == expected.weights.w1.tobytes()
        assert (snapshot.loss, snapshot.config) == (expected.loss, expected.config)
        assert snapshot.newest == 500
    image = Image.open(io.BytesIO(finished(film(project, 6, draw, 5))))
    assert image.n_frames == 6  # type: ignore[attr-defined]
    assert image.info["duration"] == 200
    for i, snapshot in enumerate(draw.frames[:6]):
        image.seek(i)
        digits = np.array(image.convert("L"))[0] // 255
        assert sum(int(digit) << place for place, digit in enumerate(digits)) == snapshot.step


def test_frames_of_a_watched_run_are_of_kept_steps_beside_those_of_the_own_run() -> None:
    record = watched_record(steps=(0, 1, 2, 99, 100, 390))
    assert frame_steps(Project(record, 0), 5) == [0, 2, 100, 390]
    own = Recording(continued(record, 0))
    own.advance(210)
    project, draw = Project(record, 0, own.record()), Drawing()
    assert frame_steps(project, 3) == [0, 100]
    finished(film(project, 3, draw))
    both = [(seen.step, seen.beside and seen.beside.step) for seen in draw.frames]
    assert both == [(0, 0), (100, 100)]


def test_long_training_is_split_into_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offscreen, "_SLICE_SECONDS", 0.0)
    monkeypatch.setattr(offscreen, "_SLICE_STEPS", 64)
    record, draw = trained(QUICK, 4000).record, Drawing()
    # Without checkpoints between the ends, everything is trained again.
    project = Project(replace(record, checkpoints=record.checkpoints[-1:]), 0)
    assert len(list(film(project, 3, draw))) > 4000 / 64 / 2
    assert [snapshot.step for snapshot in draw.frames] == [0, 2000, 4000]
    # Also of the longer of two runs, which is replayed to the end of the shorter.
    longer, shorter = far_record(QUICK, 10**12), far_record(QUICK, 10**11)
    job = film(Project(longer, 0, beside=shorter), 3, Drawing())
    assert [next(job) for _ in range(3)] == [(0, 3)] * 3


def test_without_pillow_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(FileError, match=r"Pillow: pip install 'xorviz\[gif\]'"):
        next(film(PROJECT, 3, Drawing()))
