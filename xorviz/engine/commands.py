"""Commands to the training thread and its answers: one answer per command."""

from dataclasses import dataclass

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import Weights, parameter_count
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import (
    MOST_INTERVENTIONS,
    TOO_MANY,
    Intervention,
    Record,
    checked_intervention,
    setting,
)
from xorviz.core.runs.snapshot import Snapshot, newest_of
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig


@dataclass(frozen=True, slots=True)
class Begin:
    """Open a run at one of its steps, optionally with another side by side."""

    run: int
    record: Record
    step: int = 0
    beside: Record | None = None
    kernel: str = NUMPY
    parted_at: int | None = None
    """The first step of a watched run at which the run beside it is known to differ."""

    @property
    def newest(self) -> int:
        """The last step that can be displayed."""
        return newest_of(self.record, self.beside)


@dataclass(frozen=True, slots=True)
class Advance:
    """Train up to ``steps`` steps, or as many as fit into ``seconds``."""

    run: int
    steps: int
    seconds: float
    rules: StopRules


@dataclass(frozen=True, slots=True)
class Seek:
    """Go to a step already taken, or where that takes long, to one before it."""

    run: int
    step: int


@dataclass(frozen=True, slots=True)
class Intervene:
    """Change the rate, the momentum or weights from the next step on."""

    run: int
    changes: tuple[Intervention, ...]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class UseKernel:
    """Continue the run with another kernel."""

    run: int
    kernel: str


@dataclass(frozen=True, slots=True)
class Look:
    """Take in what the program of a watched run has shown since."""

    run: int


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take settings of a watched run that were found out."""

    run: int
    config: RunConfig
    assumed: tuple[str, ...]
    """Names of settings that are still assumed."""


Command = Begin | Advance | Seek | Intervene | UseKernel | Look | Adopt


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer to a command that failed."""

    run: int
    message: str
    """One line for the user."""
    details: str
    """The traceback."""


Answer = Snapshot | Failure


def checked_change(
    run: int, wanted: Intervention, beside: bool, seen: Snapshot | None, config: RunConfig
) -> Intervene:
    """Return the command that changes a run: the second one if there is one and ``beside`` is set.

    Raises SettingError for an invalid change.
    """
    if beside and seen is None:
        raise SettingError("Run B is not shown yet. Nothing was changed; try again.")
    second = seen.beside if seen is not None and beside else None
    config = config if second is None else second.config
    made = checked_intervention(config, wanted.step, wanted.field, wanted.value, wanted.index)
    return _with_room(Intervene(run, (made,), second is not None), second or seen)


def checked_weights(
    run: int, weights: Weights, seen: Snapshot | None, config: RunConfig
) -> Intervene:
    """Return the command that sets all weights of the first run.

    Raises SettingError if they do not fit it.
    """
    count, changes = parameter_count(config), setting(weights, 0)
    if len(changes) != count:
        raise SettingError(f"these are not the weights of a network with {count} numbers")
    return _with_room(Intervene(run, changes), seen)


def _with_room(command: Intervene, seen: Snapshot | None) -> Intervene:
    made = 0 if seen is None else len(seen.interventions)
    if made + len(command.changes) > MOST_INTERVENTIONS:
        raise SettingError(TOO_MANY)
    return command
