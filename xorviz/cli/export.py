"""The command export: saved runs as scripts, numbers and pictures."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xorviz.cli import preflight
from xorviz.cli.printing import failed
from xorviz.core.analysis.rounding import RoundingCheck
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording, kernel_for, prepare_for
from xorviz.core.runs.snapshot import Snapshot
from xorviz.files import FileError, atomic, load_run
from xorviz.files.exports.script import numpy_script
from xorviz.files.exports.tables import loss_csv, weights_json, weights_npz

GIF_FRAMES = 60
_RETRAINED = frozenset(("npz", "json", "png", "svg", "gif"))
"""Outputs that need the state at the step, which is trained again."""


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
    exports = _Exports(project, project.step if step is None else step, view, scale)
    return max([_write(exports, kind, path) for kind, path in outputs.items()], default=0)


def _write(exports: "_Exports", kind: str, path: Path) -> int:
    """Write one output; return 0, or 1 if that failed."""
    try:
        atomic.write(path, exports.made(kind))
    except (FileError, ArithmeticError) as error:
        return failed(f"{path}: {error}")
    return 0


@dataclass(frozen=True)
class _Exports:
    """The exports of a project at a step, each made only on request."""

    project: Project
    step: int
    view: str
    scale: int

    def made(self, kind: str) -> bytes:
        """Return an export. Raises FileError, and ArithmeticError if it cannot be replayed."""
        match kind:
            case "script":
                return self._script()
            case "csv":
                return loss_csv(self.project.record.trace).encode()
            case "npz":
                return weights_npz(self._snapshot)
            case "json":
                return weights_json(self._snapshot).encode()
            case _:
                return self._picture(kind)

    @cached_property
    def _snapshot(self) -> Snapshot:
        record = self.project.record
        return Recording(record, kernel=kernel_for(record)).state_at(self.step)

    def _script(self) -> bytes:
        check = RoundingCheck(self.project.record, self.step)
        check.work()
        if check.finding:
            failed(check.finding)  # a warning only
        return numpy_script(self.project.record, self.step, check.finding).encode()

    def _picture(self, kind: str) -> bytes:
        """Draw on the offscreen platform, unless another is chosen."""
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        if trouble := preflight.problem():
            raise FileError(trouble)
        from xorviz.window.export import offscreen

        if kind == "gif":
            return offscreen.render_gif(self.project, self.view, GIF_FRAMES)
        return offscreen.render_picture(self.project, self.step, self.view, kind, self.scale)
