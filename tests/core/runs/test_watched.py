"""The states of a run that another program trains, against a trainer that takes the same steps."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.bits import Recipe, bits, straight
from tests.support.snapshots import QUICK, trained
from tests.support.watched import SHOWN, watched_record, watched_run
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.diagnosis.words import UNKNOWN
from xorviz.core.network import flat
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import continued, restarted, started_alike
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.source import LONGEST_NAME, WatchedSource
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.trainer import Trainer
from xorviz.core.runs.watched import MOST_RECENT, WatchedRun, run_of

SOURCE = WatchedSource("my network", "0" * 32)
KEPT = (*range(33), 40, 41, 100, 180, 250)
"""Also steps at which rows become correct and learned."""


@pytest.fixture(scope="module")
def plain() -> Recipe:
    return straight(QUICK, KEPT[-1])


def watched(plain: Recipe, steps: tuple[int, ...] = KEPT, size: int = 7) -> WatchedRun:
    """Return a run with the states of another at some steps, which come a few at a time."""
    run = WatchedRun(plain.config, SOURCE)
    for first in range(0, len(steps), size):
        part = steps[first : first + size]
        states = np.array([flat(plain.seen(step).weights) for step in part])
        run.extend(np.array(part), states)
    return run


@pytest.mark.parametrize("size", [1, 7, 64])
def test_every_kept_state_is_that_of_the_run(plain: Recipe, size: int) -> None:
    run = watched(plain, size=size)
    for step in KEPT:
        seen, wanted = run.state_at(step), plain.seen(step)
        assert seen.step == step
        assert bits(flat(seen.weights)) == bits(flat(wanted.weights))
        np.testing.assert_allclose(flat(seen.gradient), flat(wanted.gradient), rtol=1e-12)
        np.testing.assert_allclose(seen.outputs, wanted.outputs, rtol=1e-12)
        assert seen.loss == pytest.approx(wanted.loss, rel=1e-12)
        assert (seen.right_since is None) == (wanted.right_since is None)
    assert run.snapshot().step == run.newest == KEPT[-1]
    norms = [np.linalg.norm(flat(plain.seen(step).gradient)) for step in KEPT]
    np.testing.assert_allclose(run.record().trace.gradient_norms, norms, rtol=1e-9)


def test_rows_are_correct_since_the_first_kept_step_at_which_they_were(plain: Recipe) -> None:
    record = watched(plain).record()
    since = next(step for step in KEPT if all(plain.seen(step).right))
    assert record.right.since == record.right.first == since == 100
    learned = plain.record().learned.first
    assert learned is not None
    assert record.learned.first == next(step for step in KEPT if step >= learned)


def test_a_streak_that_breaks_starts_again_and_keeps_its_first_step(plain: Recipe) -> None:
    run = watched(plain, (0, 250))
    states = np.array([flat(plain.seen(step).weights) for step in (0, 250)])
    run.extend(np.array([300, 400]), states)
    assert (run.record().right.since, run.record().right.first) == (400, 250)


def test_a_step_that_was_not_kept_shows_the_kept_one_before_it(plain: Recipe) -> None:
    run = watched(plain)
    assert run.state_at(99).step == run.kept(99) == 41
    assert run.kept_after(41) == 100
    memory, wanted = run.state_at(41).memory, plain.seen(41).memory
    assert memory is not None
    assert wanted is not None
    np.testing.assert_allclose(memory, wanted, rtol=1e-9)
    assert run.state_at(40).memory is None  # the step before it was not seen
    later = watched(plain, (5, 6))
    with pytest.raises(IndexError, match="step 4 is before"):
        later.state_at(4)
    assert WatchedRun(QUICK, SOURCE).is_empty
    assert WatchedRun(QUICK, SOURCE).record() == Record(QUICK, source=SOURCE)


def test_steps_are_gone_to_in_the_direction_of_the_movement(plain: Recipe) -> None:
    record = watched(plain).record()
    for asked, start, reached in [
        (42, 41, 100), (99, 100, 41), (40, 100, 40), (41, 0, 41), (60, 60, 100), (999, 0, 250),
        (-5, 9, 0), (250, 250, 250),
    ]:  # fmt: skip
        assert record.towards(asked, start) == reached
    own = Record(QUICK, newest=9)
    assert [own.towards(step, 0) for step in (-1, 4, 12)] == [0, 4, 9]


def test_of_recent_states_the_last_ones_stay_beside_those_that_are_kept() -> None:
    run, count = WatchedRun(QUICK, SOURCE), 5 * MOST_RECENT
    random = np.random.RandomState(0)
    states = random.uniform(-1, 1, (count, len(flat(Trainer(QUICK).snapshot().weights))))
    steps, are_kept = np.arange(count), np.arange(count) % 10 == 0
    for first in range(0, count, 64):
        part = slice(first, first + 64)
        run.extend(steps[part], states[part], are_kept[part])
    record = run.record()
    shown = [state.step for state in record.checkpoints]
    assert shown == record.trace.steps.tolist() == sorted(shown)
    assert set(shown) >= {*steps[are_kept].tolist(), *range(count - MOST_RECENT, count)}
    assert len(shown) <= are_kept.sum() + 2 * MOST_RECENT
    for state in record.checkpoints:
        assert bits(state.parameters) == bits(states[state.step])
    assert record.compact() is record


def test_a_record_opens_again(plain: Recipe) -> None:
    run = watched(plain)
    again = run_of(run.record())
    assert again.record() == run.record()
    assert isinstance(run_of(Record(QUICK)), Recording)


def test_the_parts_of_a_watched_run_are_told_by_its_key(plain: Recipe) -> None:
    early, late = watched(plain, KEPT[:9]).record(), watched(plain).record()
    other = replace(late, source=replace(SOURCE, key="1" * 32))
    assert early.is_part_of(late)
    assert not late.is_part_of(early)
    assert not early.is_part_of(other)
    assert not Record(QUICK).is_part_of(late)


def test_settings_that_are_found_out_change_the_losses_of_all_states(plain: Recipe) -> None:
    run = watched(plain)
    run.adopt(replace(QUICK, loss="mse", rate=2), ("targets",))
    record = run.record()
    assert (record.config.rate, record.source and record.source.assumed) == (2, ("targets",))
    losses = [plain.seen(step).loss / 4 for step in KEPT]
    np.testing.assert_allclose(record.trace.losses, losses, rtol=1e-12)
    empty = WatchedRun(QUICK, SOURCE)
    empty.adopt(QUICK, ())
    assert empty.is_empty


def test_a_run_that_diverges_ends_at_its_last_finite_state(plain: Recipe) -> None:
    run = watched(plain)
    assert run.snapshot().halt is None
    run.source = replace(SOURCE, diverged=True)
    assert run.snapshot().halt is Halt.DIVERGED
    assert run.snapshot().diverged_at is None  # there may have been finite states after it
    assert run.state_at(100).halt is None
    assert run_of(run.record()).snapshot().halt is Halt.DIVERGED


def test_a_run_is_continued_from_any_kept_state(plain: Recipe) -> None:
    record = watched(plain).record()
    own = Recording(continued(record, 100))
    assert own.record().source is None
    assert bits(flat(own.weights)) == bits(flat(plain.seen(100).weights))
    trainer = Recording(continued(replace(record, config=replace(QUICK, momentum=0)), 0))
    trainer.advance(5)
    assert trainer.loss < plain.seen(0).loss


def test_other_settings_of_its_shape_start_from_its_first_state(plain: Recipe) -> None:
    record, start = watched(plain).record(), flat(plain.seen(0).weights)
    faster = restarted(record, replace(QUICK, rate=2))
    assert bits(flat(Recording(faster).weights)) == bits(start)
    alike = Recording(started_alike(record, replace(QUICK, seed=9)))
    assert bits(flat(alike.weights)) == bits(start)
    assert restarted(record, replace(QUICK, seed=9)) == Record(replace(QUICK, seed=9))
    assert started_alike(record, replace(QUICK, width=2)) == Record(replace(QUICK, width=2))


def test_a_watched_run_is_diagnosed_as_a_run_of_ours() -> None:
    own = diagnose_seen(trained(replace(QUICK, momentum=0), 400))
    seen = run_of(watched_record(replace(QUICK, momentum=0), 400)).snapshot()
    assert diagnose_seen(seen).state == own.state == "learned"
    assert diagnose_seen(seen).step == 400
    assert diagnose_seen(seen).sentence == own.sentence.replace(" since ", " by ")


def test_nothing_is_said_of_the_pace_where_the_rate_is_assumed() -> None:
    config = replace(QUICK, momentum=0)
    said, assumed = (
        diagnose_seen(run_of(watched_record(config, 230, assumed=names)).snapshot())
        for names in ((), ("rate",))
    )
    assert said.state == "learning"
    assert assumed.state == UNKNOWN
    assert (assumed.evidence.change, assumed.evidence.steps_left) == (None, None)
    assert assumed.sentence == "Learning. 4 of 4 correct by step 154."


def test_faults_of_the_program_are_diagnosed() -> None:
    ended = watched_run(SHOWN, 60, diverged=True)
    inverted = watched_run(replace(QUICK, targets=(0, 1, 0, 1)), [0, 999, 1000])
    inverted.adopt(QUICK, ())
    found, other = (diagnose_seen(run.snapshot()) for run in (ended, inverted))
    assert (found.state, other.state) == ("diverging", "negated")
    assert "The program then" in found.sentence
    assert "sign of the gradient may be inverted" in other.sentence


PROGRAM = WatchedSource("my network", "0123456789abcdef" * 2, "train.py, Python 3.11", ("rate",))


def test_a_source_survives_json_with_a_short_name_and_settings_in_their_order() -> None:
    assert WatchedSource.from_dict(PROGRAM.to_dict()) == PROGRAM
    row_by_row = replace(PROGRAM, batch="row", every=10, diverged=True)
    assert WatchedSource.from_dict(row_by_row.to_dict()) == row_by_row
    source = replace(PROGRAM, name="a\nb" + 99 * "x", assumed=("loss", "rate"))
    assert source.name == "a b" + (LONGEST_NAME - 3) * "x"
    assert source.assumed == ("rate", "loss")


BAD: dict[str, list[Any]] = {
    "name": [" \n", None],
    "program": [1001 * "x"],
    "key": ["0" * 31, "G" * 32, 7],
    "assumed": ["rate", ["color"], [[]]],
    "batch": ["half"],
    "every": [0, True],
    "diverged": [1],
    "entries": [None, {}, PROGRAM.to_dict() | {"more": 1}],
}
"""Values that an entry cannot have, and in place of all entries."""


@pytest.mark.parametrize("field", BAD)
def test_what_no_program_says_is_refused(field: str) -> None:
    for value in BAD[field]:
        whole = value if field == "entries" else PROGRAM.to_dict() | {field: value}
        with pytest.raises(SettingError, match=field):
            WatchedSource.from_dict(whole)
