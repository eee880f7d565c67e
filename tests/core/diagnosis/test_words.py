"""Sentences of a diagnosis, and the lines of its evidence: each names its facts."""

import math
from dataclasses import replace
from typing import Any

from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.words import (
    UNKNOWN,
    about,
    number_lines,
    odd_units,
    sentence,
    units_text,
)

XOR = (1, 0, 1, 0)
BLANK = Evidence((0.5, 0.5, 0.5, 0.5), XOR, level=0.5, saturation=(0.0, 0.0, 0.0))
RIGHT = (0.8, 0.2, 0.7, 0.3)
ALL, TWO, THREE = {"pinned": (1, 2, 0, 3)}, {"pinned": (2, 3)}, {"pinned": (2, 0, 3)}
FALLING = {"outputs": RIGHT, "loss": 0.3, "change": -1e-5}
LIMIT = "at most 2 of 4 rows can be correct: why"

SAID: list[tuple[str, dict[str, Any], str]] = [
    ("learning", {}, "0 of 4 rows are correct, and the loss does not fall"),
    ("learning", {"outputs": (1, 1, 0, 1), "loss": 3.0, "change": -1e-5, "steps_left": 3e5},
     "1 of 4 rows is correct, and the loss falls by 1.0·10⁻⁵ per step"),
    ("learning", {**FALLING, "steps_left": 34_100}, "about 34 000 steps to go at this pace"),
    ("learning", {**FALLING, "change": 0.0}, "all four rows are correct, and the loss does not"),
    ("learning", {"outputs": (0.6, 0.6, 0.6, 0.4), "loss": 1.0, "change": -0.5}, "steep"),
    ("learning", {"loss": 1.0, "slope": -2.0, "change": -2.0}, "the next step is too large"),
    ("no known state", {}, "0 of 4 rows are correct."),
    ("no known state", {"slope": 0.0, "pace": "rate 1"}, "does not fall at rate 1"),
    ("learned", {"outputs": (0.92, 0.01, 0.99, 0.05)}, "the largest is 0.080"),
    ("learned", {"outputs": (0.92, 0.01, 0.99, 0.0998)}, "the largest is 0.099"),
    ("no row learned", ALL, "near one half, the mean of their targets."),
    ("no row learned", {**ALL, "outputs": (0.36, 0.53, 0.69, 0.36)}, "lie between 0.36 and 0.69."),
    ("no row learned", {**ALL, "limit": LIMIT}, f". A{LIMIT[1:]}."),
    ("one row learned", {**THREE, "outputs": (0.5, 0.05, 0.67, 0.67), "level": 2 / 3},
     "row 0 0 is learned; the other three outputs lie between 0.50 and 0.67"),
    ("learning", {**FALLING, "learned_later": 1168}, "below 0.1 from step 1 168 on"),
    ("two rows learned", {**TWO, "outputs": (1, 0, 0.5, 0.5)}, "rows 0 1 and 1 1 are near one h"),
    ("three rows learned", {"pinned": (3,), "outputs": (1, 0, 1, 0.57)}, "row 1 1 is at 0.57."),
    ("saturated", {"outputs": (0.0, 0.5, 0.5, 0.5)}, "row 1 0 is far on the wrong side"),
    ("saturated", {"outputs": (0.0, 1, 0.5, 0.5)}, "rows 0 0 and 1 0 are far"),
    ("saturated", {"saturation": (1.0, 0.0, 1.0)}, "h1 and h3 are at the bounds"),
    ("saturated", {"saturation": (0.75, 0.0)}, "h1 is at the bounds"),
    ("oscillating", {"swing": (175.0, 3825.0)}, "between 175 and 3 825"),
    ("oscillating", {"swing": (0.5, 0.5)}, "near 0.50"),
    ("too slow", {"steps_left": 2.5e7, "pace": "rate 3"}, "at rate 3"),
    ("too slow", {"steps_left": 2.5e7, "is_own": True}, "at this pace"),
    ("too slow", {"steps_left": 2.5e7}, "about 25 million steps"),
    ("too slow", {"steps_left": math.inf}, "does not fall here"),
    ("diverging", {"loss": 1.0}, "weights beyond a million"),
    ("diverging", {"loss": 1.0, "is_last": True}, "after the next step"),
    ("diverging", {"loss": 1.0, "is_last": True, "is_watched": True}, "the program came to"),
    ("diverging", {"loss": math.nan}, "no longer finite"),
    ("dead units", {"dead": (0, 1, 2)}, "all 3 hidden units are 0 on every row and get no g"),
    ("dead units", {"dead": (0,)}, "h1 is 0 on every row and gets no gradient; the rest"),
    ("symmetric units", {"coinciding": ((0, 1),)}, "act as one unit now. One hidden unit draws"),
    ("symmetric units", {"coinciding": ((0, 1),), "limit": LIMIT}, f"one unit now. A{LIMIT[1:]}"),
    ("symmetric units", {"coinciding": ((0, 1, 2),), "are_equal": True}, "they stay as one unit"),
    ("negated", {}, "the sign of the gradient may be inverted"),
    ("negated", {"is_own": True}, "the opposite of their targets."),
    ("negated", {"is_own": True, "is_watched": True}, "may be inverted"),
]  # fmt: skip
"""A state, what is known, and what its sentence has to say of that."""


def test_every_state_has_its_sentence_which_names_its_facts() -> None:
    assert {state for state, _, _ in SAID} == {*STATES, UNKNOWN}
    for state, known, said in SAID:
        text = sentence(state, replace(BLANK, **known))
        assert said in text.replace("\u202f", " "), text
        assert text.lower().startswith(f"{state}: ")
        assert text.endswith(".")
        assert ".." not in text


