"""Stop rules on series of losses."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.rules import SettingError
from xorviz.core.runs.stopping import DEFAULT_LOSS, DEFAULT_STEPS, NEVER, RULES, Halt, StopRules


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


def test_the_default_limit_is_60_000_steps_and_the_next_one_the_next_multiple() -> None:
    assert StopRules() == StopRules(at_step=60_000, when_learned=False, at_loss=None)
    assert (DEFAULT_STEPS, DEFAULT_LOSS) == (60_000, 0.01)
    for step, limit in ((0, 100), (1, 100), (99, 100), (100, 200), (101, 200), (1000, 1100)):
        assert StopRules(at_step=100).next_limit(step) == limit
        assert NEVER.next_limit(step) is None


@given(
    st.lists(st.tuples(st.sampled_from([0.4, 0.5, 0.6]), st.booleans()), min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from([0.5, None]),
)
def test_the_first_index_at_which_a_rule_becomes_true_is_found(
    series: list[tuple[float, bool]], when_learned: bool, at_loss: float | None
) -> None:
    """What was true at the present step, index 0, becomes true only after it was not."""
    met = None
    for place in range(len(series) - 1, 0, -1):
        (before, had), (loss, has) = series[place - 1], series[place]
        if at_loss is not None and loss <= at_loss < before:
            met = place, Halt.AT_LOSS
        if when_learned and has and not had:  # which comes first of both
            met = place, Halt.LEARNED
    losses, learned = map(np.array, zip(*series, strict=True))
    rules = StopRules(when_learned=when_learned, at_loss=at_loss)
    assert rules.first_met(losses, learned) == met
