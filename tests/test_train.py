"""Training in the terminal."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.commands import environment, xorviz
from xorviz.cli import main
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights
from xorviz.core.trainer import Trainer


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


def test_every_says_how_often_a_line_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "--steps", "25", "--every", "10"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["10", "20", "25"]


def test_json_says_everything(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--width", "4", "--rate", "0.5", "--seed", "7", "--activation", "tanh"]
    arguments += ["--loss", "cross-entropy", "--biases", "--momentum", "0.5"]
    arguments += ["--init-range", "2", "--targets", "0111", "--steps", "500", "--json"]
    assert main(["train", *arguments]) == 0
    found = json.loads(capsys.readouterr().out)
    config = RunConfig(4, 0.5, 7, "tanh", "cross-entropy", True, 0.5, 2, (0, 1, 1, 1))
    trainer = Trainer(config)
    trainer.advance(500)
    expected = trainer.snapshot()
    assert list(found) == [
        "config", "step", "loss", "outputs", "right", "learned", "diverged_at", "weights",
    ]  # fmt: skip
    assert RunConfig.from_dict(found["config"]) == config
    assert (found["step"], found["loss"]) == (500, expected.loss)
    assert found["outputs"] == expected.outputs.tolist()
    assert (found["right"], found["learned"], found["diverged_at"]) == (4, True, None)
    assert expected.weights.b1 is not None
    assert found["weights"]["w1"] == expected.weights.w1.tolist()
    assert found["weights"]["b1"] == expected.weights.b1.tolist()
    assert np.shape(found["weights"]["w2"]) == (4, 1)
    assert np.shape(found["weights"]["b2"]) == (1,)


def test_json_has_null_for_biases_that_are_off(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "--steps", "0", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["step"], found["right"], found["learned"]) == (0, 2, False)
    assert (found["weights"]["b1"], found["weights"]["b2"]) == (None, None)


def test_a_diverged_run_shows_its_last_finite_state(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = Weights(np.zeros((2, 1)), np.array([1e306]), np.zeros((1, 1)), np.zeros(1))
    monkeypatch.setattr("xorviz.core.trainer.initial_weights", lambda _: huge)
    arguments = ["--width", "1", "--rate", "1000", "--activation", "relu", "--biases"]
    assert main(["train", *arguments, "--targets", "0000", "--json"]) == 1
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert (found["step"], found["diverged_at"]) == (0, 1)
    assert np.isfinite(found["loss"])
    assert printed.err.count("\n") == 1
    assert "diverged at step 1" in printed.err
    assert "lower rate" in printed.err


def test_it_runs_where_qt_is_not_installed() -> None:
    code = (
        "import sys; sys.modules['PySide6'] = sys.modules['pyqtgraph'] = None\n"
        "from xorviz.cli import main\n"
        "sys.exit(main(['train', '--steps', '10']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("reader", ["| head -n 1", "| true", ">/dev/full"])
@pytest.mark.parametrize("more", ["--every 1", "--json"])
def test_output_that_cannot_be_written_is_no_traceback(
    tmp_path: Path, reader: str, more: str
) -> None:
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


def test_it_runs_as_a_module() -> None:
    done = xorviz("train", "--steps", "1", "--json")
    assert json.loads(done.stdout)["loss"] == pytest.approx(1.0677808914356344, rel=1e-9)
