"""Drawings hold what they show."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tests.support.snapshots import QUICK, trained
from xorviz.core.network import outputs
from xorviz.core.runs.record import Intervention
from xorviz.core.settings import RunConfig
from xorviz.files.pages.svg import svg_loss, svg_surface

TAG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("config", [QUICK, RunConfig(width=1, rate=900, biases=True)])
def test_the_line_at_one_half_lies_where_the_output_is_one_half(config: RunConfig) -> None:
    seen = trained(config, 300)
    drawn = ET.fromstring(svg_surface(seen))
    lines = [p.attrib["d"] for p in drawn.iter(f"{TAG}path") if p.attrib["fill"] == "none"]
    at = np.array([[float(n) for n in re.split("[ML ]", line) if n] for line in lines[:1]])
    for x, y in at.reshape(-1, 2):
        around = np.array([(x + dx, y + dy) for dx in (-3, 3) for dy in (-3, 3)])
        x1, x2 = around[:, 0] / 200 - 0.5, 1.5 - around[:, 1] / 200
        found = outputs(seen.weights, config.activation, np.column_stack((x1, x2)))
        assert found.min() - 0.02 < 0.5 < found.max() + 0.02
    targets = [t.text for t in drawn.iter(f"{TAG}text")]
    assert targets == [str(target) for target in config.targets]


def test_the_loss_has_all_runs_the_changes_and_the_step() -> None:
    trace = trained(QUICK, 300).trace
    runs = {"<mine>": trace, "B": trace}
    change = Intervention(150, "rate", 0.25)
    drawn = ET.fromstring(svg_loss(runs, [change], 100))
    assert [line.find(f"{TAG}title").text for line in drawn.iter(f"{TAG}polyline")] == [  # type: ignore[union-attr]
        *("B", "<mine>")
    ]
    assert [t.text for t in drawn.iter(f"{TAG}title")][-1] == "Step 150: rate 0.25"
    assert len(list(drawn.iter(f"{TAG}circle"))) == 1
    assert svg_loss({"": trace.up_to(0)}) == ""
