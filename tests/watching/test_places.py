"""The folders of files and of windows: which are used, who is there, and what is removed."""

import os
import tempfile
from pathlib import Path
from threading import Timer

import pytest

from xorviz.files import atomic
from xorviz.watching import places
from xorviz.watching.places import PlaceError

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="users are of POSIX")


def test_a_folder_is_sought_in_the_state_then_in_the_session_then_among_temporary_files(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = tmp_path / "XDG_RUNTIME_DIR" / "xorviz" / "watched"
    temporary = tmp_path / f"xorviz-watched-{os.getuid()}"
    assert places.candidates() == [state, session, temporary]
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert places.candidates() == [tmp_path / ".local/state/xorviz/watched", temporary]

    def missing() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", missing)
    assert len(places.candidates()) == 1


@pytest.mark.parametrize("kind", ["nfs4", "fuse.sshfs"])
def test_the_disk_of_another_machine_is_not_used(
    kind: str, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = f"/dev/sda / ext4 rw 0 0\nserver:/home {tmp_path} {kind} rw 0 0\n"
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: mounts)
    with pytest.raises(PlaceError, match="on the disk of another machine"):
        places.made(state)
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: mounts.replace(kind, "ext4"))
    assert places.made(state) == state


def test_a_folder_of_another_user_is_not_used(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places.made(state)
    assert list(places.folders()) == [state]
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    assert list(places.folders()) == []
    with pytest.raises(PlaceError, match="belongs to another user"):
        places.made(state)


@pytest.mark.parametrize(("most_files", "most_bytes"), [(4, 10**6), (100, 30)])
def test_the_oldest_files_of_programs_that_have_ended_go_first(
    most_files: int, most_bytes: int, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST_FILES", most_files)
    monkeypatch.setattr(places, "MOST_BYTES", most_bytes)
    places.made(state)
    for number in range(10):
        path = state / f"{number}.xwatch"
        path.write_bytes(b"x" * 10)
        os.utime(path, (number, number))
    (state / "notes.txt").touch()
    (state / "folder.xwatch").mkdir()
    os.mkfifo(state / "pipe.xwatch")
    (state / "gone.xwatch").symlink_to("nowhere")
    with places.hold(state / "2.xwatch"):
        places.tidy(state)
        left = {path.name for path in state.iterdir() if path.is_file()}
    assert left >= {"2.xwatch", "9.xwatch", "notes.txt"}
    assert left <= {"2.xwatch", "9.xwatch", "8.xwatch", "7.xwatch", "notes.txt"}


def test_files_of_all_folders_are_listed_the_newest_first(state: Path) -> None:
    folders = [places.made(folder) for folder in places.candidates()]
    for age, folder in enumerate((folders[1], folders[0], folders[2])):
        path = folder / f"{age}.xwatch"
        path.touch()
        os.utime(path, (age, age))
    assert [path.name for path in places.files()] == ["2.xwatch", "1.xwatch", "0.xwatch"]
    assert places.path_of("0") == folders[1] / "0.xwatch"
    assert places.path_of("9") == state / "9.xwatch"


def test_who_holds_a_file_is_there_and_nobody_else(state: Path) -> None:
    places.made(state)
    assert not places.is_window_open()
    with places.hold_as_only_window(state) as first, places.hold_as_window(state) as second:
        assert [Path(str(file.name)).name for file in (first, second)] == ["1.window", "2.window"]
        for path in state.iterdir():
            assert path.stat().st_mode & 0o777 == 0o600
            assert places.is_held(path)
        with pytest.raises(BlockingIOError, match="another program"):
            places.hold_as_only_window(state)
        first.close()
        assert places.is_window_open()
        places.hold_as_only_window(state).close()
    assert not places.is_window_open()


def test_who_asks_stands_in_nobodys_way(state: Path) -> None:
    path = places.made(state) / "run.xwatch"
    path.touch()
    with path.open("rb") as file:
        atomic.lock(file, is_shared=True)  # as one who asks does for a moment
        assert not places.is_held(path)
        releasing = Timer(0.005, file.close)
        releasing.start()
        with places.hold(path):
            assert places.is_held(path)
        releasing.join()
