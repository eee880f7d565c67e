"""The command diagnose."""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.commands import Run
from xorviz.core.diagnosis.diagnosis import diagnose, diagnose_rows
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.network import Weights
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.files.exports.tables import weights_json, weights_npz
from xorviz.files.weights.arrays import WANTED
from xorviz.lab.trials import trials as trial
from xorviz.lab.workers import lab as lab_module
from xorviz.lab.workers.workers import LabError

HALF = (1, 0, 0.5, 0.5)
"""Two rows learned, in the order of ROWS; people print it as 0 .5 1 .5."""
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
    assert report.keys() - {"loss_value"} == keys | {"verdict"}
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


def test_outputs_are_read_in_the_usual_printed_order(run: Run) -> None:
    report = reported(run, "--outputs", "0 .5 1 .5")
    known = diagnose_rows(HALF, RunConfig().targets)
    assert report["state"] == known.state == "two rows learned"
    assert report["sentence"] == known.sentence
    assert report["evidence"] == known.evidence.to_dict()
    assert report["advice"] == list(known.advice)
    assert report["evidence"]["outputs"] == {"0 0": 0, "0 1": 0.5, "1 0": 1, "1 1": 0.5}


@pytest.mark.parametrize(
    ("arguments", "targets"),
    some(
        [
            (["--outputs", "1 0 .5 .5", "--order", "10,00,01,11"], "0110"),
            (
                ["--outputs", "[1, 0, .5, .5]", "--order", "10 00 01 11", "--targets", "1010"],
                "0110",
            ),
            (["--outputs", "0 .5 1 .5", "--targets", "0010"], "0010"),
            (["--outputs", ".5 .5 1 0", "--order", "11,01,10,00", "--targets", "1110"], "0111"),
        ]
    ),
)
def test_outputs_and_targets_follow_one_order(run: Run, arguments: list[str], targets: str) -> None:
    evidence = reported(run, *arguments)["evidence"]
    assert evidence["outputs"] == {"0 0": 0, "0 1": 0.5, "1 0": 1, "1 1": 0.5}
    assert "".join(map(str, evidence["targets"].values())) == targets


def test_weights_are_diagnosed_with_their_settings(run: Run, written: Any) -> None:
    path = written("w1 = [[1 2 3] [4 5 6]] w2 = [7 -8 9]")
    weights = Weights(
        np.array([[1.0, 2, 3], [4, 5, 6]]), None, np.array([[7.0], [-8.0], [9.0]]), None
    )
    told = ["--activation", "tanh", "--loss", "mse", "--rate", "0.5", "--targets", "0001"]
    config = RunConfig(activation="tanh", loss="mse", rate=0.5, targets=(0, 0, 0, 1))
    for arguments, known in (
        ([], diagnose(weights, RunConfig())),
        (told, diagnose(weights, config)),
    ):
        report = reported(run, "--weights", path, *arguments)
        assert report["state"] == known.state
        assert report["evidence"]["outputs"] == known.evidence.to_dict()["outputs"]
        assert report["evidence"]["loss"] == known.evidence.loss


@pytest.mark.parametrize("kind", some(["json", "npz"], 1))
def test_exports_of_xorviz_include_their_settings(run: Run, written: Any, kind: str) -> None:
    config = RunConfig(width=2, activation="tanh", loss="mse", rate=3, targets=(0, 0, 0, 1))
    recording = Recording(config)
    recording.advance(500)
    snapshot = recording.snapshot()
    path = written(weights_npz(snapshot) if kind == "npz" else weights_json(snapshot))
    known = diagnose(snapshot.weights, config)
    assert reported(run, "--weights", path)["evidence"] == known.evidence.to_dict()
    known = diagnose(snapshot.weights, RunConfig(width=2, loss="mse", rate=3, targets=(0, 0, 0, 1)))
    again = reported(run, "--weights", path, "--activation", "sigmoid")
    assert again["evidence"] == known.evidence.to_dict()


