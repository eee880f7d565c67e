"""Machine code: made by Numba, kept on disk, and loaded without it, in a twentieth of a second.

Imports llvmlite, Numba's own way to LLVM; compiler.py imports this where code is needed.
"""

import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from llvmlite import __version__ as llvm_version
from llvmlite import binding as llvm

_DIGEST_BYTES = sha256().digest_size
_ENGINES: list[object] = []
"""Own the memory of loaded code, which must outlive its callers."""


class ObjectCode:
    """Where the machine code of one function is kept, for this machine's processor.

    What is damaged, or was made from other sources or by another Numba, is not used: code that is
    damaged could crash the process. What cannot be written is left out; of functions without their
    sources, nothing is kept.
    """

    def __init__(self, function: Callable[..., object], sources: Sequence[Path]) -> None:
        """Read the sources."""
        source = Path(function.__code__.co_filename)
        stamp = sha256(f"{llvm_version} {version('numba')} {_processor()}".encode())
        self._folders: list[Path] = []
        with suppress(OSError):  # not every program comes with its sources
            for file in sources:
                stamp.update(file.read_bytes())
            self._folders = list(_folders(source))
        self._stamp = stamp.digest()
        processor = sha256(repr(_processor()).encode()).hexdigest()[:16]
        self._name = f"{source.stem}.{function.__name__}.{processor}.code"

    def kept(self) -> bytes | None:
        """Return the code that is on disk, if it can be used."""
        for folder in self._folders:
            with suppress(OSError):
                content = (folder / self._name).read_bytes()
                digest, code = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
                if digest == self._digest(code):
                    return code
        return None

    def keep(self, code: bytes) -> None:
        """Write code to disk, if that is possible; half a file is not used either."""
        for folder in self._folders:
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                (folder / self._name).write_bytes(self._digest(code) + code)
                return

    def _digest(self, code: bytes) -> bytes:
        return sha256(self._stamp + code).digest()


def assembled(module: str) -> bytes:
    """Return the machine code of a module in LLVM's intermediate representation."""
    code: bytes = _target().emit_object(llvm.parse_assembly(module))
    return code


def loaded(code: bytes, name: str, arguments: int) -> Callable[..., None]:
    """Return a function of machine code, which takes so many pointers and releases the GIL.

    Raises RuntimeError if it cannot be loaded.
    """
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _ENGINES.append(engine)
    function: Callable[..., None] = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * arguments)(
        engine.get_function_address(name)
    )
    return function


@cache
def _processor() -> tuple[str, str, str]:
    """Return LLVM's names of the machine, its processor, and what that can do beyond others."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = ""
    with suppress(RuntimeError):  # LLVM cannot tell for every processor
        features = llvm.get_host_cpu_features().flatten()
    return llvm.get_process_triple(), llvm.get_host_cpu_name(), features


def _target() -> Any:
    """Return a target machine for this processor, as Numba makes them; each engine owns its own."""
    triple, cpu, features = _processor()
    target = llvm.Target.from_triple(triple)
    place = "static" if target.name.startswith("x86") else "default"
    return target.create_target_machine(
        cpu=cpu, features=features, opt=3, reloc=place, codemodel="jitdefault", jit=True
    )


def _folders(source: Path) -> Iterator[Path]:
    """Yield the folder of Python's own compiled files, then one of the user's."""
    yield Path(cache_from_source(str(source))).parent
    caches = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    with suppress(RuntimeError):  # not every user has a home
        yield Path(caches or Path.home() / ".cache") / "xorviz"
