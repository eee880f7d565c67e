"""Runs of a lab to be compared, and what workers can be asked to do besides."""

import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from xorviz.lab.plan import LabPlan, recipes_of, shares_of
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.work import Piece
from xorviz.lab.workers.workers import Workers

Bits = dict[int, tuple[bytes, ...]]
"""All numbers of the networks by their places, to the last bit."""

_ARRAYS = ("parameters", "velocity", "first_right", "first_learned", "diverged_at", "losses")


def plan_of(steps: int, seeds: int = 24) -> LabPlan:
    """Return a plan of two shapes of networks."""
    return LabPlan(recipes_of({"width": [2, 3], "rate": [0.5, 5.0]}), range(seeds), steps)


def bits_of(places: Iterable[int], cohort: Cohort) -> Bits:
    arrays = [getattr(cohort, name) for name in _ARRAYS]
    return {
        place: tuple(array[..., column].tobytes() for array in arrays)
        for column, place in enumerate(places)
    }


def bits_by_the_core(plan: LabPlan) -> Bits:
    """Train a plan without any lab."""
    bits: Bits = {}
    for share in shares_of(plan, 1):
        cohort = advanced(Cohort.drawn(share.configs()), plan.steps, plan.rules)
        bits |= bits_of(share.places.tolist(), cohort)
    return bits


def bits_in_the_end(pieces: Iterable[Piece]) -> Bits:
    """Return what a run comes to. Each network must be finished once, and never go back."""
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


def run(lab: Lab, plan: LabPlan, jobs: int = 2) -> Bits:
    return bits_in_the_end(lab.run(plan, shares_of(plan, jobs)))


class Instead(Workers):
    """Has threads do something else than the lab asks for, as long as that is set."""

    def __init__(self, do: Callable[[Any], Any] | None) -> None:
        super().__init__(lambda: ThreadPoolExecutor(2), 2)
        self.do = do
        self.submitted = 0

    def submit(self, do: Callable[[Any], Any], task: object) -> Future[Any]:
        self.submitted += 1
        return super().submit(self.do or do, task)


# What workers are asked for. Each can be sent to a process.


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


def die_at_first(marker: str) -> str:
    """Die, unless it has been done before."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "done"
    return os._exit(7)


def die_in_the_middle_of_the_answer(_: object = None) -> None:
    """Announce a long answer, send some of it, and die."""
    pipe = sys._getframe(2).f_locals["pipe"]
    os.write(pipe.fileno(), struct.pack("!i", 100_000) + b"the beginning")
    os._exit(7)


def go_wrong(_: object = None) -> None:
    raise ValueError("this went wrong")


class StubbornError(Exception):
    """Cannot be pickled."""

    def __reduce__(self) -> str:
        raise TypeError("never")


class ParticularError(Exception):
    """Can be pickled, but not be had again."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def go_wrong_stubbornly(_: object = None) -> None:
    raise StubbornError("a stubborn error")


def go_wrong_particularly(_: object = None) -> None:
    raise ParticularError(1, 2)


def something_unsendable(_: object = None) -> object:
    return threading.Lock()


def wait_for_ever(_: object = None) -> None:
    threading.Event().wait()
