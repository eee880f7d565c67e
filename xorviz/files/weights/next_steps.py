"""What to do next about a network of another program: lines to paste and commands to type."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from xorviz.core.diagnosis.case import Case
from xorviz.core.rules import written
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.arguments import option_of
from xorviz.files.weights.known import NAMES
from xorviz.files.weights.said import SAID

_WEIGHTS = "diagnose --weights before.npz"
_BESIDE_WEIGHTS = [name for name in NAMES if name not in {"width", "biases"}]
"""What weights do not say themselves."""
_SAVE = """numpy.savez("before.npz", {arrays})
train()  # one update of your program
numpy.savez("after.npz", {arrays})"""


class NextStep(NamedTuple):
    """Something to do. A value."""

    what: str
    """A sentence."""
    command: str
    """Lines of Python, or a command of xorviz."""


def next_steps(case: Case, given: Sequence[float]) -> tuple[NextStep, ...]:
    """Return what to do next, the first thing first; nothing once all four rows are learned.

    ``given`` are the outputs before they were scaled, in the order of ROWS if there are four.
    """
    return () if case.state == "learned" else tuple(_steps(case, given))


def _steps(case: Case, given: Sequence[float]) -> Iterator[NextStep]:
    has_rows, has_weights = len(given) == len(ROWS), case.weights is not None
    outputs = " ".join(written(float(given[row])) for row in COUNTED) if has_rows else ""
    alone, inputs = f'diagnose --outputs="{outputs}"', [list(ROWS[row]) for row in COUNTED]
    if not has_weights and (case.are_whole or not has_rows):
        printing = f"print([predict(x) for x in {inputs}])"
        yield NextStep(
            "Print all four outputs, before they are rounded, and diagnose them.", printing
        )
    if case.is_signed and has_rows and "output" not in case.said:
        command = _command(alone, case, NAMES, output="tanh")
        yield NextStep("If the output unit is tanh and the targets are −1 and 1, say so.", command)
    names = ("w1", "b1", "w2", "b2") if case.said.get("biases", True) else ("w1", "w2")
    saving = _SAVE.format(arrays=", ".join(f"{name}={name}" for name in names))
    yield NextStep("Save the weights before one update of your program and after it.", saving)
    yield NextStep(
        "Check this update: which arrays follow the gradient, and which line is wrong.",
        _command("check before.npz after.npz", case, SAID),
    )
    yield NextStep(
        "Or check it in your program, through its own forward function: any layers, any loss.",
        "print(xorviz.check_code(weights, predict, train))",
    )
    if not has_weights:
        command = _command(_WEIGHTS, case, _BESIDE_WEIGHTS)
        yield NextStep("Diagnose the weights, too: they show equal, small and dead units.", command)
    if case.said.get("output", "sigmoid") == "sigmoid":  # xorviz trains no others
        tried = _command(f"{_WEIGHTS} --try", case, _BESIDE_WEIGHTS)
        if has_rows and not has_weights:
            tried = _command(f"{alone} --try", case, NAMES, width=2)
        what = "If your code is right: try changes to such a network, to see what works."
        yield NextStep(what, tried)


def _command(begin: str, case: Case, names: Iterable[str], **usual: Any) -> str:
    """Return a command with those of some settings that are said, or else the usual ones."""
    said = {**usual, **case.said, "targets": case.targets}
    wanted = [name for name in names if name in said]
    wanted += ["targets"] if case.targets != RunConfig().targets else []
    values = {n: SETTINGS[n].option(said[n]) if n in SETTINGS else written(said[n]) for n in wanted}
    return " ".join([f"xorviz {begin}", *(f"{option_of(n)} {v}" for n, v in values.items())])