HEADS: list[tuple[str, dict[str, Any], str]] = [
    ("learning", {"right_since": 900, "first_right": 900}, "All four correct at step 900: about"),
    ("learning", {"right_since": 900, "is_watched": True}, "All four correct by step 900: "),
    ("learning", {"right_since": 900, "first_right": 253}, "All four correct again at step 900: "),
    ("learning", {"right_since": 900, "steps_left": math.inf}, "All four correct at step 900: the"),
    ("learning", {"right_since": 9, "learned_later": 1168}, "All four correct at step 9: all four"),
    ("learning", {"outputs": (0.4, 0.2, 0.7, 0.3), "first_right": 253},
     "Learning: 3 of 4 rows are correct (all four were at step 253), and "),
    ("learned", {"learned_since": 636}, "Learned at step 636: all four errors are"),
    ("no known state", {}, "All four correct: the largest error is 0.30"),
    ("one row learned", {**THREE, "outputs": (0.5, 0.15, 0.5, 0.5), "level": 2 / 3},
     "One row nearly learned: row 0 0 is 0.15 from its target; the other three outputs are at "),
    ("one row learned", {**THREE, "outputs": (0.5, 0.09, 0.5, 0.5)}, "One row learned: row 0 0 is"),
    ("two rows learned", {**TWO, "outputs": (0.88, 0.0, 0.5, 0.5)},
     "Two rows nearly learned: rows 0 1 and 1 1 are near one half; the largest error of the ot"),
    ("two rows learned", {**TWO, "outputs": (0.91, 0.0, 0.54, 0.5)},
     "Two rows learned: rows 0 1 and 1 1 are near one half."),
    ("two rows learned", {**TWO, "outputs": (0.91, 0.0, 0.56, 0.5)},
     "Two rows learned: rows 0 1 and 1 1 lie between 0.50 and 0.56."),
    ("three rows learned", {"pinned": (3,), "outputs": (0.8, 0, 1, 0.6)},
     "Three rows nearly learned: row 1 1 is at 0.60; the largest error of the others is 0.20."),
    ("not trained yet", {}, "Not trained yet."),
]  # fmt: skip


def test_known_steps_and_rows_nearly_learned_head_the_sentence() -> None:
    known = replace(BLANK, outputs=RIGHT, loss=0.3, change=-1e-5, steps_left=34_100)
    for state, more, said in HEADS:
        text = sentence(state, replace(known, **more)).replace("\u202f", " ")
        assert text.startswith(said), text


def test_levels_have_names() -> None:
    names = {0.25: "quarter", 1 / 3: "one third", 2 / 3: "two thirds", 0.75: "three quarters"}
    for level, text in names.items():
        evidence = replace(BLANK, outputs=(level,) * 4, pinned=(0, 1, 2, 3), level=level)
        assert f"{text}, " in sentence("no row learned", evidence)


def test_step_counts_have_two_digits() -> None:
    cases: list[tuple[float, str]] = [
        *((9.9, "a few steps"), (10, "about 10 steps"), (34_499, "about 34 000 steps")),
        *((994_000, "about 990 000 steps"), (999_000, "about 1 million steps")),
        *((3_449_999, "about 3.4 million steps"), (26_400_000, "about 26 million steps")),
        *((999_000_000, "about 1 000 million steps"), (1e9, "more than a billion steps")),
        *((math.inf, "more than a billion steps"), (math.nan, "more than a billion steps")),
    ]
    for steps, text in cases:
        assert about(steps).replace("\u202f", " ") == text


def test_units_are_named_or_counted() -> None:
    cases: list[tuple[tuple[int, ...], int, str]] = [
        *(((1,), 3, "h2"), ((0, 2), 3, "h1 and h3"), ((0, 1), 2, "both hidden units")),
        *(((0, 1, 2), 3, "all 3 hidden units"), ((0,), 1, "h1"), ((0, 1, 2), 9, "h1, h2 and h3")),
        *(((0, 1, 2, 3), 64, "h1, h2, h3 and h4"), ((0, 1, 2, 3, 4), 64, "5 of 64 hidden units")),
    ]
    for units, width, text in cases:
        assert units_text(units, width) == text


ALONE = Evidence((1.0, 0.007, 0.5, 0.5), XOR, pinned=(2, 3))
FULL = replace(
    ALONE, loss=0.5003, gradient_norm=3.7e-5, change=-1.8e-8, steps_left=26e6,
    coinciding=((0, 1),), saturation=(1.0, 1.0, 1.0),
)  # fmt: skip


def test_every_known_number_has_a_line() -> None:
    assert dict(number_lines(ALONE)) == {}
    assert dict(number_lines(FULL)) == {
        "loss": "0.5003",
        "gradient norm": "3.70·10⁻⁵",
        "slope of the loss": "−1.8·10⁻⁸ per step",
    }


def test_what_is_odd_about_units_is_named_by_groups() -> None:
    assert list(odd_units(ALONE)) == []
    bounds = ((0, 1, 2), "at the bounds")
    assert list(odd_units(FULL)) == [bounds, ((0, 1), "nearly equal")]
    equal = replace(FULL, are_equal=True, dead=(2,))
    assert list(odd_units(equal)) == [bounds, ((2,), "0 on every row"), ((0, 1), "equal")]


def test_steps_are_left_only_once_all_rows_are_correct() -> None:
    told: dict[float | None, str | None] = {26e6: "about 26 million steps", 0.0: None, None: None}
    for left, text in (told | {math.inf: "no end in sight"}).items():
        right = replace(FULL, outputs=(0.8, 0.2, 0.8, 0.2), steps_left=left)
        assert dict(number_lines(right)).get("remaining") == text
        wrong = replace(right, outputs=FULL.outputs)
        assert "remaining" not in dict(number_lines(wrong))
