"""Windows are found in a folder that only this user can read and write."""

import json
import os
import tempfile
from pathlib import Path

import pytest

from xorviz.watching import places
from xorviz.watching.places import PlaceError, WindowAddress

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="users are of POSIX")


@pytest.fixture
def temporary(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder that is taken where there is none for the session."""
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"xorviz-{os.getuid()}"


def test_the_folder_is_in_that_of_the_session(place: Path) -> None:
    assert places.folder() == place
    assert place.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("named", ["", "/nowhere", "/dev/null"])
def test_without_one_it_is_among_temporary_files(
    named: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", named)
    assert places.folder() == temporary
    assert temporary.stat().st_mode & 0o777 == 0o700


def test_a_session_of_another_user_is_not_taken(
    temporary: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place.parent))
    monkeypatch.setattr(os, "getuid", lambda: place.parent.stat().st_uid + 1)
    with pytest.raises(PlaceError, match="belongs to another user"):  # as all here does
        places.folder()
    assert not place.exists()


def test_a_folder_that_others_can_open_is_refused(temporary: Path) -> None:
    temporary.mkdir()
    temporary.chmod(0o750)
    with pytest.raises(PlaceError, match="belongs to another user, or others can open it"):
        places.folder()


def test_a_link_is_refused(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    temporary.symlink_to("elsewhere")
    with pytest.raises(PlaceError, match="belongs to another user"):
        places.folder()


def test_a_file_in_its_place_is_refused(temporary: Path) -> None:
    temporary.touch()
    with pytest.raises(PlaceError, match="cannot be made: File exists"):
        places.folder()


def test_an_address_is_for_its_user_alone_and_read_back(place: Path) -> None:
    address = places.new_place(7)
    assert address.address == str(place / "7.sock")
    assert len(address.token) == 32
    path = places.publish(address, 7)
    assert path == place / "7.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(places.published()) == [address]
    assert places.new_place(7).token != address.token


def test_the_newest_comes_first_and_what_is_no_address_is_passed_over(place: Path) -> None:
    for number in (1, 3, 2):
        path = places.publish(WindowAddress(f"{number}", "token"), number)
        os.utime(path, ns=(number, number))
    for name, text in {
        "empty": "",
        "list": "[]",
        "more": '{"address": "a", "token": "t", "version": 1, "more": 1}',
        "number": '{"address": 1, "token": "t"}',
        "deep": "[" * 4000,
        "long": json.dumps({"address": "a" * 5000, "token": "t"}),
    }.items():
        (place / f"{name}.json").write_text(text)
    (place / "folder.json").mkdir()
    os.mkfifo(place / "pipe.json")
    (place / "gone.json").symlink_to(place / "closed meanwhile")
    assert [found.address for found in places.published()] == ["3", "2", "1"]


def test_a_session_with_too_long_a_path_for_sockets_is_not_taken(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (deep := tmp_path / ("x" * 100)).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    assert places.folder() == temporary


def test_without_any_folder_for_temporary_files_there_is_no_place(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", missing)
    with pytest.raises(PlaceError, match="temporary files: No usable temporary directory"):
        places.folder()
