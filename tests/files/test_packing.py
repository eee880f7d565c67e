"""Runs survive as JSON values bit for bit; impossible values are refused."""

import base64
import json
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from xorviz.core.rules import SettingError
from xorviz.core.runs.record import MOST_INTERVENTIONS, Checkpoint, Intervention, Record, Streak
from xorviz.core.runs.recording import MOST_CHECKPOINTS, Recording
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.packing import packed, unpacked

CONFIG = RunConfig(width=2, rate=0.7, seed=5, biases=True, momentum=0.1)
PARAMETERS = 9


def made() -> Record:
    """Return a run of 200 steps: five checkpoints, three changes, two of them at one step."""
    recording = Recording(CONFIG)
    recording.advance(70)
    recording.intervene("rate", 0.1 + 0.2)
    recording.intervene("w1", -1.5, (1, 0))
    recording.advance(110)
    recording.intervene("b2", 2.0, (0,))
    recording.advance(20)
    record = recording.record()
    kept = tuple(c for c in record.checkpoints if c.step % 64 == 0 or c.step == 200)
    return replace(record, checkpoints=kept)


@cache
def made_json() -> str:
    return json.dumps(packed(made()))


def plain() -> dict[str, Any]:
    """Return the run as JSON values."""
    values: dict[str, Any] = json.loads(made_json())
    return values


def numbers(text: str, kind: str) -> list[Any]:
    """Read an array without NumPy."""
    data = base64.b64decode(text)
    return list(struct.unpack(f"<{len(data) // 8}{kind}", data))


def written(values: list[Any], kind: str) -> str:
    """Write an array without NumPy."""
    return base64.b64encode(struct.pack(f"<{len(values)}{kind}", *values)).decode()


def changed(text: str, kind: str, place: int, value: Any) -> str:
    """Return an array with one number replaced."""
    values = numbers(text, kind)
    values[place] = value
    return written(values, kind)


def without_last(text: str) -> str:
    """Return an array that is one number shorter."""
    return base64.b64encode(base64.b64decode(text)[:-8]).decode()


def at(values: Any, path: str) -> tuple[Any, str | int]:
    """Return the container of the value at a path, and its key there."""
    *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
    for key in way:
        values = values[key]
    return values, last


def refusal(values: Any) -> str:
    with pytest.raises(SettingError) as refused:
        unpacked(values, "run")
    return str(refused.value)


def refusal_of(path: str, change: Callable[[Any], Any]) -> str:
    """Return the message after the value at a path is changed."""
    values = plain() | {"config": CONFIG.to_dict()}  # whole, as up to version 4
    holder, key = at(values, path)
    holder[key] = change(holder[key])
    return refusal(values)


def assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert (one.step, one.right, one.learned) == (other.step, other.right, other.learned)
    np.testing.assert_array_equal(one.parameters, other.parameters)
    np.testing.assert_array_equal(one.velocity, other.velocity)


def assert_whole(record: Record) -> None:
    """Assert that a record survives completely."""
    again = unpacked(json.loads(json.dumps(packed(record))), "run")
    assert again == record
    assert again.kernels == record.kernels
    np.testing.assert_array_equal(again.trace.steps, record.trace.steps)
    np.testing.assert_array_equal(again.trace.losses, record.trace.losses)
    np.testing.assert_array_equal(again.trace.outputs, record.trace.outputs)
    np.testing.assert_array_equal(again.trace.gradient_norms, record.trace.gradient_norms)
    assert again.trace.steps.dtype == np.int64
    assert again.trace.losses.dtype == np.float64
    assert again.trace.losses.flags.writeable
    for one, other in zip(again.checkpoints, record.checkpoints, strict=True):
        assert_same(one, other)


def test_a_run_survives_whole() -> None:
    assert_whole(made())


def test_a_run_that_has_not_begun_survives() -> None:
    assert_whole(Record(CONFIG))
    assert_whole(Recording(CONFIG).record())


def test_kernels_survive() -> None:
    for kernels in [(), ("numpy",), ("numba",), ("numpy", "numba")]:
        assert packed(replace(made(), kernels=kernels))["kernels"] == list(kernels)
        assert_whole(replace(made(), kernels=kernels))


@pytest.mark.thorough
def test_a_run_as_long_as_records_get_survives() -> None:
    recording = Recording(CONFIG)
    recording.advance(64 * (MOST_CHECKPOINTS - 1) - 1)
    assert len(recording.record().checkpoints) == MOST_CHECKPOINTS
    assert_whole(recording.record())


