"""A window beside a program: what it gets, and why there is none."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.commands import Run, ended
from xorviz import Recording, RunConfig, load_run, save_run

RECORDER = """#!/bin/sh
case "$*" in *preflight) exit 0;; esac
echo "$@" > {folder}/arguments
cat > {folder}/content.xorviz
"""


def recorder(folder: Path, more: str = "") -> Path:
    """Return a program in place of Python that notes what it gets."""
    program = folder / "python"
    program.write_text(RECORDER.format(folder=folder) + more)
    program.chmod(0o755)
    return program


def test_a_window_gets_a_copy_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(recorder(tmp_path)))
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":0")
    run, before = Recording(RunConfig(width=2)), set(threading.enumerate())
    run.advance(10)
    run.show()
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
    assert (tmp_path / "arguments").read_text() == "-P -m xorviz - --kernel numpy\n"
    assert load_run(tmp_path / "content.xorviz").record == run.record()
    with pytest.raises(ChildProcessError):  # no dead process is left
        os.waitpid(-1, os.WNOHANG)


def test_without_a_display_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError, match="There is no display here"):
        Recording(RunConfig()).show()


def test_no_window_is_opened_that_nobody_sees() -> None:
    with pytest.raises(RuntimeError, match="QT_QPA_PLATFORM is offscreen, which shows no window"):
        Recording(RunConfig()).show()


def test_nothing_waits_for_a_window(tmp_path: Path) -> None:
    program = recorder(tmp_path, f"while [ -e {tmp_path}/python ]; do sleep 0.1; done\n")
    (tmp_path / "random.py").write_text("raise SystemExit('mine, not that of Python')")
    code = f"""import sys, xorviz
run, sys.executable = xorviz.Recording(xorviz.RunConfig()), {str(program)!r}
run.show()
print('shown')"""
    env = dict(os.environ) | {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":0"}
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(
        command, env=env, cwd=tmp_path, capture_output=True, check=False, timeout=30
    )
    program.unlink()  # which ends it
    assert done.stdout == b"shown\n", done.stderr


def test_a_run_is_read_from_standard_input(run: Run, tmp_path: Path) -> None:
    command = f"echo no run | {sys.executable} -m xorviz -"
    assert ended("sh", "-c", command).line == "xorviz: -: It is not an xorviz run file."
    save_run(Recording(RunConfig()), tmp_path / "a.xorviz")
    env = {name: text for name, text in os.environ.items() if name != "DISPLAY"}
    command = f"{sys.executable} -m xorviz - < {tmp_path}/a.xorviz"
    done = ended("sh", "-c", command, env=env | {"QT_QPA_PLATFORM": "xcb"})
    assert "no display" in done.line
