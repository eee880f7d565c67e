"""The mark of a start: left behind by starts that failed, not by those under way."""

import os
from pathlib import Path

import pytest
from xorviz.window.docks import start_mark
from xorviz.window.docks.start_mark import StartMark


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "starting.lock"


def test_it_is_there_until_the_start_has_succeeded(path: Path) -> None:
    mark = StartMark(path)
    for _ in range(2):
        assert not mark.set()
        assert path.exists()
        mark.remove()
        assert not path.exists()
    mark.remove()


def test_one_without_a_process_was_left_behind(path: Path) -> None:
    path.touch()
    mark = StartMark(path)
    assert mark.set()
    mark.remove()
    assert not path.exists()


def test_another_start_under_way_is_no_failure_and_keeps_its_mark(path: Path) -> None:
    first, second = StartMark(path), StartMark(path)
    assert not first.set()
    assert not second.set()
    second.remove()
    assert path.exists()
    first.remove()
    assert not path.exists()


def test_a_start_that_hangs_has_failed(path: Path) -> None:
    hanging, next_one = StartMark(path), StartMark(path)
    hanging.set()
    long_ago = path.stat().st_mtime - start_mark.STUCK_SECONDS - 1
    os.utime(path, (long_ago, long_ago))
    assert next_one.set()
    next_one.remove()
    assert not path.exists()
    hanging.remove()


def test_a_disk_without_locks_has_a_mark(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_file: object) -> None:
        raise OSError("no locks")

    monkeypatch.setattr(start_mark, "lock", refuse)
    mark = StartMark(path)
    assert not mark.set()
    assert path.exists()
    mark.remove()
    assert not path.exists()


def test_without_a_folder_there_is_no_mark(tmp_path: Path) -> None:
    mark = StartMark(tmp_path / "none" / "starting.lock")
    assert not mark.set()
    mark.remove()
