"""The choice of kernels and their preparation."""

import sys

import pytest

from xorviz.core.kernels import compiler, kernels, numba_kernel, object_code
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY, KernelError, chosen
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import NumpyKernel


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be compiled yet, and Numba not be installed."""
    monkeypatch.setattr(compiler, "_COMPILED", {})
    monkeypatch.setattr(compiler, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "xorviz.core.kernels.translation", raising=False)
    monkeypatch.delattr("xorviz.core.kernels.translation", raising=False)
    monkeypatch.setattr(object_code.ObjectCode, "kept", lambda _: None)


def test_each_kernel_has_its_name_and_numba_is_the_default_where_it_is_installed() -> None:
    assert KERNEL_NAMES == (NUMPY, NUMBA)
    found = [kernels.kernel_named(name) for name in KERNEL_NAMES]
    assert found == [NumpyKernel, NumbaKernel]
    assert [kernel.frees_the_lock for kernel in found] == [False, True]
    assert [chosen(wanted) for wanted in (None, NUMBA, NUMPY)] == [NUMBA, NUMBA, NUMPY]


@pytest.mark.usefixtures("without_numba")
def test_without_numba_numpy_is_the_default_and_all_else_an_error() -> None:
    assert chosen() == chosen(NUMPY) == NUMPY
    with pytest.raises(KernelError, match=r"not installed.*pip install 'xorviz\[fast\]'"):
        chosen(NUMBA)
    with pytest.raises(KernelError, match=r"^Numba cannot be loaded: .*[^.]\.$"):
        kernels.prepare(NUMBA)
    assert not kernels.is_ready(NUMBA)


def test_the_numba_kernel_is_ready_once_it_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_COMPILED", {})
    assert kernels.is_ready(NUMPY)
    assert not kernels.is_ready(NUMBA)
    kernels.prepare(NUMBA)
    assert kernels.is_ready(NUMBA)
    monkeypatch.setattr(numba_kernel, "fast", None)
    for name in KERNEL_NAMES:
        kernels.prepare(name)
