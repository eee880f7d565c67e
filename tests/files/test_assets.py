"""Shipped files can be read, and presets do what their descriptions say."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.lab.results.test_findings import PUBLISHED
from tests.support.cases import some
from tests.support.lab import outcomes
from xorviz.core import numerals
from xorviz.core.analysis.jumps import look_of
from xorviz.core.analysis.symmetry import difference, equal_units
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import flat
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR, Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.engine.pace import FASTEST, SLOWEST
from xorviz.files import assets

ARTICLE = 60_000
"""Steps that the 28 lines train."""


def preset(start: str) -> assets.Preset:
    """Return the preset whose name starts with a text."""
    (found,) = (p for p in assets.presets() if p.name.startswith(start))
    return found


@cache
def at(name: str, step: int) -> Snapshot:
    kernels.prepare(NUMBA)
    trainer = Trainer(preset(name).config, kernel=NUMBA)
    trainer.advance(step)
    return trainer.snapshot()


def test_presets_are_distinct_and_explained_and_the_first_is_the_default_run() -> None:
    presets = assets.presets()
    assert len({p.name for p in presets}) == len({p.config for p in presets}) == len(presets)
    for p in presets:
        assert p.why.endswith(".")
        assert SLOWEST <= p.speed <= FASTEST
    assert presets[0].config == RunConfig()


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("Original 28-line program", 22_773),
        ("Original program with 5 units", 15_886),
        ("2 units with biases", 375),
        ("Almost equal weights", 1082),
    ],
)
def test_all_rows_are_correct_from_the_stated_step(name: str, step: int) -> None:
    assert f"from step {numerals.whole(step)}" in preset(name).why
    assert at(name, step - 1).right_since is None
    assert at(name, ARTICLE).right_since == step


def test_presets_that_do_not_learn_end_as_described() -> None:
    trapped, stuck, equal = "Rate too high", "2 units without biases", "All weights equal"
    for name, words in ((trapped, "0.7"), (stuck, "⅔"), (equal, "between 0.53 and 0.58")):
        assert words in preset(name).why
        assert at(name, ARTICLE).right_since is None
    assert preset(trapped).config.rate == 500 * RunConfig().rate
    assert sorted(at(trapped, ARTICLE).outputs)[1:3] == pytest.approx([0.7, 0.7], abs=0.005)
    answers = [at(trapped, step).outputs[ROWS.index((0, 1))] for step in range(40_000, 40_004)]
    assert answers == pytest.approx([0.7, 0.3, 0.7, 0.3], abs=0.005)  # it alternates
    others = sorted(at(stuck, ARTICLE).outputs)
    assert others == pytest.approx([0, 2 / 3, 2 / 3, 2 / 3], abs=0.01)
    assert set(flat(at(equal, 0).weights)) == {1.0}
    for step in (1, 20_000, ARTICLE):
        seen = at(equal, step)
        assert equal_units(seen.weights) == [(0, 1, 2)]
        assert len(set(seen.weights.w2[:, 0])) == 1
        assert step == 1 or ((seen.outputs > 0.53) & (seen.outputs < 0.58)).all()


def test_a_millionth_grows_and_the_fast_preset_learns_as_described() -> None:
    name = "Almost equal weights"
    seen = [at(name, step) for step in (0, 200, 350, 500, 650, 800)]
    assert np.ptp(flat(seen[0].weights)) < 2e-6
    pairs = (0, 1), (0, 2), (1, 2)
    apart = [max(difference(s.weights, *pair) for pair in pairs) for s in seen[1:]]
    assert np.divide(apart[1:4], apart[:3]) == pytest.approx([10] * 3, rel=0.12)
    assert apart[4] == pytest.approx(0.1, rel=0.1)
    assert "from step 17" in preset("Fast").why
    assert at("Fast", 16).learned_since is None
    assert at("Fast", 1000).learned_since == 17


def test_the_first_launch_opens_a_run_that_learns_in_five_seconds() -> None:
    opened = assets.quick_start()
    assert assets.presets()[1] == opened
    config, speed = opened.config, opened.speed
    assert config.biases
    assert 2 <= 253 / speed <= 3
    assert 4 <= 612 / speed <= 5
    seen = at(opened.name, 700)
    assert (seen.right_since, seen.learned_since) == (253, 612)
    found = outcomes([replace(config, seed=seed) for seed in range(500)], 3000)
    learned = found.error < LEARNED_ERROR
    assert learned.sum() == 499
    assert np.median(found.first_right[learned]) == 264
    for words in (
        f"at {speed} steps/s",
        "after 2 seconds (step 253), and learned after 5 (step 612)",
        "Of 500 seeds, 499 learn within 3\u202f000 steps; half of those",
        "by step 264",
    ):
        assert words in opened.why
    for step in range(0, 700, 50):
        surface = look_of(at(opened.name, step).weights, config)
        assert 0.25 < (surface > 0.5).mean() < 0.75  # its decision boundary is always in sight


SHARES: list[tuple[str, int, int, str]] = [
    ("Fast", 500, 200, "all learn"),
    ("2 units with biases", 500, 20_000, "84.4 %"),
    ("Original program with 5 units", 1000, ARTICLE, "99.4 %"),
]


def test_published_shares_are_stated() -> None:
    """Those that are trained where the published table is tested."""
    for name in ("2 units without biases", "Original 28-line program"):
        config, why = preset(name).config, preset(name).why
        (row,) = (row for row in PUBLISHED if replace(row[0], seed=config.seed) == config)
        _, seeds, _, right, _ = row
        assert f" seeds, {100 * right / seeds:.1f} %" in why


@pytest.mark.parametrize(("name", "seeds", "steps", "told"), some(SHARES, 1))
def test_as_many_seeds_learn_as_stated(name: str, seeds: int, steps: int, told: str) -> None:
    config, why = preset(name).config, preset(name).why
    found = outcomes([replace(config, seed=seed) for seed in range(seeds)], steps)
    share = f"{100 * (found.error < RIGHT_ERROR).mean():.1f} %"
    assert share == ("100.0 %" if told == "all learn" else told)
    assert f"Of {numerals.whole(seeds)} seeds, {told}" in why
    assert f"{numerals.whole(steps)} steps" in why
    if told == "all learn":
        assert (found.first_learned > 0).all()
