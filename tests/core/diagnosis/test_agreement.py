"""What the state line says of a run never contradicts what the panel Curvature says of it."""

from collections.abc import Iterator
from itertools import product

import pytest

from tests.support.cases import some
from xorviz.core.analysis.curvature import CurvatureQuestion
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.verdict import Kind, Verdict, verdict
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig

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
