"""Runs the program as a person does: in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return this process's environment with another home, so that no settings are touched."""
    return os.environ | {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")} | more


def xorviz(
    *arguments: str, env: Mapping[str, str] | None = None, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """Run xorviz to its end."""
    command = [python, "-m", "xorviz", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
