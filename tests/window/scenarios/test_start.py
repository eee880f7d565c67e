"""The start of the program: modules and garbage collections before the first frame."""

import ast
import subprocess
import sys
from typing import NamedTuple

import pytest

from tests.support.commands import ROOT, environment

START_AND_PRINT = """
import gc, os, sys
from xorviz import __main__
from xorviz.cli import main
from xorviz.cli import preflight

assert preflight.problem() is None
from PySide6.QtWidgets import QApplication

collections = []

def note(phase, info):
    if "xorviz.files.assets" in sys.modules:  # from here on, the window is loaded
        collections.append(info)

gc.callbacks.append(note)

def tell():  # in place of the event loop, when the window is shown
    assert any(window.isVisible() for window in QApplication.topLevelWidgets())
    print(list(sys.modules), len(collections), sep="\\n", flush=True)
    os._exit(0)

QApplication.exec = staticmethod(tell)
sys.argv[1:] = []
__main__.main()
"""

UNNEEDED = {
    "xorviz.lab.results",
    "xorviz.lab.workers",
    "xorviz.lab.plan",
    "xorviz.lab.training.cohort",
    "xorviz.engine.lab_runner",
    "xorviz.watching.places",
    "xorviz.cli.lab_options",
    "hashlib",
    "xorviz.cli.export",
    "xorviz.panels.inside",
    "xorviz.window.export.export_dialog",
    "xorviz.window.dialogs.help",
    "xorviz.panels.learn.runs.table",
    "asyncio",
    "concurrent.futures",
    "distributed",
    "numba",
    "tqdm",
}
"""Modules that only other workspaces, dialogs and later actions need."""


class Start(NamedTuple):
    """What a process holds when its window is shown."""

    loaded: list[str]
    """Names of modules."""
    collections: int


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Return what the process holds when the window is shown."""
    done = subprocess.run(
        [sys.executable, "-c", START_AND_PRINT],
        env=environment(tmp_path_factory.mktemp("home"), QT_QPA_PLATFORM="offscreen"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return Start(*map(ast.literal_eval, done.stdout.splitlines()))


def test_the_first_frame_loads_only_what_it_needs(started: Start) -> None:
    assert not UNNEEDED & set(started.loaded)


def test_no_garbage_collection_runs_while_the_window_is_made(started: Start) -> None:
    assert started.collections == 0
