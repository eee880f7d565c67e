"""How often networks without a fault are in a state: the table is measured again."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.support.cases import some
from xorviz import train_many
from xorviz.core.diagnosis.diagnosis import diagnose_rows
from xorviz.core.diagnosis.how_often import (
    AFTER,
    RECIPES,
    SEEDS,
    Frequency,
    leave,
    need_biases,
    recipes,
)
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.settings import RunConfig

XOR = RunConfig().targets


def counted(recipe: Frequency, steps: int) -> Counter[str]:
    """Return the networks in each state of their outputs alone after so many steps."""
    config = replace(RunConfig(width=2, biases=True, rate=0.5), **recipe.settings)
    found = train_many([replace(config, seed=seed) for seed in range(SEEDS)], steps)
    return Counter(diagnose_rows(given, XOR).state for given in found.outputs)


@pytest.mark.parametrize("recipe", some(RECIPES, 1))
def test_the_first_columns_are_those_of_500_seeds(recipe: Frequency) -> None:
    for place in (0, 1):
        found = counted(recipe, AFTER[place])
        assert {state: recipe.of(state)[place] for state in found} == found


@pytest.mark.thorough
@pytest.mark.parametrize("recipe", RECIPES)
def test_each_column_is_that_of_500_seeds(recipe: Frequency) -> None:
    for place, steps in enumerate(AFTER):
        found = counted(recipe, steps)
        assert {state: recipe.of(state)[place] for state in found} == found
        assert sum(counts[place] for counts in recipe.counts.values()) == SEEDS


def test_rows_have_networks_in_the_state_and_are_of_xor() -> None:
    for state in ("learned", *NAMES):
        assert all(any(recipe.of(state)) for recipe in recipes(state, XOR))
        assert not recipes(state, (0, 0, 0, 1))
    assert not recipes("dead units", XOR)
    left = [state for state in NAMES if leave(state, XOR)]
    assert left == ["no row learned", "one row learned"]
    assert leave("no row learned", XOR, init_range=0.1)
    assert all(need_biases(state, XOR) for state in NAMES)
    assert not need_biases("learned", XOR)
