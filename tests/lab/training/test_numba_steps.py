"""The compiled loops of the lab: the bits of the trainer's, and of the same loops uncompiled."""

from dataclasses import replace

import numpy as np
import pytest

from tests.core.kernels.test_kernel import begun
from tests.core.test_steps import RECIPES, text_of
from tests.support.bits import bits
from tests.support.cases import some
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.settings import RunConfig
from xorviz.core.steps import joined
from xorviz.lab.training import loops, numba_steps
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.numba_steps import NumbaSteps

SEEDS = range(9)
ENDING_AT_0 = RunConfig(3, 0.05, batch="pass", row_order="11,00,01,10")
"""Its last update has gradients that are 0, and might be -0."""
EVERY_RECIPE = pytest.mark.parametrize("recipe", [ENDING_AT_0, *some(RECIPES, 8)], ids=text_of)


def seeded(recipe: RunConfig) -> list[RunConfig]:
    """Return more networks than a group has, with rates and targets of their own."""
    return [
        replace(recipe, seed=seed, rate=recipe.rate * (1 + seed % 3), targets=targets)
        for seed, targets in zip(
            SEEDS, [recipe.targets, (1, 0, 1, 0), (0, 1, 1, 1)] * 3, strict=True
        )
    ]


@EVERY_RECIPE
def test_each_network_has_the_bits_of_its_own_kernel(recipe: RunConfig) -> None:
    configs = seeded(recipe)
    networks = NumbaSteps(Cohort.drawn(configs))
    for n in (5, 0, 11, 1):
        worst = networks.run(n)
    parameters, memory, losses = networks.parameters(), networks.memory(), networks.losses()
    for i, config in enumerate(configs):
        kernel = begun(NUMBA, config)
        taken = kernel.run(17, 0)
        own, *kept = kernel.state()
        assert bits(parameters[:, i].copy()) == bits(own)
        assert bits(memory[:, i].copy()) == bits(joined(tuple(kept)))
        assert worst[-1, i] == taken.worst[-1]
        assert losses[-1, i] == taken.losses[-1]


@EVERY_RECIPE
def test_the_compiler_changes_no_bit(recipe: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(*arrays: np.ndarray) -> None:
        """Train without the compiler, on flat arrays."""
        loops.train_groups(*(array.reshape(-1) for array in arrays))

    def trained() -> list[object]:
        networks = NumbaSteps(Cohort.drawn(seeded(replace(recipe, width=min(recipe.width, 9)))))
        worst = networks.run(2)
        return [bits(a.copy()) for a in (worst, networks.parameters(), networks.memory())]

    compiled = trained()
    monkeypatch.setattr(numba_steps, "fast", lambda: plain)
    assert trained() == compiled


def test_orders_go_on_where_a_start_left_off() -> None:
    recipe = RunConfig(batch="shuffled", rate=0.5)
    start = Cohort.drawn([recipe])
    whole, half = NumbaSteps(start), NumbaSteps(start)
    whole.run(20)
    half.run(7)
    later = replace(
        start, step=7, parameters=half.parameters(), memory=half.memory(), losses=start.losses
    )
    rest = NumbaSteps(later)
    rest.run(13)
    assert bits(rest.parameters()) == bits(whole.parameters())
