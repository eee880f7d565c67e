"""Watched runs in run files: bit for bit, with nothing that could contradict their states."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.bits import bits
from tests.support.watched import PROGRAM, SHOWN, source_of, watched_record, watched_run
from xorviz.core.network import parameter_count
from xorviz.core.runs.project import MOST_PINNED, Project, continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.runs.watched import FIRST_STATES, WatchedRun, run_of
from xorviz.core.settings import RunConfig
from xorviz.files import run_file
from xorviz.files.atomic import FileError
from xorviz.files.run_file import MOST_BYTES, dumps, load_run, loads, save_run

STEPS = (*range(33), 50, 100, 2000)
WIDE = RunConfig(width=64, biases=True)


def made() -> Project:
    """Return a watched run beside one of ours from its first state, and another one pinned."""
    record = watched_record(steps=STEPS, assumed=("rate", "momentum"), every=2)
    own = Recording(continued(record, 0, replace(SHOWN, seed=7)))
    own.advance(100)
    project = Project(record, 50, own.record())
    return project.pinning(watched_record(steps=9, name="another", diverged=True), 7, "theirs")


def plain() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(dumps(made()))
    return values


def wide(states: int, start: int = 0) -> Record:
    """Return a watched run as big as they get, with chosen numbers."""
    run = WatchedRun(WIDE, source_of())
    numbers = np.random.RandomState(start).uniform(-1, 1, (states, parameter_count(WIDE)))
    run.extend(np.arange(states), numbers)
    return run.record()


def assert_same_states(mine: Record, other: Record) -> None:
    assert mine == other
    for name in ("steps", "losses", "outputs", "gradient_norms"):
        assert bits(getattr(mine.trace, name)) == bits(getattr(other.trace, name))
    for one, two in zip(mine.checkpoints, other.checkpoints, strict=True):
        assert bits(one.parameters) == bits(two.parameters)
        assert (one.step, one.right, one.learned) == (two.step, two.right, two.learned)


def refusal(values: Any) -> str:
    with pytest.raises(FileError) as refused:
        loads(json.dumps(values).encode())
    return str(refused.value).removeprefix("The file is damaged: ")


def test_watched_runs_survive_whole() -> None:
    project, again = made(), loads(dumps(made()))
    assert (again, again.step, again.pinned[0].step) == (project, 50, 7)
    assert_same_states(again.record, project.record)
    assert_same_states(again.pinned[0].record, project.pinned[0].record)
    assert dumps(again) == dumps(project)
    snapshot = run_of(again.record).state_at(60)
    assert (snapshot.step, snapshot.record.source) == (50, project.record.source)


def test_a_file_holds_what_the_program_says_and_its_states_alone() -> None:
    values = plain()
    assert values["version"] == 5
    run = values["run"]
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
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(run["steps"]), "<i8"), STEPS)
    states = np.frombuffer(base64.b64decode(run["states"]), "<f8").reshape(len(STEPS), -1)
    np.testing.assert_array_equal(states[-1], made().record.checkpoints[-1].parameters)


def test_a_watched_run_is_saved_as_recordings_are(tmp_path: Path) -> None:
    run = watched_run(steps=STEPS)
    save_run(run, tmp_path / "run.xorviz")
    again = load_run(tmp_path / "run.xorviz")
    assert again.step == 2000
    assert_same_states(again.record, run.record())


def test_a_step_whose_state_the_window_has_lost_is_saved_as_the_one_before() -> None:
    project = Project(watched_record(steps=STEPS), 99).pinning(watched_record(steps=STEPS), 1999)
    again = loads(dumps(project))
    assert (again.step, again.pinned[0].step) == (50, 100)


def array(*values: float, kind: str = "<f8") -> str:
    return base64.b64encode(np.array(values, kind).tobytes()).decode()


def whole(*values: int) -> str:
    return array(*values, kind="<i8")


FIRST = [0.0] * 9
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"more": 1}, "run has an unknown entry 'more'."),
    ({"source": None}, "in run.source, a source has the entries name, key,"),
    ({"steps": whole()}, "run.steps hold 0 steps; allowed: 1 to 4096."),
    ({"steps": whole(*range(4097))}, "run.steps hold 4097 steps; allowed: 1 to 4096."),
    ({"steps": whole(1, 2)}, "run.steps do not rise from step 0."),
    ({"steps": whole(0, 2, 2)}, "run.steps do not rise from step 0."),
    ({"steps": whole(0, -(2**62), 2**62)}, "run.steps do not rise from step 0."),
    ({"steps": whole(0, 2**62)}, "run.steps go beyond step "),
    ({"steps": whole(0)}, "run.states holds 324 numbers where there should be 9."),
    ({"steps": whole(0), "states": array(*FIRST[1:], np.nan)}, "run.states holds a number that is"),
    ({"steps": whole(0), "states": array(*FIRST[1:], 1.1e6)}, "run.states hold a number that is"),
    ({"steps": 7}, "run.steps holds no numbers in base64."),
]


def test_wrong_entries_are_named() -> None:
    for entries, said in WRONG:
        values = plain()
        values["run"] |= entries
        assert refusal(values).startswith(said)


def test_what_a_source_may_not_say_is_named() -> None:
    for name, value in (("name", ""), ("key", "7"), ("assumed", [[1]]), ("batch", 4), ("every", 0)):
        values = plain()
        values["run"]["source"][name] = value
        assert refusal(values).startswith(f"in run.source, {name} is ")


def test_settings_that_nobody_knows_are_refused() -> None:
    values = plain()
    values["run"]["config"]["seed"] = 7
    assert refusal(values) == "run.config has an unknown entry 'seed'."


def with_step(values: dict[str, Any], step: int) -> None:
    values["step"] = step


def swap(values: dict[str, Any], _: int) -> None:
    values["run"], values["beside"] = values["beside"], values["run"]


def narrow(values: dict[str, Any], _: int) -> None:
    values["beside"] = json.loads(dumps(Project(Record(RunConfig(width=1)), 0)))["run"]
    values["step"] = 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_step, "run has no state of the step shown, 49."),
        (swap, "beside is a watched run; allowed: one that is trained here."),
        (narrow, "the two runs side by side differ in width."),
    ],
)
def test_what_cannot_be_shown_is_refused(
    change: Callable[[dict[str, Any], int], None], said: str
) -> None:
    values = plain()
    change(values, 49)
    assert refusal(values) == said


def test_the_biggest_watched_run_is_thinned_by_halves() -> None:
    project = Project(wide(CAPACITY), 3001)
    data = dumps(project)
    again = loads(data)
    steps = [state.step for state in again.record.checkpoints]
    assert MOST_BYTES / 2 < len(data) < MOST_BYTES
    assert (again, again.step) == (project, 3001)
    assert steps == sorted({*range(FIRST_STATES), *range(0, CAPACITY, 2), 3001, CAPACITY - 1})
    assert bits(run_of(again.record).state_at(3001).outputs) == bits(
        run_of(project.record).state_at(3001).outputs
    )


@pytest.mark.thorough
def test_the_most_watched_runs_fit() -> None:
    project = Project(wide(CAPACITY), 0, Recording(WIDE).record())
    for _ in range(MOST_PINNED):
        project = project.pinning(wide(CAPACITY), 4000)
    data = dumps(project)
    again = loads(data)
    assert MOST_BYTES / 3 < len(data) < MOST_BYTES
    assert again == project
    assert {len(run.record.checkpoints) for run in again.pinned} == {FIRST_STATES + 253 + 1}


def test_narrow_runs_stay_whole_beside_a_wide_one() -> None:
    narrow = watched_record(steps=300)
    again = loads(dumps(Project(wide(2000), 0).pinning(narrow, 0).pinning(wide(2000), 0)))
    assert_same_states(again.pinned[0].record, narrow)
    assert len(again.record.checkpoints) == len(again.pinned[1].record.checkpoints) < 2000


def test_watched_runs_that_do_not_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_file, "MOST_BYTES", 2000)
    with pytest.raises(FileError, match="Delete a pinned run"):
        dumps(made())
