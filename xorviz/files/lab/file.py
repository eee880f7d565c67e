"""A CSV file of a lab's networks, to which rows are appended, and from which a lab is resumed."""

from contextlib import suppress
from io import RawIOBase
from pathlib import Path

from xorviz.files.atomic import FileError, file_errors, lock, reading
from xorviz.files.lab.csv import HEADER, LONGEST, Done, RowReader, rows_csv
from xorviz.lab.plan import LabPlan, Places
from xorviz.lab.results.findings import Findings


class LabFile:
    """A file to which whole rows are appended; errors leave earlier rows intact.

    All methods but close raise FileError.
    """

    def __init__(self, file: RawIOBase, end: int = 0) -> None:
        """Append to an unbuffered file after the end of its last whole row, or at 0."""
        self._file = file
        self._end = end
        self.added = 0
        """Number of rows added."""
        with file_errors():
            self._cut()
        if end == 0:
            self._write(f"{HEADER}\n")
            self.added = 0

    @classmethod
    def opened(cls, path: Path, end: int | None = None) -> "LabFile":
        """Return a new file with only a header, or an existing one.

        That is truncated to the end of its last whole row when it was read, and refused if it has
        been written to since.
        """
        with file_errors():
            if path.is_dir():
                raise FileError("It is a folder, not a file.")
            file = path.open("xb" if end is None else "r+b", buffering=0)
        _lock(file)
        try:
            if end is not None:
                _check_rest(file, end)
            return cls(file, end or 0)
        except FileError:
            file.close()
            if end is None:
                with suppress(OSError):
                    path.unlink()
            raise

    def add(self, plan: LabPlan, places: Places, findings: Findings) -> None:
        """Append a row for each network, unbuffered; as many as fit on the disk."""
        self._write(rows_csv(plan, places, findings))

    def close(self) -> None:
        """Close the file; everything has been written."""
        with suppress(OSError):
            self._file.close()

    def _write(self, text: str) -> None:
        data, written = text.encode("ascii"), 0
        try:
            with file_errors():
                while written < len(data):
                    written += self._file.write(memoryview(data)[written:]) or 0
        finally:
            self._end += data.rfind(b"\n", 0, written) + 1
            self.added += data.count(b"\n", 0, written)
            if written < len(data):
                with suppress(OSError):
                    self._cut()

    def _cut(self) -> None:
        """Remove everything after the last whole row."""
        self._file.seek(self._end)
        self._file.truncate()


def read(path: Path, plan: LabPlan) -> tuple[list[Done], int]:
    """Return the outcomes of a plan's networks in a file, and the end of its last whole row.

    Raises FileError if it cannot be read, or has other networks or one of them twice.
    """
    with reading(path) as file:
        return RowReader(plan).read(file)


def _lock(file: RawIOBase) -> None:
    """Lock a file, if its disk has locks. Where another program has, close it; raise FileError."""
    try:
        lock(file)
    except BlockingIOError:
        file.close()
        raise FileError("Another program is writing to it.") from None
    except OSError:
        pass  # this disk has no locks


def _check_rest(file: RawIOBase, end: int) -> None:
    """Raise FileError if whole rows follow the end."""
    with file_errors():
        file.seek(end)
        rest = file.read(LONGEST) or b""
    if b"\n" in rest:
        raise FileError("Another program has written to it in the meantime.")
