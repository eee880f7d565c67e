"""The texts about kernels."""

from dataclasses import replace

import pytest

from tests.support.cases import some
from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.window.document.kernel_note import explained, foreign


def run_by(*kernels: str) -> Record:
    recording = Recording(RunConfig())
    recording.advance(5)
    return replace(recording.record(), kernels=kernels)


@pytest.mark.parametrize(
    ("kernel", "is_installed", "way"),
    some(
        [
            (NUMPY, True, "xorviz --kernel numba"),
            (NUMPY, False, "pip install 'xorviz[fast]'"),
            (NUMBA, True, "xorviz --kernel numpy"),
        ],
        1,
    ),
)
def test_the_description_names_the_other_kernel_s_option(
    monkeypatch: pytest.MonkeyPatch, kernel: str, is_installed: bool, way: str
) -> None:
    monkeypatch.setattr(compiler, "is_installed", lambda: is_installed)
    text = explained(kernel)
    assert f"kernel {kernel}" in text
    assert text.endswith(f": {way}")


def test_runs_of_this_kernel_have_no_note() -> None:
    own = run_by(NUMBA)
    assert foreign(Project(own, 5, own).pinning(own, 0), NUMBA) == ""
    assert foreign(Project(Record(RunConfig()), 0), NUMBA) == ""


def test_an_untrained_run_has_no_note() -> None:
    branch = Recording(run_by(NUMPY)).fork(0).record()
    assert branch.kernels == (NUMPY,)
    assert foreign(Project(branch, 0), NUMBA) == ""


@pytest.mark.parametrize(
    "kernels", [(NUMPY,), pytest.param((NUMPY, NUMBA), marks=pytest.mark.thorough)]
)
@pytest.mark.parametrize("is_beside", some([False, True], 1))
def test_a_run_of_another_kernel_has_a_note(kernels: tuple[str, ...], is_beside: bool) -> None:
    run, own = run_by(*kernels), run_by(NUMBA)
    project = Project(own, 5, run) if is_beside else Project(run, 5)
    assert foreign(project, NUMBA) == (
        "This run was trained with the kernel numpy; this window uses numba. Checkpoints are "
        "exact; steps between and after them may differ in the last digits, and by more if the "
        "run is chaotic. For an exact replay: xorviz --kernel numpy"
    )


def test_pinned_runs_of_another_kernel_have_a_note() -> None:
    project = Project(run_by(NUMPY), 5).pinning(run_by(NUMBA), 3)
    sentence = foreign(project, NUMPY)
    assert sentence.startswith(
        "Pinned runs were trained with the kernel numba; this window uses numpy."
    )
