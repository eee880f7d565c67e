"""A CSV file of a lab's networks: rows are added as they come, and read back to go on.

Each row is there whole or not at all: what was cut short is cut off.
"""

import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from xorviz.files.atomic import FileError, lock, sentence_of
from xorviz.files.lab.csv import HEADER, Ended, rows_csv
from xorviz.files.lab.rows import LONGEST, RowReader
from xorviz.lab.plan import LabPlan

_FOLDER = "It is a folder, not a file."


class LabFile:
    """A file that rows are added to. Whatever it refuses, those before stay as they are."""

    def __init__(self, file: RawIOBase, end: int = 0) -> None:
        """Go on in an unbuffered file where its last whole row ends, or start at 0.

        Raises FileError; so do all others.
        """
        self._file = file
        self._end = end
        self.added = 0
        """Rows that were added."""
        try:
            self._cut()
        except OSError as error:
            raise FileError(sentence_of(error)) from error
        if end == 0:
            self._write(f"{HEADER}\n")
            self.added = 0

    @classmethod
    def created(cls, path: Path) -> "LabFile":
        """Return a new file with nothing but the names of the columns."""
        file = _opened(path, is_new=True)
        try:
            return cls(file)
        except FileError:
            file.close()
            with suppress(OSError):
                path.unlink()
            raise

    @classmethod
    def reopened(cls, path: Path, end: int) -> "LabFile":
        """Return a file that rows were read from, cut off where its last whole row ended then.

        It is left alone if others have written to it since.
        """
        file = _opened(path, is_new=False)
        try:
            _check_rest(file, end)
            return cls(file, end)
        except FileError:
            file.close()
            raise

    def add(self, plan: LabPlan, ended: Ended) -> None:
        """Add a row for each network, and hand them to the system; as many as there is room for."""
        self._write(rows_csv(plan, ended))

    def close(self) -> None:
        """Let go of the file; nothing waits to be written."""
        with suppress(OSError):
            self._file.close()

    def _write(self, text: str) -> None:
        data, written = text.encode("ascii"), 0
        try:
            while written < len(data):
                written += self._file.write(memoryview(data)[written:]) or 0
        except OSError as error:
            raise FileError(sentence_of(error)) from error
        finally:
            self._end += data.rfind(b"\n", 0, written) + 1
            self.added += data.count(b"\n", 0, written)
            if written < len(data):
                with suppress(OSError):
                    self._cut()

    def _cut(self) -> None:
        """Cut off what stands behind the last whole row."""
        self._file.seek(self._end)
        self._file.truncate()


def read(path: Path, plan: LabPlan) -> tuple[list[Ended], int]:
    """Return what a file knows of a plan's networks, and where its last whole row ends.

    Raises FileError where it cannot be read, and where it has anything else than such networks,
    each at most once.
    """
    reader, end = RowReader(plan), 0
    with _opened_for_reading(path) as file:
        while (line := file.readline(LONGEST)).endswith(b"\n"):
            reader.take(line)
            end += len(line)
    reader.leave(line)
    return reader.ended(), end


@contextmanager
def _opened_for_reading(path: Path) -> Iterator[BinaryIO]:
    """Give a file. Raises FileError for what the disk refuses, inside the block too."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise FileError(_FOLDER)
        if not stat.S_ISREG(mode):  # opening a pipe would wait for its other end
            raise FileError("It is not a file.")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise FileError("There is no such file.") from None
    except OSError as error:
        raise FileError(f"It cannot be read: {error.strerror}.") from error
    except ValueError:  # a zero byte in the path, or what this system cannot encode
        raise FileError("No file can have this name.") from None


def _opened(path: Path, is_new: bool) -> RawIOBase:
    """Return a file that is written to without a buffer, and by nobody else. Raises FileError."""
    try:
        file = path.open("xb", buffering=0) if is_new else path.open("r+b", buffering=0)
    except FileExistsError:
        is_folder = path.is_dir()
        raise FileError(_FOLDER if is_folder else "It is there already.") from None
    except OSError as error:
        raise FileError(sentence_of(error)) from error
    except ValueError:  # a zero byte in the path, or what this system cannot encode
        raise FileError("No file can have this name.") from None
    try:
        lock(file)
    except BlockingIOError:
        file.close()
        raise FileError("Another program is writing to it.") from None
    except OSError:
        pass  # there are no locks on this disk
    return file


def _check_rest(file: RawIOBase, end: int) -> None:
    """Raise FileError unless nothing but a part of a row stands behind the end."""
    try:
        file.seek(end)
        rest = file.read(LONGEST) or b""
    except OSError as error:
        raise FileError(sentence_of(error)) from error
    if b"\n" in rest:
        raise FileError("Another program has written to it meanwhile.")
