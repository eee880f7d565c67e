"""Plants faults in programs: lines that are right, and the wrong ones that stand in their place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from inspect import getsource
from itertools import groupby, product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tests.core.check.programs.task import SQUARES, Fits, Task
from xorviz.core.network import Weights

PROGRAMS = ("matrices", "loops", "trask", "toy", "columns", "nielsen", "autograd")
FOLDER = Path(__file__).parent.parent / "faults"
"""A file for each program. A fault is "@@ name: arrays; conditions", then - and + lines.

There is one for each choice of arrays, between slashes; lines with {} are repeated for each array.
"""

CONDITIONS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "wide": {"width": (2, 3, 4, 5, 6, 7, 8)},
    "biased": {"biases": (True,)},
    "squares": {"loss": SQUARES},
    "sloped": {"loss": SQUARES, "output": ("sigmoid", "tanh")},
    "entropies": {"loss": ("cross-entropy", "mean-cross-entropy")},
}

Step = Callable[[Weights, Task], Weights]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in a program. A value."""

    program: str
    name: str
    arrays: tuple[str, ...]
    """Whose change it makes wrong."""
    edits: tuple[tuple[str, tuple[str, ...]], ...]
    """A line that the program has once, and the lines in its place."""
    only: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Where it is a fault: narrower choices of the fields of Fits."""
    says: tuple[str, ...] = ()
    """What must be said, since without it the same step is right by another rule."""

    def __str__(self) -> str:
        return f"{self.program}: {self.name}: {' '.join(self.arrays)}"


def faults_of(program: str) -> Iterator[Fault]:
    """Yield the faults that are kept for a program."""
    text = (FOLDER / f"{program}.diff").read_text(encoding="utf-8")
    for choices, parts in groupby(text.split("@@ ")[1:], _choices):
        for choice, part in product(choices.split(" / "), parts):
            yield _fault(program, part, tuple(choice.split()))


def _choices(part: str) -> str:
    return part.splitlines()[0].split("; ")[0].rpartition(": ")[2]


def _fault(program: str, part: str, arrays: tuple[str, ...]) -> Fault:
    head, *lines = part.splitlines()
    title, *conditions = head.split("; ")
    only: dict[str, tuple[Any, ...]] = {}
    says: tuple[str, ...] = ()
    for condition in conditions:
        word, *values = condition.split()
        if word == "say":
            says = tuple(values)
        else:
            numbers = (int(v) if v.isdigit() else v for v in values)
            only |= CONDITIONS.get(word) or {word: tuple(numbers)}
    each = arrays if "{}" in part else arrays[:1]
    edits = _edits([line.replace("{}", name) for name in each for line in lines])
    return Fault(program, title.rpartition(": ")[0], arrays, edits, only, says)


def _edits(lines: list[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the lines marked with -, each with the lines marked with + that follow it."""
    edits: list[tuple[str, tuple[str, ...]]] = []
    for line in lines:
        if line.startswith("- "):
            edits.append((line[2:], ()))
        else:
            right, wrong = edits.pop()
            edits.append((right, (*wrong, line.removeprefix("+ "))))
    return tuple(edits)


def fits_of(program: str) -> Fits:
    """Return what a program can do."""
    fits: Fits = import_module(f"tests.core.check.programs.{program}").FITS
    return fits


@cache
def planted(program: str, edits: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> Step:
    """Return the step of a program in which lines are replaced."""
    module = import_module(f"tests.core.check.programs.{program}")
    lines = getsource(module).splitlines()
    bare = [line.strip() for line in lines]
    for right, wrong in edits:
        assert bare.count(right) == 1, f"{program} has this line {bare.count(right)} times: {right}"
        place = bare.index(right)
        indent = lines[place].removesuffix(right)
        lines[place] = "\n".join(indent + line for line in wrong or ("pass",))
    edited = ModuleType(module.__name__)
    exec(compile("\n".join(lines), f"<{program}>", "exec"), vars(edited))
    step: Step = edited.step
    return step


def states(
    step: Step, net: Weights, task: Task, steps: int = 1, momentum: float = 0.0
) -> list[Weights]:
    """Return a network before and after each step; a step of a pass is the whole pass."""
    seen, velocity = [net], None
    for _ in range(steps):
        after = seen[-1]
        for batch in task.batches():
            with np.errstate(over="ignore", invalid="ignore"):  # where it diverges
                change = step(after, batch).each(lambda new, old: new - old, after)
                if velocity is not None:
                    change = change.each(lambda c, v: c + momentum * v, velocity)
                after, velocity = after.each(lambda w, c: w + c, change), change
        seen.append(after)
    return seen