def test_streaks_survive_with_and_without_their_steps() -> None:
    record = made()
    streaks = [Streak(), Streak(None, 0), Streak(3, 0), Streak(5, 5)]
    start, *_, last = record.checkpoints
    lasts = [replace(last, right=one, learned=two) for one in streaks for two in streaks]
    for tip in lasts:
        assert_whole(replace(record, checkpoints=(start, tip)))


def test_every_number_is_where_the_format_says() -> None:
    record, values = made(), plain()
    assert values["config"] == {"width": 2, "rate": 0.7, "seed": 5, "biases": True, "momentum": 0.1}
    assert values["interventions"] == [
        {"step": 70, "field": "rate", "index": [], "value": 0.30000000000000004},
        {"step": 70, "field": "w1", "index": [1, 0], "value": -1.5},
        {"step": 180, "field": "b2", "index": [0], "value": 2.0},
    ]
    assert values["newest"] == 200
    assert numbers(values["trace"]["steps"], "q") == list(range(201))
    assert numbers(values["trace"]["losses"], "d") == record.trace.losses.tolist()
    assert numbers(values["trace"]["outputs"], "d") == record.trace.outputs.ravel().tolist()
    assert numbers(values["trace"]["gradient_norms"], "d") == record.trace.gradient_norms.tolist()
    kept = values["checkpoints"]
    assert numbers(kept["steps"], "q") == [0, 64, 128, 192, 200]
    assert numbers(kept["parameters"], "d")[:6] == [
        *record.checkpoints[0].parameters[:6]  # w1 row by row, then b1
    ]
    second = slice(PARAMETERS, 2 * PARAMETERS)
    assert numbers(kept["parameters"], "d")[second] == [*record.checkpoints[1].parameters]
    assert numbers(kept["velocities"], "d")[second] == [*record.checkpoints[1].velocity]
    for name in ("right", "learned"):
        assert numbers(kept[name], "q") == [
            -1 if step is None else step
            for checkpoint in record.checkpoints
            for step in (getattr(checkpoint, name).since, getattr(checkpoint, name).first)
        ]


def test_a_number_that_is_not_finite_is_not_written() -> None:
    record = made()
    record.trace.losses[7] = np.inf
    with pytest.raises(ValueError, match="not finite"):
        packed(record)


EVERY_PLACE = [
    *("config", "interventions", "newest", "trace", "checkpoints"),
    *(f"config.{name}" for name in CONFIG.to_dict()),
    *("config.targets.0", "interventions.0", "interventions.1.index", "interventions.1.index.0"),
    *(f"interventions.1.{name}" for name in ("step", "field", "value")),
    *("trace.steps", "trace.losses", "trace.outputs", "trace.gradient_norms"),
    *(f"checkpoints.{k}" for k in ("steps", "parameters", "velocities", "right", "learned")),
]
NASTY: list[object] = [
    None,
    True,
    -1,
    1e308,
    2**70,
    "A",
    "AAAA",
    "\u00fc",
    [[]],
    {"x": {}},
    "x" * 9999,
]


def test_no_entry_accepts_values_of_other_kinds() -> None:
    for path in EVERY_PLACE:
        for nasty in NASTY:
            if (path, nasty) not in [("interventions.1.value", -1), ("config.biases", True)]:
                assert "run" in refusal_of(path, lambda _, value=nasty: value)  # type: ignore[misc]


def test_a_run_is_an_object() -> None:
    for nasty in [*NASTY, [], 0]:
        assert refusal(nasty) in {"run is not an object with entries", "run has no entry config"}


OPTIONAL = ("outputs", "gradient_norms", "kernels", *SETTINGS)
"""Missing in older files, or where a setting has its default."""


OBJECTS: list[str] = ["", "config", "interventions.0", "trace", "checkpoints"]


def test_missing_and_unknown_entries_are_refused() -> None:
    for place in OBJECTS:
        for key in [key for key in _object_at(plain(), place) if key not in OPTIONAL]:
            values = plain()
            del _object_at(values, place)[key]
            assert f" has no entry {key}" in refusal(values)
        values = plain()
        _object_at(values, place)["more\n"] = 1
        assert " has an unknown entry 'more\\n'" in refusal(values)


