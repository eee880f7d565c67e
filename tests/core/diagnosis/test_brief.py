"""A state in one word and one short sentence: every state has both, and they fit it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.core.diagnosis.test_words import BLANK, FALLING, HEADS, LIMIT, SAID, TWO
from tests.support.snapshots import QUICK, trained
from xorviz.core.diagnosis.brief import (
    DIVERGING,
    LEARNED,
    LEARNING,
    OVERSHOOTING,
    PLATEAU,
    STUCK,
    brief,
)
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.verdict import Kind, Verdict
from xorviz.core.diagnosis.words import sentence
from xorviz.core.settings import RunConfig

WORDS = {LEARNING, PLATEAU, OVERSHOOTING, STUCK, LEARNED, DIVERGING, "Not trained yet"}
LONGEST = 135
"""Characters for which the state line has room."""


def found(state: str, kind: Kind | None = None, **known: Any) -> Diagnosis:
    evidence = replace(BLANK, **known)
    verdict = None if kind is None else Verdict(kind, "", "", (), doubling_steps=340)
    return Diagnosis(state, sentence(state, evidence), evidence, (), 9, verdict)


@pytest.mark.parametrize("kind", [None, *Kind])
def test_every_state_is_one_word_and_whole_short_sentences(kind: Kind | None) -> None:
    for state, known, _ in (*SAID, *HEADS):
        said = brief(found(state, kind, **known))
        assert said.word in WORDS, state
        assert len(said.line) <= LONGEST, said.line
        assert said.line == f"{said.head} {said.text}".strip()
        for one in filter(None, (said.head, said.text)):
            assert one.endswith(".")
            assert ".." not in one
            assert not one[0].islower() or one[0] == "h"


@pytest.mark.parametrize(
    ("kind", "word", "says"),
    [
        (Kind.TRAP, STUCK, "won't help"),
        (Kind.FLAT, STUCK, "won't help"),
        (Kind.SHALLOW, STUCK, "hardly help"),
        (None, STUCK, "hardly help"),
        (Kind.SADDLE, PLATEAU, "doubles in about 340 steps"),
        (Kind.VALLEY, PLATEAU, "doubles in about 340 steps"),
    ],
)
def test_a_stuck_state_that_training_leaves_is_a_plateau(
    kind: Kind | None, word: str, says: str
) -> None:
    said = brief(found("two rows learned", kind, **TWO, outputs=(1, 0, 0.5, 0.5)))
    assert said.word == word
    assert said.text.startswith("Rows 01 and 11 are near ½; the others are learned. ")
    assert says in said.text
    limited = brief(found("two rows learned", kind, **TWO, limit=LIMIT))
    assert limited.word == STUCK, "no steps lead to four correct rows"
    assert limited.text.endswith("At most 2 of 4 rows can be correct.")


def test_where_rows_are_is_said_once() -> None:
    three = {"pinned": (2, 0, 3), "level": 2 / 3}
    for pinned, worst, says in (
        ({"pinned": (1, 2, 0, 3)}, 0.5, "All outputs are near ½."),
        (three, 0.05, "Row 00 is learned; the others are near ⅔."),
        (three, 0.15, "Row 00 is nearly learned; the others are near ⅔."),
        ({"pinned": (3,)}, 0.5, "Row 11 is near ½; the others are nearly learned."),
    ):
        said = brief(found("one row learned", Kind.TRAP, **pinned, outputs=(0.5, worst, 0.5, 0.5)))
        assert said.text == f"{says} More steps won't help; a change will."


@pytest.mark.parametrize(
    ("known", "word", "says"),
    [
        (FALLING, LEARNING, "All four rows are correct."),
        ({**FALLING, "right_since": 9, "steps_left": 620.0}, LEARNING, "9; about 620 steps to go."),
        ({**FALLING, "right_since": 9, "first_right": 3}, LEARNING, "correct again since step 9."),
        ({**FALLING, "is_watched": True, "right_since": 9}, LEARNING, "since at least step 9."),
        ({**FALLING, "learned_later": 50}, LEARNING, "learned from step 50 on."),
        ({"change": -0.1}, LEARNING, "0 of 4 rows are correct; the loss is falling."),
        (
            {"change": 0.1, "outputs": (1, 1, 1, 1)},
            LEARNING,
            "2 of 4 rows are correct; the loss do",
        ),
        ({"first_right": 42}, LEARNING, "0 of 4 rows are correct now; all four were at step 42."),
        ({"loss": 1.0, "slope": -2.0, "first_right": 42}, OVERSHOOTING, "now, 4 of 4 at step 42."),
    ],
)
def test_learning_says_how_far_it_is(known: dict[str, Any], word: str, says: str) -> None:
    said = brief(found("learning", **known))
    assert (said.word, says in said.text) == (word, True), said.text


def test_real_runs_are_named_by_what_their_user_sees() -> None:
    trap = RunConfig(width=2, biases=True, rate=0.5, seed=13)
    for config, step, word in (
        (QUICK, 0, "Not trained yet"),
        (QUICK, 1, LEARNING),
        (QUICK, 400, LEARNED),
        (trap, 2000, STUCK),
        (RunConfig(), 1000, PLATEAU),
        (RunConfig(init="zero"), 10, STUCK),
    ):
        assert brief(diagnose_seen(trained(config, step))).word == word
