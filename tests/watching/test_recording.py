"""The files of a run: where they are made, what fails, and those that the user asks for."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xorviz
from tests.support.commands import ROOT
from tests.watching.programs import Program, shown, trained
from xorviz.core.runs.source import ProgramState as State
from xorviz.files.atomic import FileError
from xorviz.watching import places
from xorviz.watching import watch as watching
from xorviz.watching.followed_run import OtherRun, opened
from xorviz.watching.states_file import StatesReader


def test_a_run_is_recorded_where_its_user_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["run.npz", "run.xorviz", "early.xwatch", "late.xwatch", "after.npz", "after.xwatch"]
    arrays, file, early, late, *after = [tmp_path / name for name in names]
    early.write_bytes(bytes(2**20))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    program, seen = Program.of(), []
    with xorviz.watch("mine", rate=0.5) as see:
        for path in ("run.npz", "run.npz", file, early):
            see.record(path)
        monkeypatch.chdir("elsewhere")  # files stay where they were asked for
        for step in range(50):
            if step == 30:
                see.record(late)
                see.record(early)
            seen.append(program.line)
            see(*program.arrays)
            program.step()
        assert list(shown(early)) == list(shown(late)) == list(range(50))
        assert StatesReader(late).source.state is State.LIVE
        assert early.stat().st_size < 2**20
        assert not arrays.exists()
    for path in after:
        see.record(path)
    for path in (early, late, after[1]):
        assert StatesReader(path).source.state is State.ENDED
        np.testing.assert_array_equal(list(shown(path).values()), seen)
    for path in (arrays, after[0]):
        with np.load(path) as kept:
            assert kept["steps"].tolist() == list(range(50))
            np.testing.assert_array_equal(kept["w1"].reshape(50, -1), np.array(seen)[:, :6])
            assert kept["losses"][0] > kept["losses"][-1]
    record = xorviz.load_run(file).record
    assert record.source is not None
    assert record.source.name == "mine"
    np.testing.assert_array_equal([c.parameters for c in record.checkpoints], seen)


def test_off_leaves_no_file_but_those_that_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XORVIZ_WATCH", " OFF ")
    with xorviz.watch() as see:
        see.record(tmp_path / "run.npz")
        see.record(tmp_path / "run.xwatch")
        trained(see)
        assert places.files() == []
    assert len(shown(tmp_path / "run.xwatch")) == 50
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"run.npz", "run.xwatch"}


def test_what_cannot_be_recorded_is_refused_at_once(tmp_path: Path, capsys: Any) -> None:
    see = xorviz.watch(window=False)
    os.mkfifo(tmp_path / "pipe.xwatch")
    refused: list[tuple[Any, str]] = [
        (tmp_path / "nowhere" / "run.npz", r"nowhere/run.npz: The folder does not exist."),
        ("run.csv", r"run.csv'; allowed: a name that ends with"),
        (3, "the name of a file"),
        (tmp_path / "pipe.xwatch", "it is a device, not a file"),
    ]
    if os.geteuid():  # root can write everywhere
        (tmp_path / "closed").mkdir(mode=0o500)
        refused.append((tmp_path / "closed" / "run.npz", "permission"))
    for path, text in refused:
        with pytest.raises((FileError, xorviz.SettingError), match=text):
            see.record(path)
    with xorviz.watch(window=False) as other:
        trained(other, 5)
        other.record(tmp_path / "run.xwatch")
        trained(see, 5)
        with pytest.raises(FileError, match=r"run.xwatch: .* another program is writing it"):
            see.record(tmp_path / "run.xwatch")
    see.close()
    assert len(shown(tmp_path / "run.xwatch")) == 5
    with xorviz.watch(window=False) as see:
        see.record(tmp_path / "a.npz")
        see(*[np.ones((2, 2))] * 3)
        with pytest.raises(FileError, match=r"\.xwatch"):
            see.record(tmp_path / "b.xorviz")
    assert isinstance(opened(places.files()[0]), OtherRun)
    assert "a.npz: Only .xwatch" in capsys.readouterr().err


@pytest.mark.parametrize("fails", [False, True])
def test_a_file_that_fails_at_the_end_is_said_and_hides_no_error(
    fails: bool, tmp_path: Path, capsys: Any
) -> None:
    empty, see = xorviz.watch(window=False), xorviz.watch(window=False)
    empty.record(tmp_path / "empty.npz")
    with pytest.raises(FileError, match="nothing to write: no states were recorded"):
        empty.close()
    see.record(tmp_path / "exit.npz")
    trained(see, 5)
    watching._for_all(watching.Watch._finish)  # at the exit of the program

    def ending() -> None:
        with xorviz.watch(window=False) as see:
            trained(see, 5)
            see.record(tmp_path / "gone" / "run.npz")
            see.record(tmp_path / "run.npz")
            (tmp_path / "gone").rmdir()
            if fails:
                raise ZeroDivisionError

    (tmp_path / "gone").mkdir()
    with pytest.raises(ZeroDivisionError if fails else FileError):
        ending()
    assert ("gone/run.npz: The folder does not exist." in capsys.readouterr().err) == fails
    assert {path.name for path in tmp_path.glob("*.npz")} == {"exit.npz", "run.npz"}


def test_a_disk_that_is_full_ends_the_recording_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    with xorviz.watch(window=False) as see:
        seen = trained(see, 20)
        see.record(tmp_path / "run.npz")
        with monkeypatch.context() as full:
            full.setattr(os, "pwrite", lambda *_: 7)
            trained(see, 200)
    [path] = places.files()
    said = f"xorviz: {path} is no longer written: No space left on device\n"
    assert capsys.readouterr().err == said
    assert StatesReader(path).source.state is State.LOST
    with np.load(tmp_path / "run.npz") as kept:
        assert len(kept["steps"]) == len(seen)


UNUSABLE = ["open to all", "a link", "a pipe", "below a file"]


def spoil(folder: Path, how: str) -> None:
    """Make a folder one that is not used."""
    above = folder.parent if how != "below a file" else folder.parent.parent
    above.mkdir(parents=True, exist_ok=True)
    if how == "open to all":
        folder.mkdir()
        folder.chmod(0o755)
    elif how == "a link":
        (above / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to("elsewhere")
    elif how == "a pipe":
        os.mkfifo(folder)
    else:
        folder.parent.touch()


@pytest.mark.parametrize("how", UNUSABLE)
def test_an_unusable_folder_is_passed_over(how: str, capsys: Any) -> None:
    first, second, _ = places.candidates()
    spoil(first, how)
    with xorviz.watch(window=False) as see:
        trained(see, 5)
    [path] = places.files()
    assert path.parent == second
    assert [stat.S_IMODE(one.stat().st_mode) for one in (second, path)] == [0o700, 0o600]
    assert capsys.readouterr().err == ""


def test_without_any_folder_or_when_it_is_removed_the_program_continues(
    tmp_path: Path, capsys: Any
) -> None:
    with xorviz.watch(window=False) as see:
        trained(see, 5)
        places.files()[0].unlink()
        places.candidates()[0].rmdir()
        trained(see, 5)
        see.record(tmp_path / "run.xwatch")
    assert len(shown(tmp_path / "run.xwatch")) == 10
    for folder in places.candidates():
        spoil(folder, "open to all")
    with xorviz.watch() as see:
        trained(see, 5)
    assert capsys.readouterr().err == (
        "xorviz: this run is not recorded, since no file can be made: "
        f"{places.candidates()[-1]} belongs to another user, or others can open it\n"
    )


WRITING = """
import os, sys
from tests.watching.programs import Program
from xorviz import watch

