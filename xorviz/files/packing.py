"""Conversion of a run to JSON values and back. Shapes: T trace points, C checkpoints, P weights."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import compress, pairwise
from typing import Any

import numpy as np

from xorviz.core.arrays import Steps
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMPY
from xorviz.core.network import head_of, parameter_count
from xorviz.core.rules import Choice, SettingError, Whole
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
from xorviz.files.checked_json import LARGEST, REAL, WHOLE, Numbers, conforming, named, packed_array

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
        "states": packed_array([state.parameters for state in kept]),
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
    values = conforming(value, _WATCHED, where)
    known = settings_of(Role.SHAPE, Role.TRAINING)
    config = _config(values["config"], f"{where}.config", known)
    with named(f"{where}.source"):
        source = WatchedSource.from_dict(values["source"])
    steps = _steps(values["steps"], MOST_STATES, f"{where}.steps", from_0=True)
    if len(steps) == 0:
        raise SettingError(f"{where}.steps are empty")
    shape = len(steps), parameter_count(config)
    states = Numbers(shape, low=WEIGHT.low, high=WEIGHT.high)
    run = WatchedRun(config, source)
    run.extend(steps, states.read(values["states"], f"{where}.states"))
    return run.record()


def _config(value: object, where: str, known: Iterable[str]) -> RunConfig:
    """Return the config with the settings in JSON values, some of these. Raises SettingError."""
    settings = conforming(value, dict.fromkeys(f"{name}?" for name in known), where)
    with named(where):
        return RunConfig.from_dict(settings)


STEP = Whole(0, MOST_STEPS)

_NONE = -1
"""Stands for a missing step of a streak."""


_SAME = 1e-9
"""Relative tolerance for initial weights drawn on another machine."""


_WATCHED = dict.fromkeys(("config", "source", "steps", "states"))
_RUN = {
    **dict.fromkeys(("config", "interventions", "trace", "checkpoints")),
    "newest": STEP,
    "kernels?": [Choice(KERNEL_NAMES), len(KERNEL_NAMES)],
}
_CHANGE = {
    "field": Choice((*sorted(LIVE), *WEIGHT_FIELDS)),
    "index": [Whole(0, 63), 2],
    "value": None,
}
_TRACE = dict.fromkeys(("steps", "losses", "outputs?", "gradient_norms?"))
_CHECKPOINTS = dict.fromkeys(("steps", "state", "right", "learned"))
"""What files hold, as ``conforming`` reads it; of the trace, version 1 has no more than losses."""
_BOUNDS = {"second_moment": (0.0, LARGEST), "decays": (math.ulp(0), 1.0)}
"""Of the arrays that Adam keeps."""


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
            "losses": packed_array(trace.losses),
            "outputs": packed_array(trace.outputs, has_gaps=True),
            "gradient_norms": packed_array(trace.gradient_norms, has_gaps=True),
        },
        "checkpoints": {
            "steps": packed_array([c.step for c in kept], WHOLE),
            "state": {
                name: packed_array([c.state[n] for c in kept])
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
    run = conforming(value, _RUN, where)
    config, newest = _config(run["config"], f"{where}.config", SETTINGS), run["newest"]
    interventions = _changes(run["interventions"], config, newest, f"{where}.interventions")
    # Missing before version 3, when NumPy's was the only kernel.
    kernels = tuple(run.get("kernels", [NUMPY] if newest else []))
    if len(set(kernels)) < len(kernels):
        raise SettingError(f"{where}.kernels name the same kernel twice")
    trace = _trace(run["trace"], config, newest, f"{where}.trace")
    checkpoints = _checkpoints(run["checkpoints"], config, newest, f"{where}.checkpoints")
    if len(trace.steps) == 0 and checkpoints:
        raise SettingError(f"{where}.trace is empty")
    if not checkpoints and (newest or interventions or len(trace.steps)):
        raise SettingError(f"{where}.checkpoints are empty, and nothing leads to step {newest}")
    return Record(config, interventions, newest, trace, checkpoints, kernels)


def _pair(streak: Streak) -> list[int]:
    return [_NONE if step is None else step for step in (streak.since, streak.first)]


def _steps(
    value: object, most: int, where: str, newest: int | None = None, from_0: bool = False
) -> Steps:
    """Return at most ``most`` rising steps, or none: from 0 on, or up to the newest."""
    steps: Steps = Numbers(kind=WHOLE).read(value, where)
    if len(steps) > most:
        raise SettingError(f"{where} holds {len(steps)} steps; allowed: at most {most}")
    if len(steps) and (steps[0] < 0 or (steps[1:] <= steps[:-1]).any()):
        raise SettingError(f"{where} do not rise, or begin below 0")
    if len(steps) and from_0 and steps[0] > 0:
        raise SettingError(f"{where} do not begin at step 0")
    if len(steps) and steps[-1] > MOST_STEPS:
        raise SettingError(f"{where} go beyond step {MOST_STEPS}")
    if len(steps) and newest not in {None, int(steps[-1])}:
        raise SettingError(f"{where} do not end at the newest step, {newest}")
    return steps


def _changes(value: object, config: RunConfig, newest: int, where: str) -> tuple[Intervention, ...]:
    """Return the interventions in order."""
    grammar = [_CHANGE | {"step": Whole(0, newest)}, MOST_INTERVENTIONS]
    made = []
    for n, change in enumerate(conforming(value, grammar, where)):
        with named(f"{where}[{n}]"):
            index = tuple(change.pop("index"))
            made.append(checked_intervention(config, **change, index=index))
    changes = tuple(made)
    if any(before.step > after.step for before, after in pairwise(changes)):
        raise SettingError(f"{where} are not in the order of their steps")
    if len({(change.step, change.target) for change in changes}) < len(changes):
        raise SettingError(f"{where} change the same thing twice at one step")
    values = {field: getattr(config, field) for field in LIVE}
    for n, change in enumerate(changes):
        if change.field in values:
            if change.step == 0:
                raise SettingError(f"{where}[{n}] is at step 0, where config has the settings")
            if change.value == values[change.field]:  # runs do not record these
                raise SettingError(f"{where}[{n}] leaves {change.field} as it was")
            values[change.field] = change.value
    return changes


def _trace(value: Any, config: RunConfig, newest: int, where: str) -> Trace:
    conforming(value, _TRACE, where)
    steps = _steps(value["steps"], CAPACITY, f"{where}.steps", newest, from_0=True)
    lowest, highest = head_of(config).outputs(np.array([-LARGEST, LARGEST])).tolist()
    arrays = _TRACE | {
        "losses": Numbers(steps.shape),
        "outputs?": Numbers((len(steps), len(ROWS)), low=lowest, high=highest, has_gaps=True),
        "gradient_norms?": Numbers(steps.shape, low=0, has_gaps=True),
    }
    return Trace(**conforming(value, arrays, where) | {"steps": steps})


def _checkpoints(
    value: object, config: RunConfig, newest: int, where: str
) -> tuple[Checkpoint, ...]:
    kept = conforming(_with_state(value), _CHECKPOINTS, where)
    steps = _steps(kept["steps"], most_checkpoints(config) + 1, f"{where}.steps", newest)
    sizes = {PARAMETERS: parameter_count(config), **memory_sizes(config)}
    arrays = {
        name: Numbers((len(steps), size), REAL, *_BOUNDS.get(name, ()))
        for name, size in sizes.items()
    }
    state = conforming(kept["state"], arrays, f"{where}.state")
    right = _streaks(kept["right"], steps, f"{where}.right")
    learned = _streaks(kept["learned"], steps, f"{where}.learned")
    states = zip(*(state[name] for name in sizes), strict=True)
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
    streaks = Numbers((len(steps), 2), WHOLE, low=_NONE).read(value, where)
    since, first = streaks.T
    has_begun = since != _NONE
    is_sound = (since <= steps) & (first <= steps)
    is_sound &= ~has_begun | ((first != _NONE) & (first <= since))
    if not is_sound.all():
        raise SettingError(f"{where} hold steps that are impossible")
    return [Streak(*(None if n == _NONE else n for n in pair)) for pair in streaks.tolist()]
