"""A project with everything that a run file holds, and its values as JSON."""

import base64
import functools
import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.support.bits import assert_same_record, assert_same_state, bits
from tests.support.watched import SHOWN, watched_record
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import dumps

CONFIG = RunConfig(width=2, rate=0.7, seed=5, biases=True, momentum=0.1)
PARAMETERS = 9
WATCHED_STEPS = (*range(33), 50, 100, 2000)


@functools.cache
def made() -> Project:
    """Return a project shown at a middle step, with a run beside it and two pinned runs.

    The run has 200 steps, few checkpoints, and three changes, two of them at one step.
    """
    recording = Recording(CONFIG)
    recording.advance(70)
    recording.intervene("rate", 0.1 + 0.2)
    recording.intervene("w1", -1.5, (1, 0))
    recording.advance(110)
    recording.intervene("b2", 2.0, (0,))
    recording.advance(20)
    record = recording.record()
    kept = tuple(c for c in record.checkpoints if c.step % 64 == 0 or c.step == 200)
    beside = Recording(replace(CONFIG, activation="relu"))
    beside.advance(150)
    project = Project(replace(record, checkpoints=kept), 100, beside.record())
    project = project.pinning(recording.fork(90).record(), 33, "before")
    return project.pinning(Record(RunConfig(width=1)), 0).changing(0, is_shown=False)


@functools.cache
def watched() -> Project:
    """Return a watched run beside one of ours from its first state, and another one pinned."""
    record = watched_record(steps=WATCHED_STEPS, assumed=("rate", "momentum"), every=2)
    own = Recording(continued(record, 0, replace(SHOWN, seed=7)))
    own.advance(100)
    project = Project(record, 50, replace(own.record(), parted_at=4))
    return project.pinning(watched_record(steps=9, name="another", diverged=True), 7, "theirs")


@functools.cache
def _text_of(make: Any) -> bytes:
    return dumps(make())


def plain(project: Any = made) -> dict[str, Any]:
    """Return the values of a project's file."""
    values: dict[str, Any] = json.loads(_text_of(project))
    return values


def numbers(text: str, kind: str) -> list[Any]:
    """Read an array without NumPy."""
    data = base64.b64decode(text)
    return list(struct.unpack(f"<{len(data) // 8}{kind}", data))


def written(values: list[Any], kind: str) -> str:
    """Write an array without NumPy."""
    return base64.b64encode(struct.pack(f"<{len(values)}{kind}", *values)).decode()


def changed(text: str, kind: str, place: int, value: Any) -> str:
    """Return an array with one number replaced."""
    values = numbers(text, kind)
    values[place] = value
    return written(values, kind)


def runs_of(project: Project) -> Iterator[tuple[Record, int]]:
    """Yield all runs of a project with the steps at which they are shown."""
    yield project.record, project.step
    if project.beside is not None:
        yield project.beside, project.step
    yield from ((run.record, run.step) for run in project.pinned)


def assert_same(one: Project, other: Project) -> None:
    """Assert that projects are the same, also in what == does not compare."""
    assert (one, one.step) == (other, other.step)
    for (mine, step), (its, at) in zip(runs_of(one), runs_of(other), strict=True):
        assert step == at
        assert (mine.kernels, mine.parted_at) == (its.kernels, its.parted_at)
        for name in ("steps", "losses", "outputs", "gradient_norms"):
            assert bits(getattr(mine.trace, name)) == bits(getattr(its.trace, name))
        for kept, again in zip(mine.checkpoints, its.checkpoints, strict=True):
            assert [*map(bits, kept.state)] == [*map(bits, again.state)]
            assert (kept.step, kept.right, kept.learned) == (again.step, again.right, again.learned)
        if mine.checkpoints:
            assert_same_record(mine, its)
        assert_same_state(run_of(mine).state_at(step), run_of(its).state_at(step))
