"""The command train."""

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Terminal
from tests.support.bits import assert_same_state
from tests.support.commands import Done, Run, ended, environment, xorviz
from xorviz.core.kernels import compiler, kernels
from xorviz.core.network import Weights
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.files.exports.tables import weights_json
from xorviz.files.run_file import load_run


def test_it_prints_what_the_28_lines_print(run: Run) -> None:
    done = run("train")
    assert done.status == 0
    *steps, outputs = done.out.splitlines()
    read = [line.split() for line in steps]
    assert [int(words[1]) for words in read] == list(range(10_000, 60_001, 10_000))
    losses = [float(words[3]) for words in read]
    published = [0.9969913076102247, 0.8644858131636437, 0.24446880846236466]
    assert losses[:3] == pytest.approx(published, rel=1e-9)
    assert losses[5] == pytest.approx(0.02841901371687946, rel=1e-9)
    assert outputs.split()[1:] == ["0.92166771", "0.11738477", "0.92157444", "0.04851096"]
    lines = run("train --steps 25 --every 10").out.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["10", "20", "25"]
    assert '"width": 5' in run("--width 5 train --steps 0 --json").out


def test_a_pass_is_called_a_pass_and_outputs_are_in_the_numbers_of_the_targets(run: Run) -> None:
    words = "train --batch pass --output tanh --coding plus-minus --biases --width 4 --rate 0.1"
    *passes, shown = run(f"{words} --steps 400 --every 200").out.splitlines()
    assert [line.split()[:2] for line in passes] == [["pass", "200"], ["pass", "400"]]
    outputs = [float(word) for word in shown.split()[1:]]
    found = json.loads(run(f"{words} --steps 400 --json").out)
    assert found["outputs"] == pytest.approx(outputs, abs=1e-8)
    assert min(outputs) < -0.9 < 0.9 < max(outputs)
    assert (found["right"], found["learned"], found["config"]["coding"]) == (4, True, "plus-minus")


@pytest.mark.parametrize("name", compiler.KERNEL_NAMES)
def test_json_equals_an_export(run: Run, name: str) -> None:
    done = run(
        "train --width 4 --rate 0.5 --seed 7 --activation tanh --loss cross-entropy --biases "
        f"--momentum 0.5 --init-range 2 --targets 1101 --steps 500 --json --kernel {name}"
    )
    config = RunConfig(
        4, 0.5, 7, "tanh", "cross-entropy", True, 0.5, init_range=2, targets=(0, 1, 1, 1)
    )
    recording = Recording(config, kernel=name)
    recording.advance(500)
    assert done == Done(0, weights_json(recording.snapshot()), "")
    found = json.loads(done.out)
    assert RunConfig.from_dict(found["config"]) == config
    assert (found["step"], found["kernels"]) == (500, [name])
    assert (found["right"], found["learned"], found["diverged_at"]) == (4, True, None)
    found = json.loads(run("train --steps 0 --json").out)
    assert (found["step"], found["right"], found["learned"]) == (0, 2, False)


def test_numpy_trains_without_numba(tmp_path: Path) -> None:
    (tmp_path / "llvmlite").mkdir()
    (tmp_path / "llvmlite" / "__init__.py").write_text("raise ImportError('no llvmlite')")
    without_it = environment(tmp_path, PYTHONPATH=str(tmp_path))
    done = xorviz("train", "--steps=9", "--json", env=without_it)
    assert done.status == 0
    assert done.err == f"xorviz: Numba cannot be loaded: no llvmlite. {compiler.INSTEAD}\n"
    assert json.loads(done.out)["kernels"] == [compiler.NUMPY]


def test_compiling_is_told_once_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(name: str, tell: Callable[[], object]) -> None:
        for _ in range(3):
            tell()

    monkeypatch.setattr(kernels, "prepare", prepare)
    assert run("train --steps 0").err == ""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert run("train --steps 0").status == 0
    assert screen.getvalue().count("compiling the training loop, once on this computer") == 1


def test_a_diverged_run_shows_and_saves_its_last_finite_state(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[Recording] = []
    huge = Weights(np.zeros((2, 1)), np.array([1e306]), np.zeros((1, 1)), np.zeros(1))
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: huge)
    monkeypatch.setattr("xorviz.files.run_file.save_run", lambda run, path: saved.append(run))
    done = run(
        "train --width 1 --rate 1000 --activation relu --biases --targets 0000 --json --save run"
    )
    found = json.loads(done.out)
    assert (done.status, found["step"], found["diverged_at"]) == (1, 0, 1)
    assert np.isfinite(found["loss"])
    assert done.err.count("\n") == 1
    assert "diverged at step 1:" in done.err
    assert [run.newest for run in saved] == [0]


def test_a_broken_output_causes_no_traceback(tmp_path: Path) -> None:
    xorviz = f"{shlex.quote(sys.executable)} -m xorviz"
    for words, status, said in (
        ("train --steps 900 --every 1 | head -n 1", 0, ""),
        (
            "train --steps 9 --json >/dev/full",
            1,
            "the output cannot be written: No space left on device",
        ),
    ):
        piped = f"set -o pipefail; {xorviz} {words}"
        done = ended("bash", "-c", piped, env=environment(tmp_path))
        assert done.status == status
        assert done.err == (f"xorviz: {said}\n" if said else "")


def test_a_saved_run_restores_any_step_bit_for_bit(run: Run, tmp_path: Path) -> None:
    words, path = "train --width 2 --rate 0.5 --steps 700 --every 90", tmp_path / "a.xorviz"
    done = run(words)
    assert done.status == 0
    assert run(f"{words} --save", path) == done
    project = load_run(path)
    assert (project.step, project.record.newest) == (700, 700)
    assert project.record.kernels == (compiler.NUMBA,)
    straight = Trainer(RunConfig(width=2, rate=0.5), kernel=compiler.NUMBA)
    straight.advance(333)
    recording = Recording(project.record, kernel=compiler.NUMBA)
    assert_same_state(recording.state_at(333), straight.snapshot())


def test_an_unusable_file_is_refused_before_training_and_a_lost_one_is_no_loss_of_results(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for name, sentence in (
        ("none/run.xorviz", f"{tmp_path}/none/run.xorviz: The folder does not exist."),
        ("", f"{tmp_path}: It is a folder, not a file."),
    ):
        done = run(f"train --steps {10**12} --save", tmp_path / name)
        assert done == Done(1, "", f"xorviz: {sentence}\n")
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
    monkeypatch.setattr("xorviz.cli.train.check_writable", lambda _: None)
    done = run("train --steps 5 --save", tmp_path)
    assert (done.status, done.err) == (1, f"xorviz: {tmp_path}: It is a folder, not a file.\n")
    assert done.out.splitlines()[-1].startswith("outputs")


def test_a_run_stops_by_each_rule_and_tells_which(run: Run) -> None:
    config = "train --width 5 --rate 1 --biases --momentum 0.5 --steps 900"
    for words, step, told in (
        ("--stop-when-correct", 82, "all correct"),
        ("--stop-when-learned", 168, "learned"),
        ("--stop-at-loss 0.05 --stop-when-learned", 138, "loss limit"),
        ("--stop-at-plateau 0.5 --plateau-steps 250", 750, "plateau"),
    ):
        assert run(f"{config} {words}").out.splitlines()[-1] == f"stopped at step {step}: {told}"
        assert json.loads(run(f"{config} {words} --json").out)["step"] == step
