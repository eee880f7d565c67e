"""Whole processes of commands that scripts call, beside Python's import of NumPy."""

import statistics
import time

import pytest

from tests.support.commands import python

pytestmark = pytest.mark.perf

COMMANDS = {
    "train": ("-m", "xorviz", "train"),  # the 28 lines: 60,000 steps
    "train, one step": ("-m", "xorviz", "train", "--steps", 1),
    "train, one step by NumPy": ("-m", "xorviz", "--kernel", "numpy", "train", "--steps", 1),
    "diagnose": ("-m", "xorviz", "diagnose", "--outputs", "0 .5 1 .5"),
    "lab, four networks": ("-m", "xorviz", "lab", "--seeds", "0..3", "--steps", 10),
    "help": ("-m", "xorviz", "--help"),
    "version": ("-m", "xorviz", "--version"),
    "import numpy": ("-c", "import numpy"),
}
INSTALLED_WITHOUT = (
    "PYTHONDONTWRITEBYTECODE",
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
)


def seconds(words: tuple[object, ...]) -> float:
    """Return how long a process takes from its start to its end."""
    start = time.perf_counter()
    done = python(*words)
    assert done.status == 0, done.err
    return time.perf_counter() - start


def test_commands_beside_the_import_of_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in INSTALLED_WITHOUT:
        monkeypatch.delenv(name, raising=False)
    rounds = [{name: seconds(words) for name, words in COMMANDS.items()} for _ in range(10)][1:]
    medians = {name: statistics.median(taken[name] for taken in rounds) for name in COMMANDS}
    numpy = medians["import numpy"]
    print()
    for name, median in medians.items():
        print(f"{name}: {median:.3f} s, {median / numpy:.2f} x the import of NumPy")
    assert medians["train"] <= 8 * numpy
    assert medians["train, one step by NumPy"] <= 3 * numpy
    assert medians["help"] <= 1.5 * numpy
