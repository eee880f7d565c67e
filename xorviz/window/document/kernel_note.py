"""Texts about kernels, and where another one has trained a run."""

from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record

COMPILING = "A few seconds, once on this computer. Then training begins."


def explained(kernel: str) -> str:
    """Return a description of a kernel, and how to use the other one."""
    if kernel == NUMBA:
        return (
            "The kernel numba computes the training steps in a loop compiled by Numba. "
            "To use NumPy instead: xorviz --kernel numpy"
        )
    is_there = compiler.chosen() == NUMBA
    how = "xorviz --kernel numba" if is_there else "pip install 'xorviz[fast]'"
    return (
        "The kernel numpy computes the training steps with NumPy. "
        f"Numba is many times as fast: {how}"
    )


def foreign(project: Project, kernel: str) -> str:
    """Return a note on the runs that another kernel has trained; empty if there are none."""
    runs = [run for run in (project.record, project.beside) if run is not None]
    others = {name for run in runs for name in _others(run, kernel)}
    what = "This run was"
    if not others:
        others = {name for pinned in project.pinned for name in _others(pinned.record, kernel)}
        what = "Pinned runs were"
    if not others:
        return ""
    other = " and ".join(sorted(others))
    return (
        f"{what} trained with the kernel {other}; this window uses {kernel}. Checkpoints are "
        "exact; steps between and after them may differ in the last digits, and by more if the "
        f"run is chaotic. For an exact replay: xorviz --kernel {other}"
    )


def _others(run: Record, kernel: str) -> list[str]:
    return [name for name in run.kernels if name != kernel] if run.newest else []
