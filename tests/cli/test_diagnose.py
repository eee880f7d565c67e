"""The command diagnose."""

import io
import json
import re
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.commands import Run
from tests.support.snapshots import trained
from xorviz.cli.terminal import print_report
from xorviz.core.diagnosis.diagnosis import diagnose, diagnose_rows
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import Weights
from xorviz.core.settings import RunConfig
from xorviz.files.exports.tables import weights_json, weights_npz
from xorviz.lab.trials import trials as trial
from xorviz.lab.workers import lab as lab_module
from xorviz.lab.workers.workers import LabError, Workers

HALF = (1, 0, 0.5, 0.5)
"""Two rows learned, in the order of ROWS; people print it as 0 .5 1 .5."""
NETWORK = "w1 = [[1 2 3] [4 5 6]] w2 = [7 -8 9]"
TRAP = RunConfig(width=2, biases=True, rate=0.5, seed=13)
SQUARE = "w1 = [[1 2] [3 4]] w2 = [5 6]"


def printed(run: Run, *arguments: str) -> str:
    done = run("diagnose", *arguments)
    assert (done.status, done.err) == (0, "")
    return done.out


def reported(run: Run, *arguments: str) -> dict[str, Any]:
    out = printed(run, *arguments, "--json")
    assert out.count("\n") == 1
    report: dict[str, Any] = json.loads(out)
    keys = {"state", "sentence", "evidence", "advice", "causes", "assumed", "unknown"}
    assert report.keys() - {"loss_value", "tried", "tried_with"} == keys | {"verdict"}
    assert report["state"] in {*STATES, UNTRAINED, UNKNOWN}
    return report


def refused(run: Run, status: int, *arguments: str) -> str:
    done = run("diagnose", *arguments)
    assert done.status == status
    return done.line.removeprefix("xorviz: ")


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(content: str | bytes) -> str:
        path = tmp_path / "weights"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def feed(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))


def test_outputs_are_read_in_the_usual_printed_order_and_their_evidence_printed(run: Run) -> None:
    report = reported(run, "--outputs", "0 .5 1 .5")
    known = diagnose_rows(HALF, RunConfig().targets)
    assert report["state"] == known.state == "two rows learned"
    assert report["sentence"] == known.sentence
    assert report["evidence"] == known.evidence.to_dict()
    assert report["advice"] == list(known.advice)
    assert report["evidence"]["outputs"] == {"0 0": 0, "0 1": 0.5, "1 0": 1, "1 1": 0.5}
    first, blank, *lines = printed(run, "--outputs", "0 .5 1 .5").splitlines()
    assert (first, blank) == (known.sentence, "")
    assert lines[:4] == [
        "read as        four outputs",
        "outputs        0 0: 0.000, 0 1: 0.5000, 1 0: 1.000, 1 1: 0.5000",
        "targets        0 0: 0, 0 1: 1, 1 0: 1, 1 1: 0",
        "pinned         0 1: 0.5000, 1 1: 0.5000",
    ]
    assert [line for line in lines[4:] if line] == [
        "Width, rate, activation, loss, biases, momentum, initial range and steps are not known."
    ]


def test_outputs_and_targets_follow_one_order(run: Run) -> None:
    for outputs, more, targets in (
        ("1 0 .5 .5", ["--order", "10,00,01,11"], "0110"),
        ("[1, 0, .5, .5]", ["--order", "10 00 01 11", "--targets", "1010"], "0110"),
        ("0 .5 1 .5", ["--targets", "0010"], "0010"),
        (".5 .5 1 0", ["--order", "11,01,10,00", "--targets", "1110"], "0111"),
    ):
        evidence = reported(run, "--outputs", outputs, *more)["evidence"]
        assert evidence["outputs"] == {"0 0": 0, "0 1": 0.5, "1 0": 1, "1 1": 0.5}
        assert "".join(map(str, evidence["targets"].values())) == targets
    in_order = ("--order", "10,00,01,11")
    assert names(reported(run, "--outputs", "1 0 1 0", *in_order)) == []
    assert names(reported(run, "--outputs", "0 1 1 0", *in_order))[0] == "another row order"


