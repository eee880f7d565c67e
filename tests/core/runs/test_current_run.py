"""The current run: one or two runs, replayed, continued and changed; and a watched one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from tests.support.bits import (
    CONFIGS,
    OVERFLOWING,
    SIZES,
    Change,
    Recipe,
    assert_same_record,
    assert_same_state,
    assert_same_trace,
    changes_of,
    counted,
    frozen,
    overflowing,
    straight,
)
from tests.support.snapshots import QUICK
from tests.support.watched import source_of
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.network import flat
from xorviz.core.rules import SettingError
from xorviz.core.runs import record as record_module
from xorviz.core.runs import recording as recording_module
from xorviz.core.runs import watched as watched_runs
from xorviz.core.runs.current_run import CurrentRun, CurrentWatched, current_run
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Intervention, Record, checkpoint_bytes
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig

OTHER = replace(QUICK, seed=7, rate=0.5)
LEARNED, LEARNED_OR_50 = StopRules(None, when_learned=True), StopRules(50, when_learned=True)
LONGEST, MOST = 450, st.sampled_from([3, 5, 99])
Saved = list[tuple[Record, Recipe]]
"""One or two runs, and the same trained straight on."""


def change_run(
    current: CurrentRun, field: str, value: float, index: tuple[int, ...] = (), beside: bool = False
) -> None:
    current.intervene([Intervention(0, field, value, index)], beside)


def reach(current: CurrentRun, step: int, size: int = LONGEST) -> int:
    """Display a step; return how many steps lead there."""
    left = way = current.go_to(step)
    while left:
        assert current.step == step - left
        current.advance(n := min(size, left))
        left -= n
    assert current.step == step
    return way


def opened(records: list[Record], step: int) -> CurrentRun:
    return current_run(records[0], step, 7, records[1] if records[1:] else None)


def shown(current: CurrentRun) -> list[Snapshot]:
    """Return what is shown of each run."""
    seen = current.snapshot()
    assert (seen.newest, seen.is_past) == (current.newest, current.step < current.newest)
    assert seen.trace.steps[-1] <= seen.newest
    return [seen] if seen.beside is None else [seen, seen.beside]


def assert_shows(current: CurrentRun, plain: list[Recipe]) -> None:
    """Fail unless all runs are at the same step and equal separate runs."""
    assert current.newest == min(run.newest for run in plain)
    for mine, own in zip(shown(current), plain, strict=True):
        assert (mine.step, mine.run) == (current.step, 7)
        assert_same_state(mine, own.seen(current.step))


class TimeTravel(RuleBasedStateMachine):
    """One or two runs, beside the same runs without replay."""

    saved = Bundle("saved")
    plain: list[Recipe]

    @initialize(configs=st.lists(CONFIGS, min_size=1, max_size=2), most=MOST, n=SIZES)
    def begin(self, configs: list[RunConfig], most: int, n: int) -> None:
        self.most, self.patch = most, pytest.MonkeyPatch()
        self.patch.setattr(recording_module, "most_checkpoints", lambda _: most)
        largest = max(map(checkpoint_bytes, configs))
        self.patch.setattr(record_module, "_COMPACT_BYTES", 5 * largest)
        self.open([(Record(config), Recipe(config)) for config in configs], False, 0)
        self.advance(n)

    def teardown(self) -> None:
        self.patch.undo()
        for step in (*range(self.current.newest, -1, -17), *range(0, self.current.newest, 19)):
            reach(self.current, step)
            assert_shows(self.current, self.plain)

    @rule(n=SIZES)
    def advance(self, n: int) -> None:
        goal = min(self.current.step + n, LONGEST)
        assert not self.current.advance(goal - self.current.step)
        assert self.current.step == goal
        self.plain = [run.reaching(goal) for run in self.plain]

    @rule(data=st.data(), size=st.integers(1, 150))
    def go(self, data: st.DataObject, size: int) -> None:
        newest = self.current.newest
        changed = [step for run in self.plain for step, _ in run.until(newest)]
        step = data.draw(st.sampled_from([0, *changed]) | st.integers(0, newest))
        kept = [{c.step for c in seen.record.checkpoints} for seen in shown(self.current)]
        at_hand = max(n for n in set.intersection(*kept) if n <= step)
        with counted() as taken:
            way = self.current.go_to(step)
            self.current.snapshot()
        assert (sum(taken), self.current.step) == (0, step - way)
        assert way <= step - at_hand
        with counted() as taken:
            reach(self.current, step, size)
        assert sum(taken) <= way * len(kept)

    @rule(data=st.data(), times=st.integers(1, 3), is_past=st.booleans(), n=SIZES)
    def change(self, data: st.DataObject, times: int, is_past: bool, n: int) -> None:
        """Change a run and advance; a value that it has leaves its future as it is."""
        if is_past:
            self.go(data, LONGEST)
        place = data.draw(st.integers(0, len(self.plain) - 1))
        run, step = self.plain[place], self.current.step
        same = [change for at, change in run.changes if at == step]
        rate = run.seen(step).config.rate
        drawn = st.sampled_from([("rate", rate, ()), *same]) | changes_of(run.config)
        changes = [data.draw(drawn) for _ in range(times)]
        made = [Intervention(0, name, value, index) for name, value, index in changes]
        self.current.intervene(made, beside=place > 0 or len(self.plain) < 2)
        self.plain[place] = run.changed(step, *changes)
        self.advance(n)

    @rule(bad=st.sampled_from([("rate", 0.0, ()), ("w1", 1.0, (2, 0)), ("seed", 1, ())]))
    def refuse(self, bad: Change) -> None:
        with pytest.raises(SettingError):
            change_run(self.current, *bad)

    @rule(target=saved)
    def save(self) -> Saved:
        both = zip(shown(self.current), self.plain, strict=True)
        return [(frozen(seen.record), run) for seen, run in both]

    @rule(saved=saved, is_compact=st.booleans(), where=st.floats(0, 1))
    def open(self, saved: Saved, is_compact: bool, where: float) -> None:
        records = [record.compact() if is_compact else record for record, _ in saved]
        last = min(record.newest for record in records)
        for step in (-1, last + 1):
            with pytest.raises(IndexError, match=f"step {step} is outside this run: 0 to {last}"):
                opened(records, step)
        self.current = opened(records, round(where * last))
        self.plain = [run for _, run in saved]

    @invariant()
    def all_runs_match(self) -> None:
        assert_shows(self.current, self.plain)
        for seen, run in zip(shown(self.current), self.plain, strict=True):
            record, straight_on = seen.record, run.record()
            assert_same_record(record, straight_on)
            assert_same_trace(record.trace, straight_on.trace)
            kept = [c.step for c in record.checkpoints]
            assert kept == sorted({*kept})
            assert len(kept) <= self.most
            few = (n for n in range(20) if (run.newest >> n) + 2 <= min(self.most, max(64, 1 << n)))
            stride = 1 << next(few)
            assert all(step % stride == 0 for step in kept[:-1])


TestTimeTravel = TimeTravel.TestCase
TestTimeTravel.settings = settings(
    max_examples=settings().max_examples // 2,
    stateful_step_count=18,
    phases=set(Phase) - {Phase.shrink},  # shrinking takes minutes
)


@pytest.mark.parametrize(
    ("runs", "step", "n", "rules", "end", "halts"),
    [
        # QUICK learns at step 168. Only new steps of the first run meet a rule.
        ([(QUICK, 180)], 0, 180, LEARNED_OR_50, 180, [None]),
        ([(QUICK, 180)], 180, 99, LEARNED_OR_50, 200, [Halt.AT_STEP]),
        ([(QUICK, 100)], 20, 999, LEARNED, 168, [Halt.LEARNED]),
        ([(QUICK, 0), (OTHER, 0)], 0, 999, LEARNED, 168, [Halt.LEARNED, None]),
        ([(OTHER, 0), (QUICK, 0)], 0, 170, LEARNED, 170, [None, None]),
        # One that diverges stops both.
        ([(QUICK, 0), (OVERFLOWING, 0)], 0, 1, NEVER, 11, [None, Halt.DIVERGED]),
        ([(QUICK, 0), (OVERFLOWING, 0)], 0, 99, NEVER, 11, [None, Halt.DIVERGED]),
        ([(OVERFLOWING, 0), (QUICK, 0)], 0, 99, NEVER, 11, [Halt.DIVERGED, None]),
    ],
)
def test_rules_and_divergence_stop_runs(
    monkeypatch: pytest.MonkeyPatch,
    runs: list[tuple[RunConfig, int]],
    step: int,
    n: int,
    rules: StopRules,
    end: int,
    halts: list[Halt | None],
) -> None:
    overflowing(monkeypatch)
    records = [straight(config, newest).record() for config, newest in runs]
    current = opened(records, step)
    while not current.advance(n, rules) and any(halts):
        pass
    assert (current.step, [seen.halt for seen in shown(current)]) == (end, halts)
    assert_shows(current, [straight(config, max(end, newest)) for config, newest in runs])
    if Halt.DIVERGED in halts:
        assert current.advance(n)
        assert current.step == end
        for change in (("rate", 1e-9), ("momentum", 0.0)):
            change_run(current, *change, beside=halts[0] is None)
        assert not current.advance(50)


def test_two_runs_go_to_the_last_step_that_both_have() -> None:
    first, second = straight(QUICK, 501).record(), Recording(OTHER)
    longer = Recording(replace(first, kernels=(NUMBA,)), NUMPY)  # which keeps its only checkpoint
    longer.advance(99)
    second.advance(503)
    current = current_run(longer.record(), 0, beside=second.record())
    for goal, step in ((503, 0), (512, 0), (501, 0)):
        assert (current.go_to(goal), current.step) == (min(goal, 503) - step, step)
    reach(current, 502)
    assert current.go_to(503) == 1


CONFIG = replace(QUICK, momentum=0)
KEPT = (*range(33), 40, 41, 100, 180, 250)


def kept_states(changes: dict[int, list[Change]] | None = None, kind: type = float) -> WatchedRun:
    """Return what a program has shown whose run was changed, and counts in numbers of a kind."""
    plain, run = straight(CONFIG, KEPT[-1], changes or {}), WatchedRun(CONFIG, source_of())
    states = np.array([flat(plain.seen(step).weights) for step in KEPT])
    run.extend(np.array(KEPT), states.astype(kind).astype(float))
    return run


def beside(run: WatchedRun) -> CurrentRun:
    """Return a run beside correct code that begins at its first state."""
    record = run.record()
    return current_run(record, 0, 3, continued(record, 0), watched=lambda _: run)


def finish(current: CurrentRun, size: int = 30) -> Snapshot:
    """Train the run beside to the last kept step."""
    while not current.advance(size):
        first, second = shown(current)
        assert current.step in KEPT
        assert first.step == second.step == first.newest == current.step
    return current.snapshot()


def test_a_watched_run_goes_to_new_and_kept_states_and_grows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = kept_states()
    current = current_run(run.record(), 41, run=5, watched=lambda _: run)
    assert isinstance(current, CurrentWatched)
    assert current.advance(1)
    assert (current.step, current.snapshot().run) == (KEPT[-1], 5)
    assert (current.go_to(99), current.step) == (0, 41)
    current.use_kernel(NUMPY)
    assert current.snapshot().step == 41
    for is_beside in (False, True):
        with pytest.raises(SettingError, match="another program"):
            change_run(current, "rate", 1.0, beside=is_beside)
    state = run.parameters_at(250)[np.newaxis]
    monkeypatch.setattr(run, "read", lambda: run.extend(np.array([run.newest + 1]), state))
    current.look()
    assert (current.step, current.newest) == (41, 251)
    current.advance(1 << 40)
    current.adopt(OTHER, ("rate",))
    seen = current.snapshot()
    assert (seen.step, seen.config) == (252, OTHER)


@pytest.mark.parametrize(("size", "kind"), [(7, np.float64), (1000, np.float32)])
def test_a_correct_copy_does_not_part_from_its_program(size: int, kind: type) -> None:
    """Whether the program counts in 64 bit or in 32."""
    current = beside(kept_states(kind=kind))
    seen = finish(current, size)
    assert seen.beside is not None
    assert (seen.step, seen.parted_at) == (KEPT[-1], None)
    np.testing.assert_allclose(flat(seen.weights), flat(seen.beside.weights), rtol=1e-4)
    assert current.advance(size)


@pytest.mark.parametrize(("since", "seen_at"), [(0, 1), (20, 21), (50, 100)])
def test_the_first_kept_step_at_which_both_differ_stays_known(since: int, seen_at: int) -> None:
    current = beside(kept_states({since: [("rate", 2 * CONFIG.rate, ())]}))
    seen = finish(current)
    assert seen.beside is not None
    opened = current_run(seen.record, 41, 0, seen.beside.record)
    opened.use_kernel(NUMPY)
    current.go_to(41)
    for one in (current, opened):
        assert (one.step, one.snapshot().parted_at) == (41, seen_at)


def test_a_watched_run_ends_where_the_run_beside_it_overflows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    current = current_run(kept_states().record(), 0, 0, Record(overflowing(monkeypatch)))
    assert current.advance(1000)
    assert [(seen.step, seen.halt) for seen in shown(current)] == [(11, None), (11, Halt.DIVERGED)]


def test_a_changed_run_beside_parts_again() -> None:
    current = beside(kept_states())
    finish(current, 1000)
    for step, parted_at in ((41, 100), (9, 10)):
        current.go_to(step)
        change_run(current, "rate", 50.0, beside=True)
        _, second = shown(current)
        assert (second.step, current.newest, second.config.rate) == (step, step, 50)
        assert (second.record.parted_at, finish(current).parted_at) == (None, parted_at)


def test_a_step_that_is_dropped_gives_way_in_both_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    run, last = kept_states(), KEPT[-1]

    def show(*steps: int) -> None:
        states = np.tile(run.parameters_at(last), (len(steps), 1))
        run.extend(np.array(steps), states, np.zeros(len(steps), dtype=bool))

    monkeypatch.setattr(watched_runs, "MOST_RECENT", 1)
    show(last + 1)
    current = beside(run)
    while not current.advance(1000):
        pass
    first, second = shown(current)
    assert first.step == last + 1
    show(last + 2, last + 3)
    current.look()
    opened = current_run(first.record, last + 1, 0, second.record, watched=lambda _: run)
    assert [seen.step for one in (current, opened) for seen in shown(one)] == [last] * 4
