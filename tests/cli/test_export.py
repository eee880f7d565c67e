"""The command export."""

import json
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import Mock

import pytest
from PySide6.QtWidgets import QApplication

from tests.support.commands import Done, Run
from tests.support.watched import watched_record
from xorviz.cli import preflight
from xorviz.core.kernels import compiler, kernels
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.picture_options import PictureOptions, Size
from xorviz.files.exports.script import NO_SCRIPT, numpy_script
from xorviz.files.exports.tables import loss_csv, weights_json, weights_npz
from xorviz.files.pages.saved import page
from xorviz.files.run_file import save_run
from xorviz.window.export import offscreen as stage

SHOWN, NEWEST = 120, 300
"""The step that the run file shows, and its newest step."""

NUMBERS = ("script", "csv", "npz", "json", "html")
"""Outputs that need no picture."""
QUIET = Done(0, "", "")


@pytest.fixture
def recording() -> Recording:
    recording = Recording(RunConfig(width=2, rate=0.5, biases=True))
    recording.advance(100)
    recording.intervene("rate", 0.25)
    recording.intervene("w1", 0.5, (0, 1))
    recording.advance(NEWEST - 100)
    return recording


@pytest.fixture
def run_file(recording: Recording, tmp_path: Path) -> Path:
    path = tmp_path / "run.xorviz"
    save_run(Project(recording.record(), SHOWN), path)
    return path


def exported(run: Run, run_file: Path, *more: object, kinds: Iterable[str] = NUMBERS) -> Done:
    """Export a run to files out.csv and so on, which an earlier export may have left."""
    outputs = [word for kind in kinds for word in (f"--{kind}", run_file.with_name(f"out.{kind}"))]
    return run("export", run_file, *more, *outputs)


def test_each_output_is_the_windows_export(run: Run, run_file: Path, recording: Recording) -> None:
    for step in (None, 100):
        assert exported(run, run_file, *([] if step is None else ["--step", step])) == QUIET
        at = SHOWN if step is None else step
        state = recording.state_at(at)
        for kind, data in {
            "script": numpy_script(recording.record(), at).encode(),
            "csv": loss_csv(Project(recording.record(), 0)).encode(),
            "npz": weights_npz(state),
            "json": weights_json(state).encode(),
            "html": page(Project(recording.record(), 0), at),
        }.items():
            assert run_file.with_name(f"out.{kind}").read_bytes() == data


@pytest.mark.parametrize("kernel", compiler.KERNEL_NAMES)
def test_a_run_is_replayed_with_its_own_kernel(
    run: Run, run_file: Path, kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels.prepare(kernel)
    recording = Recording(RunConfig(width=2, rate=0.5), kernel=kernel)
    recording.advance(1000)
    save_run(recording, run_file)
    out = run_file.with_name("out.json")
    assert exported(run, run_file, "--step", 999, kinds=["json"]) == QUIET
    assert out.read_text() == weights_json(recording.state_at(999))
    assert json.loads(out.read_text())["kernels"] == [kernel]
    monkeypatch.setattr(compiler, "is_installed", lambda: False)
    for kind in ("json", "csv"):  # only the first is retrained
        done = exported(run, run_file, kinds=[kind])
        assert done.status == 0
        is_told = "was trained with the kernel numba, which is not" in done.err
        assert is_told == (kind == "json" and kernel == "numba")


def test_a_chaotic_runs_script_says_that_rounding_decides(run: Run, run_file: Path) -> None:
    recording = Recording(RunConfig(rate=7, seed=11))
    recording.advance(2000)
    save_run(recording, run_file)
    out = run_file.with_name("out.py")
    done = run("export", run_file, "--script", out)
    assert done.status == 0
    assert done.err.startswith("xorviz: Rounding decides this run: ")
    assert "# Rounding decides this run: " in out.read_text()


def test_a_step_not_there_is_refused(run: Run, run_file: Path, recording: Recording) -> None:
    common = Project(recording.record(), SHOWN, beside=recording.fork(200).record())
    watched = Project(watched_record(steps=(*range(33), 100, 250)), 100)
    kept = "the nearest recorded steps of this watched run are 100 and 250"
    for project, step, told in (
        (recording, NEWEST + 1, f"this run has steps 0 to {NEWEST}"),
        (watched, 101, kept),
        (watched, 249, kept),
        (common, 201, "this run has steps 0 to 200"),
    ):
        save_run(project, run_file)
        done = exported(run, run_file, "--step", step)
        assert (done.status, done.line) == (2, f"xorviz: --step is {step}; {told}")
        assert list(run_file.parent.iterdir()) == [run_file]
    assert exported(run, run_file, "--step", 200) == QUIET


def test_what_cannot_be_read_or_written_is_named_and_does_not_stop_the_others(
    run: Run, run_file: Path
) -> None:
    folder = run_file.parent
    done = run("export", run_file, "--csv", folder / "none" / "x", "--json", folder / "out.json")
    trouble = f"xorviz: {folder / 'none' / 'x'}: The folder does not exist.\n"
    assert done == Done(1, "", trouble)
    assert {path.name for path in folder.iterdir()} == {"run.xorviz", "out.json"}
    run_file.write_bytes(b"{}")
    for path, why in ((run_file, "It is not an xorviz run file."),
                      (folder / "none.xorviz", "The file does not exist.")):  # fmt: skip
        assert exported(run, path) == Done(1, "", f"xorviz: {path}: {why}\n")


def test_what_fails_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, run_file: Path) -> None:
    gone = Mock(side_effect=ArithmeticError("this run cannot be taken again"))
    monkeypatch.setattr("xorviz.cli.export.run_of", Mock(return_value=Mock(state_at=gone)))
    target = run_file.with_name("out.json")
    done = run("export", run_file, "--json", target)
    assert (done.status, done.line) == (1, f"xorviz: {target}: this run cannot be taken again")
    assert not target.exists()


