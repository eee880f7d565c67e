"""Conversion of a run to JSON values and back. Shapes: T trace points, C checkpoints, P weights."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress, pairwise
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMPY
from xorviz.core.network import head_of, parameter_count
from xorviz.core.rules import Choice, SettingError, Whole, checked
from xorviz.core.runs.record import (
    MOST_INTERVENTIONS,
    WEIGHT,
    WEIGHT_FIELDS,
    Checkpoint,
    Intervention,
    Record,
    Streak,
    checked_intervention,
    most_checkpoints,
)
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.runs.trace import CAPACITY, Trace
from xorviz.core.runs.watched import MOST_STATES, WatchedRun
from xorviz.core.settings import LIVE, SETTINGS, Role, RunConfig, settings_of
from xorviz.core.steps import PARAMETERS, initial_state, memory_sizes
from xorviz.core.truth_table import ROWS
from xorviz.files.checked_json import (
    REAL,
    WHOLE,
    entries,
    items,
    known,
    named,
    packed_array,
    packed_known,
    shaped,
    whole,
)

_FIRST_STATES = 33
"""Of a watched run; they stay where others are left out."""


def packed_watched(record: Record, source: WatchedSource) -> dict[str, Any]:
    """Return a watched run as JSON values: what its program says, and the states that are kept.

    All else follows from them. Raises ValueError if a number is not finite.
    """
    kept = record.checkpoints
    return {
        "config": without_start(record.config.changed()),
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
    stay = (n < _FIRST_STATES or n % stride == 0 or s.step == step for n, s in enumerate(kept[:-1]))
    return replace(record, checkpoints=(*compress(kept, stay), kept[-1]))


def without_start(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that mean something for a watched run."""
    start = settings_of(Role.START)
    return {name: value for name, value in values.items() if name not in start}


def unpacked_watched(value: object, where: str) -> Record:
    """Return the watched run that JSON values describe. Raises SettingError as unpacked does."""
    values = entries(value, ("config", "source", "steps", "states"), where)
    known = settings_of(Role.SHAPE, Role.TRAINING)
    config = unpacked_config(values["config"], f"{where}.config", known)
    with named(f"{where}.source"):
        source = WatchedSource.from_dict(values["source"])
    steps = _steps_of_states(values["steps"], f"{where}.steps")
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


def _steps_of_states(value: object, where: str) -> Steps:
    """Return 1 to MOST_STATES rising steps from 0 on."""
    steps: Steps = shaped(value, WHOLE, (-1,), where)
    if not 1 <= len(steps) <= MOST_STATES:
        raise SettingError(f"{where} hold {len(steps)} steps; allowed: 1 to {MOST_STATES}")
    if steps[0] != 0 or (steps[1:] <= steps[:-1]).any():
        raise SettingError(f"{where} do not rise from step 0")
    if steps[-1] > MOST_STEPS:
        raise SettingError(f"{where} go beyond step {MOST_STEPS}")
    return steps


STEP = Whole(0, MOST_STEPS)

_NONE = -1
"""Stands for a missing step of a streak."""

_NUMBER = float(np.finfo(float).max)
_OPTIONAL = ("outputs", "gradient_norms")
"""Arrays of the trace that version 1 lacks."""

_FIELD = Choice((*sorted(LIVE), *WEIGHT_FIELDS))
_SAME = 1e-9
"""Relative tolerance for initial weights drawn on another machine."""