def test_weights_have_the_verdict_of_their_curvature(run: Run, written: Any) -> None:
    recording = Recording(RunConfig(width=2, rate=0.5, biases=True, seed=13))
    recording.advance(20_000)
    path = written(weights_json(recording.snapshot()))
    verdict = reported(run, "--weights", path)["verdict"]
    assert verdict == {
        "kind": "Looks like a trap",
        "sentence": "No direction curves down, and with the curvature here the loss can fall by "
        "0.035\u202f%, not more.",
        "doubt": verdict["doubt"],
    }
    assert verdict["doubt"].startswith("From every finite point of this network")
    out = printed(run, "--weights", path)
    assert out.splitlines()[0].endswith(verdict["sentence"])
    assert f"\ncurvature      Looks like a trap. {verdict['doubt']}\n" in out
    assert "steps left" not in printed(run, "--weights", path, "--rate", "0.5")  # rows are wrong
    assert "steps left" not in printed(run, "--outputs", "0 1 1 0")
    assert reported(run, "--outputs", "0 .5 1 .5")["verdict"] is None
    assert "curvature" not in printed(run, "--outputs", "0 .5 1 .5")


def test_an_untrained_export_is_not_trained_yet(run: Run, written: Any) -> None:
    path = written(weights_json(Recording(RunConfig(width=2)).snapshot()))
    report = reported(run, "--weights", path)
    assert (report["state"], report["sentence"]) == (UNTRAINED, "Not trained yet.")
    assert report["advice"] == []
    assert report["evidence"]["steps_left"] is None


def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, "0 .5 1 .5")
    assert reported(run, "--weights", "-")["state"] == "two rows learned"
    feed(monkeypatch, "[[1 2 3] [4 5 6]] [7 -8 9]")
    assert "2-3-1 without biases, w1 as (2, 3)" in printed(run, "--weights", "-")
    feed(monkeypatch, "hello")
    assert refused(run, 1, "--weights", "-").startswith("standard input: There are no weights")


@pytest.mark.parametrize(
    "row",
    some(
        [
            "{0} XOR {1} = {2}\n",
            "Input: [{0}, {1}] Output: {2}\n",
            "[{0}. {1}.] [[{2}]]\n",
            "x1={0}, x2={1}: tensor([{2}], grad_fn=<SigmoidBackward0>)\n",
        ],
        1,
    ),
)
def test_outputs_are_read_beside_their_inputs_in_any_order(
    run: Run, written: Any, row: str
) -> None:
    table = ((1, 0, 0.98), (0, 0, 0.01), (1, 1, 5e-1), (0, 1, 0.52))
    text = "Predictions:\n" + "".join(row.format(*line) for line in table)
    report = reported(run, "--weights", written(text))
    assert report["evidence"]["pinned"] == {"0 1": 0.52, "1 1": 0.5}
    assert reported(run, "--outputs", text, "--order", "11,10,01,00") == report
    more = written(text.replace("\n", " target 0\n"))
    refused(run, 1, "--weights", more)


def test_a_square_w1_needs_an_orientation(run: Run, written: Any) -> None:
    path = written(SQUARE)
    trouble = refused(run, 2, "--weights", path)
    assert trouble.startswith("w1 has the shape (2, 2), which does not tell")
    assert "--orientation in-out" in trouble
    assert "out-in" in trouble
    outputs = [
        reported(run, "--weights", path, "--orientation", way)["evidence"]["outputs"]
        for way in ("in-out", "out-in")
    ]
    assert outputs[0] != outputs[1]
    path = written("[[1 2 3] [4 5 6]] [7 -8 9]")
    trouble = refused(run, 2, "--weights", path, "--orientation", "out-in")
    assert "can only be in-out" in trouble


