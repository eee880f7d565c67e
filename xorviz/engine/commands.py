"""Commands to the training thread and its answers: one answer per command."""

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
    """Open a run at one of its steps, optionally with another side by side."""

    run: int
    record: Record
    step: int = 0
    beside: Record | None = None
    kernel: str = NUMPY
    seconds: float = 0.0
    """Longest time to get to the step."""


@dataclass(frozen=True, slots=True)
class Advance:
    """Train up to ``steps`` steps, or as many as fit into ``seconds``."""

    run: int
    steps: int
    seconds: float
    rules: StopRules


@dataclass(frozen=True, slots=True)
class Seek:
    """Go to a step already taken, or as close to it as ``seconds`` allow."""

    run: int
    step: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Go no further towards a step: show the last one before it that can be shown at once."""

    run: int
    step: int
    drops_changes: bool = False
    """Whether changes were to be made there."""


@dataclass(frozen=True, slots=True)
class Intervene:
    """Change the rate, the momentum or one weight from the next step on."""

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


@dataclass(frozen=True, slots=True)
class UseKernel:
    """Continue the run with another kernel."""

    run: int
    kernel: str


Command = Begin | Advance | Seek | Stop | Intervene | SetWeights | UseKernel


@dataclass(frozen=True, slots=True)
class Underway:
    """The answer where a step must still be replayed; a Seek goes on with it."""

    run: int
    step: int
    left: int
    """Steps still to be trained."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer to a command that failed."""

    run: int
    message: str
    """One line for the user."""
    details: str
    """The traceback."""


Answer = Snapshot | Underway | Failure


def checked_change(
    run: int, wanted: Intervention, beside: bool, seen: Snapshot | None, config: RunConfig
) -> Intervene:
    """Return the command that changes a run: the second one if there is one and ``beside`` is set.

    Raises SettingError for an invalid change.
    """
    second = seen.beside if seen is not None and beside else None
    config = config if second is None else second.config
    made = checked_intervention(config, wanted.step, wanted.field, wanted.value, wanted.index)
    _check_capacity(second or seen, 1)
    return Intervene(run, made.field, made.value, made.index, second is not None)


def checked_weights(
    run: int, weights: Weights, seen: Snapshot | None, config: RunConfig
) -> SetWeights:
    """Return the command that sets all weights of the first run.

    Raises SettingError if they do not fit it.
    """
    count = parameter_count(config)
    if len(setting(weights, 0)) != count:
        raise SettingError(f"these are not the weights of a network with {count} numbers")
    _check_capacity(seen, count)
    return SetWeights(run, weights)


def _check_capacity(seen: Snapshot | None, changes: int) -> None:
    if seen is not None and not seen.record.has_room_for(changes):
        raise SettingError(TOO_MANY)
