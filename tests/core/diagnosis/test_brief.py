"""A state in one word and one short sentence: every state has both, and they fit it.

And its steps, units and the lines of its evidence as text.
"""

import math
from dataclasses import replace
from typing import Any

import pytest

from xorviz.core.diagnosis.brief import (
    CHANGED,
    DIVERGING,
    FAULTY,
    LEARNED,
    LEARNING,
    NOT_TRAINED,
    OSCILLATING,
    OVERSHOOTING,
    PLATEAU,
    STUCK,
    WORDS,
    Brief,
    advice_for,
    brief,
)
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.verdict import Kind, Verdict
from xorviz.core.diagnosis.words import (
    UNKNOWN,
    UNTRAINED,
    about,
    number_lines,
    odd_units,
    units_text,
)
from xorviz.core.settings import RunConfig

BLANK = Evidence((0.5, 0.5, 0.5, 0.5), RunConfig(), level=0.5, saturation=(0.0, 0.0, 0.0))
ALL, TWO, THREE = {"pinned": (1, 2, 0, 3)}, {"pinned": (2, 3)}, {"pinned": (2, 0, 3)}
RIGHT = {"outputs": (0.8, 0.2, 0.7, 0.3), "loss": 0.3, "change": -1e-5}
LIMITED = RunConfig(width=1)
STEEP = {"loss": 1.0, "slope": -2.0}

SAID: list[tuple[str, str, dict[str, Any], str]] = [
    ("learning", LEARNING, {"loss": 1.0, "change": 0.1}, "0 of 4 correct; the loss isn't falling."),
    ("learning", LEARNING, {"loss": 1.0, "change": -0.1}, "0 of 4 correct; the loss is falling."),
    ("learning", LEARNING, {"loss": 1.0, "first_right": 42}, "now, 4 of 4 at step 42"),
    ("learning", OVERSHOOTING, STEEP, "Steps are too large; 0 of 4 correct now."),
    ("learning", OVERSHOOTING, {**STEEP, "first_right": 42}, "0 of 4 correct now, 4 of 4 at step"),
    ("learning", LEARNING, RIGHT, "4 of 4 correct."),
    ("learning", LEARNING, {**RIGHT, "right_since": 9, "steps_left": 620.0}, "9; about 620 steps"),
    ("learning", LEARNING, {**RIGHT, "right_since": 9, "steps_left": math.inf}, "step 9."),
    ("learning", LEARNING, {**RIGHT, "right_since": 9, "first_right": 3}, "correct again since"),
    ("learning", LEARNING, {**RIGHT, "right_since": 9, "is_watched": True}, "correct by step 9."),
    ("learning", LEARNING, {**RIGHT, "learned_later": 1168}, "; learned at step 1 168."),
    (UNKNOWN, "No known state", {}, "0 of 4 correct."),
    (UNKNOWN, LEARNING, {"loss": 1.0}, "0 of 4 correct."),
    (UNKNOWN, LEARNING, {"loss": 1.0, "slope": -0.1}, "0 of 4 correct; the loss is falling."),
    ("learned", LEARNED, {"outputs": (0.92, 0.01, 0.99, 0.05)}, "below 0.1; largest 0.080."),
    ("learned", LEARNED, {"outputs": (0.92, 0.01, 0.99, 0.0998), "learned_since": 636},
     "since step 636; largest 0.099."),
    ("no row learned", STUCK, ALL, "All outputs are near ½."),
    ("no row learned", STUCK, {**ALL, "config": LIMITED}, "At most 2 of 4 rows can be correct."),
    ("one row learned", STUCK, {**THREE, "outputs": (0.5, 0.05, 0.5, 0.5), "level": 2 / 3},
     "Row 00 is learned, the others answer ⅔."),
    ("one row learned", STUCK, {**THREE, "outputs": (0.5, 0.15, 0.5, 0.5), "level": 1 / 3},
     "Row 00 is nearly learned, the others answer ⅓."),
    ("two rows learned", STUCK, {**TWO, "outputs": (1, 0, 0.5, 0.5)},
     "Rows 01 and 11 answer ½, the others are learned."),
    ("three rows learned", STUCK, {"pinned": (3,), "level": 0.25}, "Row 11 answers ¼, the others"),
    ("saturated", STUCK, {"outputs": (0.0, 0.5, 0.5, 0.5)}, "Row 10 is far from the target"),
    ("saturated", STUCK, {"outputs": (0.0, 1, 0.5, 0.5)}, "Rows 00 and 10 are far"),
    ("saturated", STUCK, {"saturation": (1.0, 0.0, 1.0)}, "h1 and h3 are saturated"),
    ("oscillating", OSCILLATING, {"swing": (175.0, 3825.0)}, "between 175 and 3 825"),
    ("oscillating", OSCILLATING, {"swing": (0.5, 0.5)}, "near 0.50"),
    ("oscillating", OSCILLATING, {"swing": (2.79, 2.87), "config": RunConfig(batch="pass")},
     "undo one another"),
    ("too slow", PLATEAU, {"steps_left": 2.5e7, "config": RunConfig(rate=3)},
     "25 million steps to go at rate 3"),
    ("too slow", PLATEAU, {"steps_left": 2.5e7, "is_own": True}, "at this pace"),
    ("too slow", PLATEAU, {"steps_left": math.inf}, "isn't falling"),
    ("diverging", DIVERGING, {"loss": 1.0}, "Weights are beyond a million"),
    ("diverging", DIVERGING, {"is_last": True}, "The next step gives NaN"),
    ("diverging", DIVERGING, {"is_last": True, "is_watched": True}, "The program then"),
    ("diverging", DIVERGING, {"loss": math.nan}, "Some numbers are NaN"),
    ("dead units", STUCK, {"dead": (0, 1, 2)}, "All 3 hidden units are 0 on every row and get no"),
    ("dead units", STUCK, {"dead": (0,)}, "h1 is 0 on every row and gets no gradient."),
    ("symmetric units", STUCK, {"coinciding": ((0, 1),)}, "h1 and h2 hardly differ, so they"),
    ("symmetric units", STUCK, {"coinciding": ((0, 1, 2),), "are_equal": True}, "equal and stay e"),
    ("negated", STUCK, {}, "the opposite of their targets."),
    (UNTRAINED, NOT_TRAINED, {}, ""),
    ("learning", CHANGED, {**STEEP, "changes": ("rate 2",)}, "By hand: rate 2; 0 of 4 correct."),
    ("learning", CHANGED, {**STEEP, "changes": ("b2 0", "rate 2")}, "By hand: 2 values; 0 of 4"),
    ("no row learned", FAULTY, {**ALL, "faulty_step": 3}, "Step 3 is wrong; the state now: stuck."),
]  # fmt: skip
"""A state, its word, what is known, and what its sentence has to say of that."""


