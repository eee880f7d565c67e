"""What the session and the worker say to each other: one command, one answer."""

from dataclasses import dataclass

from xorviz.core.config import RunConfig
from xorviz.core.stopping import StopRules


@dataclass(frozen=True, slots=True)
class Begin:
    """Start a run at step 0."""

    run: int
    config: RunConfig


@dataclass(frozen=True, slots=True)
class Advance:
    """Train for some steps, or for as many of them as fit into a time."""

    run: int
    steps: int
    seconds: float
    rules: StopRules


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Change the rate or the momentum from the next step on."""

    run: int
    name: str
    value: float


Command = Begin | Advance | ChangeSetting


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer to a command that could not be carried out; otherwise it is a Snapshot."""

    run: int
    message: str
    """One line for a person."""
    details: str
    """The traceback, for a report."""
