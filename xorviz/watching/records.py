"""Files in which a watched program keeps its run."""

from pathlib import Path

from xorviz.core.rules import SettingError
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import write_states
from xorviz.files.run_file import SUFFIX, save_run

_NPZ = ".npz"


def checked_path(path: Path | str) -> Path:
    """Return the path of a file that can be written. Raises SettingError and FileError."""
    checked = Path(path)
    if checked.suffix not in {_NPZ, SUFFIX}:
        raise SettingError(
            f"path is {str(path)!r:.80}; allowed: a name that ends with .npz or .xorviz"
        )
    try:
        atomic.check_writable(checked)
    except FileError as error:
        raise FileError(f"{path}: {error}") from None
    return checked


def write(record: Record, path: Path) -> None:
    """Write a run to a file as its name ends. Raises FileError."""
    try:
        if path.suffix == _NPZ:
            write_states(record, path)
        else:
            save_run(Project(record, record.newest), path)
    except FileError as error:
        raise FileError(f"{path}: {error}") from None
