"""The kernels there are: NumPy's, which everyone has and reads, and the compiled one."""

from xorviz.core import compiler, numba_kernel
from xorviz.core.kernel import Kernel
from xorviz.core.numba_kernel import NumbaKernel
from xorviz.core.numpy_kernel import NumpyKernel

NUMPY, NUMBA = NumpyKernel.name, NumbaKernel.name
KERNEL_NAMES = (NUMPY, NUMBA)

_KERNELS: dict[str, type[Kernel]] = {kind.name: kind for kind in (NumpyKernel, NumbaKernel)}


class KernelError(Exception):
    """Why a kernel cannot be had. The message is a sentence for a person."""


def chosen(wanted: str | None = None) -> str:
    """Return the name of the kernel to use: the one wanted, or else the fastest there is.

    Raises KernelError where the one wanted is not installed.
    """
    if wanted == NUMBA and not compiler.is_installed():
        raise KernelError(
            "The kernel numba needs Numba, which is not installed. "
            "Install it with: pip install 'xorviz[fast]'"
        )
    return wanted or (NUMBA if compiler.is_installed() else NUMPY)


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
        raise KernelError(str(error)) from error
