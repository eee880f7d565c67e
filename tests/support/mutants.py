"""Plants faults in the package, one at a time, and counts those that the tests catch.

``python -m tests.support.mutants core/runs engine --count 20`` draws twenty faults in each of these
folders of ``xorviz``, and runs for each the default tests of the same folder of ``tests``. Sizes,
margins and looks are left alone: no test should depend on them. A fault that lives is either none,
because the program does the same, or a promise that no test keeps.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.support.commands import ROOT
from xorviz.lab.results.success import Proportion

NEEDED = ("xorviz", "tests", "resources", "pyproject.toml", "README.md")
LONGEST_S = 300
SEEN = ("ui", "panels", "window")
LOOKS = (
    *("margin", "spacing", "size", "width", "height", "font", "stretch", "pixel", "rect", "pen"),
    *("paint", "color", "hint", "offset", "radius", "align", "opacity", "style", "icon", "scroll"),
)
"""Words of functions and statements in SEEN that only matter to the eye."""
_PAIRS = (
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.Is, ast.IsNot)),
    *((ast.In, ast.NotIn), (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.Div)),
)
OTHER: dict[type, type] = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
"""What each operator is replaced by."""


@dataclass(frozen=True)
class Fault:
    """One change of a module's source."""

    path: Path
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        old, new = (" ".join(text.split())[:60] for text in (self.old, self.new))
        return f"{self.path}:{self.line}: {old} -> {new}"

    def plant(self, root: Path) -> None:
        """Put the fault into a copy of the package."""
        source = (ROOT / self.path).read_bytes()
        text = source[: self.start] + self.new.encode() + source[self.end :]
        (root / self.path).write_bytes(text)


def changed(node: ast.AST) -> str | None:
    """Return the source of a node with a fault in it, or None where none is planted."""
    new: ast.AST | None = None
    match node:
        case ast.Compare(left, [op], right) if type(op) in OTHER:
            new = ast.Compare(left, [OTHER[type(op)]()], right)
        case ast.BinOp(left, op, right) if type(op) in OTHER and not _has_text(node):
            new = ast.BinOp(left, OTHER[type(op)](), right)
        case ast.BoolOp(op, values):
            new = ast.BoolOp(OTHER[type(op)](), values)
        case ast.UnaryOp(ast.Not(), operand):
            new = operand
        case ast.Return(ast.Constant(bool() as value)):
            new = ast.Return(ast.Constant(not value))
        case ast.Return(ast.expr()):
            new = ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call()) | ast.Raise() | ast.AugAssign():
            new = ast.Pass()
    if new is None:
        return None
    return f"({ast.unparse(new)})" if isinstance(new, ast.expr) else ast.unparse(new)


def _has_text(node: ast.AST) -> bool:
    parts = ast.walk(node)
    return any(isinstance(getattr(part, "value", None), str) for part in parts)


def faults(path: Path) -> Iterator[Fault]:
    """Yield the faults that can be planted in the functions of a module."""
    source = path.read_bytes()
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines))]
    where = path.relative_to(ROOT)
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for statement in function.body:
            looks = where.parts[1] in SEEN and _is_look(function.name, ast.unparse(statement))
            for node in () if looks else _parts(statement):
                new = changed(node)
                if new is not None and isinstance(node, ast.expr | ast.stmt):
                    start = starts[node.lineno - 1] + node.col_offset
                    end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
                    old = source[start:end].decode()
                    yield Fault(where, node.lineno, start, end, old, new)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and its parts, but for functions in it and texts: those have no places."""
    yield node
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, ast.FunctionDef | ast.JoinedStr):
            yield from _parts(part)


def _is_look(function: str, statement: str) -> bool:
    text = f"{function} {statement.partition(chr(10))[0]}".lower()
    return any(word in text for word in LOOKS)


def drawn(folder: str, count: int, seed: int) -> list[Fault]:
    """Return some faults of a folder, at most one on a line."""
    modules = sorted((ROOT / "xorviz" / folder).rglob("*.py"))
    known = {(f.path, f.line): f for path in modules for f in faults(path)}
    return random.Random(seed).sample(list(known.values()), count)


def is_caught(fault: Fault, tests: str, root: Path) -> bool:
    """Run the tests on a copy of the package with a fault in it, the nearest ones first."""
    fault.plant(root)
    nearest = Path("tests", *fault.path.parts[1:-1])
    places = nearest / f"test_{fault.path.stem}.py", nearest, Path(tests)
    try:
        return any(_fail(one, root) for one in dict.fromkeys(places) if (root / one).exists())
    except subprocess.TimeoutExpired:
        return True
    finally:
        shutil.copy(ROOT / fault.path, root / fault.path)


def _fail(place: Path, root: Path) -> bool:
    """Return whether a default test of a file or a folder fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", str(place)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    quiet = subprocess.DEVNULL
    run = subprocess.run(
        command, check=False, cwd=root, env=environment, timeout=LONGEST_S, stdout=quiet
    )
    # A folder may have thorough tests alone.
    return run.returncode not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


def copied(root: Path) -> Path:
    """Return a copy of the project, in which faults are planted."""
    for name in NEEDED:
        here = ROOT / name
        shutil.copytree(here, root / name) if here.is_dir() else shutil.copy(here, root / name)
    return root


def main() -> int:
    """Print the faults that live, and the share that is caught; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", help="folders of xorviz, such as core/runs")
    parser.add_argument("--count", type=int, default=20, help="faults in each folder")
    parser.add_argument("--seed", type=int, default=0, help="draws the faults")
    parser.add_argument("--at-least", type=float, default=0, help="the share to be caught")
    chosen = parser.parse_args()
    planted = [
        (fault, f"tests/{folder}")
        for folder in chosen.folders
        for fault in drawn(folder, chosen.count, chosen.seed)
    ]
    with tempfile.TemporaryDirectory() as temporary:
        free: SimpleQueue[Path] = SimpleQueue()
        for n in range(os.cpu_count() or 1):
            free.put(copied(Path(temporary, str(n))))

        def tried(fault: Fault, tests: str) -> bool:
            root = free.get()
            try:
                return is_caught(fault, tests, root)
            finally:
                free.put(root)

        with ThreadPoolExecutor(free.qsize()) as threads:
            caught = list(threads.map(tried, *zip(*planted, strict=True)))
    for (fault, _), is_gone in zip(planted, caught, strict=True):
        if not is_gone:
            print(f"lives: {fault}")
    share = Proportion(sum(caught), len(caught))
    low, high = share.interval
    print(f"{share.count} of {share.of} caught: {share.value:.0%} ({low:.0%} to {high:.0%})")
    return int(share.value < chosen.at_least)


if __name__ == "__main__":
    sys.exit(main())
