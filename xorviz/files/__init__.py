"""Reading and writing: run files, weights, exports, lab tables.
Everything read is checked before use; only pictures need Qt. Run-file format: README.md here."""

from xorviz.files.atomic import FileError
from xorviz.files.run_file import MOST_BYTES, SUFFIX, dumps, load_run, loads, save_run

__all__ = ["MOST_BYTES", "SUFFIX", "FileError", "dumps", "load_run", "loads", "save_run"]
