"""Which kernel takes the steps: known without loading any of them."""

from xorviz.core.kernels import compiler

NUMPY, NUMBA = "numpy", "numba"
KERNEL_NAMES = (NUMPY, NUMBA)


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
