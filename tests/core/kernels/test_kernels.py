"""Which kernel is used, and how it is made ready."""

import sys

import pytest

from xorviz.core.kernels import compiler, kernels, numba_kernel
from xorviz.core.kernels.compiler import KERNEL_NAMES, KernelError, chosen
from xorviz.core.kernels.kernels import kernel_named
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import NumpyKernel


@pytest.fixture
def not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiled kernel be as in a process that has not made it ready."""
    monkeypatch.setattr(numba_kernel, "_is_ready", False)


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "numba", None)


def test_each_kernel_has_its_name() -> None:
    assert KERNEL_NAMES == ("numpy", "numba")
    assert [kernel_named(name) for name in KERNEL_NAMES] == [NumpyKernel, NumbaKernel]
    assert [kernel_named(name).frees_the_lock for name in KERNEL_NAMES] == [False, True]


@pytest.mark.parametrize(
    ("wanted", "used"), [(None, "numba"), ("numba", "numba"), ("numpy", "numpy")]
)
def test_where_there_is_a_compiler_its_kernel_is_used_unless_another_is_wanted(
    wanted: str | None, used: str
) -> None:
    assert chosen(wanted) == used


@pytest.mark.usefixtures("without_numba")
@pytest.mark.parametrize("wanted", [None, "numpy"])
def test_without_a_compiler_it_is_numpys(wanted: str | None) -> None:
    assert chosen(wanted) == "numpy"


@pytest.mark.usefixtures("without_numba")
def test_without_a_compiler_the_kernel_that_needs_it_is_refused_in_words() -> None:
    with pytest.raises(KernelError, match=r"not installed.*pip install 'xorviz\[fast\]'"):
        chosen("numba")


def test_numpys_is_always_ready() -> None:
    assert kernels.is_ready("numpy")
    kernels.prepare("numpy")


@pytest.mark.usefixtures("not_ready")
def test_the_compiled_one_is_ready_once_it_was_prepared() -> None:
    assert not kernels.is_ready("numba")
    kernels.prepare("numba")
    assert kernels.is_ready("numba")


def test_what_is_ready_is_not_prepared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels.prepare("numba")
    monkeypatch.setattr(numba_kernel, "prepare", None)
    kernels.prepare("numba")


@pytest.mark.usefixtures("not_ready", "without_numba")
def test_a_compiler_that_cannot_be_loaded_is_told_in_words_with_the_way_out() -> None:
    with pytest.raises(KernelError, match=r"^Numba cannot be loaded: .*\. To go on .*numpy$"):
        kernels.prepare("numba")
    assert not kernels.is_ready("numba")


@pytest.mark.usefixtures("not_ready")
def test_what_fails_later_is_told_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up() -> None:
        raise compiler.CompilerError("It does not work.")

    monkeypatch.setattr(numba_kernel, "prepare", give_up)
    with pytest.raises(KernelError, match=r"^It does not work\. To go on without it: --kernel"):
        kernels.prepare("numba")
