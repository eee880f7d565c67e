"""Recordings: past steps are replayed bit for bit."""

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from tests.support.bits import (
    CONFIGS,
    SIZES,
    Change,
    Straight,
    assert_same_record,
    assert_same_state,
    assert_same_trace,
    bits,
    changes_of,
    counted,
    frozen,
    overflowing,
    straight,
)
from tests.support.cases import some
from tests.support.snapshots import QUICK, far_record
from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY, KernelError
from xorviz.core.network import flat, parameter_count
from xorviz.core.runs import record as record_module
from xorviz.core.runs import recording as recording_module
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import MOST_CHECKPOINTS, Recording, kernel_for, prepare_for
from xorviz.core.runs.stopping import MOST_STEPS, Halt, StopRules
from xorviz.core.settings import RunConfig

LONGEST = 700
LONG_RUNS = {
    64: (25_000, ((12_501, 256, 12_287), (500, 8, 447), (2_500, 64, 2_047))),
    MOST_CHECKPOINTS: (200_000, ((100_001, 256, 99_839), (500, 8, 447), (20_000, 64, 19_455))),
}
"""Length of a run and forks of it, by the most checkpoints: each fork has a step, its distance of
checkpoints, and a step to seek. Checkpoints of the whole run are 512 steps apart."""
CHANGES: dict[int, list[Change]] = {
    0: [("w1", 0.5, (1, 2)), ("rate", 0.7, ())],
    7: [("rate", 2.0, ()), ("momentum", 0.9, ()), ("rate", 0.3, ())],
    64: [("b1", -3.0, (4,)), ("b1", 3.0, (4,))],
    100: [("w2", 1e6, (0, 0))],
    101: [("w2", 0.25, (0, 0)), ("momentum", 0.0, ())],
    128: [("b2", 1.0, (0,))],
    300: [("rate", 1.0, ()), ("w1", 0.0, (0, 0))],
}


def recorded(config: RunConfig, steps: int, changes: dict[int, list[Change]]) -> Recording:
    """Return a recording of a run with these changes, advanced from one to the next."""
    run = Recording(config)
    for step in sorted({*changes, steps}):
        run.advance(step - run.newest)
        for change in changes.get(step, []):
            run.intervene(*change)
    return run


@pytest.fixture(scope="module")
def plain() -> Straight:
    """Return a run with many changes, the last at its newest step, with all its snapshots."""
    return straight(QUICK, 300, CHANGES)


@pytest.fixture
def run() -> Recording:
    """Return a recording of the same run."""
    return recorded(QUICK, 300, CHANGES)


def assert_is(run: Recording, plain: Straight) -> None:
    """Fail unless a recording equals a plain run."""
    assert_same_state(run.snapshot(), plain.seen[-1])
    assert_same_record(run.record(), plain.trainer.record())
    assert_same_trace(run.record().trace, plain.trainer.record().trace)
    assert (run.config, run.loss) == (plain.trainer.config, plain.trainer.loss)
    kept = [c.step for c in run.record().checkpoints]
    assert kept == sorted({*kept})
    assert (kept[0], kept[-1]) == (0, run.newest)


