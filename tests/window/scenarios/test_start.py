"""The start of the program: modules and garbage collections before the first frame."""

import ast
from pathlib import Path

import pytest

from tests.support.commands import environment, python

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
    "xorviz.cli.lab",
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


@pytest.mark.thorough
def test_the_first_frame_loads_only_what_it_needs_and_collects_no_garbage(tmp_path: Path) -> None:
    there = environment(tmp_path, QT_QPA_PLATFORM="offscreen")
    done = python("-c", START_AND_PRINT, env=there)
    assert done.status == 0, done.err
    loaded, collections = map(ast.literal_eval, done.out.splitlines())
    assert UNNEEDED & set(loaded) == set()
    assert collections == 0
