"""The marks of a run: its changes, and since when all four rows are right."""

from dataclasses import replace

from tests.support.snapshots import QUICK, trained, with_interventions
from xorviz.core.runs.record import Intervention, Streak
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.loss.marks import marks_of


def texts(snapshot: Snapshot) -> list[tuple[float, str]]:
    return [(mark.step, mark.text) for mark in marks_of(snapshot)]


def changed(*changes: Intervention) -> Snapshot:
    return with_interventions(trained(RunConfig(), 10), *changes)


def right_since(snapshot: Snapshot, step: int | None) -> Snapshot:
    """Return a snapshot of a run with all rows correct since a step."""
    *before, tip = snapshot.record.checkpoints
    tip = replace(tip, right=Streak(step, step))
    record = replace(snapshot.record, checkpoints=(*before, tip))
    return replace(snapshot, right_since=step, record=record)


def test_a_change_is_marked_at_its_step_with_its_value() -> None:
    trainer = Trainer(RunConfig())
    trainer.advance(100)
    trainer.intervene("rate", 0.5)
    trainer.advance(20)
    trainer.intervene("momentum", 0.9)
    trainer.intervene("w1", -2.5, (0, 2))
    assert texts(trainer.snapshot()) == [
        (100, "rate 0.5"),
        (120, "momentum 0.9"),
        (120, "w1[x1→h3] −2.5"),
    ]


def test_milestones_are_marked_while_they_hold() -> None:
    right = trained(QUICK, 200)
    assert texts(trained(QUICK, 100)) == [(82, "all four correct")]
    assert texts(right) == [(82, "all four correct"), (168, "learned")]
    assert all(mark.is_success for mark in marks_of(right))
    assert marks_of(right)[0].tip == "All four correct since step 82. Click to go there."
    assert texts(trained(RunConfig(), 10)) == []
    assert texts(right_since(trained(RunConfig()), 0)) == []
    assert texts(right_since(trained(QUICK, 100), None)) == []


def test_milestones_of_two_runs_say_whose_they_are() -> None:
    pair = replace(trained(QUICK, 200), beside=trained(replace(QUICK, rate=0.5), 200))
    assert [text for _, text in texts(pair)] == [
        "A: all four correct", "A: learned", "B: all four correct",
    ]  # fmt: skip
    assert marks_of(pair)[0].tip == "A: all four correct since step 82. Click to go there."


def test_the_newest_hundred_changes_are_marked() -> None:
    snapshot = changed(*(Intervention(step, "rate", step + 1.0) for step in range(250)))
    assert [step for step, _ in texts(snapshot)] == list(range(150, 250))
    assert not any(mark.is_success for mark in marks_of(snapshot))


def test_marks_of_the_whole_run_stay_at_earlier_steps() -> None:
    recording = Recording(QUICK)
    recording.advance(150)
    recording.intervene("rate", 0.5)
    recording.advance(50)
    for step in (200, 20, 0):
        assert texts(recording.state_at(step)) == [
            (150, "rate 0.5"), (82, "all four correct"), (185, "learned"),
        ]  # fmt: skip


def test_weights_set_together_share_a_mark() -> None:
    snapshot = changed(
        Intervention(5, "rate", 0.5),
        *(Intervention(5, "w1", 0.5, (0, unit)) for unit in range(3)),
        Intervention(9, "w1", 0.25, (0, 1)),
    )
    assert texts(snapshot) == [(5, "rate 0.5"), (5, "3 weights"), (9, "w1[x1→h2] 0.25")]
