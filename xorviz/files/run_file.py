"""Run files: the current run and the pinned runs as JSON. See README.md here."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from xorviz import __version__
from xorviz.core.network import parameter_count
from xorviz.core.rules import OrWord, SettingError, Switch, Whole, checked
from xorviz.core.runs.project import MOST_PINNED, SAME_BESIDE, PinnedRun, Project
from xorviz.core.runs.record import MOST_INTERVENTIONS, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.source import cleaned_name
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.runs.watched import WatchedRun, run_of
from xorviz.core.settings import Role, RunConfig, settings_of
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.files.checked_json import conforming, parsed_json
from xorviz.files.packing import packed, thinned, unpacked

SUFFIX = ".xorviz"
FORMAT = "xorviz run"
VERSION = 6
"""From version 2 on there are outputs and gradients, from 3 on kernels, from 4 on watched runs;
from 5 on settings at their defaults are left out; from 6 on a checkpoint has a state by names, and
a watched run the step where the run beside it was seen to differ."""
MOST_BYTES = 10 * 2**20

_TOO_BIG = f"The file is larger than the limit for run files, {MOST_BYTES // 2**20} MiB."

MOST_SIGNS = 7 * MOST_INTERVENTIONS * (MOST_PINNED + 2) + 10_000
"""Commas and opening brackets, a bound for the memory of parsing: 7 for each intervention."""
MOST_KEYS = 4 * MOST_INTERVENTIONS * (MOST_PINNED + 2) + 10_000
"""Colons, a bound for the time of parsing: 4 for each intervention."""

_CUT_NUMBER = re.compile(r"(-|\.|\.?[eE][+-]?)?")
"""Rest of a file that was cut off between values or within a number."""

_OF_PINNED = ("name", "step", "style", "is_shown")
"""Entries of a pinned run, beside the run."""
_PINNED = {
    **dict.fromkeys((*_OF_PINNED, "run")),
    "style": Whole(0, MOST_PINNED - 1),
    "is_shown": Switch(),
}
_FILE = {
    **dict.fromkeys(("format", "written_by", "step", "parted_at?", "run", "beside")),
    "version": Whole(1, VERSION),
    "kept": [_PINNED, MOST_PINNED],
}
"""What a file holds, as ``conforming`` reads it."""
_LONGEST_NUMBER = 40
"""Characters."""
_LONGEST_TEXT = 1000
"""Characters of a name, and of written_by."""

_MOST_STEPS = 1024
"""Steps trained on opening, to check that a run can reach its step: a few milliseconds."""

_LEVELS = (
    *((10_000, CAPACITY), (512, CAPACITY), (64, 2048), (16, 1024), (4, 512)),
    *((1, 256), (1, 128), (1, 64)),
)
"""Checkpoints of a run, and states of a watched one as wide as can be, from all to few."""
_WIDEST = parameter_count(RunConfig(width=64, biases=True))
_BYTES_PER_NUMBER = 8 * 4 / 3
"""In base64."""


def load_run(path: Path | str) -> Project:
    """Read a run file. Raises FileError and nothing else."""
    try:
        return loads(atomic.read(Path(path), MOST_BYTES, _TOO_BIG))
    except MemoryError:
        raise FileError("There is not enough memory to open it.") from None


def save_run(run: Project | Recording | WatchedRun, path: Path | str) -> None:
    """Write a run file; if that fails, an existing file is left unchanged. Raises FileError."""
    atomic.write(Path(path), dumps(project_of(run)))


def project_of(run: Project | Recording | WatchedRun) -> Project:
    """Return a run as a project, shown at its newest step."""
    return run if isinstance(run, Project) else Project(run.record(), run.newest)


def dumps(project: Project) -> bytes:
    """Return the content of a run file, with fewer checkpoints and states if it would be too big.

    Raises FileError if it still is, or if a number is not finite.
    """
    try:
        for checkpoints, states in _LEVELS:
            thinner = _thinned(project, checkpoints, states * _WIDEST)
            if _least_bytes(thinner) <= MOST_BYTES and len(data := _written(thinner)) <= MOST_BYTES:
                return data
    except ValueError:
        raise FileError("A number of these runs is not finite.") from None
    raise FileError("These runs do not fit into one file. Delete a pinned run.")


def loads(data: bytes) -> Project:
    """Return the project in a run file's content. Raises FileError, and MemoryError."""
    try:
        return _project(_parsed(data))
    except SettingError as error:
        raise FileError(f"The file is damaged: {error}.") from None
    except RecursionError:
        raise FileError("The file is damaged: it is nested too deep.") from None


def _thinned(project: Project, checkpoints: int, numbers: int) -> Project:
    """Return a project that fits better into a file, shown at steps that its runs have.

    A watched run keeps states of this many numbers, and the one shown; any other run keeps this
    many checkpoints before the last.
    """

    def thin(record: Record, step: int) -> tuple[Record, int]:
        if record.source is None:
            return record.compact().thinned(checkpoints), step
        step = record.towards(step, step + 1)  # the window may have lost the state of its step
        return thinned(record, numbers, step), step

    record, step = thin(project.record, project.step)
    beside = project.beside and thin(project.beside, step)[0]
    pinned = []
    for run in project.pinned:
        thinner, at = thin(run.record, run.step)
        pinned.append(replace(run, record=thinner, step=at))
    return Project(record, step, beside, tuple(pinned))


