"""Nothing flashes more than three times a second, at any speed (WCAG 2.3.1)."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from tests.engine.watched import WatchedSession
from tests.support.cases import Clock, some
from xorviz.core.analysis.jumps import look_of
from xorviz.core.arrays import Array
from xorviz.core.config import RunConfig
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.core.runs.trainer import Trainer
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, diverging, luminance

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


@pytest.mark.parametrize("config", [ALTERNATING, CHAOTIC], ids=["alternating", "chaotic"])
@pytest.mark.parametrize("speed", some([None, 61.0, 10.0, 1000.0], 2))
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


def test_a_held_step_key_does_not_flash(
    session: WatchedSession, clock: Clock, frames: list[tuple[float, Snapshot]]
) -> None:
    session.begin(ALTERNATING)
    session.step(200)
    session.rest()
    del frames[:]
    for _ in range(90):
        session.step(1)
        session.rest()
        clock.now += FRAME
    assert max(flashes(frames, theme) for theme in (LIGHT, DARK)) <= MOST
