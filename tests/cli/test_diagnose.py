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
    keys |= {"verdict", "how_often", "next"}
    assert report.keys() - {"loss_value", "tried", "tried_with"} == keys
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
    assert printed(run, "--outputs", "0 .5 1 .5").splitlines()[:6] == [
        known.sentence,
        "",
        "read as        four outputs",
        "outputs        0 0: 0.000, 0 1: 0.5000, 1 0: 1.000, 1 1: 0.5000",
        "targets        0 0: 0, 0 1: 1, 1 0: 1, 1 1: 0",
        "not learned    0 1: 0.5000, 1 1: 0.5000",
    ]


def test_outputs_and_targets_follow_one_order(run: Run) -> None:
    for outputs, more, targets in (
        ("[1, 0, .5, .5]", ["--order", "10 00 01 11", "--targets", "1010"], "0110"),
        ("0 .5 1 .5", ["--targets", "0010"], "0010"),
        (".5 .5 1 0", ["--order", "11,01,10,00", "--targets", "1110"], "0111"),
    ):
        evidence = reported(run, "--outputs", outputs, *more)["evidence"]
        assert evidence["outputs"] == {"0 0": 0, "0 1": 0.5, "1 0": 1, "1 1": 0.5}
        assert "".join(map(str, evidence["targets"].values())) == targets
    assert names(reported(run, "--outputs", "1 0 1 0", "--order", "10,00,01,11")) == []


def test_outputs_are_read_beside_their_inputs_in_any_order(run: Run, written: Any) -> None:
    table = ((1, 0, 0.98), (0, 0, 0.01), (1, 1, 5e-1), (0, 1, 0.52))
    for row in ("{0} XOR {1} = {2}\n", "x1={0}, x2={1}: tensor([{2}], grad_fn=<Sigmoid>)\n"):
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
    for said in ("tanh", "sigmoid"):  # what is said comes before what is saved
        words = ["--activation", said] if said == "sigmoid" else []
        found = reported(run, "--weights", written(weights_npz(snapshot)), *words)
        known = diagnose(snapshot.weights, replace(config, activation=said))
        assert found["evidence"] == known.evidence.to_dict()
    report = reported(run, "--weights", written(weights_json(trained(RunConfig(width=2)))))
    assert (report["state"], report["sentence"]) == (UNTRAINED, "Not trained yet.")
    assert report["advice"] == []
    assert report["evidence"]["steps_left"] is None


@pytest.mark.thorough
def test_weights_have_the_verdict_of_their_curvature(run: Run, written: Any) -> None:
    path = written(weights_json(trained(TRAP, 20_000, kernel=NUMBA)))
    verdict = reported(run, "--weights", path)["verdict"]
    assert verdict["kind"] == "Looks like a trap"
    assert "0.035\u202f%" in verdict["sentence"]
    out = printed(run, "--weights", path)
    assert out.splitlines()[0].endswith(verdict["sentence"])
    assert f"\ncurvature      Looks like a trap. {verdict['doubt']}\n" in out
    assert "gradient norm  " in out
    assert "steps left" not in printed(run, "--weights", path, "--rate", "0.5")  # rows are wrong
    assert reported(run, "--outputs", "0 .5 1 .5")["verdict"] is None


def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, "0 .5 1 .5")
    assert reported(run, "--weights", "-")["state"] == "two rows learned"
    feed(monkeypatch, NETWORK)
    line = printed(run, "--weights", "-").splitlines()[2]
    assert line == "read as        2-3-1 without biases, w1 as (2, 3)"
    feed(monkeypatch, "hello")
    assert refused(run, 1, "--weights", "-").startswith("standard input: There are no weights")


def test_input_that_is_no_network_is_refused(run: Run, written: Any) -> None:
    for text in ("", "0 .5 1 2 3", "0 1 1 O", SQUARE, "1e7 0 0 0", "9" * 300):
        trouble = refused(run, 2, f"--outputs={text}")
        assert trouble.startswith(f"--outputs is '{text[:70]}")
        assert trouble.endswith("; allowed: one to four numbers, such as 0 .5 1 .5")
        assert len(trouble) < 200
    for content, more, sentence in (
        ("", (), "It is empty."),
        ("w1 = [[1 2 3] [4 5 6]]", (), "w2 is missing; a network has w1 and w2"),
        (NETWORK, ("--width", "2"), "width is said to be 2, but is 3 in the arrays"),
    ):
        path = written(content)
        assert refused(run, 1, "--weights", path, *more).startswith(f"{path}: {sentence}")
    missing = refused(run, 1, "--weights", "none.json")
    assert missing == "none.json: The file does not exist."
    square = ("--weights", written(SQUARE))
    assert re.search("--orientation in-out .*out-in", refused(run, 2, *square))
    ways = [[*square, "--orientation", way] for way in ("in-out", "out-in")]
    one, other = (reported(run, *way)["evidence"]["outputs"] for way in ways)
    assert one != other
    other_way = ("--weights", written(f"{NETWORK} b1 = [1 2 3]"), "--orientation", "out-in")
    assert "can only be in-out" in refused(run, 2, *other_way)


def names(report: dict[str, Any]) -> list[str]:
    for cause in report["causes"]:
        assert cause.keys() == {"name", "because", "check"}
        assert all(cause.values())
    return [cause["name"] for cause in report["causes"]]


