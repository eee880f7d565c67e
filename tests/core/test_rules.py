"""Rules: what each takes, what it refuses and what it says of that, of one value or of several."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import quoted
from tests.support.files import refusal
from xorviz.core.lists import Listed, values_text
from xorviz.core.rules import (
    Bits,
    Choice,
    OrWord,
    Real,
    Rule,
    SettingError,
    Switch,
    Whole,
    checked,
    parsed,
    written,
)
from xorviz.core.settings import SETTINGS

WHOLE, OPEN = Whole(1, 64), Real(0, 10, above_low=True, below_high=True)
JUST_BELOW = math.nextafter(10, 0)

RULES: list[tuple[Rule, list[tuple[Any, Any]], list[Any]]] = [
    (WHOLE, [(1, 1), (64, 64), (np.int8(7), 7), (np.uint64(64), 64)],
     [0, 65, -1, 2**64, 1.0, math.nan, True, False, "3", b"3", None, [3], 1j, np.array([3, 4])]),
    (OPEN, [(5e-324, 5e-324), (JUST_BELOW, JUST_BELOW), (3, 3.0), (np.float32(0.5), 0.5),
            (np.int64(2), 2.0), (Fraction(1, 4), 0.25)],
     [0, -0.0, 10, -5e-324, 10**309, math.nan, math.inf, -math.inf, np.float32("nan"), True, "1",
      b"1", None, [1.0], (), {}, 1j, np.ones(2)]),
    (Real(-1, 1), [(-1, -1.0), (1, 1.0)], [math.nextafter(-1, -2), math.nextafter(1, 2), math.nan]),
    (Choice(("sigmoid", "tanh")), [("tanh", "tanh")],
     ["", "Tanh", " tanh", "sigmoid, tanh", None, 0, True, ["tanh"]]),
    (Switch(), [(True, True), (False, False)], [0, 1, "on", "", None, 1.0, []]),
    (OrWord(WHOLE, "never"), [(3, 3), (None, None)], ["never", 0, 65, 2.5, True]),
    (Bits(4), [([1, 0, 1, 0], (1, 0, 1, 0)), ((np.int64(1), np.uint8(0), 0, 1), (1, 0, 0, 1))],
     ["1010", [1, 0, 1], [1, 0, 1, 0, 1], [], None, 1010, {1, 0}, [None] * 4, [1, 0, 1, 2],
      [-1, 0, 1, 0], [1, 0.5, 1, 0], [1, "0", 1, 0], [1, 0, True, 0], [1, 0, 1, [0]]]),
]  # fmt: skip
"""A rule, values that it takes and what they become, and values that it refuses."""

TYPED: list[tuple[Rule, dict[str, Any], list[str]]] = [
    (WHOLE, {"64": 64}, ["", "0", "65", "3.0", "three", "0x3", "1e1", "9" * 5000]),
    (OPEN, {"0.5": 0.5, "1e-3": 0.001, "3": 3.0}, ["", "0", "10", "nan", "inf", "1e999", "1,5"]),
    (Choice(("sigmoid", "tanh")), {"tanh": "tanh"}, ["", "TANH", "relu"]),
    (Switch(), {"on": True, "off": False}, ["", "On", "true", "1", "yes"]),
    (OrWord(WHOLE, "never"), {"64": 64, "never": None}, ["", "Never", "0", "65", "none"]),
    (Bits(4), {"0110": (0, 1, 1, 0)},
     ["", "101", "10101", "1012", "1 0 1 0", "-101", "١٠١٠", "10¹0"]),
]  # fmt: skip
"""A rule, texts that it reads, and texts that it refuses."""


def types_of(value: Any) -> list[type]:
    return [type(part) for part in (value if isinstance(value, tuple) else [value])]


def test_a_valid_value_is_returned_in_its_plain_type_and_any_other_refused() -> None:
    for rule, good, bad in RULES:
        for value, meant in good:
            found = checked(rule, "it", value)
            assert found == meant
            assert types_of(found) == types_of(meant)
        for value in bad:
            with pytest.raises(SettingError) as failure:
                checked(rule, "the setting", value)
            assert str(failure.value) == f"the setting is {quoted(value)}; allowed: {rule.allowed}"


def test_typed_text_is_read_or_refused_with_what_is_allowed() -> None:
    for rule, good, bad in TYPED:
        for text, meant in good.items():
            found = parsed(rule, "it", text)
            assert found == meant
            assert types_of(found) == types_of(meant)
        for text in bad:
            with pytest.raises(SettingError) as failure:
                parsed(rule, "the setting", text)
            assert str(failure.value) == f"the setting is {quoted(text)}; allowed: {rule.allowed}"
            assert failure.value.__suppress_context__
            assert isinstance(failure.value, ValueError)


def test_the_allowed_range_says_which_ends_are_excluded() -> None:
    texts: dict[Rule, str] = {
        WHOLE: "a whole number from 1 to 64",
        Whole(0, 60_000): "a whole number from 0 to 60\u202f000",
        Real(-1, 1): "a number from −1, up to 1",
        Real(-1e6, 1e6): "a number from −1\u202f000\u202f000, up to 1\u202f000\u202f000",
        Real(0.5, math.inf): "a number from 0.5, up to inf",
        OPEN: "a number above 0, below 10",
        Choice(("sigmoid", "tanh")): "sigmoid, tanh",
        OrWord(WHOLE, "never"): "a whole number from 1 to 64, or never",
        Switch(): "on, off",
        Bits(4): "4 digits, each 0 or 1",
    }
    assert {rule: rule.allowed for rule in texts} == texts


def test_an_integer_too_long_for_repr_is_rejected() -> None:
    with pytest.raises(SettingError, match=r"width is a very large number; allowed: a whole"):
        checked(WHOLE, "width", 10**5000)


def test_settings_are_written_as_text() -> None:
    texts = [written(value) for value in (True, False, 0.5, 3, (1, 0, 1, 0), "tanh")]
    assert texts == ["on", "off", "0.5", "3", "1010", "tanh"]


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
