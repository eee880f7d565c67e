"""Files that cannot be read or written: refusals, full disks and missing permissions."""

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from xorviz.core.numerals import THIN_SPACE
from xorviz.core.rules import SettingError
from xorviz.files.atomic import FileError

_NOBODY = 65534


def refusal(read: Callable[..., object], *arguments: object, **more: object) -> str:
    """Return the one sentence with which arguments are refused."""
    with pytest.raises((FileError, SettingError)) as refused:
        read(*arguments, **more)
    return sentence_of(refused.value)


def sentence_of(error: BaseException) -> str:
    """Return the message of a refusal; fail unless it is one short sentence."""
    text = str(error)
    assert text.replace(THIN_SPACE, " ").isprintable()
    assert ". " not in text.replace("... ", "") or text.startswith("These runs")
    assert len(text) < 400
    if isinstance(error, FileError):
        assert text[0].isupper() or text.startswith(("w", "b", "arr_"))
        assert text[-1] == "."
    return text


@contextmanager
def without_privileges() -> Iterator[None]:
    """Drop the privileges that override permissions."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Limit the size of files, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def written_by(kind: type[FileIO], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files without a buffer be written by another class."""
    ordinary: Callable[..., Any] = Path.open

    def opened(path: Path, mode: str = "r", buffering: int = -1, **more: Any) -> Any:
        return ordinary(path, mode, buffering, **more) if buffering else kind(path, mode)

    monkeypatch.setattr(Path, "open", opened)