def packed(record: Record) -> dict[str, Any]:
    """Return a run as JSON values. Raises ValueError if a number is not finite."""
    if record.source is not None:
        return packed_watched(record, record.source)
    kept, trace = record.checkpoints, record.trace
    return {
        "config": record.config.changed(),
        "interventions": [
            {"step": c.step, "field": c.field, "index": list(c.index), "value": c.value}
            for c in record.interventions
        ],
        "newest": record.newest,
        "kernels": list(record.kernels),
        "trace": {
            "steps": packed_array(trace.steps, WHOLE),
            "losses": packed_array(trace.losses, REAL),
            "outputs": packed_known(trace.outputs),
            "gradient_norms": packed_known(trace.gradient_norms),
        },
        "checkpoints": {
            "steps": packed_array([c.step for c in kept], WHOLE),
            "state": {
                name: packed_array([c.state[n] for c in kept], REAL)
                for n, name in enumerate((PARAMETERS, *memory_sizes(record.config)))
            },
            "right": packed_array([_pair(c.right) for c in kept], WHOLE),
            "learned": packed_array([_pair(c.learned) for c in kept], WHOLE),
        },
    }


def unpacked(value: object, where: str) -> Record:
    """Return the run that JSON values describe.

    Raises SettingError for impossible values; its message names the entry, starting with ``where``.
    """
    if isinstance(value, dict) and "source" in value:
        return unpacked_watched(value, where)
    keys = ("config", "interventions", "newest", "trace", "checkpoints")
    run = entries(value, keys, where, optional=("kernels",))
    config = unpacked_config(run["config"], f"{where}.config", tuple(SETTINGS))
    newest = whole(STEP, run["newest"], f"{where}.newest")
    interventions = _changes(run["interventions"], config, newest, f"{where}.interventions")
    # Missing before version 3, when NumPy's was the only kernel.
    kernels = _kernels(run.get("kernels", [NUMPY] if newest else []), f"{where}.kernels")
    trace = _trace(run["trace"], config, newest, f"{where}.trace")
    checkpoints = _checkpoints(run["checkpoints"], config, newest, f"{where}.checkpoints")
    if len(trace.steps) == 0 and checkpoints:
        raise SettingError(f"{where}.trace is empty")
    if not checkpoints and (newest or interventions or len(trace.steps)):
        raise SettingError(f"{where}.checkpoints are empty, and nothing leads to step {newest}")
    return Record(config, interventions, newest, trace, checkpoints, kernels)


def _pair(streak: Streak) -> list[int]:
    return [_NONE if step is None else step for step in (streak.since, streak.first)]


def _steps(value: object, most: int, newest: int, where: str) -> Steps:
    """Return at most ``most`` rising steps that end at the newest, or none."""
    steps: Steps = shaped(value, WHOLE, (-1,), where)
    if len(steps) > most:
        raise SettingError(f"{where} holds {len(steps)} steps; allowed: at most {most}")
    if len(steps) and (steps[0] < 0 or (steps[1:] <= steps[:-1]).any()):
        raise SettingError(f"{where} do not rise, or begin below 0")
    if len(steps) and steps[-1] != newest:
        raise SettingError(f"{where} do not end at the newest step, {newest}")
    return steps


def _changes(value: object, config: RunConfig, newest: int, where: str) -> tuple[Intervention, ...]:
    """Return the interventions in order."""
    listed = items(value, MOST_INTERVENTIONS, where)
    changes = tuple(_change(v, config, newest, f"{where}[{n}]") for n, v in enumerate(listed))
    if any(before.step > after.step for before, after in pairwise(changes)):
        raise SettingError(f"{where} are not in the order of their steps")
    if len({(change.step, change.target) for change in changes}) < len(changes):
        raise SettingError(f"{where} change the same thing twice at one step")
    values = {field: getattr(config, field) for field in LIVE}
    for n, change in enumerate(changes):
        if change.field in values:
            if change.value == values[change.field]:  # runs do not record these
                raise SettingError(f"{where}[{n}] leaves {change.field} as it was")
            values[change.field] = change.value
    return changes


def _change(value: object, config: RunConfig, newest: int, where: str) -> Intervention:
    change = entries(value, ("step", "field", "index", "value"), where)
    step = whole(Whole(0, newest), change["step"], f"{where}.step")
    field = str(checked(_FIELD, f"{where}.field", change["field"]))
    if field in LIVE and step == 0:
        raise SettingError(f"{where} is at step 0, where the settings are those of config")
    index = tuple(items(change["index"], 2, f"{where}.index"))
    if not all(type(place) is int for place in index):
        raise SettingError(f"{where}.index is not a list of whole numbers")
    with named(where):
        return checked_intervention(config, step, field, change["value"], index)


