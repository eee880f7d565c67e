"""Shipped files can be read, and presets do what their descriptions say."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core import numerals
from xorviz.core.analysis.jumps import look_of
from xorviz.core.analysis.symmetry import equal_units, spread
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import flat
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR, Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.engine.pace import FASTEST, SLOWEST
from xorviz.files import assets
from xorviz.lab.results.findings import train_many

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


def output(snapshot: Snapshot, inputs: tuple[int, int]) -> float:
    return float(snapshot.outputs[ROWS.index(inputs)])


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


def test_the_trapped_preset_stays_with_two_equal_outputs_that_alternate() -> None:
    name = "Rate too high"
    config = preset(name).config
    assert (config.seed, config.rate) == (RunConfig().seed, 500 * RunConfig().rate)
    assert "0.7" in preset(name).why
    late = at(name, ARTICLE)
    assert late.right_since is None
    alike = {row: output(late, row) for row in ROWS if 0.6 < output(late, row) < 0.8}
    assert len(alike) == 2
    assert list(alike.values()) == pytest.approx([0.7, 0.7], abs=0.005)
    assert late.loss == pytest.approx(at(name, ARTICLE // 2).loss, rel=1e-3)
    answers = [output(at(name, step), (0, 1)) for step in range(40_000, 40_004)]
    assert answers == pytest.approx([0.7, 0.3, 0.7, 0.3], abs=0.005)
    assert "0.3" in preset(name).why


def test_the_stuck_preset_has_three_rows_at_two_thirds() -> None:
    name = "2 units without biases"
    assert "two thirds" in preset(name).why
    late = at(name, ARTICLE)
    assert late.right_since is None
    assert output(late, (0, 0)) < 0.01
    others = [output(late, row) for row in ROWS if row != (0, 0)]
    np.testing.assert_allclose(others, 2 / 3, atol=0.002)
    first = min(ROWS)
    assert abs(output(late, first) - late.config.targets[ROWS.index(first)]) < 0.1


def test_from_all_equal_the_units_stay_equal_and_do_not_learn() -> None:
    assert "between 0.53 and 0.58" in preset("All weights equal").why
    assert set(flat(at("All weights equal", 0).weights)) == {1.0}
    for step in (1, 20_000, ARTICLE):
        seen = at("All weights equal", step)
        assert equal_units(seen.weights) == [(0, 1, 2)]
        assert len(set(seen.weights.w2[:, 0])) == 1
        assert step == 1 or ((seen.outputs > 0.53) & (seen.outputs < 0.58)).all()
    assert seen.right_since is None


def test_a_millionth_grows_as_described() -> None:
    name = "Almost equal weights"
    assert np.ptp(flat(at(name, 0).weights)) < 2e-6

    def apart(step: int) -> float:
        seen = at(name, step)
        return float(spread(flat(seen.weights)[np.newaxis], seen.config)[0, 0])

    for step in (200, 350, 500):
        assert apart(step + 150) / apart(step) == pytest.approx(10, rel=0.12)
    assert apart(800) == pytest.approx(0.1, rel=0.1)


def test_the_fast_preset_learns_when_described() -> None:
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
    assert f"at {speed} steps/s" in opened.why
    assert "after 2 seconds (step 253), and learned after 5 (step 612)" in opened.why
    for step in range(0, 700, 10):
        surface = look_of(at(opened.name, step).weights, config.activation)
        assert 0.25 < (surface > 0.5).mean() < 0.75  # its decision boundary is always in sight


def test_most_seeds_of_the_first_launch_learn() -> None:
    why, config = assets.quick_start().why, assets.quick_start().config
    found = train_many([replace(config, seed=seed) for seed in range(500)], 3000)
    learned = found.error < LEARNED_ERROR
    assert learned.sum() == 499
    assert np.median(found.first_right[learned]) == 264
    assert "Of 500 seeds, 499 learn within 3\u202f000 steps; half of those" in why
    assert "by step 264" in why


SHARES: list[tuple[str, int, int, str]] = [
    ("Fast", 500, 200, "all learn"),
    ("2 units without biases", 500, 20_000, "25.2 %"),
    ("2 units with biases", 500, 20_000, "84.4 %"),
    ("Original 28-line program", 1000, ARTICLE, "59.8 %"),
    ("Original program with 5 units", 1000, ARTICLE, "99.4 %"),
]


@pytest.mark.parametrize(("name", "seeds", "steps", "told"), some(SHARES, 1))
def test_as_many_seeds_learn_as_stated(name: str, seeds: int, steps: int, told: str) -> None:
    config, why = preset(name).config, preset(name).why
    found = train_many([replace(config, seed=seed) for seed in range(seeds)], steps)
    share = f"{100 * (found.error < RIGHT_ERROR).mean():.1f} %"
    assert share == ("100.0 %" if told == "all learn" else told)
    assert f"Of {numerals.whole(seeds)} seeds, {told}" in why
    assert f"{numerals.whole(steps)} steps" in why
    if told == "all learn":
        assert (found.first_learned > 0).all()
