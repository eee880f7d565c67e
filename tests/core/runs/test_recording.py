"""Recordings: past steps are replayed bit for bit."""

import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import cycle, product
from random import Random

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
    changes_of,
    counted,
    frozen,
    overflowing,
    straight,
)
from tests.support.snapshots import QUICK, far_record
from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY, KernelError
from xorviz.core.runs import record as record_module
from xorviz.core.runs import recording as recording_module
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import (
    MOST_BYTES,
    Checkpoint,
    Intervention,
    Record,
    checkpoint_bytes,
    most_checkpoints,
)
from xorviz.core.runs.recording import Recording, kernel_for, prepare_for
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import MOST_STEPS, NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import dumps, loads

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
        self.most, self.patch = most, pytest.MonkeyPatch()
        self.patch.setattr(recording_module, "most_checkpoints", lambda _: most)
        self.patch.setattr(record_module, "_COMPACT_BYTES", 5 * checkpoint_bytes(config))
        self.pairs = [Pair(Recording(config), Straight(config))]
        return self.pairs[0]

    def teardown(self) -> None:
        for pair in getattr(self, "pairs", []):
            pair.compare_all()
        self.patch.undo()

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
    def replay(self, pair: "Pair", where: float, n: int) -> None:
        step = min(round(where * pair.run.newest), pair.run.newest)
        start = max(pair.run.at_hand(step))
        with counted() as taken:
            reached = pair.run.replay(step, n)
        assert reached == start + sum(taken) == min(step, start + n)
        assert max(pair.run.at_hand(step)) == reached

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


@pytest.mark.parametrize(
    ("newest", "stride"),
    [(10, 1), (62, 1), (63, 2), (500, 8), (4031, 64), (4032, 128), (60_000, 256)],
)
@pytest.mark.parametrize("kernel", KERNEL_NAMES)
def test_the_distance_of_checkpoints_depends_on_the_length_of_the_run_alone(
    newest: int, stride: int, kernel: str
) -> None:
    run, sizes = Recording(RunConfig(), kernel), cycle((1, 63, 64, 997, 20_011))
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
        assert_same_state(run.state_at(step), plain.seen[step])
        assert run.state_at(step).halt is None
    with pytest.raises(ArithmeticError, match="cannot be replayed beyond step 11"):
        impossible.state_at(40)


def trained(config: RunConfig, kernel: str, steps: Iterable[int]) -> dict[int, Snapshot]:
    """Return what training straight on shows at these steps."""
    trainer, seen = Trainer(config, kernel), {}
    for step in sorted(steps):
        trainer.advance(step - trainer.step)
        seen[step] = trainer.snapshot()
    return seen


STEPS = {
    10: [*range(11)],
    10_000: [0, 1, 127, 128, 129, 4999, 9984, 9999, 10_000],
    10**7: [*range(0, 10**7, 10**6 + 1), 10**7],
}


@pytest.mark.parametrize(
    ("newest", "kernel", "width"),
    [
        *product((10, 10_000), KERNEL_NAMES, (3, 64)),
        pytest.param(10**7, NUMBA, 3, marks=pytest.mark.thorough),  # tests/perf has the others
    ],
)
def test_any_step_is_found_bit_for_bit_and_costs_at_most_the_distance(
    newest: int, kernel: str, width: int
) -> None:
    """Forwards, backwards, at random; also of a compact run, a reopened one and a branch."""
    run, some = Recording(RunConfig(width=width, rate=0.1, momentum=0.5), kernel), STEPS[newest]
    run.advance(newest)
    wanted = trained(run.config, kernel, some)
    compact = run.record().compact()
    reopened = loads(dumps(Project(run.record(), 0))).record
    branch = run.fork(newest - 1)
    branch.advance(1)
    for one in (run, branch, Recording(compact, kernel), Recording(reopened, kernel)):
        for steps in (some, some[::-1], Random(0).sample(some, len(some))):
            for step in steps:
                with counted() as taken:
                    assert_same_state(one.state_at(step), wanted[step])
                assert sum(taken) < (one.stride if one is run else 2**20)
    with counted() as taken:
        for step in range(newest // 2, newest // 2 + 5):
            run.state_at(step)
    assert sum(taken) <= run.stride + 4  # those in a row cost one step each


def test_a_branch_adds_checkpoints_that_are_missing() -> None:
    run = Recording(RunConfig(rate=0.1), NUMBA)
    run.advance(25_000)
    branch = run.fork(4000)
    assert (run.stride, branch.stride) == (256, 64)
    for cost in (191, 63):
        branch.state_at(0)
        with counted() as taken:
            shown = branch.state_at(1983)
        assert sum(taken) == cost
    assert_same_state(shown, run.state_at(1983))
    kept = [c.step for c in branch.record().checkpoints]
    assert kept == sorted({*range(0, 4001, 256), 1792, 1856, 1920, 4000})


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
