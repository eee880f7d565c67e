"""Compiled functions on disk. Imports Numba, so compiler.py imports it when one is compiled."""

import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import __version__ as numba_version
from numba.core.caching import FunctionCache
from numba.core.serialize import dumps

_DIGEST_BYTES = sha256().digest_size


class DiskCache(FunctionCache):  # type: ignore[misc]
    """Numba's cache of one function, which is never worse than no cache.

    What cannot be read, or was made from other sources, is compiled again; what cannot be written
    is left out. Numba itself raises an error at the function's first call, looks at the file of
    the function but not at those it inlines, and trusts the data.

    There is a file for each signature, processor and bytecode: a digest of its sources, and the
    code. Code that is damaged could crash the process, and reading a damaged pickle take all
    memory.
    """

    def __init__(self, function: Callable[..., Any], files: Sequence[Path], options: str) -> None:
        """Find the folder. Raises RuntimeError or OSError if there is none."""
        super().__init__(function)
        stamp = sha256(f"{numba_version} {options}".encode())
        for file in files:
            stamp.update(file.read_bytes())
        self._stamp = stamp.digest()
        self._base: Path = Path(self.cache_path) / self._impl.filename_base
        self._cache_file = self  # what Numba loads from and saves to

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the compiled form, or None."""
        try:
            return super().load_overload(signature, target)
        except Exception:  # whatever Numba makes of it
            return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Save a compiled form, if that is possible."""
        with suppress(Exception):
            super().save_overload(signature, compiled)

    def load(self, key: tuple[Any, ...]) -> Any:
        """Return what was saved for a key, or None. Raises OSError if it cannot be read."""
        content = self._path(key).read_bytes()
        digest, code = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        return pickle.loads(code) if digest == self._digest(key, code) else None

    def save(self, key: tuple[Any, ...], data: object) -> None:
        """Save data for a key. Raises OSError; half a file is not used either."""
        code = dumps(data)
        self._path(key).write_bytes(self._digest(key, code) + code)

    def _path(self, key: tuple[Any, ...]) -> Path:
        name = sha256(repr(key).encode()).hexdigest()[:16]
        return self._base.with_name(f"{self._base.name}.{name}.nbc")

    def _digest(self, key: tuple[Any, ...], code: bytes) -> bytes:
        return sha256(self._stamp + repr(key).encode() + code).digest()