def _object_at(values: Any, place: str) -> Any:
    holder, key = at({"run": values}, f"run.{place}" if place else "run")
    return holder[key]


IMPOSSIBLE: list[tuple[str, Callable[[Any], Any], str]] = [
    ("newest", lambda _: 199, "trace.steps do not end at the newest step, 199"),
    ("newest", lambda _: 10**12 + 1, "run.newest is 1000000000001; allowed: "),
    ("newest", lambda _: 200.0, "run.newest is 200.0; allowed: "),
    ("config.rate", lambda _: 0, "in run.config, rate is 0; allowed: "),
    ("kernels", lambda _: "numpy", "run.kernels is not a list of at most 2 values"),
    ("kernels", lambda _: None, "run.kernels is not a list"),
    ("kernels", lambda _: ["numpy", "numba", "numpy"], "run.kernels is not a list"),
    ("kernels", lambda _: ["numpy", "numpy"], "run.kernels name the same kernel twice"),
    ("kernels", lambda _: ["numpy", "jax"], "run.kernels[1] is 'jax'; allowed: numpy, numba"),
    ("kernels", lambda _: [["numpy"]], "run.kernels[0] is ['numpy']; allowed: numpy, numba"),
    ("kernels", lambda _: [1], "run.kernels[0] is 1; allowed: numpy, numba"),
    ("interventions", lambda v: v[::-1], "not in the order"),
    ("interventions", lambda v: [v[0], *v], "the same thing twice at one step"),
    ("interventions", lambda v: v * 5000, "not a list of at most 10000"),
    ("interventions.2.step", lambda _: 201, "allowed: a whole number from 0 to 200"),
    ("interventions.0.step", lambda _: 0, "where the settings are those of config"),
    ("interventions.0.value", lambda _: 0.7, "leaves rate as it was"),
    ("interventions.0.value", lambda _: 1001, "in run.interventions[0], rate is 1001"),
    ("interventions.0.index", lambda _: [0], "rate is one number"),
    ("interventions.0.field", lambda _: "width", "interventions[0].field is 'width'"),
    ("interventions.1.field", lambda _: "b1", "b1 has no index (1, 0)"),
    ("interventions.1.index", lambda _: [2, 0], "w1 has no index (2, 0)"),
    ("interventions.1.index", lambda _: [-1, 0], "w1 has no index (-1, 0)"),
    ("interventions.1.index", lambda _: [0, 0, 0], "not a list of at most 2"),
    ("interventions.1.value", lambda _: 1e7, "w1[x2→h1] is 10000000.0"),
    ("config.biases", lambda _: False, "this network has no biases"),
    ("trace.steps", lambda v: changed(v, "q", 5, 4), "do not rise"),
    ("trace.steps", lambda v: changed(v, "q", 0, -1), "do not rise"),
    ("trace.steps", lambda v: changed(v, "q", 5, 2**62), "do not rise"),
    ("trace.steps", lambda v: changed(v, "q", -1, 201), "do not end at the newest"),
    ("trace.steps", lambda v: written(numbers(v, "q")[1:], "q"), "do not begin at step 0"),
    ("trace.steps", lambda v: v[:-8], "holds no numbers in base64"),
    ("trace.losses", without_last, "holds 200 numbers where there should be 201"),
    ("trace.losses", lambda v: v + "\n", "holds no numbers in base64"),
    ("trace.losses", lambda v: changed(v, "d", 3, np.nan), "not finite"),
    ("trace.losses", lambda v: changed(v, "d", 3, np.inf), "not finite"),
    ("trace.outputs", without_last, "holds 803 numbers where there should be 804"),
    ("trace.outputs", lambda _: "", "outputs holds 0 numbers where there should be 804"),
    ("trace.outputs", lambda v: changed(v, "d", 3, 1.0000001), "holds a number out of range"),
    ("trace.outputs", lambda v: changed(v, "d", 3, -1e-9), "holds a number out of range"),
    ("trace.outputs", lambda v: changed(v, "d", 3, np.inf), "holds a number out of range"),
    ("trace.gradient_norms", without_last, "holds 200 numbers where there should be 201"),
    ("trace.gradient_norms", lambda v: v[:-8], "holds no numbers in base64"),
    ("trace.gradient_norms", lambda v: changed(v, "d", 3, -1.0), "a number out of range"),
    ("trace.gradient_norms", lambda v: changed(v, "d", 3, np.inf), "a number out of range"),
    ("checkpoints.steps", lambda v: changed(v, "q", 1, 128), "do not rise"),
    ("checkpoints.steps", lambda v: changed(v, "q", -1, 199), "do not end at the newest"),
    ("checkpoints.steps", lambda _: "", "parameters holds 45 numbers where there should be 0"),
    ("checkpoints.parameters", lambda v: changed(v, "d", 20, -np.inf), "not finite"),
    ("checkpoints.parameters", lambda v: changed(v, "d", 4, 0.5), "this seed's weights"),
    ("checkpoints.velocities", lambda v: changed(v, "d", 4, 0.5), "this seed's weights"),
    ("checkpoints.velocities", without_last, "holds 44 numbers where"),
    ("checkpoints.right", lambda v: changed(v, "q", 0, 1), "steps that are impossible"),
    ("checkpoints.right", lambda v: changed(v, "q", 1, 1), "steps that are impossible"),
    ("checkpoints.right", lambda _: written([5, -1] * 5, "q"), "steps that are impossible"),
    ("checkpoints.learned", lambda _: written([-1, -2] * 5, "q"), "steps that are impossible"),
    ("checkpoints.learned", lambda _: written([-1] * 8 + [9, 10], "q"), "steps that are"),
    ("checkpoints.learned", lambda _: written([-1] * 8 + [201, 5], "q"), "steps that are"),
    ("checkpoints.learned", lambda v: v[:-12] + "AAAA", "holds no numbers in base64"),
]


