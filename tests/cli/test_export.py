"""The command export."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases import some
from tests.support.commands import Done, Run, environment, xorviz
from tests.support.watched import watched_record
from xorviz.cli import preflight
from xorviz.core.kernels import compiler, kernels
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.script import NO_SCRIPT, numpy_script
from xorviz.files.exports.tables import history_csv, loss_csv, weights_json, weights_npz
from xorviz.files.run_file import save_run
from xorviz.window.export import offscreen as stage

SHOWN, NEWEST = 120, 300
"""The step that the run file shows, and its newest step."""

SUFFIXES = {"script": "py", "csv": "csv", "npz": "npz", "json": "json"}


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


def outputs_in(folder: Path) -> list[str]:
    return [
        word
        for kind, suffix in SUFFIXES.items()
        for word in (f"--{kind}", str(folder / f"out.{suffix}"))
    ]


@pytest.mark.parametrize("step", some([None, 0, 99, NEWEST, 100]))
def test_each_output_equals_the_windows_export(
    run: Run, run_file: Path, recording: Recording, step: int | None
) -> None:
    more = [] if step is None else ["--step", step]
    assert run("export", run_file, *more, *outputs_in(run_file.parent)) == Done(0, "", "")
    at = SHOWN if step is None else step
    state = recording.state_at(at)
    expected = {
        "py": numpy_script(recording.record(), at).encode(),
        "csv": loss_csv(recording.record().trace).encode(),
        "npz": weights_npz(state),
        "json": weights_json(state).encode(),
    }
    for suffix, data in expected.items():
        assert (run_file.parent / f"out.{suffix}").read_bytes() == data


@pytest.mark.parametrize("kernel", some(compiler.KERNEL_NAMES, 1))
def test_a_run_is_replayed_with_its_own_kernel(run: Run, run_file: Path, kernel: str) -> None:
    kernels.prepare(kernel)
    recording = Recording(RunConfig(width=2, rate=0.5), kernel=kernel)
    recording.advance(3000)
    save_run(recording, run_file)
    out = run_file.with_name("out.json")
    assert run("export", run_file, "--step", 2345, "--json", out) == Done(0, "", "")
    assert out.read_text() == weights_json(recording.state_at(2345))
    assert json.loads(out.read_text())["kernels"] == [kernel]


@pytest.mark.thorough
def test_a_run_with_a_missing_kernel_is_exported_with_a_warning(
    run: Run, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels.prepare(compiler.NUMBA)
    recording = Recording(RunConfig(width=2, rate=0.5), kernel=compiler.NUMBA)
    recording.advance(3000)
    save_run(recording, run_file)
    monkeypatch.setattr(compiler, "is_installed", lambda: False)
    for kind, said in (("json", True), ("csv", False)):
        done = run("export", run_file, f"--{kind}", run_file.with_name("out.json"))
        assert done.status == 0
        assert ("was trained with the kernel numba, which is not" in done.err) == said


def test_a_chaotic_runs_script_says_that_rounding_decides(run: Run, run_file: Path) -> None:
    recording = Recording(RunConfig(rate=7, seed=11))
    recording.advance(2000)
    save_run(recording, run_file)
    out = run_file.with_name("out.py")
    done = run("export", run_file, "--script", out)
    assert done.status == 0
    assert done.err.startswith("xorviz: Rounding decides this run: ")
    script = out.read_text()
    assert "# Rounding decides this run: " in script
    assert max(map(len, script.splitlines())) <= 100


def test_a_step_beyond_the_newest_is_refused(run: Run, run_file: Path) -> None:
    done = run("export", run_file, "--step", NEWEST + 1, *outputs_in(run_file.parent))
    told = f"xorviz: --step is {NEWEST + 1}; this run has steps 0 to {NEWEST}"
    assert (done.status, done.line) == (2, told)
    assert list(run_file.parent.iterdir()) == [run_file]


def test_two_runs_side_by_side_have_their_common_steps(
    run: Run, run_file: Path, recording: Recording
) -> None:
    project = Project(recording.record(), SHOWN, beside=recording.fork(200).record())
    save_run(project, run_file)
    done = run("export", run_file, "--step", 201, *outputs_in(run_file.parent))
    assert done.status == 2
    assert done.line.endswith("steps 0 to 200")
    assert run("export", run_file, "--step", 200, *outputs_in(run_file.parent)).status == 0


@pytest.mark.parametrize("content", some([None, b"{}"], 1))
def test_an_unreadable_file_is_one_line(run: Run, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "run.xorviz"
    if content is not None:
        path.write_bytes(content)
    done = run("export", path, *outputs_in(tmp_path))
    assert done.status == 1
    assert done.line.startswith(f"xorviz: {path}: ")
    assert not list(tmp_path.glob("out.*"))


def test_a_failed_output_does_not_stop_the_others(run: Run, run_file: Path) -> None:
    folder = run_file.parent
    loss, out = folder / "none" / "loss.csv", folder / "out.json"
    done = run("export", run_file, "--csv", loss, "--npz", folder, "--json", out)
    assert done.status == 1
    assert done.err.splitlines() == [
        f"xorviz: {loss}: The folder does not exist.",
        f"xorviz: {folder}: It is a folder, not a file.",
    ]
    assert {path.name for path in folder.iterdir()} == {"run.xorviz", "out.json"}


def test_a_run_that_cannot_be_replayed_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, run_file: Path
) -> None:
    class Broken(Recording):
        def state_at(self, step: int) -> Snapshot:
            raise ArithmeticError(f"this run cannot be taken again to step {step}")

    monkeypatch.setattr("xorviz.cli.export.run_of", Broken)
    target = run_file.with_name("out.json")
    done = run("export", run_file, "--json", target)
    told = f"xorviz: {target}: this run cannot be taken again to step {SHOWN}"
    assert (done.status, done.line) == (1, told)
    assert not target.exists()


def test_a_watched_run_is_exported_at_its_kept_steps(run: Run, run_file: Path) -> None:
    record = watched_record(steps=(*range(33), 100, 250))
    save_run(Project(record, 100), run_file)
    outputs = {kind: run_file.with_name(f"out.{kind}") for kind in ("csv", "json", "npz")}
    words = [word for kind, path in outputs.items() for word in (f"--{kind}", path)]
    assert run("export", run_file, *words) == Done(0, "", "")
    state = run_of(record).state_at(100)
    assert outputs["csv"].read_text() == history_csv(record)
    assert outputs["json"].read_text() == weights_json(state)
    assert outputs["npz"].read_bytes() == weights_npz(state)


def test_a_step_of_a_watched_run_that_is_not_kept_is_refused(run: Run, run_file: Path) -> None:
    save_run(Project(watched_record(steps=(*range(33), 100, 250)), 100), run_file)
    for step in (101, 249):
        done = run("export", run_file, "--step", step, "--json", run_file.with_name("out.json"))
        assert done.status == 2
        assert done.line == (
            f"xorviz: --step is {step}; the nearest kept steps of this watched run are 100 and 250"
        )
    assert list(run_file.parent.iterdir()) == [run_file]


def test_there_is_no_script_of_a_watched_run(run: Run, run_file: Path) -> None:
    save_run(Project(watched_record(), 10), run_file)
    target = run_file.with_name("out.py")
    done = run("export", run_file, "--script", target)
    assert (done.status, done.line) == (1, f"xorviz: {target}: {NO_SCRIPT}")
    assert not target.exists()


Rendered = list[tuple[Any, ...]]


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Rendered:
    """Record the requested pictures instead of drawing them."""
    calls: Rendered = []

    def catch(name: str) -> Callable[..., bytes]:
        def render(project: Project, *arguments: object) -> bytes:
            assert project.record.newest == NEWEST
            calls.append((name, *arguments))
            return name.encode()

        return render

    for name in ("render_picture", "render_gif"):
        monkeypatch.setattr(stage, name, catch(name))
    return calls


def test_pictures_show_the_chosen_view_and_step(
    run: Run, run_file: Path, rendered: Rendered
) -> None:
    png, svg, gif = (run_file.with_name(f"out.{kind}") for kind in ("png", "svg", "gif"))
    chosen = ("--step", 7, "--view", "loss_plot", "--scale", 3)
    assert run("export", run_file, *chosen, "--png", png, "--svg", svg, "--gif", gif).status == 0
    assert run("export", run_file, "--png", png).status == 0
    assert rendered == [
        ("render_picture", 7, "loss_plot", "png", 3),
        ("render_picture", 7, "loss_plot", "svg", 3),
        ("render_gif", "loss_plot", 60),
        ("render_picture", SHOWN, "decision_surface", "png", 1),
    ]
    assert gif.read_bytes() == b"render_gif"


def test_a_picture_that_cannot_be_made_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, run_file: Path
) -> None:
    def refuse(*_: object) -> bytes:
        raise FileError("It is too large.")

    monkeypatch.setattr(stage, "render_gif", refuse)
    target = run_file.with_name("out.gif")
    target.write_bytes(b"as it was")
    trouble = f"xorviz: {target}: It is too large.\n"
    assert run("export", run_file, "--gif", target) == Done(1, "", trouble)
    assert target.read_bytes() == b"as it was"


def test_numbers_are_exported_without_qt(
    run: Run, monkeypatch: pytest.MonkeyPatch, run_file: Path, rendered: Rendered
) -> None:
    monkeypatch.setattr(preflight, "problem", lambda: "Qt needs libGL.so.1.")
    png, table = run_file.with_name("out.png"), run_file.with_name("out.csv")
    done = run("export", run_file, "--png", png, "--csv", table)
    assert (done.status, done.line) == (1, f"xorviz: {png}: Qt needs libGL.so.1.")
    assert not rendered
    assert table.exists()
    assert not png.exists()


@pytest.mark.parametrize(("platform", "expected"), [(None, "offscreen"), ("minimal", "minimal")])
def test_pictures_use_the_offscreen_platform_by_default(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    run_file: Path,
    rendered: Rendered,
    platform: str | None,
    expected: str,
) -> None:
    # A copy, restored after the test.
    monkeypatch.setattr("os.environ", os.environ.copy())
    os.environ.pop("QT_QPA_PLATFORM", None)
    if platform is not None:
        os.environ["QT_QPA_PLATFORM"] = platform
    monkeypatch.setattr(preflight, "problem", lambda: None)
    run("export", run_file, "--png", run_file.with_name("out.png"))
    assert os.environ["QT_QPA_PLATFORM"] == expected


def test_pictures_are_drawn_without_a_display(run_file: Path, tmp_path: Path) -> None:
    env = environment(tmp_path)
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        env.pop(name, None)
    png, svg = tmp_path / "out.png", tmp_path / "out.svg"
    words = ("--png", png, "--svg", svg, "--view", "truth_table", "--scale", 2)
    assert xorviz("export", run_file, *words, env=env) == Done(0, "", "")
    assert png.read_bytes().startswith(b"\x89PNG\r\n")
    assert b"<svg" in svg.read_bytes()
