"""Numbers for other programs: complete, exact, and the same bytes each time."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.snapshots import QUICK, trained
from tests.support.watched import PROGRAM, watched_record
from xorviz.core.arrays import Array
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import CAPACITY, Trace, TraceRecorder
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files.csv_text import table_csv
from xorviz.files.exports.tables import (
    history_csv,
    loss_csv,
    states_npz,
    weights_json,
    weights_npz,
    write_states,
)


def trace_of(losses: Array) -> Trace:
    recorder = TraceRecorder()
    recorder.extend(losses, np.zeros((len(losses), 4)), np.zeros(len(losses)))
    return recorder.trace()


def noise(count: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).exponential(size=count)


def rows_of(text: str) -> list[tuple[int, float, float]]:
    """Read a table as a spreadsheet does; assert that its steps rise."""
    header, *lines = csv.reader(io.StringIO(text))
    assert header == ["step", "min", "max"]
    rows = [(int(step), float(low), float(high)) for step, low, high in lines]
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    return rows


def test_a_short_run_has_a_row_for_each_step() -> None:
    for count in [1, 2, CAPACITY - 1, CAPACITY]:
        losses = noise(count)
        assert rows_of(loss_csv(trace_of(losses))) == [(n, x, x) for n, x in enumerate(losses)]
    assert loss_csv(Trace()) == "step,min,max\n"


@settings(max_examples=8)
@given(count=st.integers(CAPACITY + 1, 60_000), is_falling=st.booleans(), share=st.floats(0.05, 1))
def test_rows_of_a_long_run_or_of_a_branch_have_the_lowest_and_the_highest_loss(
    count: int, is_falling: bool, share: float
) -> None:
    losses = 1 / (1 + np.arange(count) / 100) if is_falling else noise(count)
    trace = trace_of(losses)
    rows = rows_of(loss_csv(trace))
    steps = [step for step, _, _ in rows]
    parts = zip(steps, np.split(losses, steps[1:]), strict=True)
    assert rows == [(step, part.min(), part.max()) for step, part in parts]
    assert len(set(np.diff(steps).tolist())) == 1
    assert 100 < len(rows) <= CAPACITY / 2
    at = int(share * (count - 1))
    branch = trace.until(at, float(losses[at]))
    rows = rows_of(loss_csv(branch))
    edges = np.searchsorted(branch.steps, [step for step, _, _ in rows])
    kept = np.split(branch.losses, edges[1:])
    assert rows == [(row[0], k.min(), k.max()) for row, k in zip(rows, kept, strict=True)]


@pytest.fixture(params=[RunConfig(), QUICK], ids=["plain", "biases"])
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    config: RunConfig = request.param
    return trained(config, 200)


def loaded(data: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return dict(file)


def test_numpy_reads_the_weights_without_pickles(snapshot: Snapshot) -> None:
    found = loaded(weights_npz(snapshot))
    weights = snapshot.weights
    expected = {"w1": weights.w1, "w2": weights.w2}
    if weights.b1 is not None and weights.b2 is not None:
        expected |= {"b1": weights.b1, "b2": weights.b2}
    assert set(found) == {*expected, "step", "loss", "outputs", "kernels", "config"}
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, strict=True)
    np.testing.assert_array_equal(found["outputs"], snapshot.outputs, strict=True)
    assert (int(found["step"]), float(found["loss"])) == (200, snapshot.loss)
    assert RunConfig.from_dict(json.loads(str(found["config"]))) == snapshot.config


def test_json_has_the_same_numbers(snapshot: Snapshot) -> None:
    found, arrays = json.loads(weights_json(snapshot)), loaded(weights_npz(snapshot))
    for name, values in found["weights"].items():
        if values is None:
            assert name not in arrays
        else:
            np.testing.assert_array_equal(arrays[name], values)
    for name in ("outputs", "kernels", "step", "loss"):
        assert found[name] == arrays[name].tolist()
    assert RunConfig.from_dict(found["config"]) == snapshot.config


def test_exports_name_the_kernels_and_the_settings_at_the_step() -> None:
    recording = Recording(replace(QUICK, rate=0.5))
    recording.advance(10)
    recording.intervene("rate", 0.25)
    recording.advance(10)
    kernels = ("numpy", "numba")
    run = Recording(replace(recording.record(), kernels=kernels))
    for step, rate in ((9, 0.5), (10, 0.25)):
        found = json.loads(weights_json(run.state_at(step)))
        assert (found["kernels"], found["config"]["rate"]) == (list(kernels), rate)
        assert tuple(loaded(weights_npz(run.state_at(step)))["kernels"]) == kernels


def test_the_same_state_makes_the_same_bytes_and_no_others(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = weights_npz(snapshot), weights_json(snapshot)
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert (weights_npz(snapshot), weights_json(snapshot)) == before
    broken = replace(snapshot, outputs=np.array([np.nan, *snapshot.outputs[1:]]))
    with pytest.raises(ValueError, match="JSON"):
        weights_json(broken)


def test_a_table_has_exact_numbers_no_formulas_and_empty_cells() -> None:
    rows: list[list[str | float | None]] = [
        ["=1+2", 0.1 + 0.2, None],
        ['"Run", 1', -1e-300, float("nan")],
        ["–", 3, "b"],
    ]
    assert table_csv(("name", "loss", "step"), rows).splitlines() == [
        "name,loss,step",
        "'=1+2,0.30000000000000004,",
        '"""Run"", 1",-1e-300,',
        "–,3,b",
    ]