def test_impossible_values_are_refused() -> None:
    for path, change, said in IMPOSSIBLE:
        sentence = refusal_of(path, change)
        assert said in sentence
        assert re.match(r"(in )?run\.", sentence)


def test_a_run_has_its_checkpoints_and_its_trace_or_has_not_begun() -> None:
    empty = packed(Record(CONFIG))
    full = plain()
    without_checkpoints = full | {"checkpoints": empty["checkpoints"]}
    assert "nothing leads to step 200" in refusal(without_checkpoints)
    assert "run.trace is empty" in refusal(full | {"trace": empty["trace"]})
    assert "nothing leads to step 7" in refusal(empty | {"newest": 7})
    change = {"step": 0, "field": "w1", "index": [0, 0], "value": 1}
    assert "nothing leads to step 0" in refusal(empty | {"interventions": [change]})


def test_too_many_points_and_checkpoints_are_refused() -> None:
    steps = written([*range(CAPACITY), 9999], "q")
    assert "allowed: at most 4096" in refusal_of("trace.steps", lambda _: steps)
    steps = written(list(range(MOST_CHECKPOINTS + 2)), "q")
    assert "allowed: at most 513" in refusal_of("checkpoints.steps", lambda _: steps)


def test_the_number_of_changes_is_limited() -> None:
    record = made()
    changes = tuple(
        Intervention(step, "w1", float(place), (0, place))
        for step in range(100)
        for place in range(2)
    )
    assert unpacked(packed(replace(record, interventions=changes)), "run").interventions == changes
    values = packed(record) | {"interventions": [None] * (MOST_INTERVENTIONS + 1)}
    assert "at most 10000" in refusal(values)


def test_initial_weights_of_another_machine_may_differ_in_their_last_bit() -> None:
    values = plain()
    first = numbers(values["checkpoints"]["parameters"], "d")[0]
    near = changed(values["checkpoints"]["parameters"], "d", 0, float(np.nextafter(first, 9)))
    values["checkpoints"]["parameters"] = near
    assert unpacked(values, "run").checkpoints[0].parameters[0] != first


def test_unknown_numbers_survive_in_the_same_bits() -> None:
    values, same_bits = plain(), plain()
    (odd,) = struct.unpack("<d", struct.pack("<Q", 0xFFF8_0000_0000_0123))
    for name, place in (("outputs", 17), ("gradient_norms", 5)):
        values["trace"][name] = changed(values["trace"][name], "d", place, odd)
        same_bits["trace"][name] = changed(same_bits["trace"][name], "d", place, np.nan)
    assert packed(unpacked(values, "run")) == same_bits
    trace = unpacked(values, "run").trace
    assert np.argwhere(np.isnan(trace.outputs)).tolist() == [[4, 1]]
    assert np.flatnonzero(np.isnan(trace.gradient_norms)).tolist() == [5]
    assert_whole(unpacked(values, "run"))
