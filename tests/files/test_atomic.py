"""Files are written whole or not at all, whatever fails and whenever the process ends."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.support.commands import python
from tests.support.files import no_room_beyond, refusal, without_privileges
from xorviz.files import atomic


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


def unwritable(path: Path, data: bytes = b"new") -> str:
    return refusal(atomic.write, path, data)


def unreadable(path: Path) -> str:
    return refusal(atomic.read, path, 10, "It is too big.")


def assert_untouched(old: Path) -> None:
    assert old.read_bytes() == b"old"
    assert list(old.parent.iterdir()) == [old]


def test_a_file_is_read_up_to_a_size(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old.write_bytes(b"0123456789")
    assert atomic.read(old, 10, "") == b"0123456789"
    assert refusal(atomic.read, old, 9, "It is too big.") == "It is too big."

    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    assert unreadable(old) == "You have no permission to read it."


def test_paths_without_a_file_are_neither_read_nor_written(old: Path) -> None:
    folder = old.parent
    os.mkfifo(folder / "pipe")
    (folder / "circle").symlink_to("circle")
    no_name, no_folder = "This file name is not allowed.", "The folder does not exist."
    missing, is_folder = "The file does not exist.", "It is a folder, not a file."
    no_file, device = "It is not a file.", "It cannot be written: it is a device, not a file."
    circle = "It cannot be {}: Too many levels of symbolic links."
    for path, read, write in (
        (folder / "missing" / "run", missing, no_folder),
        (old / "below", missing, no_folder),
        (folder, is_folder, is_folder),
        (Path("/"), is_folder, is_folder),
        (folder / "pipe", no_file, device),
        (Path(os.devnull), no_file, device),
        (folder / "a\0b", no_name, no_name),
        (folder / "\ud800", no_name, no_name),
        (folder / "circle", circle.format("read"), circle.format("written")),
        (folder / ("x" * 256), "It cannot be read: File name too long.", "The name is too long."),
    ):
        assert (unreadable(path), unwritable(path)) == (read, write)
    reader, writer = os.pipe()
    assert unwritable(Path(f"/dev/fd/{writer}")) == device  # as /dev/stdout before a "|"
    os.close(reader)
    os.close(writer)
    assert old.read_bytes() == b"old"
    assert {path.name for path in folder.iterdir()} == {"run.xorviz", "pipe", "circle"}
    assert (folder / "pipe").is_fifo()
    assert Path(os.devnull).is_char_device()


def test_a_file_is_written_whole_and_nothing_else_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "usual").touch()
    mode = (tmp_path / "usual").stat().st_mode
    (tmp_path / "usual").unlink()
    monkeypatch.chdir(tmp_path)
    longest = "ü" * 127 + "x"
    for path in (tmp_path / "größe 3.xorviz", Path("relative"), tmp_path / longest):
        for data in (b"\x00\xff" * 5000, b"new"):
            atomic.write(path, data)
            assert path.read_bytes() == data
            assert path.stat().st_mode == mode
        assert [path.name] == [file.name for file in tmp_path.iterdir()]
        path.unlink()


def test_an_older_file_keeps_its_permissions_and_a_link_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link.xorviz"
    link.symlink_to("target")
    atomic.write(link, b"new")  # also where the target is missing
    for mode in [0o600, 0o640, 0o755]:
        target.chmod(mode)
        atomic.write(link, b"newer")
        assert stat.S_IMODE(target.stat().st_mode) == mode
    assert link.is_symlink()
    assert target.read_bytes() == b"newer"
    assert {*tmp_path.iterdir()} == {target, link}


def test_only_a_durable_file_waits_for_the_disk(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []

    def fsync(handle: int) -> None:
        status, there = os.fstat(handle), old.read_bytes().decode()
        is_folder = stat.S_ISDIR(status.st_mode)
        synced.append(f"{'folder' if is_folder else status.st_size}, {there}")

    monkeypatch.setattr(os, "fsync", fsync)
    atomic.write(old, b"new", durable=False)
    assert synced == []
    atomic.write(old, b"newer")
    assert synced == ["5, new", "folder, newer"]
    monkeypatch.setattr(os, "open", Mock(side_effect=PermissionError))  # as on some systems
    atomic.write(old, b"newest")
    assert old.read_bytes() == b"newest"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (27, "It cannot be written: File too large."),
        (28, "The disk is full."),
        (122, "The disk quota is used up."),
        (30, "This disk is read-only."),
    ],
)
def test_any_disk_error_keeps_the_old_file(
    old: Path, number: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse = Mock(side_effect=OSError(number, os.strerror(number)))
    for owner, call in ((Path, "replace"), (os, "fsync")):
        with monkeypatch.context() as broken:
            broken.setattr(owner, call, refuse)
            assert unwritable(old) == sentence
        assert_untouched(old)
    with no_room_beyond(1000):
        assert unwritable(old, bytes(100_000)) == "It cannot be written: File too large."
    monkeypatch.setattr(os, "fsync", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        atomic.write(old, b"new")
    assert_untouched(old)


def test_nothing_is_written_without_permission(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, no = shared / "run.xorviz", "You have no permission to write here."
    atomic.check_writable(path)
    with monkeypatch.context() as forbidden:
        forbidden.setattr(os, "access", lambda *_: False)
        assert refusal(atomic.check_writable, path) == no
    assert refusal(atomic.check_writable, path / "below" / "x") == "The folder does not exist."
    assert not list(shared.iterdir())
    path.write_bytes(b"old")
    path.chmod(0o444)
    with without_privileges():
        assert unwritable(path) == no
    assert_untouched(path)
    path.unlink()
    shared.chmod(0o555)
    with without_privileges():
        assert unwritable(path) == no
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
