"""Stop rules on series of losses."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.rules import SettingError
from xorviz.core.runs.stopping import (
    DEFAULT_LOSS,
    DEFAULT_STEPS,
    MOST_STEPS,
    NEVER,
    RULES,
    Halt,
    StopRules,
)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("at_step", [1, 10**12, None], [0, -1, 10**12 + 1, 2.5, math.nan, True, "60000", [1]]),
        ("when_learned", [True, False], [1, 0, "on"]),
        ("when_correct", [True, False], [1, None]),
        ("at_plateau", [1e-9, 0.5, None], [0, 1, True, "1"]),
        ("plateau_steps", [1, 10**12], [0, None, True]),
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


def test_the_default_limit_is_60_000_steps_and_the_next_one_the_next_multiple() -> None:
    assert StopRules() == StopRules(at_step=60_000, when_learned=False, at_loss=None)
    assert (DEFAULT_STEPS, DEFAULT_LOSS) == (60_000, 0.01)
    for step, limit in ((0, 100), (1, 100), (99, 100), (100, 200), (101, 200), (1000, 1100)):
        assert StopRules(at_step=100).next_limit(step) == limit
        assert NEVER.next_limit(step) is None


SERIES = st.tuples(st.sampled_from([0.4, 0.5, 0.6]), st.booleans(), st.booleans())


@given(st.lists(SERIES, min_size=1, max_size=8), st.booleans(), st.booleans(), st.booleans())
def test_the_first_index_at_which_a_condition_becomes_true_is_found(
    series: list[tuple[float, bool, bool]], when_correct: bool, when_learned: bool, at_loss: bool
) -> None:
    """What was true at the present step, index 0, becomes true only after it was not."""
    met = None
    on = {Halt.CORRECT: when_correct, Halt.LEARNED: when_learned, Halt.AT_LOSS: at_loss}
    for place in range(len(series) - 1, 0, -1):
        before, here = (
            (right, learned, loss <= 0.5) for loss, right, learned in series[place - 1 : place + 1]
        )
        rising = [h for h, was, holds in zip(on, before, here, strict=True) if holds and not was]
        met = next(((place, halt) for halt in rising if on[halt]), met)
    losses, right, learned = map(np.array, zip(*series, strict=True))
    rules = StopRules(60_000, when_learned, 0.5 if at_loss else None, when_correct)
    assert rules.first_met(right, learned, losses) == met
    assert rules.has_conditions == any(on.values())


def test_a_plateau_is_told_at_multiples_by_the_share_that_the_loss_has_fallen() -> None:
    rules = StopRules(at_plateau=0.25, plateau_steps=100)
    looks = [(rules.last_look(step), rules.next_look(step)) for step in (0, 99, 100, 101)]
    assert looks == [(0, 100), (0, 100), (100, 200), (100, 200)]
    assert (NEVER.last_look(5), NEVER.next_look(5)) == (None, MOST_STEPS)
    told = {now: rules.is_plateau((100, 1.0), 200, now) for now in (0.5, 0.75, 0.7500001, 2.0)}
    assert told == {0.5: False, 0.75: False, 0.7500001: True, 2.0: True}
    assert rules.is_plateau((100, 1.0), 200, math.nan)
    assert not rules.is_plateau((100, 1.0), 199, 1.0)
    assert not NEVER.is_plateau((100, 1.0), 200, 1.0)


def test_conditions_are_told_in_words() -> None:
    rules = StopRules(None, True, 0.05, True, 0.1)
    assert rules.texts() == ["when correct", "when learned", "at loss 0.05", "at a plateau"]
    assert NEVER.texts() == []
