"""Recordings: past steps are replayed bit for bit, and few checkpoints are enough for that."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, pairwise
from random import Random

import numpy as np
import pytest

from tests.support.bits import Change, assert_same_state, counted, overflowing, straight
from tests.support.cases import some
from tests.support.snapshots import QUICK, far_record
from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import NUMBA, NUMPY, KernelError
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import MOST_BYTES, Checkpoint, Intervention, Record, most_checkpoints
from xorviz.core.runs.recording import Recording, kernel_for, prepare_for
from xorviz.core.runs.stopping import MOST_STEPS, NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import dumps, loads


@pytest.mark.parametrize(
    ("kernel", "newest", "stride"),
    [
        *((NUMPY, n, stride) for n, stride in ((10, 1), (62, 1), (63, 2), (500, 8))),
        *((NUMBA, n, stride) for n, stride in ((62, 1), (4031, 64), (4032, 128), (60_000, 256))),
        (NUMBA, 1_000_000, 2048),  # from 512 checkpoints on a call of the kernel is not cut in two
    ],
)
def test_the_distance_of_checkpoints_depends_on_the_length_and_the_kernel_alone(
    kernel: str, newest: int, stride: int
) -> None:
    run, sizes = Recording(RunConfig(), kernel), cycle((1, 0, 63, 64, 997, 20_011))
    while run.newest < newest:
        run.advance(min(next(sizes), newest - run.newest))
    assert run.stride == stride
    assert [c.step for c in run.record().checkpoints] == sorted({*range(0, newest, stride), newest})


@pytest.mark.parametrize("width", [3, 64])
def test_a_long_run_has_checkpoints_of_four_megabytes(width: int) -> None:
    config = RunConfig(width=width, biases=True)
    run, most = Recording(far_record(config, 10**9)), most_checkpoints(config)
    assert most / 2 - 2 < 10**9 / run.stride < most < run.stride
    trainer, kept = Trainer(config), list[Checkpoint]()
    tracemalloc.start()
    for _ in range(500):
        kept.append(replace(trainer.checkpoint(), step=500 + len(kept)))
    assert 0.9 * MOST_BYTES < most / 500 * tracemalloc.get_traced_memory()[0] < 1.05 * MOST_BYTES
    tracemalloc.stop()


@pytest.mark.parametrize("step", [-1, 31])
@pytest.mark.parametrize("method", [Recording.state_at, Recording.weights_at, Recording.fork])
def test_a_step_that_was_not_taken_is_an_error(
    step: int, method: Callable[[Recording, int], object]
) -> None:
    run = Recording(QUICK)
    run.advance(30)
    with pytest.raises(IndexError, match=f"step {step} is outside this run: 0 to 30"):
        method(run, step)


@pytest.mark.parametrize("rules", [StopRules(), NEVER])
def test_a_run_ends_at_the_last_step_that_a_run_can_have(rules: StopRules) -> None:
    run = Recording(far_record(QUICK, MOST_STEPS - 5))
    assert run.advance(3, rules) is None
    assert run.advance(100, rules) is run.advance(1, rules) is Halt.LONGEST
    assert (run.newest, run.snapshot().halt) == (MOST_STEPS, Halt.LONGEST)
    run.intervene("rate", 0.125)
    assert run.advance(1) is Halt.LONGEST
    assert run.record().interventions == (Intervention(MOST_STEPS, "rate", 0.125),)


def test_a_diverged_run_that_was_continued_is_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    config = overflowing(monkeypatch)
    helped: dict[int, list[Change]] = {11: [("rate", 1e-9, ()), ("momentum", 0.0, ())]}
    run, plain = Recording(config), straight(config, 100, helped)
    assert run.advance(1000) is run.advance(1000) is Halt.DIVERGED
    assert (run.newest, run.state_at(11).diverged_at) == (11, 12)
    claimed = replace(run.record().checkpoints[-1], step=50)
    impossible = Recording(replace(run.record(), newest=50, checkpoints=(claimed,)))
    for change in helped[11]:
        run.intervene(*change)
    run.advance(89)
    for step in (50, 11, 3, 12, 100):
        assert_same_state(run.state_at(step), plain.seen(step))
        assert run.state_at(step).halt is None
    with pytest.raises(ArithmeticError, match="cannot be replayed beyond step 11"):
        impossible.state_at(40)
    assert impossible.state_at(11).step == 11


@pytest.mark.parametrize(("newest", "width"), some([(10_000, 3), (10**7, 3), (9999, 64)], 1))
def test_any_step_is_found_bit_for_bit_at_the_cost_of_the_way(newest: int, width: int) -> None:
    """Forwards, backwards, at random; also of a compact run, a reopened one and a branch."""
    run, steps = Recording(RunConfig(width=width, rate=0.1, momentum=0.5), NUMBA), [0, newest]
    run.advance(newest)
    steps[1:1] = sorted({*range(1, newest, newest // 9), newest // 2 + 1, newest - 1})
    trainer, wanted = Trainer(run.config, NUMBA), {}
    for step in steps:
        trainer.advance(step - trainer.step)
        wanted[step] = trainer.snapshot()
    reopened = loads(dumps(Project(run.record(), 0))).record
    branch = run.fork(newest // 2)
    branch.advance(newest - newest // 2)
    orders = steps, steps[::-1], Random(0).sample(steps, len(steps))
    others = (Recording(record, NUMBA) for record in (run.record().compact(), reopened))
    for one in (run, branch, *others):
        known = {c.step for c in one.record().checkpoints}
        for step in (step for order in orders for step in order):
            before = max(n for n in known if n <= step)
            with counted() as taken:
                assert_same_state(one.state_at(step), wanted[step])
            assert sum(taken) <= step - before
            known |= {before, step // one.stride * one.stride}  # missing ones are added
    assert run.stride == branch.stride
    with counted() as taken:
        for step in range(newest // 2, newest // 2 + 5):
            run.state_at(step)
    assert sum(taken) <= run.stride + 4  # those in a row cost one step each


def test_checkpoints_of_another_kernel_are_all_kept() -> None:
    first = Recording(RunConfig(rate=0.1), NUMBA)
    first.advance(500)
    run = Recording(first.record(), NUMPY)
    run.advance(1500)
    kept = {c.step for c in run.record().checkpoints}
    assert (run.stride, kept) == (32, {*range(0, 500, 8), 500, *range(512, 2001, 32), 2000})
    assert run.record().kernels == (NUMBA, NUMPY)


def by(*names: str) -> Record:
    return Record(RunConfig(), kernels=names)


def test_a_run_is_replayed_by_the_kernel_that_trained_it_last_or_a_sentence_says_why_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(name: str) -> None:
        raise KernelError("It fell over.")

    monkeypatch.setattr(compiler, "_COMPILED", {})
    with monkeypatch.context() as patched:
        patched.setattr(compiler, "is_installed", lambda: False)
        assert prepare_for(by(NUMPY)) == prepare_for(by()) == ""
        assert "kernel numba, which is not available here" in prepare_for(by(NUMPY, NUMBA))
        patched.undo()
        patched.setattr(compiler, "_COMPILED", {})
        patched.setattr(kernels, "prepare", broken)
        assert "trained with the kernel numba" in prepare_for(by(NUMBA))
        assert kernel_for(by(NUMBA)) == kernel_for(by(NUMPY, NUMBA)) == NUMPY
    assert prepare_for(by(NUMBA)) == prepare_for(by(NUMBA, NUMPY)) == ""
    assert kernel_for(by()) == kernel_for(by(NUMBA, NUMPY)) == NUMPY
    assert kernel_for(by(NUMBA)) == kernel_for(by(NUMPY, NUMBA)) == NUMBA


def test_a_run_stops_at_the_same_plateau_however_it_is_played() -> None:
    """Step by step, at once, forked, opened from its record, by either kernel."""
    rules = StopRules(None, at_plateau=0.08, plateau_steps=70)
    config = RunConfig(width=3, rate=1.0, biases=True, seed=0)

    def losses(step: int) -> tuple[float, float]:
        return whole.state_at(step - 70).loss, whole.state_at(step).loss

    whole = Recording(config)
    whole.advance(1400)
    multiples = range(70, 1401, 70)
    stops = [step for step in multiples if losses(step)[1] > 0.92 * losses(step)[0]]
    assert {b - a for a, b in pairwise(stops)} > {70}  # it leaves a plateau, too
    for size in (1, 33, 10**4):
        run, seen = Recording(config), []
        while run.newest < 1400:
            if run.newest % 7 == 1:
                run = run.fork(run.newest) if size > 1 else Recording(run.record(), NUMBA)
            if run.advance(min(size, 1400 - run.newest), rules) is Halt.PLATEAU:
                seen.append(run.newest)
        assert seen == stops


def test_a_recording_gives_every_point_of_its_loss() -> None:
    run = Recording(RunConfig(width=2, rate=1))
    run.advance(5000)
    steps, losses = run.losses()
    trace = run.snapshot().trace
    np.testing.assert_array_equal((steps, losses), (trace.steps, trace.losses))
    losses[:] = 0  # a copy
    assert run.loss == run.losses()[1][-1] > 0
