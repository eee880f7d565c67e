"""Which kernel takes the steps of a run again that was trained before."""

from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import KernelError
from xorviz.core.runs.record import Record


def kernel_for(record: Record) -> str:
    """Return the kernel that comes to a run's own last digits, where it is ready; or else NumPy's.

    Of several it is the one that trained last.
    """
    own = record.kernels[-1] if record.kernels else compiler.NUMPY
    return own if kernels.is_ready(own) else compiler.NUMPY


def prepare_for(record: Record) -> str:
    """Make ready what kernel_for would return; return a sentence where that cannot be, or ""."""
    try:
        for name in record.kernels:
            kernels.prepare(compiler.chosen(name))
    except KernelError:
        return (
            f"This run was trained by {name}, which cannot be used here: "
            "between its checkpoints the last digits may differ."
        )
    return ""
