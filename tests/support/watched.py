"""Watched runs: the states of a trainer, as another program would show them."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import md5
from typing import Any

import numpy as np

from xorviz.core.runs.record import Record
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.trainer import Trainer
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig

SHOWN = RunConfig(width=2, rate=0.7, biases=True)
PROGRAM = "train.py, Python 3.11.7"


def source_of(name: str = "my network", **more: Any) -> WatchedSource:
    """Return the source of a watched run; equal names have equal keys."""
    key = md5(name.encode(), usedforsecurity=False).hexdigest()
    return replace(WatchedSource(name, key, PROGRAM, batch="full"), **more)


def watched_run(
    config: RunConfig = SHOWN,
    steps: int | Iterable[int] = 40,
    name: str = "my network",
    start: int = 1234,
    **more: Any,
) -> WatchedRun:
    """Return a watched run with the states of correct code at these steps, or at all up to one.

    ``start`` is the seed of its first weights, which it does not tell; ``more`` is of its source.
    """
    run = WatchedRun(config, source_of(name, **more))
    trainer, seen = Trainer(replace(config, seed=start)), []
    kept = list(range(steps + 1) if isinstance(steps, int) else steps)
    for step in kept:
        trainer.advance(step - trainer.step)
        seen.append(trainer.checkpoint().parameters)
    run.extend(np.array(kept), np.array(seen))
    return run


def watched_record(*given: Any, **more: Any) -> Record:
    """Return the record of such a run, of the same arguments."""
    return watched_run(*given, **more).record()
