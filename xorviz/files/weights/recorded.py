"""Recordings that xorviz has written: their newest state, and their steps to be checked.

They are run files, and the npz files of watched programs.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from xorviz.core.check.check import check
from xorviz.core.check.run_check import RunCheck
from xorviz.core.check.said import Said
from xorviz.core.network import Weights, weights_of
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import WEIGHT_FIELDS, Record
from xorviz.core.runs.recording import Recording, kernel_for
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import SETTINGS, Role, RunConfig, settings_of
from xorviz.files import run_file
from xorviz.files.atomic import FileError
from xorviz.files.checked_json import REAL, WHOLE, packed_array, parsed_json
from xorviz.files.packing import unpacked_watched
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.values import unpacked

MOST_CHECKED = 200
"""Steps of a recording, so that a check takes no more than half a minute."""
LONGEST_NUMBER = 400
"""Characters."""
_RUN_FILE = re.compile(rb'\s*\{\s*"format"\s*:\s*"xorviz run"')
_XORVIZ = WatchedSource("xorviz", "0" * 32)
"""What a run of xorviz says of its steps: all."""


def record_in(data: bytes) -> Record | None:
    """Return the run in a file's content; None if it is no recording. Raises FileError."""
    if _RUN_FILE.match(data):
        return run_file.loads(data).record
    arrays = unpacked(data) if data.startswith(b"PK") else {}
    return _watched(arrays) if arrays.keys() >= {"steps", "config", "source"} else None


def settings_in(config: object) -> dict[str, Any]:
    """Return settings that xorviz saved; those of another program mean nothing here."""
    with suppress(ValueError, RecursionError):
        value = (
            parsed_json(str(config), LONGEST_NUMBER) if isinstance(config, np.ndarray) else config
        )
        if isinstance(value, Mapping) and value.keys() >= {"width", "rate", "seed"}:
            return RunConfig.from_dict(value).to_dict()
    return {}


def newest_state(record: Record) -> Arrays:
    """Return the last state of a run, with what is known of it."""
    weights, step = run_of(record).snapshot().weights, record.newest
    config, source = record.config_at(step), record.source
    said = config.to_dict()
    if source is not None:
        known = {*settings_of(Role.TRAINING)} - {"batch", *source.assumed}
        told = {n: v for n, v in said.items() if n in known and SETTINGS[n].matters(config)}
        said = told | _said(record, step)
    arrays = {name: getattr(weights, name) for name in WEIGHT_FIELDS}
    return Arrays(**arrays, said=said | {"steps": step})


def checked_steps(record: Record, said: Said) -> RunCheck:
    """Return what the steps of a recording are; what the user does not say, the recording does.

    Of many steps some are checked, evenly spread; of a run of xorviz the last one. Raises
    SettingError where there is none to be checked.
    """
    states = _states(record)
    changed = {change.step for change in record.interventions if change.index}
    steps = [n for n in states if n - 1 in states and n not in changed]
    steps = steps if record.source else steps[-1:]
    found = RunCheck(trouble="no two of its states are one step apart; call see at each step")
    told = {name: value for name, value in asdict(said).items() if value is not None}
    for place in np.linspace(0, len(steps) - 1, min(len(steps), MOST_CHECKED)).astype(int):
        number = steps[place]
        # Of a step after another one, the momentum is found out, too.
        first = number - 2 if number - 2 in states and number - 1 not in changed else number - 1
        taken = [states[n] for n in range(first, number + 1)]
        try:
            result = check(taken, Said(**(_said(record, number - 1) | told)))
            found = found.after(result, number)
        except SettingError as error:  # such as a step that changed nothing
            found = found.after(str(error), number)
    if found.telling is None:
        raise SettingError(found.trouble)
    return found


def _said(record: Record, step: int) -> dict[str, Any]:
    """Return what a recording says of the step after this one."""
    config = record.config_at(step)
    said = (record.source or replace(_XORVIZ, batch=config.batch)).said(config)
    return {name: value for name, value in asdict(said).items() if value is not None}


def _states(record: Record) -> dict[int, Weights]:
    """Return the states by their steps; of a run of xorviz, the last ones."""
    if record.source is not None:
        return {c.step: weights_of(c.parameters, record.config) for c in record.checkpoints}
    recording, first = Recording(record, kernel_for(record)), max(record.newest - 9, 0)
    return {n: recording.weights_at(n) for n in range(first, record.newest + 1)}


def _watched(arrays: Mapping[str, Any]) -> Record:
    """Return the run in the arrays of a watched program, checked as one in a run file."""
    try:
        steps = arrays["steps"].astype(float).clip(-1, 2**53)
        states = [arrays[n].reshape(len(steps), -1) for n in WEIGHT_FIELDS if n in arrays]
        value = {n: parsed_json(str(arrays[n]), LONGEST_NUMBER) for n in ("config", "source")}
        value["steps"] = packed_array(steps, WHOLE)
        value["states"] = packed_array(np.hstack(states), REAL)
        return unpacked_watched(value, "it")
    except (ValueError, TypeError, RecursionError) as error:
        why = error if isinstance(error, SettingError) else "its arrays do not fit together"
        raise FileError(f"The file is damaged: {why}.") from None
