"""The command desktop: xorviz in the menu, and its files that open by a double click."""

import sys
from pathlib import Path

from xorviz.cli.terminal.printing import failed, printable
from xorviz.files import FileError, desktop

_NOT_HERE = (
    "desktop is for Linux and other systems with XDG folders; on Windows and macOS it is neither"
    " supported nor tried. Open a run file with: xorviz FILE.xorviz"
)


def place(is_installed: bool) -> int:
    """Install or remove the files and say which; return the exit code."""
    if sys.platform in {"win32", "cygwin", "darwin"}:
        return failed(_NOT_HERE)
    try:
        paths = desktop.install(_own_command()) if is_installed else desktop.remove()
        for path in paths:
            print(printable(f"{'Installed' if is_installed else 'Removed'} {path}"))
        if is_installed:
            print("xorviz is in the menu. Runs (*.xorviz) and lessons (*.xlesson) open with it.")
        if not paths:
            print(printable(f"Nothing to remove from {desktop.data_folder()}."))
        for tool in desktop.refresh() if paths else ():
            failed(f"{tool} failed; the change may show only after you log in again")
    except FileError as error:
        return failed(str(error))
    return 0


def _own_command() -> list[str]:
    """Return what starts this very installation: its command, or else its Python."""
    program = Path(sys.argv[0]).absolute()  # links stay: installers move what they lead to
    if program.name in {"xorviz", "xorviz-window"} and program.is_file():
        return [str(program)]
    return [sys.executable, "-P", "-m", "xorviz"]
