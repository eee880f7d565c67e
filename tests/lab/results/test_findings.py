"""Outcomes of networks trained together, and published tables reproduced."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.snapshots import trained
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.network import flat, initial_weights
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import ACTIVATION_NAMES, INIT_NAMES, LOSS_NAMES, RunConfig
from xorviz.lab.results.findings import COLUMNS, Findings, findings_of, train_many
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced

LEARNED = StopRules(at_step=None, when_learned=True)
QUICK = RunConfig(width=5, rate=1, biases=True, momentum=0.5)
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
    result = train_many(configs, 120)
    assert result.configs == tuple(configs)
    assert len(result) == len(MIXED)
    assert result.seed.tolist() == [config.seed for config in configs]
    assert result.seed.dtype == np.int64
    assert result.outputs.shape == (len(MIXED), 4)
    assert (result.steps == 120).all()
    known = train_many(MIXED, 120)
    assert_same(result, known, order)
    assert result.states == tuple(known.states[i] for i in order)
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
        assert result.right[i] == seen.right.all()
        assert result.learned[i] == (np.abs(seen.errors) < 0.1).all()
        assert result.states[i] == diagnose_seen(seen).state


def test_zero_steps_leave_the_initial_weights() -> None:
    result = train_many(MIXED, 0)
    for i, config in enumerate(MIXED):
        np.testing.assert_array_equal(flat(result.weights(i)), flat(initial_weights(config)))
    assert (result.first_right == -1).all()
    assert (result.steps == 0).all()


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


@pytest.mark.parametrize(("steps", "kinds"), some([(20, 7), (0, 1), (1, 5), (600, 9)], 1))
def test_states_are_named_as_in_the_window(steps: int, kinds: int) -> None:
    random = np.random.default_rng(1)
    configs = [any_network(random) for _ in range(300)]
    wanted = [diagnose_seen(trained(config, steps)).state for config in configs]
    assert list(train_many(configs, steps).states) == wanted
    assert len(set(wanted)) >= kinds


@pytest.mark.thorough
def test_stopped_networks_keep_the_states_in_which_they_stopped() -> None:
    rules = StopRules(at_step=None, at_loss=0.6)
    configs = seeded(RunConfig(width=2, rate=2, biases=True), 100)
    result = train_many(configs, 600, rules)
    assert 0.25 < np.mean(result.steps < 600) < 1
    wanted = [diagnose_seen(trained(config, 600, rules)).state for config in configs]
    assert list(result.states) == wanted
    assert len(set(wanted)) > 2


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


@pytest.mark.parametrize(("width", "biases"), some(product([3, 16, 64], (False, True)), 2))
def test_findings_do_not_depend_on_the_other_networks(width: int, biases: bool) -> None:
    configs = seeded(RunConfig(width=width, biases=biases, rate=1 / width), 12)
    configs[5:8] = [replace(config, targets=(0, 1, 1, 1)) for config in configs[5:8]]
    cohort = advanced(Cohort.drawn(configs), 40)
    whole = findings_of(cohort)
    targets = np.array([config.targets for config in configs])
    np.testing.assert_array_equal(whole.error, np.abs(whole.outputs - targets).max(axis=1))
    for places in ([4], [6, 1], [11, 5, 2, 7, 0]):
        assert_same(findings_of(cohort.picked(np.array(places))), whole, places)


@dataclass(frozen=True)
class Row:
    """A line of a published table, in numbers of networks."""

    config: RunConfig
    right: int
    median: float | None = None
    """Of the first correct step, among networks correct at the end."""
    low_loss: int | None = None
    """Networks with a loss below 0.1."""


def slow(row: Row) -> Any:
    """Mark a line that takes long."""
    return pytest.param(row, marks=pytest.mark.perf)


def named(row: Row) -> str:
    config = row.config
    return f"width {config.width}, biases {config.biases}, rate {config.rate}"


def of_width(width: int, biases: bool, right: int, median: float | None) -> Row:
    return Row(RunConfig(width=width, biases=biases, rate=0.5), right, median)


WIDTHS = [
    of_width(1, False, 0, None),
    of_width(2, False, 126, 594),
    of_width(3, False, 425, 660),
    slow(of_width(4, False, 499, 369)),
    slow(of_width(5, False, 500, 302)),
    slow(of_width(8, False, 500, 214)),
    slow(of_width(1, True, 0, None)),
    of_width(2, True, 422, 460),
    of_width(3, True, 494, 339),
    slow(of_width(4, True, 499, 264)),
    slow(of_width(5, True, 500, 235.5)),
    slow(of_width(8, True, 500, 167)),
]
"""Of 500 after 20,000 steps at a rate of 0.5: 25.2 %, 85.0 %, 84.4 %, 98.8 % and so on."""


@pytest.mark.parametrize("row", WIDTHS, ids=named)
@pytest.mark.thorough
def test_success_by_width_and_biases_is_as_published(row: Row) -> None:
    result = train_many(seeded(row.config, 500), 20_000)
    assert result.right.sum() == row.right
    if row.median is not None:
        assert np.median(result.first_right[result.right]) == row.median


SMALL_RATES: list[Any] = [Row(RunConfig(rate=0.01), 98), Row(RunConfig(rate=1), 489)]
SMALL_RATES += [slow(Row(RunConfig(rate=0.1), 393))]


@pytest.mark.parametrize("row", SMALL_RATES, ids=named)
@pytest.mark.thorough
def test_success_at_small_rates_is_as_published(row: Row) -> None:
    assert train_many(seeded(row.config, 500), 20_000).right.sum() == row.right


LARGE_RATES: list[Any] = [Row(RunConfig(rate=10), 24)]
LARGE_RATES += [
    slow(Row(RunConfig(rate=rate), right)) for rate, right in ((2, 419), (5, 337), (20, 2))
]
"""At these rates the last bits decide the outcome, and they depend on the program."""


@pytest.mark.parametrize("row", LARGE_RATES, ids=named)
@pytest.mark.thorough
def test_success_at_large_rates_is_within_the_published_standard_error(row: Row) -> None:
    share = row.right / 500
    error = sqrt(share * (1 - share) / 500)
    found = train_many(seeded(row.config, 500), 20_000).right.mean()
    assert found == pytest.approx(share, abs=error)


SEED_1234 = [
    slow(Row(RunConfig(width=2), 207, low_loss=0)),
    Row(RunConfig(width=3), 598, low_loss=454),
    slow(Row(RunConfig(width=4), 968, low_loss=940)),
    slow(Row(RunConfig(width=5), 994, low_loss=991)),
]
"""Of 1,000 after 60,000 steps of the default recipe: 59.8 % right, 45.4 % with a low loss."""


@pytest.mark.parametrize("row", SEED_1234, ids=named)
@pytest.mark.thorough
def test_success_of_the_default_recipe_is_as_published(row: Row) -> None:
    result = train_many(seeded(row.config, 1000), 60_000)
    assert result.right.sum() == row.right
    assert (result.loss < 0.1).sum() == row.low_loss


@pytest.mark.perf
@pytest.mark.parametrize(
    ("config", "early", "late"),
    [
        (RunConfig(width=3, rate=0.5), 425, 492),
        (RunConfig(width=2, rate=0.5, biases=True), 422, 423),
    ],
    ids=["plateaus", "traps"],
)
def test_most_failures_without_biases_were_plateaus(
    config: RunConfig, early: int, late: int
) -> None:
    start = Cohort.drawn(seeded(config, 500))
    rights = []
    for steps in (20_000, 80_000):
        start = advanced(start, steps)
        errors = np.abs(findings_of(start).outputs - config.targets).max(axis=1)
        rights.append(int((errors < RIGHT_ERROR).sum()))
    assert rights == [early, late]


@pytest.mark.thorough
def test_the_28_lines_match_their_published_table() -> None:
    configs: Sequence[RunConfig] = [RunConfig(rate=rate) for rate in (0.01, 0.1, 1)]
    result = train_many(configs, 60_000)
    losses = [0.02841901371687946, 0.001551, 0.000144]
    assert result.loss[0] == pytest.approx(losses[0], rel=1e-9)
    assert np.round(result.loss[1:], 6).tolist() == losses[1:]
    published = [0.92166771, 0.11738477, 0.92157444, 0.04851096]
    np.testing.assert_allclose(result.outputs[0], published, atol=5e-9)
    assert Counter(result.states) == {"learned": 2, "learning": 1}