def said(state: str, kind: Kind | None = None, steps: float = 340, **known: Any) -> Brief:
    verdict = None if kind is None else Verdict(kind, "", "", (), steps)
    return brief(state, replace(BLANK, **known), verdict)


def test_every_state_has_a_word_and_a_sentence_which_names_its_facts() -> None:
    assert {state for state, *_ in SAID} == {*STATES, UNKNOWN, UNTRAINED}
    assert {word for _, word, *_ in SAID} == {*WORDS, UNKNOWN.capitalize()}
    for state, word, known, fact in SAID:
        found = said(state, **known)
        assert (found.word, fact in found.text.replace("\u202f", " ")) == (word, True), found


@pytest.mark.parametrize("kind", [None, *Kind])
def test_every_state_is_one_word_and_one_whole_sentence(kind: Kind | None) -> None:
    for state, _, known, _ in SAID:
        found = said(state, kind, **known)
        assert found.word in {*WORDS, "No known state"}
        assert found.text.count(". ") == 0, "one sentence"
        assert len(found.line) <= 84, found.line
        for one in filter(None, (found.head, found.text, *found.more.split("; "))):
            assert not one[0].islower() or one.startswith(("h", "a ")), one
        assert ".." not in found.whole
        assert found.whole.endswith(".")


@pytest.mark.parametrize(
    ("kind", "word", "says"),
    [
        (Kind.TRAP, STUCK, "won't help"),
        (Kind.FLAT, STUCK, "won't help"),
        (Kind.SHALLOW, STUCK, "hardly help"),
        (None, STUCK, ""),
        (Kind.SADDLE, PLATEAU, "in about 340 steps"),
        (Kind.VALLEY, PLATEAU, "in about 340 steps"),
    ],
)
def test_a_stuck_state_that_is_left_is_a_plateau(kind: Kind | None, word: str, says: str) -> None:
    rows = "Rows 01 and 11 answer ½, the others are learned."
    known: dict[str, Any] = {**TWO, "outputs": (1, 0, 0.5, 0.5)}
    found = said("two rows learned", kind, **known)
    assert (found.word, says in found.rest, rows in found.rest) == (word, True, True)
    limited = said("two rows learned", kind, **known, config=LIMITED)
    assert (limited.word, rows in limited.more) == (STUCK, True), "no steps lead to four rows"
    assert "falling" in said("two rows learned", kind, math.inf, **known).text or word == STUCK


