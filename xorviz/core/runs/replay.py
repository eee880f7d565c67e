"""Which kernel takes the steps of a run again that was trained before."""

from xorviz.core.kernels import kernel_choice, kernels
from xorviz.core.kernels.kernel_choice import KernelError
from xorviz.core.runs.record import Record


def kernel_for(record: Record) -> str:
    """Return the kernel that comes to a run's own last digits, where it is ready; or else NumPy's.

    Of several it is the one that trained last.
    """
    own = record.kernels[-1] if record.kernels else kernel_choice.NUMPY
    return own if kernels.is_ready(own) else kernel_choice.NUMPY


def prepare_for(record: Record) -> str:
    """Make ready what kernel_for would return; return a sentence where that cannot be, or ""."""
    try:
        for name in record.kernels:
            kernels.prepare(kernel_choice.chosen(name))
    except KernelError:
        return (
            f"This run was trained by {name}, which cannot be used here: "
            "between its checkpoints the last digits may differ."
        )
    return ""
