"""A weight that is tried: shown at once, no part of the run, and no step meanwhile."""

import pytest

from tests.engine.staged import FRAME, StagedSession
from tests.support.bits import assert_same_record
from tests.support.watched import watched_record
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.engine.commands import Advance


@pytest.fixture
def previews(session: StagedSession) -> list[Snapshot]:
    """Return a list of what is previewed."""
    seen: list[Snapshot] = []
    session.previewed.connect(seen.append)
    return seen


def tried(previews: list[Snapshot]) -> list[float | None]:
    return [None if seen.tried is None else seen.tried.value for seen in previews]


def test_a_run_rests_while_a_weight_is_tried_and_continues_as_it_was(
    session: StagedSession, previews: list[Snapshot]
) -> None:
    session.play()
    session.frames(2)
    session.try_weight("w1", (0, 1), 1.5)
    session.try_weight("w1", (0, 1), 2.5)
    assert (tried(previews), session.steps) == ([1.5, 2.5], [FRAME, 2 * FRAME])
    session.frames()  # the one under way still arrives, and the preview is of its step
    assert (previews[-1].step, previews[-1].weights.w1[0, 1]) == (3 * FRAME, 2.5)
    assert not session.stage.waiting
    session.pass_time(1.0)
    assert not session.stage.waiting
    session.end_trial()
    assert previews[-1] is session.last
    session.frames(1)
    session.pause()
    session.rest()
    alone = StagedSession(session.clock, session.preparation.kernel)
    alone.open(RunConfig())
    alone.step(session.last.step)
    alone.rest()
    assert_same_record(session.last.record, alone.last.record)
    alone.close()


def test_a_preview_stays_until_the_change_is_answered_or_refused(
    session: StagedSession, previews: list[Snapshot]
) -> None:
    session.step(9)
    session.rest()
    session.try_weight("w1", (0, 1), 2.5)
    session.intervene("w1", 2.5, (0, 1))
    session.end_trial()
    assert tried(previews) == [2.5]
    session.rest()
    assert session.last.weights.w1[0, 1] == 2.5
    assert session.last.loss == pytest.approx(previews[-1].loss, rel=1e-12)
    session.try_weight("w1", (0, 1), 3.5)
    with pytest.raises(SettingError):
        session.intervene("w1", 1e9, (0, 1))
    session.end_trial()
    assert previews[-1] is session.last
    session.end_trial()
    assert tried(previews) == [2.5, 3.5, None]


def test_a_preview_ends_when_another_step_or_run_is_gone_to(
    session: StagedSession, previews: list[Snapshot]
) -> None:
    session.step(9)
    session.rest()
    for by, act in ((4, session.seek), (3, session.step)):
        session.try_weight("w1", (0, 1), 2.5)
        act(by)
        session.rest()
        assert not session.last.is_preview
        assert len(previews) == 1, "nothing is previewed at a step that was gone to"
        previews.clear()
    session.try_weight("w1", (0, 1), 2.5)
    session.open_run(Record(RunConfig(width=1)), 0)
    session.try_weight("w1", (0, 1), 3.5)  # of a network that is gone
    session.rest()
    session.end_trial()
    session.play()
    assert isinstance(session.stage.waiting[0], Advance)
    assert tried(previews) == [2.5]


def test_a_preview_ends_also_where_a_watched_run_has_no_further_step(
    session: StagedSession, previews: list[Snapshot]
) -> None:
    session.open(watched_record(steps=9), 9)
    session.rest()
    session.try_weight("w1", (0, 1), 2.5)
    shown = len(session.steps)
    session.step()  # a step back would be another one
    session.rest()
    assert session.steps[shown:] == [9], "it is shown again, in place of the preview"
    session.step()
    session.rest()
    session.end_trial()
    assert (len(session.steps), tried(previews)) == (shown + 1, [2.5])
