"""Two small lessons with every part that one can have; they are trained in a blink."""

import copy
from typing import Any

_LESSON: dict[str, Any] = {
    "xorviz_lesson": 1,
    "title": "Two units or three",
    "play": "Press Run and look around.",
    "setup": {
        "recipe": {"width": 2, "rate": 2, "seed": 3},
        "step": 20,
        "pinned": {"width": 1},
        "workspace": "inside",
        "speed": 500,
    },
    "question": "What does one more unit do?",
    "predictions": [
        {
            "kind": "number", "ask": "First step with all rows correct", "measure": "first_step",
            "of": 2, "low": 1, "high": 400, "first_step_within": 2, "answer": 84,
        },
        {
            "kind": "number", "ask": "Rows correct at best", "measure": "most_rows",
            "low": 0, "high": 4, "unit": "rows", "answer": 3,
        },
        {
            "kind": "choice", "ask": "Which of the two learns?", "answer": 2,
            "options": [
                {"text": "Both", "if": [{"correct_by": 200}]},
                {"text": "Three units", "if": [{"order_of": [2]}], "of": 2},
            ],
        },
        {
            "kind": "drawing", "ask": "The loss of three units", "of": 2, "last_step": 200,
            "lowest": 0.01, "highest": 2, "first_step_within": 3, "answer": 84,
        },
    ],
    "steps": [
        {"do": "Press Run.", "control": "run",
         "until": [{"reached": 200}, {"not_correct_after": 200}, {"state_is": "no row learned"}]},
        {"do": "Now three units.", "recipe": {"width": 3}, "control": "width",
         "until": [{"reached": 200}, {"first_step_within": [84, 84]}]},
    ],
    "insight": "Three units bend the boundary where two cannot.",
    "exercise": {
        "do": "Find another way.", "control": "biases",
        "until": [{"setting_changed": "one"}, {"correct_by": 200}],
        "show_me": {"biases": True},
    },
}  # fmt: skip

_IN_THE_LAB: dict[str, Any] = {
    "xorviz_lesson": 1,
    "title": "Luck",
    "setup": {"recipe": {"rate": 2}, "workspace": "lab"},
    "question": "How many of twenty?",
    "predictions": [
        {"kind": "number", "ask": "3 units", "measure": "count", "low": 0, "high": 20,
         "share_within": "interval", "answer": 10},
        {"kind": "number", "ask": "6 units", "measure": "count", "of": 2, "low": 0, "high": 20,
         "share_within": 10, "answer": 20},
        {"kind": "number", "ask": "6 units, in percent", "measure": "share", "of": 2, "low": 0,
         "high": 100, "unit": "%", "share_within": 10, "answer": 100},
    ],
    "order_of": [1, 2],
    "steps": [
        {"do": "Press Run lab.", "control": "lab_run", "lab": {"seeds": 20, "steps": 300}},
        {"do": "And 6.", "recipe": {"width": 6}, "lab": {"seeds": 20, "steps": 300},
         "until": [{"share_within": [90, 100]}, {"order_of": [2, 1]}]},
    ],
    "insight": "Width buys luck.",
    "exercise": {
        "do": "Get there with 3 units.", "lab": {"seeds": 20, "steps": 300},
        "until": [{"setting_changed": ["biases", "rate"]}, {"share_within": [75, 100]}],
        "show_me": {"biases": True},
    },
}  # fmt: skip


def plain() -> dict[str, Any]:
    """Return the entries of a lesson about runs."""
    return copy.deepcopy(_LESSON)


def plain_in_the_lab() -> dict[str, Any]:
    """Return the entries of a lesson about networks in the lab."""
    return copy.deepcopy(_IN_THE_LAB)
