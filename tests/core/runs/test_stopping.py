"""Stop rules on series written by hand."""

import math

import numpy as np
import pytest

from xorviz.core.rules import SettingError
from xorviz.core.runs.stopping import DEFAULT_LOSS, DEFAULT_STEPS, NEVER, RULES, Halt, StopRules


def first_met(rules: StopRules, losses: str, learned: str) -> tuple[int, Halt] | None:
    """Apply the rules to series written as digits; a loss is in tenths."""
    return rules.first_met(
        np.array([int(digit) / 10 for digit in losses]),
        np.array([digit == "1" for digit in learned]),
    )


def test_the_default_limit_is_60_000_steps() -> None:
    assert StopRules() == StopRules(at_step=60_000, when_learned=False, at_loss=None)
    assert (DEFAULT_STEPS, DEFAULT_LOSS) == (60_000, 0.01)


def test_both_ends_of_every_range_are_valid() -> None:
    cases: list[tuple[str, float]] = [
        ("at_step", 1),
        ("at_step", 10**12),
        ("at_loss", 5e-324),
        ("at_loss", 1e6),
    ]
    for name, value in cases:
        assert getattr(StopRules(**{name: value}), name) == value  # type: ignore[arg-type]


def test_an_invalid_number_is_rejected_with_name_and_allowed_range() -> None:
    cases: list[tuple[str, object]] = [
        *(("at_step", bad) for bad in (0, -1, 10**12 + 1, 2.5, math.nan, True, "60000", [1])),
        *(("when_learned", bad) for bad in (1, 0, "on")),
        *(("at_loss", bad) for bad in (0, -0.5, 1.1e6, math.nan, math.inf, True, "0.01", [0.1])),
    ]
    for name, value in cases:
        with pytest.raises(SettingError) as refused:
            StopRules(**{name: value})  # type: ignore[arg-type]
        assert str(refused.value) == f"{name} is {value!r}; allowed: {RULES[name].allowed}"


def test_numpy_numbers_become_plain_ones() -> None:
    rules = StopRules(at_step=np.int64(5), at_loss=np.float32(0.5))  # type: ignore[arg-type]
    assert (type(rules.at_step), type(rules.at_loss)) == (int, float)


def test_the_next_limit_is_the_next_multiple() -> None:
    cases: list[tuple[int, int]] = [
        (0, 100),
        (1, 100),
        (99, 100),
        (100, 200),
        (101, 200),
        (1000, 1100),
    ]
    for step, limit in cases:
        assert StopRules(at_step=100).next_limit(step) == limit


def test_without_a_limit_there_is_no_next() -> None:
    assert NEVER.next_limit(60_000) is None


def test_learning_counts_only_when_it_begins() -> None:
    cases: list[tuple[str, int | None]] = [
        ("0001", 3),
        ("0111", 1),
        ("1101", 3),
        ("1001", 3),
        ("01011", 1),
        ("1111", None),
        ("1100", None),
        ("0000", None),
        ("0", None),
        ("1", None),
    ]
    for learned, index in cases:
        met = first_met(StopRules(when_learned=True), "9" * len(learned), learned)
        assert met == (None if index is None else (index, Halt.LEARNED))


def test_a_loss_counts_only_when_it_is_reached() -> None:
    cases: list[tuple[str, int | None]] = [
        ("9753", 2),
        ("95", 1),
        ("5555", None),
        ("5955", 2),
        ("9876", None),
        ("5", None),
    ]
    for losses, index in cases:
        met = first_met(StopRules(at_loss=0.5), losses, "0" * len(losses))
        assert met == (None if index is None else (index, Halt.AT_LOSS))


def test_the_first_of_two_rules_is_met() -> None:
    cases: list[tuple[str, str, tuple[int, Halt] | None]] = [
        ("9933", "0001", (2, Halt.AT_LOSS)),
        ("9993", "0011", (2, Halt.LEARNED)),
        ("9933", "0011", (2, Halt.LEARNED)),
        ("3333", "0001", (3, Halt.LEARNED)),
        ("9993", "1111", (3, Halt.AT_LOSS)),
        ("3333", "1111", None),
    ]
    for losses, learned, met in cases:
        assert first_met(StopRules(when_learned=True, at_loss=0.5), losses, learned) == met


def test_rules_that_are_off_are_never_met() -> None:
    assert first_met(NEVER, "90", "01") is None
    assert first_met(StopRules(), "90", "01") is None
    assert first_met(StopRules(when_learned=True), "90", "00") is None
    assert first_met(StopRules(at_loss=0.5), "99", "01") is None
