"""What to do next about a network of another program: lines to paste and commands to type."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xorviz.core.diagnosis.case import Case
from xorviz.core.rules import written
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.arguments import option_of
from xorviz.files.weights.said import SAID

_BEFORE, _AFTER = "before.npz", "after.npz"
_OF_ARRAYS = ("width", "biases")
"""Settings that weights say themselves."""


@dataclass(frozen=True, slots=True)
class NextStep:
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
    if case.weights is None and (len(given) < len(ROWS) or case.are_whole):
        rows = [list(ROWS[row]) for row in COUNTED]
        yield NextStep(
            "Print all four outputs, before they are rounded, and diagnose them.",
            f"print([predict(x) for x in {rows}])",
        )
    alone = _diagnosed(given)
    if case.is_signed and alone and "output" not in case.said:
        yield NextStep(
            "If the output unit is tanh and the targets are −1 and 1, say so.",
            _command(alone, case, [*case.said], output="tanh"),
        )
    yield NextStep("Save the weights before one update of your program and after it.", _saved(case))
    yield NextStep(
        "Check this update: which arrays follow the gradient, and which line is wrong.",
        _command(f"check {_BEFORE} {_AFTER}", case, SAID),
    )
    yield NextStep(
        "Or check it in your program, through its own forward function: any layers, any loss.",
        "print(xorviz.check_code(weights, predict, train))",
    )
    others = [name for name in case.said if name not in _OF_ARRAYS]
    weights = f"diagnose --weights {_BEFORE}"
    if case.weights is None:
        yield NextStep(
            "Diagnose the weights, too: they show equal, small and dead units.",
            _command(weights, case, others),
        )
    if case.said.get("output", "sigmoid") != "sigmoid":
        return  # xorviz trains no such network
    if case.weights is not None or not alone:
        tried = _command(f"{weights} --try", case, others)
    else:
        tried = _command(f"{alone} --try", case, ["width", *case.said], width=2)
    yield NextStep(
        "If your code is right: try changes to such a network, to see what works.", tried
    )


def _saved(case: Case) -> str:
    """Return the lines that save the weights."""
    names = ("w1", "b1", "w2", "b2") if case.said.get("biases", True) else ("w1", "w2")
    arrays = ", ".join(f"{name}={name}" for name in names)
    save = f'numpy.savez("{{}}", {arrays})'
    return "\n".join(
        (save.format(_BEFORE), "train()  # one update of your program", save.format(_AFTER))
    )


def _diagnosed(given: Sequence[float]) -> str:
    """Return the command that reads four outputs; nothing if they are fewer."""
    if len(given) < len(ROWS):
        return ""
    return f'diagnose --outputs="{" ".join(written(float(given[row])) for row in COUNTED)}"'


def _command(begin: str, case: Case, names: Iterable[str], **usual: Any) -> str:
    """Return a command with those settings that are said, or else the usual ones."""
    said: Mapping[str, Any] = {**usual, **case.said, "targets": case.targets}
    wanted = [
        name for name in dict.fromkeys((*names, *usual)) if name in said and name != "targets"
    ]
    if case.targets != RunConfig().targets:
        wanted.append("targets")
    values = {name: _value(name, said[name]) for name in wanted}
    return " ".join([f"xorviz {begin}", *(f"{option_of(n)} {v}" for n, v in values.items())])


def _value(name: str, value: Any) -> str:
    return SETTINGS[name].option(value) if name in SETTINGS else written(value)
