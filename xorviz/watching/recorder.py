"""The files of one run: that which windows find, and those that its user asks for."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from weakref import finalize

from xorviz.core.rules import SettingError
from xorviz.core.runs.project import Project
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import write_states
from xorviz.files.run_file import SUFFIX as RUN_FILE
from xorviz.files.run_file import save_run
from xorviz.watching import places
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.states_file import SUFFIX, Header
from xorviz.watching.telling import tell
from xorviz.watching.writer import StatesWriter

_NPZ = ".npz"


class Recorder:
    """Writes every state into all files. What fails ends a file, and never the program."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._writers: list[StatesWriter] = []
        self._asked: list[Path] = []
        """Files that are still to be made."""
        self._path: Path | None = None
        """A file with all states."""
        self._is_ended = False

    @property
    def is_asked(self) -> bool:
        """Whether files are to be made at the end."""
        return bool(self._asked)

    def begin(self, header: Header, is_found: bool) -> Path | None:
        """Make the files that are written from now on; return that which windows find, if any."""
        folders = places.candidates() if is_found else [self._temporary_folder()]
        name, trouble = f"{header.source.key}{SUFFIX}", ""
        for folder in folders:
            try:
                places.tidy(places.made(folder))
                self._writers = [StatesWriter(folder / name, header)]
                break
            except (OSError, FileError) as error:
                trouble = f"{folder}: {error}"
        if not self._writers:
            tell(f"no window can show this run, since no file can be made: {trouble.rstrip('.')}")
        found = self._writers[0].path if self._writers and is_found else None
        early = [path for path in self._asked if path.suffix == SUFFIX]
        for path in early:
            self._asked.remove(path)
            try:
                self._add_file(path, header)
            except FileError as error:
                tell(f"{path}: {error}")
        self._path = self._writers[0].path if self._writers else None
        return found

    def record(self, path: Path) -> None:
        """Write a file, too, as its name ends. Raises FileError."""
        if self._is_ended:
            self._export(path)
        elif path.suffix == SUFFIX and self._writers:
            self._add_file(path, self._writers[0].header)
        else:
            self._asked.append(path)

    def add(self, step: int, numbers: bytes, is_kept: bool) -> None:
        """Write a state: P doubles."""
        self._each(lambda writer: writer.add(step, numbers, is_kept))

    def end(self, step: int, diverged: bool) -> None:
        """Write that the run has ended at a step."""
        self._each(lambda writer: writer.end(step, diverged))
        self._writers.clear()

    def export(self) -> None:
        """Make the files that are still to be made. Raises FileError."""
        self._is_ended = True
        for path in self._asked:
            self._export(path)

    def leave(self) -> None:
        """Write nothing more, and hold nothing: another process does."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()
        self._asked.clear()

    def _temporary_folder(self) -> Path:
        """Return a folder for a file that windows do not find, which is removed with this."""
        folder = Path(tempfile.mkdtemp(prefix="xorviz-"))
        finalize(self, _remove, folder, os.getpid())
        return folder

    def _add_file(self, path: Path, header: Header) -> None:
        """Write all that was written into another file, too. Raises FileError."""
        with atomic.file_errors():
            first = self._writers[0].copied(path) if self._writers else StatesWriter(path, header)
            self._writers.append(first)

    def _export(self, path: Path) -> None:
        """Write the run as a file's name ends. Raises FileError."""
        if self._path is None:
            raise FileError(f"{path}: There is nothing to write: no weights were shown.")
        try:
            record = FollowedRun(self._path).record()
            if path.suffix == _NPZ:
                write_states(record, path)
            elif path.suffix == RUN_FILE:
                save_run(Project(record, record.newest), path)
            else:
                atomic.write(path, self._path.read_bytes())
        except FileError as error:
            raise FileError(f"{path}: {error}") from None

    def _each(self, do: Callable[[StatesWriter], None]) -> None:
        """Do something with every file; one that cannot be written ends."""
        for writer in list(self._writers):
            try:
                do(writer)
            except OSError as error:
                tell(f"{writer.path} is written no further: {error.strerror or error}")
                self._writers.remove(writer)
                writer.close()


def checked_path(path: Path | str) -> Path:
    """Return the path of a file that can be written. Raises SettingError and FileError."""
    checked = Path(path)
    if checked.suffix not in {_NPZ, RUN_FILE, SUFFIX}:
        raise SettingError(
            f"path is {str(path)!r:.80}; allowed: a name that ends with .npz, .xorviz or .xwatch"
        )
    try:
        atomic.check_writable(checked)
    except FileError as error:
        raise FileError(f"{path}: {error}") from None
    return checked


def _remove(folder: Path, process: int) -> None:
    """Remove a folder, unless this process was forked from the one that made it."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
