"""Pictures and animations of a run are replayed with its own kernel."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from tests.support.cases import some
from xorviz.core.kernels import compiler, kernels
from xorviz.core.network import flat
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.window.export import film, offscreen


@pytest.mark.parametrize("kernel", some(compiler.KERNEL_NAMES, 1))
def test_pictures_and_animations_show_the_recorded_run(
    qapp: QApplication, kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels.prepare(kernel)
    recording = Recording(RunConfig(rate=0.5), kernel=kernel)
    recording.advance(2500)
    record = recording.record()
    record = replace(record, checkpoints=(record.checkpoints[0], record.checkpoints[-1]))
    seen: list[Snapshot] = []

    monkeypatch.setattr(offscreen.OffscreenRenderer, "show", lambda _, shown: seen.append(shown))
    offscreen.render_picture(Project(record, 0), 1234, "truth_table", "png", 1)

    def draw(snapshot: Snapshot) -> NDArray[np.uint8]:
        seen.append(snapshot)
        return np.zeros((1, 1, 3), np.uint8)

    for _ in film.film(Project(record, 0), 5, draw):
        pass
    assert {1234, 0, 625, 1250, 1875, 2500} == {snapshot.step for snapshot in seen}
    for snapshot in seen:
        expected = recording.state_at(snapshot.step).weights
        np.testing.assert_array_equal(flat(snapshot.weights), flat(expected))
