"""What the session and the worker say to each other: one command, one answer."""

from dataclasses import dataclass

from xorviz.core.kernels.kernel_choice import NUMPY
from xorviz.core.network import Weights
from xorviz.core.runs.record import Record
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
