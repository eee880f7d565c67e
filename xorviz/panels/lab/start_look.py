"""What a map over two initial weights shows of each start: its outcome, and how soon it came."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Mask
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import Cell
from xorviz.lab.results.start_map import StartMap, known_places, places
from xorviz.panels.base.export import Cells
from xorviz.panels.lab.outcomes import (
    OUTCOMES,
    RIGHT,
    codes_of,
    outcome_of,
    outcomes_text,
    story_of,
)
from xorviz.ui.theme.palette import LEVELS

_FASTEST = 40
"""The strongest colour stands for this fraction of the plan's steps, or less."""


@dataclass(frozen=True, slots=True)
class StartCells:
    """The cells of a map of starts. A value: its arrays are never written to."""

    map_plan: StartMap
    snapshot: LabSnapshot

    @property
    def is_final(self) -> Mask:
        """(1, R, C) all: a cell without a result of its own shows its neighbour's."""
        return np.ones(self.map_plan.shape, dtype=bool)

    @property
    def ends(self) -> tuple[int, int]:
        """First correct steps that have the palest and the strongest colour."""
        return self.map_plan.steps, max(1, self.map_plan.steps // _FASTEST)

    @property
    def levels(self) -> NDArray[np.intp]:
        """(1, R, C) indices in the colours of a picture; -1 where nothing is known."""
        most, least = self.ends
        firsts = np.clip(self.snapshot.first_right, least, most)
        shares = np.log(most / firsts) / math.log(max(most / least, 2))
        shades = np.rint(shares * (LEVELS - 1)).astype(np.intp)
        codes = self.codes
        levels = np.where(codes == OUTCOMES.index(RIGHT), shades, LEVELS + codes.astype(np.intp))
        known = known_places(self.snapshot.done)
        return np.where(known < 0, -1, levels[known])[np.newaxis]

    @property
    def codes(self) -> NDArray[np.uint8]:
        """(N,) outcomes of the networks, as indices in OUTCOMES."""
        return codes_of(self.snapshot, range(len(self.snapshot.plan)))

    @property
    def share(self) -> str:
        """How many of the starts that are done are correct; empty if none is."""
        done = int(self.snapshot.done.sum())
        return f"{100 * self.snapshot.right.sum() / done:.0f} % correct" if done else ""

    @property
    def more(self) -> str:
        """How often each outcome occurs."""
        done = self.snapshot.done
        return f"Starts: {outcomes_text(self.codes[done])}." if done.any() else ""

    def words(self, cell: Cell) -> str:
        """Return a description of a cell."""
        place, name = self.map_plan.place(cell), self.map_plan.name(cell)
        if not self.snapshot.done[place]:
            return f"{name}: not trained yet"
        outcome, story = outcome_of(self.snapshot, place), story_of(self.snapshot, place)
        return f"{', '.join([outcome, *story])}; {name}"

    def table(self) -> Cells:
        """Return a row for each start that is done."""
        found, codes = self.snapshot, self.codes.tolist()
        across, up = self.map_plan.across_values, self.map_plan.up_values
        marks = np.stack((found.first_right, found.first_learned), axis=1).tolist()
        rows: list[Sequence[str | float | None]] = []
        for (row, column), place in np.ndenumerate(places()):
            if found.done[place]:
                start, end = (across[column], up[row]), float(found.loss[place])
                firsts = (mark if mark > 0 else None for mark in marks[place])
                rows.append((*start, int(found.steps[place]), OUTCOMES[codes[place]], *firsts, end))
        header = ("steps", "outcome", "first_right", "first_learned", "final_loss")
        return (*self.map_plan.names, *header), rows
