"""Records: names, interventions, errors and streaks."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bits import CONFIGS, Change, changes_of, straight
from tests.support.snapshots import QUICK
from xorviz.core.network import initial_weights, parameter_count
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import (
    WEIGHT,
    Checkpoint,
    Intervention,
    Record,
    Streak,
    at_step,
    checked_intervention,
    most_checkpoints,
    weight_name,
    weight_shapes,
)
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import LIVE, SETTINGS, RunConfig

MADE = (
    Intervention(3, "rate", 0.5),
    Intervention(7, "momentum", 0.9),
    Intervention(7, "w1", 2.0, (1, 2)),
    Intervention(9, "rate", 0.25),
)


def test_weights_and_settings_have_their_names() -> None:
    names = {
        "w1[x1→h1]": ("w1", (0, 0)),
        "w1[x2→h3]": ("w1", (1, 2)),
        "b1[h2]": ("b1", (1,)),
        "w2[h1→o]": ("w2", (0, 0)),
        "b2": ("b2", (0,)),
    }
    for name, target in names.items():
        change = Intervention(1, target[0], 0.0, target[1])
        assert weight_name(*target) == change.name == name
        assert change.target == target
    assert Intervention(1, "rate", 0.5).name == "rate"


@given(CONFIGS.flatmap(lambda config: st.tuples(st.just(config), changes_of(config))))
def test_valid_interventions_are_accepted(made: tuple[RunConfig, Change]) -> None:
    config, (field, value, index) = made
    weights = initial_weights(config)
    drawn = {name: getattr(weights, name) for name in ("w1", "b1", "w2", "b2")}
    assert weight_shapes(config) == {n: a.shape for n, a in drawn.items() if a is not None}
    assert parameter_count(config) == sum(a.size for a in weights.arrays())
    change = checked_intervention(config, 5, field, value, index)
    assert change == Intervention(5, field, value, index)
    assert type(change.value) is float


def test_numbers_of_other_kinds_become_plain_ones() -> None:
    place: Any = (np.int64(1), np.int32(4))
    change = checked_intervention(QUICK, 5, "w1", np.float32(0.5), place)
    assert change == Intervention(5, "w1", 0.5, (1, 4))
    assert [type(n) for n in (change.value, *change.index)] == [float, int, int]
    for end in (-1e6, 1e6):
        assert checked_intervention(QUICK, 0, "b2", end, (0,)).value == end


def test_invalid_interventions_are_refused_with_what_is_allowed() -> None:
    limits = {name: f"allowed: {SETTINGS[name].rule.allowed}" for name in LIVE}
    allowed = f"allowed: {WEIGHT.allowed}"
    cases: list[tuple[str, Any, Any, str]] = [
        *((name, math.nan, (), f"{name} is nan; {limits[name]}") for name in LIVE),
        ("momentum", 1, (), f"momentum is 1; {limits['momentum']}"),
        ("rate", 0.5, (0,), "one number; it has no index (0,)"),
        *((name, 3, (), f"{name} cannot change during a run") for name in {*SETTINGS} - LIVE),
        ("step", 3, (0, 0), "step cannot change during a run"),
        ("w1", math.inf, (0, 0), f"w1[x1→h1] is inf; {allowed}"),
        ("w1", "1", (0, 0), f"w1[x1→h1] is '1'; {allowed}"),
        ("w1", 1e6 + 1, (0, 1), f"w1[x1→h2] is 1000001.0; {allowed}"),
        *(("w1", 1.0, at, f"w1 has no index {at}; its shape is (2, 5)")
          for at in ((), (0,), (2, 0), (0, -1), (0, 5), (0, 0, 0))),
        ("w2", 1.0, (5, 0), "w2 has no index (5, 0); its shape is (5, 1)"),
        ("b1", 1.0, (True,), "b1 has no index (True,); its shape is (5,)"),
        ("b2", 1.0, (0.0,), "b2 has no index (0.0,); its shape is (1,)"),
    ]  # fmt: skip
    for field, value, index, message in cases:
        with pytest.raises(SettingError) as refused:
            checked_intervention(QUICK, 5, field, value, index)
        assert message in str(refused.value)
    for field in ("b1", "b2"):
        with pytest.raises(SettingError, match=f"there is no {field}: this network has no biases"):
            checked_intervention(RunConfig(), 5, field, 0.5, (0,))


def test_changes_are_found_by_their_step_and_hold_from_it_on() -> None:
    record = Record(QUICK, MADE, newest=20)
    for step in range(-1, 12):
        assert at_step(MADE, step) == tuple(change for change in MADE if change.step == step)
        assert at_step((), step) == ()
        rate, momentum = 1.0 if step < 3 else 0.5 if step < 9 else 0.25, 0.5 if step < 7 else 0.9
        assert record.config_at(step) == replace(QUICK, rate=rate, momentum=momentum)
    assert record.config == QUICK


def test_records_of_the_same_run_are_equal() -> None:
    plain = straight(QUICK, 200, {})
    record, shown = plain.trainer.record(), plain.seen[-1]
    assert record == Record(QUICK, newest=200)
    for other in (
        replace(record, newest=99),
        replace(record, config=replace(QUICK, seed=1)),
        replace(record, interventions=MADE),
    ):
        assert other != record
    first = next(s.step for s in plain.seen if s.right.all())
    assert record.loss == shown.loss
    assert (record.right.since, record.right.first) == (shown.right_since, first)
    assert record.learned == Streak(168, 168)


def naive(holds: list[bool]) -> Streak:
    """Return a streak extended step by step."""
    since = first = None
    for step, held in enumerate(holds):
        since = None if not held else step if since is None else since
        first = step if held and first is None else first
    return Streak(since, first)


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=6))
def test_a_streak_does_not_depend_on_division(parts: list[list[bool]]) -> None:
    whole: list[bool] = []
    streak = alone = Streak()
    for part in parts:
        streak = streak.extended(np.array(part), len(whole))
        for held in part:
            alone = alone.then(held, len(whole))
            whole.append(held)
        assert streak == alone == naive(whole)
    assert streak == Streak().extended(np.array(whole), 0)


@given(
    st.integers(1, 64),
    st.booleans(),
    st.integers(0, 9000) | st.integers(85, 90),
    st.sampled_from([1, 64, 2**20, 2**24]),
)
def test_a_compact_record_is_small_or_within_reach_and_of_the_same_run(
    width: int, biases: bool, count: int, stride: int
) -> None:
    config = RunConfig(width=width, biases=biases)
    numbers = np.zeros(parameter_count(config))
    count = min(count, most_checkpoints(config))
    state = numbers, numbers
    made = tuple(Checkpoint(stride * n, state, Streak(), Streak()) for n in range(count))
    trace = Trace(np.arange(count), np.ones(count))
    record = Record(config, MADE, stride * max(count - 1, 0), trace, made)
    compact = record.compact()
    kept, whole = ([c.step for c in r.checkpoints] for r in (compact, record))
    size = (len(kept) - 1) * (400 + 16 * len(numbers))
    assert (compact, compact.trace is record.trace) == (record, True)
    assert (kept[:1], kept[-1:]) == (whole[:1], whole[-1:])
    assert compact.compact() is compact
    distances = set(np.diff(kept[:-1]).tolist())
    if compact is not record:  # it gives up no more than it must
        assert len(distances) == 1
        assert size > 400_000 / 2 - 5000
    assert size <= 400_000 or min(distances) >= 2**19
    assert max(distances, default=0) <= max(stride, 2**20)


def test_a_run_is_part_of_a_longer_one() -> None:
    change = Intervention(5, "rate", 0.5)
    short, long = Record(RunConfig(), (), 5), Record(RunConfig(), (change,), 9)
    assert short.is_part_of(long)
    assert long.is_part_of(long)
    assert not long.is_part_of(short)
    assert not Record(RunConfig(), (), 6).is_part_of(long)  # it took step 6 at another rate
    assert not Record(RunConfig(seed=1), (), 5).is_part_of(long)
