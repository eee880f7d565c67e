"""Training steps are checked from whatever holds the weights in Python, and in recordings."""

import io
import json
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.files import refusal
from tests.support.snapshots import taken
from tests.support.watched import SHOWN, watched_record, watched_run
from xorviz import FileError, RunConfig, SettingError, check_gradient, check_step
from xorviz.core.arrays import Array
from xorviz.core.check.said import Said
from xorviz.core.network import Weights, gradient, initial_weights, weights_of
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.files.exports.tables import states_npz
from xorviz.files.run_file import dumps
from xorviz.files.weights.check_step import checked_steps
from xorviz.files.weights.own_network import arranged
from xorviz.files.weights.reader import record_in, states_of_bytes

NAMES = ("w1", "b1", "w2", "b2")
CONFIG = RunConfig(width=3, rate=0.5, biases=True, momentum=0.9)
BEFORE = initial_weights(CONFIG)
AFTER, THEN = taken(BEFORE, CONFIG, 2)
WRONG = Weights(2 * BEFORE.w1 - AFTER.w1, AFTER.b1, AFTER.w2, AFTER.b2)
"""The step of w1 has the wrong sign."""


class Sparse:
    """A tensor that NumPy cannot have."""

    def numpy(self) -> Array:
        raise TypeError("can't convert Sparse layout tensor\nto numpy.")


def named(weights: Weights) -> dict[str, Any]:
    return dict(zip(NAMES, weights.arrays(), strict=True))


def test_weights_are_taken_from_values_and_files(tmp_path: Path) -> None:
    assert check_step(iter(BEFORE.arrays()), iter(AFTER.arrays())).verdict == "correct"
    assert check_step(BEFORE, AFTER, THEN).rule.momentum == pytest.approx(0.9)
    before, both = tmp_path / "before.npz", tmp_path / "both.npz"
    np.savez(before, **named(BEFORE))
    np.savez(both, **named(BEFORE), **{f"{n}_after": a for n, a in named(AFTER).items()})
    assert check_step(before, AFTER).verdict == check_step(str(both)).verdict == "correct"


def test_targets_are_in_the_order_of_the_rows() -> None:
    config = RunConfig(width=3, rate=0.5, targets=(1, 1, 0, 0))  # of 10, 00, 01, 11
    before = initial_weights(config)
    (after,) = taken(before, config)
    ways: list[dict[str, Any]] = [
        {"targets": "1010"},  # of 00, 01, 10, 11
        {"targets": np.array([[1.0], [0.0], [1.0], [0.0]])},
        {"targets": (0, 0, 1, 1), "order": "11,01,10,00"},
        {"targets": [0, 0, 1, 1], "order": [(1, 1), (0, 1), (1, 0), (0, 0)]},
        {"targets": "0011", "order": ["11", "01", "10", "00"]},
    ]
    for more in ways:
        found = check_step(before, after, **more)
        assert (found.verdict, found.rule.targets) == ("correct", (1, 1, 0, 0))
    said: dict[str, Any] = {
        "rate": 0.5,
        "loss": "sse",
        "activation": "sigmoid",
        "output": "sigmoid",
    }
    assert check_step(before, after, targets="0110", **said).verdict != "correct"


def test_gradients_are_checked() -> None:
    slopes = gradient(BEFORE, CONFIG)
    for prefix in ("", "d_", "d", "grad_", "gradient."):
        by_name = {f"{prefix}{name}": array for name, array in named(slopes).items()}
        assert check_gradient(BEFORE, by_name, loss="sse").verdict == "correct"
    left_out = check_gradient(BEFORE, named(slopes) | {"w1": -np.array(slopes.w1)})
    assert left_out.arrays["w1"].is_fault