DRAWN = {"seed", "init", "init_range", "perturbation"}


def test_the_loss_of_a_watched_run_has_a_row_for_each_state_that_is_kept() -> None:
    record = watched_record(steps=(0, 1, 7, 50))
    header, *rows = csv.reader(io.StringIO(history_csv(record)))
    assert header == ["step", "loss", "watched run", "program"]
    assert [int(row[0]) for row in rows] == [0, 1, 7, 50]
    assert [float(row[1]) for row in rows] == record.trace.losses.tolist()
    assert {tuple(row[2:]) for row in rows} == {("my network", PROGRAM)}
    own = trained(QUICK, 50).record
    assert history_csv(own) == loss_csv(own.trace)


def test_a_state_of_a_watched_run_tells_its_source_and_no_seed() -> None:
    record = watched_record(steps=(0, 1, 7), assumed=("rate",), diverged=True)
    snapshot = run_of(record).state_at(7)
    assert record.source is not None
    found = json.loads(weights_json(snapshot))
    arrays = loaded(weights_npz(snapshot))
    assert found["source"] == record.source.to_dict() == json.loads(str(arrays["source"]))
    assert found["config"] == json.loads(str(arrays["config"]))
    assert not DRAWN & found["config"].keys()
    assert (found["step"], found["diverged_at"]) == (7, None)
    np.testing.assert_array_equal(found["weights"]["w1"], snapshot.weights.w1)


@pytest.mark.parametrize("biases", [True, False])
def test_all_kept_states_are_arrays(biases: bool, tmp_path: Path) -> None:
    record = watched_record(RunConfig(width=2, biases=biases), (0, 1, 7))
    write_states(record, tmp_path / "run.npz")
    data = (tmp_path / "run.npz").read_bytes()
    found = loaded(data)
    assert data == states_npz(record)
    assert found["steps"].tolist() == [0, 1, 7]
    snapshots = [run_of(record).state_at(step) for step in (0, 1, 7)]
    for name in ("w1", "b1", "w2", "b2") if biases else ("w1", "w2"):
        expected = [getattr(snapshot.weights, name) for snapshot in snapshots]
        np.testing.assert_array_equal(found[name], expected, strict=True)
    assert biases == ("b1" in found)
    assert found["losses"].tolist() == [snapshot.loss for snapshot in snapshots]
    np.testing.assert_array_equal(found["outputs"], [s.outputs for s in snapshots])
    assert [str(found[name]) for name in ("name", "program")] == ["my network", PROGRAM]
    assert not DRAWN & json.loads(str(found["config"])).keys()
