"""Recordings: past steps are replayed bit for bit."""

import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

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
    straight,
)
from tests.support.snapshots import QUICK
from xorviz.core.config import RunConfig
from xorviz.core.network import initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs import record as record_module
from xorviz.core.runs import recording as recording_module
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import MOST_CHECKPOINTS, Recording
from xorviz.core.runs.stopping import Halt, StopRules

LONGEST = 700
LONG = 200_000
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
    """Return what is seen of a run with many changes, the last of them at its newest step."""
    return straight(QUICK, 300, CHANGES)


@pytest.fixture
def run() -> Recording:
    """Return a recording of that same run."""
    return recorded(QUICK, 300, CHANGES)


def assert_is(run: Recording, plain: Straight) -> None:
    """Fail unless a recording has come to where a plain run has come to."""
    assert_same_state(run.snapshot(), plain.seen[-1])
    assert_same_record(run.record(), plain.trainer.record())
    assert_same_trace(run.record().trace, plain.trainer.record().trace)
    assert (run.config, run.loss) == (plain.trainer.config, plain.trainer.loss)
    kept = [c.step for c in run.record().checkpoints]
    assert kept == sorted({*kept})
    assert (kept[0], kept[-1]) == (0, run.newest)


class TimeTravel(RuleBasedStateMachine):
    """Runs and their forks, beside the same runs taken straight through."""

    runs = Bundle("runs")

    @initialize(target=runs, config=CONFIGS, most=st.sampled_from([2, 3, 5, 512]))
    def begin(self, config: RunConfig, most: int) -> "Pair":
        recording_module.MOST_CHECKPOINTS = self.most = most
        record_module._COMPACT_NUMBERS = 10 * record_module.parameter_count(config)
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
    def take_up(self, pair: "Pair", is_compact: bool) -> "Pair":
        record = frozen(pair.run.record())
        kept = record.compact() if is_compact else record
        return self._keep(Pair(Recording(kept), pair.plain.again(record.newest)))

    def _keep(self, pair: "Pair") -> "Pair":
        assert_is(pair.run, pair.plain)
        self.pairs.append(pair)
        return pair

    @invariant()
    def all_are_where_they_should_be(self) -> None:
        for pair in getattr(self, "pairs", []):
            assert_is(pair.run, pair.plain)
            assert [*pair.run.record().interventions] == pair.plain.noted()
            steps = [c.step for c in pair.run.record().checkpoints]
            assert all(step % pair.run.stride == 0 for step in steps[:-1])
            assert len(steps) <= self.most


@dataclass(eq=False)
class Pair:
    """A recording, and the same run taken straight through."""

    run: Recording
    plain: Straight

    def compare(self, step: int) -> None:
        """Fail unless a step is what it was."""
        shown = self.run.state_at(step)
        assert_same_state(shown, self.plain.seen[step])
        assert_same_record(shown.record, self.plain.trainer.record())

    def compare_all(self) -> None:
        """Go through all steps, in an order that goes back and forth."""
        for step in range(0, self.run.newest + 1, 7):
            self.compare(self.run.newest - step)
        for step in range(0, self.run.newest + 1, 5):
            self.compare(step)


TestTimeTravel = TimeTravel.TestCase
TestTimeTravel.settings = settings(
    max_examples=25,
    stateful_step_count=18,
    deadline=None,
    phases=set(Phase) - {Phase.shrink},  # it takes minutes, and 18 operations can be read
)


def test_every_step_is_replayed_forwards_and_backwards(run: Recording, plain: Straight) -> None:
    for step in (*range(301), *reversed(range(301)), 7, 7, 300, 0, 64, 63):
        assert_same_state(run.state_at(step), plain.seen[step])


def test_every_snapshot_has_the_whole_record(run: Recording, plain: Straight) -> None:
    for step in (0, 100, 300):
        shown = run.state_at(step)
        assert_same_record(shown.record, plain.trainer.record())
        assert_same_trace(shown.trace, plain.trainer.record().trace)
        assert [c.step for c in shown.record.checkpoints] == [0, 64, 128, 192, 256, 300]
        assert shown.interventions == run.record().interventions
        assert (shown.newest, shown.is_past) == (300, step < 300)


@pytest.mark.parametrize("step", [-1, 301, 10**9])
@pytest.mark.parametrize("wish", [Recording.state_at, Recording.fork])
def test_a_step_that_was_not_taken_is_an_error(
    run: Recording, step: int, wish: Callable[[Recording, int], object]
) -> None:
    message = f"step {step} is outside this run: 0 to 300"
    with pytest.raises(IndexError, match=message):
        wish(run, step)


