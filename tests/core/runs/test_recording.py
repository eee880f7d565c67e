"""Recordings: past steps are replayed bit for bit."""

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle

import pytest
from hypothesis import Phase, settings
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
from tests.support.snapshots import QUICK, far_record
from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY, KernelError
from xorviz.core.network import parameter_count
from xorviz.core.runs import record as record_module
from xorviz.core.runs import recording as recording_module
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import MOST_CHECKPOINTS, Recording, kernel_for, prepare_for
from xorviz.core.runs.stopping import MOST_STEPS, NEVER, Halt, StopRules
from xorviz.core.settings import RunConfig

LONGEST = 700


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
        with counted() as taken:
            left = pair.run.approach(step, n)
        assert sum(taken) <= n
        assert left == 0 or sum(taken) == n
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


@pytest.mark.parametrize("newest", [10, 62, 63, 500, 3000, 33_000])
def test_the_distance_of_checkpoints_depends_on_the_length_of_the_run_alone(newest: int) -> None:
    stride = {10: 1, 62: 1, 63: 2, 500: 8, 3000: 64, 33_000: 128}[newest]
    run = Recording(RunConfig(), kernel=NUMBA)
    run.advance(newest)
    assert run.stride == stride
    assert [c.step for c in run.record().checkpoints] == sorted({*range(0, newest, stride), newest})


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


@pytest.mark.parametrize("step", [-1, 31])
@pytest.mark.parametrize("method", [Recording.state_at, Recording.weights_at, Recording.fork])
def test_a_step_that_was_not_taken_is_an_error(
    step: int, method: Callable[[Recording, int], object]
) -> None:
    run = Recording(QUICK)
    run.advance(30)
    with pytest.raises(IndexError, match=f"step {step} is outside this run: 0 to 30"):
        method(run, step)


def test_rules_stop_a_recording_as_they_stop_a_trainer() -> None:
    run, rules = Recording(QUICK), StopRules(at_step=100, when_learned=True)
    assert run.advance(99, rules) is None
    assert run.advance(1000, rules) is run.advance(0) is Halt.AT_STEP
    assert (run.newest, run.snapshot().halt) == (100, Halt.AT_STEP)
    assert run.advance(1000, rules) is Halt.LEARNED
    assert run.newest == run.snapshot().learned_since == 168
    run.advance(3)
    assert run.state_at(168).halt is None


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
        assert_same_state(run.state_at(step), plain.seen[step])
        assert run.state_at(step).halt is None
    with pytest.raises(ArithmeticError, match="cannot be replayed beyond step 11"):
        impossible.state_at(40)


def test_an_approach_can_change_its_goal() -> None:
    run = Recording(QUICK)
    run.advance(300)
    assert run.approach(63, 2) == 5
    assert run.approach(254, 2) == 254 - 248 - 2  # from the nearest checkpoint
    assert run.approach(20, 1) == 3
    assert run.approach(20, 3) == 0
    assert run.approach(300, 0) == run.approach(10**9, 0) == 0


def test_an_approach_pauses_after_many_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_module, "FIRST_STRIDE", 1 << 20)
    run = Recording(QUICK)
    for step in range(100):
        run.intervene("rate", 0.5 + step / 1000)
        run.advance(1)
    assert [run.approach(90, 90) for _ in range(2)] == [90 - 64, 0]


MOST, LENGTH = 64, 25_000
"""The most checkpoints and the length of a long run, whose checkpoints are 512 steps apart."""


