"""What was seen of a run, or of many networks in the lab."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.diagnosis import stuck_states
from xorviz.core.network import head_of
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.core.settings import RunConfig
from xorviz.lab.results.success import Proportion


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run as far as it was trained. A value."""

    record: Record
    has_ended: bool = False
    """Whether no further step can be taken."""
    limit: int | None = field(default=None, compare=False)
    """A step after which nothing counts, if it was trained further."""

    @property
    def recipe(self) -> RunConfig:
        """The settings at step 0."""
        return self.record.config

    @property
    def recipe_now(self) -> RunConfig:
        """The settings at the newest step."""
        return self.record.config_at(self.newest)

    @property
    def newest(self) -> int:
        """The last step taken."""
        newest = self.record.newest
        return newest if self.limit is None else min(newest, self.limit)

    @property
    def correct_since(self) -> int | None:
        """The step since which all four rows have been correct without a break."""
        since = self.record.right.since
        return None if since is None or since > self.newest else since

    @property
    def most_rows(self) -> int:
        """The most rows that were correct at a recorded step."""
        return int(self._right_rows.max(initial=0))

    @property
    def rows(self) -> int:
        """How many rows are correct at the newest step."""
        return int(self._right_rows[-1:].sum())

    @property
    def state(self) -> str | None:
        """The stuck state nearest to the newest outputs, by its name."""
        last = self._shares[-1:].tolist()
        found = stuck_states.nearest(last[0], self.recipe.targets) if last else None
        return None if found is None else found.name

    @property
    def _shares(self) -> Array:
        """(T, 4) the outputs on the scale on which the targets are 0 and 1."""
        outputs = self.record.trace.up_to(self.newest).outputs
        return head_of(self.recipe).coding.share(outputs)

    @property
    def _right_rows(self) -> Steps:
        errors = np.abs(self._shares - np.array(self.recipe.targets))
        return np.asarray((errors < RIGHT_ERROR).sum(axis=1))


@dataclass(frozen=True, slots=True)
class LabSeen:
    """The networks of one recipe, all trained to the end. A value."""

    recipe: RunConfig
    """Of which the seed does not count."""
    seeds: tuple[int, ...]
    steps: int
    right: Proportion
    """Those with all four rows correct at the last step."""


Evidence: TypeAlias = RunSeen | LabSeen
