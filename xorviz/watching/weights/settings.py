"""What is said of a watched run, and what is assumed of the rest."""

import os
import platform
import sys
from pathlib import Path
from typing import Any

from xorviz.core.check.said import Said
from xorviz.core.settings import RunConfig
from xorviz.files.weights.known import known_of
from xorviz.files.weights.own_network import OwnNetwork
from xorviz.files.weights.said import TOLD

_NAMES = (*TOLD, "targets")
"""Settings that a program may state; all others are read, or mean nothing for a watched run."""


def settings_of(said: Said, network: OwnNetwork) -> tuple[RunConfig, tuple[str, ...]]:
    """Return the settings of the run, and the names of those that nobody said."""
    values: dict[str, Any] = {name: getattr(said, name) for name in _NAMES}
    given = {name: value for name, value in values.items() if value is not None}
    assumed = tuple(name for name in _NAMES if name not in given)
    return known_of(given, network=network).recipe, assumed


def program_name() -> str:
    """Return what runs here, such as train.py, Python 3.11.7."""
    script = Path(sys.argv[0]).name if getattr(sys, "argv", None) else ""
    if "ipykernel" in sys.modules:
        script = "a notebook"
    python = f"Python {platform.python_version()}"
    return f"{script}, {python}" if script not in {"", "-c", "-"} else python


def is_switched_off() -> bool:
    """Return whether the environment variable XORVIZ_WATCH is off."""
    return os.environ.get("XORVIZ_WATCH", "").strip().lower() == "off"
