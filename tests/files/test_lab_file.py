"""A lab file loses no rows, whatever fails."""

import errno
import io
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.files.test_atomic import no_room_beyond, without_privileges
from tests.support.lab import SMALL, trained_snapshot
from xorviz.files.atomic import FileError
from xorviz.files.lab_table import HEADER, LONGEST, Done, LabFile, done_in, networks_csv, read
from xorviz.lab.plan import LabPlan

TEXT = networks_csv(trained_snapshot(SMALL)).encode()
PARTS = [done_in(trained_snapshot(SMALL, [number])) for number in range(3)]
THREE = networks_csv(trained_snapshot(SMALL, range(3))).encode()


class Disk(io.FileIO):
    """A file on a disk with limited space."""

    room = 10**9

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = super().write(view[: self.room])
        self.room -= written
        return written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "größe 3.csv"


def add_all(file: LabFile, parts: Sequence[Done]) -> None:
    for part in parts:
        file.add(SMALL, *part)


def refusal(path: Path, plan: LabPlan = SMALL) -> str:
    with pytest.raises(FileError) as refused:
        read(path, plan)
    return str(refused.value)


def test_added_rows_are_written_at_once(path: Path) -> None:
    file = LabFile.opened(path)
    assert path.read_text() == f"{HEADER}\n"
    for number, ended in enumerate(PARTS, 1):
        file.add(SMALL, *ended)
        assert path.read_bytes() == networks_csv(trained_snapshot(SMALL, range(number))).encode()
    file.close()
    assert path.read_bytes() == THREE


def test_a_file_is_continued(path: Path) -> None:
    file = LabFile.opened(path)
    file.add(SMALL, *PARTS[0])
    file.close()
    ended, end = read(path, SMALL)
    assert [some[0].tolist() for some in ended] == [PARTS[0][0].tolist()]
    with closing(LabFile.opened(path, end)) as file:
        add_all(file, PARTS[1:])
    assert path.read_bytes() == THREE


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_half_a_row_is_removed(path: Path, cut: int) -> None:
    path.write_bytes(TEXT[:-cut])
    ended, end = read(path, SMALL)
    assert sum(len(some[0]) for some in ended) == 47
    assert path.read_bytes() == TEXT[:-cut]  # not before it is written to
    LabFile.opened(path, end).close()
    assert path.read_bytes() == b"".join(TEXT.splitlines(keepends=True)[:-1])


def test_a_file_has_one_writer_at_a_time(path: Path) -> None:
    with closing(LabFile.opened(path)) as file:
        file.add(SMALL, *PARTS[0])
        _, end = read(path, SMALL)
        with pytest.raises(FileError, match=r"Another program is writing to it\."):
            LabFile.opened(path, end)
        file.add(SMALL, *PARTS[1])
    with pytest.raises(FileError, match=r"Another program has written to it in the meantime\."):
        LabFile.opened(path, end)
    add_rest(path, PARTS[2:])
    assert path.read_bytes() == THREE


def add_rest(path: Path, parts: Sequence[Done]) -> None:
    with closing(LabFile.opened(path, read(path, SMALL)[1])) as file:
        add_all(file, parts)


def test_a_disk_without_locks_is_written_to(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("xorviz.files.lab_table.lock", no_locks)
    with closing(LabFile.opened(path)) as file:
        add_all(file, PARTS)
    assert path.read_bytes() == THREE


@pytest.mark.parametrize("room", [1, 400, 4000])
def test_a_full_disk_is_an_error_and_keeps_whole_rows(path: Path, room: int) -> None:
    disk = Disk(path, "xb")
    file = LabFile(disk)
    file.add(SMALL, *PARTS[0])
    size = len(path.read_bytes())
    disk.room = min(room, len(THREE) - size - 1)
    whole_rows = THREE[: THREE.rindex(b"\n", 0, size + disk.room) + 1]
    with closing(file), pytest.raises(FileError, match="The disk is full"):
        add_all(file, PARTS[1:])
    assert path.read_bytes() == whole_rows
    ended, end = read(path, SMALL)
    assert end == len(whole_rows)
    assert sum(len(some[0]) for some in ended) == file.added == whole_rows.count(b"\n") - 1


def test_a_file_without_a_header_is_removed(path: Path) -> None:
    with no_room_beyond(10), pytest.raises(FileError, match="It cannot be written: File too large"):
        LabFile.opened(path)
    assert not path.exists()


def test_existing_files_are_not_overwritten(path: Path) -> None:
    path.write_bytes(b"mine")
    with pytest.raises(FileError, match=r"The file already exists\."):
        LabFile.opened(path)
    assert path.read_bytes() == b"mine"


def test_unwritable_paths_are_refused(tmp_path: Path) -> None:
    for path, sentence in (
        (tmp_path, "It is a folder, not a file."),
        (tmp_path / "none" / "x.csv", "The folder does not exist."),
        (tmp_path / ("x" * 300), "The name is too long."),
        (Path("x\0"), "This file name is not allowed."),
    ):
        with pytest.raises(FileError) as refused:
            LabFile.opened(path)
        assert str(refused.value) == sentence


def test_a_read_only_file_is_refused(path: Path) -> None:
    path.write_bytes(TEXT)
    path.chmod(0o444)
    with without_privileges(), pytest.raises(FileError, match="no permission"):
        LabFile.opened(path, len(TEXT))
    assert path.read_bytes() == TEXT


def test_a_file_that_cannot_be_truncated_is_refused(path: Path) -> None:
    path.write_bytes(TEXT)
    with path.open("rb", buffering=0) as file, pytest.raises(FileError, match="cannot be written"):
        LabFile(file, 5)


def test_an_endless_line_is_not_read_to_its_end(path: Path) -> None:
    path.write_bytes(f"{HEADER}\n".encode())
    os.truncate(path, 2**33)  # which takes no room
    assert refusal(path) == "Line 2 is longer than any row of a lab."
    assert LONGEST < 2**20