def test_text_has_sentence_evidence_and_advice(run: Run, written: Any) -> None:
    known = diagnose_rows(HALF, RunConfig().targets)
    first, blank, *lines = printed(run, "--outputs", "0 .5 1 .5").splitlines()
    assert (first, blank) == (known.sentence, "")
    assert lines[:4] == [
        "read as        four outputs",
        "outputs        0 0: 0.000, 0 1: 0.5000, 1 0: 1.000, 1 1: 0.5000",
        "targets        0 0: 0, 0 1: 1, 1 0: 1, 1 1: 0",
        "pinned         0 1: 0.5000, 1 1: 0.5000",
    ]
    assert lines[4:] == [
        "",
        "Width, rate, activation, loss, biases, momentum, initial range and steps are not known.",
    ]
    out = printed(run, "--weights", written("[[1 2 3] [4 5 6]] [7 -8 9]"))
    assert out.splitlines()[2] == "read as        2-3-1 without biases, w1 as (2, 3)"
    assert "gradient norm  " in out
    assert "None" not in out


@pytest.mark.parametrize(
    "text", ["", "0 .5 1 2 3", "0 1 1 O", "0 1 x", "-", "zero", SQUARE, "1e7 0 0 0", "9" * 300]
)
def test_invalid_outputs_are_reported_with_the_allowed_form(run: Run, text: str) -> None:
    trouble = refused(run, 2, f"--outputs={text}")
    assert trouble.startswith(f"--outputs is '{text[:70]}")
    assert trouble.endswith("; allowed: one to four numbers, such as 0 .5 1 .5")
    assert len(trouble) < 200


@pytest.mark.parametrize(
    ("content", "sentence"),
    some(
        [
            ("", "It is empty."),
            ("hello", f"There are no weights in it; {WANTED}."),
            (
                "w1 = [[1 2 3] [4 5 6]]",
                "w2 is missing; a network has w1 and w2, and perhaps b1 and b2",
            ),
            ("1 2 3 4 5", f"These are 5 numbers; {WANTED}."),
            (b"\xff\xff", "It is neither text nor a NumPy npz file."),
            (None, "The file does not exist."),
        ]
    ),
)
def test_an_invalid_file_is_named_with_the_error(
    run: Run, written: Any, content: str | bytes | None, sentence: str
) -> None:
    path = "none.json" if content is None else written(content)
    assert refused(run, 1, "--weights", path) == f"{path}: {sentence}"


def names(report: dict[str, Any]) -> list[str]:
    for cause in report["causes"]:
        assert cause.keys() == {"name", "because", "check"}
        assert all(cause.values())
    return [cause["name"] for cause in report["causes"]]


@pytest.mark.parametrize(
    ("outputs", "name"),
    some(
        [
            ("-.98 .97 .96 -.95", "other targets"),
            ("0 -inf 1 0", "not finite"),
            ("0.1 0.9", "rows missing"),
            ("0,01; 0,02; 0,03; 0,98", "another function"),
        ],
        5,
    ),
)
def test_possible_causes_are_told(run: Run, outputs: str, name: str) -> None:
    report = reported(run, f"--outputs={outputs}")
    assert names(report)[0] == name
    first = report["causes"][0]
    out = printed(run, f"--outputs={outputs}")
    assert f"Possible causes:\n- {name}: {first['because']}\n  Check: {first['check']}" in out


def test_with_too_few_outputs_the_state_is_not_known(run: Run) -> None:
    report = reported(run, "--outputs", "0.1 0.9")
    assert report["state"] == UNKNOWN
    assert report["sentence"] == "No known state: two outputs are given of four."
    assert printed(run, "--outputs", "0.1 0.9").startswith(report["sentence"])


def test_a_row_order_counts_from_the_one_that_is_said(run: Run) -> None:
    assert names(reported(run, "--outputs", "1 0 1 0", "--order", "10,00,01,11")) == []
    found = reported(run, "--outputs", "0 1 1 0", "--order", "10,00,01,11")
    assert names(found)[0] == "another row order"
    assert "in the order 00 01 10 11 all four would be correct" in found["causes"][0]["because"]


ALL = ("width", "rate", "activation", "loss", "biases", "momentum", "init_range", "steps")


