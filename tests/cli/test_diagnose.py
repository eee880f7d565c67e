"""The command diagnose."""

import io
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.commands import Run
from tests.support.snapshots import trained
from xorviz.core.diagnosis.diagnosis import diagnose, diagnose_rows
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.network import Weights
from xorviz.core.settings import RunConfig
from xorviz.files.exports.tables import weights_json, weights_npz
from xorviz.files.weights.known import known_of
from xorviz.lab.trials import trials as trial
from xorviz.lab.workers import workers as lab_module
from xorviz.lab.workers.workers import LabError, Workers

HALF = ("--outputs", "0 .5 1 .5")
"""Two rows learned, as people print it."""
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


def test_the_evidence_of_outputs_is_printed_and_reported(run: Run) -> None:
    report, known = reported(run, *HALF), diagnose_rows((1, 0, 0.5, 0.5), RunConfig().targets)
    assert report["state"] == known.state == "two rows learned"
    assert report["evidence"] == known.evidence.to_dict()
    assert report["advice"] == list(known.advice)
    assert printed(run, *HALF).splitlines()[:7] == [
        report["sentence"],
        "",
        "state          two rows learned",
        "read as        four outputs",
        "outputs        00: 0.000, 01: 0.5000, 10: 1.000, 11: 0.5000",
        "targets        00: 0, 01: 1, 10: 1, 11: 0",
        "not learned    01: 0.5000, 11: 0.5000",
    ]


def test_outputs_and_targets_follow_one_order_or_their_rows(run: Run, written: Any) -> None:
    for outputs, more, targets in (
        ("0 .5 1 .5", [], "0110"),
        ("[1, 0, .5, .5]", ["--order", "10 00 01 11", "--targets", "1010"], "0110"),
        ("0 .5 1 .5", ["--targets", "0010"], "0010"),
        (".5 .5 1 0", ["--order", "11,01,10,00", "--targets", "1110"], "0111"),
        ("1 0 = 1\n0 0 = 0\n1 1 = .5\n0 1 = .5", ["--order", "11,10,01,00"], "0110"),
    ):
        evidence = reported(run, "--outputs", outputs, *more)["evidence"]
        assert evidence["outputs"] == {"0 0": 0, "0 1": 0.5, "1 0": 1, "1 1": 0.5}
        assert "".join(map(str, evidence["targets"].values())) == targets
    text = "".join(f"{row} XOR {row} = 0.5 target 0\n" for row in range(4))
    assert refused(run, 1, "--weights", written(text))


def test_weights_are_diagnosed_with_what_is_said_or_saved_of_them(run: Run, written: Any) -> None:
    weights = Weights(np.array([[1.0, 2, 3], [4, 5, 6]]), None, np.array([[7.0], [-8], [9]]), None)
    told = ["--activation", "tanh", "--loss", "mse", "--rate", "0.5", "--targets", "0001"]
    config = RunConfig(activation="tanh", loss="mse", rate=0.5, targets=(0, 0, 0, 1))
    for arguments, known in (
        ([], diagnose(weights, RunConfig())),
        (told, diagnose(weights, config)),
    ):
        report = reported(run, "--weights", written(NETWORK), *arguments)
        assert report["state"] == known.state
        for name in ("outputs", "loss"):
            assert report["evidence"][name] == known.evidence.to_dict()[name]
    config = RunConfig(width=2, activation="tanh", loss="mse", rate=3, targets=(0, 0, 0, 1))
    snapshot = trained(config, 500)
    for said in ("tanh", "sigmoid"):  # what is said comes before what is saved
        words = ["--activation", said] if said == "sigmoid" else []
        found = reported(run, "--weights", written(weights_npz(snapshot)), *words)
        changed = diagnose(snapshot.weights, replace(config, activation=said))
        assert found["evidence"] == changed.evidence.to_dict()
    report = reported(run, "--weights", written(weights_json(trained(RunConfig(width=2)))))
    assert (report["state"], report["sentence"]) == (UNTRAINED, "Not trained.")


