"""The kernel for the replay of a run."""

from dataclasses import replace

import numpy as np
import pytest

from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import NUMBA, NUMPY, KernelError
from xorviz.core.network import flat
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording, kernel_for, prepare_for
from xorviz.core.settings import RunConfig


def by(*names: str) -> Record:
    return Record(RunConfig(), kernels=names)


@pytest.fixture
def unprepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_COMPILED", {})


@pytest.mark.usefixtures("unprepared")
def test_prepare_for_prepares_the_kernels() -> None:
    assert kernel_for(by(NUMBA)) == NUMPY
    assert prepare_for(by(NUMBA)) == ""
    assert kernel_for(by(NUMBA)) == NUMBA


def test_the_last_of_several_kernels_is_chosen() -> None:
    assert prepare_for(by(NUMBA, NUMPY)) == ""
    assert kernel_for(by(NUMBA, NUMPY)) == NUMPY
    assert kernel_for(by(NUMPY, NUMBA)) == NUMBA
    assert kernel_for(by()) == NUMPY


@pytest.mark.usefixtures("unprepared")
def test_a_missing_kernel_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "is_installed", lambda: False)
    assert prepare_for(by(NUMPY)) == prepare_for(by()) == ""
    assert "trained with the kernel numba, which is not available here" in prepare_for(
        by(NUMPY, NUMBA)
    )
    assert kernel_for(by(NUMPY, NUMBA)) == NUMPY


@pytest.mark.usefixtures("unprepared")
def test_a_broken_kernel_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise KernelError("It fell over.")

    monkeypatch.setattr(kernels, "prepare", broken)
    assert "trained with the kernel numba" in prepare_for(by(NUMBA))


@pytest.mark.parametrize("kernel", compiler.KERNEL_NAMES)
def test_a_replay_between_checkpoints_is_exact(kernel: str) -> None:
    kernels.prepare(kernel)
    recording = Recording(RunConfig(rate=0.5), kernel=kernel)
    recording.advance(2500)
    record = recording.record()
    few = replace(record, checkpoints=(record.checkpoints[0], record.checkpoints[-1]))
    replayed = Recording(few, kernel=kernel_for(few))
    for step in (0, 1234, 2500):
        expected = recording.state_at(step).weights
        np.testing.assert_array_equal(flat(replayed.state_at(step).weights), flat(expected))
