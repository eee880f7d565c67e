"""The available kernels by name, and their preparation."""

from xorviz.core.kernels import compiler, loops, numba_kernel
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.kernels.kernel import Kernel
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import NumpyKernel, NumpyRows
from xorviz.core.network import Weights
from xorviz.core.settings import RunConfig

_KERNELS: dict[str, type[Kernel]] = {NUMPY: NumpyKernel, NUMBA: NumbaKernel}


def kernel_named(name: str) -> type[Kernel]:
    """Return the class of one of KERNEL_NAMES, for full batches at least."""
    return _KERNELS[name]


def kernel_for(name: str, config: RunConfig, weights: Weights) -> Kernel:
    """Return one of KERNEL_NAMES for a run that begins with these weights."""
    is_by_rows = name == NUMPY and config.batch != "full"
    kind = NumpyRows if is_by_rows else kernel_named(name)
    return kind(config, weights)


def is_ready(name: str) -> bool:
    """Return whether a kernel can run without prepare."""
    return name != NUMBA or compiler.is_compiled(loops.train_one)


def prepare(name: str, notify: compiler.Notify = lambda: None) -> None:
    """Prepare a kernel in this thread; call notify if it must be compiled.

    Raises KernelError if it cannot be used.
    """
    if not is_ready(name):
        numba_kernel.fast(notify)
