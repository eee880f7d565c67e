"""Reading and writing: run files (see README.md here), weights, exports, lab tables."""

from xorviz.files.atomic import FileError
from xorviz.files.run_file import MOST_BYTES, SUFFIX, dumps, load_run, loads, save_run

__all__ = ["MOST_BYTES", "SUFFIX", "FileError", "dumps", "load_run", "loads", "save_run"]
