"""Folders of its own for each test, and no window that a test has not opened."""

import tempfile
from pathlib import Path

import pytest

from xorviz.watching import places


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder of watched programs, which is made by the first one."""
    for name in ("XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("XORVIZ_WATCH", raising=False)
    monkeypatch.setattr(places, "obstacle", lambda: "this is a test")
    monkeypatch.setattr(places, "_opened", [])
    places.tell.cache_clear()
    return tmp_path / "XDG_STATE_HOME" / "xorviz" / "watched"
