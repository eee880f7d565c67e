"""Choose the kernel that replays a recorded run."""

from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import KernelError
from xorviz.core.runs.record import Record


def kernel_for(record: Record) -> str:
    """Return the kernel that last trained a run if it is ready, else NumPy's.

    Only the run's own kernel reproduces its last digits.
    """
    own = record.kernels[-1] if record.kernels else compiler.NUMPY
    return own if kernels.is_ready(own) else compiler.NUMPY


def prepare_for(record: Record) -> str:
    """Prepare the kernels of a run; return a sentence for the user if one is unavailable, or ""."""
    try:
        for name in record.kernels:
            kernels.prepare(compiler.chosen(name))
    except KernelError:
        return (
            f"This run was trained by {name}, which cannot be used here: "
            "between its checkpoints last digits may differ, and in a chaotic run more than these."
        )
    return ""
