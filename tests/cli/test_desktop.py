"""The menu entry and the file types: placed, found and removed as a desktop does it."""

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from select import select

import pytest

from tests.cli.conftest import Opened
from tests.lessons.examples import plain
from tests.support.commands import ROOT, SECONDS, Done, Run, ended
from tests.support.files import without_privileges
from xorviz import __version__
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files import assets
from xorviz.files.run_file import save_run
from xorviz.lessons import library

RESOURCES = ROOT / "resources"
STRANGE = ("a space, 50% of $HOME", "a\"b'c`d", "back\\slash a=b Übung;(&)")


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"needs {tool}")


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a person's own data folder, which is not there yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path / "share"


def installed_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a command xorviz, called from here on, that notes what it is started with."""
    folder.mkdir()
    command = folder / "xorviz"
    command.write_text('#!/bin/sh\nprintf "%s\\n%s\\n" "$0" "$1" >"$NOTES"\n')
    command.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(command)])
    return command


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


PLACED = {
    "applications/xorviz.desktop",
    "icons/hicolor/scalable/apps/xorviz.svg",
    "icons/hicolor/scalable/mimetypes/application-x-xorviz.svg",
    "metainfo/xorviz.metainfo.xml",
    "mime/packages/xorviz.xml",
}


def test_it_installs_and_removes_just_its_own_files(
    run: Run, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no tool of any desktop
    others = {"applications/other.desktop", "icons/hicolor/scalable/apps/other.svg"}
    for name in others:
        (share / name).parent.mkdir(parents=True)
        (share / name).touch()
    for _ in range(2):  # the second time it updates them
        done = run("desktop --install")
        assert (done.status, done.err) == (0, "")
        assert files_in(share) == PLACED | others
    assert all(str(share / name) in done.out for name in PLACED)
    done = run("desktop --remove")
    assert (done.status, done.err) == (0, "")
    assert all(str(share / name) in done.out for name in PLACED)
    assert files_in(share) == others
    assert run("desktop --remove") == Done(0, f"Nothing to remove from {share}.\n", "")
    assert run("desktop --install").status == 0
    entry = (share / "applications" / "xorviz.desktop").read_text()
    assert f'Exec="{sys.executable}" "-P" "-m" "xorviz" %f' in entry  # no command is installed
    assert f"TryExec={sys.executable}\n" in entry
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert run("desktop --install").status == 0
    assert files_in(tmp_path / ".local" / "share") >= PLACED


@needs("desktop-file-validate")
@pytest.mark.parametrize("name", STRANGE)
def test_the_entry_starts_this_very_installation(
    run: Run, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    command = installed_in(tmp_path / name, monkeypatch)
    assert run("desktop --install").status == 0
    entry = share / "applications" / "xorviz.desktop"
    assert ended("desktop-file-validate", entry) == Done(0, "", "")
    if shutil.which("gio") is None:
        pytest.skip("needs gio")
    notes = tmp_path / "notes"
    os.mkfifo(notes)
    monkeypatch.setenv("NOTES", str(notes))
    file = tmp_path / "my %f run.xorviz"
    reader = os.open(notes, os.O_RDONLY | os.O_NONBLOCK)
    subprocess.run(["gio", "launch", entry, file], check=True)  # it does not wait for the command
    assert select([reader], [], [], SECONDS)[0]
    assert os.read(reader, 1000).decode().splitlines() == [str(command), str(file)]
    os.close(reader)


@needs("gio")
@needs("update-mime-database")
@needs("update-desktop-database")
def test_a_double_click_on_a_run_file_opens_it(
    run: Run, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    command = installed_in(tmp_path / "bin", monkeypatch)
    assert run("desktop --install").status == 0
    file = tmp_path / "two units.xorviz"
    save_run(Recording(RunConfig(width=2)), file)
    unnamed = file.with_name("unnamed")
    shutil.copy(file, unnamed)
    lesson = tmp_path / "two units.xlesson"
    lesson.write_text(json.dumps(plain()))
    assert "application/x-xorviz-lesson" in ended("gio", "info", lesson).out
    assert "xorviz.desktop" in ended("gio", "mime", "application/x-xorviz-lesson").out
    for path in (file, unnamed):
        found = ended("gio", "info", "-a", "standard::content-type", path).out
        assert "standard::content-type: application/x-xorviz" in found
    assert "xorviz.desktop" in ended("gio", "mime", "application/x-xorviz").out
    entry = (share / "applications" / "xorviz.desktop").read_text()
    assert f'Exec="{command}" %f\n' in entry
    assert run("", file).status == 0
    assert opened.pop().path == file
    assert run("", lesson).status == 0
    assert opened[-1].lesson == library.opened(lesson)
    assert run("desktop --remove").status == 0
    assert "x-xorviz" not in ended("gio", "info", "-a", "standard::content-type", file).out


def test_a_tool_that_fails_is_reported(
    run: Run, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = ("update-mime-database", "update-desktop-database", "gtk-update-icon-cache")
    for name in tools:
        tool = tmp_path / name
        tool.write_text("#!/bin/sh\nexit 1\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    later = "failed; the change may show only after you log in again"
    done = run("desktop --install")  # without a cache of icons, which is then not made
    assert (done.status, files_in(share)) == (0, PLACED)
    assert done.err == "".join(f"xorviz: {tool} {later}\n" for tool in tools[:2])
    (share / "icons" / "hicolor" / "icon-theme.cache").touch()
    assert run("desktop --remove").err == "".join(f"xorviz: {tool} {later}\n" for tool in tools)


def test_a_closed_folder_and_a_system_without_menus_are_reported(
    run: Run, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share.mkdir(0o500)
    place = share / "icons/hicolor/scalable/apps/xorviz.svg"
    with without_privileges():
        assert run("desktop --install") == Done(
            1, "", f"xorviz: {place}: You have no permission to write here.\n"
        )
    for system in ("win32", "darwin"):
        monkeypatch.setattr(sys, "platform", system)
        assert "not on Windows and macOS" in run("desktop --remove").line
    assert not list(share.iterdir())


@needs("desktop-file-validate")
@needs("appstreamcli")
def test_the_desktop_accepts_the_files_which_tell_of_this_version() -> None:
    assert ended("desktop-file-validate", RESOURCES / "xorviz.desktop") == Done(0, "", "")
    done = ended("appstreamcli", "validate", "--no-net", RESOURCES / "xorviz.metainfo.xml")
    assert done.status == 0, done.out
    releases = ET.fromstring(assets.read_text("xorviz.metainfo.xml")).iter("release")
    assert next(releases).get("version") == __version__