def test_input_that_is_no_network_is_refused(
    run: Run, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    assert refused(run, 1, "--weights", "none.json") == "none.json: The file does not exist."
    for typed in (NETWORK, "hello"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        if typed == NETWORK:
            assert "2-3-1 without biases, w1 as (2, 3)" in printed(run, "--weights", "-")
        else:
            assert refused(run, 1, "--weights", "-").startswith("standard input: There are no wei")


def test_an_orientation_is_asked_for_and_used(run: Run, written: Any) -> None:
    square = ("--weights", written(SQUARE))
    assert re.search("--orientation in-out .*out-in", refused(run, 2, *square))
    ways = [[*square, "--orientation", way] for way in ("in-out", "out-in")]
    one, other = (reported(run, *way)["evidence"]["outputs"] for way in ways)
    assert one != other
    other_way = ("--weights", written(f"{NETWORK} b1 = [1 2 3]"), "--orientation", "out-in")
    assert "can only be in-out" in refused(run, 2, *other_way)


def test_causes_next_steps_and_how_often_are_told(run: Run) -> None:
    signed = "--outputs=-.98 .97 .96 -.95"
    first = reported(run, signed)["causes"][0]
    assert first.keys() == {"name", "because", "check"}
    out = printed(run, signed)
    assert f"causes:\n- other targets: {first['because']}\n  Check: {first['check']}" in out
    assert out.rpartition("\n\n")[2].startswith("Next:\n- If the output unit is tanh")
    assert re.search(r"\nwidth 2 · biases +0 +70 +68 +68\n", printed(run, *HALF))
    few = reported(run, "--outputs", "0.1 0.9")
    assert (few["state"], few["evidence"]) == (UNKNOWN, {})


def test_what_is_not_said_is_open_or_assumed(run: Run, written: Any) -> None:
    report = reported(run, *HALF, "--width", "2", "--steps", "3000", "--biases")
    known = known_of({"width": 2, "steps": 3000, "biases": True})
    assert (report["assumed"], report["unknown"]) == (known.assumed, list(known.unknown))
    weights = ["--weights", written(NETWORK)]
    report = reported(run, *weights)
    units = {"activation": "sigmoid", "output": "sigmoid", "coding": "zero-one"}
    assert report["assumed"] == {"loss": "sse", **units}
    assert {*report["unknown"]} == {*known.unknown} - report["assumed"].keys() | {"steps"}
    out = printed(run, *weights)
    assert "output sigmoid, coding zero-one, loss sse. Not known: rate, " in out


def test_a_loss_value_is_named(run: Run) -> None:
    report = reported(run, "--loss-value", "0.3466", "--loss", "mean-cross-entropy")
    (level,) = report["loss_value"]["levels"]
    assert report["state"] == level["state"] == "two rows learned"
    assert "\n\nThe loss 0.25 is near the level 0" in printed(run, *HALF, "--loss-value", ".25")
    assert reported(run, "--loss-value", ".25")["state"] == UNKNOWN, "it is near several"


# Changes that are tried.


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try little, in threads."""
    for name, value in (("_SECONDS", 0.2), ("FEWEST_STEPS", 100), ("FEWEST_SEEDS", 3)):
        monkeypatch.setattr(trial, name, value)
    monkeypatch.setattr(trial, "MOST_SEEDS", 3)
    threads = partial(Workers, lambda: ThreadPoolExecutor(1), 1)
    monkeypatch.setattr("xorviz.cli.diagnose.worker_processes", threads)


@pytest.mark.thorough
def test_what_is_tried_from_these_weights_is_listed_best_first(
    run: Run, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FEWEST_STEPS", 1500), ("FEWEST_SEEDS", 10), ("MOST_SEEDS", 10)):
        monkeypatch.setattr(trial, name, value)
    path = written(weights_json(trained(TRAP, 2000)))
    report = reported(run, "--weights", path, "--try")
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
    out = printed(run, "--weights", path, "--try").replace("\u202f", " ")
    assert "From these weights: train longer, continue with rate 2.5" in out
    (row,) = [line for line in out.splitlines() if line.startswith("Use width 4")]
    assert " of 10 " in row
    assert "Tried with width 2 · rate 0.5 · Σ(t−y)² · biases" in out


def test_of_outputs_alone_the_width_is_needed_and_correct_ones_are_left(run: Run) -> None:
    for words, sentence in (
        ((), "diagnose needs --weights,"),
        ((*HALF, "--try"), "--try needs the weights,"),
        ((*HALF, "--try", "--width", "2", "--output", "relu"), "--try needs a sigmoid, tanh"),
        (("--weights", "x.npz", "--output", "tanh", "--loss", "bce"), "loss is 'mean-cross-e"),
    ):
        assert refused(run, 2, *words).startswith(sentence)
    for outputs in ("0 1 1 0", ".2 .7 .8 .25"):
        assert reported(run, "--outputs", outputs, "--try")["tried"] == []
        out = printed(run, "--outputs", outputs, "--try")
        assert "\nNothing was tried: all four rows are correct.\n" in out


def test_what_is_tried_works_if_the_code_is_right(run: Run) -> None:
    # Each is on its side of one half, yet no row is learned.
    out = printed(run, "--outputs", ".45 .55 .55 .45", "--width", "2", "--try")
    assert "if your code is right" in out
    assert "Nothing was tried" not in out


def test_a_broken_lab_says_why(run: Run, written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise LabError("There are no workers.")

    monkeypatch.setattr(lab_module.Lab, "run", fail)
    assert refused(run, 1, "--weights", written(NETWORK), "--try") == "There are no workers."
