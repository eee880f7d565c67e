"""Verdicts on real runs: plateaus, traps, saddles and learned ones."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.core.analysis.test_curvature import BIASED, after, curvature
from tests.support.cases import some
from xorviz.core.analysis.curvature import Curvature, CurvatureQuestion
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.verdict import LITTLE, MUCH, Kind, Verdict, counts, verdict
from xorviz.core.network import Weights, initial_weights, outputs, weights_of
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig

UNBIASED = RunConfig(width=3, rate=0.5)


def of(weights: Weights, config: RunConfig) -> Verdict:
    return verdict(curvature(weights, config), config)


def of_run(config: RunConfig, steps: int) -> Verdict:
    return of(after(config, steps), config)


def is_correct(weights: Weights, config: RunConfig) -> bool:
    errors = outputs(weights, config.activation) - np.array(config.targets)
    return bool((np.abs(errors) < 0.5).all())


def made_up(config: RunConfig = UNBIASED, **changes: object) -> Curvature:
    """Return a curvature with some numbers replaced."""
    return replace(curvature(initial_weights(config), config), **changes)  # type: ignore[arg-type]


def nowhere_down(drop: float) -> Verdict:
    numbers = np.linspace(0.1, 0.9, 9)
    found = made_up(eigenvalues=numbers, negative=0, positive=9, loss=1.0, drop=drop)
    return verdict(found, UNBIASED)


def test_two_pinned_rows_are_a_trap_with_a_path_out_of_it() -> None:
    for seed in (13, 19, 31):
        config = replace(BIASED, seed=seed)
        weights = after(config, 20_000)
        rows = np.sort(np.abs(outputs(weights, config.activation) - 0.5))
        assert (rows[:2] < 0.01).all(), "two rows stand at one half"
        found = of(weights, config)
        assert found.kind is Kind.TRAP
        assert "No direction curves down" in found.sentence
        assert "a path leads down to zero error" in found.doubt


def test_the_sentence_for_a_trap_states_the_drop() -> None:
    config = replace(BIASED, seed=13)
    found = curvature(after(config, 20_000), config)
    percent = 100 * found.drop / found.loss
    assert percent == pytest.approx(0.035, abs=0.001)
    assert "by 0.035\u202f%, not more." in verdict(found, config).sentence


def test_the_proof_is_cited_only_where_it_applies() -> None:
    cases: list[RunConfig] = [
        replace(BIASED, width=3),
        replace(BIASED, biases=False),
        replace(BIASED, activation="tanh"),
        replace(BIASED, loss="cross-entropy"),
        replace(BIASED, loss="mean-cross-entropy"),
        replace(BIASED, targets=(1, 0, 1, 1)),
    ]
    for config in cases:
        trapped = made_up(eigenvalues=np.ones(9), negative=0, positive=9, loss=1.0, drop=0.001)
        assert "a path leads down to zero error" in verdict(trapped, BIASED).doubt
        found = verdict(trapped, config)
        assert found.kind is Kind.TRAP
        assert "only the neighbourhood" in found.doubt


def test_one_unit_is_told_why_it_goes_no_further() -> None:
    config = replace(UNBIASED, width=1, biases=True)
    numbers = np.linspace(0.1, 0.5, 5)
    for drop, kind in ((LITTLE / 2, Kind.TRAP), (MUCH / 2, Kind.SHALLOW)):
        values = {"eigenvalues": numbers, "negative": 0, "positive": 5, "loss": 1.0, "drop": drop}
        found = verdict(made_up(config, **values), config)
        assert found.kind is kind
        assert found.doubt.startswith("At most 3 of 4 rows can be correct: one hidden unit")


def test_plateaus_of_width_3_curve_down_and_those_runs_learn() -> None:
    """Wrong at step 20,000 and correct at 100,000."""
    for seed in (1, 9, 19):
        config = replace(UNBIASED, seed=seed)
        early = after(config, 20_000)
        assert not is_correct(early, config)
        assert of(early, config).kind in {Kind.SADDLE, Kind.STEEPENING}
        assert is_correct(after(config, 100_000), config)


def test_the_sentence_for_a_saddle_states_the_doubling_steps() -> None:
    config = replace(UNBIASED, seed=9)
    found = curvature(after(config, 20_000), config)
    said = verdict(found, config)
    assert said.kind is Kind.SADDLE
    assert said.sentence.startswith("1 direction curves down, so this is no minimum")
    assert found.doubling_steps(config) == pytest.approx(9_400, rel=0.05)
    assert "about 9\u202f400 steps" in said.sentence
    assert said.doubt == "The descent may end in another stuck state."


def test_little_curvature_takes_long() -> None:
    found = of_run(replace(UNBIASED, seed=15), 20_000)
    assert found.kind is Kind.SLOPE
    assert found.sentence.endswith("its distance that way in about 2 million steps at rate 0.5.")


def test_very_long_times_are_not_stated() -> None:
    eigenvalues = np.array([-1e-10, *np.linspace(0.01, 0.02, 8)])
    found = made_up(eigenvalues=eigenvalues, negative=1, downward_share=0.1, drop=0.0)
    assert "more than a billion steps" in verdict(found, UNBIASED).sentence


def test_the_28_lines_leave_their_saddle_in_time() -> None:
    kinds = [of_run(RunConfig(), steps).kind for steps in (0, 1_000, 10_000, 30_000)]
    assert kinds == [Kind.SLOPE, Kind.SADDLE, Kind.STEEPENING, Kind.VALLEY]


def test_several_directions_have_a_plural() -> None:
    assert of_run(RunConfig(), 10_000).sentence.startswith("3 directions curve down and")


def test_equal_units_are_balanced_on_a_saddle() -> None:
    found = of(after(BIASED, 20_000, np.full(9, 0.5)), BIASED)
    assert found.kind is Kind.BALANCED
    assert "hardly any gradient points that way" in found.sentence


def test_a_saddle_without_a_gradient_is_balanced() -> None:
    found = made_up(negative=1, gradient_norm=0.0, downward_share=0.0)
    assert verdict(found, UNBIASED).kind is Kind.BALANCED


def test_zero_weights_are_too_flat_to_tell() -> None:
    found = of(weights_of(np.zeros(9), BIASED), BIASED)
    assert found.kind is Kind.FLAT
    assert "the gradient is zero, so training does not move" in found.sentence


def test_a_learned_run_has_its_minimum_at_infinity() -> None:
    config = replace(BIASED, seed=0)
    found = of_run(config, 20_000)
    assert found.kind is Kind.LEARNED
    assert "infinitely large weights" in found.sentence


def test_without_downward_curvature_the_drop_decides() -> None:
    assert nowhere_down(LITTLE / 2).kind is Kind.TRAP
    assert nowhere_down(LITTLE * 2).kind is Kind.SHALLOW
    assert nowhere_down(MUCH / 2).kind is Kind.SHALLOW
    assert nowhere_down(MUCH * 2).kind is Kind.VALLEY


def test_shares_have_two_digits() -> None:
    assert "by 2.4\u202f%, not more" in nowhere_down(0.0243).sentence
    assert "by less than 0.0001 %, not more" in nowhere_down(1e-9).sentence
    assert "by 0 %, not more" in nowhere_down(0.0).sentence


def test_every_verdict_has_doubt_and_evidence() -> None:
    for found in (of_run(RunConfig(), 0), of_run(RunConfig(), 30_000), nowhere_down(0.001)):
        assert found.doubt.endswith(".")
        assert len(found.evidence) >= 3


def test_the_evidence_counts_the_directions() -> None:
    found = curvature(weights_of(np.zeros(9), BIASED), BIASED)
    assert counts(found) == "0 down, 8 flat, 1 up"
    assert verdict(found, BIASED).evidence[0] == (
        "Eigenvalues: 0 down, 8 flat, 1 up. A billionth of the largest counts as zero."
    )


def test_the_evidence_states_the_share_of_the_gradient() -> None:
    config = replace(UNBIASED, seed=9)
    evidence = of_run(config, 20_000).evidence
    assert evidence[2] == (
        "The lowest eigenvalue is −0.000147; 34\u202f% of the gradient lies along it."
    )


def test_the_evidence_mentions_steps_that_are_too_long() -> None:
    config = replace(UNBIASED, rate=5, seed=1234)
    assert any("1.13, above 1" in line for line in of_run(config, 60_000).evidence)
    assert not any("above 1" in line for line in of_run(RunConfig(), 1_000).evidence)


def test_a_saturated_output_is_flat_and_no_saddle() -> None:
    huge = weights_of(np.full(9, 1000.0), UNBIASED)
    assert verdict(curvature(huge, UNBIASED), UNBIASED).kind is Kind.FLAT


def test_without_curvature_there_is_no_valley() -> None:
    seen = curvature(initial_weights(RunConfig()), RunConfig())
    flat = replace(seen, eigenvalues=np.zeros(9), negative=0, positive=0, drop=seen.loss)
    said = verdict(flat, RunConfig())
    assert said.kind is Kind.STRAIGHT
    assert "No direction curves" in said.sentence


STEPS = (1, 3, 10, 50, 300, 1000, 5000, 20_000)
RECIPES = [
    {"activation": activation, "loss": loss, "rate": rate, "momentum": momentum}
    for activation, (loss, rate, momentum) in product(
        ("sigmoid", "tanh", "relu"),
        (("sse", 0.5, 0.0), ("sse", 0.01, 0.0), ("sse", 5.0, 0.0), ("mse", 1.0, 0.9),
         ("cross-entropy", 0.1, 0.9)),
    )
]  # fmt: skip
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
            found = CurvatureQuestion(seen.weights, config).answer()
            yield config, diagnose_seen(seen), verdict(found, config)


@pytest.mark.parametrize("recipe", some(RECIPES, 4))
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
            assert found.sentence.endswith(said.doubt), (config, told)
            assert "leave" not in told, (config, told)
        elif found.state in NAMES:
            assert found.sentence.endswith(f". {said.sentence}"), (config, told)
        if said.kind is Kind.TRAP:
            assert not found.is_good, (config, told)
            is_hopeful = found.state in {"learning", "too slow"} and not found.evidence.limit
            assert said.sentence in found.sentence or not is_hopeful, (config, told)
        has_smaller_rate = "Use a smaller rate" in told
        assert has_smaller_rate == (found.state in {"oscillating", "diverging"}), (config, told)


@pytest.mark.parametrize("targets", [(1, 0, 1, 0), (0, 1, 0, 1)])
def test_one_unit_is_told_that_xor_needs_two(targets: tuple[int, ...]) -> None:
    name = "XOR" if targets[0] else "its complement"
    for biases in (False, True):
        trainer = Trainer(RunConfig(width=1, rate=0.5, biases=biases, targets=targets))
        trainer.advance(300)
        found = diagnose_seen(trainer.snapshot())
        assert f"ne hidden unit draws one line; {name} needs two" in found.sentence
        assert found.advice == ("Use two hidden units or more: one draws only one line.",)


def test_a_run_whose_place_looks_like_a_trap_is_not_said_to_learn_without_it() -> None:
    values = {"activation": "tanh", "width": 2, "biases": True, "rate": 0.5, "momentum": 0.9}
    trainer = Trainer(RunConfig.from_dict(RunConfig(seed=6).to_dict() | values))
    trainer.advance(50)
    found = diagnose_seen(trainer.snapshot())
    assert found.state == "learning"
    assert found.sentence.endswith(" can fall by 0.27\u202f%, not more.")
    assert not found.is_good
