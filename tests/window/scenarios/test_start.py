"""The first frame comes without what it does not need; a process of its own says what is loaded."""

import ast
import subprocess
import sys

import pytest

from tests.support.commands import environment
from tests.support.paths import ROOT

START_AND_TELL = """
import gc, os, sys
from xorviz import __main__
from xorviz.cli import main, preflight

assert preflight.problem() is None
from PySide6.QtWidgets import QApplication

collections = []

def note(phase, info):
    if "xorviz.files.assets" in sys.modules:  # from here on, the parts of the window are loaded
        collections.append(info)

gc.callbacks.append(note)

def tell():  # in place of the event loop: by now, the window is shown
    assert any(window.isVisible() for window in QApplication.topLevelWidgets())
    print(list(sys.modules), len(collections), sep="\\n", flush=True)
    os._exit(0)

QApplication.exec = staticmethod(tell)
sys.argv[1:] = []
__main__.main()
"""

UNNEEDED = (
    *(
        "xorviz.lab.training.cohort",
        "xorviz.core.diagnosis.diagnosis",
        "xorviz.lab.plan",
        "xorviz.lab",
    ),
    *(
        "xorviz.engine.lab_runner",
        "xorviz.cli.export",
        "xorviz.panels.inside",
        "xorviz.window.lab.exports",
    ),
    *(
        "xorviz.window.dialogs.dialogs",
        "xorviz.panels.learn.runs.model",
        "xorviz.panels.learn.runs.table",
    ),
    *("numpy.ma", "asyncio", "concurrent.futures", "distributed", "html", "numba", "tqdm"),
)
"""What other workspaces, dialogs and later moments need."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], int]:
    """Return what is loaded when the window is shown, in order, and the number of collections."""
    done = subprocess.run(
        [sys.executable, "-c", START_AND_TELL],
        env=environment(tmp_path_factory.mktemp("home"), QT_QPA_PLATFORM="offscreen"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, collections = done.stdout.splitlines()
    return ast.literal_eval(loaded), int(collections)


@pytest.mark.parametrize("name", UNNEEDED)
def test_the_first_frame_does_without(told: tuple[list[str], int], name: str) -> None:
    loaded, _ = told
    assert name not in loaded


def test_numpy_is_loaded_before_qt_which_reads_the_source_of_all_that_comes_later(
    told: tuple[list[str], int],
) -> None:
    loaded, _ = told
    assert loaded.index("numpy") < loaded.index("PySide6")


def test_no_garbage_is_sought_while_the_window_is_made(told: tuple[list[str], int]) -> None:
    _, collections = told
    assert collections == 0