def test_equal_units_stay_equal_whatever_the_slope_is() -> None:
    equal: dict[str, Any] = {"coinciding": ((0, 1),), "are_equal": True}
    for kind in (Kind.STEEPENING, Kind.TRAP):
        found = said("symmetric units", kind, **equal)
        assert (found.word, "XOR needs two" in found.more) == (STUCK, True)


def test_an_inverted_sign_is_supposed_only_of_other_programs() -> None:
    for is_own, is_watched in ((False, False), (True, False), (True, True)):
        found = said("negated", is_own=is_own, is_watched=is_watched)
        assert (found.more == "") == (is_own and not is_watched)


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


ALONE = Evidence((1.0, 0.007, 0.5, 0.5), RunConfig(), pinned=(2, 3))
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
    bounds = ((0, 1, 2), "saturated")
    assert list(odd_units(FULL)) == [bounds, ((0, 1), "nearly equal")]
    equal = replace(FULL, are_equal=True, dead=(2,))
    assert list(odd_units(equal)) == [bounds, ((2,), "0 on every row"), ((0, 1), "equal")]


SMALLER, TWO_UNITS = "Use a smaller rate", "Use two hidden units or more"
ORIGIN = "Switch biases on: without biases the output at row 00"
OPEN, AND = ("two rows learned", "learning", "saturated"), (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("config", "states", "said"),
    [
        # What only a trial can tell is not advised.
        *((config, (*NAMES, "learning", "learned", "saturated", "too slow", "negated"), ())
          for config in (RunConfig(), RunConfig(width=2, biases=True), RunConfig(momentum=0.9))),
        (RunConfig(), ("oscillating", "diverging"), (SMALLER,)),
        (RunConfig(momentum=0.9), ("oscillating", "diverging"), (SMALLER, "Use less momentum")),
        (RunConfig(width=1), OPEN, (f"{TWO_UNITS}: one hidden unit draws",)),
        (RunConfig(width=1, biases=True), OPEN, (f"{TWO_UNITS}: one hidden unit draws",)),
        (RunConfig(width=1, activation="tanh"), OPEN, (f"{TWO_UNITS} with biases: one",)),
        (RunConfig(activation="tanh"), OPEN, (ORIGIN,)),
        (RunConfig(width=1, activation="relu", targets=AND), OPEN, (ORIGIN,)),
        (RunConfig(width=1, targets=AND), OPEN, ("Switch biases on: with one unit without",)),
        (RunConfig(coding="plus-minus"), OPEN, ("Use a tanh or linear output: a sigmoid's",)),
        (RunConfig(optimizer="adam", momentum=0.9), ("oscillating",), (SMALLER,)),
        (RunConfig(width=1), ("learned", UNTRAINED), ()),
        (RunConfig(activation="relu"), ("dead units",), (ORIGIN, "Use other weights, or sigmoid",)),
        (RunConfig(init="nearly-equal"), ("symmetric units",), ()),
    ],
)  # fmt: skip
def test_only_what_must_be_changed_is_advised(
    config: RunConfig, states: tuple[str, ...], said: tuple[str, ...]
) -> None:
    known = Evidence((0.5, 0.5, 0.5, 0.5), config, loss=1.0)
    for state in states:
        advice = advice_for(state, known)
        assert len(advice) == len(said)
        assert all(text.startswith(start) for text, start in zip(advice, said, strict=True))
        assert advice_for(state, replace(known, loss=None)) == ()
