"""Every benchmark says on which processor it ran."""

import os
import platform
from pathlib import Path

import pytest

from tests.support.windows import Open
from xorviz.window.main_window import MainWindow


def processor() -> str:
    """Return the processor's name and how many cores this process may use."""
    names = [platform.processor() or platform.machine()]
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        names = [line.split(": ")[1] for line in lines if line.startswith("model name")] or names
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{names[0]}, {cores} cores"


@pytest.fixture(autouse=True)
def _name_the_processor(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("perf"):
        print(f"\n[{processor()}]", end="")


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    """Return a window of its own, which no other test has used."""
    return open_window()
