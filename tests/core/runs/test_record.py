"""Records and snapshots: names, interventions, errors, streaks and previews."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bits import CONFIGS, Change, changes_of, straight
from tests.support.snapshots import QUICK, trained
from tests.support.watched import SHOWN, watched_record
from xorviz.core.network import initial_weights, parameter_count
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.record import (
    WEIGHT,
    Checkpoint,
    Intervention,
    Record,
    Streak,
    at_step,
    checked_intervention,
    most_checkpoints,
    weight_shapes,
)
from xorviz.core.runs.trainer import Trainer
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import LIVE, SETTINGS, RunConfig

MADE = (
    Intervention(3, "rate", 0.5),
    Intervention(7, "momentum", 0.9),
    Intervention(7, "w1", 2.0, (1, 2)),
    Intervention(9, "rate", 0.25),
)


def test_weights_and_settings_have_their_names() -> None:
    targets: list[tuple[str, tuple[int, ...]]] = [
        *(("rate", ()), ("w1", (0, 0)), ("w1", (1, 2)), ("b1", (1,)), ("w2", (0, 0)), ("b2", (0,)))
    ]
    changes = [Intervention(1, field, 0.5, index) for field, index in targets]
    assert [change.target for change in changes] == targets
    names = [change.name for change in changes]
    assert names == ["rate", "w1[x1→h1]", "w1[x2→h3]", "b1[h2]", "w2[h1→o]", "b2"]


@given(CONFIGS.flatmap(lambda config: st.tuples(st.just(config), changes_of(config))))
def test_valid_interventions_become_plain_numbers(made: tuple[RunConfig, Change]) -> None:
    config, (field, value, index) = made
    weights = initial_weights(config)
    drawn = {name: getattr(weights, name) for name in ("w1", "b1", "w2", "b2")}
    assert weight_shapes(config) == {n: a.shape for n, a in drawn.items() if a is not None}
    assert parameter_count(config) == sum(a.size for a in weights.arrays())
    place: Any = tuple(map(np.int64, index))
    for number in (value, np.float64(value)):
        change = checked_intervention(config, 5, field, number, place)
        assert change == Intervention(5, field, value, index)
        assert {float} == {type(change.value)}
        assert {int}.issuperset(map(type, change.index))


LIMITS = {name: f"allowed: {SETTINGS[name].rule.allowed}" for name in LIVE}


@pytest.mark.parametrize(
    ("field", "value", "index", "message"),
    [
        *((name, math.nan, (), f"{name} is nan; {LIMITS[name]}") for name in sorted(LIVE)),
        ("momentum", 1, (), f"momentum is 1; {LIMITS['momentum']}"),
        ("rate", 0.5, (0,), "one number; it has no index (0,)"),
        *((name, 3, (), f"{name} cannot change during a run")
          for name in ("step", *SETTINGS) if name not in LIVE),
        ("w1", math.inf, (0, 0), f"w1[x1→h1] is inf; allowed: {WEIGHT.allowed}"),
        ("w1", "1", (0, 0), f"w1[x1→h1] is '1'; allowed: {WEIGHT.allowed}"),
        ("w1", 1e6 + 1, (0, 1), f"w1[x1→h2] is 1000001.0; allowed: {WEIGHT.allowed}"),
        *(("w1", 1.0, at, f"w1 has no index {at}; its shape is (2, 5)")
          for at in ((), (0,), (2, 0), (0, -1), (0, 5), (0, 0, 0))),
        ("w2", 1.0, (5, 0), "w2 has no index (5, 0); its shape is (5, 1)"),
        ("b1", 1.0, (True,), "b1 has no index (True,); its shape is (5,)"),
        ("b2", 1.0, (0.0,), "b2 has no index (0.0,); its shape is (1,)"),
    ],
)  # fmt: skip
def test_invalid_interventions_are_refused_with_what_is_allowed(
    field: str, value: Any, index: Any, message: str
) -> None:
    with pytest.raises(SettingError) as refused:
        checked_intervention(QUICK, 5, field, value, index)
    assert message in str(refused.value)
    if field in {"b1", "b2"}:
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
    plain = straight(QUICK, 200)
    record, shown = plain.record(), plain.seen(200)
    assert record == Record(QUICK, newest=200)
    for other in ({"newest": 99}, {"config": RunConfig()}, {"interventions": MADE}):
        assert replace(record, **other) != record
    first = next(s.step for s in map(plain.seen, range(200)) if s.right.all())
    assert record.loss == shown.loss
    assert record.right == Streak(shown.right_since, first)
    assert record.learned == Streak(168, 168)


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=6))
def test_a_streak_does_not_depend_on_division(parts: list[list[bool]]) -> None:
    count = 0
    streak = alone = expected = Streak()
    for part in parts:
        streak = streak.extended(np.array(part), count)
        for step, holds in enumerate(part, start=count):
            alone = alone.then(holds, step)
            since, first = expected.since, expected.first
            expected = Streak(
                (step if since is None else since) if holds else None,
                step if holds and first is None else first,
            )
        count += len(part)
        assert streak == alone == expected
    assert streak == Streak().extended(np.concatenate(parts), 0)


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
    whole = [stride * n for n in range(min(count, most_checkpoints(config)))]
    made = tuple(Checkpoint(n, (numbers, numbers), Streak(), Streak()) for n in whole)
    record = Record(config, MADE, max(whole, default=0), checkpoints=made)
    compact = record.compact()
    kept = [c.step for c in compact.checkpoints]
    size = (len(kept) - 1) * (400 + 16 * len(numbers))
    assert (compact, compact.trace is record.trace) == (record, True)
    assert (kept[:1], kept[-1:]) == (whole[:1], whole[-1:])
    assert compact.compact() is compact
    project = Project(record, 0).pinning(record, 0).compact()
    assert (project.record.checkpoints, project.beside) == (compact.checkpoints, None)
    assert project.pinned[0].record is record
    two = replace(project, beside=record).compact()
    assert [c.step for c in two.beside.checkpoints] == kept  # type: ignore[union-attr]
    distances = set(np.diff(kept[:-1]).tolist())
    if compact is not record:  # it gives up no more than it must
        assert len(distances) == 1
        assert size > 400_000 / 2 - 5000
    assert size <= 400_000 or min(distances) >= 2**19
    assert max(distances, default=0) <= max(stride, 2**20)


def test_a_run_is_part_of_a_longer_one() -> None:
    long = Record(RunConfig(), (Intervention(5, "rate", 0.5),), 9)
    for short, is_part in (
        *((Record(RunConfig(), (), 5), True), (long, True), (replace(long, newest=10), False)),
        (Record(RunConfig(), (), 6), False),  # it took step 6 at another rate
        (Record(RunConfig(seed=1), (), 5), False),
    ):
        assert short.is_part_of(long) == is_part


def test_correct_means_on_the_targets_side_of_one_half() -> None:
    for outputs, errors, right in (
        ((0.75, 0.25, 1.0, 0.0), [-0.25, 0.25, 0, 0], [True] * 4),  # the targets are 1, 0, 1, 0
        ((0.5, 0.5, 0.25, 0.75), [-0.5, 0.5, -0.75, 0.75], [False] * 4),
    ):
        shown = replace(trained(QUICK), outputs=np.array(outputs))
        assert (shown.errors.tolist(), shown.right.tolist()) == (errors, right)


def test_given_weights_may_be_trained_at_step_0() -> None:
    watched = watched_record(steps=(0, 9))
    given = continued(watched, 9)
    for record, is_given in ((watched, True), (given, True), (Record(SHOWN), False)):
        shown = run_of(record).state_at(0)
        assert (record.is_given, shown.is_untrained) == (is_given, not is_given)


@pytest.mark.parametrize(
    ("field", "index"), [("w1", (1, 2)), ("b1", (0,)), ("w2", (2, 0)), ("b2", (0,))]
)
@pytest.mark.parametrize("loss", ["sse", "cross-entropy"])
def test_a_preview_is_what_the_change_gives(
    field: str, index: tuple[int, ...], loss: str, kernel: str
) -> None:
    trainer = Trainer(RunConfig(biases=True, loss=loss, rate=0.5), kernel=kernel)
    trainer.advance(40)
    before = trainer.snapshot()
    tried = before.trying(Intervention(40, field, -2.5, index))
    trainer.intervene(field, -2.5, index)
    made = trainer.snapshot()
    for name in ("weights", "gradient"):
        pairs = zip(getattr(tried, name).arrays(), getattr(made, name).arrays(), strict=True)
        assert all(np.allclose(one, other, rtol=1e-12, atol=1e-15) for one, other in pairs)
    assert tried.loss == pytest.approx(made.loss, rel=1e-12)
    assert tried.outputs == pytest.approx(made.outputs, rel=1e-12)
    assert (tried.is_preview, tried.record, before.is_preview) == (True, before.record, False)
    pair = replace(before, beside=before).trying(Intervention(40, field, -2.5, index), beside=True)
    assert pair.beside is not None
    assert (pair.is_preview, pair.tried, pair.loss) == (True, None, before.loss)
    assert pair.beside.loss == tried.loss
