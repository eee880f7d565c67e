"""Compilation with Numba, cached on disk."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

NUMPY, NUMBA = "numpy", "numba"
KERNEL_NAMES = (NUMPY, NUMBA)
WITHOUT_IT = "To go on without it: --kernel numpy"

F = TypeVar("F", bound=Callable[..., Any])
Functions = Sequence[Callable[..., Any]]
Notify = Callable[[], object]

_LOCK = threading.RLock()
_COMPILED: dict[Callable[..., Any], Callable[..., Any]] = {}
_INLINED: set[Callable[..., Any]] = set()


class KernelError(Exception):
    """A kernel is not available. The message is a sentence for the user."""


class CompilerError(Exception):
    """Numba is missing or broken. The message is a sentence for the user."""


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
    happens at the first call. Raises CompilerError if Numba is missing or broken.
    """
    with _LOCK:
        if function not in _COMPILED:
            _COMPILED[function] = _compiled(function, inlined)
        fast: F = _COMPILED[function]  # type: ignore[assignment]
        return fast


@contextmanager
def on_compile(notify: Notify) -> Iterator[None]:
    """Call notify, in the compiling thread, whenever Numba compiles instead of loading its cache.

    Compiling takes seconds. Raises CompilerError if Numba is missing or broken.
    """
    # Another thread may import Numba at the same time, and two imports can deadlock.
    with _LOCK, _needing_numba():
        from numba.core import event

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, event: object) -> None:  # noqa: ARG002
            notify()

        def on_end(self, event: object) -> None:
            pass

    with event.install_listener("numba:compile", Listener()):
        yield


def _compiled(function: F, inlined: Functions) -> F:
    with _needing_numba():
        from numba import njit
        from numba.extending import register_jitable
    for part in inlined:
        if part not in _INLINED:
            _INLINED.add(part)
            register_jitable(forceinline=True, error_model="numpy")(part)
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        fast: Any = njit(cache=True, **options)(function)
        _remove_stale(Path(fast.stats.cache_path), function, inlined)
    except (RuntimeError, OSError):  # no writable folder for the cache
        fast = njit(**options)(function)
    kept: F = fast
    return kept


@contextmanager
def _needing_numba() -> Iterator[None]:
    try:
        import numba  # noqa: F401 (its parts may be there where it is not)

        yield
    except Exception as error:  # a broken installation can raise anything
        raise CompilerError(f"Numba cannot be loaded: {str(error).rstrip('.')}.") from error


def _remove_stale(folder: Path, function: Callable[..., Any], others: Functions) -> None:
    """Remove the cache of a function if the file of any function that it inlines is newer.

    Numba itself checks only the file of the function.
    """
    files = {Path(part.__code__.co_filename) for part in (function, *others)}
    changed = max(file.stat().st_mtime_ns for file in files)
    module = Path(function.__code__.co_filename).stem
    for index in folder.glob(f"{module}.{function.__name__}-*.nbi"):
        if index.stat().st_mtime_ns < changed:
            index.unlink()
