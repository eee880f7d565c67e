"""Conversion of a watched run to JSON values and back. Shapes: K states, P numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.network import parameter_count
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import WEIGHT, Record
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.runs.watched import FIRST_STATES, WatchedRun
from xorviz.core.settings import Role, RunConfig, settings_of
from xorviz.files.checked_json import REAL, WHOLE, entries, named, packed_array, shaped


def packed_watched(record: Record, source: WatchedSource) -> dict[str, Any]:
    """Return a watched run as JSON values: what its program says, and the states that are kept.

    All else follows from them. Raises ValueError if a number is not finite.
    """
    kept = record.checkpoints
    return {
        "config": _without_start(record.config.changed()),
        "source": source.to_dict(),
        "steps": packed_array([state.step for state in kept], WHOLE),
        "states": packed_array([state.parameters for state in kept], REAL),
    }


def thinned(record: Record, numbers: int, step: int) -> Record:
    """Return a watched run with states of at most about so many numbers.

    The first and the newest ones and that of a step stay; others by halves.
    """
    most, kept, stride = numbers // parameter_count(record.config), record.checkpoints, 1
    while len(kept) > stride * most:
        stride *= 2
    if stride == 1:
        return record
    stay = (n < FIRST_STATES or n % stride == 0 or s.step == step for n, s in enumerate(kept[:-1]))
    return replace(record, checkpoints=(*compress(kept, stay), kept[-1]))


def known_settings(config: RunConfig) -> dict[str, Any]:
    """Return the settings of a watched run that mean something, as values for JSON."""
    return _without_start(config.to_dict())


def _without_start(values: Mapping[str, Any]) -> dict[str, Any]:
    start = settings_of(Role.START)
    return {name: value for name, value in values.items() if name not in start}


def unpacked_watched(value: object, where: str) -> Record:
    """Return the watched run that JSON values describe. Raises SettingError as unpacked does."""
    values = entries(value, ("config", "source", "steps", "states"), where)
    known = settings_of(Role.SHAPE, Role.TRAINING)
    config = unpacked_config(values["config"], f"{where}.config", known)
    with named(f"{where}.source"):
        source = WatchedSource.from_dict(values["source"])
    steps = _steps(values["steps"], f"{where}.steps")
    shape = len(steps), parameter_count(config)
    states: Array = shaped(values["states"], REAL, shape, f"{where}.states")
    if np.abs(states).max() > WEIGHT.high:
        raise SettingError(f"{where}.states hold a number that is not {WEIGHT.allowed}")
    run = WatchedRun(config, source)
    run.extend(steps, states)
    return run.record()


def unpacked_config(value: object, where: str, known: Sequence[str]) -> RunConfig:
    """Return the config with the settings in JSON values, some of these. Raises SettingError."""
    settings = entries(value, (), where, optional=known)
    with named(where):
        return RunConfig.from_dict(settings)


def _steps(value: object, where: str) -> Steps:
    """Return 1 to CAPACITY rising steps from 0 on."""
    steps: Steps = shaped(value, WHOLE, (-1,), where)
    if not 1 <= len(steps) <= CAPACITY:
        raise SettingError(f"{where} hold {len(steps)} steps; allowed: 1 to {CAPACITY}")
    if steps[0] != 0 or (steps[1:] <= steps[:-1]).any():
        raise SettingError(f"{where} do not rise from step 0")
    if steps[-1] > MOST_STEPS:
        raise SettingError(f"{where} go beyond step {MOST_STEPS}")
    return steps
