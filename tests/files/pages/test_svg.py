"""Drawings hold what they show."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tests.support.snapshots import QUICK, trained
from xorviz.core.analysis.surface import Grid, logit_grid
from xorviz.core.network import head_of, outputs
from xorviz.core.numerals import whole
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import RunConfig
from xorviz.files.pages.svg import _COLORS, svg_loss, svg_surface

TAG = "{http://www.w3.org/2000/svg}"


OTHERS = [
    RunConfig(width=4, rate=0.1, biases=True, output="tanh", coding="plus-minus", batch="pass"),
    RunConfig(width=4, rate=0.1, activation="tanh", output="linear", coding="plus-minus"),
    RunConfig(width=4, rate=0.1, biases=True, output="linear", optimizer="adam"),
]


@pytest.mark.parametrize("config", [QUICK, RunConfig(width=1, rate=900, biases=True), *OTHERS])
def test_the_line_at_one_half_lies_where_the_output_is_one_half(config: RunConfig) -> None:
    seen = trained(config, 300)
    drawn = ET.fromstring(svg_surface(seen))
    lines = [p.attrib["d"] for p in drawn.iter(f"{TAG}path") if p.attrib["fill"] == "none"]
    at = np.array([[float(n) for n in re.split("[ML ]", line) if n] for line in lines[:1]])
    for x, y in at.reshape(-1, 2):
        around = np.array([(x + dx, y + dy) for dx in (-3, 3) for dy in (-3, 3)])
        x1, x2 = around[:, 0] / 200 - 0.5, 1.5 - around[:, 1] / 200
        coding = head_of(config).coding
        inputs = coding.value(np.column_stack((x1, x2)))
        found = coding.share(outputs(seen.weights, config, inputs))
        assert found.min() - 0.02 < 0.5 < found.max() + 0.02
    targets = [t.text for t in drawn.iter(f"{TAG}text")]
    assert targets == [whole(goal) for goal in seen.goals.tolist()]
    shares = head_of(config).shares(logit_grid(seen.weights, config, Grid(41).points))
    fills = [p.attrib["fill"] for p in drawn.iter(f"{TAG}path") if p.attrib["fill"] != "none"]
    levels = np.arange(1, len(_COLORS)) / len(_COLORS)
    assert fills == [_COLORS[n] for n, level in enumerate(levels, 1) if shares.max() > level]


def test_the_loss_has_all_runs_the_changes_and_the_step() -> None:
    trace = trained(QUICK, 300).trace
    runs = {"<mine>": trace, "B": trace}
    change = Intervention(150, "rate", 0.25)
    drawn = ET.fromstring(svg_loss(runs, "pass", [change], 100))
    assert [line.find(f"{TAG}title").text for line in drawn.iter(f"{TAG}polyline")] == [  # type: ignore[union-attr]
        *("B", "<mine>")
    ]
    assert [t.text for t in drawn.iter(f"{TAG}title")][-1] == "Pass 150: rate 0.25"
    assert len(list(drawn.iter(f"{TAG}circle"))) == 1
    assert svg_loss({"": trace.up_to(0)}, "step") == ""


@pytest.mark.parametrize("losses", [[1.0, 1e306], [1.7e308, 1.7e308]])
def test_losses_near_the_largest_number_are_drawn(losses: list[float]) -> None:
    svg = ET.fromstring(svg_loss({"": Trace(np.array([0, 1]), np.array(losses))}, "step"))
    assert len(list(svg.iter(f"{TAG}text"))) > 2
