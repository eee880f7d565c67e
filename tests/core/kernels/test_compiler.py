"""Compilation, its cache, and errors of Numba."""

import errno
import importlib.util
import os
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

import numba
import numpy as np
import pytest

from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import KernelError, compiled, is_installed, on_compile

INLINED = """
def twice(x):
    return 2.0 * x
"""
SOURCE = """
from small_parts import twice


def twice_and_one(x):
    return twice(x) + 1.0
"""

Load = Callable[[], types.ModuleType]


@pytest.fixture(autouse=True)
def _nothing_is_compiled_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_COMPILED", {})
    monkeypatch.setattr(compiler, "_INLINED", set())


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Return a loader of the same functions, like another process with the same files."""
    files = {name: tmp_path / f"{name}.py" for name in ("small_parts", "small_functions")}
    for file, source in zip(files.values(), (INLINED, SOURCE), strict=True):
        file.write_text(source)

    def load_it() -> types.ModuleType:
        for name, path in files.items():
            spec = importlib.util.spec_from_file_location(name, path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
            spec.loader.exec_module(module)
        return module

    yield load_it
    for name in files:
        sys.modules.pop(name, None)


def result_of(module: types.ModuleType) -> tuple[float, bool]:
    """Return the compiled result for 3, and whether that needed compiling."""
    told: list[str] = []
    with on_compile(lambda: told.append("compiling")):
        result = fast_form(module)(3.0)
    return result, told != []


def compiled_file(folder: Path) -> Path:
    """Return the only file of the cache in a folder."""
    (file,) = (path for path in folder.rglob("*") if "twice_and_one" in path.name)
    return file


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
    assert result_of(load()) == (7.0, True)
    assert result_of(load()) == (7.0, False)


def test_nothing_notifies_outside_the_context(load: Load) -> None:
    told: list[str] = []
    with on_compile(lambda: told.append("compiling")):
        pass
    fast_form(load())(3.0)
    assert told == []


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda whole: whole[: len(whole) // 2],
    "random": lambda whole: np.random.default_rng(1).bytes(len(whole)),
    "one byte": lambda whole: whole[:-900] + bytes([whole[-900] ^ 1]) + whole[-899:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_cache_is_replaced(
    load: Load, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    result_of(load())
    file = compiled_file(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    assert result_of(load()) == (7.0, True)
    assert result_of(load()) == (7.0, False)


def test_a_cache_that_cannot_be_read_or_replaced_is_left_out(load: Load, tmp_path: Path) -> None:
    result_of(load())
    file = compiled_file(tmp_path)
    file.unlink()
    file.mkdir()
    for _ in range(2):
        assert result_of(load()) == (7.0, True)
    assert compiled_file(tmp_path).is_dir()  # nothing else is left beside it


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_cache_that_cannot_be_written_is_left_out(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail_in_the_middle(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[:100])
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", fail_in_the_middle)
        for _ in range(2):
            assert result_of(load()) == (7.0, True)
    assert compiled_file(tmp_path).stat().st_size == 100
    assert result_of(load()) == (7.0, True)
    assert result_of(load()) == (7.0, False)


def test_a_function_is_compiled_without_a_folder_for_its_cache(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numba.core.caching.CacheImpl, "_locator_classes", [])
    for _ in range(2):
        assert result_of(load()) == (7.0, True)


def test_the_age_of_the_sources_does_not_matter(load: Load, tmp_path: Path) -> None:
    tomorrow = time.time() + 86_400
    for file in tmp_path.glob("small_*.py"):
        os.utime(file, (tomorrow, tomorrow))
    assert result_of(load()) == (7.0, True)
    assert result_of(load()) == (7.0, False)


def test_a_changed_inlined_function_is_compiled_again(load: Load, tmp_path: Path) -> None:
    result_of(load())
    parts = tmp_path / "small_parts.py"
    age = parts.stat().st_mtime - 1000
    parts.write_text(INLINED.replace("2.0", "3.0"))
    os.utime(parts, (age, age))  # as an installer may date it
    assert result_of(load()) == (10.0, True)
    assert result_of(load()) == (10.0, False)


def test_forms_of_a_function_do_not_replace_each_other(load: Load, tmp_path: Path) -> None:
    source = tmp_path / "small_functions.py"  # its bytecode differs, as with python -OO
    forms = (SOURCE, 7.0), (SOURCE.replace("+ 1.0", "- 1.0"), 5.0)
    for is_first in (True, False):
        for text, result in forms:
            source.write_text(text)
            assert result_of(load()) == (result, is_first)


def test_an_error_of_the_compiler_is_a_sentence() -> None:
    for error, told in (
        (ValueError("LLVM has no memory.\nMore of it."), "LLVM has no memory."),
        (MemoryError(), "MemoryError."),
    ):
        with pytest.raises(KernelError) as failure, on_compile(lambda: None):
            raise error
        assert str(failure.value) == f"Numba cannot compile the training loop: {told}"


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
    with pytest.raises(KernelError) as failure:
        fast_form(module)
    assert str(failure.value) == f"Numba cannot be loaded: {told}"
    with pytest.raises(KernelError), on_compile(lambda: None):
        pass
    monkeypatch.undo()
    assert fast_form(module)(3.0) == 7.0  # nothing of the failure is kept
