"""The rules of the house: who may import whom, how full a folder and a file may be."""

import ast
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support.commands import ROOT, python, xorviz

PACKAGE = ROOT / "xorviz"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES = 600
MOST_FUNCTION_LINES = 45
MOST_ENTRIES = 20
TOP_LEVEL = {"pyproject.toml", "README.md", "xorviz", "tests", "resources"}

MAY_IMPORT: dict[str, set[str]] = {
    # A public value asks the package by name for what folders above its own do.
    "core": {"numpy", "numba", "llvmlite", "overview_of", "show_run"},
    "lab": {"numpy", "distributed", "core", "result_csv"},
    "files": {"numpy", "PySide6", "PIL", "contourpy", "core", "lab"},
    "lessons": {"numpy", "core", "lab", "files", "msgspec"},
    "watching": {"numpy", "core", "files", "msgspec"},
    "engine": {"PySide6.QtCore", "core", "lab", "watching.followed_run"},
    "ui": {
        "PySide6",
        "pyqtgraph",
        "numpy",
        "contourpy",
        "core.arrays",
        "core.colors",
        "core.numerals",
        "core.rules",
    },
    "panels": {
        "PySide6",
        "pyqtgraph",
        "numpy",
        "contourpy",
        "core",
        "lab",
        "ui",
        "lessons.course",
        "lessons.lesson",
        "lessons.predictions",
        "lessons.tasks",
        "lessons.conditions",
    },
    "window": {
        "PySide6",
        "shiboken6",
        "numpy",
        "core",
        "lab",
        "files",
        "engine",
        "ui",
        "panels",
        "lessons",
        "watching",
    },
    "cli": {
        "numpy",
        "PySide6",
        "tqdm",
        "core",
        "lab",
        "files",
        "lessons",
        "engine.pace",
        "panels.registry",
        "watching",
        "window",
    },
}
"""Beyond itself and the standard library, what the modules of each folder may import."""

KNOWN_ONLY_TO = {
    "PySide6": "engine/ files/assets.py files/exports/ ui/ panels/ window/ cli/preflight.py",
    "pyqtgraph": "ui/ panels/",
    "numba": "core/kernels/numba_lanes.py",
    "llvmlite": "core/kernels/object_code.py core/kernels/numba_lanes.py",
    "xorviz.core.kernels.numba_lanes": "core/kernels/compiler.py",
    "xorviz.core.kernels.object_code": "core/kernels/compiler.py",
    "distributed": "lab/workers/cluster.py",
    "xorviz.engine": "engine/ window/ cli/parser.py",
    "xorviz.engine.thread": "engine/session.py",
    "xorviz.window": "window/ cli/main.py cli/export.py",
    "xorviz.window.main_window": "window/app.py",
}
"""Where these may be imported, and nowhere else: files, and folders with all that is in them."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def every_import(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the full names that these statements import: modules, or what is taken from them."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax of a module."""
    return ast.parse(path.read_text())


@cache
def imports_of(path: Path) -> set[str]:
    """Return all that a module imports, inside of functions too."""
    return set(every_import(statements(tree(path).body)))


