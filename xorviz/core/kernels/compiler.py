"""Compiled functions: from disk, or by Numba."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # help and errors of the command line need no NumPy
    from numpy.typing import NDArray

NUMPY, NUMBA = "numpy", "numba"
KERNEL_NAMES = (NUMPY, NUMBA)
INSTEAD = "NumPy is used instead, which is slower."
WITHOUT_IT = "To continue without it, use --kernel numpy"

Arrays = Callable[..., None]
"""A function of arrays, whose annotations say of which."""
Functions = Sequence[Callable[..., Any]]
Notify = Callable[[], object]

_LOCK = threading.RLock()
_COMPILED: dict[Arrays, Arrays] = {}
_TRANSLATORS = ("lanes.py", "numba_lanes.py", "object_code.py")
"""Files that, besides its own, determine what a function is compiled to."""
_NAME = "entry"
"""Of the function in each piece of compiled code."""


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


def compiled(function: Arrays, parts: Functions, notify: Notify = lambda: None) -> Arrays:
    """Return the compiled form of a function of arrays, which releases the GIL while it runs.

    The functions that it calls are compiled with it. Unless that was done before on this machine,
    it takes seconds, and notify is called. The arrays must be contiguous, and are neither checked
    nor converted. Raises KernelError if Numba is missing or broken.
    """
    if function not in _COMPILED:  # one that is does not wait for the lock
        with _LOCK:
            if function not in _COMPILED:
                _COMPILED[function] = _of_arrays(_loaded(function, parts, notify))
    return _COMPILED[function]


def is_compiled(function: Arrays) -> bool:
    """Return whether the compiled form of a function is loaded."""
    return function in _COMPILED


def _loaded(function: Arrays, parts: Functions, notify: Notify) -> Callable[..., None]:
    sources = {Path(part.__code__.co_filename) for part in (function, *parts)}
    sources |= {Path(__file__).with_name(name) for name in _TRANSLATORS}
    sources.add(Path(__file__).parents[1] / "steps.py")
    pointers = len(function.__annotations__) - 1
    with _failing_as("Numba cannot be loaded"):
        from xorviz.core.kernels import object_code

        store = object_code.ObjectCode(function, sorted(sources))
        if code := store.kept():
            return object_code.loaded(code, _NAME, pointers)
    notify()
    with _failing_as("Numba cannot be loaded"):
        from xorviz.core.kernels import numba_lanes
    with _failing_as("Numba cannot compile the training loop"):
        code = object_code.assembled(numba_lanes.module_of(function, parts, _NAME))
        fast = object_code.loaded(code, _NAME, pointers)
    store.keep(code)
    return fast


def _of_arrays(fast: Callable[..., None]) -> Arrays:
    """Return a function that takes arrays from one that takes their addresses."""

    def call(*arrays: "NDArray[Any]") -> None:
        fast(*[array.ctypes.data for array in arrays])

    return call


@contextmanager
def _failing_as(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # a compiler, or a broken installation, can raise anything
        raise KernelError(f"{what}: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    """Return the first line of an error's message without its full stop, or its name."""
    return (str(error).strip().split("\n")[0] or type(error).__name__).rstrip(".")
