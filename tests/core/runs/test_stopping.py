"""Stop rules on series written by hand."""

import math

import numpy as np
import pytest

from xorviz.core.rules import SettingError
from xorviz.core.runs.stopping import DEFAULT_LOSS, DEFAULT_STEPS, NEVER, RULES, Halt, StopRules


def test_the_default_limit_is_60_000_steps() -> None:
    assert StopRules() == StopRules(at_step=60_000, when_learned=False, at_loss=None)
    assert (DEFAULT_STEPS, DEFAULT_LOSS) == (60_000, 0.01)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("at_step", [1, 10**12, None], [0, -1, 10**12 + 1, 2.5, math.nan, True, "60000", [1]]),
        ("when_learned", [True, False], [1, 0, "on"]),
        ("at_loss", [5e-324, 1e6, None], [0, -0.5, 1.1e6, math.nan, math.inf, True, "0.01"]),
    ],
)
def test_a_rule_takes_what_is_allowed_and_no_more(
    name: str, good: list[object], bad: list[object]
) -> None:
    for value in good:
        assert getattr(StopRules(**{name: value}), name) == value  # type: ignore[arg-type]
    for value in bad:
        with pytest.raises(SettingError) as refused:
            StopRules(**{name: value})  # type: ignore[arg-type]
        assert str(refused.value) == f"{name} is {value!r}; allowed: {RULES[name].allowed}"


def test_numpy_numbers_become_plain_ones() -> None:
    rules = StopRules(at_step=np.int64(5), at_loss=np.float32(0.5))  # type: ignore[arg-type]
    assert (type(rules.at_step), type(rules.at_loss)) == (int, float)


def test_the_next_limit_is_the_next_multiple() -> None:
    for step, limit in ((0, 100), (1, 100), (99, 100), (100, 200), (101, 200), (1000, 1100)):
        assert StopRules(at_step=100).next_limit(step) == limit
        assert NEVER.next_limit(step) is None


@pytest.mark.parametrize(
    ("losses", "learned", "index", "halt"),
    [
        # Only what begins after the first digit counts.
        *(("9999", "0001", 3, Halt.LEARNED), ("9999", "0111", 1, Halt.LEARNED)),
        *(("9999", "1101", 3, Halt.LEARNED), ("99999", "01011", 1, Halt.LEARNED)),
        *(("9999", "1111", None, None), ("9999", "1100", None, None), ("9", "1", None, None)),
        *(("9753", "0000", 2, Halt.AT_LOSS), ("95", "00", 1, Halt.AT_LOSS)),
        *(("5555", "0000", None, None), ("5955", "0000", 2, Halt.AT_LOSS), ("5", "0", None, None)),
        # Of both, the first.
        *(("9933", "0001", 2, Halt.AT_LOSS), ("9993", "0011", 2, Halt.LEARNED)),
        *(("9933", "0011", 2, Halt.LEARNED), ("3333", "0001", 3, Halt.LEARNED)),
        *(("9993", "1111", 3, Halt.AT_LOSS), ("3333", "1111", None, None)),
    ],
)
def test_the_first_index_at_which_a_rule_becomes_true_is_found(
    losses: str, learned: str, index: int | None, halt: Halt | None
) -> None:
    """In series written as digits, of a loss in tenths."""
    series = np.array([int(digit) / 10 for digit in losses]), np.array([*learned]) == "1"
    met = None if index is None or halt is None else (index, halt)
    assert StopRules(when_learned=True, at_loss=0.5).first_met(*series) == met
    for rules in (NEVER, StopRules()):
        assert rules.first_met(*series) is None


def test_a_rule_that_is_off_is_never_met() -> None:
    losses, learned = np.array([0.9, 0.0]), np.array([False, True])
    assert StopRules(when_learned=True).first_met(losses, ~learned) is None
    assert StopRules(at_loss=0.5).first_met(losses + 0.9, learned) is None