def test_possible_causes_are_told(run: Run) -> None:
    report = reported(run, "--outputs=-.98 .97 .96 -.95")
    assert names(report)[0] == "other targets"
    first = report["causes"][0]
    out = printed(run, "--outputs=-.98 .97 .96 -.95")
    assert f"causes:\n- other targets: {first['because']}\n  Check: {first['check']}" in out
    assert out.rpartition("\n\n")[2].startswith("Next:\n- If the output unit is tanh")
    row = re.search(r"\nwidth 2 · biases +0 +70 +68 +68\n", printed(run, "--outputs", "0 .5 1 .5"))
    assert row
    few = reported(run, "--outputs", "0.1 0.9")
    assert (few["state"], few["evidence"]) == (UNKNOWN, {})
    assert names(few) == ["rows missing"]


def test_what_is_not_said_is_open_or_assumed(run: Run, written: Any) -> None:
    outputs = ["--outputs", "0 .5 1 .5", "--width", "2", "--steps", "3000", "--biases"]
    report = reported(run, *outputs)
    assert report["assumed"] == {}
    assert report["unknown"] == ["rate", "activation", "loss", "momentum", "init_range", "output"]
    weights = ["--weights", written(NETWORK)]
    report = reported(run, *weights)
    assert report["assumed"] == {"activation": "sigmoid", "loss": "sse", "output": "sigmoid"}
    assert report["unknown"] == ["rate", "momentum", "init_range", "steps"]
    out = printed(run, *weights)
    assert "Assumed: activation sigmoid, output sigmoid, loss sse. Not known: rate, " in out


def test_without_the_rate_nothing_is_said_of_the_pace(run: Run, written: Any) -> None:
    weights = trained(RunConfig(width=3, rate=0.5), 520, kernel=NUMBA).weights
    path = written(f"w1 = {weights.w1.tolist()} w2 = {weights.w2.tolist()}")
    out = printed(run, "--weights", path)
    assert not re.search(r"per step|steps|at rate", out.partition("\nAssumed: ")[0])
    known = reported(run, "--weights", path, "--rate", "0.5")
    unknown = reported(run, "--weights", path)
    assert unknown["evidence"]["slope"] is unknown["evidence"]["steps_left"] is None
    assert known["evidence"]["slope"] < 0
    assert unknown["verdict"]["kind"] == known["verdict"]["kind"]


def test_a_loss_value_is_named(run: Run) -> None:
    report = reported(run, "--loss-value", "0.3466", "--loss", "mean-cross-entropy")
    (level,) = report["loss_value"]["levels"]
    assert (level["state"], level["loss"]) == ("two rows learned", "mean-cross-entropy")
    assert report["state"] == "two rows learned"
    assert report["sentence"] == report["loss_value"]["sentence"]
    out = printed(run, "--outputs", "0 .5 1 .5", "--loss-value", ".25")
    assert "\n\nThe loss 0.25 is near the level 0.2500 of " in out
    many = reported(run, "--loss-value", ".25")
    assert {level["loss"] for level in many["loss_value"]["levels"]} == {"sse", "half-sse", "mse"}
    assert many["state"] == UNKNOWN


# Changes that are tried.


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try little, in threads."""
    monkeypatch.setattr(trial, "_SECONDS", 0.2)
    monkeypatch.setattr(trial, "FEWEST_STEPS", 1500)
    monkeypatch.setattr(trial, "FEWEST_SEEDS", 10)
    monkeypatch.setattr(trial, "MOST_SEEDS", 10)
    threads = partial(Workers, lambda: ThreadPoolExecutor(1), 1)
    monkeypatch.setattr("xorviz.cli.diagnose.worker_processes", threads)


@pytest.fixture
def trapped(written: Any) -> str:
    path: str = written(weights_json(trained(TRAP, 2000)))
    return path


@pytest.mark.thorough
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
    assert best["settings"]["width"] in {3, 4}
    assert 0.9 * best["of"] < best["right"] <= best["of"]
    lows = [one["low"] for one in report["tried"]]
    assert lows == sorted(lows, reverse=True)
    # In words, what becomes of this network, and a table of all.
    assert "From these weights, a longer run, a larger rate (2.5)" in out
    assert "end in “two rows learned” after 1 500 more steps." in out
    (row,) = [line for line in out.splitlines() if line.startswith("Width 4")]
    assert " of 10 " in row
    assert "Tried with width 2 · rate 0.5 · Σ(t−y)² · biases" in out


def test_of_outputs_alone_the_width_is_needed_and_correct_ones_are_left(run: Run) -> None:
    assert refused(run, 2, "--outputs", "0 .5 1 .5", "--try").startswith("--try needs the weights,")
    assert refused(run, 2).startswith("diagnose needs --weights,")
    for outputs in ("0 1 1 0", ".2 .7 .8 .25"):
        assert reported(run, "--outputs", outputs, "--try")["tried"] == []
        out = run("diagnose", "--outputs", outputs, "--try").out
        assert "\nNothing was tried: all four rows are correct.\n" in out


def test_what_is_tried_works_if_the_code_is_right(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "FEWEST_STEPS", 100)
    # Each of the last is on its side of one half, yet no row is learned.
    for outputs in (".97 .02 .03 .96", "0 .5 1 .5", ".45 .55 .55 .45"):
        out = run("diagnose", "--outputs", outputs, "--width", "2", "--try").out
        assert "if your code is right" in out
        assert "Nothing was tried" not in out
    no = refused(run, 2, "--outputs", "0 .5 1 .5", "--width", "2", "--try", "--output", "tanh")
    assert no == "--try needs a sigmoid output unit: runs have no other"


def test_a_lab_that_cannot_work_says_why(
    run: Run, trapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LabError("There are no workers.")

    monkeypatch.setattr(lab_module.Lab, "run", fail)
    assert refused(run, 1, "--weights", trapped, "--try") == "There are no workers."