def test_outputs_are_read_beside_their_inputs_in_any_order(run: Run, written: Any) -> None:
    table = ((1, 0, 0.98), (0, 0, 0.01), (1, 1, 5e-1), (0, 1, 0.52))
    for row in (
        "{0} XOR {1} = {2}\n",
        "Input: [{0}, {1}] Output: {2}\n",
        "[{0}. {1}.] [[{2}]]\n",
        "x1={0}, x2={1}: tensor([{2}], grad_fn=<SigmoidBackward0>)\n",
    ):
        text = "Predictions:\n" + "".join(row.format(*line) for line in table)
        report = reported(run, "--weights", written(text))
        assert report["evidence"]["pinned"] == {"0 1": 0.52, "1 1": 0.5}
        assert reported(run, "--outputs", text, "--order", "11,10,01,00") == report
        refused(run, 1, "--weights", written(text.replace("\n", " target 0\n")))


def test_weights_are_diagnosed_with_what_is_said_or_saved_of_them(run: Run, written: Any) -> None:
    weights = Weights(
        np.array([[1.0, 2, 3], [4, 5, 6]]), None, np.array([[7.0], [-8.0], [9.0]]), None
    )
    told = ["--activation", "tanh", "--loss", "mse", "--rate", "0.5", "--targets", "0001"]
    config = RunConfig(activation="tanh", loss="mse", rate=0.5, targets=(0, 0, 0, 1))
    for arguments, known in (
        ([], diagnose(weights, RunConfig())),
        (told, diagnose(weights, config)),
    ):
        report = reported(run, "--weights", written(NETWORK), *arguments)
        assert report["state"] == known.state
        assert report["evidence"]["outputs"] == known.evidence.to_dict()["outputs"]
        assert report["evidence"]["loss"] == known.evidence.loss
    config = RunConfig(width=2, activation="tanh", loss="mse", rate=3, targets=(0, 0, 0, 1))
    snapshot = trained(config, 500)
    for export in (weights_npz(snapshot), weights_json(snapshot)):
        path = written(export)
        for more in ({}, {"activation": "sigmoid"}):
            words = [word for name, value in more.items() for word in (f"--{name}", value)]
            known = diagnose(snapshot.weights, replace(config, **more))  # type: ignore[arg-type]
            found = reported(run, "--weights", path, *words)
            assert found["evidence"] == known.evidence.to_dict()
    report = reported(run, "--weights", written(weights_json(trained(RunConfig(width=2)))))
    assert (report["state"], report["sentence"]) == (UNTRAINED, "Not trained yet.")
    assert report["advice"] == []
    assert report["evidence"]["steps_left"] is None


def test_weights_have_the_verdict_of_their_curvature(run: Run, written: Any) -> None:
    path = written(weights_json(trained(TRAP, 20_000)))
    verdict = reported(run, "--weights", path)["verdict"]
    assert verdict["kind"] == "Looks like a trap"
    assert "0.035\u202f%" in verdict["sentence"]
    out = printed(run, "--weights", path)
    assert out.splitlines()[0].endswith(verdict["sentence"])
    assert f"\ncurvature      Looks like a trap. {verdict['doubt']}\n" in out
    assert "gradient norm  " in out
    assert "None" not in out
    assert "steps left" not in printed(run, "--weights", path, "--rate", "0.5")  # rows are wrong
    assert "steps left" not in printed(run, "--outputs", "0 1 1 0")
    assert reported(run, "--outputs", "0 .5 1 .5")["verdict"] is None
    assert "curvature" not in printed(run, "--outputs", "0 .5 1 .5")


def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, "0 .5 1 .5")
    assert reported(run, "--weights", "-")["state"] == "two rows learned"
    feed(monkeypatch, NETWORK)
    line = printed(run, "--weights", "-").splitlines()[2]
    assert line == "read as        2-3-1 without biases, w1 as (2, 3)"
    feed(monkeypatch, "hello")
    assert refused(run, 1, "--weights", "-").startswith("standard input: There are no weights")


def test_a_square_w1_needs_an_orientation(run: Run, written: Any) -> None:
    path = written(SQUARE)
    trouble = refused(run, 2, "--weights", path)
    assert trouble.startswith("w1 has the shape (2, 2), which does not tell")
    assert re.search("--orientation in-out .*out-in", trouble)
    outputs = [
        reported(run, "--weights", path, "--orientation", way)["evidence"]["outputs"]
        for way in ("in-out", "out-in")
    ]
    assert outputs[0] != outputs[1]
    trouble = refused(run, 2, "--weights", written(NETWORK), "--orientation", "out-in")
    assert "can only be in-out" in trouble


