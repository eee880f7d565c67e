"""Compiles loops with Numba, once on each machine: from then on they are loaded from the disk."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

NUMPY, NUMBA = "numpy", "numba"
KERNEL_NAMES = (NUMPY, NUMBA)


class KernelError(Exception):
    """Why a kernel cannot be had. The message is a sentence for a person."""


def chosen(wanted: str | None = None) -> str:
    """Return the name of the kernel to use: the one wanted, or else the fastest there is.

    Raises KernelError where the one wanted is not installed.
    """
    if wanted == NUMBA and not is_installed():
        raise KernelError(
            "The kernel numba needs Numba, which is not installed. "
            "Install it with: pip install 'xorviz[fast]'"
        )
    return wanted or (NUMBA if is_installed() else NUMPY)


F = TypeVar("F", bound=Callable[..., Any])
Functions = Sequence[Callable[..., Any]]
Tell = Callable[[], object]

_NUMBA = "numba"
_LOCK = threading.RLock()
_COMPILED: dict[Callable[..., Any], Callable[..., Any]] = {}
_INLINED: set[Callable[..., Any]] = set()


WITHOUT_IT = "To go on without it: --kernel numpy"


class CompilerError(Exception):
    """Why nothing can be compiled. The message is a sentence for a person."""


def is_installed() -> bool:
    """Return whether there is a compiler, without loading it."""
    return find_spec(_NUMBA) is not None


def compiled(function: F, inlined: Functions) -> F:
    """Return the fast form of a function, which lets other threads have Python meanwhile.

    Those that it calls are put in their calls' place. It is compiled, or loaded, at its first
    call. Raises CompilerError where there is no compiler, or it does not work.
    """
    with _LOCK:
        if function not in _COMPILED:
            _COMPILED[function] = _compiled(function, inlined)
        fast: F = _COMPILED[function]  # type: ignore[assignment]
        return fast


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
        _forget_stale(Path(fast.stats.cache_path), function, inlined)
    except (RuntimeError, OSError):  # there is no folder that it may write to
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


def _forget_stale(folder: Path, function: Callable[..., Any], others: Functions) -> None:
    """Remove what was kept of a function before the file of one that it calls was changed.

    Numba itself looks at the function's own file alone.
    """
    files = {Path(part.__code__.co_filename) for part in (function, *others)}
    changed = max(file.stat().st_mtime_ns for file in files)
    module = Path(function.__code__.co_filename).stem
    for index in folder.glob(f"{module}.{function.__name__}-*.nbi"):
        if index.stat().st_mtime_ns < changed:
            index.unlink()


@contextmanager
def telling(tell: Tell) -> Iterator[None]:
    """Within this context, say so when something is compiled, which takes seconds: not loaded.

    It is told in the thread that compiles. Raises CompilerError where there is no compiler.
    """
    # A worker may load it at the same time; two threads that do can wait for each other for ever.
    with _LOCK, _needing_numba():
        from numba.core import event

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, event: object) -> None:  # noqa: ARG002
            tell()

        def on_end(self, event: object) -> None:
            pass

    with event.install_listener("numba:compile", Listener()):
        yield
