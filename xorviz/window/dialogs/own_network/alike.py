"""A run that ends like the network whose outputs were pasted, found among many seeds."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from xorviz.core import numerals
from xorviz.core.network import head_of
from xorviz.core.runs.recipe_text import recipe_parts
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.files.weights.examined import Examination
from xorviz.lab.results.findings import train_many

_SEEDS, _WIDTH = 64, 2
"""Networks that are trained; of the smallest width that can learn, if it is not known."""
_STEPS, _MOST_STEPS = 20_000, 100_000
"""Steps of each network if they are not known, and the most: some seconds without Numba."""


class Alike(NamedTuple):
    """The run whose outputs are nearest, and how often such ones came, in a sentence."""

    record: Record | None
    """None if no outputs come near."""
    sentence: str


@dataclass(frozen=True, slots=True)
class AlikeQuestion:
    """Which networks with some settings end with such outputs. Any thread can answer it."""

    recipe: RunConfig
    outputs: tuple[float, ...]
    """(4,) in the order of ROWS."""
    steps: int
    is_guessed: bool
    """Whether some settings are not known."""

    def answer(self) -> Alike:
        """Return the answer, in some seconds."""
        configs = [replace(self.recipe, seed=seed) for seed in range(_SEEDS)]
        share = head_of(self.recipe).coding.share
        ends = share(train_many(configs, self.steps).outputs)
        errors = np.abs(ends - share(np.array(self.outputs))).max(axis=1)
        count = int((errors < LEARNED_ERROR).sum())
        width, rate, *_ = recipe_parts(self.recipe).values()
        biases = "with biases" if self.recipe.biases else "no biases"
        guessed = ", partly assumed" if self.is_guessed else ""
        recipe = f"{width}, {rate}, {biases}, {numerals.whole(self.steps)} steps{guessed}"
        if not count:  # first what to do: in a narrow window the end is cut
            text = f"none of {_SEEDS} correct programs ends like yours ({recipe})"
            return Alike(None, f"Check these settings, then your code: {text}.")
        nearest = configs[int(errors.argmin())]
        trainer = Trainer(nearest)
        trainer.advance(self.steps)
        text = f"{count} of {_SEEDS} correct programs end like yours, such as this one ({recipe})."
        return Alike(trainer.record(), text)


def alike_question(found: Examination) -> AlikeQuestion | None:
    """Return what to ask about outputs; None with weights, or if nothing can or need be asked."""
    known, diagnosis = found.known, found.found
    is_usual = known.is_trainable and found.case.is_signed == (known.config.coding == "plus-minus")
    if found.network is not None or diagnosis is None or found.is_done or not is_usual:
        return None
    recipe = known.recipe if "width" in known.said else replace(known.recipe, width=_WIDTH)
    steps = min(known.steps or _STEPS, _MOST_STEPS)
    return AlikeQuestion(recipe, diagnosis.evidence.outputs, steps, bool(known.unknown))
