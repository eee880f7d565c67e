"""Rules: valid values, invalid values and error messages."""

import math
from fractions import Fraction

import numpy as np
import pytest

from tests.support.cases import quoted
from xorviz.core.rules import (
    Bits,
    Choice,
    OrWord,
    Real,
    Reordered,
    Rule,
    SettingError,
    Switch,
    Whole,
    checked,
    parsed,
    written,
)

WHOLE = Whole(1, 64)
OPEN = Real(0, 10, above_low=True, below_high=True)
CLOSED = Real(-1, 1)
CHOICE = Choice(("sigmoid", "tanh"))
SWITCH = Switch()
BITS = Bits(4)
OR_NEVER = OrWord(WHOLE, "never")

BAD: list[tuple[Rule, list[object]]] = [
    (WHOLE, [0, 65, -1, 2**64, 1.0, 3.5, math.nan, math.inf]),
    (WHOLE, [True, False, "3", b"3", None, [3], {}, 1j, np.array([3, 4])]),
    (OPEN, [0, -0.0, 10, -5e-324, math.nextafter(10, 11), 10**309]),
    (OPEN, [math.nan, math.inf, -math.inf, np.float32("nan")]),
    (OPEN, [True, "1", b"1", None, [1.0], (), {}, 1j, np.ones(2)]),
    (CLOSED, [math.nextafter(-1, -2), math.nextafter(1, 2), math.nan]),
    (CHOICE, ["", "Tanh", " tanh", "sigmoid, tanh", None, 0, True, ["tanh"]]),
    (SWITCH, [0, 1, "on", "", None, 1.0, []]),
    (OR_NEVER, ["never", 0, 65, 2.5, True]),
    (BITS, ["1010", [1, 0, 1], [1, 0, 1, 0, 1], [], None, 1010, {1, 0}, [None] * 4]),
    (BITS, [[1, 0, 1, 2], [-1, 0, 1, 0], [1, 0.5, 1, 0], [1, "0", 1, 0], [1, 0, True, 0]]),
    (BITS, [[1, 0, 1, [0]], [1, 0, 1, {}], [1, 0, 1, math.nan], [1, 0, 1, 1 + 0j]]),
]


def test_a_valid_value_is_returned_in_its_plain_type() -> None:
    cases: list[tuple[Rule, object, object]] = [
        (WHOLE, 1, 1),
        (WHOLE, 64, 64),
        (WHOLE, np.int8(7), 7),
        (WHOLE, np.uint64(64), 64),
        (OPEN, 5e-324, 5e-324),
        (OPEN, math.nextafter(10, 0), math.nextafter(10, 0)),
        (OPEN, 3, 3.0),
        (OPEN, np.float32(0.5), 0.5),
        (OPEN, np.int64(2), 2.0),
        (OPEN, Fraction(1, 4), 0.25),
        (CLOSED, -1, -1.0),
        (CLOSED, 1, 1.0),
        (CHOICE, "tanh", "tanh"),
        (SWITCH, True, True),
        (SWITCH, False, False),
        (OR_NEVER, 3, 3),
        (OR_NEVER, None, None),
        (BITS, [1, 0, 1, 0], (1, 0, 1, 0)),
        (BITS, (np.int64(1), np.uint8(0), 0, 1), (1, 0, 0, 1)),
    ]
    for rule, value, meant in cases:
        found = checked(rule, "it", value)
        assert found == meant
        assert type(found) is type(meant)


def test_bits_become_plain_integers() -> None:
    bits = BITS.check((np.int64(1), np.uint8(0), 0, 1))
    assert [type(bit) for bit in bits] == [int] * 4


def test_an_invalid_value_is_rejected_with_name_and_allowed_range() -> None:
    for rule, values in BAD:
        for value in values:
            with pytest.raises(SettingError) as failure:
                checked(rule, "the setting", value)
            assert str(failure.value) == f"the setting is {quoted(value)}; allowed: {rule.allowed}"


def test_typed_text_is_read() -> None:
    cases: list[tuple[Rule, str, object]] = [
        (WHOLE, "64", 64),
        (OPEN, "0.5", 0.5),
        (OPEN, "1e-3", 0.001),
        (OPEN, "3", 3.0),
        (CHOICE, "tanh", "tanh"),
        (SWITCH, "on", True),
        (SWITCH, "off", False),
        (OR_NEVER, "64", 64),
        (OR_NEVER, "never", None),
        (BITS, "0110", (0, 1, 1, 0)),
    ]
    for rule, text, meant in cases:
        found = parsed(rule, "it", text)
        assert found == meant
        assert type(found) is type(meant)


def test_invalid_text_is_rejected_with_name_and_allowed_range() -> None:
    cases: list[tuple[Rule, tuple[str, ...]]] = [
        (WHOLE, ("", "0", "65", "3.0", "three", "0x3", "1e1", "9" * 5000)),
        (OPEN, ("", "0", "10", "nan", "inf", "1e999", "1,5", "ten")),
        (CHOICE, ("", "TANH", "relu")),
        (SWITCH, ("", "On", "true", "1", "yes")),
        (OR_NEVER, ("", "Never", "0", "65", "none")),
        (BITS, ("", "101", "10101", "1012", "1 0 1 0", "-101", "١٠١٠", "10¹0")),
    ]
    for rule, texts in cases:
        for text in texts:
            with pytest.raises(SettingError) as failure:
                parsed(rule, "the setting", text)
            assert str(failure.value) == f"the setting is {quoted(text)}; allowed: {rule.allowed}"


def test_the_allowed_range_says_which_ends_are_excluded() -> None:
    assert WHOLE.allowed == "a whole number from 1 to 64"
    assert CLOSED.allowed == "a number from −1, up to 1"
    assert Whole(0, 60_000).allowed == "a whole number from 0 to 60\u202f000"
    assert (
        Real(-1e6, 1e6).allowed == "a number from −1\u202f000\u202f000, up to 1\u202f000\u202f000"
    )
    assert Real(0.5, math.inf).allowed == "a number from 0.5, up to inf"
    assert "above 0" in OPEN.allowed
    assert "below 10" in OPEN.allowed
    assert CHOICE.allowed == "sigmoid, tanh"
    assert OR_NEVER.allowed == "a whole number from 1 to 64, or never"
    assert SWITCH.allowed == "on, off"
    assert "4" in BITS.allowed


def test_an_error_has_no_visible_cause() -> None:
    with pytest.raises(SettingError) as failure:
        parsed(WHOLE, "width", "three")
    assert failure.value.__suppress_context__


def test_a_setting_error_is_a_value_error() -> None:
    assert issubclass(SettingError, ValueError)


def test_an_integer_too_long_for_repr_is_rejected() -> None:
    with pytest.raises(SettingError, match=r"width is a very large number; allowed: a whole"):
        checked(Whole(1, 64), "width", 10**5000)


def test_settings_are_written_as_text() -> None:
    texts = [written(value) for value in (True, 0.5, (1, 0, 1, 0), "tanh")]
    assert texts == ["on", "0.5", "1010", "tanh"]


def test_bits_may_be_typed_in_another_order_than_they_are_kept_in() -> None:
    rule = Reordered(Bits(4), (1, 2, 0, 3))
    assert rule.parse("0011") == (1, 0, 0, 1)
    assert rule.written((1, 0, 0, 1)) == "0011"
    assert rule.allowed == Bits(4).allowed
    for text in ("", "001", "00112", "0012", "xor "):
        with pytest.raises(SettingError, match="4 digits"):
            parsed(rule, "targets", text)
