"""Runs as files, and copies of them that outlive a crash. Knows no window and no thread."""

from xorviz.files.atomic import FileError
from xorviz.files.run_file import MOST_BYTES, SUFFIX, dumps, load_run, loads, save_run

__all__ = ["MOST_BYTES", "SUFFIX", "FileError", "dumps", "load_run", "loads", "save_run"]
