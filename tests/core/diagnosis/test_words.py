"""Sentences of a diagnosis."""

import math
import re
from dataclasses import replace

from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.words import about, listed, rows_text, sentence, units_text
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig

XOR = (1, 0, 1, 0)
SPACE = THIN_SPACE
BLANK = Evidence((0.5, 0.5, 0.5, 0.5), XOR, level=0.5, saturation=(0.0, 0.0, 0.0))
RIGHT = (0.8, 0.2, 0.7, 0.3)


def test_step_counts_have_two_digits() -> None:
    cases: list[tuple[float, str]] = [
        (0, "a few steps"),
        (9.9, "a few steps"),
        (12, "about 12 steps"),
        (34_499, f"about 34{SPACE}000 steps"),
        (994_000, f"about 990{SPACE}000 steps"),
        (999_000, "about 1 million steps"),
        (3_449_999, "about 3.4 million steps"),
        (26_400_000, "about 26 million steps"),
        (999_000_000, f"about 1{SPACE}000 million steps"),
        (1e9, "more than a billion steps"),
        (math.inf, "more than a billion steps"),
        (math.nan, "more than a billion steps"),
    ]
    for steps, text in cases:
        assert about(steps) == text


def test_names_are_listed_in_words() -> None:
    assert listed(["h1"]) == "h1"
    assert listed(["h1", "h2"]) == "h1 and h2"
    assert listed(["h1", "h2", "h3"]) == "h1, h2 and h3"


def test_rows_are_named_by_their_inputs() -> None:
    assert rows_text([1]) == "row 0 0"
    assert rows_text([2, 3]) == "rows 0 1 and 1 1"


def test_units_are_named_or_counted() -> None:
    cases: list[tuple[tuple[int, ...], int, str]] = [
        ((1,), 3, "h2"),
        ((0, 2), 3, "h1 and h3"),
        ((0, 1), 2, "both hidden units"),
        ((0, 1, 2), 3, "all 3 hidden units"),
        ((0,), 1, "h1"),
        ((0, 1, 2, 3, 4), 64, "5 of 64 hidden units"),
    ]
    for units, width, text in cases:
        assert units_text(units, width) == text


def test_levels_have_names() -> None:
    cases: list[tuple[float, str]] = [
        (0.25, "one quarter"),
        (1 / 3, "one third"),
        (0.5, "one half"),
        (2 / 3, "two thirds"),
        (0.75, "three quarters"),
    ]
    for level, text in cases:
        evidence = replace(BLANK, outputs=(level,) * 4, pinned=(0, 1, 2, 3), level=level)
        assert f" {text}, " in sentence("no row learned", evidence)


def test_states_have_their_sentences() -> None:
    cases: list[tuple[str, Evidence, str]] = [
        ("learning", BLANK, "0 of 4 rows are correct, and the loss does not fall at this step."),
        ("no known state", BLANK, "0 of 4 rows are correct."),
        (
            "no known state",
            replace(BLANK, slope=0.0, pace="rate 1"),
            "loss does not fall at rate 1.",
        ),
        (
            "learning",
            replace(BLANK, outputs=(1, 1, 0, 1), loss=3.0, change=-1e-5, steps_left=3e5),
            "1 of 4 rows is correct, and the loss falls by 1.0·10⁻⁵ per step.",
        ),
        (
            "learning",
            replace(BLANK, outputs=RIGHT, loss=0.3, change=-1e-5, steps_left=34_100),
            f"at this pace all four errors are below 0.1 in about 34{SPACE}000 steps.",
        ),
        (
            "learning",
            replace(BLANK, outputs=RIGHT, loss=0.3, change=0.0, steps_left=math.inf),
            "all four rows are correct, and the loss does not fall at this step.",
        ),
        (
            "learning",
            replace(BLANK, outputs=(0.6, 0.6, 0.6, 0.4), loss=1.0, change=-0.5, steps_left=1),
            "3 of 4 rows are correct, and the gradient is steep.",
        ),
        (
            "learned",
            replace(BLANK, outputs=(0.92, 0.01, 0.99, 0.05)),
            "all four errors are below 0.1; the largest is 0.080.",
        ),
        (
            "learned",
            replace(BLANK, outputs=(0.92, 0.01, 0.99, 0.0998)),
            "all four errors are below 0.1; the largest is 0.099.",
        ),
        (
            "no row learned",
            replace(BLANK, pinned=(1, 2, 0, 3)),
            "all four outputs are near one half, the mean of their targets.",
        ),
        (
            "no row learned",
            replace(BLANK, outputs=(0.36, 0.53, 0.69, 0.36), pinned=(1, 2, 0, 3)),
            "all four outputs lie between 0.36 and 0.69.",
        ),
        (
            "one row learned",
            replace(BLANK, outputs=(0.5, 0.05, 0.67, 0.67), pinned=(2, 0, 3), level=2 / 3),
            "row 0 0 is learned; the other three outputs lie between 0.50 and 0.67.",
        ),
        (
            "two rows learned",
            replace(BLANK, outputs=(1, 0, 0.5, 0.5), pinned=(2, 3)),
            "rows 0 1 and 1 1 are near one half.",
        ),
        (
            "three rows learned",
            replace(BLANK, outputs=(1, 0, 1, 0.57), pinned=(3,)),
            "row 1 1 is at 0.57.",
        ),
        (
            "no row learned",
            replace(BLANK, pinned=(0, 1, 2, 3), limit="at most 2 of 4 rows can be correct: why"),
            "the mean of their targets. At most 2 of 4 rows can be correct: why.",
        ),
        ("saturated", replace(BLANK, outputs=(0.0, 0.5, 0.5, 0.5)), "row 1 0 is far on the wrong"),
        ("saturated", replace(BLANK, outputs=(0.0, 1, 0.5, 0.5)), "rows 0 0 and 1 0 are"),
        ("saturated", replace(BLANK, saturation=(1.0, 0.0, 1.0)), "h1 and h3 are at the"),
        ("saturated", replace(BLANK, saturation=(0.75, 0.0)), "h1 is at the bounds"),
        (
            "oscillating",
            replace(BLANK, swing=(175.0, 3825.0)),
            "goes up and down between 175 and 3\u202f825 instead",
        ),
        ("too slow", replace(BLANK, steps_left=2.5e7), "only in about 25 million steps."),
        ("too slow", replace(BLANK, steps_left=math.inf), "the loss does not fall here,"),
        ("diverging", replace(BLANK, loss=1.0), "weights beyond a million"),
        ("diverging", replace(BLANK, loss=1.0, is_last=True), "after the next step the loss"),
        ("diverging", replace(BLANK, loss=math.nan), "no longer finite."),
        ("dead units", replace(BLANK, dead=(0, 1, 2)), "all 3 hidden units are 0 on"),
        ("dead units", replace(BLANK, dead=(0,)), "h1 is 0 on every row and gets no"),
        ("dead units", replace(BLANK, dead=(0, 1)), "the rest cannot separate the rows."),
        (
            "symmetric units",
            replace(BLANK, coinciding=((0, 1),)),
            "differ in their incoming weights, so they act as one unit now. One hidden unit draws",
        ),
        (
            "symmetric units",
            replace(BLANK, coinciding=((0, 1, 2),), are_equal=True),
            "equal weights and get equal gradients, so they stay as one unit.",
        ),
        ("negated", BLANK, "their targets; targets or the sign of the gradient may be inverted."),
        ("negated", replace(BLANK, is_own=True), "the opposite of their targets."),
    ]
    for state, evidence, said in cases:
        text = sentence(state, evidence)
        assert said in text
        assert text.lower().startswith(f"{state}: ")
        assert text.endswith(".")
        assert "!" not in text
        assert "for ever" not in text