W1, B1, W2, B2 = BEFORE.arrays()
REFUSED: list[tuple[tuple[object, ...], str]] = [
    ((BEFORE,), "the weights are given once; a step needs them twice, before and after it"),
    ((BEFORE, BEFORE), "before and after are the same weights; save"),
    ((BEFORE, "nowhere.npz"), "nowhere.npz: The file does not exist."),
    ((BEFORE, "w1\0\x1b2J"), "w1  2J: This file name is not allowed."),
    ((BEFORE, (W1, object())), "after: In array 2 there is something other than numbers"),
    ((BEFORE, (W1, W2)), "b1 is"),
    ((BEFORE, (W1, B1, W2)), "b2 is"),
    ((BEFORE, (W1[:, :2], B1[:2], W2[:2], B2)), "w1 has the shape (2, 3) in one state and (2, 2)"),
    (([0, 1, 1, 0], [0, 1, 1, 0]), "these are outputs; a step is checked by the weights"),
    (([BEFORE, AFTER], THEN), "before: It holds 2 states of a network; allowed here is one"),
    *(((many, AFTER), "before: It holds more than 20000 numbers")
      for many in (np.zeros(20_001), repeat(0.5))),
    (("1 " * 500_000, AFTER), "1 1 1"),  # a long text is not repeated
    ((BEFORE, (np.ma.masked_greater(W1, 0), B1, W2, B2)), "after: It holds nan"),
    ((BEFORE, {"w1": Sparse(), "w2": W2}), "after: It cannot be read: TypeError: can't"),
]  # fmt: skip
RING: list[Any] = []
RING.append(RING)
SAID: list[tuple[dict[str, Any], str]] = [
    ({"rate": -1}, "rate is -1; allowed: a number above 0"),
    ({"loss": "l2"}, "loss is 'l2'; allowed: sse, half-sse, mse, half-mse, cross-entropy, mean-"),
    ({"output": "softmax"}, "output is 'softmax'; allowed: sigmoid, tanh, linear, relu"),
    ({"batch": 4}, "batch is 4; allowed: full, pass, shuffled, row"),
    *(({"order": odd}, "order is ") for odd in ([(0, 0), (0, 2)], np.array(10), "00,01", object())),
    *(({"targets": odd}, "targets is ") for odd in ([0, 1, 2], object(), 10**400, [[0], []], RING)),
    ({"biases": False}, "biases is said to be off, but is on in the arrays"),
    ({"biases": "on"}, "biases is 'on'; allowed: on, off"),
    ({"orientation": "up"}, "orientation is 'up'; allowed: in-out, out-in, in-out-first, out-in-"),
]  # fmt: skip


def test_what_is_no_step_or_cannot_be_said_is_refused_in_a_sentence() -> None:
    for states, message in REFUSED:
        with pytest.raises((FileError, SettingError)) as refused:
            check_step(*states)
        assert str(refused.value).startswith(message)
        assert len(str(refused.value)) < 400
    for said, message in SAID:
        assert refusal(check_step, BEFORE, AFTER, **said).startswith(message)


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
    monkeypatch.setattr("xorviz.files.weights.check_step.MOST_CHECKED", 3)
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


@pytest.mark.parametrize("zero", [0, [0.0], np.zeros((1, 1))])
def test_an_output_bias_that_is_given_as_0_is_none(zero: Any) -> None:
    before = replace(initial_weights(replace(CONFIG, momentum=0)), b2=np.zeros(1))
    after = before.each(lambda w, d: w - 0.5 * d, gradient(before, CONFIG))
    states = [named(weights) | {"b2": zero} for weights in (before, after)]
    found = check_step(*states, rate=0.5, loss="sse")
    assert (found.verdict, {*found.arrays}) == ("correct", {"w1", "b1", "w2"})
    assert any("b2 is 0" in note for note in found.notes)
    trained = check_step(states[0], after, rate=0.5, loss="sse")
    assert (trained.verdict, {*trained.arrays}) == ("correct", {*NAMES})
    wide = named(before) | {"b1": np.zeros(3)}  # not one number: b1 may be forgotten
    assert "b1" in check_step(wide, named(after) | {"b1": np.zeros(3)}).arrays
