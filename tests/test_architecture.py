"""Who may import whom, and the other promises that no single module can keep."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "xorviz"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES = 300
TOP_LEVEL = {"pyproject.toml", "README.md", "xorviz", "tests", "resources"}

MAY_IMPORT: dict[str, set[str]] = {
    "core": {"numpy", "numba", "xorviz.core"},
    "engine": {"PySide6.QtCore", "xorviz.core", "xorviz.engine", "xorviz.lab"},
    "lab": {"numpy", "distributed", "xorviz.core", "xorviz.lab"},
    "views": {
        *{"PySide6", "pyqtgraph", "numpy", "contourpy"},
        *{"xorviz.core", "xorviz.views", "xorviz.widgets", "xorviz.assets"},
    },
    "files": {"numpy", "PySide6", "PIL", "xorviz.core", "xorviz.files", "xorviz.__version__"},
    "widgets": {"PySide6", "xorviz.core", "xorviz.widgets", "xorviz.assets"},
}
"""Beyond the standard library, what the modules of each folder may import."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def in_folder(folder: str) -> list[Path]:
    return [path for path in MODULES if path.is_relative_to(PACKAGE / folder)]


def every_import(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the full names that these statements import: modules, or what is taken from them."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(path: Path) -> set[str]:
    """Return all that a module imports, inside of functions too."""
    return set(every_import(ast.walk(ast.parse(path.read_text()))))


def is_under(name: str, roots: Iterable[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def at_module_level(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the statements that run when a module is imported."""
    for statement in body:
        if not isinstance(statement, ast.FunctionDef):
            yield statement
            children = ast.iter_child_nodes(statement)
            yield from at_module_level(c for c in children if isinstance(c, ast.stmt))


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    allowed = {*sys.stdlib_module_names, *MAY_IMPORT[folder]}
    strangers = {
        name_of(path): wrong
        for path in in_folder(folder)
        if (wrong := {name for name in imports_of(path) if not is_under(name, allowed)})
    }
    assert not strangers


def importers_of(root: str) -> set[str]:
    return {name_of(p) for p in MODULES if any(is_under(n, [root]) for n in imports_of(p))}


def test_only_views_know_pyqtgraph() -> None:
    assert importers_of("pyqtgraph") <= {name_of(path) for path in in_folder("views")}


MEETING_PLACES = (
    *("bench_desk", "clipboard", "dialog_opener", "display", "document", "inside"),
    *("laboratory", "main_window"),
)
"""The window, and what it hands its dealings with the session to."""


def test_only_where_the_parts_meet_is_the_session_known() -> None:
    known_in = importers_of("xorviz.engine.session.TrainingSession")
    assert known_in == {f"xorviz/{name}.py" for name in MEETING_PLACES}


def test_only_the_session_knows_its_thread_and_that_its_worker() -> None:
    assert importers_of("xorviz.engine.worker") == {"xorviz/engine/thread.py"}
    assert importers_of("xorviz.engine.thread") == {"xorviz/engine/session.py"}


def test_of_the_files_only_pictures_know_qt() -> None:
    knowing = {name for name in importers_of("PySide6") if name.startswith("xorviz/files/")}
    assert knowing <= {"xorviz/files/pictures.py", "xorviz/files/animation.py"}


def test_only_a_cluster_knows_distributed() -> None:
    assert importers_of("distributed") == {"xorviz/lab/cluster.py"}


def test_only_the_compiler_knows_numba() -> None:
    assert importers_of("numba") == {"xorviz/core/compiler.py"}


def test_numba_is_not_loaded_before_it_is_needed() -> None:
    module = ast.parse((PACKAGE / "core" / "compiler.py").read_text())
    assert not [n for n in every_import(at_module_level(module.body)) if is_under(n, ["numba"])]


def test_no_part_knows_the_window_it_is_in() -> None:
    assert importers_of("xorviz.main_window") <= {"xorviz/app.py", "xorviz/cli.py"}


def test_the_command_line_loads_neither_qt_nor_a_compiler_at_its_top() -> None:
    names: set[str] = set()
    for path in ("cli.py", "command_line.py", "arguments.py", "core/compiler.py"):
        module = ast.parse((PACKAGE / path).read_text())
        names |= set(every_import(at_module_level(module.body)))
    assert not {
        name for name in names if is_under(name, ["PySide6", "pyqtgraph", "shiboken6", "numba"])
    }


TRAIN_AND_TELL_WHAT_IS_LOADED = """
import sys, xorviz.cli
assert xorviz.cli.main(["train", "--steps", "10", "--json"]) == 0
print(sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_training_on_the_command_line_never_loads_qt() -> None:
    command = [sys.executable, "-c", TRAIN_AND_TELL_WHAT_IS_LOADED]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    *report, loaded = result.stdout.splitlines()
    assert json.loads("\n".join(report))
    assert {"PySide6", "shiboken6", "pyqtgraph"}.isdisjoint(ast.literal_eval(loaded))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_in_one_line_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    summary, *rest = docstring.split("\n")
    assert summary.endswith(".")
    assert not rest or not rest[0]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_the_top_level_holds_five_entries() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    command = ["git", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    entries = {name.partition("/")[0] for name in listing.split("\0") if name}
    assert {entry for entry in entries if not entry.startswith(".")} == TOP_LEVEL


def test_every_module_of_core_and_engine_is_covered() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    named = re.findall(r"tests/test_{([^}]*)}\.py", (ROOT / ".ci" / "run").read_text())
    covered = {name for names in named for name in names.split(",")}
    modules = {path.stem for path in (*in_folder("core"), *in_folder("engine"))}
    tested = {name for name in modules if (ROOT / "tests" / f"test_{name}.py").exists()}
    forgotten = tested - covered
    assert tested
    assert not forgotten
