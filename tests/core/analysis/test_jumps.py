"""Which frames of a run are shown: none that flashes."""

from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from tests.support.snapshots import trained
from xorviz.core.analysis.jumps import (
    MOST_TURNS,
    MOST_TURNS_OF_STEPS,
    STILL_SECONDS,
    CalmFrames,
    look_of,
    other_phase,
)
from xorviz.core.network import Weights, flat
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.steps import step

FRAME = 1 / 60
ALTERNATING = RunConfig(width=3, rate=5, seed=4)
"""From about step 100 on, most of its surface changes between blue and orange at every step."""
LEARNING = RunConfig(rate=0.5)
LEAPING = RunConfig(rate=1, biases=True)
"""Its first step changes all of its surface, its second one continues."""


def answering(level: float) -> Snapshot:
    """Return a snapshot of a network that gives one answer for all inputs, with this logit."""
    weights = Weights(np.zeros((2, 1)), np.zeros(1), np.zeros((1, 1)), np.array([level]))
    return replace(trained(RunConfig(width=1, biases=True)), weights=weights)


def shown_of(levels: Sequence[float], every: float = FRAME) -> list[float]:
    """Return those of some frames, by their levels, that are shown."""
    calm = CalmFrames()
    return [v for n, v in enumerate(levels) if calm.shows(answering(v), n * every)]


def test_of_a_run_that_alternates_one_state_is_shown() -> None:
    shown = shown_of([-1, 1] * 25)
    assert shown[: MOST_TURNS + 2] == [-1, 1, -1, 1]
    assert set(shown[MOST_TURNS + 2 :]) == {1}
    assert len(shown) > 20


def test_states_that_do_not_come_back_change_twice_a_second() -> None:
    """Of a network whose state is always another, the newest is shown now and then."""
    levels = [sign * (1 + n / 20) for n in range(40) for sign in (-1, 1)]
    shown = np.array(shown_of(levels))
    changes = int((np.diff(np.sign(shown)) != 0).sum())
    assert changes <= 1 + 80 * FRAME * MOST_TURNS


def test_what_has_moved_back_for_good_is_shown_after_a_moment() -> None:
    shown = shown_of([-1, 1] * 15 + [-1] * 40)
    assert shown[-1] == -1
    assert shown.count(-1) == pytest.approx(40 + 2 - STILL_SECONDS / FRAME, abs=2)


@pytest.mark.parametrize(
    ("levels", "every"),
    [([-5, -1, -0.5, 0, 0.5, 1, 5], FRAME), ([-1, 1, 0.5, 1, 1.5], FRAME), ([-1, 1] * 5, 0.5)],
    ids=["one way", "few turns", "slow"],
)
def test_every_frame_of_a_calm_run_is_shown(levels: list[float], every: float) -> None:
    assert shown_of(levels, every) == levels


def test_single_steps_of_the_user_show_more_turns() -> None:
    calm = CalmFrames()
    seen = [calm.shows(answering((-1) ** n), n * FRAME, is_step=True) for n in range(20)]
    assert sum(seen) == MOST_TURNS_OF_STEPS + 2 + sum(seen[MOST_TURNS_OF_STEPS + 2 :])
    assert seen[: MOST_TURNS_OF_STEPS + 3] == [True] * (MOST_TURNS_OF_STEPS + 2) + [False]


def test_changes_of_the_run_beside_count_too() -> None:
    calm, still = CalmFrames(), answering(0)
    pairs = [replace(still, beside=answering(level)) for level in [-1, 1] * 30]
    shown = [pair for n, pair in enumerate(pairs) if calm.shows(pair, n * FRAME)]
    assert len(shown) < 35
    assert calm.shows(answering(5), 60 * FRAME)  # without it, this is another picture


def test_after_clear_the_next_frame_is_shown() -> None:
    calm = CalmFrames()
    for level in [-1, 1] * 3:
        calm.shows(answering(level), 0.0)
    assert not calm.shows(answering(-1), 0.0)
    calm.clear()
    assert calm.shows(answering(-1), 0.0)


def test_the_other_phase_is_found_once_for_all_that_ask() -> None:
    trainer = Trainer(ALTERNATING)
    trainer.advance(200)
    pair = trainer.snapshot(), Trainer(LEARNING).snapshot()
    with patch("xorviz.core.analysis.jumps.step", wraps=step) as stepped:
        before = [other_phase(one) for one in pair]
        count = stepped.call_count
        assert [other_phase(one) for one in pair] == before
    assert stepped.call_count == count > 0


def test_a_network_that_jumps_to_and_fro_has_another_phase() -> None:
    trainer = Trainer(ALTERNATING)
    trainer.advance(1000)
    other = other_phase(trainer.snapshot())
    assert other is not None
    trainer.advance(1)
    # A kernel sums in another order than the readable step, on some processors.
    np.testing.assert_allclose(flat(other), flat(trainer.snapshot().weights), rtol=1e-12)
    for steps in (0, 1, 1000):
        calm = Trainer(LEARNING)
        calm.advance(steps)
        assert other_phase(calm.snapshot()) is None


def test_a_jump_that_is_not_taken_back_is_no_phase() -> None:
    trainer = Trainer(LEAPING)
    first = trainer.snapshot()
    trainer.advance(1)
    change = look_of(trainer.snapshot().weights, LEAPING)
    change -= look_of(first.weights, LEAPING)
    assert np.abs(change).min() > 0.05
    assert other_phase(first) is None


def test_huge_weights_are_no_error() -> None:
    seen = answering(1e308)
    config = replace(seen.config, rate=1000)
    assert other_phase(replace(seen, gradient=seen.weights, config=config)) is None
    assert CalmFrames().shows(seen, 0.0)
