"""Plans, snapshots and workers of the lab, for tests. Loads no Qt, so that workers start fast."""

import gc
import multiprocessing
import os
import signal
import struct
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing.queues import SimpleQueue
from typing import Any

import numpy as np

from xorviz.core.diagnosis.states import STATES
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import LabPlan, recipes_of, shares_of
from xorviz.lab.results.findings import Findings, findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced
from xorviz.lab.workers.workers import Lab, Piece, Workers

RECIPE = RunConfig(width=3, rate=0.5)
RULES = StopRules(at_step=None, when_learned=True, at_loss=1e-3)
SMALL = LabPlan(
    recipes_of({"width": [2, 3], "rate": [0.1, 5.0], "biases": [False, True]}), range(6), 700
)
"""Eight recipes with six seeds each."""
WILD = LabPlan(
    recipes_of(
        {"rate": [1.0, 1000.0], "momentum": [0.0, 0.9]},
        RunConfig(
            width=4, activation="tanh", loss="cross-entropy", biases=True, targets=(0, 1, 0, 1)
        ),
    ),
    (7, 3, 2**32 - 1),
    300,
    RULES,
)
"""Networks of which some learn and are stopped early, and some never learn."""


def trained_snapshot(plan: LabPlan, recipes: Iterable[int] | None = None) -> LabSnapshot:
    """Train a plan, or some of its recipes, and return the snapshot."""
    results = LabResults(plan)
    others = set(range(len(plan.recipes))) - set(recipes) if recipes is not None else set()
    skipped = frozenset(place for recipe in others for place in plan.places_of(recipe))
    for share in shares_of(plan, 1, skipped=skipped):
        cohort = advanced(share.drawn(), plan.steps, plan.rules)
        results.add(share.places, cohort, findings_of(cohort))
    return results.snapshot()


_shared = cache(trained_snapshot)


def outcomes(configs: Sequence[RunConfig], steps: int) -> Findings:
    """Train networks of one shape by Numba, which is the fastest, and return their findings."""
    return findings_of(advanced(Cohort.drawn(configs), steps, kernel=NUMBA))


def first_seeds(plan: LabPlan, seeds: int) -> LabSnapshot:
    """Train the first seeds of each recipe of a plan, and return the snapshot."""
    results = LabResults(plan)
    for share in shares_of(replace(plan, waves=(seeds,)), 1):
        if (share.places % len(plan.seeds) < seeds).all():
            cohort = advanced(share.drawn(), plan.steps)
            results.add(share.places, cohort, findings_of(cohort))
    return results.snapshot()


def in_thread() -> Workers:
    """Return a worker that is a thread, which starts faster than a process."""
    return Workers(lambda: ThreadPoolExecutor(1), 1)


def trained_seeds(
    seeds: int | Sequence[int] = 60, steps: int = 2000, widths: Sequence[int] = (3,)
) -> LabSnapshot:
    """Return the snapshot of trained seeds of RECIPE with these widths; an int is a count."""
    chosen = range(seeds) if isinstance(seeds, int) else tuple(seeds)
    return _shared(LabPlan(recipes_of({"width": widths}, RECIPE), chosen, steps))


def snapshots_at(
    steps: Sequence[int], seeds: Sequence[int] = range(12), recipes: Sequence[RunConfig] = (RECIPE,)
) -> list[LabSnapshot]:
    """Return the snapshots of a plan before it starts and at these steps, the last one done."""
    plan = LabPlan(tuple(recipes), seeds, steps[-1])
    results = LabResults(plan)
    snapshots = [results.snapshot()]
    shares = list(shares_of(plan, 1))
    cohorts = [share.drawn() for share in shares]
    for step in steps:
        cohorts = [advanced(cohort, step - cohort.step) for cohort in cohorts]
        for share, cohort in zip(shares, cohorts, strict=True):
            is_done = step == plan.steps
            results.add(share.places, cohort, findings_of(cohort) if is_done else None)
        snapshots.append(results.snapshot())
    return snapshots


