"""Steps per frame, the measured speed, and that no speed flashes (WCAG 2.3.1)."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.staged import StagedSession
from tests.support.cases import Clock, some
from xorviz.core.analysis.jumps import look_of
from xorviz.core.arrays import Array
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.pace import FASTEST, FRAME_SECONDS, SLOWEST, Pace, SpeedGauge
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, diverging, luminance

SPEEDS = st.floats(SLOWEST, FASTEST)
GAPS = st.lists(st.floats(FRAME_SECONDS * 1.001, 0.1), max_size=40)
"""Seconds between frames, short enough for no step to be dropped."""


def take_due(pace: Pace, now: float) -> int:
    """Take all the steps that are due."""
    steps = pace.due(now)
    pace.taken += steps
    return steps


@given(SPEEDS, GAPS, st.floats(1, 1e5))
def test_steps_add_up_to_speed_times_time(speed: float, gaps: list[float], away: float) -> None:
    pace, now = Pace(), 0.0
    pace.start(speed, now)
    assert take_due(pace, now) == 1
    for gap in gaps:
        now += gap
        take_due(pace, now)
        assert take_due(pace, now) == 0
    assert abs(pace.taken - now * speed - 0.5) <= 0.5 + 1e-6
    assert 1 <= take_due(pace, now + away) <= math.ceil(0.1 * speed) + 1
    assert take_due(pace, now + away + 0.05) <= math.ceil(0.05 * speed) + 1


def test_the_wait_is_until_the_next_step_or_the_next_frame() -> None:
    slow, fast, free = Pace(), Pace(), Pace()
    for pace, speed in ((slow, 2), (fast, 100_000)):
        pace.start(speed, 0.0)
        take_due(pace, 0.0)
    for now, until_step, until_frame in (
        (0.0, 0.5, FRAME_SECONDS),
        (0.01, 0.49, FRAME_SECONDS - 0.01),
        (0.7, 0.0, 0.0),
    ):
        assert slow.wait(now) == pytest.approx(until_step)
        assert fast.wait(now) == pytest.approx(until_frame)
        assert take_due(free, 0.0) > 1e9
        assert free.wait(0.0) == 0


def measured(*points: tuple[float, int]) -> list[float | None]:
    """Return the speed after each point: a time and a step."""
    gauge = SpeedGauge()
    speeds = []
    for now, step in points:
        gauge.add(now, step)
        speeds.append(gauge.steps_per_second)
    return speeds


def test_the_speed_is_of_about_the_last_second() -> None:
    assert measured((1.0, 0), (1.0, 100)) == [None, None]  # no time has passed
    steady = measured(*((frame / 60, frame * 50) for frame in range(180)))
    assert steady[-1] == pytest.approx(3000)
    still = [(quarter / 4, 1000 * min(quarter, 8)) for quarter in range(14)]
    assert measured(*still)[-1] == 0
    assert measured(*((second, second * 2) for second in range(0, 20, 5)))[-1] == 2
    rising = measured(*((frame / 60, frame**2) for frame in range(60)))
    assert 3 <= len(set(rising)) <= 5  # it changes at most four times a second


def test_clear_drops_the_speed_and_its_points() -> None:
    gauge = SpeedGauge()
    for now, step in ((0.0, 0), (1.0, 100)):
        gauge.add(now, step)
    gauge.clear()
    assert gauge.steps_per_second is None
    for now, step in ((1.1, 100_000), (1.2, 100_010)):
        gauge.add(now, step)
    assert gauge.steps_per_second == pytest.approx(100)


# Flashes


ALTERNATING = RunConfig(width=3, rate=5, seed=4)
"""From about step 100 on, most of its surface changes between blue and orange at every step."""
CHAOTIC = RunConfig(width=3, rate=15, seed=11, biases=True)
FRAME = 1 / 60
MOST = 3
"""Flashes in a second that are allowed; each is a change and its opposite."""
_LARGE, _BRIGHT, _AREA = 0.1, 0.8, 0.25
"""A change of relative luminance that counts, the darker state that does not, and the least
share of the picture: as WCAG 2.2 defines a general flash.
"""


def luminances(snapshot: Snapshot, theme: Theme) -> Array:
    """Return the relative luminance (N,) of the decision surface at points of it."""
    outputs = np.nan_to_num(look_of(snapshot.weights, snapshot.config), nan=0.5)
    lights = np.array([luminance(fill.name()) for fill, _ in diverging(theme)])
    return np.asarray(lights[np.rint(outputs * (LEVELS - 1)).astype(int)])


def turns(frames: list[tuple[float, Snapshot]], theme: Theme) -> Iterator[float]:
    """Yield the times at which a large part of the picture takes back its last large change."""
    before = luminances(frames[0][1], theme)
    heading = np.zeros_like(before)
    for at, snapshot in frames[1:]:
        now = luminances(snapshot, theme)
        change = now - before
        is_large = (np.abs(change) >= _LARGE) & (np.minimum(now, before) < _BRIGHT)
        if (is_large & (change * heading < 0)).mean() >= _AREA:
            yield at
        heading = np.where(is_large, np.sign(change), heading)
        before = np.where(is_large, now, before)


def flashes(frames: list[tuple[float, Snapshot]], theme: Theme) -> float:
    """Return the largest number of flashes in any second."""
    times = np.array(list(turns(frames, theme)))
    return max((((times >= at) & (times < at + 1)).sum() / 2 for at in times), default=0.0)


def test_each_step_shown_would_flash() -> None:
    """The measure finds what it is made for. Dark colours change too little to count."""
    trainer = Trainer(ALTERNATING)
    trainer.advance(200)
    every = [(n * FRAME, trainer.snapshot()) for n in range(60) if trainer.advance(1) is None]
    assert flashes(every, LIGHT) > 20


@pytest.mark.parametrize(
    ("config", "speed"),
    some([(ALTERNATING, None), (CHAOTIC, None), (CHAOTIC, 61.0), (ALTERNATING, 1000.0)], 1),
)
def test_a_run_does_not_flash_at_any_speed(
    session: StagedSession, clock: Clock, config: RunConfig, speed: float | None
) -> None:
    session.open(config)
    session.step(200)
    session.rest()
    frames: list[tuple[float, Snapshot]] = []

    def draw(snapshot: Snapshot) -> None:
        frames.append((clock.now, snapshot))
        clock.now += FRAME

    session.snapshot_arrived.connect(draw)
    session.set_speed(speed)
    session.play()
    while clock.now < 3:
        session.pass_time(0.004)  # frames that are left out take time too
        session.frames(len(session.stage.waiting))
    session.pause()
    session.rest()
    assert frames
    assert max(flashes(frames, theme) for theme in (LIGHT, DARK)) <= MOST
