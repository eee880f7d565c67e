"""A proof trains a lesson, tells what it measures, and finds each false claim."""

import json
from typing import Any

import pytest

from tests.lessons.examples import plain, plain_in_the_lab
from tests.lessons.test_reading import path_of, put
from tests.support.cases import some
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.lab.training import training
from xorviz.lessons.proving import prove, work_of
from xorviz.lessons.reading import loads


def proof(entries: dict[str, Any], kernel: str = "numpy") -> list[tuple[bool, str]]:
    return [(found.holds, found.text) for found in prove(loads(json.dumps(entries)), kernel)]


@pytest.mark.parametrize("kernel", some(KERNEL_NAMES, 1))
def test_each_claim_is_told_with_what_was_measured(kernel: str) -> None:
    kernels.prepare(kernel)
    training.prepare(kernel)
    nothing = "3 rows correct at best, 2 after 200 steps: no row learned"
    assert proof(plain(), kernel) == [
        (True, f"step 1: {nothing}"),
        (True, "step 2: all four rows correct from step 84 on"),
        (True, "prediction 1: 84, as claimed"),
        (True, "prediction 2: 3 rows, as claimed"),
        (True, "prediction 3: “Three units” holds and no other, as claimed"),
        (True, "prediction 4: correct from step 84, as claimed"),
        (True, f"exercise, nothing changed: {nothing}"),
        (True, "exercise, show_me: all four rows correct from step 91 on"),
    ]
    half, all_of_them = "10 of 20 networks correct after 300 steps (50.0 %)", "20 of 20 networks"
    assert proof(plain_in_the_lab(), kernel) == [
        (True, f"step 1: {half}"),
        (True, f"step 2: {all_of_them} correct after 300 steps (100.0 %)"),
        (True, "prediction 1: 10, as claimed"),
        (True, "prediction 2: 20, as claimed"),
        (True, "prediction 3: 100 %, as claimed"),
        (True, f"exercise, nothing changed: {half}"),
        (True, f"exercise, show_me: {all_of_them} correct after 300 steps (100.0 %)"),
    ]


FALSE: list[tuple[str, Any, str]] = [
    (
        "steps[2].until[2]",
        {"first_step_within": [85, 200]},
        '84 on; not met: {"first_step_within":[85,200]}',
    ),
    ("steps[1].until[3]", {"state_is": "two rows learned"}, 'not met: {"state_is":"two '),
    ("predictions[1].answer", 83, "prediction 1: 84; claimed is 83"),
    ("predictions[2].answer", 4, "prediction 2: 3 rows; claimed is 4 rows"),
    ("predictions[3].answer", 1, "prediction 3: what holds is “Three units”; claimed is “Both”"),
    ("predictions[3].options[1].if", [{"reached": 200}], "what holds is “Both”, “Three units”"),
    ("predictions[3].options[2].if", [{"correct_by": 5}], "what holds is none; claimed is “Three"),
    ("predictions[4].answer", 85, "prediction 4: correct from step 84; claimed is correct from"),
    ("exercise.recipe", {"width": 3}, "from step 84 on; so there is nothing to"),
    ("exercise.show_me", {"width": 1}, '; not met: {"correct_by":200}'),
]
FALSE_IN_THE_LAB: list[tuple[str, Any, str]] = [
    ("steps[2].until[1]", {"share_within": [0, 99.5]}, '(100.0 %); not met: {"share_wi'),
    ("steps[2].until[2]", {"order_of": [1, 2]}, '; not met: {"order_of":[1,2]}'),
    ("predictions[3].answer", 99.9, "prediction 3: 100 %; claimed is 99.9 %"),
]


def test_each_false_claim_is_found() -> None:
    for cases, lesson in ((FALSE, plain), (FALSE_IN_THE_LAB, plain_in_the_lab)):
        for place, value, said in cases:
            entries = put(lesson(), path_of(place), value)
            wrong = [text for holds, text in proof(entries) if not holds]
            assert any(said in text for text in wrong), (said, wrong)


def test_a_run_that_is_correct_for_a_while_makes_a_lesson_unsure() -> None:
    entries = plain()
    recipe = {"width": 3, "rate": 10}
    entries["steps"][1] |= {"recipe": recipe, "until": [{"correct_by": 2000}]}
    del entries["predictions"][3]
    (unsure,) = [text for _, text in proof(entries) if "may end before" in text]
    assert unsure.startswith("step 2: all four rows are correct from ")
    entries["steps"][1]["until"].append({"reached": 2000})
    assert not [text for _, text in proof(entries) if "may end before" in text]


def test_the_steps_that_are_told_are_those_of_all_networks() -> None:
    for entries, steps in ((plain(), 4 * 200), (plain_in_the_lab(), 4 * 20 * 300)):
        told: list[int] = []
        lesson = loads(json.dumps(entries))
        assert all(found.holds for found in prove(lesson, tell=told.append))
        assert sum(told) == work_of(lesson) == steps
