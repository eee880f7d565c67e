"""Recovery copies exist after a crash, and only then."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.commands import ROOT
from tests.support.files import refusal
from tests.support.watched import watched_record
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.recovery import Recovery, discard, orphans
from xorviz.files.run_file import load_run


def trained(steps: int) -> Project:
    recording = Recording(RunConfig())
    recording.advance(steps)
    return Project(recording.record(), recording.newest)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "recovery"


@pytest.fixture
def recovery(folder: Path) -> Iterator[Recovery]:
    recovery = Recovery(folder)
    yield recovery
    recovery.close()


def copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.xorviz"))


SAVE_AND_WAIT = """
import sys
from pathlib import Path
from xorviz.core.settings import RunConfig
from xorviz.core.runs.record import Record
from xorviz.core.runs.project import Project
from xorviz.files.recovery import Recovery
recovery = Recovery(Path(sys.argv[1]))
recovery.save(Project(Record(RunConfig(seed=77)), 0))
print("saved", flush=True)
input()
"""


@contextmanager
def another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that has saved a copy, and is to be killed."""
    command = [sys.executable, "-c", SAVE_AND_WAIT, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "saved\n"
        yield process


def abandoned(folder: Path, seed: int = 1) -> Path:
    """Return a copy whose lock is no longer held, as after a crash."""
    before = copies(folder)
    crashed = Recovery(folder)
    crashed.save(Project(Record(RunConfig(seed=seed)), 0))
    crashed.leave()
    (path,) = {*copies(folder)} - {*before}
    return path


def test_a_copy_is_a_run_file_that_each_save_replaces(
    folder: Path, recovery: Recovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    watched = Project(watched_record(steps=(0, 1, 50)), 1)
    for project in (trained(10), trained(200), watched):
        recovery.save(project)
        (path,) = copies(folder)
        found = load_run(path)
        assert (found, found.step) == (project, project.step)
        assert path.name.startswith(f"{os.getpid()}-")
    assert len(found.record.checkpoints) == 3
    assert folder.stat().st_mode & 0o777 == 0o700  # nobody else may read it
    assert not synced  # only a durable copy waits for the disk
    recovery.save(watched, durable=True)
    assert synced


def test_nothing_is_left_before_the_first_save_and_after_closing(
    folder: Path, recovery: Recovery
) -> None:
    assert orphans(folder) == []
    recovery.close()
    assert not folder.parent.exists()
    recovery.save(trained(1))
    shutil.rmtree(folder)  # an emptied folder is filled again
    recovery.save(trained(2))
    assert load_run(*copies(folder)) == trained(2)
    assert orphans(folder) == []
    recovery.close()
    assert not folder.exists()
    recovery.save(trained(1))
    (folder / "note.txt").touch()  # other files are kept, and are no orphans
    (folder / "folder.xorviz").mkdir()
    assert orphans(folder) == []
    recovery.close()
    assert {path.name for path in folder.iterdir()} == {"note.txt", "folder.xorviz"}


def test_the_copy_of_a_killed_process_is_an_orphan_until_it_is_discarded(
    folder: Path, recovery: Recovery
) -> None:
    recovery.save(trained(1))
    (own,) = copies(folder)
    with another_process(folder) as process:
        assert len(copies(folder)) == 2
        assert orphans(folder) == []  # both processes run
        process.send_signal(signal.SIGKILL)
        process.wait()
    (path,) = {*copies(folder)} - {own}
    for _ in range(2):  # looking takes nothing away
        assert orphans(folder) == [path]
    assert load_run(path).record.config.seed == 77
    # A process of the same number may run by then.
    heir = path.with_name(f"{os.getpid()}-12345678.xorviz")
    path.rename(heir)
    path.with_suffix(".lock").rename(heir.with_suffix(".lock"))
    assert orphans(folder) == [heir]
    (folder / f".{heir.name}.0123456789abcdef.tmp").write_bytes(b"half")
    discard(heir)
    assert {file.name for file in folder.iterdir()} == {own.name, own.with_suffix(".lock").name}
    assert load_run(own) == trained(1)
    recovery.close()
    assert not folder.exists()


def test_a_copy_without_a_lock_is_an_orphan_and_the_last_takes_the_folder(folder: Path) -> None:
    path = abandoned(folder)
    path.with_suffix(".lock").unlink()
    assert orphans(folder) == [path]
    discard(path)
    assert not folder.exists()
    discard(folder / "1-2.xorviz")


def test_orphans_come_newest_first(folder: Path) -> None:
    first, second, third = (abandoned(folder, seed) for seed in (1, 2, 3))
    for age, path in enumerate((second, third, first)):
        os.utime(path, ns=(0, 10**18 - age))
    assert orphans(folder) == [second, third, first]


def test_a_copy_that_cannot_be_saved_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    recovery = Recovery(tmp_path / "file")
    for _ in range(2):
        assert refusal(recovery.save, trained(1)).startswith("Its folder cannot be created: ")
    assert orphans(tmp_path / "file") == []
    recovery.close()