@pytest.fixture(scope="module")
def long_run() -> Iterator[Recording]:
    """Return a long run, advanced in odd sizes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording_module, "MOST_CHECKPOINTS", MOST)
        run, sizes = Recording(RunConfig(rate=0.1), kernel=NUMBA), cycle((1, 63, 64, 997, 20_011))
        while run.newest < LENGTH:
            run.advance(min(next(sizes), LENGTH - run.newest))
        yield run


def test_checkpoints_do_not_depend_on_division(long_run: Recording) -> None:
    at_once = Recording(RunConfig(rate=0.1), kernel=NUMBA)
    at_once.advance(LENGTH)
    kept, others = long_run.record().checkpoints, at_once.record().checkpoints
    assert long_run.stride == at_once.stride == 512
    assert [c.step for c in kept] == [c.step for c in others] == [*range(0, LENGTH, 512), LENGTH]
    assert [bits(c.parameters) for c in kept] == [bits(c.parameters) for c in others]
    assert [c.right for c in kept] == [c.right for c in others]


@pytest.mark.usefixtures("long_run")
def test_the_distance_of_checkpoints_doubles() -> None:
    run = Recording(RunConfig(width=1), kernel=NUMBA)
    for newest, stride in ((MOST - 2, 64), (MOST - 1, 128), (2 * MOST - 3, 128), (126, 256)):
        run.advance(64 * newest - 1 - run.newest)
        before = run.stride
        run.advance(1)
        assert (run.newest, run.stride) == (64 * newest, stride)
        assert before <= stride
        assert len(run.record().checkpoints) <= MOST


def test_a_seek_costs_less_than_the_distance_of_checkpoints(long_run: Recording) -> None:
    for step in (24_321, 511, 512, 513, 17_919, LENGTH - 1, 0):
        with counted() as taken:
            assert long_run.state_at(step).step == step
        assert sum(taken) < long_run.stride
    long_run.state_at(LENGTH // 2)
    with counted() as taken:
        for step in range(LENGTH // 2 + 1, LENGTH // 2 + 31):
            long_run.state_at(step)
    assert sum(taken) == 30  # those in a row cost one step each


@pytest.mark.parametrize(
    ("step", "stride", "sought"), [(12_501, 256, 12_287), (500, 8, 447), (1024, 32, 991)]
)
def test_a_fork_of_a_long_run_adds_missing_checkpoints(
    long_run: Recording, step: int, stride: int, sought: int
) -> None:
    fork = long_run.fork(step)
    assert fork.stride == stride
    for cost in (sought % long_run.stride, stride - 1):
        fork.state_at(0)
        with counted() as taken:
            shown = fork.state_at(sought)
        assert sum(taken) == cost
    assert_same_state(shown, long_run.state_at(sought))
    fork.advance(1)
    kept = [c.step for c in fork.record().checkpoints]
    assert kept == sorted({*kept})
    assert len(kept) <= MOST


@pytest.mark.thorough
def test_checkpoints_take_little_memory_and_compact_ones_replay_the_same_run() -> None:
    tracemalloc.start()
    try:
        run = Recording(RunConfig(width=64, biases=True))
        before, _ = tracemalloc.get_traced_memory()
        run.advance(64 * 510 + 1)
        traced = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    whole = run.record()
    assert len(whole.checkpoints) == MOST_CHECKPOINTS
    assert traced < 8e6
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


def test_a_run_is_replayed_by_the_kernel_that_trained_it_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiler, "_COMPILED", {})
    assert kernel_for(by(NUMBA)) == NUMPY
    assert prepare_for(by(NUMBA)) == prepare_for(by(NUMBA, NUMPY)) == ""
    assert kernel_for(by()) == kernel_for(by(NUMBA, NUMPY)) == NUMPY
    assert kernel_for(by(NUMBA)) == kernel_for(by(NUMPY, NUMBA)) == NUMBA


def test_a_missing_or_broken_kernel_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise KernelError("It fell over.")

    monkeypatch.setattr(compiler, "_COMPILED", {})
    with monkeypatch.context() as patched:
        patched.setattr(compiler, "is_installed", lambda: False)
        assert prepare_for(by(NUMPY)) == prepare_for(by()) == ""
        assert "kernel numba, which is not available here" in prepare_for(by(NUMPY, NUMBA))
        assert kernel_for(by(NUMPY, NUMBA)) == NUMPY
    monkeypatch.setattr(kernels, "prepare", broken)
    assert "trained with the kernel numba" in prepare_for(by(NUMBA))