def _kernels(value: object, where: str) -> tuple[str, ...]:
    listed = items(value, len(KERNEL_NAMES), where)
    rule = Choice(KERNEL_NAMES)
    names = tuple(str(checked(rule, f"{where}[{n}]", v)) for n, v in enumerate(listed))
    if len(set(names)) < len(names):
        raise SettingError(f"{where} name the same kernel twice")
    return names


def _trace(value: object, config: RunConfig, newest: int, where: str) -> Trace:
    trace = entries(value, ("steps", "losses"), where, optional=_OPTIONAL)
    steps = _steps(trace["steps"], CAPACITY, newest, f"{where}.steps")
    if len(steps) and steps[0] != 0:
        raise SettingError(f"{where}.steps do not begin at step 0")
    losses: Array = shaped(trace["losses"], REAL, steps.shape, f"{where}.losses")
    lowest, highest = head_of(config).outputs(np.array([-_NUMBER, _NUMBER])).tolist()
    allowed = {
        "outputs": ((len(steps), len(ROWS)), lowest, highest),
        "gradient_norms": (steps.shape, 0.0, _NUMBER),
    }
    columns = {
        name: known(trace[name], *allowed[name], f"{where}.{name}")
        for name in _OPTIONAL
        if name in trace
    }
    return Trace(steps, losses, **columns)


def _checkpoints(
    value: object, config: RunConfig, newest: int, where: str
) -> tuple[Checkpoint, ...]:
    kept = entries(_with_state(value), ("steps", "state", "right", "learned"), where)
    steps = _steps(kept["steps"], most_checkpoints(config) + 1, newest, f"{where}.steps")
    sizes = {PARAMETERS: parameter_count(config), **memory_sizes(config)}
    named = entries(kept["state"], tuple(sizes), f"{where}.state")
    arrays = [
        shaped(named[name], REAL, (len(steps), size), f"{where}.state.{name}")
        for name, size in sizes.items()
    ]
    if config.optimizer == "adam":
        _, _, squares, decays = arrays
        if not ((squares >= 0).all() and (decays > 0).all() and (decays <= 1).all()):
            raise SettingError(f"{where}.state holds means of gradients that are impossible")
    right = _streaks(kept["right"], steps, f"{where}.right")
    learned = _streaks(kept["learned"], steps, f"{where}.learned")
    states = zip(*arrays, strict=True)
    checkpoints = tuple(map(Checkpoint, steps.tolist(), states, right, learned))
    if len(steps) and steps[0] == 0:
        pairs = zip(checkpoints[0].state, initial_state(config), strict=True)
        if not all(np.allclose(kept, drawn, rtol=_SAME, atol=0) for kept, drawn in pairs):
            raise SettingError(f"{where}.state does not begin with this seed's weights")
    return checkpoints


def _with_state(value: object) -> object:
    """Return the values of checkpoints with one entry for their state, as from version 6 on."""
    if not isinstance(value, dict) or not {"parameters", "velocities"} <= value.keys():
        return value
    rest = dict(value)
    state = {"parameters": rest.pop("parameters"), "velocity": rest.pop("velocities")}
    return rest | {"state": state}


def _streaks(value: object, steps: Steps, where: str) -> list[Streak]:
    """Return a streak for each step, none of which is ahead of that step."""
    streaks = shaped(value, WHOLE, (len(steps), 2), where)
    since, first = streaks.T
    has_begun = since != _NONE
    is_sound = (streaks >= _NONE).all(axis=1) & (since <= steps) & (first <= steps)
    is_sound &= ~has_begun | ((first != _NONE) & (first <= since))
    if not is_sound.all():
        raise SettingError(f"{where} hold steps that are impossible")
    return [Streak(*(None if n == _NONE else n for n in pair)) for pair in streaks.tolist()]
