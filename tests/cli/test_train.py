"""The command train."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.commands import environment, xorviz
from xorviz.cli.main import main
from xorviz.core.config import RunConfig
from xorviz.core.kernels import compiler, kernels
from xorviz.core.network import Weights
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trainer import Trainer
from xorviz.files import FileError, load_run
from xorviz.files.exports.tables import weights_json


def test_it_prints_what_the_28_lines_print(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train"]) == 0
    *steps, outputs = capsys.readouterr().out.splitlines()
    read = [line.split() for line in steps]
    assert [int(words[1]) for words in read] == list(range(10_000, 60_001, 10_000))
    losses = [float(words[3]) for words in read]
    published = [0.9969913076102247, 0.8644858131636437, 0.24446880846236466]
    assert losses[:3] == pytest.approx(published, rel=1e-9)
    assert losses[5] == pytest.approx(0.02841901371687946, rel=1e-9)
    assert outputs.split()[1:] == ["0.92166771", "0.11738477", "0.92157444", "0.04851096"]


def test_every_sets_the_steps_between_lines(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "--steps", "25", "--every", "10"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["10", "20", "25"]


def test_json_has_all_results(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--width", "4", "--rate", "0.5", "--seed", "7", "--activation", "tanh"]
    arguments += ["--loss", "cross-entropy", "--biases", "--momentum", "0.5"]
    arguments += ["--init-range", "2", "--targets", "0111", "--steps", "500", "--json"]
    assert main(["train", *arguments]) == 0
    found = json.loads(capsys.readouterr().out)
    config = RunConfig(4, 0.5, 7, "tanh", "cross-entropy", True, 0.5, 2, (0, 1, 1, 1))
    trainer = Trainer(config, kernel=compiler.NUMBA)
    trainer.advance(500)
    expected = trainer.snapshot()
    assert list(found) == [
        *("config", "step", "loss", "outputs", "right", "learned", "diverged_at", "kernels"),
        "weights",
    ]
    assert found["kernels"] == ["numba"]
    assert RunConfig.from_dict(found["config"]) == config
    assert (found["step"], found["loss"]) == (500, expected.loss)
    assert found["outputs"] == expected.outputs.tolist()
    assert (found["right"], found["learned"], found["diverged_at"]) == (4, True, None)
    assert expected.weights.b1 is not None
    assert found["weights"]["w1"] == expected.weights.w1.tolist()
    assert found["weights"]["b1"] == expected.weights.b1.tolist()
    assert np.shape(found["weights"]["w2"]) == (4, 1)
    assert np.shape(found["weights"]["b2"]) == (1,)


@pytest.mark.parametrize("name", some(compiler.KERNEL_NAMES, 1))
def test_json_equals_an_export(capsys: pytest.CaptureFixture[str], name: str) -> None:
    main(["train", "--steps", "300", "--json", "--kernel", name])
    recording = Recording(RunConfig(), kernel=name)
    recording.advance(300)
    printed = capsys.readouterr().out
    assert printed == weights_json(recording.snapshot())
    assert json.loads(printed)["kernels"] == [name]


def test_numpy_trains_where_numba_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "numba").mkdir()
    (tmp_path / "numba" / "__init__.py").write_text("raise ImportError('no llvmlite')")
    without_it = environment(tmp_path, PYTHONPATH=str(tmp_path))
    done = xorviz("train", "--steps=9", "--json", env=without_it)
    assert done.returncode == 0
    assert done.stderr == f"xorviz: Numba cannot be loaded: no llvmlite. {compiler.INSTEAD}\n"
    assert json.loads(done.stdout)["kernels"] == [compiler.NUMPY]
    chosen = xorviz("train", "--steps=9", "--json", "--kernel=numpy", env=without_it)
    assert (chosen.returncode, chosen.stdout, chosen.stderr) == (0, done.stdout, "")


@pytest.mark.thorough
def test_a_damaged_cache_is_compiled_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    own = environment(tmp_path, NUMBA_CACHE_DIR=str(cache))
    commands = ("train", "--steps=9"), ("lab", "--seeds=0..5", "--steps=50", "--json")
    expected = [xorviz(*command, env=own).stdout for command in commands]
    for share in (0.0, 0.5):
        for file in cache.rglob("*.nbc"):
            os.truncate(file, int(share * file.stat().st_size))
        done = [xorviz(*command, env=own) for command in commands]
        assert [(d.returncode, d.stdout, d.stderr) for d in done] == [
            (0, out, "") for out in expected
        ]


def test_compiling_is_reported_once_and_only_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(name: str, tell: Callable[[], object]) -> None:
        for _ in range(3):
            tell()

    monkeypatch.setattr(kernels, "prepare", prepare)
    for is_terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda answer=is_terminal: answer)
        assert main(["train", "--steps", "0"]) == 0
        printed_line = capsys.readouterr().err
        assert (
            printed_line.count("compiling the training loop, once on this machine") == is_terminal
        )


def test_json_has_null_for_missing_biases(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "--steps", "0", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["step"], found["right"], found["learned"]) == (0, 2, False)
    assert (found["weights"]["b1"], found["weights"]["b2"]) == (None, None)


def test_a_diverged_run_shows_its_last_finite_state(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = Weights(np.zeros((2, 1)), np.array([1e306]), np.zeros((1, 1)), np.zeros(1))
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: huge)
    arguments = ["--width", "1", "--rate", "1000", "--activation", "relu", "--biases"]
    assert main(["train", *arguments, "--targets", "0000", "--json"]) == 1
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert (found["step"], found["diverged_at"]) == (0, 1)
    assert np.isfinite(found["loss"])
    assert printed.err.count("\n") == 1
    assert "diverged at step 1" in printed.err
    assert "lower rate" in printed.err


@pytest.mark.thorough
def test_train_works_without_qt() -> None:
    code = (
        "import sys; sys.modules['PySide6'] = sys.modules['pyqtgraph'] = None\n"
        "from xorviz.cli.main import main\n"
        "sys.exit(main(['train', '--steps', '10']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("more", "reader"),
    some(
        [
            ("--every 1", "| head -n 1"),
            ("--every 1", "| true"),
            ("--every 1", ">/dev/full"),
            ("--json", "| head -n 1"),
            ("--json", "| true"),
            ("--json", ">/dev/full"),
        ]
    ),
)
def test_a_broken_output_causes_no_traceback(tmp_path: Path, reader: str, more: str) -> None:
    command = f"set -o pipefail; {sys.executable} -m xorviz train --steps 3000 {more} {reader}"
    done = subprocess.run(
        ["bash", "-c", command],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    if reader == ">/dev/full":
        assert done.returncode == 1
        assert done.stderr == "xorviz: the output cannot be written: No space left on device\n"
    else:
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("more", some([[], ["--json"]], 1))
def test_a_saved_run_restores_any_step_bit_for_bit(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: list[str]
) -> None:
    arguments = ["train", "--width", "2", "--rate", "0.5", "--steps", "700", "--every", "90", *more]
    path = tmp_path / "run.xorviz"
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert main([*arguments, "--save", str(path)]) == 0
    assert capsys.readouterr() == printed
    project = load_run(path)
    assert (project.step, project.record.newest, project.pinned) == (700, 700, ())
    assert project.record.kernels == (compiler.NUMBA,)
    recording = Recording(project.record, kernel=compiler.NUMBA)
    straight = Trainer(RunConfig(width=2, rate=0.5), kernel=compiler.NUMBA)
    straight.advance(333)
    found, expected = recording.state_at(333), straight.snapshot()
    assert found.loss == expected.loss
    np.testing.assert_array_equal(found.weights.w1, expected.weights.w1)


@pytest.mark.parametrize(
    ("name", "sentence"),
    some(
        [
            ("none/run.xorviz", "The folder {0}/none does not exist."),
            ("file/run.xorviz", "The folder {0}/file does not exist."),
            ("", "{0} is a folder, not a file."),
        ]
    ),
)
def test_an_unusable_file_is_refused_before_training(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, sentence: str
) -> None:
    (tmp_path / "file").touch()
    arguments = ["train", "--steps", str(10**12), "--save", str(tmp_path / name)]
    assert main(arguments) == 1
    assert capsys.readouterr() == ("", f"xorviz: {sentence.format(tmp_path)}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_run_that_cannot_be_saved_is_still_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise FileError("The disk is full.")

    monkeypatch.setattr("xorviz.cli.train.save_run", refuse)
    path = tmp_path / "run.xorviz"
    assert main(["train", "--steps", "5", "--save", str(path)]) == 1
    printed = capsys.readouterr()
    assert printed.err == f"xorviz: {path}: The disk is full.\n"
    assert printed.out.splitlines()[-1].startswith("outputs")
    assert not path.exists()


def test_a_diverged_run_is_saved_up_to_its_last_finite_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    saved: list[Recording] = []
    huge = Weights(np.zeros((2, 1)), np.array([1e306]), np.zeros((1, 1)), np.zeros(1))
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: huge)
    monkeypatch.setattr("xorviz.cli.train.save_run", lambda run, path: saved.append(run))
    arguments = ["--width", "1", "--rate", "1000", "--activation", "relu", "--biases"]
    arguments += ["--targets", "0000", "--save", str(tmp_path / "run.xorviz")]
    assert main(["train", *arguments]) == 1
    assert "diverged at step 1:" in capsys.readouterr().err
    assert [run.newest for run in saved] == [0]
