"""Reading and writing: run files (see README.md here), weights, exports, lab tables.

The names of run files are loaded when first used: not every command reads one.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from xorviz.files.atomic import FileError

if TYPE_CHECKING:
    from xorviz.files.run_file import MOST_BYTES, SUFFIX, dumps, load_run, loads, save_run

__all__ = ["MOST_BYTES", "SUFFIX", "FileError", "dumps", "load_run", "loads", "save_run"]


def __getattr__(name: str) -> object:
    """Load a name from its module (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.run_file"), name)
    return value
