"""Several values as they are typed: lists, ranges, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.files import refusal
from xorviz.core.lists import Listed, values_text
from xorviz.core.rules import SettingError, Whole, parsed
from xorviz.core.settings import SETTINGS

RATES, WIDTHS, SHARES, NAMES = (
    Listed(SETTINGS[name].rule) for name in ("rate", "width", "momentum", "activation")
)
READ: list[tuple[Listed, str, Any]] = [
    (WIDTHS, "2..5", range(2, 6)),
    (WIDTHS, "3", range(3, 4)),
    (WIDTHS, " 8, 2 .. 4,3 ", (8, 2, 3, 4)),
    (RATES, "0.1..10", (0.1, 0.2, 0.5, 1, 2, 5, 10)),
    (RATES, "0.3..40", (0.3, 0.5, 1, 2, 5, 10, 20, 40)),
    (RATES, "0.01..0.1,7", (0.01, 0.02, 0.05, 0.1, 7)),
    (RATES, "0.5..0.9", (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)),
    (RATES, "1..3.5", (1, 1.5, 2, 2.5, 3, 3.5)),
    (RATES, "2..2", (2,)),
    (SHARES, "0..0.3", (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)),
    (SHARES, "0..0.9", (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
    (NAMES, "tanh,relu,tanh", ("tanh", "relu")),
]


def test_lists_and_ranges_are_read_each_value_once() -> None:
    for listed, text, values in READ:
        found = listed.parse(text)
        assert found == values
        assert type(found) is type(values)


def test_what_is_refused_says_what_is_allowed() -> None:
    for listed, text in [
        (WIDTHS, "2..65"),
        (WIDTHS, "0..3"),
        (WIDTHS, "2..3..4"),
        (WIDTHS, "2..3.5"),
        (RATES, "0..1"),
        (RATES, "1..inf"),
        (RATES, ".."),
        (NAMES, "relu..tanh"),
        (Listed(WIDTHS.rule, Whole(1, 3)), "2..5"),
    ]:
        message = refusal(parsed, listed, "values", text)
        assert message == f"values is {text!r}; allowed: {listed.allowed}"
    allowed = "a whole number from 1 to 64; several with commas between them"
    assert WIDTHS.allowed == f"{allowed}, or a range such as 2..5; at most 10\u202f000 of them"
    assert NAMES.allowed == "sigmoid, tanh, relu; several with commas between them"
    with pytest.raises(SettingError, match=r"^width: the range 5\.\.2 is empty: its first value"):
        parsed(WIDTHS, "width", "3,5..2")


@given(st.floats(1e-12, 100), st.floats(1, 1e6))
def test_a_range_rises_from_one_end_to_the_other(low: float, times: float) -> None:
    high = min(low * times, 1000.0)
    found = RATES.parse(f"{low!r}..{high!r}")
    assert (found[0], found[-1], list(found)) == (low, high, sorted(set(found)))
    assert len(found) <= (12 if high < 10 * low else 60)


def test_values_are_written_as_they_are_read() -> None:
    for values, text in [
        (range(500), "0..499"),
        (range(3, 5), "3,4"),
        ((1, 2, 7), "1,2,7"),
        ((2, 3, 4, 8), "2..4,8"),
        ((0.01, 0.02, 0.05, 0.1), "0.01..0.1"),
        ((0.3, 0.7), "0.3,0.7"),
        ((0.0, 0.3, 0.5), "0,0.3,0.5"),
        ((False, True), "off,on"),
        (("tanh", "relu"), "tanh,relu"),
    ]:
        assert values_text(values) == text
    for row in SETTINGS.values():
        if row.tried:
            assert tuple(Listed(row.reader).parse(values_text(row.tried))) == row.tried