def test_known_steps_head_the_sentence_in_place_of_the_state() -> None:
    found = replace(BLANK, outputs=RIGHT, loss=0.3, change=-1e-5, steps_left=34_100)
    since = replace(found, right_since=900, first_right=900)
    assert sentence("learning", since).startswith("All four correct at step 900: at this pace ")
    assert sentence("learning", replace(since, steps_left=math.inf)).endswith(
        "at step 900: the loss falls by 1.0·10⁻⁵ per step."
    )
    again = replace(since, first_right=253)
    assert sentence("learning", again).startswith("All four correct again at step 900: ")
    lost = replace(found, outputs=(0.4, 0.2, 0.7, 0.3), first_right=253)
    assert "3 of 4 rows are correct (all four were at step 253), and " in sentence("learning", lost)
    learned = replace(BLANK, outputs=(0.92, 0.01, 0.99, 0.05), learned_since=636)
    assert sentence("learned", learned).startswith("Learned at step 636: all four errors are")


def test_rows_that_are_not_quite_learned_are_nearly_learned() -> None:
    cases: list[tuple[str, Evidence, str]] = [
        (
            "one row learned",
            replace(BLANK, outputs=(0.5, 0.15, 0.5, 0.5), pinned=(2, 0, 3), level=2 / 3),
            "row 0 0 is 0.15 from its target; the other three outputs are at 0.50.",
        ),
        (
            "two rows learned",
            replace(BLANK, outputs=(0.88, 0.0, 0.5, 0.5), pinned=(2, 3)),
            "rows 0 1 and 1 1 are near one half; the largest error of the others is 0.12.",
        ),
        (
            "three rows learned",
            replace(BLANK, outputs=(0.8, 0, 1, 0.6), pinned=(3,)),
            "row 1 1 is at 0.60; the largest error of the others is 0.20.",
        ),
    ]
    for state, evidence, said in cases:
        head = state.capitalize().replace("learned", "nearly learned")
        assert sentence(state, evidence) == f"{head}: {said}"


def test_outputs_are_near_a_value_and_rows_are_learned_only_where_they_are() -> None:
    """Each sentence of several runs, at many of their steps."""
    said: set[tuple[str, bool, bool]] = set()
    for config in (
        RunConfig(width=2, rate=0.5, seed=16),
        RunConfig(width=2, rate=0.5, seed=3),
        RunConfig(width=2, rate=0.5, seed=13, biases=True),
        RunConfig(width=3, rate=0.5, seed=1),
    ):
        trainer = Trainer(config)
        for _ in range(120):
            trainer.advance(25)
            found = diagnose_seen(trainer.snapshot())
            if found.state not in NAMES:
                continue
            seen, (head, text, *_) = found.evidence, re.split(r": |\. ", found.sentence)
            held = [seen.outputs[row] for row in seen.pinned]
            others = [error for row, error in enumerate(seen.errors) if row not in seen.pinned]
            is_near = all(abs(output - seen.level) < 0.05 for output in held)
            assert ("near" in text) == is_near, text
            numbers = f"{min(held):.2f}", f"{max(held):.2f}"
            assert is_near or all(number in text for number in numbers), text
            is_learned = bool(others) and max(others) < 0.1
            assert ("nearly" in head) == (bool(others) and not is_learned), head
            assert ("learned" in text) == (is_learned and len(others) == 1), text
            said.add((found.state, is_near, is_learned))
    assert len(said) >= 6