class TimeTravel(RuleBasedStateMachine):
    """Runs and their forks, beside the same runs without replay."""

    runs = Bundle("runs")

    @initialize(target=runs, config=CONFIGS, most=st.sampled_from([2, 3, 5, 512]))
    def begin(self, config: RunConfig, most: int) -> "Pair":
        recording_module.MOST_CHECKPOINTS = self.most = most
        record_module._COMPACT_NUMBERS = 10 * parameter_count(config)
        self.pairs = [Pair(Recording(config), Straight(config))]
        return self.pairs[0]

    def teardown(self) -> None:
        recording_module.MOST_CHECKPOINTS = MOST_CHECKPOINTS
        record_module._COMPACT_NUMBERS = 50_000
        for pair in getattr(self, "pairs", []):
            pair.compare_all()

    @rule(pair=runs, n=SIZES)
    def advance(self, pair: "Pair", n: int) -> None:
        n = min(n, LONGEST - pair.run.newest)
        pair.run.advance(n)
        pair.plain.advance(n)

    @rule(pair=runs, data=st.data(), times=st.integers(1, 4))
    def change(self, pair: "Pair", data: st.DataObject, times: int) -> None:
        for _ in range(times):
            change = data.draw(changes_of(pair.plain.config))
            pair.run.intervene(*change)
            pair.plain.change(change)

    @rule(pair=runs, where=st.floats(0, 1))
    def seek(self, pair: "Pair", where: float) -> None:
        pair.compare(round(where * pair.run.newest))

    @rule(pair=runs, where=st.floats(0, 1.2), n=SIZES)
    def approach(self, pair: "Pair", where: float, n: int) -> None:
        step = round(where * pair.run.newest)
        left = pair.run.approach(step, n)
        assert 0 <= left <= step
        assert pair.run.approach(step, 0) == left

    @rule(target=runs, pair=runs, where=st.floats(0, 1))
    def fork(self, pair: "Pair", where: float) -> "Pair":
        step = round(where * pair.run.newest)
        return self._keep(Pair(pair.run.fork(step), pair.plain.again(step)))

    @rule(target=runs, pair=runs, is_compact=st.booleans())
    def resume(self, pair: "Pair", is_compact: bool) -> "Pair":
        record = frozen(pair.run.record())
        kept = record.compact() if is_compact else record
        return self._keep(Pair(Recording(kept), pair.plain.again(record.newest)))

    def _keep(self, pair: "Pair") -> "Pair":
        assert_is(pair.run, pair.plain)
        self.pairs.append(pair)
        return pair

    @invariant()
    def all_runs_match(self) -> None:
        for pair in getattr(self, "pairs", []):
            assert_is(pair.run, pair.plain)
            assert [*pair.run.record().interventions] == pair.plain.noted()
            steps = [c.step for c in pair.run.record().checkpoints]
            assert all(step % pair.run.stride == 0 for step in steps[:-1])
            assert len(steps) <= self.most


@dataclass(eq=False)
class Pair:
    """A recording, and the same run without replay."""

    run: Recording
    plain: Straight

    def compare(self, step: int) -> None:
        """Fail unless a step is replayed bit for bit."""
        shown = self.run.state_at(step)
        assert_same_state(shown, self.plain.seen[step])
        assert_same_record(shown.record, self.plain.trainer.record())

    def compare_all(self) -> None:
        """Compare many steps, backwards and forwards."""
        for step in range(0, self.run.newest + 1, 7):
            self.compare(self.run.newest - step)
        for step in range(0, self.run.newest + 1, 5):
            self.compare(step)