def test_input_that_is_no_network_is_refused(run: Run, written: Any) -> None:
    for text in ("", "0 .5 1 2 3", "0 1 1 O", "0 1 x", "-", "zero", SQUARE, "1e7 0 0 0", "9" * 300):
        trouble = refused(run, 2, f"--outputs={text}")
        assert trouble.startswith(f"--outputs is '{text[:70]}")
        assert trouble.endswith("; allowed: one to four numbers, such as 0 .5 1 .5")
        assert len(trouble) < 200
    for content, more, sentence in (
        ("", (), "It is empty."),
        ("w1 = [[1 2 3] [4 5 6]]", (), "w2 is missing; a network has w1 and w2"),
        ("1 2 3 4 5", (), "These are 5 numbers; allowed"),
        (b"\xff\xff", (), "It is neither text nor a NumPy npz file."),
        (NETWORK, ("--width", "2"), "width is 2, but w1 has 3 hidden units"),
        (NETWORK, ("--biases",), "biases are on, but the network has none"),
    ):
        path = written(content)
        assert refused(run, 1, "--weights", path, *more).startswith(f"{path}: {sentence}")
    missing = refused(run, 1, "--weights", "none.json")
    assert missing == "none.json: The file does not exist."


def names(report: dict[str, Any]) -> list[str]:
    for cause in report["causes"]:
        assert cause.keys() == {"name", "because", "check"}
        assert all(cause.values())
    return [cause["name"] for cause in report["causes"]]


def test_possible_causes_are_told(run: Run) -> None:
    for outputs, name in (
        ("-.98 .97 .96 -.95", "other targets"),
        ("0 -inf 1 0", "not finite"),
        ("0.1 0.9", "rows missing"),
        ("0,01; 0,02; 0,03; 0,98", "another function"),
    ):
        report = reported(run, f"--outputs={outputs}")
        assert names(report)[0] == name
        first = report["causes"][0]
        out = printed(run, f"--outputs={outputs}")
        assert f"Possible causes:\n- {name}: {first['because']}\n  Check: {first['check']}" in out
    few = reported(run, "--outputs", "0.1 0.9")
    assert (few["state"], few["evidence"]) == (UNKNOWN, {})
    assert "two outputs" in few["sentence"]


ALL = ["width", "rate", "activation", "loss", "biases", "momentum", "init_range", "steps"]


def test_what_is_not_said_is_open_or_assumed(run: Run, written: Any) -> None:
    outputs, weights = ["--outputs", "0 .5 1 .5"], ["--weights", written(NETWORK)]
    some = ["--width", "2", "--steps", "3000", "--biases"]
    told = ["--activation", "tanh", "--loss", "mse", "--rate", ".5", "--init-range", "1"]
    usual = {"activation": "sigmoid", "loss": "sse"}
    for words, assumed, unknown in (
        (outputs, {}, ALL),
        ([*outputs, *some], {}, ["rate", "activation", "loss", "momentum", "init_range"]),
        (weights, usual, ["rate", "momentum", "init_range", "steps"]),
        ([*weights, *told, "--steps", "5"], {"momentum": 0}, []),
    ):
        report = reported(run, *words)
        assert (report["assumed"], report["unknown"]) == (assumed, unknown)
    assert "Assumed: sigmoid, sum of squared errors; rate, " in printed(run, *weights)


def test_without_the_rate_nothing_is_said_of_the_pace(run: Run, written: Any) -> None:
    """In states that otherwise say how many steps are left, or when a distance doubles."""
    for steps in (20, 520, 1020, 21_020):
        weights = trained(RunConfig(width=3, rate=0.5), steps, kernel=NUMBA).weights
        path = written(f"w1 = {weights.w1.tolist()} w2 = {weights.w2.tolist()}")
        out = printed(run, "--weights", path)
        assert not re.search(r"per step|steps|at rate", out.replace("range and steps are not", ""))
        known = reported(run, "--weights", path, "--rate", "0.5")
        open_ = reported(run, "--weights", path)
        assert open_["evidence"]["slope"] is open_["evidence"]["steps_left"] is None
        assert known["evidence"]["slope"] < 0
        assert open_["verdict"]["kind"] == known["verdict"]["kind"]


