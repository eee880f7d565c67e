"""Evidence as short lines."""

import math
from dataclasses import replace

from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.words import evidence_lines

XOR = (1, 0, 1, 0)
ALONE = Evidence((1.0, 0.007, 0.5, 0.5), XOR, pinned=(2, 3))
FULL = replace(
    ALONE,
    loss=0.5003,
    gradient_norm=3.7e-5,
    change=-1.8e-8,
    steps_left=26e6,
    coinciding=((0, 1),),
    saturation=(1.0, 1.0, 0.0),
)


def test_outputs_alone_have_two_lines() -> None:
    assert evidence_lines(ALONE) == (
        ("Outputs", "0 0: 0.007, 0 1: 0.500, 1 0: 1.000, 1 1: 0.500"),
        ("Pinned rows", "0 1 at 0.500 and 1 1 at 0.500"),
    )


def test_every_known_number_has_a_line() -> None:
    assert dict(evidence_lines(FULL)[2:]) == {
        "Loss": "0.5003",
        "Gradient norm": "3.70·10⁻⁵",
        "Slope of the loss": "−1.8·10⁻⁸ per step",
        "Coinciding units": "h1 and h2",
        "Saturated units": "h1 and h2",
    }


def test_steps_are_left_only_once_all_rows_are_correct() -> None:
    right = replace(FULL, outputs=(0.8, 0.2, 0.8, 0.2))
    for left, text in ((26e6, "about 26 million steps"), (math.inf, "no end in sight")):
        told = dict(evidence_lines(replace(right, steps_left=left)))
        assert told["Remaining (estimate)"] == text
    for nothing in (FULL, replace(right, steps_left=0.0), replace(right, steps_left=None)):
        assert "Remaining (estimate)" not in dict(evidence_lines(nothing))


def test_empty_groups_read_as_none() -> None:
    lines = dict(evidence_lines(replace(FULL, coinciding=(), saturation=(0.0,), pinned=())))
    assert lines["Coinciding units"] == lines["Saturated units"] == "none"
    assert "Pinned rows" not in lines
    assert "Dead units" not in lines


def test_dead_units_are_named() -> None:
    assert dict(evidence_lines(replace(FULL, dead=(2,))))["Dead units"] == "h3"


def test_nonfinite_outputs_have_a_text() -> None:
    outputs = (math.nan, 0.0, 1.0, 1.0)
    assert "1 0: not a number" in dict(evidence_lines(replace(FULL, outputs=outputs)))["Outputs"]
