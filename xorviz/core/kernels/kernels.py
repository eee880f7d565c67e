"""The kernels there are: NumPy's, which everyone has and reads, and the compiled one."""

from xorviz.core.kernels import compiler, numba_kernel
from xorviz.core.kernels.compiler import NUMBA, KernelError
from xorviz.core.kernels.kernel import Kernel
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import NumpyKernel

_KERNELS: dict[str, type[Kernel]] = {kind.name: kind for kind in (NumpyKernel, NumbaKernel)}


def kernel_named(name: str) -> type[Kernel]:
    """Return the kind of kernel that has one of KERNEL_NAMES."""
    return _KERNELS[name]


def is_ready(name: str) -> bool:
    """Return whether a kernel takes steps at once; else prepare makes it do so."""
    return name != NUMBA or numba_kernel.is_ready()


def prepare(name: str, tell: compiler.Tell = lambda: None) -> None:
    """Make a kernel ready, in whatever thread this is; tell when it has to be compiled.

    Raises KernelError where that cannot be.
    """
    if is_ready(name):
        return
    try:
        with compiler.telling(tell):
            numba_kernel.prepare()
    except compiler.CompilerError as error:
        raise KernelError(f"{error} {compiler.WITHOUT_IT}") from error
