"""The choice of kernels and their preparation."""

import sys

import pytest

from xorviz.core.kernels import compiler, kernels, numba_kernel, object_code
from xorviz.core.kernels.compiler import KERNEL_NAMES, KernelError, chosen
from xorviz.core.kernels.kernels import kernel_named
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import NumpyKernel


@pytest.fixture
def not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiled kernel be as in a process that has not made it ready."""
    monkeypatch.setattr(compiler, "_COMPILED", {})


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "xorviz.core.kernels.translation", raising=False)
    monkeypatch.delattr("xorviz.core.kernels.translation", raising=False)
    monkeypatch.setattr(object_code.ObjectCode, "kept", lambda _: None)


def test_each_kernel_has_its_name() -> None:
    assert KERNEL_NAMES == ("numpy", "numba")
    assert [kernel_named(name) for name in KERNEL_NAMES] == [NumpyKernel, NumbaKernel]
    assert [kernel_named(name).frees_the_lock for name in KERNEL_NAMES] == [False, True]


@pytest.mark.parametrize(
    ("wanted", "used"), [(None, "numba"), ("numba", "numba"), ("numpy", "numpy")]
)
def test_numba_is_the_default_where_it_is_installed(wanted: str | None, used: str) -> None:
    assert chosen(wanted) == used


@pytest.mark.usefixtures("without_numba")
@pytest.mark.parametrize("wanted", [None, "numpy"])
def test_numpy_is_the_default_without_numba(wanted: str | None) -> None:
    assert chosen(wanted) == "numpy"


@pytest.mark.usefixtures("without_numba")
def test_choosing_numba_without_numba_is_an_error() -> None:
    with pytest.raises(KernelError, match=r"not installed.*pip install 'xorviz\[fast\]'"):
        chosen("numba")


def test_the_numpy_kernel_is_always_ready() -> None:
    assert kernels.is_ready("numpy")
    kernels.prepare("numpy")


@pytest.mark.usefixtures("not_ready")
def test_the_numba_kernel_is_ready_after_prepare() -> None:
    assert not kernels.is_ready("numba")
    kernels.prepare("numba")
    assert kernels.is_ready("numba")


def test_a_ready_kernel_is_not_prepared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels.prepare("numba")
    monkeypatch.setattr(numba_kernel, "prepare", None)
    kernels.prepare("numba")


@pytest.mark.usefixtures("not_ready", "without_numba")
def test_a_broken_numba_is_an_error() -> None:
    with pytest.raises(KernelError, match=r"^Numba cannot be loaded: .*[^.]\.$"):
        kernels.prepare("numba")
    assert not kernels.is_ready("numba")
