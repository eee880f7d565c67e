"""Compiles loops with Numba, once on each machine: from then on they are loaded from the disk."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
Tell = Callable[[], object]

_NUMBA = "numba"
_LOCK = threading.RLock()
_COMPILED: dict[Callable[..., Any], Callable[..., Any]] = {}
_INLINED: set[Callable[..., Any]] = set()


class CompilerError(Exception):
    """Why nothing can be compiled. The message is a sentence for a person."""


def is_installed() -> bool:
    """Return whether there is a compiler, without loading it."""
    return find_spec(_NUMBA) is not None


def compiled(function: F, inlined: Sequence[Callable[..., Any]]) -> F:
    """Return the fast form of a function, which lets other threads have Python meanwhile.

    Those that it calls are put in its place. It is compiled, or loaded, at its first call.
    Raises CompilerError where there is no compiler, or it does not work.
    """
    with _LOCK:
        if function not in _COMPILED:
            _COMPILED[function] = _compiled(function, inlined)
        fast: F = _COMPILED[function]  # type: ignore[assignment]
        return fast


def _compiled(function: F, inlined: Sequence[Callable[..., Any]]) -> F:
    _load()
    from numba import njit
    from numba.extending import register_jitable

    for part in inlined:
        if part not in _INLINED:
            _INLINED.add(part)
            register_jitable(forceinline=True, error_model="numpy")(part)
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        fast: F = njit(cache=True, **options)(function)
    except RuntimeError:  # there is no folder that it may write to
        fast = njit(**options)(function)
    return fast


def _load() -> None:
    try:
        import numba  # noqa: F401
    except Exception as error:  # a broken installation can raise anything
        reason = str(error).removesuffix(".")
        raise CompilerError(f"Numba cannot be loaded: {reason}.") from error


@contextmanager
def telling(tell: Tell) -> Iterator[None]:
    """Within this context, say so when something is compiled, which takes seconds: not loaded.

    It is told in the thread that compiles. Raises CompilerError where there is no compiler.
    """
    _load()
    from numba.core import event

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, event: object) -> None:  # noqa: ARG002
            tell()

        def on_end(self, event: object) -> None:
            pass

    with event.install_listener("numba:compile", Listener()):
        yield
