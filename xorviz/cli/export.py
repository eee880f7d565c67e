"""Saved runs as scripts, numbers and pictures, without a window."""

import os
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.replay import kernel_for, prepare_for
from xorviz.core.runs.snapshot import Snapshot
from xorviz.files import FileError, atomic, load_run
from xorviz.files.exports.script import numpy_script
from xorviz.files.exports.tables import loss_csv, weights_json, weights_npz

GIF_FRAMES = 60
_RETRAINED = frozenset(("npz", "json", "png", "svg", "gif"))
"""For which the run is taken to a step again."""


class _UnavailableError(Exception):
    """An output that cannot be made here. The message is a sentence that says why."""


def export(file: Path, step: int | None, outputs: Mapping[str, Path], view: str, scale: int) -> int:
    """Write what is known of the run on a file's bench at a step; None for the one it shows.

    Outputs are files by their kinds: script, csv, npz, json, png, svg, gif. Each is made and
    written by itself. Return 0, 1 if a file could not be read or written, 2 for a wrong step.
    """
    try:
        project = load_run(file)
    except FileError as error:
        return _failed(f"{file}: {error}")
    runs = [project.record] if project.beside is None else [project.record, project.beside]
    newest = min(run.newest for run in runs)
    if step is not None and step > newest:
        return _failed(f"--step is {step}; this run has the steps from 0 to {newest}", status=2)
    if _RETRAINED & outputs.keys() and (trouble := prepare_for(project.record)):
        _failed(trouble)  # which is no failure: what can be said is said
    made = _Exports(project, project.step if step is None else step, view, scale)
    return max([_write(made, kind, path) for kind, path in outputs.items()], default=0)


def _write(made: "_Exports", kind: str, path: Path) -> int:
    """Make one output and write it; return 0, or 1 if that failed."""
    try:
        atomic.write(path, made.makers[kind]())
    except (FileError, _UnavailableError, ArithmeticError) as error:
        return _failed(f"{path}: {error}")
    return 0


def _failed(trouble: str, status: int = 1) -> int:
    sys.stderr.write(f"xorviz: {trouble}\n")
    return status


class _Exports:
    """What can be made of a study at a step, each kind of output only when it is asked for."""

    def __init__(self, project: Project, step: int, view: str, scale: int) -> None:
        self._project, self._step = project, step
        self._view, self._scale = view, scale
        self.makers: Mapping[str, Callable[[], bytes]] = {
            "script": lambda: numpy_script(project.record, step).encode(),
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
    """Prepare Qt to draw without a screen, unless told where else. Raises _UnavailableError."""
    from xorviz.cli import preflight

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if trouble := preflight.problem():
        raise _UnavailableError(trouble)