def test_a_run_keeps_its_number(run: Recording) -> None:
    numbered = Recording(run.record(), run=7)
    numbered.advance(1)
    for shown in (numbered.snapshot(), numbered.state_at(5), numbered.fork(5).snapshot()):
        assert shown.run == 7
    assert run.state_at(5).run == 0


def test_a_rate_changed_at_step_0_belongs_to_the_recipe() -> None:
    run = Recording(QUICK)
    run.intervene("rate", 0.07)
    run.intervene("w2", 1.5, (1, 0))
    run.intervene("momentum", 0.0)
    started = replace(QUICK, rate=0.07, momentum=0.0)
    run.advance(70)
    record = run.record()
    assert record.config == run.config == started
    assert record.interventions == (Intervention(0, "w2", 1.5, (1, 0)),)
    assert_same_state(run.state_at(0), straight(started, 0, {0: [("w2", 1.5, (1, 0))]}).seen[0])


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


def overflowing(monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """Make new runs start from weights that overflow after step 11; return their settings."""
    config = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy", momentum=0.9)
    start = initial_weights(replace(config, seed=29))
    for array in start.arrays():
        np.multiply(array, 1e150, out=array)
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: start)
    return config


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


BAD: list[tuple[str, object, tuple[object, ...]]] = [
    ("rate", 0.0, ()),
    ("rate", float("nan"), ()),
    ("momentum", 1.0, ()),
    ("rate", 0.5, (0,)),
    ("w1", 1e7, (0, 0)),
    ("w1", float("inf"), (0, 0)),
    ("w1", "1", (0, 0)),
    ("w1", 1.0, ()),
    ("w1", 1.0, (0,)),
    ("w1", 1.0, (2, 0)),
    ("w1", 1.0, (0, 5)),
    ("w1", 1.0, (0, -1)),
    ("w1", 1.0, (0.0, 1)),
    ("w1", 1.0, (True, 1)),
    ("b2", 1.0, (1,)),
    ("width", 4, ()),
    ("seed", 4, (0,)),
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_an_invalid_change_changes_nothing(
    run: Recording, plain: Straight, bad: tuple[str, float, tuple[int, ...]]
) -> None:
    with pytest.raises(SettingError):
        run.intervene(*bad)
    assert_is(run, plain)
    run.advance(70)
    assert_same_state(run.snapshot(), straight(QUICK, 370, CHANGES).seen[-1])


def test_the_number_of_changes_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xorviz.core.runs.trainer.MOST_INTERVENTIONS", 3)
    run = Recording(QUICK)
    for step, rate in enumerate((0.1, 0.2, 0.3)):
        run.advance(1)
        run.intervene("rate", rate)
        assert run.record().interventions[-1] == Intervention(step + 1, "rate", rate)
    run.intervene("rate", 0.4)  # in place of the last
    before = run.record()
    for change in (("momentum", 0.25, ()), ("w1", 0.25, (0, 0))):
        with pytest.raises(SettingError, match="at most"):
            run.intervene(*change)
    assert_same_record(run.record(), before)
    assert run.config == replace(QUICK, rate=0.4)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 320), st.integers(0, 130)), max_size=15))
def test_an_approach_takes_at_most_n_steps(plain: Straight, wishes: list[tuple[int, int]]) -> None:
    run = recorded(QUICK, 300, CHANGES)
    for step, n in wishes:
        with counted() as taken:
            left = run.approach(step, n)
        assert sum(taken) <= n
        assert left == 0 or sum(taken) == n
        assert run.approach(step, 0) == left
    for step in {min(step, 300) for step, _ in wishes}:
        assert_same_state(run.state_at(step), plain.seen[step])


def test_an_approach_can_change_its_goal(run: Recording, plain: Straight) -> None:
    assert run.approach(63, 20) == 43
    assert run.approach(250, 20) == 250 - 192 - 20  # from the nearest checkpoint
    assert run.approach(20, 5) == 15
    assert run.approach(20, 15) == 0
    assert run.approach(300, 0) == run.approach(10**9, 0) == 0
    assert_same_state(run.state_at(45), plain.seen[45])


@pytest.mark.parametrize("step", [0, 1, 63, 64, 99, 100, 128, 299])
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


