"""Files that ship with the program: icons, presets and texts."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xorviz.core.settings import RunConfig


def read_text(name: str) -> str:
    """Return the text of a file, named by its path below resources."""
    return files("xorviz.resources").joinpath(name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Preset:
    """An instructive run, with the reason."""

    name: str
    why: str
    config: RunConfig
    speed: float
    """Steps per second."""


@cache
def presets() -> tuple[Preset, ...]:
    """Return the presets in the order of the menu."""
    return tuple(
        Preset(entry["name"], entry["why"], RunConfig.from_dict(entry["config"]), entry["speed"])
        for entry in json.loads(read_text("presets.json"))
    )


def quick_start() -> Preset:
    """Return the preset that the first launch and a new project begin with."""
    return presets()[1]
