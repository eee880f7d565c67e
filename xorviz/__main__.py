"""The program's entry: the command xorviz, and ``python -m xorviz``."""

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""How many threads NumPy's linear algebra may start, by the names that its makers gave it."""


def main() -> int:
    """Run the command line; return its exit code.

    Ctrl+C while it is still being loaded ends it without a word.
    """
    try:
        _open_missing_streams()
        run = _loaded()
        return run()
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is told, and nothing left to interrupt


def _loaded() -> Callable[[], int]:
    """Load the command line, and look for no garbage meanwhile: there is hardly any."""
    for name in _THREADS:
        # Networks so small gain nothing by more of them, and to start them costs a tenth of all.
        os.environ.setdefault(name, "1")
    gc.disable()
    from xorviz.cli.main import main as run

    gc.freeze()  # what is loaded stays
    gc.enable()
    return run


def _open_missing_streams() -> None:
    """Let nothing be read, and take what is written nowhere, where a program was given no stream.

    As a shell does on request, and Windows for programs that have no terminal.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 # for good  # for good
            setattr(sys, name, stream)


if __name__ == "__main__":
    sys.exit(main())
