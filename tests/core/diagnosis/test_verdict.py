"""Verdicts on real runs: plateaus, traps, saddles and learned ones."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from tests.core.analysis.test_curvature import BIASED, after
from tests.support.cases import some
from xorviz.core.analysis.curvature import Curvature
from xorviz.core.analysis.curvature import curvature_of as curvature
from xorviz.core.diagnosis.brief import OVERSHOOTING, STUCK
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.verdict import LITTLE, MUCH, Kind, Verdict, counts, verdict
from xorviz.core.diagnosis.words import about
from xorviz.core.network import CODINGS, Weights, initial_weights, outputs, weights_of
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig

UNBIASED = RunConfig(width=3, rate=0.5)
PLATEAU = replace(UNBIASED, seed=9)


def of(weights: Weights, config: RunConfig) -> Verdict:
    return verdict(curvature(weights, config), config)


def of_run(config: RunConfig, steps: int) -> Verdict:
    return of(after(config, steps), config)


def made_up(config: RunConfig = UNBIASED, **changes: Any) -> Curvature:
    """Return a curvature with some numbers replaced."""
    along = np.full(len(changes.get("eigenvalues", ())), 0.01)
    return replace(curvature(initial_weights(config), config), along=along, **changes)


UP: dict[str, Any] = {"eigenvalues": np.linspace(0.1, 0.9, 9), "negative": 0, "positive": 9}
DOWN: dict[str, Any] = {"eigenvalues": np.array([-1e-10, *np.linspace(0.01, 0.02, 8)])}
DOWN |= {"negative": 1, "loss": 1.0}

MADE_UP: list[tuple[dict[str, Any], Kind, str]] = [
    (UP | {"loss": 2.0, "drop": 1.98 * LITTLE}, Kind.TRAP, "by 0.99 % at most"),
    (UP | {"loss": 2.0, "drop": 2 * LITTLE}, Kind.SHALLOW, "by 1 % at most"),
    (UP | {"loss": 2.0, "drop": 1.98 * MUCH}, Kind.SHALLOW, "by 25 % at most"),
    (UP | {"loss": 2.0, "drop": 2 * MUCH}, Kind.VALLEY, "fall by about 25 %."),
    (UP | {"loss": 1.0, "drop": 0.0243}, Kind.SHALLOW, "by 2.4 % at most"),
    (UP | {"loss": 1.0, "drop": 1e-9}, Kind.TRAP, "less than 0.0001 % at most"),
    (UP | {"loss": 1.0, "drop": 0.0}, Kind.TRAP, "by 0 % at most"),
    (UP | {"positive": 0}, Kind.STRAIGHT, "No direction curves"),
    (UP | {"gradient_norm": 0.0}, Kind.FLAT, "the gradient is zero, so training doesn't move"),
    (UP | {"is_learned": True}, Kind.LEARNED, "infinitely large weights"),
    (DOWN | {"gradient_norm": 0.0}, Kind.BALANCED, "hardly any gradient points that way"),
    (DOWN | {"downward_share": 0.9e-6}, Kind.BALANCED, "hardly any gradient points that way"),
    (DOWN | {"downward_share": 1e-6, "drop": 0.0}, Kind.SADDLE, "1 direction curves down, so"),
    (DOWN | {"downward_share": 0.49, "drop": 0.0}, Kind.SADDLE, "so this is no minimum"),
    (DOWN | {"downward_share": 0.49, "drop": LITTLE}, Kind.SLOPE, "1 direction curves down, but"),
    (DOWN | {"downward_share": 0.5, "drop": 1.0}, Kind.STEEPENING, "training is leaving"),
    (DOWN | {"downward_share": 0.5, "negative": 2}, Kind.STEEPENING, "2 directions curve down"),
]
"""A curvature, the kind of its place, and what is said of it."""


def test_every_kind_of_place_has_its_sentence_doubt_and_evidence() -> None:
    assert {kind for _, kind, _ in MADE_UP} == {*Kind}
    for values, kind, said in MADE_UP:
        found = verdict(made_up(**values), UNBIASED)
        assert found.kind is kind, values
        assert said in found.sentence.replace("\u202f", " "), values
        assert found.doubt.endswith(".")
        assert len(found.evidence) >= 3
        assert found.to_dict() == {"kind": kind, "sentence": found.sentence, "doubt": found.doubt}
        paceless = verdict(made_up(**values), UNBIASED, knows_rate=False)
        assert "rate" not in paceless.sentence


@pytest.mark.parametrize("coding", CODINGS)
def test_weights_grow_for_ever_only_where_a_target_is_at_a_bound(coding: str) -> None:
    for output in ("tanh", "linear"):
        config = replace(UNBIASED, output=output, coding=coding)
        said = verdict(made_up(config, **UP, is_learned=True), config).sentence
        assert ("infinitely large weights" in said) == (output == "tanh")  # for target 1


def test_the_proof_is_cited_only_where_it_applies() -> None:
    trapped = made_up(BIASED, **UP, loss=1.0, drop=0.001)
    for targets in ((1, 0, 1, 0), (0, 1, 0, 1)):
        proven = verdict(trapped, replace(BIASED, targets=targets))
        assert "a path leads down to zero error" in proven.doubt
    other: dict[str, Any]
    for other in (
        *({"width": 3}, {"biases": False}, {"activation": "tanh"}, {"loss": "cross-entropy"}),
        *({"loss": "mean-cross-entropy"}, {"targets": (1, 0, 1, 1)}),
    ):
        found = verdict(trapped, replace(BIASED, **other))
        assert found.kind is Kind.TRAP
        assert "only the neighbourhood" in found.doubt


def test_two_pinned_rows_are_a_trap_with_a_path_out_of_it() -> None:
    for seed in (31, 19, 13):
        config = replace(BIASED, seed=seed)
        weights = after(config, 20_000)
        rows = np.sort(np.abs(outputs(weights, config) - 0.5))
        assert (rows[:2] < 0.01).all(), "two rows stand at one half"
        assert of(weights, config).kind is Kind.TRAP
    trap = curvature(weights, config)
    assert 100 * trap.drop / trap.loss == pytest.approx(0.035, abs=0.001)
    assert "by 0.035\u202f% at most." in verdict(trap, config).sentence


def test_a_saddle_has_its_steps_and_its_share_of_the_gradient() -> None:
    found = curvature(after(PLATEAU, 20_000), PLATEAU)
    said = verdict(found, PLATEAU)
    assert f"by 5 % in {about(found.steps_to_progress(PLATEAU))}" in said.sentence
    assert "−0.000147; 34\u202f% of the gradient" in said.evidence[2]
    slow = of_run(replace(UNBIASED, seed=15), 20_000)
    assert slow.kind is Kind.SLOPE
    assert "million steps at rate 0.5" in slow.sentence


def test_real_places_have_their_kinds() -> None:
    kinds = [of_run(RunConfig(), steps).kind for steps in (0, 1_000, 10_000, 30_000)]
    assert kinds == [Kind.SLOPE, Kind.SADDLE, Kind.STEEPENING, Kind.VALLEY]
    assert of(after(BIASED, 20_000, np.full(9, 0.5)), BIASED).kind is Kind.BALANCED
    assert of_run(replace(BIASED, seed=0), 20_000).kind is Kind.LEARNED
    assert of(weights_of(np.full(9, 1000.0), UNBIASED), UNBIASED).kind is Kind.FLAT
    zero = curvature(weights_of(np.zeros(9), BIASED), BIASED)
    assert counts(zero) == "0 down, 8 flat, 1 up"
    assert counts(zero) in verdict(zero, BIASED).evidence[0]


def test_the_evidence_mentions_steps_that_are_too_long() -> None:
    assert any("1.13, above 1" in line for line in of_run(RunConfig(rate=5), 60_000).evidence)
    assert not any("above 1" in line for line in of_run(RunConfig(), 1_000).evidence)


STEPS = (1, 10, 300, 5000, 20_000)
RECIPES = [
    {"activation": activation, "loss": loss, "rate": rate, "momentum": momentum}
    for activation, (loss, rate, momentum) in product(
        ("sigmoid", "tanh", "relu"),
        (("sse", 0.5, 0.0), ("sse", 5.0, 0.0), ("mse", 1.0, 0.9), ("cross-entropy", 0.1, 0.9)),
    )
]
RECIPES += [{"init": init, "rate": 0.5} for init in ("equal", "zero", "nearly-equal")]
GUESSES = ("plateau", "most runs", "Let it run", "longer", "kick", "in time", "in the end", "seed")
"""Words of what is known only from other recipes, or from a trial."""


def walked(recipe: dict[str, object]) -> Iterator[tuple[RunConfig, Diagnosis, Verdict]]:
    """Yield what is said at several steps of runs with each width, without and with biases."""
    for width, biases, seed in product((1, 2, 3), (False, True), range(2)):
        values = {"width": width, "biases": biases, "seed": seed, **recipe}
        config = RunConfig.from_dict(RunConfig().to_dict() | values)
        trainer, taken = Trainer(config, kernel="numba"), 0
        for step in STEPS:
            trainer.advance(step - taken)
            taken, seen = step, trainer.snapshot()
            if seen.halt is not None:
                break
            found = curvature(seen.weights, config)
            yield config, diagnose_seen(seen), verdict(found, config)


@pytest.mark.parametrize("recipe", some(RECIPES, 3))
def test_sentence_and_verdict_agree_and_guess_nothing(recipe: dict[str, object]) -> None:
    for config, found, said in walked(recipe):
        told = " ".join((found.sentence, said.sentence, said.doubt, *found.advice))
        assert found.verdict in {said, None}, (config, told)
        assert not [guess for guess in GUESSES if guess in told], (config, told)
        assert (found.state == "learned") == (said.kind is Kind.LEARNED), (config, told)
        if found.state == "symmetric units" and found.evidence.are_equal:
            assert "draws one line; XOR needs two" in found.sentence, (config, told)
            assert "draws one line; XOR needs two" in said.doubt, (config, told)
            assert "leave" not in told, (config, told)
        elif found.evidence.limit:
            assert said.doubt.partition(": ")[0] in found.sentence, (config, told)
            assert "leave" not in told, (config, told)
            assert found.evidence.steps_left is None, (config, told)
            assert not found.is_good, (config, told)
        if said.kind is Kind.TRAP:
            assert not found.is_good, (config, told)
            is_hopeful = found.state == "learning" and not found.evidence.is_right
            assert found.said.word in {STUCK, OVERSHOOTING} or not is_hopeful, (config, told)
        has_smaller_rate = "Use a smaller rate" in told
        assert has_smaller_rate == (found.state in {"oscillating", "diverging"}), (config, told)


def test_a_run_whose_place_looks_like_a_trap_is_not_said_to_learn_without_it() -> None:
    values = {"activation": "tanh", "width": 2, "biases": True, "rate": 0.5, "momentum": 0.9}
    trainer = Trainer(RunConfig.from_dict(RunConfig(seed=6).to_dict() | values))
    trainer.advance(50)
    found = diagnose_seen(trainer.snapshot())
    assert found.state == "learning"
    assert found.said.word == STUCK
    assert not found.is_good
