"""The command desktop: a menu entry, icons and file types, so that files open by double click."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xorviz.cli.terminal import failed, printable
from xorviz.files import assets
from xorviz.files.atomic import naming, write

_NOT_HERE = (
    "desktop works on Linux and other systems with XDG folders, not on Windows and macOS."
    " Open a run file with: xorviz FILE.xorviz"
)
_ICONS = "icons/hicolor"
_PLACES = {
    "icons/xorviz.svg": f"{_ICONS}/scalable/apps/xorviz.svg",
    "icons/run_file.svg": f"{_ICONS}/scalable/mimetypes/application-x-xorviz.svg",
    "xorviz.mime.xml": "mime/packages/xorviz.xml",
    "xorviz.metainfo.xml": "metainfo/xorviz.metainfo.xml",
    "xorviz.desktop": "applications/xorviz.desktop",
}
"""Where resources go. The menu entry is last: it appears only when all else is there."""
_QUOTED = str.maketrans({sign: f"\\{sign}" for sign in '"`$\\'} | {"%": "%%"})
_IN_VALUE = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def run(_: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Install or remove the files and say which; return the exit code."""
    is_installed = "install" in options
    if sys.platform in {"win32", "cygwin", "darwin"}:
        return failed(_NOT_HERE)
    paths = install(_own_command()) if is_installed else remove()
    for path in paths:
        print(printable(f"{'Installed' if is_installed else 'Removed'} {path}"))
    if is_installed:
        print("xorviz is in the menu. Runs (*.xorviz) and lessons (*.xlesson) open with it.")
    if not paths:
        print(printable(f"Nothing to remove from {data_folder()}."))
    for tool in refresh() if paths else ():
        failed(f"{tool} failed; the change may show only after you log in again")
    return 0


def _own_command() -> list[str]:
    """Return the command that starts this installation, or else its Python."""
    program = Path(sys.argv[0]).absolute()  # links stay: installers move what they lead to
    if program.name in {"xorviz", "xorviz-window"} and program.is_file():
        return [str(program)]
    return [sys.executable, "-P", "-m", "xorviz"]


def data_folder() -> Path:
    """Return the user's data folder; a relative XDG_DATA_HOME is ignored."""
    given = Path(os.environ.get("XDG_DATA_HOME", ""))
    return given if given.is_absolute() else Path.home() / ".local" / "share"


def install(command: Sequence[str]) -> list[Path]:
    """Write the files, with a menu entry that starts this command. Raises FileError."""
    placed = []
    for resource, path in _places():
        text = assets.read_text(resource)
        if path.suffix == ".desktop":
            text = _starting(text, command)
        with naming(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, text.encode("utf-8", "surrogateescape"))
        placed.append(path)
    return placed


def remove() -> list[Path]:
    """Remove the files that are there, and no others; return them. Raises FileError."""
    removed = []
    for _, path in reversed(list(_places())):
        with naming(path):
            if path.exists():
                path.unlink()
                removed.append(path)
    return removed


def refresh() -> list[str]:
    """Have the desktop read its folders again; return the tools that failed.

    A missing tool is not needed: only desktops that bring it read its output.
    """
    folder = data_folder()
    icons = folder / _ICONS
    commands = [
        ["update-mime-database", str(folder / "mime")],
        ["update-desktop-database", str(folder / "applications")],
    ]
    if icons.exists():
        with naming(icons):
            os.utime(icons)  # desktops look for new icons when its time changes
    if (icons / "icon-theme.cache").exists():  # a new one would hide icons that others add later
        commands.append(["gtk-update-icon-cache", "-t", "-f", str(icons)])
    return [words[0] for words in commands if not _succeeds(words)]


def _succeeds(words: list[str]) -> bool:
    """Run a tool on a folder; return whether it succeeds, or the tool or folder is missing."""
    tool, *_, folder = words
    if shutil.which(tool) is None or not Path(folder).exists():
        return True
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _places() -> Iterator[tuple[str, Path]]:
    folder = data_folder()
    return ((resource, folder / place) for resource, place in _PLACES.items())


def _starting(entry: str, command: Sequence[str]) -> str:
    """Return a desktop entry with this command; menus hide it once the program is removed."""
    program = command[0].translate(_IN_VALUE)
    # GLib 2.84 refuses an entry whose first word has a percent sign, although it is doubled.
    command = ["env", *command] if "%" in program else command
    words = " ".join(f'"{word.translate(_QUOTED)}"'.translate(_IN_VALUE) for word in command)
    return entry.replace("Exec=xorviz %f", f"TryExec={program}\nExec={words} %f")