def test_a_loss_value_is_named(run: Run) -> None:
    report = reported(run, "--loss-value", "0.3466", "--loss", "mean-cross-entropy")
    (level,) = report["loss_value"]["levels"]
    assert (level["state"], level["loss"]) == ("two rows learned", "mean-cross-entropy")
    assert report["state"] == "two rows learned"
    assert report["sentence"] == report["loss_value"]["sentence"]
    assert "0.3466 of “two rows learned” in the mean cross-entropy." in report["sentence"]
    assert reported(run, "--loss-value", "9")["loss_value"]["levels"] == []
    out = printed(run, "--outputs", "0 .5 1 .5", "--loss-value", ".25")
    assert out.startswith("Two rows learned")
    assert "\n\nThe loss 0.25 is near the level 0.2500 of " in out
    many = reported(run, "--loss-value", ".25")
    assert {level["loss"] for level in many["loss_value"]["levels"]} == {"sse", "half-sse", "mse"}
    assert many["state"] == UNKNOWN


# Changes that are tried.


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try little, in threads."""
    monkeypatch.setattr(trial, "_SECONDS", 0.2)
    monkeypatch.setattr(trial, "FEWEST_STEPS", 3000)
    threads = partial(Workers, lambda: ThreadPoolExecutor(1), 1)
    monkeypatch.setattr("xorviz.cli.diagnose.worker_processes", threads)


@pytest.fixture
def trapped(written: Any) -> str:
    path: str = written(weights_json(trained(TRAP, 2000)))
    return path


def test_what_is_tried_from_these_weights_is_listed_best_first(
    run: Run, trapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[Mapping[str, Any]] = []

    def listen(report: Mapping[str, Any], paragraphs: Iterable[list[str]], as_json: bool) -> None:
        reports.append(report)
        print_report(report, paragraphs, as_json)

    monkeypatch.setattr("xorviz.cli.diagnose.print_report", listen)
    out = printed(run, "--weights", trapped, "--try").replace("\u202f", " ")
    (report,) = reports
    tried = {one["change"]: one for one in report["tried"]}
    assert report["tried_with"]["rate"] == 0.5
    assert tried["run longer"]["state"] == "two rows learned"
    assert [tried["run longer"][name] for name in ("right", "of", "low", "high")] == [0, 1, 0, 0]
    best = report["tried"][0]
    assert best["change"] in {"one more unit", "width 4"}
    assert best["settings"]["width"] in {3, 4}
    assert 0.9 * best["of"] < best["right"] <= best["of"]
    lows = [one["low"] for one in report["tried"]]
    assert lows == sorted(lows, reverse=True)
    # In words, what becomes of this network, and a table of all.
    assert "From these weights, a longer run, a larger rate (2.5)" in out
    assert "end in “two rows learned” after 3 000 more steps." in out
    assert "\n\n\n" not in out
    (row,) = [line for line in out.splitlines() if line.startswith("Width 4")]
    assert " of 50 " in row
    assert "median" in row
    assert "Tried with width 2 · rate 0.5 · Σ(t−y)² · biases" in out


def test_of_outputs_alone_the_width_is_needed_and_correct_ones_are_left(run: Run) -> None:
    assert refused(run, 2, "--outputs", "0 .5 1 .5", "--try").startswith("--try needs the weights,")
    for outputs in ("0 1 1 0", ".2 .8 .8 .3"):
        assert reported(run, "--outputs", outputs, "--try")["tried"] == []
        out = run("diagnose", "--outputs", outputs, "--try").out
        assert out.endswith("\nNothing was tried: all four rows are correct.\n")


def test_with_other_targets_what_helps_here_is_said_not_to_help_there(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_SECONDS", 0.01)
    monkeypatch.setattr(trial, "FEWEST_STEPS", 100)
    for outputs, is_said in ((".97 .02 .03 .96", True), ("0 .5 1 .5", False)):
        out = run("diagnose", "--outputs", outputs, "--width", "2", "--try").out
        assert ("fix it first" in out) == is_said


def test_a_lab_that_cannot_work_says_why(
    run: Run, trapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LabError("There are no workers.")

    monkeypatch.setattr(lab_module.Lab, "run", fail)
    assert refused(run, 1, "--weights", trapped, "--try") == "There are no workers."
