"""The start of the program: modules and garbage collections before the first frame."""

import ast
import subprocess
import sys

import pytest

from tests.support.commands import ROOT, environment

START_AND_PRINT = """
import gc, os, sys
from xorviz import __main__
from xorviz.cli import main
from xorviz.cli.terminal import preflight

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
    "xorviz.core.diagnosis.diagnosis",
    "xorviz.engine.lab_runner",
    "xorviz.cli.export",
    "xorviz.panels.inside",
    "xorviz.window.export.export_dialog",
    "xorviz.window.dialogs.help",
    "xorviz.panels.learn.runs.columns",
    "xorviz.panels.learn.runs.table",
    "numpy.ma",
    "asyncio",
    "concurrent.futures",
    "distributed",
    "html",
    "numba",
    "tqdm",
}
"""Modules that only other workspaces, dialogs and later actions need."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], int]:
    """Return the modules loaded when the window is shown and the number of collections."""
    done = subprocess.run(
        [sys.executable, "-c", START_AND_PRINT],
        env=environment(tmp_path_factory.mktemp("home"), QT_QPA_PLATFORM="offscreen"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, collections = done.stdout.splitlines()
    return ast.literal_eval(loaded), int(collections)


def test_the_first_frame_loads_only_what_it_needs(started: tuple[list[str], int]) -> None:
    loaded, _ = started
    assert not UNNEEDED & set(loaded)


def test_numpy_is_loaded_before_qt(started: tuple[list[str], int]) -> None:
    # Qt makes every later import read its source.
    loaded, _ = started
    assert loaded.index("numpy") < loaded.index("PySide6")


def test_no_garbage_collection_runs_while_the_window_is_made(
    started: tuple[list[str], int],
) -> None:
    _, collections = started
    assert collections == 0
