"""Programs as people write them, each a function of a seed and a type of number.

Each returns its weights, its forward function, one update, and what else is said of it. ``FAULTS``
has for each a line that is right, the wrong one, and the arrays whose steps it makes wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from inspect import getsource
from textwrap import dedent
from typing import Any

MODULES = ("batches", "rows", "lists")


@dataclass(frozen=True, slots=True)
class Fault:
    """A wrong line in a program."""

    program: str
    right: str
    wrong: str
    arrays: str
    """Those that are wrong; "?" where nothing can be concluded."""

    def __str__(self) -> str:
        return f"{self.program}: {self.wrong}"


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{name}")


PROGRAMS: dict[str, Callable[..., tuple[Any, ...]]] = {
    name: made for module in MODULES for name, made in _module(module).PROGRAMS.items()
}
FAULTS = [
    Fault(name, *parts)
    for module in MODULES
    for name, several in _module(module).FAULTS.items()
    for parts in several
]


def planted(fault: Fault) -> Callable[..., tuple[Any, ...]]:
    """Return a program in which one line is replaced."""
    made = PROGRAMS[fault.program]
    lines = dedent(getsource(made)).splitlines()
    places = [n for n, line in enumerate(lines) if line.strip() == fault.right]
    assert len(places) == 1, f"{fault.program} has {len(places)} times: {fault.right}"
    place = places[0]
    lines[place] = lines[place].replace(fault.right, fault.wrong or "pass")
    space = dict(vars(import_module(made.__module__)))
    exec(compile("\n".join(lines), f"<{fault}>", "exec"), space)
    wrong: Callable[..., tuple[Any, ...]] = space[made.__name__]
    return wrong


def trained(made: Callable[..., Any], steps: int, seed: int = 0, kind: type = float) -> Any:
    """Return a program after some updates, row after row where it is one of rows."""
    weights, predict, train, said = made(seed, kind)
    update = said.pop("update", train)
    for _ in range(steps):
        update()
    return weights, predict, train, said
