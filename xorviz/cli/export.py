"""The command export: saved runs as scripts, numbers and pictures."""

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from xorviz.cli.printing import failed
from xorviz.core.analysis.rounding import RoundingCheck
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.replay import kernel_for, prepare_for
from xorviz.core.runs.snapshot import Snapshot
from xorviz.files import FileError, atomic, load_run
from xorviz.files.exports.script import numpy_script
from xorviz.files.exports.tables import loss_csv, weights_json, weights_npz

GIF_FRAMES = 60
_RETRAINED = frozenset(("npz", "json", "png", "svg", "gif"))
"""Outputs that need the state at the step, which is trained again."""


class _UnavailableError(Exception):
    """An output that cannot be made here; the message is a sentence."""


def export(file: Path, step: int | None, outputs: Mapping[str, Path], view: str, scale: int) -> int:
    """Export the run in a file at a step, by default the step that the file shows.

    ``outputs`` maps kinds (script, csv, npz, json, png, svg, gif) to files, written independently.
    Return 0, 1 if a file could not be read or written, 2 for a step the run does not have.
    """
    try:
        project = load_run(file)
    except FileError as error:
        return failed(f"{file}: {error}")
    runs = [project.record] if project.beside is None else [project.record, project.beside]
    newest = min(run.newest for run in runs)
    if step is not None and step > newest:
        return failed(f"--step is {step}; this run has the steps from 0 to {newest}", 2)
    if _RETRAINED & outputs.keys() and (trouble := prepare_for(project.record)):
        failed(trouble)  # a warning only
    made = _Exports(project, project.step if step is None else step, view, scale)
    return max([_write(made, kind, path) for kind, path in outputs.items()], default=0)


def _write(made: "_Exports", kind: str, path: Path) -> int:
    """Write one output; return 0, or 1 if that failed."""
    try:
        atomic.write(path, made.makers[kind]())
    except (FileError, _UnavailableError, ArithmeticError) as error:
        return failed(f"{path}: {error}")
    return 0


class _Exports:
    """The exports of a project at a step, each made only on request."""

    def __init__(self, project: Project, step: int, view: str, scale: int) -> None:
        self._project, self._step = project, step
        self._view, self._scale = view, scale
        self.makers: Mapping[str, Callable[[], bytes]] = {
            "script": self._script,
            "csv": lambda: loss_csv(project.record.trace).encode(),
            "npz": lambda: weights_npz(self._snapshot),
            "json": lambda: weights_json(self._snapshot).encode(),
            "png": self._png,
            "svg": self._svg,
            "gif": self._gif,
        }

    @cached_property
    def _snapshot(self) -> Snapshot:
        record = self._project.record
        return Recording(record, kernel=kernel_for(record)).state_at(self._step)

    def _script(self) -> bytes:
        check = RoundingCheck(self._project.record, self._step)
        check.work()
        if check.finding:
            failed(check.finding)  # a warning only
        return numpy_script(self._project.record, self._step, check.finding).encode()

    def _png(self) -> bytes:
        _need_qt()
        from xorviz.window.export.offscreen import render_png

        return render_png(self._project, self._step, self._view, self._scale)

    def _svg(self) -> bytes:
        _need_qt()
        from xorviz.window.export.offscreen import render_svg

        return render_svg(self._project, self._step, self._view)

    def _gif(self) -> bytes:
        _need_qt()
        from xorviz.files.exports.animation import PillowMissingError
        from xorviz.window.export.offscreen import render_gif

        try:
            return render_gif(self._project, (self._view,), GIF_FRAMES)
        except PillowMissingError as error:
            raise _UnavailableError(str(error)) from None


def _need_qt() -> None:
    """Check Qt, on the offscreen platform unless another is chosen. Raises _UnavailableError."""
    from xorviz.cli import preflight

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if trouble := preflight.problem():
        raise _UnavailableError(trouble)
