"""Says so, once, where a run that is opened was trained by another kernel."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.ui.chrome.notice_bar import NoticeBar

COMPILING = "compiling (once)"
COMPILING_EXPLAINED = (
    "Numba compiles the training loop: some seconds, once on this machine. Training begins then."
)


def explained(kernel: str) -> str:
    """Say what takes the steps, and how to have the other kernel take them."""
    if kernel == NUMBA:
        return (
            "The steps are taken by the kernel numba: the training loop, compiled by Numba. "
            "The one that NumPy runs: xorviz --kernel numpy"
        )
    is_there = compiler.chosen() == NUMBA
    how = "xorviz --kernel numba" if is_there else "pip install 'xorviz[fast]'"
    return (
        "The steps are taken by the kernel numpy: the training loop as NumPy runs it. "
        f"The compiled one is many times as fast: {how}"
    )


def foreign(project: Project, kernel: str) -> str:
    """Say which of a study's runs another kernel has trained, and what that means; "" of none."""
    others = {name for run in _bench(project) for name in _others(run, kernel)}
    what = "This run was"
    if not others:
        others = {name for pinned in project.pinned for name in _others(pinned.record, kernel)}
        what = "Runs kept here were"
    if not others:
        return ""
    other = " and ".join(sorted(others))
    return (
        f"{what} trained by {other}; here {kernel} goes on. Checkpoints are exact; between them "
        f"the last digits may differ. As it was: xorviz --kernel {other}"
    )


def _bench(project: Project) -> Iterator[Record]:
    yield project.record
    if project.beside is not None:
        yield project.beside


def _others(run: Record, kernel: str) -> list[str]:
    """Return the other kernels that took steps of a run, if it has any."""
    return [name for name in run.kernels if name != kernel] if run.newest else []


UNDERSTOOD = "OK"


class KernelNote(QObject):
    """A sentence in the bar; where a question is there already, it is only noticed."""

    noticed = Signal(str)

    def __init__(self, kernel: str, bar: NoticeBar, parent: QObject) -> None:
        super().__init__(parent)
        self._kernel, self._bar = kernel, bar
        self._is_shown = False
        bar.answered.connect(self._forget)

    def tell(self, project: Project) -> None:
        """Say what is to be known of a study, in place of what was said of the one before."""
        if self._is_shown:
            self._bar.hide()
            self._is_shown = False
        sentence = foreign(project, self._kernel)
        if not sentence:
            return
        if self._bar.isHidden():
            self._bar.ask(sentence, (UNDERSTOOD,))
            self._is_shown = True
        else:
            self.noticed.emit(sentence)

    @Slot()
    def _forget(self) -> None:
        self._is_shown = False
