"""The command desktop: xorviz in the menu, and run files that open by a double click."""

import sys
from pathlib import Path

from xorviz.cli.printing import failed, printable
from xorviz.files import FileError, desktop

_NOT_HERE = (
    "desktop is for Linux and other systems with XDG folders; on Windows and macOS it is neither"
    " supported nor tried. Open a run file with: xorviz FILE.xorviz"
)


def install() -> int:
    """Place the files and say which; return the exit code."""
    if _is_elsewhere():
        return failed(_NOT_HERE)
    try:
        _report("Installed", desktop.install(_own_command()))
        print("xorviz is in the menu, and run files (*.xorviz) open with it.")
        return _refreshed()
    except FileError as error:
        return failed(str(error))


def remove() -> int:
    """Remove the files and say which; return the exit code."""
    if _is_elsewhere():
        return failed(_NOT_HERE)
    try:
        removed = desktop.remove()
        if not removed:
            print(printable(f"Nothing to remove from {desktop.data_folder()}."))
            return 0
        _report("Removed", removed)
        return _refreshed()
    except FileError as error:
        return failed(str(error))


def _is_elsewhere() -> bool:
    return sys.platform in {"win32", "cygwin", "darwin"}


def _own_command() -> list[str]:
    """Return what starts this very installation: its command, or else its Python."""
    program = Path(sys.argv[0]).absolute()  # links stay: installers move what they lead to
    if program.name in {"xorviz", "xorviz-window"} and program.is_file():
        return [str(program)]
    return [sys.executable, "-P", "-m", "xorviz"]


def _report(done: str, paths: list[Path]) -> None:
    for path in paths:
        print(printable(f"{done} {path}"))


def _refreshed() -> int:
    for tool in desktop.refresh():
        failed(f"{tool} failed; the change may show only after you log in again")
    return 0
