"""Steps, units and the lines of evidence as text."""

import math
from dataclasses import replace

from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.words import about, number_lines, odd_units, units_text

XOR = (1, 0, 1, 0)


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
    bounds = ((0, 1, 2), "saturated")
    assert list(odd_units(FULL)) == [bounds, ((0, 1), "nearly equal")]
    equal = replace(FULL, are_equal=True, dead=(2,))
    assert list(odd_units(equal)) == [bounds, ((2,), "0 on every row"), ((0, 1), "equal")]
