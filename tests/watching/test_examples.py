"""The programs to start from run, are shown, and take right steps."""

import sys
from importlib.util import find_spec

import pytest

import xorviz
from tests.watching.mini_torch import mini_torch
from xorviz.cli.parser import EXAMPLES
from xorviz.core.network import weights_of
from xorviz.files import assets
from xorviz.watching import places
from xorviz.watching.reader import StatesReader


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_its_steps_are_right(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "pytorch" and find_spec("torch") is None:
        monkeypatch.setitem(sys.modules, "torch", mini_torch())
    text = assets.read_text(f"examples/watch_{name}.py").replace("20_000", "600")
    exec(compile(text, name, "exec"), {"__name__": "__main__"})
    found = StatesReader(places.files()[0])
    recipe, states = found.header.config, found.read()
    assert recipe is not None
    assert not {"rate", "loss", "activation"} & {*found.source.assumed}
    assert states.steps[:3].tolist() == [0, 1, 2]
    before, after, later = (weights_of(numbers, recipe) for numbers in states.numbers[:3])
    check = xorviz.check_step(before, after, later, rate=recipe.rate, loss=recipe.loss)
    assert check.verdict == "correct", check.sentence