def test_what_is_not_said_is_open_or_assumed(run: Run, written: Any) -> None:
    report = reported(run, "--outputs", "0 .5 1 .5")
    assert (report["assumed"], report["unknown"]) == ({}, list(ALL))
    report = reported(run, "--outputs", "0 .5 1 .5", "--width", "2", "--steps", "3000", "--biases")
    assert report["unknown"] == ["rate", "activation", "loss", "momentum", "init_range"]
    path = written("[[1 2 3] [4 5 6]] [7 -8 9]")
    report = reported(run, "--weights", path)
    assert report["assumed"] == {"activation": "sigmoid", "loss": "sse"}
    assert report["unknown"] == ["rate", "momentum", "init_range", "steps"]
    assert (
        "Assumed: sigmoid, sum of squared errors; rate, momentum, initial range and steps are not "
        "known." in printed(run, "--weights", path)
    )
    told = ["--activation", "tanh", "--loss", "mse", "--rate", ".5", "--init-range", "1"]
    report = reported(run, "--weights", path, *told, "--steps", "5")
    assert (report["assumed"], report["unknown"]) == ({"momentum": 0}, [])


def test_without_the_rate_nothing_is_said_of_the_pace(run: Run, written: Any) -> None:
    """In states that otherwise say how many steps are left, or when a distance doubles."""
    recording = Recording(RunConfig(width=3, rate=0.5))
    for steps in (20, 500, 500, 20_000):
        recording.advance(steps)
        weights = recording.snapshot().weights
        path = written(f"w1 = {weights.w1.tolist()} w2 = {weights.w2.tolist()}")
        out = printed(run, "--weights", path)
        assert not re.search(r"per step|steps|at rate", out.replace("range and steps are not", ""))
        known = reported(run, "--weights", path, "--rate", "0.5")
        open_ = reported(run, "--weights", path)
        assert open_["evidence"]["slope"] is open_["evidence"]["steps_left"] is None
        assert known["evidence"]["slope"] < 0
        assert open_["verdict"]["kind"] == known["verdict"]["kind"]


def test_what_the_arrays_contradict_is_refused(run: Run, written: Any) -> None:
    path = written("[[1 2 3] [4 5 6]] [7 -8 9]")
    trouble = refused(run, 1, "--weights", path, "--width", "2")
    assert trouble.endswith(": width is 2, but w1 has 3 hidden units")
    trouble = refused(run, 1, "--weights", path, "--biases")
    assert trouble.endswith(": biases are on, but the network has none")


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


def reported_trial(run: Run, *arguments: str) -> dict[str, Any]:
    done = run("diagnose", *arguments, "--try", "--json")
    assert (done.status, done.err) == (0, "")
    report: dict[str, Any] = json.loads(done.out)
    return report


def test_json_lists_what_was_tried_from_these_weights_best_first(run: Run, trapped: str) -> None:
    report = reported_trial(run, "--weights", trapped)
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
    report = reported_trial(run, "--weights", str(path))
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
    report = reported_trial(run, "--outputs", "0 .5 1 .5", "--width", "2", "--biases", "on")
    assert report["tried"]
    assert all(one["of"] >= 50 for one in report["tried"])


def test_of_a_network_with_all_rows_correct_nothing_is_tried(run: Run) -> None:
    for outputs in ("0 1 1 0", ".2 .8 .8 .3"):
        assert reported_trial(run, "--outputs", outputs)["tried"] == []
        out = run("diagnose", "--outputs", outputs, "--try").out
        assert out.endswith("\nNothing was tried: all four rows are correct.\n")


def test_with_other_targets_what_helps_here_is_said_not_to_help_there(run: Run) -> None:
    for outputs, is_said in ((".97 .02 .03 .96", True), ("0 .5 1 .5", False)):
        out = run("diagnose", "--outputs", outputs, "--width", "2", "--try").out
        assert ("fix it first" in out) == is_said


def test_a_lab_that_cannot_work_says_why(
    run: Run, trapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LabError("There are no workers.")

    monkeypatch.setattr(lab_module.Lab, "run", fail)
    done = run("diagnose", "--weights", trapped, "--try")
    assert (done.status, done.line) == (1, "xorviz: There are no workers.")
