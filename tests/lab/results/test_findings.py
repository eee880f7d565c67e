"""Outcomes of networks trained together, and published tables reproduced."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.lab import outcomes
from tests.support.snapshots import QUICK, trained
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.network import flat, initial_weights
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import ACTIVATION_NAMES, INIT_NAMES, LOSS_NAMES, RunConfig
from xorviz.lab.results.findings import COLUMNS, Findings, train_many

LEARNED = StopRules(at_step=None, when_learned=True)
MIXED = [
    *(replace(QUICK, seed=seed) for seed in range(6)),
    *(RunConfig(width=2, rate=0.5, seed=seed) for seed in range(4)),
    *(replace(QUICK, seed=seed, targets=(0, 0, 0, 1), rate=0.3) for seed in range(3)),
    *(RunConfig(activation="relu", loss="mse", rate=0.2, seed=seed) for seed in range(4)),
]
"""Networks of three shapes."""


def seeded(config: RunConfig, count: int) -> list[RunConfig]:
    return [replace(config, seed=seed) for seed in range(count)]


def assert_same(one: Findings, other: Findings, places: Sequence[int]) -> None:
    """Check that the networks of one are those at some places of the other."""
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name)[places])


def test_results_are_in_the_order_of_the_settings() -> None:
    order = np.random.default_rng(5).permutation(len(MIXED)).tolist()
    configs = [MIXED[i] for i in order]
    result, known = train_many(configs, 120), train_many(MIXED, 120)
    assert (result.configs, len(result)) == (tuple(configs), len(MIXED))
    assert result.seed.tolist() == [config.seed for config in configs]
    assert result.seed.dtype == np.int64
    assert (result.steps == 120).all()
    assert_same(result, known, order)
    for mine, i in zip(result.parameters, order, strict=True):
        np.testing.assert_array_equal(mine, known.parameters[i])


def test_findings_match_those_of_each_trainer() -> None:
    result = train_many(MIXED, 200, LEARNED)
    assert 3 < (result.steps < 200).sum() < len(MIXED)
    for i, config in enumerate(MIXED):
        seen = trained(config, 200, LEARNED)
        assert result.steps[i] == seen.step
        assert result.loss[i] == pytest.approx(seen.loss, rel=1e-9)
        np.testing.assert_allclose(result.outputs[i], seen.outputs, rtol=1e-9)
        np.testing.assert_allclose(flat(result.weights(i)), flat(seen.weights), rtol=1e-9)
        norm = np.linalg.norm(flat(seen.gradient))
        assert result.gradient_norm[i] == pytest.approx(norm, rel=1e-7)
        assert result.error[i] == pytest.approx(np.abs(seen.errors).max(), rel=1e-7)
        assert result.right[i] == seen.right.all()
        assert result.learned[i] == (np.abs(seen.errors) < 0.1).all()
        assert result.states[i] == diagnose_seen(seen).state


def any_network(random: np.random.Generator) -> RunConfig:
    """Return a network with a rate at which rounding does not decide its outcome."""
    momentum = float(random.choice([0, 0.9]))
    return RunConfig(
        width=int(random.integers(1, 6)),
        seed=int(random.integers(10**6)),
        rate=float(10 ** random.uniform(-3, 0.3)) * (1 - momentum),
        momentum=momentum,
        biases=bool(random.integers(2)),
        activation=str(random.choice(ACTIVATION_NAMES)),
        loss=str(random.choice(LOSS_NAMES)),
        init=str(random.choice(INIT_NAMES)),
        init_range=float(random.choice([0.5, 1, 8])),
        targets=tuple(random.integers(0, 2, 4).tolist()) if random.integers(2) else (1, 0, 1, 0),
    )


@pytest.mark.parametrize(
    ("steps", "rules", "kinds"),
    some([(20, LEARNED, 6), (0, LEARNED, 1), (600, StopRules(None, at_loss=0.6), 5)], 1),
)
def test_states_are_named_as_in_the_window(steps: int, rules: StopRules, kinds: int) -> None:
    random = np.random.default_rng(1)
    configs = [any_network(random) for _ in range(80)]
    wanted = [diagnose_seen(trained(config, steps, rules)).state for config in configs]
    assert list(train_many(configs, steps, rules).states) == wanted
    assert len(set(wanted)) >= kinds


def test_a_diverged_network_is_called_diverging(monkeypatch: pytest.MonkeyPatch) -> None:
    config = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy")
    start = initial_weights(config)
    for array in start.arrays():
        np.multiply(array, 1e152, out=array)
    rows = flat(start)[np.newaxis]
    monkeypatch.setattr("xorviz.lab.training.cohort.initial_parameters", lambda *_: rows)
    result = train_many([config], 100)
    assert result.states == ("diverging",)
    assert (result.diverged_at[0], result.steps[0]) == (1, 0)
    assert np.isfinite(flat(result.weights(0))).all()


PUBLISHED: list[tuple[RunConfig, int, int, int, float | None]] = [
    (RunConfig(width=2, rate=0.5), 500, 20_000, 126, 594),
    (RunConfig(width=3, rate=0.5), 500, 20_000, 425, 660),
    (RunConfig(width=3, rate=0.5, biases=True), 500, 20_000, 494, 339),
    (RunConfig(rate=1), 500, 20_000, 489, None),
    (RunConfig(), 1000, 60_000, 598, None),
]
"""Seeds, steps, networks that are right at the end, and the median of their first correct steps."""


@pytest.mark.thorough
@pytest.mark.parametrize(("config", "seeds", "steps", "right", "median"), PUBLISHED)
def test_success_is_as_published(
    config: RunConfig, seeds: int, steps: int, right: int, median: float | None
) -> None:
    result = outcomes(seeded(config, seeds), steps)
    assert result.right.sum() == right
    assert median is None or np.median(result.first_right[result.right]) == median
    assert config != RunConfig() or (result.loss < 0.1).sum() == 454