def test_a_recording_never_writes_to_shared_arrays(run: Recording, plain: Straight) -> None:
    branch = Recording(frozen(run.record()))
    for step in (10, 200, 64, 100):
        branch.state_at(step)
        branch.fork(step).advance(100)
    branch.intervene("b1", 1.0, (0,))
    branch.advance(100)
    assert_is(run, plain)


@pytest.fixture(scope="module")
def long_run() -> Recording:
    """Return a run of 200,000 steps, taken in odd sizes; its thinned checkpoints are old."""
    run, sizes = Recording(RunConfig(rate=0.1)), cycle((1, 63, 64, 997, 20_011))
    while run.newest < LONG:
        run.advance(min(next(sizes), LONG - run.newest))
    return run


def test_checkpoints_do_not_depend_on_division(long_run: Recording) -> None:
    at_once = Recording(RunConfig(rate=0.1))
    at_once.advance(LONG)
    kept, others = long_run.record().checkpoints, at_once.record().checkpoints
    assert long_run.stride == at_once.stride == 512  # of 256 there would be 782
    assert [c.step for c in kept] == [c.step for c in others]
    assert [c.step for c in kept] == [*range(0, LONG, 512), LONG]
    assert [bits(c.parameters) for c in kept] == [bits(c.parameters) for c in others]
    assert [c.right for c in kept] == [c.right for c in others]


def test_the_distance_of_checkpoints_doubles() -> None:
    run = Recording(RunConfig(width=1))
    for newest, stride in ((510, 64), (511, 128), (1021, 128), (1022, 256)):
        run.advance(64 * newest - 1 - run.newest)
        before = run.stride
        run.advance(1)
        assert (run.newest, run.stride) == (64 * newest, stride)
        assert before <= stride
        assert len(run.record().checkpoints) <= MOST_CHECKPOINTS


def test_a_seek_costs_less_than_the_distance_of_checkpoints(long_run: Recording) -> None:
    steps = [*np.random.RandomState(0).randint(0, LONG, 100), 511, 512, 513, LONG - 1, 0]
    for step in map(int, steps):
        with counted() as taken:
            assert long_run.state_at(step).step == step
        assert sum(taken) < long_run.stride


def test_consecutive_steps_cost_one_step_each(long_run: Recording) -> None:
    long_run.state_at(100_000)
    with counted() as taken:
        for step in range(100_001, 100_101):
            long_run.state_at(step)
    assert sum(taken) == 100


@pytest.mark.parametrize(
    ("step", "stride", "sought"), [(100_001, 256, 99_839), (500, 64, 447), (20_000, 64, 19_455)]
)
def test_a_fork_of_a_long_run_adds_missing_checkpoints(
    long_run: Recording, step: int, stride: int, sought: int
) -> None:
    branch = long_run.fork(step)
    assert branch.stride == stride
    for cost in (sought % long_run.stride, stride - 1):
        branch.state_at(0)
        with counted() as taken:
            shown = branch.state_at(sought)
        assert sum(taken) == cost
        assert_same_state(shown, long_run.state_at(sought))
    branch.advance(LONG - step)
    assert_same_state(branch.snapshot(), long_run.snapshot())
    assert len(branch.record().checkpoints) <= MOST_CHECKPOINTS


def test_a_run_resumed_from_few_checkpoints_adds_the_missing_ones(long_run: Recording) -> None:
    record = long_run.record()
    few = (*record.checkpoints[:-1:60], record.checkpoints[-1])
    reopened = Recording(replace(record, checkpoints=few))
    with counted() as first:
        reopened.state_at(60 * 512 - 1)
    reopened.state_at(0)
    with counted() as second:
        shown = reopened.state_at(60 * 512 - 1)
    assert (sum(first), sum(second)) == (60 * 512 - 1, 511)
    assert_same_state(shown, long_run.state_at(shown.step))
    for step in range(LONG - 1, 0, -512):
        reopened.state_at(step)
    assert [c.step for c in reopened.record().checkpoints] == [c.step for c in record.checkpoints]


@pytest.fixture(scope="module")
def widest() -> tuple[Recording, int]:
    """Return a run with all the checkpoints that there can be, and the bytes that it takes."""
    tracemalloc.start()
    try:
        run = Recording(RunConfig(width=64, biases=True))
        before, _ = tracemalloc.get_traced_memory()
        run.advance(64 * 510 + 1)
        return run, tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


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