def test_a_watched_run_is_exported_at_kept_steps_without_script(run: Run, run_file: Path) -> None:
    record = watched_record(steps=(*range(33), 100, 250))
    save_run(Project(record, 100), run_file)
    assert exported(run, run_file, kinds=("csv", "npz")) == QUIET
    assert run_file.with_name("out.csv").read_text() == loss_csv(Project(record, 100))
    assert run_file.with_name("out.npz").read_bytes() == weights_npz(run_of(record).state_at(100))
    target = run_file.with_name("out.script")
    assert exported(run, run_file, kinds=["script"]).line == f"xorviz: {target}: {NO_SCRIPT}"
    assert not target.exists()


@pytest.fixture
def rendered(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Record the requested pictures instead of drawing them, in the application of all tests."""
    calls = Mock(**{f"render_{kind}.return_value": kind.encode() for kind in ("picture", "gif")})
    monkeypatch.setattr(stage, "render_picture", calls.render_picture)
    monkeypatch.setattr(stage, "render_gif", calls.render_gif)
    return calls


def test_pictures_show_the_chosen_view_and_step(run: Run, run_file: Path, rendered: Mock) -> None:
    png, svg, gif = (run_file.with_name(f"out.{kind}") for kind in ("png", "svg", "gif"))
    chosen = ("--step", 7, "--view", "loss_plot", "--scale", 3)
    assert run("export", run_file, *chosen, "--png", png, "--svg", svg, "--gif", gif).status == 0
    assert run("export", run_file, "--png", png).status == 0
    paper = ("--size", "85 mm", "--background", "transparent", "--pdf", run_file.with_name("out"))
    assert run("export", run_file, *paper, "--png", png, "--dpi", 600).status == 0
    assert run("export", run_file, "--png", png, "--size", "1200 x 900 px").status == 0
    column = PictureOptions(Size(85, None, "mm"), 600, "transparent")
    assert [(name, *arguments[1:]) for name, arguments, _ in rendered.mock_calls] == [
        ("render_picture", 7, "loss_plot", "png", PictureOptions(dpi=288)),
        ("render_picture", 7, "loss_plot", "svg", PictureOptions(dpi=288)),
        ("render_gif", "loss_plot", 60),
        ("render_picture", SHOWN, "decision_surface", "png", PictureOptions(dpi=96)),
        ("render_picture", SHOWN, "decision_surface", "png", column),
        ("render_picture", SHOWN, "decision_surface", "pdf", column),
        ("render_picture", SHOWN, "decision_surface", "png",
         PictureOptions(Size(1200, 900, "px"), 300)),
    ]  # fmt: skip
    assert gif.read_bytes() == b"gif"


def test_a_picture_that_cannot_be_made_is_one_line_and_numbers_need_no_qt(
    run: Run, monkeypatch: pytest.MonkeyPatch, run_file: Path, rendered: Mock
) -> None:
    monkeypatch.setattr(stage, "render_gif", Mock(side_effect=FileError("It is too large.")))
    target = run_file.with_name("out.gif")
    target.write_bytes(b"as it was")
    trouble = f"xorviz: {target}: It is too large.\n"
    assert run("export", run_file, "--gif", target) == Done(1, "", trouble)
    assert target.read_bytes() == b"as it was"
    monkeypatch.setattr(preflight, "problem", lambda: "Qt needs libGL.so.1.")
    png, table = run_file.with_name("out.png"), run_file.with_name("out.csv")
    done = run("export", run_file, "--png", png, "--csv", table)
    assert (done.status, done.line) == (1, f"xorviz: {png}: Qt needs libGL.so.1.")
    assert not rendered.mock_calls
    assert table.exists()
    assert not png.exists()
