"""The command export: saved runs as scripts, numbers and pictures."""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from xorviz.cli import preflight
from xorviz.cli.parser import OUTPUTS, VIEW
from xorviz.cli.terminal import failed, refuse
from xorviz.core.numerals import listed
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording, kernel_for, prepare_for
from xorviz.core.runs.watched import WatchedRun, run_of
from xorviz.files import atomic
from xorviz.files.arguments import option_of
from xorviz.files.atomic import FileError, naming
from xorviz.files.exports.picture_options import PICTURES, PNG_DPI, SCREEN_DPI, PictureOptions
from xorviz.files.exports.script import script_job
from xorviz.files.exports.tables import loss_csv, weights_json, weights_npz
from xorviz.files.pages.saved import finished, page
from xorviz.files.run_file import load_run

GIF_FRAMES = 60
_PAINTED = (*PICTURES, "gif")
_FOR: Mapping[Sequence[str], Sequence[str]] = {
    ("png",): ("scale", "dpi"),
    PICTURES: ("size", "background"),
    _PAINTED: ("view",),
}
"""Kinds of outputs, and options that mean nothing without one of them."""
_RETRAINED = frozenset(("npz", "json", "html", *_PAINTED))
"""Outputs that need the state at the step, which is trained again."""


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Export the run in a file at a step, by default the step that the file shows.

    Outputs are written independently. Return 0, 1 if a file could not be read or written, 2 for a
    step the run does not have.
    """
    outputs: dict[str, Path] = {name: options[name] for name in OUTPUTS if name in options}
    if not outputs:
        parser.error(f"export needs an output: {', '.join(map(option_of, OUTPUTS))}")
    for kinds, names in _FOR.items():
        if outputs.keys().isdisjoint(kinds):
            refuse(parser, options, names, f"is for {listed([*map(option_of, kinds)])}")
    if {"size", "dpi"} & options.keys():
        refuse(parser, options, ["scale"], "is without --size and --dpi, which set the same")
    file: Path = options["file"]
    files = [file, *outputs.values()]
    if len({path.resolve() for path in files}) < len(files):
        parser.error("each output needs its own file, different from the run file")
    with naming(file):
        project = load_run(file)
    step = options.get("step", project.step)
    if trouble := _step_trouble(project, step):
        return failed(f"--step is {step}; {trouble}", 2)
    usual = PNG_DPI if "size" in options else SCREEN_DPI * options.get("scale", 1)
    look = {name: options[name] for name in ("size", "background") if name in options}
    painted = options.get("view", VIEW), PictureOptions(dpi=options.get("dpi", usual), **look)
    return _export(project, step, outputs, *painted)


def _step_trouble(project: Project, step: int) -> str:
    """Return why a project cannot be shown at a step; empty if it can."""
    record = project.record
    newest = min(run.newest for run in (record, project.beside or record))
    if step > newest:
        return f"this run has steps 0 to {newest}"
    before, after = record.towards(step, step + 1), record.towards(step, 0)
    if before != step:
        return f"the nearest recorded steps of this watched run are {before} and {after}"
    return ""


def _export(
    project: Project, step: int, outputs: dict[str, Path], view: str, look: PictureOptions
) -> int:
    if _RETRAINED & outputs.keys() and (trouble := prepare_for(project.record)):
        failed(trouble)  # a warning only
    run, status = run_of(project.record, kernel_for(project.record)), 0
    with ExitStack() as stage:  # one application for all pictures: Qt survives no second one
        paint = partial(_picture, project, step, view, look, stage)
        for kind, path in outputs.items():
            try:
                make = _MAKERS.get(kind)
                atomic.write(path, make(project, run, step) if make else paint(kind))
            except (FileError, ArithmeticError) as error:
                status = failed(f"{path}: {error}")
    return status


def _script(record: Record, step: int) -> bytes:
    made, finding = finished(script_job(record, step))
    if finding:
        failed(finding)  # a warning only
    return made


_MAKERS: Mapping[str, Callable[[Project, Recording | WatchedRun, int], bytes]] = {
    "script": lambda project, _, step: _script(project.record, step),
    "csv": lambda project, *_: loss_csv(project).encode(),
    "npz": lambda _, run, step: weights_npz(run.state_at(step)),
    "json": lambda _, run, step: weights_json(run.state_at(step)).encode(),
    "html": lambda project, _, step: page(project, step),
}
"""What makes an output that is no picture: raises FileError, and ArithmeticError if the run cannot
be replayed."""


def _picture(
    project: Project, step: int, view: str, look: PictureOptions, stage: ExitStack, kind: str
) -> bytes:
    """Draw on the offscreen platform, unless another is chosen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if trouble := preflight.problem():
        raise FileError(trouble)
    from xorviz.window.export import offscreen

    stage.enter_context(offscreen.application())
    if kind == "gif":
        return offscreen.render_gif(project, view, GIF_FRAMES)
    return offscreen.render_picture(project, step, view, kind, look)
