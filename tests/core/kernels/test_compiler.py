"""The choice of kernels, compilation, code on disk, and errors of Numba."""

import errno
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.support.commands import python
from xorviz.core.kernels import compiler, kernels, numba_kernel, numba_lanes, object_code
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY, KernelError, chosen, compiled
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import NumpyKernel

PARTS = """
def twice(x):
    return 2.0 * x
"""
SOURCE = """
from small_parts import twice
from xorviz.core.arrays import Array


def twice_and_one(x: Array) -> None:
    x[0] = twice(x[0]) + 1.0
"""

Load = Callable[[], types.ModuleType]


@pytest.fixture(autouse=True)
def _nothing_is_compiled_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compiler, "_COMPILED", {})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "of the user"))
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Return a loader of the same functions, like another process with the same files."""
    files = {name: tmp_path / f"{name}.py" for name in ("small_parts", "small_functions")}
    for file, source in zip(files.values(), (PARTS, SOURCE), strict=True):
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


def fast_form(module: types.ModuleType, notify: Callable[[], object]) -> Callable[..., None]:
    fast: Callable[..., None] = compiled(module.twice_and_one, [module.twice], notify)
    return fast


def result_of(module: types.ModuleType) -> tuple[float, bool]:
    """Return the compiled result for 3, and whether that needed compiling."""
    told: list[str] = []
    numbers = np.array([3.0])
    fast_form(module, lambda: told.append("compiling"))(numbers)
    return float(numbers[0]), told != []


def code_files(folder: Path) -> list[Path]:
    """Return the files with compiled code in a folder."""
    return list(folder.rglob("*.code"))


def test_a_function_is_compiled_once_with_those_it_calls(load: Load) -> None:
    module = load()
    plain = np.array([3.0])
    module.twice_and_one(plain)
    assert result_of(module) == (plain[0], True) == (7.0, True)
    assert result_of(module) == (7.0, False)
    assert result_of(load()) == (7.0, False)  # as in another process


def test_code_on_disk_is_loaded_without_numba() -> None:
    kernels.prepare(compiler.NUMBA)  # if it was not compiled yet
    code = (
        "import sys; from xorviz.core.kernels import kernels; kernels.prepare('numba', sys.exit);"
        "print(*sorted({'numba', 'llvmlite'} & set(sys.modules)))"
    )
    assert python("-c", code).out == "llvmlite\n"


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda whole: whole[: len(whole) // 2],
    "one byte": lambda whole: whole[:-90] + bytes([whole[-90] ^ 1]) + whole[-89:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_code_is_replaced(
    load: Load, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    result_of(load())
    (file,) = code_files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    assert result_of(load()) == (7.0, True)
    assert result_of(load()) == (7.0, False)


def test_code_goes_to_the_users_folder_if_there_is_one_where_the_first_cannot_be_written(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home() -> Path:
        raise RuntimeError

    result_of(load())
    (file,) = code_files(tmp_path)
    file.unlink()
    file.mkdir()
    assert result_of(load()) == (7.0, True)
    assert result_of(load()) == (7.0, False)
    assert {path.parent.parent.name for path in code_files(tmp_path)} > {"of the user"}
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", no_home)
    for _ in range(2):
        assert result_of(load()) == (7.0, True)


def test_code_that_cannot_be_written_is_left_out(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_in_the_middle(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", fail_in_the_middle)
        for _ in range(2):
            assert result_of(load()) == (7.0, True)
    assert {path.stat().st_size for path in code_files(tmp_path)} == {100}
    assert result_of(load()) == (7.0, True)
    assert result_of(load()) == (7.0, False)


def test_a_changed_part_is_compiled_again(load: Load, tmp_path: Path) -> None:
    result_of(load())
    parts = tmp_path / "small_parts.py"
    age = parts.stat().st_mtime - 1000
    parts.write_text(PARTS.replace("2.0", "3.0"))
    os.utime(parts, (age, age))  # as an installer may date it
    assert result_of(load()) == (10.0, True)
    assert result_of(load()) == (10.0, False)


def test_code_of_another_compiler_processor_or_translation_is_not_used(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    triple, _, features = object_code._processor()
    result_of(load())
    others = {"version": "of later", "_processor": (triple, "generic", features)}
    for name, other in others.items():
        with monkeypatch.context() as patched:
            patched.setattr(object_code, name, lambda *_, value=other: value)
            assert result_of(load()) == (7.0, True)
        was_replaced = name == "version"  # each processor has its own file
        assert result_of(load()) == (7.0, was_replaced)
    changed, read = list[str](), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read(file) + b"#" * (file.name in changed))
    for name in ("lanes", "numba_lanes", "object_code", "steps"):
        changed.append(f"{name}.py")
        assert result_of(load()) == (7.0, True)
    assert result_of(load()) == (7.0, False)


def test_a_function_without_its_source_is_compiled_and_not_kept(load: Load, tmp_path: Path) -> None:
    module = load()
    (tmp_path / "small_parts.py").unlink()
    assert result_of(module) == (7.0, True)
    assert code_files(tmp_path) == []


@pytest.mark.parametrize(
    ("module", "name", "error", "told"),
    [
        (object_code, "loaded", RuntimeError("No memory."), "cannot be loaded: No memory."),
        (numba_lanes, "module_of", ValueError("No LLVM.\nMore of it."), "training loop: No LLVM."),
        (numba_lanes, "module_of", MemoryError(), "compile the training loop: MemoryError."),
    ],
)
def test_an_error_of_the_compiler_is_a_sentence(
    load: Load,
    monkeypatch: pytest.MonkeyPatch,
    module: types.ModuleType,
    name: str,
    error: Exception,
    told: str,
) -> None:
    def fail(*_: object) -> str:
        raise error

    if module is object_code:  # code that is on disk
        result_of(load())
    monkeypatch.setattr(module, name, fail)
    with pytest.raises(KernelError) as failure:
        result_of(load())
    assert str(failure.value).startswith("Numba cannot ")
    assert str(failure.value).endswith(told)


def test_code_that_would_call_other_code_is_an_error(load: Load, tmp_path: Path) -> None:
    source = tmp_path / "small_functions.py"
    source.write_text("import math\n" + SOURCE.replace("twice(x[0]) + 1.0", "math.lgamma(x[0])"))
    with pytest.raises(KernelError, match=r"^Numba cannot compile the training loop: it calls \w"):
        result_of(load())


@pytest.mark.parametrize(
    ("broken", "ours"), [("numba", "numba_lanes"), ("llvmlite", "object_code")]
)
def test_what_cannot_be_imported_is_a_sentence_and_tried_again(
    load: Load, monkeypatch: pytest.MonkeyPatch, broken: str, ours: str
) -> None:
    module = load()
    monkeypatch.setitem(sys.modules, broken, None)
    monkeypatch.delitem(sys.modules, f"xorviz.core.kernels.{ours}")
    monkeypatch.delattr(f"xorviz.core.kernels.{ours}")
    with pytest.raises(KernelError, match=rf"^Numba cannot be loaded: .*{broken}.*[^.]\.$"):
        result_of(module)
    monkeypatch.undo()
    assert result_of(module)[0] == 7.0  # nothing of the failure is kept


def test_only_one_thread_compiles_and_no_loaded_function_waits_for_it(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_locked: list[bool] = []
    make = numba_lanes.module_of

    def watch(*given: object) -> str:
        is_locked.append(compiler._LOCK._is_owned())  # type: ignore[attr-defined]
        return make(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(numba_lanes, "module_of", watch)
    module = load()
    fast = fast_form(module, lambda: None)
    assert is_locked == [True]
    with ThreadPoolExecutor(1) as other, compiler._LOCK:
        assert other.submit(fast_form, module, lambda: None).result(timeout=10) is fast


def test_each_kernel_has_its_name_and_numba_is_the_default_where_it_is_installed() -> None:
    assert KERNEL_NAMES == (NUMPY, NUMBA)
    found = [kernels.kernel_named(name) for name in KERNEL_NAMES]
    assert found == [NumpyKernel, NumbaKernel]
    assert [kernel.frees_the_lock for kernel in found] == [False, True]
    assert [chosen(wanted) for wanted in (None, NUMBA, NUMPY)] == [NUMBA, NUMBA, NUMPY]


def test_without_numba_numpy_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "find_spec", lambda _: None)
    assert chosen() == chosen(NUMPY) == NUMPY
    with pytest.raises(KernelError, match=r"not installed.*pip install 'xorviz\[fast\]'"):
        chosen(NUMBA)


def test_the_numba_kernel_is_ready_once_it_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_COMPILED", {})
    assert kernels.is_ready(NUMPY)
    assert not kernels.is_ready(NUMBA)
    kernels.prepare(NUMBA)
    assert kernels.is_ready(NUMBA)
    monkeypatch.setattr(numba_kernel, "fast", None)
    for name in KERNEL_NAMES:
        kernels.prepare(name)
