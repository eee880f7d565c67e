"""Translation of functions by Numba. The only module that imports Numba, with numba_lanes.py."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from numba import njit, types
from numba.extending import register_jitable

import xorviz.core.kernels.numba_lanes  # noqa: F401 (registers how lanes are compiled)
from xorviz.core.arrays import Array, Steps

_POINTERS = {Array: types.CPointer(types.float64), Steps: types.CPointer(types.int64)}
_PARTS: set[Callable[..., Any]] = set()


def module_of(function: Callable[..., None], parts: Sequence[Callable[..., Any]], name: str) -> str:
    """Return a function with those it calls in LLVM's intermediate representation.

    It has this name, a C interface, and a pointer in place of each array. Raises ValueError for a
    function that would call code outside, and any error of Numba.
    """
    for part in parts:
        if part not in _PARTS:
            register_jitable(forceinline=True, error_model="numpy")(part)
            _PARTS.add(part)
    kinds = [kind for argument, kind in function.__annotations__.items() if argument != "return"]
    pointers = tuple(_POINTERS[kind] for kind in kinds)
    fast = njit(types.void(*pointers), error_model="numpy", no_cpython_wrapper=True)(function)
    module: str = fast.inspect_llvm(pointers)
    if called := re.findall(r'^declare .*@(?!llvm\.)"?([\w.]+)', module, re.MULTILINE):
        raise ValueError(f"it calls {', '.join(called)}")
    (found,) = set(re.findall(r"@cfunc\.\w+", module))
    return module.replace(found, f"@{name}")
