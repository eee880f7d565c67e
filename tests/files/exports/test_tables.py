"""Numbers for other programs: complete, exact, and the same bytes each time."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.snapshots import QUICK, trained
from tests.support.watched import PROGRAM, watched_record
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files.csv_text import table_csv
from xorviz.files.exports.tables import loss_csv, states_npz, weights_json, weights_npz

Points = dict[str, list[tuple[int, float, float | None]]]


def points_of(project: Project) -> Points:
    """Read the table of losses as a spreadsheet does: steps, losses and norms by run, in order."""
    rows = list(csv.DictReader(io.StringIO(loss_csv(project))))
    found: Points = {}
    for row in rows:
        norm = float(row["gradient_norm"]) if row["gradient_norm"] else None
        found.setdefault(row["run"], []).append((int(row["step"]), float(row["loss"]), norm))
    assert [row["run"] for row in rows] == [run for run, points in found.items() for _ in points]
    return found


def kept(record: Record) -> list[tuple[int, float, float | None]]:
    trace = record.trace
    norms = [None if np.isnan(norm) else norm for norm in trace.gradient_norms.tolist()]
    return list(zip(trace.steps.tolist(), trace.losses.tolist(), norms, strict=True))


def test_the_loss_of_all_shown_runs_has_a_row_for_each_point_that_is_kept() -> None:
    long, other = trained(QUICK, 3 * CAPACITY).record, trained(replace(QUICK, rate=0.5), 30).record
    project = Project(long, 7, beside=other)
    for name, run in (("short", trained(QUICK, 3)), ("short", trained(QUICK, 2)), ("off", None)):
        project = project.pinning(other if run is None else run.record, 2, name)
    off = project.pinned[-1].style
    project = project.changing(off, is_shown=False)
    found = points_of(project)
    assert list(found) == ["A: rate 1", "B: rate 0.5", "short", "short (2)"]
    runs = [long, other, *(pinned.record for pinned in project.pinned[:2])]
    assert list(found.values()) == [kept(run) for run in runs]
    assert len(found["A: rate 1"]) == len(long.trace.steps) > 900
    assert list(points_of(Project(other, 0))) == ["this run"]
    assert list(points_of(Project(other, 0, beside=other))) == ["A", "B"]
    assert loss_csv(Project(Record(QUICK), 0)) == "run,step,loss,gradient_norm\n"


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
        assert values == (arrays[name].tolist() if name in arrays else None)
    for name in ("outputs", "kernels", "step", "loss"):
        assert found[name] == arrays[name].tolist()
    assert found["config"] == json.loads(str(arrays["config"])) == snapshot.config.to_dict()


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


def test_the_loss_of_a_watched_run_has_its_name_and_its_program() -> None:
    record = watched_record(steps=(0, 1, 7, 50))
    assert points_of(Project(record, 0)) == {f"my network ({PROGRAM})": kept(record)}


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
def test_all_kept_states_are_arrays(biases: bool) -> None:
    record = watched_record(RunConfig(width=2, biases=biases), (0, 1, 7))
    found = loaded(states_npz(record))
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
