"""Compilation with Numba, cached on disk."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

NUMPY, NUMBA = "numpy", "numba"
KERNEL_NAMES = (NUMPY, NUMBA)
INSTEAD = "NumPy is used instead, which is slower."
WITHOUT_IT = "To continue without it, use --kernel numpy"

F = TypeVar("F", bound=Callable[..., Any])
Functions = Sequence[Callable[..., Any]]
Notify = Callable[[], object]

_LOCK = threading.RLock()
_COMPILED: dict[Callable[..., Any], Callable[..., Any]] = {}
_INLINED: set[Callable[..., Any]] = set()


class KernelError(Exception):
    """A kernel cannot be used here. The message is a sentence for the user."""


def chosen(wanted: str | None = None) -> str:
    """Return the name of the requested kernel, or of the fastest one that is installed.

    Raises KernelError if the requested kernel is not installed.
    """
    if wanted == NUMBA and not is_installed():
        raise KernelError(
            "The kernel numba needs Numba, which is not installed. "
            "Install it with: pip install 'xorviz[fast]'"
        )
    return wanted or (NUMBA if is_installed() else NUMPY)


def is_installed() -> bool:
    """Return whether Numba is installed, without importing it."""
    return find_spec(NUMBA) is not None


def compiled(function: F, inlined: Functions) -> F:
    """Return a compiled form of a function that releases the GIL while it runs.

    The functions that it calls are inlined. Compilation, or loading from the cache on disk,
    happens at the first call. Raises KernelError if Numba is missing or broken.
    """
    with _LOCK:
        if function not in _COMPILED:
            _COMPILED[function] = _compiled(function, inlined)
        fast: F = _COMPILED[function]  # type: ignore[assignment]
        return fast


@contextmanager
def on_compile(notify: Notify) -> Iterator[None]:
    """Call notify, in the compiling thread, whenever Numba compiles instead of loading its cache.

    Compiling takes seconds. Raises KernelError if Numba is missing or broken, or for any error
    within the context.
    """
    # Another thread may import Numba at the same time, and two imports can deadlock.
    with _LOCK, _needing_numba():
        from numba.core import event

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, event: object) -> None:  # noqa: ARG002
            notify()

        def on_end(self, event: object) -> None:
            pass

    try:
        with event.install_listener("numba:compile", Listener()):
            yield
    except KernelError:
        raise
    except Exception as error:  # the first call of a function compiles it
        raise KernelError(f"Numba cannot compile the training loop: {_reason(error)}.") from error


def _compiled(function: F, inlined: Functions) -> F:
    with _needing_numba():
        from numba import njit
        from numba.extending import register_jitable
    for part in inlined:
        if part not in _INLINED:
            _INLINED.add(part)
            register_jitable(forceinline=True, error_model="numpy")(part)
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    fast: Any = njit(**options)(function)
    parts: Functions = (function, *inlined)
    files = sorted({Path(part.__code__.co_filename) for part in parts})
    # No folder can be written to; or a later Numba has other names for these parts.
    with suppress(Exception):
        from xorviz.core.kernels.disk_cache import DiskCache

        fast._cache = DiskCache(function, files, repr(options))
    kept: F = fast
    return kept


@contextmanager
def _needing_numba() -> Iterator[None]:
    try:
        import numba  # noqa: F401 (its parts may be there where it is not)

        yield
    except Exception as error:  # a broken installation can raise anything
        raise KernelError(f"Numba cannot be loaded: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    """Return the first line of an error's message without its full stop, or its name."""
    return (str(error).strip().split("\n")[0] or type(error).__name__).rstrip(".")
