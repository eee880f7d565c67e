"""The available kernels by name, and their preparation."""

from xorviz.core.kernels import compiler, numba_kernel
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.kernels.kernel import Kernel
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import NumpyKernel

_KERNELS: dict[str, type[Kernel]] = {NUMPY: NumpyKernel, NUMBA: NumbaKernel}


def kernel_named(name: str) -> type[Kernel]:
    """Return the class of one of KERNEL_NAMES."""
    return _KERNELS[name]


def is_ready(name: str) -> bool:
    """Return whether a kernel can run without prepare."""
    return name != NUMBA or numba_kernel.is_ready()


def prepare(name: str, notify: compiler.Notify = lambda: None) -> None:
    """Prepare a kernel in this thread; call notify if it must be compiled.

    Raises KernelError if it cannot be used.
    """
    if not is_ready(name):
        numba_kernel.prepare(notify)
