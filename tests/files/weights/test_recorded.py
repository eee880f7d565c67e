"""What xorviz writes is read: run files and the archives of watched programs, and their steps."""

import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.files import refusal
from tests.support.watched import SHOWN, watched_record, watched_run
from xorviz.core.check.said import Said
from xorviz.core.network import weights_of
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.exports.tables import states_npz
from xorviz.files.run_file import dumps
from xorviz.files.weights.own_network import arranged
from xorviz.files.weights.reader import states_of_bytes
from xorviz.files.weights.recorded import checked_steps, record_in

NOTHING = Said()
WATCHED = watched_record(SHOWN, 6, assumed=("loss",))


def as_run_file(record: Record) -> bytes:
    return dumps(Project(record, record.newest))


@pytest.mark.parametrize("write", [states_npz, as_run_file])
def test_the_newest_state_of_a_watched_program_is_read_with_what_it_said(write: Any) -> None:
    (found,) = states_of_bytes(write(WATCHED))
    newest = weights_of(WATCHED.checkpoints[-1].parameters, SHOWN)
    for mine, its in zip(arranged(found).weights.arrays(), newest.arrays(), strict=True):
        np.testing.assert_array_equal(mine, its)
    assert (found.said["rate"], found.said["steps"]) == (SHOWN.rate, 6)
    assert "loss" not in found.said
    assert found.said["coding"] == SHOWN.coding, "no check is told it"
    record = record_in(write(WATCHED))
    assert record is not None
    assert (record.source, record.newest) == (WATCHED.source, 6)


def test_the_newest_state_of_a_run_is_read_with_its_settings() -> None:
    recording = Recording(RunConfig(width=2, rate=0.5))
    recording.advance(70)
    recording.intervene("rate", 0.25)
    (found,) = states_of_bytes(as_run_file(recording.record()))
    assert found.said == {**replace(recording.config, rate=0.25).to_dict(), "steps": 70}
    np.testing.assert_array_equal(found.w1, recording.weights.w1)


def test_steps_between_states_that_are_kept_one_after_the_other_are_checked() -> None:
    found = checked_steps(watched_record(SHOWN, [0, 1, 2, 3, 9, 10]), NOTHING)
    counts = {"correct": 4, "faulty": 0, "undecided": 0, "first_faulty": None}
    assert (found.to_dict()["steps"], found.number) == (counts, 10)


def test_the_first_faulty_step_is_told() -> None:
    right, run = watched_record(SHOWN, 5), watched_run(SHOWN, 0)
    shifted = np.zeros_like(right.checkpoints[0].parameters)
    for step in range(1, 6):
        before, after = (right.checkpoints[n].parameters for n in (step - 1, step))
        if step == 3:
            shifted[:4] = 2 * (before - after)[:4]  # of w1, with the wrong sign
        run.extend(np.array([step]), (after + shifted)[np.newaxis])
    found = checked_steps(run.record(), NOTHING)
    assert (found.number, found.to_dict()["steps"]["first_faulty"]) == (3, 3)
    assert found.telling is not None
    assert found.telling.arrays["w1"].is_fault


def test_what_is_recorded_is_used_unless_something_else_is_said() -> None:
    found = checked_steps(WATCHED, NOTHING).telling
    assert found is not None
    assert found.rule.rate == pytest.approx(SHOWN.rate)
    assert "correct" not in checked_steps(WATCHED, Said(rate=0.1, loss="sse")).counts


def test_the_state_before_a_step_tells_its_momentum() -> None:
    watched = watched_record(replace(SHOWN, momentum=0.9), 4, assumed=("momentum",))
    own = Recording(RunConfig(width=2, rate=0.5, momentum=0.9))
    own.advance(300)
    own.intervene("w1", 0.25, (0, 0))  # so that the last step is no step of the gradient
    for record, number, count in ((watched, 4, 4), (own.record(), 299, 1)):
        found = checked_steps(record, NOTHING)
        assert (found.number, dict(found.counts)) == (number, {"correct": count})
        assert found.telling is not None
        assert found.telling.rule.momentum == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"batch": "pass", "row_order": "11,10,01,00"}, "correct"),
        ({"batch": "shuffled", "output": "tanh", "coding": "plus-minus"}, "correct"),
        ({"optimizer": "adam"}, "undecided"),
    ],
)
def test_a_pass_of_a_run_is_checked_and_a_step_of_adam_is_not(
    more: dict[str, str], verdict: str
) -> None:
    run = Recording(RunConfig(width=2, rate=0.3, biases=True, **more))  # type: ignore[arg-type]
    run.advance(9)
    found = checked_steps(run.record(), NOTHING)
    assert dict(found.counts) == {verdict: 1}
    assert found.telling is not None
    assert ("Adam" in found.telling.sentence) == ("optimizer" in more)


def test_of_many_steps_a_few_hundred_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xorviz.files.weights.recorded.MOST_CHECKED", 3)
    found = checked_steps(watched_record(SHOWN, 20), NOTHING)
    assert (found.number, dict(found.counts)) == (20, {"correct": 3})


def test_recordings_without_a_step_to_check_are_refused() -> None:
    still = watched_run(SHOWN, 0)
    still.extend(np.array([1]), still.record().checkpoints[0].parameters[np.newaxis])
    for record in (watched_record(SHOWN, [0, 5, 10], every=5), Recording(RunConfig()).record()):
        assert refusal(checked_steps, record, NOTHING).startswith("no two of its states are one")
    said = "before and after are the same weights"
    assert refusal(checked_steps, still.record(), NOTHING).startswith(said)


def test_damaged_recordings_are_refused() -> None:
    arrays = dict(np.load(io.BytesIO(states_npz(WATCHED))))
    config = json.loads(str(arrays["config"]))
    for change in ({"steps": np.array([1.5, np.nan])}, {"steps": np.arange(7) + 1},
                   {"w1": arrays["w1"][:3]}, {"w1": arrays["w1"] * np.nan}, {"config": "{"},
                   {"w1": arrays["w1"].astype(object)}, {"w1": arrays["w1"] * 1e9},
                   {"config": json.dumps(config | {"width": 3})}, {"source": "{}"},
                   {"steps": np.full(7, 1e300)}, {"w1": np.zeros(4096 * 128 + 1)}):  # fmt: skip
        file = io.BytesIO()
        np.savez(file, **{**arrays, **change})
        refusal(states_of_bytes, file.getvalue())
    run_file = as_run_file(WATCHED)
    for data in (run_file[:-9], run_file.replace(b'"width"', b'"wodth"')):
        refusal(states_of_bytes, data)
