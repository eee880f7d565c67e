"""Run files: what they hold, that they read back bit for bit, and that saving loses nothing."""

import json
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.files.runs import (
    CONFIG,
    PARAMETERS,
    WATCHED_STEPS,
    assert_same,
    changed,
    made,
    numbers,
    plain,
    runs_of,
    watched,
)
from tests.support.bits import assert_same_state, bits
from tests.support.cases import FEW_RECIPES, some, text_of
from tests.support.commands import environment, xorviz
from tests.support.files import refusal
from tests.support.snapshots import far_record
from tests.support.watched import PROGRAM, source_of, watched_record
from xorviz import __version__
from xorviz.core.kernels import compiler, kernels
from xorviz.core.network import flat, parameter_count
from xorviz.core.runs.project import MOST_PINNED, Project
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, Record, Streak
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import MOST_STEPS, Halt
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.runs.watched import WatchedRun, run_of
from xorviz.core.settings import RunConfig
from xorviz.files import run_file
from xorviz.files.atomic import FileError
from xorviz.files.lab_table import COLUMNS, LabFile, read
from xorviz.files.run_file import MOST_BYTES, dumps, load_run, loads, save_run
from xorviz.lab.plan import LabPlan, recipes_of
from xorviz.lab.results.lab_results import LabResults

WRITTEN_BY_0_5_0 = Path(__file__).parent / "written_by_0_5_0"
WIDE = RunConfig(width=64, biases=True)


def wide(states: int) -> Record:
    """Return a watched run as big as they get, with chosen numbers."""
    run = WatchedRun(WIDE, source_of())
    values = np.random.RandomState(0).uniform(-1, 1, (states, parameter_count(WIDE)))
    run.extend(np.arange(states), values)
    return run.record()


# What a file holds.


def test_every_number_is_where_the_format_says() -> None:
    project, values = made(), plain()
    record, run = project.record, values["run"]
    assert [values[name] for name in ("format", "version", "written_by", "step")] == [
        *("xorviz run", 6, f"xorviz {__version__}", 100)
    ]
    assert list(values)[4:] == ["parted_at", "run", "beside", "kept"]
    pinned = [{n: v for n, v in one.items() if n != "run"} for one in values["kept"]]
    assert pinned == [
        {"name": "before", "step": 33, "style": 0, "is_shown": False},
        {"name": "Run 1", "step": 0, "style": 1, "is_shown": True},
    ]
    assert run["config"] == {"width": 2, "rate": 0.7, "seed": 5, "biases": True, "momentum": 0.1}
    assert run["interventions"] == [
        {"step": 70, "field": "rate", "index": [], "value": 0.30000000000000004},
        {"step": 70, "field": "w1", "index": [1, 0], "value": -1.5},
        {"step": 180, "field": "b2", "index": [0], "value": 2.0},
    ]
    assert (run["newest"], run["kernels"]) == (200, ["numpy"])
    trace, kept = run["trace"], run["checkpoints"]
    assert numbers(trace["steps"], "q") == list(range(201))
    for name in ("losses", "outputs", "gradient_norms"):
        assert numbers(trace[name], "d") == getattr(record.trace, name).ravel().tolist()
    assert numbers(kept["steps"], "q") == [0, 64, 128, 192, 200]
    second = slice(PARAMETERS, 2 * PARAMETERS)
    for name, array in zip(("parameters", "velocity"), record.checkpoints[1].state, strict=True):
        assert numbers(kept["state"][name], "d")[second] == [*array]
    for name in ("right", "learned"):
        assert numbers(kept[name], "q") == [
            -1 if step is None else step
            for checkpoint in record.checkpoints
            for step in (getattr(checkpoint, name).since, getattr(checkpoint, name).first)
        ]


def test_of_a_watched_run_a_file_holds_what_its_program_says_and_its_states() -> None:
    run = plain(watched)["run"]
    assert list(run) == ["config", "source", "steps", "states"]
    assert not {"seed", "init", "init_range", "perturbation"} & run["config"].keys()
    assert run["source"] == {
        "name": "my network",
        "key": "16788de1cb9e1468e089355cfb25c5ac",
        "program": PROGRAM,
        "assumed": ["rate", "momentum"],
        "batch": "full",
        "every": 2,
        "diverged": False,
    }
    assert numbers(run["steps"], "q") == list(WATCHED_STEPS)
    last = watched().record.checkpoints[-1].parameters
    assert numbers(run["states"], "d")[-PARAMETERS:] == last.tolist()


# Round trips.


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_the_examples_of_the_readme_run_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = Recording(CONFIG)
    recording.advance(1000)
    monkeypatch.chdir(tmp_path)
    save_run(Project(recording.record(), 7), Path("my.xorviz"))
    page = Path(run_file.__file__).with_name("README.md").read_text(encoding="utf-8")
    known: dict[str, Any] = {}
    for example in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(example, known)
    printed = capsys.readouterr().out.rstrip()
    assert printed == f"7 {CONFIG} {recording.state_at(1000).loss}"
    assert Path("copy.xorviz").read_bytes() == Path("my.xorviz").read_bytes()
    trace = recording.record().trace
    assert known["steps"].tolist() == trace.steps.tolist()
    assert known["losses"].tolist() == trace.losses.tolist()


