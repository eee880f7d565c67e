"""Steps per frame, the measured speed, and that no speed flashes (WCAG 2.3.1)."""

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.watched import WatchedSession
from tests.support.cases import Clock
from xorviz.core.analysis.jumps import look_of
from xorviz.core.arrays import Array
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.pace import FASTEST, FRAME_SECONDS, SLOWEST, Pace, SpeedGauge
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, diverging, luminance

SPEEDS = st.floats(SLOWEST, FASTEST)
GAPS = st.lists(st.floats(0, 0.1), max_size=40)
"""Seconds between frames, short enough for no step to be dropped."""


def started(speed: float | None, now: float = 0.0) -> Pace:
    pace = Pace()
    pace.start(speed, now)
    return pace


def take_due(pace: Pace, now: float) -> int:
    """Take all the steps that are due."""
    steps = pace.due(now)
    pace.took(steps)
    return steps


@given(SPEEDS, GAPS)
def test_steps_add_up_to_speed_times_time(speed: float, gaps: list[float]) -> None:
    pace, now = started(speed), 0.0
    taken = take_due(pace, now)
    for gap in gaps:
        now += gap
        taken += take_due(pace, now)
    assert taken == math.floor(now * speed) + 1


@given(SPEEDS, st.floats(1, 1e5))
def test_a_long_backlog_is_dropped(speed: float, away: float) -> None:
    pace = started(speed)
    take_due(pace, 0.0)
    first = take_due(pace, away)
    assert 1 <= first <= math.ceil(0.1 * speed) + 1
    assert take_due(pace, away) == 0
    assert take_due(pace, away + 0.05) <= math.ceil(0.05 * speed) + 1


def test_the_wait_is_until_the_next_step_or_the_next_frame() -> None:
    slow, fast, free = started(2), started(100_000), started(None)
    for pace in (slow, fast):
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
    gauge.add(0.0, 0)
    gauge.add(1.0, 100)
    gauge.clear()
    assert gauge.steps_per_second is None
    gauge.add(1.1, 100_000)
    gauge.add(1.2, 100_010)
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
    outputs = np.nan_to_num(look_of(snapshot.weights, snapshot.config.activation), nan=0.5)
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


def passing(clock: Clock) -> float:
    """Return the time by a clock that moves when it is read."""
    clock.now += 0.004
    return clock.now


@pytest.fixture
def frames(session: WatchedSession, clock: Clock) -> list[tuple[float, Snapshot]]:
    """Return the frames that are shown, with their times by the test's clock."""
    shown: list[tuple[float, Snapshot]] = []

    def draw(snapshot: Snapshot) -> None:
        shown.append((clock.now, snapshot))
        clock.now += FRAME

    session.rules = NEVER
    session.snapshot_arrived.connect(draw)
    return shown


def test_each_step_shown_would_flash() -> None:
    """The measure finds what it is made for. Dark colours change too little to count."""
    trainer, every = Trainer(ALTERNATING), []
    trainer.advance(200)
    for n in range(60):
        trainer.advance(1)
        every.append((n * FRAME, trainer.snapshot()))
    assert flashes(every, LIGHT) > 20


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("config", "speed"),
    [(CHAOTIC, None), (ALTERNATING, None), (CHAOTIC, 61.0), (ALTERNATING, 1000.0)],
)
def test_a_run_does_not_flash_at_any_speed(
    session: WatchedSession,
    clock: Clock,
    frames: list[tuple[float, Snapshot]],
    config: RunConfig,
    speed: float | None,
) -> None:
    session.begin(config)
    session.step(200)
    session.rest()
    del frames[:]
    session._clock = partial(passing, clock)  # frames that are left out take time too
    session.set_speed(speed)
    session.play()
    start = clock.now
    session.wait(lambda: clock.now > start + 3)
    session.pause()
    session.rest()
    assert frames
    assert max(flashes(frames, theme) for theme in (LIGHT, DARK)) <= MOST
