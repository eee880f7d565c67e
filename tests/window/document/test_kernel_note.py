"""What is said of the kernel that trains."""

from dataclasses import replace

import pytest

from xorviz.core.config import RunConfig
from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.window.document.kernel_note import explained, foreign


def run_by(*kernels: str) -> Record:
    recording = Recording(RunConfig())
    recording.advance(5)
    return replace(recording.record(), kernels=kernels)


@pytest.mark.parametrize(
    ("kernel", "is_installed", "way"),
    [
        (NUMPY, True, "xorviz --kernel numba"),
        (NUMPY, False, "pip install 'xorviz[fast]'"),
        (NUMBA, True, "xorviz --kernel numpy"),
    ],
)
def test_the_way_to_the_other_kernel_is_told(
    monkeypatch: pytest.MonkeyPatch, kernel: str, is_installed: bool, way: str
) -> None:
    monkeypatch.setattr(compiler, "is_installed", lambda: is_installed)
    text = explained(kernel)
    assert f"kernel {kernel}" in text
    assert text.endswith(f": {way}")


def test_of_runs_that_this_kernel_trained_nothing_is_said() -> None:
    own = run_by(NUMBA)
    assert foreign(Project(own, 5, own).pinning(own, 0), NUMBA) == ""
    assert foreign(Project(Record(RunConfig()), 0), NUMBA) == ""


def test_a_run_that_has_not_begun_is_nobodys() -> None:
    branch = Recording(run_by(NUMPY)).fork(0).record()
    assert branch.kernels == (NUMPY,)
    assert foreign(Project(branch, 0), NUMBA) == ""


@pytest.mark.parametrize("kernels", [(NUMPY,), (NUMPY, NUMBA), (NUMBA, NUMPY)])
@pytest.mark.parametrize("is_beside", [False, True])
def test_a_run_of_another_kernel_is_told(kernels: tuple[str, ...], is_beside: bool) -> None:
    run, own = run_by(*kernels), run_by(NUMBA)
    project = Project(own, 5, run) if is_beside else Project(run, 5)
    assert foreign(project, NUMBA) == (
        "This run was trained by numpy; here numba goes on. Checkpoints are exact; between them "
        "the last digits may differ. As it was: xorviz --kernel numpy"
    )


def test_kept_runs_of_another_kernel_are_told_too() -> None:
    project = Project(run_by(NUMPY), 5).pinning(run_by(NUMBA), 3)
    sentence = foreign(project, NUMPY)
    assert sentence.startswith("Runs kept here were trained by numba; here numpy goes on.")
