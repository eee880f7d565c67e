"""Files written by older versions still open, with the right contents."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.files.test_run_file import made, plain, runs_of
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.lab_table import networks_csv, read
from xorviz.files.run_file import dumps, load_run, loads
from xorviz.lab.plan import LabPlan, recipes_of
from xorviz.lab.results.lab_results import LabResults

WRITTEN_BY_0_5_0 = Path(__file__).parent / "written_by_0_5_0"


def test_a_run_file_of_0_5_0_opens() -> None:
    config = RunConfig(width=2, rate=0.7, seed=5, biases=True, momentum=0.5)
    project = load_run(WRITTEN_BY_0_5_0 / "run.xorviz")
    record, beside = project.record, project.beside
    assert (record.config, record.newest, record.kernels) == (config, 140, ("numpy",))
    assert record.interventions == (
        Intervention(100, "rate", 0.3),
        Intervention(100, "w1", -1.5, (1, 0)),
    )
    assert beside is not None
    assert (beside.config, beside.newest) == (replace(config, activation="relu"), 140)
    assert [(r.name, r.step, r.style, r.is_shown, r.record.config) for r in project.pinned] == [
        ("before the change", 100, 0, True, config),
        ("Run 1", 0, 1, False, RunConfig(width=1)),
    ]
    assert project.step == 120
    assert Recording(project.record).state_at(120).loss == pytest.approx(
        0.6971075090513008, rel=1e-12
    )
    assert record.trace.losses[-1] == 0.6549686039893379
    np.testing.assert_array_equal(
        Recording(project.record).state_at(140).weights.w1,
        [[-0.8193178937056835, 4.1177147696633805], [-1.5767164637168607, 4.1868712030148085]],
    )


def test_a_lab_file_of_0_5_0_opens() -> None:
    path = WRITTEN_BY_0_5_0 / "lab.csv"
    plan = LabPlan(recipes_of({"width": [2, 3], "rate": [0.5, 5.0]}), range(4), 2000)
    results = LabResults(plan)
    ended, end = read(path, plan)
    for some in ended:
        results.recall(*some)
    snapshot = results.snapshot()
    assert end == path.stat().st_size
    assert snapshot.done.all()
    assert snapshot.right.tolist() == [int(row.split(",")[20]) for row in rows_of(path)]
    assert networks_csv(snapshot) == with_names_of_today(path.read_text())
    summaries = [snapshot.summary(recipe) for recipe in range(4)]
    assert [(s.right.count, s.learned.count) for s in summaries if s is not None] == [
        (1, 0),
        (0, 0),
        (2, 2),
        (2, 1),
    ]
    assert (snapshot.loss[0], snapshot.first_right[0]) == (0.1736941170580169, 875)
    assert snapshot.outputs[0].tolist() == [
        *(0.7965078093543865, 0.1396440398399299),
        *(0.796507500664844, 0.2671617305225091),
    ]


def with_names_of_today(text: str) -> str:
    for old, new in (
        ("coin toss", "no row learned"),
        ("three in a row", "one row learned"),
        ("one row on the fence", "three rows learned"),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


def rows_of(path: Path) -> list[str]:
    return path.read_text().splitlines()[1:]


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_older_than_version_3_was_trained_by_numpy(version: int) -> None:
    project = loads(json.dumps(without_kernels(version)).encode())
    assert project == made()
    kernels = [(record.newest > 0, record.kernels) for record, _ in runs_of(project)]
    assert set(kernels) == {(True, ("numpy",)), (False, ())}


def test_a_file_of_version_1_opens_without_outputs_and_gradients() -> None:
    values = without_kernels(1)
    runs = [values["run"], *(pinned["run"] for pinned in values["kept"])]
    for run in runs:
        for name in ("outputs", "gradient_norms"):
            del run["trace"][name]
        for name in ("init", "perturbation"):
            run["config"].pop(name, None)
    project = loads(json.dumps(values).encode())
    assert project == made()
    assert np.isnan(project.record.trace.outputs).all()
    assert loads(dumps(project)) == project


def without_kernels(version: int) -> dict[str, Any]:
    """Return the entries of a file of an older version."""
    values = plain() | {"version": version}
    for run in (values["run"], values["beside"], *(pinned["run"] for pinned in values["kept"])):
        del run["kernels"]
    return values