TestTimeTravel = TimeTravel.TestCase
TestTimeTravel.settings = settings(
    max_examples=max(6, settings().max_examples // 8),
    stateful_step_count=18,
    phases=set(Phase) - {Phase.shrink},  # shrinking takes minutes
)


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
@pytest.mark.parametrize(
    ("newest", "stride"), [(10, 1), (62, 1), (63, 2), (500, 8), (3000, 64), (33_000, 128)]
)
def test_the_distance_of_checkpoints_depends_on_the_length_of_the_run_alone(
    kernel: str, newest: int, stride: int
) -> None:
    run = Recording(RunConfig(), kernel=kernel)
    run.advance(newest)
    assert run.stride == stride
    assert [c.step for c in run.record().checkpoints] == sorted({*range(0, newest, stride), newest})


SMOOTH = RunConfig(width=3, rate=0.5, seed=1234, biases=True)
"""A run whose rounding errors do not grow."""


@pytest.mark.parametrize(
    "newest", [10, 500, 3000, pytest.param(60_000, marks=pytest.mark.thorough)]
)
def test_both_kernels_record_the_same_path(newest: int) -> None:
    first, second = (Recording(SMOOTH, kernel=kernel) for kernel in KERNEL_NAMES)
    for run in (first, second):
        run.advance(newest)
    kept, others = first.record().checkpoints, second.record().checkpoints
    assert [c.step for c in kept] == [c.step for c in others]
    for mine, other in zip(kept, others, strict=True):
        np.testing.assert_allclose(mine.parameters, other.parameters, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
def test_bits_do_not_depend_on_the_distance_of_checkpoints(
    monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    seen = []
    for stride in (1, 1 << 20):
        monkeypatch.setattr(recording_module, "FIRST_STRIDE", stride)
        run = Recording(QUICK, kernel=kernel)
        run.advance(3000)
        assert len(run.record().checkpoints) == (2 if stride > 1 else 48)
        seen.append([run.state_at(step) for step in (3000, 1, 700, 2047)])
    for mine, other in zip(*seen, strict=True):
        assert_same_state(mine, other)
        assert_same_trace(mine.trace, other.trace)


def test_every_step_is_replayed_forwards_and_backwards(run: Recording, plain: Straight) -> None:
    for step in (*range(301), *reversed(range(301)), 7, 7, 300, 0, 64, 63):
        assert_same_state(run.state_at(step), plain.seen[step])


@pytest.mark.parametrize("step", [-1, 301, 10**9])
@pytest.mark.parametrize("method", [Recording.state_at, Recording.fork])
def test_a_step_that_was_not_taken_is_an_error(
    run: Recording, step: int, method: Callable[[Recording, int], object]
) -> None:
    message = f"step {step} is outside this run: 0 to 300"
    with pytest.raises(IndexError, match=message):
        method(run, step)


def test_rules_and_divergence_stop_a_recording_as_they_stop_a_trainer() -> None:
    run, rules = Recording(QUICK), StopRules(at_step=100, when_learned=True)
    assert run.advance(99, rules) is None
    assert run.advance(1000, rules) is Halt.AT_STEP
    assert (run.newest, run.snapshot().halt) == (100, Halt.AT_STEP)
    assert run.advance(0) is Halt.AT_STEP
    assert run.advance(1000, rules) is Halt.LEARNED
    assert run.newest == run.snapshot().learned_since == 168
    run.advance(3)
    assert run.state_at(168).halt is None


@pytest.mark.parametrize("rules", [StopRules(), StopRules(at_step=None)])
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
    for change in helped[11]:
        run.intervene(*change)
    run.advance(89)
    for step in (50, 11, 3, 12, 100):
        assert_same_state(run.state_at(step), plain.seen[step])
        assert run.state_at(step).halt is None


def test_an_impossible_record_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    config = overflowing(monkeypatch)
    run = Recording(config)
    run.advance(11)
    tip = replace(run.record().checkpoints[-1], step=50)
    claimed = Recording(replace(run.record(), newest=50, checkpoints=(tip,)))
    with pytest.raises(ArithmeticError, match="cannot be replayed beyond step 11"):
        claimed.state_at(40)


@given(st.lists(st.tuples(st.integers(0, 320), st.integers(0, 130)), max_size=15))
def test_an_approach_takes_at_most_n_steps(plain: Straight, goals: list[tuple[int, int]]) -> None:
    run = recorded(QUICK, 300, CHANGES)
    for step, n in goals:
        with counted() as taken:
            left = run.approach(step, n)
        assert sum(taken) <= n
        assert left == 0 or sum(taken) == n
        assert run.approach(step, 0) == left
    for step in {min(step, 300) for step, _ in goals}:
        assert_same_state(run.state_at(step), plain.seen[step])


def test_an_approach_can_change_its_goal(run: Recording, plain: Straight) -> None:
    assert run.approach(63, 2) == 5
    assert run.approach(254, 2) == 254 - 248 - 2  # from the nearest checkpoint
    assert run.approach(20, 1) == 3
    assert run.approach(20, 3) == 0
    assert run.approach(300, 0) == run.approach(10**9, 0) == 0
    assert_same_state(run.state_at(45), plain.seen[45])


@pytest.mark.parametrize("step", some([0, 1, 63, 64, 99, 100, 128, 299], 4))
def test_a_fork_shares_the_past_and_can_repeat_the_future(
    run: Recording, plain: Straight, step: int
) -> None:
    branch = run.fork(step)
    assert_is(branch, plain.again(step))
    later = {s: changes for s, changes in CHANGES.items() if s > step}
    for at, changes in later.items():
        branch.advance(at - branch.newest)
        for change in changes:
            branch.intervene(*change)
    assert_is(branch, plain)
    for past in range(0, 300, 13):
        assert_same_state(branch.state_at(past), plain.seen[past])


def test_a_fork_does_not_affect_its_run(run: Recording, plain: Straight) -> None:
    before = frozen(run.record())
    branch = run.fork(150)
    branch.intervene("w1", -2.0, (0, 3))
    branch.advance(500)
    assert branch.record() != before
    assert_same_state(branch.state_at(149), plain.seen[149])
    own = straight(QUICK, 200, {s: c for s, c in CHANGES.items() if s < 150})
    assert bits(branch.state_at(200).weights.w1) != bits(own.seen[200].weights.w1)
    assert_is(run, plain)
    assert [c.step for c in run.record().checkpoints] == [c.step for c in before.checkpoints]
    for step in range(0, 301, 10):
        assert_same_state(run.state_at(step), plain.seen[step])


@pytest.fixture(
    scope="module", params=[64, pytest.param(MOST_CHECKPOINTS, marks=pytest.mark.thorough)]
)
def most(request: pytest.FixtureRequest) -> Iterator[int]:
    """Set the most checkpoints of a recording."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording_module, "MOST_CHECKPOINTS", request.param)
        yield request.param


@pytest.fixture(scope="module")
def long_run(most: int) -> Recording:
    """Return a long run, advanced in odd sizes."""
    run, sizes = Recording(RunConfig(rate=0.1)), cycle((1, 63, 64, 997, 20_011))
    length, _ = LONG_RUNS[most]
    while run.newest < length:
        run.advance(min(next(sizes), length - run.newest))
    return run


@pytest.mark.thorough
def test_checkpoints_do_not_depend_on_division(long_run: Recording) -> None:
    length = long_run.newest
    at_once = Recording(RunConfig(rate=0.1))
    at_once.advance(length)
    kept, others = long_run.record().checkpoints, at_once.record().checkpoints
    assert long_run.stride == at_once.stride == 512
    assert [c.step for c in kept] == [c.step for c in others]
    assert [c.step for c in kept] == [*range(0, length, 512), length]
    assert [bits(c.parameters) for c in kept] == [bits(c.parameters) for c in others]
    assert [c.right for c in kept] == [c.right for c in others]


def test_the_distance_of_checkpoints_doubles(most: int) -> None:
    run = Recording(RunConfig(width=1))
    for newest, stride in (
        (most - 2, 64),
        (most - 1, 128),
        (2 * most - 3, 128),
        (2 * most - 2, 256),
    ):
        run.advance(64 * newest - 1 - run.newest)
        before = run.stride
        run.advance(1)
        assert (run.newest, run.stride) == (64 * newest, stride)
        assert before <= stride
        assert len(run.record().checkpoints) <= most


def test_a_seek_costs_less_than_the_distance_of_checkpoints(long_run: Recording) -> None:
    last = long_run.newest
    steps = [*np.random.RandomState(0).randint(0, last, 40), 511, 512, 513, last - 1, 0]
    for step in map(int, steps):
        with counted() as taken:
            assert long_run.state_at(step).step == step
        assert sum(taken) < long_run.stride


def test_consecutive_steps_cost_one_step_each(long_run: Recording) -> None:
    half = long_run.newest // 2
    long_run.state_at(half)
    with counted() as taken:
        for step in range(half + 1, half + 101):
            long_run.state_at(step)
    assert sum(taken) == 100


@pytest.mark.parametrize("which", some(range(3), 1))
def test_a_fork_of_a_long_run_adds_missing_checkpoints(
    most: int, long_run: Recording, which: int
) -> None:
    length, forks = LONG_RUNS[most]
    step, stride, sought = forks[which]
    fork = long_run.fork(step)
    assert fork.stride == stride
    for cost in (sought % long_run.stride, stride - 1):
        fork.state_at(0)
        with counted() as taken:
            shown = fork.state_at(sought)
        assert sum(taken) == cost
        assert_same_state(shown, long_run.state_at(sought))
    fork.advance(length - step)
    assert_same_state(fork.snapshot(), long_run.snapshot())
    assert len(fork.record().checkpoints) <= most


@pytest.mark.thorough
def test_a_run_resumed_from_few_checkpoints_adds_the_missing_ones(long_run: Recording) -> None:
    record = long_run.record()
    every = len(record.checkpoints) // 6
    few = (*record.checkpoints[:-1:every], record.checkpoints[-1])
    resumed = Recording(replace(record, checkpoints=few))
    last_of_gap = every * 512 - 1
    with counted() as first:
        resumed.state_at(last_of_gap)
    resumed.state_at(0)
    with counted() as second:
        shown = resumed.state_at(last_of_gap)
    assert (sum(first), sum(second)) == (last_of_gap, 511)
    assert_same_state(shown, long_run.state_at(last_of_gap))
    for step in range(long_run.newest - 1, 0, -512):
        resumed.state_at(step)
    assert [c.step for c in resumed.record().checkpoints] == [c.step for c in record.checkpoints]


@pytest.fixture(scope="module")
def widest() -> tuple[Recording, int]:
    """Return a run with the most checkpoints, and its memory in bytes."""
    tracemalloc.start()
    try:
        run = Recording(RunConfig(width=64, biases=True))
        before, _ = tracemalloc.get_traced_memory()
        run.advance(64 * 510 + 1)
        return run, tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


@pytest.mark.thorough
def test_checkpoints_take_little_memory(widest: tuple[Recording, int]) -> None:
    run, traced = widest
    kept = run.record().checkpoints
    assert len(kept) == MOST_CHECKPOINTS
    counted_bytes = sum(
        sys.getsizeof(part) + getattr(part, "nbytes", 0)
        for c in kept
        for part in (c, c.step, c.parameters, c.velocity, c.right, c.learned)
    )
    assert counted_bytes < 8e6
    assert traced < 8e6


@pytest.mark.thorough
def test_a_compact_record_is_small_and_replays_the_same_run(widest: tuple[Recording, int]) -> None:
    run, _ = widest
    whole = run.record()
    compact = whole.compact()
    assert sum(c.parameters.size + c.velocity.size for c in compact.checkpoints) <= 50_000
    assert compact == whole
    assert_same_state(Recording(compact).state_at(1000), run.state_at(1000))


def test_an_untrained_recipe_starts_with_its_changes() -> None:
    done = Recording(RunConfig())
    done.intervene("w1", 0.25, (0, 2))
    recipe = Record(RunConfig(), done.record().interventions)
    begun = Recording(recipe)
    assert begun.snapshot().weights.w1[0, 2] == 0.25
    assert begun.record() == recipe
    assert begun.loss == done.loss


def by(*names: str) -> Record:
    return Record(RunConfig(), kernels=names)


@pytest.fixture
def unprepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_COMPILED", {})


@pytest.mark.usefixtures("unprepared")
def test_prepare_for_prepares_the_kernels() -> None:
    assert kernel_for(by(NUMBA)) == NUMPY
    assert prepare_for(by(NUMBA)) == ""
    assert kernel_for(by(NUMBA)) == NUMBA


def test_the_last_of_several_kernels_is_chosen() -> None:
    assert prepare_for(by(NUMBA, NUMPY)) == ""
    assert kernel_for(by(NUMBA, NUMPY)) == NUMPY
    assert kernel_for(by(NUMPY, NUMBA)) == NUMBA
    assert kernel_for(by()) == NUMPY


@pytest.mark.usefixtures("unprepared")
def test_a_missing_kernel_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "is_installed", lambda: False)
    assert prepare_for(by(NUMPY)) == prepare_for(by()) == ""
    assert "trained with the kernel numba, which is not available here" in prepare_for(
        by(NUMPY, NUMBA)
    )
    assert kernel_for(by(NUMPY, NUMBA)) == NUMPY


@pytest.mark.usefixtures("unprepared")
def test_a_broken_kernel_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise KernelError("It fell over.")

    monkeypatch.setattr(kernels, "prepare", broken)
    assert "trained with the kernel numba" in prepare_for(by(NUMBA))


@pytest.mark.parametrize("kernel", compiler.KERNEL_NAMES)
def test_a_replay_between_checkpoints_is_exact(kernel: str) -> None:
    kernels.prepare(kernel)
    recording = Recording(RunConfig(rate=0.5), kernel=kernel)
    recording.advance(2500)
    record = recording.record()
    few = replace(record, checkpoints=(record.checkpoints[0], record.checkpoints[-1]))
    replayed = Recording(few, kernel=kernel_for(few))
    for step in (0, 1234, 2500):
        expected = recording.state_at(step).weights
        np.testing.assert_array_equal(flat(replayed.state_at(step).weights), flat(expected))