@pytest.mark.parametrize("make", [made, watched])
def test_a_project_survives_and_is_saved_again_as_the_same_bytes(make: Any) -> None:
    again = loads(dumps(make()))
    assert_same(again, make())
    assert again.record.trace.losses.flags.writeable
    assert dumps(again) == dumps(make())


def test_a_run_that_has_not_begun_and_every_streak_survive() -> None:
    for record in (Record(CONFIG), Recording(CONFIG).record()):
        assert_same(loads(dumps(Project(record, 0))), Project(record, 0))
    start, *_, last = made().record.checkpoints
    streaks = [Streak(), Streak(None, 0), Streak(3, 0), Streak(5, 5)]
    for right, learned in zip(streaks, streaks[::-1], strict=True):
        tip = replace(last, right=right, learned=learned)
        project = Project(replace(made().record, checkpoints=(start, tip)), 200)
        assert_same(loads(dumps(project)), project)


def test_a_step_whose_state_the_window_has_lost_is_saved_as_the_one_before() -> None:
    record = watched_record(steps=WATCHED_STEPS)
    again = loads(dumps(Project(record, 99).pinning(record, 1999)))
    assert (again.step, again.pinned[0].step) == (50, 100)


def test_names_are_cleaned() -> None:
    values = plain()
    values["kept"][0]["name"] = "  two\nlines \x1b[31m" + "x" * 99
    name = loads(json.dumps(values).encode()).pinned[0].name
    assert name.startswith("two lines [31mxxx")
    assert len(name) == 60


def test_initial_weights_of_another_machine_may_differ_in_their_last_bit() -> None:
    values = plain()
    kept = values["run"]["checkpoints"]["state"]
    near = float(np.nextafter(numbers(kept["parameters"], "d")[0], 9))
    kept["parameters"] = changed(kept["parameters"], "d", 0, near)
    assert loads(json.dumps(values).encode()).record.checkpoints[0].parameters[0] == near


def test_checkpoints_of_another_processor_are_the_states_that_are_shown(tmp_path: Path) -> None:
    """Rounding decides this run, so that trained here it would have others."""
    path, there = tmp_path / "there.xorviz", environment(tmp_path, OPENBLAS_CORETYPE="Prescott")
    words = "train --rate 7 --seed 11 --steps 3000 --kernel numpy --save"
    assert xorviz(*words.split(), path, env=there).status == 0
    record = load_run(path).record
    here = Recording(record)
    for kept in record.checkpoints:
        assert bits(flat(here.state_at(kept.step).weights)) == bits(kept.parameters)


def test_unknown_numbers_survive_in_the_same_bits() -> None:
    values, same_bits = plain(), plain()
    odd = np.array([0xFFF8_0000_0000_0123], "u8").view(float)[0]
    for name, place in (("outputs", 17), ("gradient_norms", 5)):
        for run, number in ((values["run"], odd), (same_bits["run"], np.nan)):
            run["trace"][name] = changed(run["trace"][name], "d", place, number)
    project = loads(json.dumps(values).encode())
    assert json.loads(dumps(project)) == same_bits
    assert np.argwhere(np.isnan(project.record.trace.outputs)).tolist() == [[4, 1]]
    assert np.flatnonzero(np.isnan(project.record.trace.gradient_norms)).tolist() == [5]


def test_the_longest_run_is_saved_and_opened_again() -> None:
    recording = Recording(far_record(CONFIG, MOST_STEPS - 5))
    assert recording.advance(64) is Halt.LONGEST
    again = loads(dumps(Project(recording.record(), recording.newest)))
    assert (again.step, again.record) == (MOST_STEPS, recording.record())


# Size.


def test_a_file_too_big_has_fewer_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels.prepare(compiler.NUMBA)
    recording = Recording(CONFIG, kernel=compiler.NUMBA)
    recording.advance(20_000)
    project, counts = Project(recording.record(), 20_000), [80]
    data = dumps(project)
    for _ in range(3):
        monkeypatch.setattr(run_file, "MOST_BYTES", len(data) - 1)
        data = dumps(project)
        again = loads(data)
        steps = [checkpoint.step for checkpoint in again.record.checkpoints]
        assert (again, steps[0], steps[-1]) == (project, 0, 20_000)
        counts.append(len(steps))
    assert counts == [80, 41, 11, 4]
    assert_same_state(
        *(Recording(p.record, kernel=compiler.NUMBA).state_at(9_999) for p in (again, project))
    )


