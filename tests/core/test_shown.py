"""Values ask the package how they look."""

import numpy as np

import xorviz
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig


def test_a_value_looks_as_the_package_says() -> None:
    run = Recording(RunConfig())
    found = xorviz.overview_of(run)
    told = run._repr_html_(), str(run), repr(run)
    assert told == (found.html(), found.text(), f"<Recording {found.title}>")


def test_a_recording_gives_every_point_of_its_loss() -> None:
    run = Recording(RunConfig(width=2, rate=1))
    run.advance(5000)
    steps, losses = run.losses()
    trace = run.snapshot().trace
    np.testing.assert_array_equal((steps, losses), (trace.steps, trace.losses))
    losses[:] = 0  # a copy
    assert run.loss == run.losses()[1][-1] > 0
