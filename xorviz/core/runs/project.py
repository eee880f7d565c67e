"""All that a person works on: the run on the bench, and the runs that are kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from xorviz.core.config import RULES, RunConfig
from xorviz.core.runs.record import Record, at_step, weight_shapes
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot

SHAPING = ("width", "seed", "biases", "init", "init_range", "perturbation")
"""Settings that decide the initial weights."""


def following(config: RunConfig, before: RunConfig, after: RunConfig) -> RunConfig:
    """Return a config that changes with another one where both were the same."""
    changed = {name for name in RULES if getattr(before, name) != getattr(after, name)}
    shared = {name for name in changed if getattr(config, name) == getattr(before, name)}
    return replace(config, **{name: getattr(after, name) for name in shared})


def restarted(run: Record, config: RunConfig) -> Record:
    """Return a run from the beginning, from the same weights if these settings leave them alone."""
    is_same = all(getattr(run.config, name) == getattr(config, name) for name in SHAPING)
    return started_alike(run, config) if is_same and run.interventions else Record(config)


def started_alike(first: Record, config: RunConfig) -> Record:
    """Return a run of these settings from the weights that another one was given at step 0."""
    second = Recording(config)
    for given in at_step(first.interventions, 0):
        if given.field in weight_shapes(config):
            second.intervene(given.field, given.value, given.index)
    return second.record()


MOST_PINNED = 12
LONGEST_NAME = 60


class TooManyRunsError(Exception):
    """As many runs are kept as can be. The message says what to do."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_PINNED} runs are kept already. Delete one to keep another.")


@dataclass(frozen=True, slots=True)
class PinnedRun:
    """A run put aside, with how it is shown. A value."""

    name: str
    record: Record
    step: int
    """At which it was looked at last."""
    style: int
    """Which of MOST_PINNED colours and lines it has; no two kept runs share one."""
    is_shown: bool = True
    """Whether its curve is drawn."""


@dataclass(frozen=True, slots=True)
class Project:
    """The bench and the shelf at one moment. A value: each change makes another."""

    record: Record
    step: int = field(compare=False)
    """At which the run on the bench is looked at: to look elsewhere changes nothing."""
    beside: Record | None = None
    """The second of two runs in lock step."""
    pinned: tuple[PinnedRun, ...] = ()

    def state_at(self, step: int) -> Snapshot:
        """Return what was to be seen on the bench at any of its steps, to the last bit.

        Raises IndexError for a step that the run has not come to. To look at many steps, keep
        a Recording.
        """
        return Recording(self.record).state_at(step)

    def compact(self) -> "Project":
        """Return the same study with less memory behind the bench's runs."""
        beside = None if self.beside is None else self.beside.compact()
        return replace(self, record=self.record.compact(), beside=beside)

    def pinning(self, record: Record, step: int, name: str = "") -> "Project":
        """Return the study with one more run kept. Raises TooManyRunsError."""
        if len(self.pinned) >= MOST_PINNED:
            raise TooManyRunsError
        taken = {run.style for run in self.pinned}
        style = next(s for s in range(MOST_PINNED) if s not in taken)
        run = PinnedRun(cleaned_name(name) or self._next_name(), record, step, style)
        return replace(self, pinned=(*self.pinned, run))

    def changing(self, style: int, **values: str | bool) -> "Project":
        """Return the study with another name, or visibility, of one kept run.

        A name of nothing leaves the one that is there.
        """
        if "name" in values:
            values["name"] = cleaned_name(str(values["name"])) or self.pinned_as(style).name
        pinned = (replace(r, **values) if r.style == style else r for r in self.pinned)  # type: ignore[arg-type]
        return replace(self, pinned=tuple(pinned))

    def without(self, style: int) -> "Project":
        """Return the study without one kept run."""
        return replace(self, pinned=tuple(run for run in self.pinned if run.style != style))

    def pinned_as(self, style: int) -> PinnedRun:
        """Return the kept run of a style."""
        return next(run for run in self.pinned if run.style == style)

    def _next_name(self) -> str:
        names = {run.name for run in self.pinned}
        return next(name for n in range(1, MOST_PINNED + 2) if (name := f"Run {n}") not in names)


def cleaned_name(name: str) -> str:
    """Return a name on one line, of a length that a list can show."""
    printable = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(printable.split())[:LONGEST_NAME].rstrip()


def differing(configs: Iterable[RunConfig]) -> tuple[str, ...]:
    """Return the names of the settings in which runs differ, in the order of RULES."""
    known = list(configs)
    return tuple(name for name in RULES if len({getattr(c, name) for c in known}) > 1)
