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
from tests.support.watched import watched_record
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
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
recovery.save(Project(Record(RunConfig(seed=int(sys.argv[2]))), 0))
print("saved", flush=True)
input()
recovery.close()
"""


@contextmanager
def another_process(folder: Path, seed: int = 1) -> Iterator[subprocess.Popen[str]]:
    """Start a process that has saved a copy, and closes it when it reads a line."""
    command = [sys.executable, "-c", SAVE_AND_WAIT, str(folder), str(seed)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "saved\n"
        yield process
        if process.poll() is None:
            process.communicate("\n")


def crashed(folder: Path, seed: int = 1) -> Path:
    """Return the copy of a killed process."""
    before = copies(folder)
    with another_process(folder, seed) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    (path,) = {*copies(folder)} - {*before}
    return path


def test_a_copy_is_a_run_file_that_each_save_replaces(folder: Path, recovery: Recovery) -> None:
    for steps in (10, 200):
        recovery.save(trained(steps))
        (path,) = copies(folder)
        assert load_run(path) == trained(steps)
        assert path.name.startswith(f"{os.getpid()}-")
    assert folder.stat().st_mode & 0o777 == 0o700  # nobody else may read it


def test_nothing_is_left_before_the_first_save_and_after_closing(
    folder: Path, recovery: Recovery
) -> None:
    assert orphans(folder) == []
    recovery.close()
    assert not folder.parent.exists()
    for steps in (1, 2):
        recovery.save(trained(steps))
        recovery.close()
        assert not folder.exists()


def test_an_emptied_folder_is_filled_again(folder: Path, recovery: Recovery) -> None:
    recovery.save(trained(1))
    shutil.rmtree(folder)
    recovery.save(trained(2))
    assert load_run(*copies(folder)) == trained(2)
    assert orphans(folder) == []


def test_other_files_in_the_folder_are_kept(folder: Path, recovery: Recovery) -> None:
    recovery.save(trained(1))
    (folder / "note.txt").touch()
    recovery.close()
    assert [path.name for path in folder.iterdir()] == ["note.txt"]


def test_autosave_does_not_wait_for_the_disk(
    recovery: Recovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    recovery.save(trained(1))
    assert not synced


def test_copies_of_running_processes_are_not_orphans(folder: Path, recovery: Recovery) -> None:
    recovery.save(trained(1))
    with another_process(folder):
        assert len(copies(folder)) == 2
        assert orphans(folder) == []
    assert len(copies(folder)) == 1


def test_the_copy_of_a_killed_process_is_an_orphan_until_it_is_discarded(
    folder: Path, recovery: Recovery
) -> None:
    recovery.save(trained(1))
    path = crashed(folder, seed=77)
    for _ in range(2):  # looking takes nothing away
        assert orphans(folder) == [path]
    assert load_run(path).record.config.seed == 77
    discard(path)
    assert orphans(folder) == []
    assert load_run(*copies(folder)) == trained(1)
    recovery.close()
    assert not folder.exists()


def test_a_watched_run_is_recovered(folder: Path, recovery: Recovery) -> None:
    project = Project(watched_record(steps=(0, 1, 50)), 1)
    recovery.save(project)
    found = load_run(*copies(folder))
    assert (found, found.step, len(found.record.checkpoints)) == (project, 1, 3)


def test_the_last_orphan_takes_the_folder_with_it(folder: Path) -> None:
    discard(crashed(folder))
    assert not folder.exists()
    discard(folder / "1-2.xorviz")


def test_orphans_come_newest_first(folder: Path) -> None:
    first, second, third = (crashed(folder, seed) for seed in (1, 2, 3))
    for age, path in enumerate((second, third, first)):
        os.utime(path, ns=(0, 10**18 - age))
    assert orphans(folder) == [second, third, first]


def test_a_reused_process_number_hides_no_orphan(folder: Path) -> None:
    path = crashed(folder)
    heir = path.with_name(f"{os.getpid()}-12345678.xorviz")
    path.rename(heir)
    path.with_suffix(".lock").rename(heir.with_suffix(".lock"))
    assert orphans(folder) == [heir]


def test_a_copy_without_a_lock_is_an_orphan(folder: Path) -> None:
    path = crashed(folder)
    path.with_suffix(".lock").unlink()
    assert orphans(folder) == [path]


def test_other_files_are_not_orphans(folder: Path) -> None:
    (folder / "folder.xorviz").mkdir(parents=True)
    (folder / "note.txt").touch()
    assert orphans(folder) == []


def test_temporary_files_are_removed_with_the_copy(folder: Path) -> None:
    path = crashed(folder)
    (folder / f".{path.name}.0123456789abcdef.tmp").write_bytes(b"half")
    discard(path)
    assert not folder.exists()


def test_a_copy_that_cannot_be_saved_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    recovery = Recovery(tmp_path / "file")
    for _ in range(2):
        with pytest.raises(FileError, match=r"^Its folder cannot be created: .+\.$"):
            recovery.save(trained(1))
    assert orphans(tmp_path / "file") == []
    recovery.close()