def _least_bytes(project: Project) -> float:
    """Return the size of all states, to find out early if they are too many."""
    runs = (project.record, project.beside, *(pinned.record for pinned in project.pinned))
    return _BYTES_PER_NUMBER * sum(
        len(run.checkpoints) * sum(array.size for array in run.checkpoints[-1].state)
        for run in runs
        if run is not None and run.checkpoints
    )


def _written(project: Project) -> bytes:
    """Return a run file's content."""
    value = {
        "format": FORMAT,
        "version": VERSION,
        "written_by": f"xorviz {__version__}",
        "step": project.step,
        "parted_at": project.beside and project.beside.parted_at,
        "run": packed(project.record),
        "beside": None if project.beside is None else packed(project.beside),
        "kept": [
            {name: getattr(pinned, name) for name in _OF_PINNED} | {"run": packed(pinned.record)}
            for pinned in project.pinned
        ],
    }
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def _parsed(data: bytes) -> Any:
    """Return the values in a file's content; refuse it early if they would take much memory."""
    if len(data) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if not data.strip():
        raise FileError("The file is empty.")
    if sum(map(data.count, b",[{")) > MOST_SIGNS or data.count(b":") > MOST_KEYS:
        raise FileError("The file holds too many values for a run file.")
    try:
        text = data.decode("utf-8")
        return parsed_json(text, _LONGEST_NUMBER)
    except json.JSONDecodeError as error:
        rest = text[error.pos :].rstrip()
        if error.msg.startswith("Unterminated") or _CUT_NUMBER.fullmatch(rest):
            raise FileError("The file is incomplete: its end is missing.") from None
        raise FileError("It is not an xorviz run file.") from None
    except UnicodeDecodeError:
        raise FileError("It is not an xorviz run file.") from None


def _project(value: object) -> Project:
    """Return the project that a file describes. Raises SettingError for an impossible one."""
    _check_version(value)
    file = conforming(value, _FILE)
    _text(file["written_by"], "written_by")
    record = unpacked(file["run"], "run")
    beside = None if file["beside"] is None else unpacked(file["beside"], "beside")
    newest = record.newest if beside is None else min(record.newest, beside.newest)
    step = checked(Whole(0, newest), "step", file["step"])
    parted_at = checked(OrWord(Whole(0, newest), "null"), "parted_at", file.get("parted_at"))
    pinned = tuple(_pinned(values, f"kept[{n}]") for n, values in enumerate(file["kept"]))
    if len({run.style for run in pinned}) < len(pinned):
        raise SettingError("two pinned runs have the same style")
    _check_state(record, step, "run")
    if beside is not None:
        beside = replace(beside, parted_at=parted_at)
        _check_beside(record, beside)
        _check_state(beside, step, "beside")
    return Project(record, step, beside, pinned)


def _check_beside(record: Record, beside: Record) -> None:
    """Refuse two runs that cannot be side by side. A watched one has no seed to compare."""
    if beside.source is not None:
        raise SettingError("beside is a watched run; allowed: one that is trained here")
    for name in SAME_BESIDE if record.source is None else settings_of(Role.SHAPE):
        if getattr(record.config, name) != getattr(beside.config, name):
            raise SettingError(f"the two runs side by side differ in {name}")


def _check_version(value: object) -> None:
    """Raise an error for anything but a run file, and for one of a newer version."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise FileError("It is not an xorviz run file.")
    version = value.get("version")
    if isinstance(version, int) and version > VERSION:
        raise FileError(
            f"The file was written by a newer xorviz (version {version});"
            f" this one reads versions up to {VERSION}."
        )


def _pinned(pinned: dict[str, Any], where: str) -> PinnedRun:
    name = cleaned_name(_text(pinned["name"], f"{where}.name"))
    if not name:
        raise SettingError(f"{where}.name is empty")
    record = unpacked(pinned["run"], f"{where}.run")
    step = checked(Whole(0, record.newest), f"{where}.step", pinned["step"])
    _check_state(record, step, f"{where}.run")
    return PinnedRun(name, record, step, pinned["style"], pinned["is_shown"])


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise SettingError(f"{where} is not a text of at most {_LONGEST_TEXT} characters")
    return value


def _check_state(record: Record, step: int, where: str) -> None:
    """Refuse a run that cannot be shown at a step, unless checking takes long."""
    if record.towards(step, 0) != step:
        raise SettingError(f"{where} has no state of the step shown, {step}")
    try:
        with np.errstate(all="ignore"):
            recording = run_of(record)
            if step - recording.kept(step) > _MOST_STEPS:
                return
            state = recording.state_at(step)
    except ArithmeticError:
        raise SettingError(f"the checkpoints of {where} do not lead to step {step}") from None
    if not np.isfinite((state.loss, *state.outputs, *state.trace.losses)).all():
        raise SettingError(f"the checkpoints of {where} lead to numbers that are not finite")
