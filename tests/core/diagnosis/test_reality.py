"""The states of five hundred networks, against independent definitions.

Seeds 0 to 499 at width 2 without biases, at rate 0.5 for 20,000 steps. The networks are trained by
a loop that shares no code with the package.
"""

from collections import Counter
from dataclasses import replace

import pytest

from tests.support.commands import ROOT
from xorviz.core.diagnosis.diagnosis import diagnose_rows
from xorviz.core.diagnosis.how_often import AFTER, RECIPES, Frequency, leave, need_biases, recipes
from xorviz.core.diagnosis.stuck_states import NAMES, NO_ROW, ONE_ROW
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.settings import RunConfig
from xorviz.lab.results.findings import findings_of
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced

SEEDS, STEPS, RATE = range(500), 20_000, 0.5
RIGHT_COUNTS = {(2, False): 126, (2, True): 422, (3, False): 425, (3, True): 494}
"""Published shares of 500: 25.2, 84.4, 85.0 and 98.8 %."""
SHOWN = RECIPES[:4]
"""Width 2 and 3, with biases and without, as in the table of the guide."""


def test_the_guide_shows_these_counts() -> None:
    guide = (ROOT / "resources" / "guide.md").read_text(encoding="utf-8")
    for recipe in SHOWN:
        width, biases = recipe.settings.get("width", 2), recipe.settings.get("biases", True)
        right = RIGHT_COUNTS[width, biases]
        line = f"\n| {width}, {'on' if biases else 'off'} | {right} ({right / 5:.1f} ± "
        cells = guide.partition(line)[2].partition("\n")[0].split("|")[1:-1]
        shown = [recipe.of(name)[2] for name in ("learned", *NAMES[::-1])]
        assert list(map(int, cells)) == shown


@pytest.mark.parametrize(
    ("recipe", "places"),
    [
        (RECIPES[0], 1),
        *(pytest.param(one, len(AFTER), marks=pytest.mark.thorough) for one in RECIPES),
    ],
)
def test_sound_networks_are_in_states_as_often_as_is_told(recipe: Frequency, places: int) -> None:
    config = replace(RunConfig(width=2, biases=True, rate=RATE), **recipe.settings)
    cohort = Cohort.drawn([replace(config, seed=seed) for seed in SEEDS])
    for place, steps in enumerate(AFTER[:places]):
        cohort = advanced(cohort, steps - cohort.step, kernel=NUMBA)
        outputs = findings_of(cohort).outputs
        counts = Counter(diagnose_rows(seen, config.targets).state for seen in outputs)
        assert {state: recipe.of(state)[place] for state in counts} == counts
        assert sum(count[place] for count in recipe.counts.values()) == len(SEEDS)


def test_what_the_table_tells_is_of_xor() -> None:
    targets = RunConfig().targets
    assert [name for name in NAMES if leave(name, targets)] == [NO_ROW, ONE_ROW]
    assert leave(NO_ROW, targets, init_range=0.1)
    assert all(need_biases(name, targets) for name in NAMES)
    assert not need_biases("learned", targets)
    for state, others in (("dead units", targets), (NO_ROW, (0, 0, 0, 1))):
        assert not recipes(state, others)
