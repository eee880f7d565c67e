"""The command check: it reports what check_step finds, from whatever holds the weights."""

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from tests.files.weights.test_check_step import AFTER, BEFORE, THEN, WRONG, named
from tests.support.commands import Run, environment, python
from xorviz import check_step
from xorviz.cli.main import main
from xorviz.core.network import Weights
from xorviz.files.weights.own_network import Arrays, OrientationError

NOISE = AFTER.each(lambda array: array + np.cos(np.arange(array.size)).reshape(array.shape))

Save = Callable[..., str]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Save networks, each in a file of its own; return their paths as words."""

    def save(*networks: Weights) -> str:
        paths = [tmp_path / f"{place}.npz" for place in range(len(networks))]
        for path, network in zip(paths, networks, strict=True):
            np.savez(path, **named(network))
        return " ".join(map(str, paths))

    return save


def report(run: Run, words: str, status: int = 0) -> dict[str, Any]:
    done = run(f"check {words} --json")
    assert (done.status, done.err, done.out.count("\n")) == (status, "", 1)
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_json_has_what_check_step_returns_and_the_verdict_ends_it(run: Run, save: Save) -> None:
    said = "--rate 0.5 --loss sse --activation sigmoid --output sigmoid --batch full"
    other = {"rate": 0.1, "loss": "sse"}
    ordered: dict[str, Any] = {"targets": "1010", "order": "10,00,01,11"}
    for after, words, more, status in (
        (AFTER, said, {}, 0), (WRONG, "", {}, 1), (NOISE, "", {}, 3),
        (AFTER, "--rate 0.1 --loss sse", other, 1),
        (AFTER, "--targets 1010 --order 10,00,01,11", ordered, 0),
    ):  # fmt: skip
        found = report(run, f"{save(BEFORE, after)} {words}", status)
        known = check_step(BEFORE, after, **more).to_dict()
        for name in ("verdict", "arrays", "sentence", "rule") if words != said else ("verdict",):
            assert found[name] == json.loads(json.dumps(known[name]))


def test_the_text_has_the_sentence_a_table_and_the_right_line(run: Run, save: Save) -> None:
    found = report(run, words := save(BEFORE, WRONG), 1)
    done = run(f"check {words}")
    sentence, table, repair, *notes = done.out.rstrip("\n").split("\n\n")
    assert (done.status, done.err, sentence) == (1, "", found["sentence"])
    head, *rows = table.splitlines()
    assert head.split("  ")[0] == "array"
    assert [row.split()[0] for row in rows] == ["w1", "b1", "w2", "b2"]
    assert all(row.index("correct") == head.index("finding") for row in rows[1:])
    assert found["arrays"]["w1"]["finding"] in rows[0]
    assert "0.5000" in rows[1]
    assert found["arrays"]["w1"]["finding"] not in repair.splitlines()[0]  # as the sentence has it
    assert [line.split()[0] for line in repair.splitlines()[1:]] == ["wrong", "right"]
    assert notes[0].startswith("Read as 2-3-1 with biases, w1 as (2, 3).")
    out = run(f"check {save(BEFORE, AFTER)}").out  # which needs no repair
    assert not re.search(r"wrong  |right  ", out)


def test_files_and_standard_input_may_hold_all_states(
    run: Run, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report(run, save(BEFORE, AFTER, THEN))["rule"]["momentum"] == pytest.approx(0.9)
    path = tmp_path / "both.txt"
    path.write_text("\n".join(str(a) for w in (BEFORE, AFTER) for a in w.arrays()))  # 8 digits
    assert report(run, str(path))["rule"]["rate"] == pytest.approx(0.5, rel=1e-5)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert report(run, "-")["verdict"] == "correct"


def test_an_orientation_that_nothing_decides_is_asked_for(
    run: Run, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks(*_: object) -> None:
        raise OrientationError(Arrays(), "open", ("out-in", "out-in-first"))

    monkeypatch.setattr("xorviz.cli.check.checked_step", asks)
    done = run(f"check {save(BEFORE, AFTER)}")
    ways = r"allowed: --orientation out-in \(.*\) or out-in-first \(.*\)"
    assert (done.status, bool(re.search(f"open; {ways}$", done.line))) == (2, True)


def test_a_recording_is_checked_step_by_step(run: Run, tmp_path: Path) -> None:
    paths = [tmp_path / f"run.{ending}" for ending in ("npz", "xorviz", "xwatch")]
    program = f"""
import numpy as np, xorviz
see = xorviz.watch(rate=0.5, loss="sse", activation="sigmoid", window=False)
for path in {[*map(str, paths)]!r}:
    see.record(path)
trainer = xorviz.Trainer(xorviz.RunConfig(width=3, rate=0.5, biases=True))
for step in range(6):
    see(*trainer.weights.arrays())
    trainer.advance(1)
"""
    assert python("-c", program, env=environment(tmp_path)).err == ""
    for path in paths:
        found = report(run, str(path))
        counts = {"correct": 5, "faulty": 0, "undecided": 0, "first_faulty": None}
        assert (found["verdict"], found["steps"]) == ("correct", counts)
        assert run(f"diagnose --weights {path}").status == 0
    counted, sentence, *_ = run(f"check {path}").out.split("\n\n")
    assert (counted, sentence) == ("5 steps checked: 5 correct. Step 5:", found["sentence"])
    assert report(run, f"{path} --rate 0.1", 1)["steps"]["first_faulty"] == 1
    unnamed = paths[2].rename(tmp_path / "states")
    for command in (f"check {unnamed}", f"diagnose --weights {unnamed}"):
        assert "read from a file named *.xwatch" in run(command).line


def test_what_cannot_be_checked_or_written_ends_with_2(
    run: Run, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = save(BEFORE)
    (tmp_path / "outputs").write_text("0 .5 1 .5")
    for words, line in [
        ("nowhere nowhere", "nowhere: The file does not exist."),
        (one, "the weights are given once; a step needs them twice, before and after it"),
        (f"{one} {tmp_path / 'outputs'}", "these are outputs; a step is checked by the weights"),
        (f"{one} {tmp_path}", f"{tmp_path}: It is a folder, not a file."),
    ]:
        done = run(f"check {words}")
        assert done.status == 2
        assert done.line.startswith(f"xorviz: {line}")
    full = Mock(encoding="utf-8", write=Mock(side_effect=OSError(28, "It is full")))
    monkeypatch.setattr(sys, "stdout", full)
    monkeypatch.setattr("xorviz.cli.main._discard_output", lambda: None)
    assert main(["check", *save(BEFORE, AFTER).split()]) == 2
