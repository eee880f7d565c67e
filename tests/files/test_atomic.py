"""Files are written whole or not at all, whatever fails and whenever the process ends."""

import os
import resource
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.cases import some
from tests.support.commands import python
from xorviz.files import atomic
from xorviz.files.atomic import FileError

NOBODY = 65534


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "run.xorviz"
    path.write_bytes(b"old")
    return path


@pytest.fixture
def shared() -> Iterator[Path]:
    """Return a folder that every user may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Drop the privileges that override permissions."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Limit the size of files, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def refusal(path: Path, data: bytes = b"new") -> str:
    """Return the message for a path that cannot be written."""
    with pytest.raises(FileError) as refused:
        atomic.write(path, data)
    return str(refused.value)


def unreadable(path: Path) -> str:
    """Return the message for a path that cannot be read."""
    with pytest.raises(FileError) as refused:
        atomic.read(path, 10, "It is too big.")
    return str(refused.value)


def assert_untouched(old: Path) -> None:
    assert old.read_bytes() == b"old"
    assert list(old.parent.iterdir()) == [old]


def test_a_file_is_read_up_to_a_size(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert atomic.read(path, 10, "") == b"0123456789"
    path.write_bytes(b"0123456789x")
    assert unreadable(path) == "It is too big."


def test_paths_without_a_file_are_not_read(old: Path) -> None:
    folder = old.parent
    os.mkfifo(folder / "pipe")
    (folder / "circle").symlink_to("circle")
    assert unreadable(folder / "missing") == "The file does not exist."
    assert unreadable(old / "below") == "The file does not exist."
    assert unreadable(folder) == "It is a folder, not a file."
    assert unreadable(folder / "pipe") == "It is not a file."
    assert unreadable(Path("/dev/zero")) == "It is not a file."
    assert unreadable(folder / "a\0b") == "This file name is not allowed."
    assert unreadable(folder / "\ud800") == "This file name is not allowed."
    assert unreadable(folder / "circle").startswith("It cannot be read: ")
    assert unreadable(folder / ("x" * 300)) == "It cannot be read: File name too long."


def test_a_file_without_read_permission_is_not_read(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert unreadable(old) == "You have no permission to read it."


def test_a_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "größe 3.xorviz"
    atomic.write(path, b"\x00\xff" * 5000)
    assert path.read_bytes() == b"\x00\xff" * 5000
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_replaces_an_older_one(old: Path) -> None:
    atomic.write(old, b"new")
    assert old.read_bytes() == b"new"
    assert list(old.parent.iterdir()) == [old]


def test_a_path_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    atomic.write(Path("run.xorviz"), b"new")
    assert (tmp_path / "run.xorviz").read_bytes() == b"new"


def test_a_new_file_has_the_permissions_that_new_files_have(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    atomic.write(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_an_older_file_keeps_its_permissions(old: Path) -> None:
    for mode in [0o600, 0o640, 0o666, 0o755]:
        old.chmod(mode)
        atomic.write(old, b"new")
        assert stat.S_IMODE(old.stat().st_mode) == mode


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_stays_and_its_target_is_written(tmp_path: Path, is_there: bool) -> None:
    folder, link = tmp_path / "elsewhere", tmp_path / "link.xorviz"
    folder.mkdir()
    target = folder / "target"
    if is_there:
        target.write_bytes(b"old")
    link.symlink_to(Path("elsewhere") / "target")
    atomic.write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert {*tmp_path.iterdir()} == {folder, link}
    assert list(folder.iterdir()) == [target]


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("ü" * 127 + "x")
    atomic.write(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("durable", [True, False])
def test_only_a_durable_file_waits_for_the_disk(
    old: Path, durable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def fsync(handle: int) -> None:
        status, there = os.fstat(handle), old.read_bytes().decode()
        is_folder = stat.S_ISDIR(status.st_mode)
        synced.append(f"{'folder' if is_folder else status.st_size}, {there}")

    monkeypatch.setattr(os, "fsync", fsync)
    atomic.write(old, b"newer", durable)
    assert synced == (["5, old", "folder, newer"] if durable else [])


def test_a_folder_that_cannot_be_synced_is_no_failure(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_folders(path: Path, flags: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", no_folders)
    atomic.write(old, b"new")
    assert old.read_bytes() == b"new"


def test_a_full_disk_keeps_the_old_file(old: Path) -> None:
    with no_room_beyond(1000):
        assert refusal(old, bytes(100_000)) == "It cannot be written: File too large."
    assert_untouched(old)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (28, "The disk is full."),
        (122, "The disk quota is used up."),
        (30, "This disk is read-only."),
        (5, "It cannot be written: Input/output error."),
    ],
)
@pytest.mark.parametrize("call", some(["replace", "fsync"], 1))
def test_any_disk_error_keeps_the_old_file(
    old: Path, number: int, sentence: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    owner = {"fsync": os, "replace": Path}[call]
    monkeypatch.setattr(owner, call, refuse)
    assert refusal(old) == sentence
    assert_untouched(old)


def test_an_interruption_keeps_the_old_file_and_is_raised(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        atomic.write(old, b"new")
    assert_untouched(old)


def test_impossible_paths_are_refused(old: Path) -> None:
    folder = old.parent
    assert refusal(folder / "missing" / "run") == "The folder does not exist."
    assert refusal(old / "run") == "The folder does not exist."
    assert refusal(folder) == "It is a folder, not a file."
    assert refusal(Path("/")) == "It is a folder, not a file."
    assert refusal(folder / ("x" * 256)) == "The name is too long."
    assert refusal(folder / "a\0b") == "This file name is not allowed."
    assert refusal(folder / "\ud800") == "This file name is not allowed."
    assert_untouched(old)


def test_circular_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "symbolic links" in refusal(tmp_path / "a")


def test_a_device_and_a_pipe_are_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal(pipe) == "It cannot be written: it is a device, not a file."
    assert pipe.is_fifo()
    assert refusal(Path(os.devnull)) == "It cannot be written: it is a device, not a file."
    assert Path(os.devnull).is_char_device()


def test_a_read_only_file_is_not_replaced(shared: Path) -> None:
    path = shared / "run.xorviz"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with without_privileges():
        assert refusal(path) == "You have no permission to write here."
    assert_untouched(path)


def test_a_read_only_folder_is_refused(shared: Path) -> None:
    shared.chmod(0o555)
    with without_privileges():
        assert refusal(shared / "run.xorviz") == "You have no permission to write here."
    assert not list(shared.iterdir())


def test_an_obstacle_is_found_without_writing(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    atomic.check_writable(shared / "run.xorviz")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FileError, match=r"^You have no permission to write here\.$"):
        atomic.check_writable(shared / "run.xorviz")
    assert not list(shared.iterdir())


END_IN_THE_MIDDLE = """
import os, sys
from pathlib import Path
from xorviz.files import atomic
os.fsync = lambda _: os._exit(9)
atomic.write(Path(sys.argv[1]), b"new")
"""


def test_a_process_that_ends_while_writing_keeps_the_old_file(old: Path) -> None:
    assert python("-c", END_IN_THE_MIDDLE, old).status == 9
    assert old.read_bytes() == b"old"
    (rest,) = atomic.temporaries_of(old)
    assert {*old.parent.iterdir()} == {old, rest}
    assert rest.read_bytes() == b"new"
    assert not atomic.temporaries_of(old.parent / "another.xorviz")
