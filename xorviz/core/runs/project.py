"""A project: the current run, the run beside it, and the pinned runs."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from xorviz.core.network import weights_of
from xorviz.core.runs.record import Record, at_step, step_of, weight_shapes
from xorviz.core.runs.recording import Recording, record_of
from xorviz.core.runs.source import cleaned_name
from xorviz.core.settings import SETTINGS, Role, RunConfig, settings_of

SHAPING = settings_of(Role.SHAPE, Role.START)
"""Settings that determine the initial weights."""
SAME_BESIDE = ("width", *settings_of(Role.START))
"""Those that two runs side by side share: biases are drawn after the other weights."""

MOST_PINNED = 12


def following(config: RunConfig, before: RunConfig, after: RunConfig) -> RunConfig:
    """Return a config with the changes between two others, for settings where it equals before."""
    changed = {name for name in SETTINGS if getattr(before, name) != getattr(after, name)}
    shared = {name for name in changed if getattr(config, name) == getattr(before, name)}
    return replace(config, **{name: getattr(after, name) for name in shared})


def restarted(run: Record, config: RunConfig) -> Record:
    """Return a run at step 0; weights set there are kept if no SHAPING setting changes.

    Those of a watched run are the first ones that it has shown.
    """
    is_same = all(getattr(run.config, name) == getattr(config, name) for name in SHAPING)
    has_given = bool(run.interventions) or run.source is not None
    return started_alike(run, config) if is_same and has_given else Record(config)


def continued(run: Record, step: int, config: RunConfig | None = None) -> Record:
    """Return a run trained here that begins from a watched one's state at a kept step.

    It has the settings of that run, or other ones of the same width. Raises SettingError for
    weights that are too large.
    """
    state = run.checkpoints[bisect_right(run.checkpoints, step, key=step_of) - 1]
    assert run.source is not None
    config = run.source.recipe(config or run.config)
    return record_of(config, weights_of(state.parameters, config))


def started_alike(first: Record, config: RunConfig) -> Record:
    """Return a run of these settings with the weights that were set at step 0 of another run.

    Those of a watched run are the first ones that it has shown.
    """
    if first.source is not None:
        is_alike = weight_shapes(first.config) == weight_shapes(config)
        return continued(first, 0, config) if is_alike else Record(config)
    run = Recording(config)
    for change in at_step(first.interventions, 0):
        if change.field in weight_shapes(config):
            run.intervene(change.field, change.value, change.index)
    return run.record()


class TooManyRunsError(Exception):
    """The project already has MOST_PINNED pinned runs. The message says what to do."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_PINNED} runs are pinned already. Delete one first.")


@dataclass(frozen=True, slots=True)
class PinnedRun:
    """A run kept for comparison, and its display options. A value."""

    name: str
    record: Record
    step: int
    """The step that was displayed last."""
    style: int
    """Index of its colour and line style, unique among the pinned runs."""
    is_shown: bool = True
    """Whether its curve is drawn."""


@dataclass(frozen=True, slots=True)
class Project:
    """The current run and the pinned runs. A value: each change returns a new one."""

    record: Record
    step: int = field(compare=False)
    """The displayed step of the current run; not part of comparisons."""
    beside: Record | None = None
    """The second of two runs side by side."""
    pinned: tuple[PinnedRun, ...] = ()

    def compact(self) -> "Project":
        """Return the same project with fewer checkpoints in the current runs."""
        beside = None if self.beside is None else self.beside.compact()
        return replace(self, record=self.record.compact(), beside=beside)

    def pinning(self, record: Record, step: int, name: str = "") -> "Project":
        """Return the project with one more pinned run. Raises TooManyRunsError."""
        if len(self.pinned) >= MOST_PINNED:
            raise TooManyRunsError
        taken = {run.style for run in self.pinned}
        style = next(s for s in range(MOST_PINNED) if s not in taken)
        names = {run.name for run in self.pinned}
        unused = next(n for i in range(1, MOST_PINNED + 2) if (n := f"Run {i}") not in names)
        run = PinnedRun(cleaned_name(name) or unused, record, step, style)
        return replace(self, pinned=(*self.pinned, run))

    def changing(self, style: int, **values: str | bool) -> "Project":
        """Return the project with another name or visibility of one pinned run.

        An empty name leaves the old one.
        """
        if "name" in values:
            values["name"] = cleaned_name(str(values["name"])) or self.pinned_as(style).name
        pinned = (replace(r, **values) if r.style == style else r for r in self.pinned)  # type: ignore[arg-type]
        return replace(self, pinned=tuple(pinned))

    def without(self, style: int) -> "Project":
        """Return the project without one pinned run."""
        return replace(self, pinned=tuple(run for run in self.pinned if run.style != style))

    def pinned_as(self, style: int) -> PinnedRun:
        """Return the pinned run with a style."""
        return next(run for run in self.pinned if run.style == style)


def differing(configs: Iterable[RunConfig]) -> tuple[str, ...]:
    """Return the names of the settings that differ, in the order of SETTINGS."""
    known = list(configs)
    return tuple(name for name in SETTINGS if len({getattr(c, name) for c in known}) > 1)
