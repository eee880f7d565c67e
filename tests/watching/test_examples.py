"""The programs to start from run, are shown, and take right steps."""

import sys
from importlib.util import find_spec
from typing import Any

import pytest

import xorviz
from tests.watching.conftest import Opened
from tests.watching.mini_torch import mini_torch
from xorviz.cli.parser import EXAMPLES
from xorviz.core.network import weights_of
from xorviz.files import assets


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_its_steps_are_right(
    name: str, open_stub: Opened, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    if name == "pytorch" and find_spec("torch") is None:
        monkeypatch.setitem(sys.modules, "torch", mini_torch())
    window = open_stub()
    text = assets.read_text(f"examples/watch_{name}.py").replace("20_000", "600")
    exec(compile(text, name, "exec"), {"__name__": "__main__"})
    window.wait(lambda window: window.ends)
    [hello] = window.hellos
    assert hello.source.assumed == ("momentum", "targets")
    assert window.states.steps[:3].tolist() == [0, 1, 2]
    before, after, later = (weights_of(p, hello.config) for p in window.states.parameters[:3])
    recipe = hello.config
    check = xorviz.check_step(before, after, later, rate=recipe.rate, loss=recipe.loss)
    assert check.verdict == "correct", check.sentence
