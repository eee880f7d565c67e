"""The command export: saved runs as scripts, numbers and pictures."""

import argparse
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from xorviz.cli import preflight
from xorviz.cli.parser import OUTPUTS, VIEW
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
from xorviz.files.exports.picture_options import PICTURES, PNG_DPI, SCREEN_DPI, PictureOptions
from xorviz.files.exports.script import check_repeatable, numpy_script
from xorviz.files.exports.tables import loss_csv, weights_json, weights_npz
from xorviz.files.run_file import load_run

GIF_FRAMES = 60
_PAINTED = (*PICTURES, "gif")
_RETRAINED = frozenset(("npz", "json", "html", *_PAINTED))
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
        refuse(parser, options, ["scale", "dpi"], "is for --png")
    if {"size", "dpi"} & options.keys():
        refuse(parser, options, ["scale"], "is without --size and --dpi, which set the same")
    if outputs.keys().isdisjoint(PICTURES):
        refuse(parser, options, ["size", "background"], "is for --png, --svg and --pdf")
    if outputs.keys().isdisjoint(_PAINTED):
        refuse(parser, options, ["view"], "is for --png, --svg, --pdf and --gif")
    file, step = options["file"], options.get("step")
    files = [file, *outputs.values()]
    if len({path.resolve() for path in files}) < len(files):
        parser.error("each output needs its own file, different from the run file")
    return _export(file, step, outputs, options.get("view", VIEW), _look(options))


def _look(options: dict[str, Any]) -> PictureOptions:
    """Return what is asked of pictures."""
    usual = PNG_DPI if "size" in options else SCREEN_DPI * options.get("scale", 1)
    look = {name: options[name] for name in ("size", "background") if name in options}
    return PictureOptions(dpi=options.get("dpi", usual), **look)


def _export(
    file: Path, step: int | None, outputs: dict[str, Path], view: str, look: PictureOptions
) -> int:
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
        nearest = f"the nearest recorded steps of this watched run are {before} and {after}"
        return failed(f"--step is {at}; {nearest}", 2)
    if _RETRAINED & outputs.keys() and (trouble := prepare_for(project.record)):
        failed(trouble)  # a warning only
    run, status = run_of(project.record, kernel_for(project.record)), 0
    with ExitStack() as stage:  # one application for all pictures: Qt survives no second one
        paint = partial(_picture, project, at, view, look, stage)
        for kind, path in outputs.items():
            try:
                atomic.write(path, _content(kind, project, run, at, paint))
            except (FileError, ArithmeticError) as error:
                status = failed(f"{path}: {error}")
    return status


def _content(
    kind: str,
    project: Project,
    run: Recording | WatchedRun,
    step: int,
    paint: Callable[[str], bytes],
) -> bytes:
    """Make an output. Raises FileError, and ArithmeticError if the run cannot be replayed."""
    match kind:
        case "script":
            return _script(project.record, step)
        case "csv":
            return loss_csv(project).encode()
        case "npz":
            return weights_npz(run.state_at(step))
        case "json":
            return weights_json(run.state_at(step)).encode()
        case "html":
            from xorviz.files.pages.saved import page

            return page(project, step)
        case _:
            return paint(kind)


def _script(record: Record, step: int) -> bytes:
    check_repeatable(record)
    check = RoundingCheck(record, step)
    check.work()
    if check.finding:
        failed(check.finding)  # a warning only
    return numpy_script(record, step, check.finding).encode()


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
