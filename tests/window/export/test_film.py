"""A run as an animation: its frames and slices of work."""

import io
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.support.cases import some
from tests.support.snapshots import QUICK, far_record
from tests.support.watched import watched_record
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.window.export import film as film_module
from xorviz.window.export.film import film, finished, frame_steps

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
    monkeypatch.setattr(film_module, "_SLICE_SECONDS", 0.0)
    monkeypatch.setattr(film_module, "_SLICE_STEPS", 64)
    recording = recorded(4000)
    draw = Drawing()
    # Without checkpoints between the ends, everything is trained again.
    record = recording.record()
    project = Project(replace(record, checkpoints=record.checkpoints[-1:]), 0)
    assert len(list(film(project, 3, draw))) > 4000 / 64 / 2
    assert [snapshot.step for snapshot in draw.seen[2:]] == [0, 2000, 4000]


def test_the_end_of_the_shorter_run_is_reached_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_module, "_SLICE_SECONDS", 0.0)
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