def write(width):
    program = Program.of(width)
    program.b2[...] = 0
    see = watch(window=False)
    see(*program.arrays)
    print(os.getpid(), see._recorder.path, flush=True)
    for step in range(1, 10**9):
        see._next_time = 0.0  # each state
        program.b2[...] = step
        see(*program.arrays)

for width in sys.stdin:
    child = os.fork()
    if not child:
        write(int(width))
    os.waitpid(child, 0)
    print("gone", flush=True)
"""


@pytest.mark.parametrize("kills", [3, pytest.param(200, marks=pytest.mark.thorough)])
def test_whenever_a_program_is_stopped_or_killed_its_file_holds_what_it_had(kills: int) -> None:
    random = np.random.default_rng(1)
    command = [sys.executable, "-c", WRITING]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, bufsize=1, **pipes) as programs:
        assert programs.stdin is not None
        assert programs.stdout is not None
        for width in random.choice([1, 64], kills).tolist():
            print(width, file=programs.stdin)
            child, name = programs.stdout.readline().split()
            path, had = Path(name), Program.of(width).line
            found = StatesReader(path)
            for _ in range(int(random.integers(1, 12))):
                found.read()
            os.kill(int(child), signal.SIGSTOP)
            found.read()
            assert found.source.state is State.LIVE
            os.kill(int(child), signal.SIGKILL)
            assert programs.stdout.readline() == "gone\n"
            assert StatesReader(path).source.state is State.LOST
            for step, numbers in shown(path).items():
                had[-1] = step
                assert numbers.tobytes() == had.tobytes()
