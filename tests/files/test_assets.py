"""Shipped files can be read, and presets do what their descriptions say."""

from functools import cache

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.analysis.symmetry import equal_units, spread
from xorviz.core.config import ROWS, RunConfig
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import flat
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
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


def output(snapshot: Snapshot, inputs: tuple[int, int]) -> float:
    return float(snapshot.outputs[ROWS.index(inputs)])


def test_presets_are_distinct_and_explained() -> None:
    presets = assets.presets()
    assert len({p.name for p in presets}) == len({p.config for p in presets}) == len(presets)
    for p in presets:
        assert p.why.endswith(".")
        assert SLOWEST <= p.speed <= FASTEST


def test_the_first_preset_is_the_default_run() -> None:
    assert assets.presets()[0].config == RunConfig()


FIRST_RIGHT: list[tuple[str, int]] = [
    ("28 lines, 3 units", 22_773),
    ("28 lines, 5 units", 15_886),
    ("2 units with biases", 375),
    ("Equal but for a millionth", 1082),
]


def test_all_rows_are_correct_from_the_stated_step() -> None:
    for name, step in FIRST_RIGHT:
        told = f"from step {step:,}".replace(",", " ")
        assert told in preset(name).why
        assert at(name, step - 1).right_since is None
        assert at(name, ARTICLE).right_since == step


def test_the_trapped_preset_stays_with_two_equal_outputs_that_alternate() -> None:
    name = "28 lines at rate 5, trapped"
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
    name = "2 units without biases, stuck"
    assert "two thirds" in preset(name).why
    late = at(name, ARTICLE)
    assert late.right_since is None
    assert output(late, (0, 0)) < 0.01
    others = [output(late, row) for row in ROWS if row != (0, 0)]
    np.testing.assert_allclose(others, 2 / 3, atol=0.002)
    first = min(ROWS)
    assert abs(output(late, first) - late.config.targets[ROWS.index(first)]) < 0.1


def test_the_preset_with_biases_starts_like_the_stuck_one() -> None:
    without, with_biases = (
        preset(name).config for name in ("2 units without biases", "2 units with biases")
    )
    assert with_biases.to_dict() == without.to_dict() | {"biases": True}
    before, after = (Trainer(config).snapshot().weights for config in (without, with_biases))
    np.testing.assert_array_equal(before.w1, after.w1)
    np.testing.assert_array_equal(before.w2, after.w2)


def test_from_all_zero_nothing_moves_at_any_rate() -> None:
    for rate in [0.01, 1, 1000]:
        settings = preset("All zero").config.to_dict() | {"rate": rate}
        trainer = Trainer(RunConfig.from_dict(settings))
        trainer.advance(1000)
        seen = trainer.snapshot()
        assert not flat(seen.weights).any()
        assert not flat(seen.gradient).any()
        np.testing.assert_array_equal(seen.outputs, np.full(4, 0.5))
        assert seen.errors.sum() == 0


def test_from_all_equal_the_units_stay_equal_and_do_not_learn() -> None:
    assert "between 0.53 and 0.58" in preset("All equal").why
    assert set(flat(at("All equal", 0).weights)) == {1.0}
    for step in (1, 1000, 20_000, ARTICLE):
        seen = at("All equal", step)
        assert equal_units(seen.weights) == [(0, 1, 2)]
        assert len(set(seen.weights.w2[:, 0])) == 1
    for step in (20_000, ARTICLE):
        outputs = at("All equal", step).outputs
        assert (outputs > 0.53).all()
        assert (outputs < 0.58).all()
    assert at("All equal", ARTICLE).right_since is None


def test_a_millionth_grows_as_described() -> None:
    name = "Equal but for a millionth"
    assert np.ptp(flat(at(name, 0).weights)) < 2e-6

    def apart(step: int) -> float:
        seen = at(name, step)
        return float(spread(flat(seen.weights)[np.newaxis], seen.config)[0, 0])

    for step in (200, 350, 500):
        assert apart(step + 150) / apart(step) == pytest.approx(10, rel=0.12)
    assert apart(800) == pytest.approx(0.1, rel=0.1)


def test_the_fast_preset_learns_when_described() -> None:
    assert "Learned in 17 steps" in preset("A fast one").why
    assert at("A fast one", 16).learned_since is None
    assert at("A fast one", 1000).learned_since == 17


@pytest.mark.parametrize("seed", some(range(20)))
def test_the_fast_preset_learns_from_other_seeds(seed: int) -> None:
    trainer = Trainer(RunConfig.from_dict(preset("A fast one").config.to_dict() | {"seed": seed}))
    trainer.advance(200)
    assert trainer.snapshot().learned_since is not None
