"""The option --try of diagnose."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Run
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.files.exports.tables import weights_json
from xorviz.lab.trials import trial
from xorviz.lab.workers import lab as lab_module
from xorviz.lab.workers.workers import LabError

TRAP = RunConfig(width=2, biases=True, rate=0.5, seed=13)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_SECONDS", 0.2)
    monkeypatch.setattr(trial, "FEWEST_STEPS", 3000)


@pytest.fixture
def trapped(tmp_path: Path) -> str:
    trainer = Trainer(TRAP)
    trainer.advance(2000)
    path = tmp_path / "trapped.json"
    path.write_text(weights_json(trainer.snapshot()))
    return str(path)


def reported(run: Run, *arguments: str) -> dict[str, Any]:
    done = run("diagnose", *arguments, "--try", "--json")
    assert (done.status, done.err) == (0, "")
    report: dict[str, Any] = json.loads(done.out)
    return report


def test_json_lists_what_was_tried_from_these_weights_best_first(run: Run, trapped: str) -> None:
    report = reported(run, "--weights", trapped)
    tried = {one["change"]: one for one in report["tried"]}
    assert report["tried_with"]["rate"] == 0.5
    assert tried["run longer"]["state"] == "two rows learned"
    assert [tried["run longer"][name] for name in ("right", "of", "low", "high")] == [0, 1, 0, 0]
    best = report["tried"][0]
    assert best["change"] in {"one more unit", "width 4"}
    assert best["settings"]["width"] in {3, 4}
    assert 0.9 * best["of"] < best["right"] <= best["of"]
    assert [one["low"] for one in report["tried"]] == sorted(
        (one["low"] for one in report["tried"]), reverse=True
    )


@pytest.mark.thorough
def test_the_table_says_what_becomes_of_this_network_and_of_others(run: Run, trapped: str) -> None:
    out = run("diagnose", "--weights", trapped, "--try").out.replace("\u202f", " ")
    assert "From these weights, a longer run, a larger rate (2.5)" in out
    assert "\n\n\n" not in out + run("diagnose", "--loss-value", "1", "--width", "2", "--try").out
    assert "end in “two rows learned” after 3 000 more steps." in out
    rows = [line for line in out.splitlines() if line.startswith("Width 4")]
    assert len(rows) == 1
    assert " of 50 " in rows[0]
    assert "median" in rows[0]
    assert "Tried with width 2 · rate 0.5 · Σ(t−y)² · biases" in out


@pytest.mark.thorough
def test_without_the_rate_several_are_tried(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_text('{"w1": [[4, -5, 1], [3, 6, -2]], "w2": [3, -4, 1]}')
    report = reported(run, "--weights", str(path))
    names = {one["change"] for one in report["tried"]}
    assert {"rate 0.01", "rate 10", "momentum 0.9 at rate 0.5"} <= names
    assert "run longer" not in names
    assert "rate" in report["unknown"]


@pytest.mark.thorough
def test_outputs_alone_need_the_width(run: Run) -> None:
    done = run("diagnose", "--outputs", "0 .5 1 .5", "--try")
    assert done.status == 2
    assert done.line.endswith(
        "--try needs the weights, to train on from them, or the width, to train anew"
    )
    report = reported(run, "--outputs", "0 .5 1 .5", "--width", "2", "--biases", "on")
    assert report["tried"]
    assert all(one["of"] >= 50 for one in report["tried"])


def test_of_a_network_with_all_rows_correct_nothing_is_tried(run: Run) -> None:
    for outputs in ("0 1 1 0", ".2 .8 .8 .3"):
        assert reported(run, "--outputs", outputs)["tried"] == []
        out = run("diagnose", "--outputs", outputs, "--try").out
        assert out.endswith("\nNothing was tried: all four rows are correct.\n")


def test_with_other_targets_what_helps_here_is_said_not_to_help_there(run: Run) -> None:
    for outputs, is_said in ((".97 .02 .03 .96", True), ("0 .5 1 .5", False)):
        out = run("diagnose", "--outputs", outputs, "--width", "2", "--try").out
        assert ("If one of the possible causes is so, mend it first" in out) == is_said


def test_without_try_nothing_is_trained(run: Run) -> None:
    done = run("--kernel", "numpy", "diagnose", "--outputs", "0 1 1 0")
    assert done.status == 2
    assert "--try" in done.line


def test_a_lab_that_cannot_work_says_why(
    run: Run, trapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LabError("There are no workers.")

    monkeypatch.setattr(lab_module.Lab, "run", fail)
    done = run("diagnose", "--weights", trapped, "--try")
    assert (done.status, done.line) == (1, "xorviz: There are no workers.")
