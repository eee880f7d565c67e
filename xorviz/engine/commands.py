"""What the session and the worker say to each other: one command, one answer."""

from dataclasses import dataclass

from xorviz.core.config import RunConfig
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import (
    TOO_MANY,
    Intervention,
    Record,
    checked_intervention,
    parameter_count,
    setting,
)
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules


@dataclass(frozen=True, slots=True)
class Begin:
    """Put a run on the bench at one of its steps, perhaps with another beside it."""

    run: int
    record: Record
    step: int = 0
    beside: Record | None = None
    kernel: str = NUMPY
    """Which takes its steps."""


@dataclass(frozen=True, slots=True)
class Advance:
    """Go on for some steps, or for as many of them as fit into a time."""

    run: int
    steps: int
    seconds: float
    rules: StopRules


@dataclass(frozen=True, slots=True)
class Seek:
    """Go to a step that was taken before, or as near to it as a time allows."""

    run: int
    step: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Intervene:
    """Change the rate, the momentum or a weight from the next step on."""

    run: int
    field: str
    value: float
    index: tuple[int, ...] = ()
    beside: bool = False


@dataclass(frozen=True, slots=True)
class SetWeights:
    """Set all weights of the first run from the next step on."""

    run: int
    weights: Weights


Command = Begin | Advance | Seek | Intervene | SetWeights


@dataclass(frozen=True, slots=True)
class Underway:
    """The answer to a Seek that has not arrived yet: ask again."""

    run: int
    left: int
    """Steps of training that are still to be done."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer to a command that could not be carried out."""

    run: int
    message: str
    """One line for a person."""
    details: str
    """The traceback, for a report."""


Answer = Snapshot | Underway | Failure


def checked_change(
    run: int, wanted: Intervention, beside: bool, seen: Snapshot | None, config: RunConfig
) -> Intervene:
    """Return what changes a run, the second one where there is one and it is meant.

    Raises SettingError for what cannot be.
    """
    second = seen.beside if seen is not None and beside else None
    config = config if second is None else second.config
    made = checked_intervention(config, wanted.step, wanted.field, wanted.value, wanted.index)
    _check_room(second or seen, 1)
    return Intervene(run, made.field, made.value, made.index, second is not None)


def checked_weights(
    run: int, weights: Weights, seen: Snapshot | None, config: RunConfig
) -> SetWeights:
    """Return what sets all weights of the first run; raise SettingError if they do not fit it."""
    count = parameter_count(config)
    if len(setting(weights, 0)) != count:
        raise SettingError(f"these are not the weights of a network with {count} numbers")
    _check_room(seen, count)
    return SetWeights(run, weights)


def _check_room(seen: Snapshot | None, wanted: int) -> None:
    if seen is not None and not seen.record.has_room_for(wanted):
        raise SettingError(TOO_MANY)
