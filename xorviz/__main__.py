"""The entry point of the command xorviz and of ``python -m xorviz``."""

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Environment variables that limit the threads of NumPy's linear algebra."""


def main() -> int:
    """Run the command line and return its exit code; Ctrl+C during loading ends it silently."""
    try:
        _open_missing_streams()
        run = _loaded()
        return run()
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left to interrupt


def _loaded() -> Callable[[], int]:
    """Load the command line with garbage collection off: there is hardly any garbage."""
    for name in _THREADS:
        # More threads gain nothing for small networks, and starting them takes a tenth of the time.
        os.environ.setdefault(name, "1")
    gc.disable()
    from xorviz.cli.main import main as run

    gc.freeze()  # loaded modules stay
    gc.enable()
    return run


def _open_missing_streams() -> None:
    """Replace missing standard streams by the null device.

    They are missing after a shell's ``>&-`` and in Windows programs without a terminal.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 # stays open
            setattr(sys, name, stream)


if __name__ == "__main__":
    sys.exit(main())
