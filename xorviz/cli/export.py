"""The command export: saved runs as scripts, numbers and pictures."""

import argparse
import os
from pathlib import Path
from typing import Any

from xorviz.cli import preflight
from xorviz.cli.parser import OUTPUTS, PICTURES, VIEW
from xorviz.cli.terminal import failed, refuse
from xorviz.core.analysis.rounding import RoundingCheck
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording, kernel_for, prepare_for
from xorviz.core.runs.watched import WatchedRun, run_of
from xorviz.core.settings import SETTINGS
from xorviz.files import atomic
from xorviz.files.arguments import option_of
from xorviz.files.atomic import FileError
from xorviz.files.exports.script import check_repeatable, numpy_script
from xorviz.files.exports.tables import history_csv, weights_json, weights_npz
from xorviz.files.run_file import load_run

GIF_FRAMES = 60
_RETRAINED = frozenset(("npz", "json", *PICTURES))
"""Outputs that need the state at the step, which is trained again."""


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Export the run in a file at a step, by default the step that the file shows.

    Outputs are written independently. Return 0, 1 if a file could not be read or written, 2 for a
    step the run does not have.
    """
    refuse(parser, options, ["kernel"], "is for training; export shows what was trained")
    refuse(parser, options, SETTINGS, "is for a new run; export takes the settings from the file")
    outputs: dict[str, Path] = {name: options[name] for name in OUTPUTS if name in options}
    if not outputs:
        parser.error(f"export needs an output: {', '.join(map(option_of, OUTPUTS))}")
    if "png" not in outputs:
        refuse(parser, options, ["scale"], "is for --png")
    if outputs.keys().isdisjoint(PICTURES):
        refuse(parser, options, ["view"], "is for --png, --svg and --gif")
    file, step = options["file"], options.get("step")
    files = [file, *outputs.values()]
    if len({path.resolve() for path in files}) < len(files):
        parser.error("each output needs its own file, different from the run file")
    view, scale = options.get("view", VIEW), options.get("scale", 1)
    return _export(file, step, outputs, view, scale)


def _export(file: Path, step: int | None, outputs: dict[str, Path], view: str, scale: int) -> int:
    try:
        project = load_run(file)
    except FileError as error:
        return failed(f"{file}: {error}")
    runs = [project.record] if project.beside is None else [project.record, project.beside]
    newest = min(run.newest for run in runs)
    if step is not None and step > newest:
        return failed(f"--step is {step}; this run has steps 0 to {newest}", 2)
    at = project.step if step is None else step
    if project.record.towards(at, 0) != at:
        before, after = project.record.towards(at, at + 1), project.record.towards(at, 0)
        nearest = f"the nearest kept steps of this watched run are {before} and {after}"
        return failed(f"--step is {at}; {nearest}", 2)
    if _RETRAINED & outputs.keys() and (trouble := prepare_for(project.record)):
        failed(trouble)  # a warning only
    run, status = run_of(project.record, kernel_for(project.record)), 0
    for kind, path in outputs.items():
        try:
            atomic.write(path, _content(kind, project, run, at, view, scale))
        except (FileError, ArithmeticError) as error:
            status = failed(f"{path}: {error}")
    return status


def _content(
    kind: str, project: Project, run: Recording | WatchedRun, step: int, view: str, scale: int
) -> bytes:
    """Make an output. Raises FileError, and ArithmeticError if the run cannot be replayed."""
    match kind:
        case "script":
            return _script(project.record, step)
        case "csv":
            return history_csv(project.record).encode()
        case "npz":
            return weights_npz(run.state_at(step))
        case "json":
            return weights_json(run.state_at(step)).encode()
        case _:
            return _picture(project, step, view, kind, scale)


def _script(record: Record, step: int) -> bytes:
    check_repeatable(record)
    check = RoundingCheck(record, step)
    check.work()
    if check.finding:
        failed(check.finding)  # a warning only
    return numpy_script(record, step, check.finding).encode()


def _picture(project: Project, step: int, view: str, kind: str, scale: int) -> bytes:
    """Draw on the offscreen platform, unless another is chosen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if trouble := preflight.problem():
        raise FileError(trouble)
    from xorviz.window.export import offscreen

    if kind == "gif":
        return offscreen.render_gif(project, view, GIF_FRAMES)
    return offscreen.render_picture(project, step, view, kind, scale)
