"""Compilation, its cache, and errors of Numba."""

import importlib.util
import os
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import numba
import pytest

from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import CompilerError, compiled, is_installed, on_compile

SOURCE = '''"""Two small functions."""


def twice(x):
    return 2.0 * x


def twice_and_one(x):
    return twice(x) + 1.0
'''

Load = Callable[[], types.ModuleType]


@pytest.fixture(autouse=True)
def _nothing_is_compiled_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_COMPILED", {})
    monkeypatch.setattr(compiler, "_INLINED", set())


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Return a loader of the same functions, like another process with the same file."""
    path = tmp_path / "small_functions.py"
    path.write_text(SOURCE)

    def load_it() -> types.ModuleType:
        spec = importlib.util.spec_from_file_location("small_functions", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["small_functions"] = module
        spec.loader.exec_module(module)
        return module

    yield load_it
    sys.modules.pop("small_functions", None)


def fast_form(module: types.ModuleType) -> Callable[[float], float]:
    fast: Callable[[float], float] = compiled(module.twice_and_one, [module.twice])
    return fast


def test_a_function_is_compiled_once_with_its_callees(load: Load) -> None:
    module = load()
    fast = fast_form(module)
    assert fast(3.0) == module.twice_and_one(3.0) == 7.0
    assert fast_form(module) is fast


def test_functions_share_their_callees(load: Load) -> None:
    module = load()
    fast_form(module)
    assert compiled(module.twice, [module.twice])(3.0) == 6.0


def test_compiling_notifies_and_loading_does_not(load: Load) -> None:
    told: list[str] = []
    with on_compile(lambda: told.append("compiling")):
        fast_form(load())(3.0)
    assert told != []
    told.clear()
    with on_compile(lambda: told.append("compiling")):
        assert fast_form(load())(3.0) == 7.0
    assert told == []


def test_nothing_notifies_outside_the_context(load: Load) -> None:
    told: list[str] = []
    with on_compile(lambda: told.append("compiling")):
        pass
    fast_form(load())(3.0)
    assert told == []


def test_compiling_works_without_a_writable_cache(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    njit, options_seen = numba.njit, []

    def without_a_folder(**options: Any) -> Callable[..., Any]:
        options_seen.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        decorate: Callable[..., Any] = njit(**options)
        return decorate

    monkeypatch.setattr(numba, "njit", without_a_folder)
    assert fast_form(load())(3.0) == 7.0
    first, second = options_seen
    assert first == {**second, "cache": True}
    assert second["nogil"]


def test_a_cache_older_than_a_callee_is_removed(load: Load, tmp_path: Path) -> None:
    module = load()
    function, source = module.twice_and_one, Path(str(module.__file__))
    stem, other = source.stem, Path(compiler.__file__)
    kept = tmp_path / f"{stem}.twice_and_one-1.py311.nbi"
    others = [tmp_path / f"{stem}.twice-1.py311.nbi", tmp_path / "unlike.twice_and_one-1.nbi"]
    newest = max(source.stat().st_mtime, other.stat().st_mtime)
    for age, is_there in ((newest + 10, True), (newest - 10, False)):
        for index in (kept, *others):
            index.touch()
            os.utime(index, (age, age))
        compiler._remove_stale(tmp_path, function, [is_installed])
        assert kept.exists() == is_there
        assert all(index.exists() for index in others)


def test_is_installed_does_not_import_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    specs: dict[str, ModuleSpec | None] = {"numba": ModuleSpec("numba", None)}
    monkeypatch.setattr(compiler, "find_spec", specs.get)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert is_installed()
    specs["numba"] = None
    assert not is_installed()


class BrokenFinder:
    """Finds a Numba that cannot be loaded."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def find_spec(self, name: str, *_: Sequence[str] | types.ModuleType | None) -> None:
        if name == "numba":
            raise ImportError(self._reason)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Numba needs NumPy 2.4 or less", "Numba needs NumPy 2.4 or less."),
        ("Got NumPy 2.6.", "Got NumPy 2.6."),
    ],
)
def test_a_broken_numba_raises_a_sentence(
    load: Load, monkeypatch: pytest.MonkeyPatch, reason: str, told: str
) -> None:
    module = load()
    monkeypatch.delitem(sys.modules, "numba")
    monkeypatch.setattr(sys, "meta_path", [BrokenFinder(reason), *sys.meta_path])
    with pytest.raises(CompilerError) as failure:
        fast_form(module)
    assert str(failure.value) == f"Numba cannot be loaded: {told}"
    with pytest.raises(CompilerError), on_compile(lambda: None):
        pass
    monkeypatch.undo()
    assert fast_form(module)(3.0) == 7.0  # nothing of the failure is kept
