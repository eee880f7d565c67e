"""The notebook of the examples runs, and its values show themselves."""

import ast
import json
from typing import Any

import pytest

from xorviz.files import assets

NOTEBOOK = assets.read_text("examples/notebook.ipynb")


def test_each_cell_runs_and_what_it_ends_with_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    shown = []
    for cell in json.loads(NOTEBOOK)["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
            *body, last = ast.parse("".join(cell["source"])).body
            exec(compile(ast.Module(body, []), cell["id"], "exec"), names)
            assert isinstance(last, ast.Expr)
            value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names)
            shown += [] if value is None else [value._repr_html_()]
    assert len(shown) == 5
    assert "Learned." in shown[0]
    assert "Stuck." in shown[3]
    assert capsys.readouterr().out.startswith("3000 ")


@pytest.mark.thorough
def test_it_runs_in_jupyter() -> None:
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    notebook = nbformat.reads(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    client.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    pictures = [out.data["text/html"] for out in outputs if "text/html" in out.get("data", {})]
    assert (len(outputs), len(pictures)) == (6, 5)
    assert "<svg" in pictures[0]
