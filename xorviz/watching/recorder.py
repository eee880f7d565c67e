"""The files of one run, each state by one write: that which windows find, and those asked for."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from xorviz.core.rules import SettingError
from xorviz.core.runs.project import Project
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import states_npz
from xorviz.files.run_file import SUFFIX as RUN_FILE
from xorviz.files.run_file import save_run
from xorviz.watching import places
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.places import SUFFIX, tell
from xorviz.watching.states_file import Header, StatesWriter

FRAME_SECONDS = 1 / 60
"""From one recent state to the next."""
FIRST = 128
"""States that are all kept."""
_ROWS, _TOGETHER, _RATIO = 4, 5, 32

_NPZ = ".npz"
_OTHER = "Only .xwatch can hold a network with other layers than 2-H-1."


def kept_calls(share: float = 1.0) -> Iterator[int]:
    """Yield the numbers of the calls whose states are kept: of large states, about a share.

    These are the first ones, and five consecutive ones each time that 1/32 more have been made:
    checks need them. Of 10^12 calls that is some 3,800, so none is ever dropped. Such groups begin
    at calls of every remainder mod 4, so that a program that takes a step for each row in turn is
    not checked on one row for ever.
    """
    begin, ratio = max(_ROWS, int(share * FIRST)), max(2, int(share * _RATIO))
    yield from range(begin)
    for remainder in count():
        begin += (remainder - begin) % _ROWS
        yield from range(begin, begin + _TOGETHER)
        begin += max(_TOGETHER, begin // ratio)


class Recorder:
    """Writes every state into all files. What fails ends a file, and never the program."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._writers: list[StatesWriter] = []
        self._asked: list[Path] = []
        """Files that are still to be made."""
        self.path: Path | None = None
        """The first file, with all states."""
        self._is_hidden = self._is_ended = self._is_other = False

    def begin(self, header: Header, is_hidden: bool) -> None:
        """Make the file with all states; say so where that is not possible."""
        self._is_other, name = header.config is None, f"{header.source.key}{SUFFIX}"
        try:
            writer = places.in_first(lambda folder: _made(folder, name, header), is_hidden)
        except OSError as error:
            tell(f"this run is not recorded, since no file can be made: {error}")
        else:
            self._writers = [writer]
            self.path, self._is_hidden = writer.path, is_hidden
        asked, self._asked = self._asked, []
        for file in asked:
            try:
                self.record(file)
            except FileError as error:
                tell(str(error))

    def record(self, path: Path) -> None:
        """Write a file, too, as its name ends. Raises FileError."""
        if self._is_other and path.suffix != SUFFIX:
            raise FileError(f"{path}: {_OTHER}")
        if path in {*self._asked, *(writer.path for writer in self._writers)}:
            return
        if self._is_ended:
            self._export(path)
        elif path.suffix == SUFFIX and self._writers:
            with atomic.naming(path):
                self._writers = [*self._writers, self._writers[0].copied(path)]
        else:
            self._asked.append(path)

    def add(self, step: int, numbers: bytes, is_kept: bool) -> None:
        """Write a state: P doubles, little-endian."""
        self._each(lambda writer: writer.add(step, numbers, is_kept))

    def say(self, text: str) -> None:
        """Write what was found of the program's code, if it is anything."""
        if text:
            self._each(lambda writer: writer.say(text))

    def end(self, diverged: bool) -> None:
        """Write that the run has ended."""
        self._each(lambda writer: writer.end(diverged))
        self._writers = []

    def export(self) -> None:
        """Make the files that are still to be made. Raises FileError."""
        self._is_ended = True
        failures = []
        for path in self._asked:
            try:
                self._export(path)
            except FileError as error:
                failures.append(str(error))
        if self._is_hidden and self.path is not None:
            self.path.unlink(missing_ok=True)
        if failures:
            raise FileError(" ".join(failures))

    def leave(self) -> None:
        """Write nothing more, and hold nothing: another process does."""
        for writer in self._writers:
            writer.close()
        self._writers, self._asked = [], []

    def _each(self, do: Callable[[StatesWriter], None]) -> None:
        """Write something into all files; end one that cannot be written."""
        for writer in self._writers:
            try:
                do(writer)
            except OSError as error:
                tell(f"{writer.path} is no longer written: {error.strerror or error}")
                self._writers = [other for other in self._writers if other is not writer]
                writer.close()

    def _export(self, path: Path) -> None:
        """Write the run as a file's name ends. Raises FileError."""
        with atomic.naming(path):
            if self.path is None:
                raise FileError("There is nothing to write: no states were recorded.")
            if path.suffix == SUFFIX:
                atomic.write(path, self.path.read_bytes())
                return
            with atomic.naming(self.path):
                record = FollowedRun(self.path).record()
            if path.suffix == _NPZ:
                atomic.write(path, states_npz(record))
            else:
                save_run(Project(record, record.newest), path)


def _made(folder: Path, name: str, header: Header) -> StatesWriter:
    """Return the writer of a new file in a folder. Raises OSError."""
    places.tidy(folder)
    return StatesWriter(folder / name, header)


def checked_path(path: Path | str) -> Path:
    """Return the path of a file that can be written. Raises SettingError and FileError."""
    if not isinstance(path, str | Path):
        raise SettingError(f"path is {path!r:.80}; allowed: the name of a file")
    checked = Path(path).absolute()  # a program may go to another folder
    if checked.suffix not in {_NPZ, RUN_FILE, SUFFIX}:
        raise SettingError(
            f"path is {str(path)!r:.80}; allowed: a name that ends with .npz, .xorviz or .xwatch"
        )
    with atomic.naming(checked):
        atomic.check_writable(checked)
    return checked