def with_outcomes(outcomes: Sequence[str], steps: int = 1000, first_seed: int = 0) -> LabSnapshot:
    """Return networks with these outcomes; the i-th, if right, is so since step 10 (i + 1)."""
    count = len(outcomes)
    seeds = range(first_seed, first_seed + count)
    names = np.array(outcomes)
    done = ~np.isin(names, ("correct so far", "not yet correct"))
    is_right = names == "correct"
    targets = np.array(RECIPE.targets, dtype=float)
    outputs = np.where(is_right[:, np.newaxis], np.abs(targets - 0.01), 0.5)
    outputs[~done] = np.nan
    first = np.where(is_right | (names == "correct so far"), 10 * np.arange(1, count + 1), -1)
    still_learning = names == "still learning"
    states = [name if name in STATES else "learned" for name in outcomes]
    return LabSnapshot(
        plan=LabPlan((RECIPE,), seeds, steps),
        done=done,
        steps=np.where(done, steps, steps // 2),
        first_right=first,
        first_learned=np.where(is_right, 2 * first, -1),
        diverged_at=np.where(names == "diverging", 7, -1),
        loss=np.where(done, np.where(is_right, 0.0004, 0.5), np.nan),
        gradient_norm=np.where(done, 0.125, np.nan),
        error=np.abs(outputs - targets).max(axis=1),
        outputs=outputs,
        state=np.array([STATES.index(state) for state in states], dtype=np.uint8),
        still_learning=still_learning,
        shown=(),
    )


Bits = dict[int, tuple[bytes, ...]]
"""All arrays of each network by its index in the plan, bit for bit."""

_ARRAYS = ("parameters", "memory", "first_right", "first_learned", "diverged_at", "losses")


def plan_of(steps: int, seeds: int = 24) -> LabPlan:
    """Return a plan of four recipes with two widths."""
    return LabPlan(recipes_of({"width": [2, 3], "rate": [0.5, 5.0]}), range(seeds), steps)


def bits_of(places: Iterable[int], cohort: Cohort) -> Bits:
    arrays = [getattr(cohort, name) for name in _ARRAYS]
    return {
        place: tuple(array[..., column].tobytes() for array in arrays)
        for column, place in enumerate(places)
    }


def bits_by_the_core(plan: LabPlan) -> Bits:
    """Train a plan without workers."""
    bits: Bits = {}
    for share in shares_of(plan, 1):
        cohort = advanced(share.drawn(), plan.steps, plan.rules)
        bits |= bits_of(share.places.tolist(), cohort)
    return bits


def bits_in_the_end(pieces: Iterable[Piece]) -> Bits:
    """Return the final networks of a run; each must finish once, and its steps only increase."""
    bits: Bits = {}
    steps: dict[int, int] = {}
    for piece in pieces:
        places = piece.places.tolist()
        assert all(steps.get(place, -1) < piece.cohort.step for place in places)
        steps |= dict.fromkeys(places, piece.cohort.step)
        if piece.findings is not None:
            assert not bits.keys() & set(places)
            bits |= bits_of(places, piece.cohort)
    return bits


def run(lab: Lab, plan: LabPlan) -> Bits:
    return bits_in_the_end(lab.run(plan))


class Instead(Workers):
    """Two threads that do something else than they are given, while ``do`` is set."""

    def __init__(self, do: Callable[[Any], Any] | None) -> None:
        super().__init__(lambda: ThreadPoolExecutor(2), 2)
        self.do = do
        self.submitted = 0

    def submit(self, do: Callable[[Any], Any], task: object) -> Future[Any]:
        self.submitted += 1
        return super().submit(self.do or do, task)


# Tasks for workers; each can be sent to a process.


def square(x: int) -> int:
    return x * x


def own_pid(_: object = None) -> int:
    return os.getpid()


def niceness(_: object = None) -> int:
    return os.nice(0)


def now(_: object = None) -> float:
    return time.monotonic()


def die(_: object = None) -> None:
    os._exit(7)


def cut_off(_: object = None) -> None:
    """End once the length of an answer is sent, but nothing of the answer itself."""
    answers: Any = next(one for one in gc.get_objects() if isinstance(one, SimpleQueue))
    answers._wlock.acquire()
    os.write(answers._writer.fileno(), struct.pack("!i", 1000))
    os.kill(os.getpid(), signal.SIGKILL)


def go_wrong(_: object = None) -> None:
    raise ValueError("this went wrong")


def wait_for_processes_to_end() -> None:
    """Wait until no worker process is left; they end once they have done what is under way."""
    until = time.monotonic() + 60
    while (left := multiprocessing.active_children()) and time.monotonic() < until:
        left[0].join(0.01)  # the pool's own thread joins it, too
    assert not left
