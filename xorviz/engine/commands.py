"""Commands to the training thread and its answers: one answer per command."""

from collections.abc import Iterable
from dataclasses import dataclass

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import (
    MOST_INTERVENTIONS,
    TOO_MANY,
    Intervention,
    Record,
    checked_intervention,
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

    @property
    def newest(self) -> int:
        """The last step that can be displayed."""
        return newest_of(self.record, self.beside)

    @property
    def config(self) -> RunConfig:
        """The settings at its step."""
        return self.record.config_at(self.step)


@dataclass(frozen=True, slots=True)
class Advance:
    """Train up to so many steps, or as many as fit into a frame."""

    run: int
    steps: int
    rules: StopRules


@dataclass(frozen=True, slots=True)
class Seek:
    """Go to a step already taken, or where that takes long, to one before it.

    Take in what the program of a watched run has shown since.
    """

    run: int
    step: int


@dataclass(frozen=True, slots=True)
class Intervene:
    """Change the rate, the momentum or weights from the next step on."""

    run: int
    changes: tuple[Intervention, ...]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take settings of a watched run that were found out."""

    run: int
    config: RunConfig
    assumed: tuple[str, ...]
    """Names of settings that are still assumed."""
    batch: str | None = None
    """Rows from one state to the next, if that was found out."""


Command = Begin | Advance | Seek | Intervene | Adopt


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command failed."""

    message: str
    """One line for the user."""
    details: str
    """The traceback."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command."""

    command: Command
    result: Snapshot | Failure
    is_stopped: bool = False
    """Whether it ended before its steps or its time: by a rule, a divergence or the run's end."""


def checked_changes(record: Record, changes: Iterable[Intervention]) -> tuple[Intervention, ...]:
    """Return changes as a run takes them; raise SettingError for what it does not take."""
    made = tuple(
        checked_intervention(record.config, one.step, one.field, one.value, one.index)
        for one in changes
    )
    if len(record.interventions) + len(made) > MOST_INTERVENTIONS:
        raise SettingError(TOO_MANY)
    return made