def test_the_biggest_watched_run_is_thinned_by_halves() -> None:
    narrow = watched_record(steps=300)  # which stays whole
    project = Project(wide(CAPACITY), 3001).pinning(narrow, 0)
    data = dumps(project)
    again = loads(data)
    steps = [state.step for state in again.record.checkpoints]
    assert MOST_BYTES / 2 < len(data) < MOST_BYTES
    assert (again, again.step) == (project, 3001)
    assert steps == sorted({*range(33), *range(0, CAPACITY, 2), 3001, CAPACITY - 1})
    assert_same(Project(again.pinned[0].record, 0), Project(narrow, 0))
    assert bits(run_of(again.record).state_at(3001).outputs) == bits(
        run_of(project.record).state_at(3001).outputs
    )


@pytest.mark.thorough
def test_the_most_interventions_and_checkpoints_fit() -> None:
    recording = Recording(CONFIG)
    recording.advance(100_000)
    steps = range(MOST_INTERVENTIONS)
    changes = tuple(Intervention(step, "w1", -step / 7, (1, 1)) for step in steps)
    project = Project(replace(recording.record(), interventions=changes), 0)
    data = dumps(project)
    assert loads(data) == project
    assert sum(data.count(sign) for sign in b",[{") * (MOST_PINNED + 2) <= run_file.MOST_SIGNS
    assert data.count(b":") * (MOST_PINNED + 2) <= run_file.MOST_KEYS


@pytest.mark.parametrize("make", [made, watched])
def test_a_project_too_big_is_refused(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_file, "MOST_BYTES", 2000)
    assert "Delete a pinned run" in refusal(dumps, make())


# Nothing is lost.


@pytest.mark.parametrize("config", some(FEW_RECIPES, 6), ids=text_of)
def test_every_kind_of_training_goes_on_as_if_it_had_not_been_saved(config: RunConfig) -> None:
    recording = Recording(config)
    recording.advance(70)
    again = loads(dumps(Project(recording.record(), 40)))
    assert_same(again, Project(recording.record(), 40))
    opened = Recording(again.record)
    for run in (recording, opened):
        run.advance(30)
    assert_same_state(opened.state_at(100), recording.state_at(100))
    state = recording.record().checkpoints[-1].state
    assert all(map(np.array_equal, opened.record().checkpoints[-1].state, state))


def test_a_number_that_is_not_finite_is_never_saved() -> None:
    fresh = [loads(dumps(make())).record for make in (made, made, watched)]
    fresh[0].trace.losses[7] = np.inf
    for record in fresh[1:]:
        record.checkpoints[0].parameters[0] = np.nan
    for record in fresh:
        assert "not finite" in refusal(dumps, Project(record, 0))


def test_a_failed_save_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "run.xorviz"
    save_run(made(), path)
    broken = replace(made(), step=float("nan"))  # type: ignore[arg-type]
    for project, target in ((broken, path), (made(), path / "below"), (made(), tmp_path)):
        assert refusal(save_run, project, target)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (dumps(made()), [path])


# Files of older versions.


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


def test_a_lab_file_of_0_5_0_opens(tmp_path: Path) -> None:
    path = WRITTEN_BY_0_5_0 / "lab.csv"
    plan = LabPlan(recipes_of({"width": [2, 3], "rate": [0.5, 5.0]}), range(4), 2000)
    results = LabResults(plan)
    ended, end = read(path, plan)
    for share in ended:
        results.recall(*share)
    snapshot = results.snapshot()
    assert end == path.stat().st_size
    text = path.read_text()
    for old, new in (
        ("coin toss", "no row learned"),
        ("three in a row", "one row learned"),
        ("one row on the fence", "three rows learned"),
    ):
        assert old in text
        text = text.replace(old, new)
    header = text.splitlines()[0]
    resumed = tmp_path / "lab.csv"
    resumed.write_text(f"{header}\n")
    for share in ended:
        with closing(LabFile(resumed, len(header) + 1)) as file:
            file.add(plan, *share)
    assert resumed.read_text() == text
    assert {*header.split(",")} < {*COLUMNS}
    with pytest.raises(FileError, match="batch is missing"):
        read(path, replace(plan, recipes=(*plan.recipes, RunConfig(batch="pass"))))
    summaries = [snapshot.summary(recipe) for recipe in range(4)]
    counts = [(s.right.count, s.learned.count) for s in summaries if s is not None]
    assert counts == [(1, 0), (0, 0), (2, 2), (2, 1)]
    assert (snapshot.loss[0], snapshot.first_right[0]) == (0.1736941170580169, 875)


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_older_than_version_3_was_trained_by_numpy(version: int) -> None:
    values = plain() | {"version": version}
    for run in (values["run"], values["beside"], *(pinned["run"] for pinned in values["kept"])):
        del run["kernels"]
        if version == 1:  # without outputs, gradients and the newest settings
            del run["trace"]["outputs"], run["trace"]["gradient_norms"]
            for name in ("init", "perturbation"):
                run["config"].pop(name, None)
    project = loads(json.dumps(values).encode())
    assert project == made()
    known = {(record.newest > 0, record.kernels) for record, _ in runs_of(project)}
    assert known == {(True, ("numpy",)), (False, ())}
    assert np.isnan(project.record.trace.outputs).all() == (version == 1)
    assert loads(dumps(project)) == project