def is_under(name: str, roots: Iterable[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def statements(body: Iterable[ast.AST], inside_too: bool = True) -> Iterator[ast.AST]:
    """Yield all statements, or those that run when a module is imported."""
    for part in body:
        if inside_too or not isinstance(part, ast.FunctionDef):
            yield part
            held = (p for p in ast.iter_child_nodes(part) if not isinstance(p, ast.expr))
            yield from statements(held, inside_too)


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    own = {f"xorviz.{n}" for n in (folder, *MAY_IMPORT[folder], "__version__")}
    allowed = {*sys.stdlib_module_names, *own, *MAY_IMPORT[folder]}
    strangers = {
        name_of(path): wrong
        for path in MODULES
        if path.is_relative_to(PACKAGE / folder)
        and (wrong := {name for name in imports_of(path) if not is_under(name, allowed)})
    }
    assert not strangers


@pytest.mark.parametrize("imported", KNOWN_ONLY_TO)
def test_a_library_is_imported_only_where_it_may_be(imported: str) -> None:
    places = tuple(KNOWN_ONLY_TO[imported].split())
    knowing = {
        name_of(path) for path in MODULES if any(is_under(n, [imported]) for n in imports_of(path))
    }
    assert knowing
    assert {name for name in knowing if not name.startswith(places)} == set()


def module_of(name: str) -> Path | None:
    """Return the file of the module that a name is taken from; None outside the package."""
    parts = name.split(".")
    if parts[0] != "xorviz":
        return None
    path = PACKAGE.joinpath(*parts[1:])
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if len(parts) > 1 and candidate.is_file():
            return candidate
    return module_of(name.rpartition(".")[0]) if len(parts) > 1 else None


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the nodes of a circle, or none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_leads_through_files_or_folders() -> None:
    files: dict[str, set[str]] = defaultdict(set)
    folders: dict[str, set[str]] = defaultdict(set)
    for path in MODULES:
        targets = {target for name in imports_of(path) if (target := module_of(name))}
        if path.parent != PACKAGE:  # the package names what is public, and its entry starts it
            files[name_of(path)] |= {name_of(target) for target in targets}
            folders[name_of(path.parent)] |= {name_of(t.parent) for t in targets - {path}}
    for name, others in folders.items():
        others.discard(name)
    assert circle(files) == []
    assert circle(folders) == []


FOLDERS = sorted(
    path
    for top in (PACKAGE, ROOT / "tests")
    for path in (top, *top.rglob("*/"))
    if path.is_dir() and path.name != "__pycache__"
)


def test_a_folder_holds_few_entries() -> None:
    unseen = {"__init__.py", "__pycache__", "py.typed"}
    held = {str(path): len({entry.name for entry in path.iterdir()} - unseen) for path in FOLDERS}
    assert {path: count for path, count in held.items() if count > MOST_ENTRIES} == {}


def test_every_package_is_installed() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    folders = {path.parent.relative_to(ROOT) for path in PACKAGE.rglob("__init__.py")}
    names = {".".join(folder.parts) for folder in folders}
    assert set(tools["setuptools"]["packages"]) == {*names, "xorviz.resources"}


def test_numba_is_not_loaded_before_it_is_needed() -> None:
    module = ast.parse((PACKAGE / "core" / "kernels" / "compiler.py").read_text())
    with_it = ["xorviz.core.kernels.object_code", "xorviz.core.kernels.numba_lanes"]
    assert not [
        n for n in every_import(statements(module.body, inside_too=False)) if is_under(n, with_it)
    ]


QT = {"PySide6", "shiboken6", "pyqtgraph"}
STEP = (
    "w1 = [[-0.16595599] [ 0.44064899]] w2 = [[-0.99977125]]"
    "w1 = [[-0.181565  ] [ 0.42592751]] w2 = [[-0.93499103]]"
)
OTHERS = {"xorviz.files.weights", "xorviz.files.exports", "xorviz.files.run_file"}
"""Of other commands."""
LAB = {"tqdm", "xorviz.lab.plan", "xorviz.lab.workers", "xorviz.cli.lab"}
UNNEEDED: list[tuple[str, set[str]]] = [
    ("import xorviz.__main__", {"numpy", "xorviz.cli", *QT}),
    ("run('--version')", {"numpy", *OTHERS, *QT, *LAB}),
    ("run('--help')", {"numpy", *OTHERS, *QT, *LAB}),
    ("import xorviz.panels.registry", {"numpy", *QT}),
    ("run('train --steps 10')", {"numba", "PIL", *OTHERS, *QT, *LAB}),
    ("xorviz.watch(window=False)([[1, 2], [3, 4]], [1, 2])", {"numba", "PIL", *QT, *LAB}),
    (f"open('w', 'w').write({STEP!r}); run('check w')", {"numba", "PIL", *QT, *LAB}),
    ("xorviz.Recording(xorviz.RunConfig())._repr_html_()", {"numba", "PIL", *QT}),
    ("run('diagnose --outputs 0,.5,1,.5')", {"numba", "PIL", "distributed", "dask", *QT}),
    ("from xorviz.files.exports import animation", {"PIL", "distributed", "dask", *QT}),
    ("run('lab --seeds 0..3 --steps 10')", {"distributed", "dask", *QT}),
    ("run('train --steps 9 --save a'); run('export a --script p --csv c --npz n --json j')", QT),
    ("animation.is_available()", QT),
]
"""What one program after the other must not have loaded: the first ones need least."""
LOADED = f"""
import sys

def run(words):
    from xorviz.cli.main import main
    try:
        assert main(words.split()) == 0
    except SystemExit as ended:
        assert not ended.code

if __name__ == "__main__":  # not in the workers of the lab
    for program, unneeded in {UNNEEDED}:
        exec(program)
        assert unneeded.isdisjoint(sys.modules), (program, unneeded & set(sys.modules))
"""


def test_no_more_is_loaded_than_is_needed(tmp_path: Path) -> None:
    assert xorviz("train", "--steps", 1).status == 0  # compiled once, and loaded from then on
    done = python("-c", LOADED, folder=tmp_path)
    assert done.status == 0, done.err


def test_a_module_says_in_one_line_what_it_is() -> None:
    for path in MODULES:
        if path.name == "__init__.py":
            continue
        summary, *rest = (ast.get_docstring(tree(path)) or "").split("\n")
        assert summary.endswith("."), path
        assert not rest or not rest[0], path


def test_files_and_functions_can_be_read_in_one_sitting() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}
    functions = {
        f"{name_of(path)}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in statements(tree(path).body)
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: n for name, n in functions.items() if n > MOST_FUNCTION_LINES} == {}


def test_no_two_classes_have_one_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in statements(tree(path).body):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name_of(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_the_type_of_arrays_is_defined_once() -> None:
    defining = [name_of(path) for path in MODULES if "\nArray = " in path.read_text()]
    assert defining == ["core/arrays.py"]


def test_the_top_level_holds_five_entries() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    command = ["git", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    entries = {name.partition("/")[0] for name in listing.split("\0") if name}
    assert {entry for entry in entries if not entry.startswith(".")} == TOP_LEVEL
