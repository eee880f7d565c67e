"""Advice with measured success rates, only where they apply."""

from dataclasses import replace

from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.advice import advice_for
from xorviz.core.diagnosis.diagnosis import STATES
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.numerals import THIN_SPACE

MIDDLE = Evidence((0.5, 0.5, 0.5, 0.5), (1, 0, 1, 0))
LINES_28 = RunConfig()


def advice(state: str, config: RunConfig | None, evidence: Evidence = MIDDLE) -> str:
    return " ".join(advice_for(state, evidence, config)).replace(THIN_SPACE, " ")


def test_every_state_has_advice_in_sentences() -> None:
    for state in STATES:
        for config in (None, LINES_28, RunConfig(width=64, biases=True, activation="relu")):
            for text in advice_for(state, MIDDLE, config):
                assert text[0].isupper()
                assert text.endswith(".")
                assert "!" not in text


def test_a_learned_network_needs_no_advice() -> None:
    assert advice_for("learned", MIDDLE, LINES_28) == ()
    assert advice_for("learned", replace(MIDDLE, has_fixed_origin=True), LINES_28) == ()


def test_a_correct_network_that_learns_needs_no_advice() -> None:
    assert advice("learning", LINES_28) == "Let it run."
    assert advice("learning", LINES_28, Evidence((0.8, 0.2, 0.8, 0.2), (1, 0, 1, 0))) == ""


def test_measured_networks_get_measured_rates() -> None:
    cases: list[tuple[RunConfig, str]] = [
        (LINES_28, "425 of 500 networks were correct after 20 000 steps, and 492 after 100 000."),
        (LINES_28, "at width 3 without biases, rate 0.5, 85.0 ± 1.6 % of 500"),
        (LINES_28, "Use width 4: it gives more ways out; 99.8 ± 0.2 % of 500"),
        (
            LINES_28,
            "at width 3, rate 0.5, 98.8 ± 0.5 % of 500 networks were correct with them, 85.0",
        ),
        (LINES_28, "97.8 ± 0.7 % at 1 and 4.8 ± 1.0 % at 10"),
        (
            RunConfig(width=2),
            "at width 2, rate 0.5, 84.4 ± 1.6 % of 500 networks were correct with them, 25.2",
        ),
        (
            RunConfig(width=2),
            "Run it five times longer: most runs that look stuck are on a plateau.",
        ),
        (RunConfig(width=2, biases=True), "422 of 500 networks were correct"),
        (RunConfig(width=2, biases=True), "Try another rate, a few times larger or smaller."),
        (RunConfig(width=1), "Switch biases on: without them row 0 0 restricts the network."),
        (RunConfig(width=5, biases=True), "at width 5 with biases, rate 0.5, 100 % of 500"),
    ]
    for config, said in cases:
        assert said in advice("two rows learned", config)


def test_other_networks_get_no_measured_rates() -> None:
    cases: list[RunConfig] = [
        RunConfig(activation="tanh", biases=True),
        RunConfig(loss="cross-entropy"),
        RunConfig(targets=(0, 0, 0, 1)),
        RunConfig(init="nearly-equal"),
    ]
    for config in cases:
        said = advice("one row learned", config)
        assert "%" not in said
        assert "of 500" not in said


def test_wide_networks_are_not_advised_to_be_wider() -> None:
    assert "Use width 4" not in advice("two rows learned", RunConfig(width=4))


def test_biases_come_first_where_only_biases_help() -> None:
    evidence = replace(MIDDLE, has_fixed_origin=True)
    told = advice_for("three rows learned", evidence, RunConfig(activation="tanh"))
    assert told[0].startswith("Switch biases on: without them a tanh unit is 0 at row 0 0")
    assert sum("biases on" in text for text in told) == 1


def test_advice_depends_on_rate_and_momentum() -> None:
    assert "Try a larger rate than 0.01" in advice("too slow", LINES_28)
    assert "momentum 0.9" in advice("too slow", LINES_28)
    fast = RunConfig(rate=5, momentum=0.9)
    assert "larger rate" not in advice("too slow", fast)
    assert "momentum 0.9" not in advice("too slow", fast)
    assert "Try a smaller rate than 5" in advice("oscillating", fast)
    assert "Use less momentum" in advice("oscillating", fast)
    assert "momentum" not in advice("oscillating", LINES_28)


def test_saturated_networks_get_advice_on_start_and_loss() -> None:
    wrong = Evidence((0.0, 1.0, 0.5, 0.5), (1, 0, 1, 0))
    wide = RunConfig(init_range=20)
    assert "an initial range of 1" in advice("saturated", wide, wrong)
    assert "cross-entropy" in advice("saturated", wide, wrong)
    assert "initial range" not in advice("saturated", LINES_28, wrong)
    assert "cross-entropy" not in advice("saturated", LINES_28, MIDDLE)


def test_symmetric_units_get_advice_to_differ() -> None:
    assert "at random" in advice("symmetric units", RunConfig(init="zero"))
    assert "Set one weight by hand" in advice("symmetric units", LINES_28)
