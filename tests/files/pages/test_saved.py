"""A saved page has the run's numbers and words, and a browser computes the same outputs."""

import base64
import json
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.commands import ended
from tests.support.watched import watched_run
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.network import flat, head_of, outputs
from xorviz.core.numerals import whole
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED
from xorviz.files import assets
from xorviz.files.pages.saved import page, page_steps
from xorviz.ui.theme.palette import DARK, LIGHT

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def branched(config: RunConfig, steps: int) -> Recording:
    """Return a run whose rate and one weight were changed on the way."""
    run = Recording(config)
    run.advance(steps // 2)
    run.intervene("rate", config.rate / 2)
    run.intervene("w1", 0.75, (1, 0))
    run.advance(steps - steps // 2)
    return run


def data_of(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="run">(.*?)</script>', text)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_page_has_the_weights_and_the_state_of_each_of_its_steps() -> None:
    run = branched(RunConfig(width=2, rate=1, biases=True), 300)
    project = Project(run.record(), 300).pinning(run.fork(9).record(), 9, "</script><b>")
    text = page(project, 77).decode()
    data = data_of(text)
    steps = data["steps"]
    assert steps == page_steps(project.record, 77) == sorted({*steps, 0, 77, 150, 300})
    assert steps[data["at"]] == 77
    weights = np.frombuffer(base64.b64decode(data["weights"])).reshape(len(steps), -1)
    for place in (0, len(steps) // 2, len(steps) - 1):
        seen = run.state_at(steps[place])
        np.testing.assert_array_equal(weights[place], flat(seen.weights))
        assert data["said"][data["states"][place]].startswith(diagnose_seen(seen).said.line)
    assert "</script><b>" not in text
    assert text.count("<script") == text.count("</script>") == 2
    assert "step 150 rate 0.5; step 150 w1[x2→h1] 0.75" in text
    assert "&lt;/script&gt;&lt;b&gt;" in text


def test_a_page_has_the_curves_of_all_runs_whatever_their_names() -> None:
    run, other = Recording(RunConfig(rate=1)), Recording(RunConfig(rate=2))
    run.advance(300)
    other.advance(40)
    project = Project(run.record(), 300, other.record())
    names = ("This run", "this run", "A: rate 1", "B", "B", "<!--DATA-->")
    for name in names:
        project = project.pinning(other.record(), 40, name)
    text = page(project, 77).decode()
    assert data_of(text)["last"] == 300
    assert text.count("<polyline") == 2 + len(names)
    curves = re.findall(r'<polyline[^>]*stroke="([^"]*)"[^>]*><title>([^<]*)', text)
    assert curves[-1] == ("#168C7F", "A: rate 1"), "the run itself, above the others"


def test_a_page_of_a_watched_run_has_its_kept_states() -> None:
    run = watched_run(steps=400)
    record = run.record()
    data = data_of(page(Project(record, 400), 400).decode())
    assert set(data["steps"]) <= {state.step for state in record.checkpoints}


def test_a_page_loads_nothing_and_has_the_colours_of_the_window() -> None:
    text = assets.read_text("page.html")
    assert "default-src 'none'" in text
    assert not re.findall(r"https?:|src=|@import|url\(|fetch|XMLHttp", text)
    colors = {color.upper() for color in re.findall(r"--[a-z]+: (#[0-9A-Fa-f]{6})", text)}
    used = ("ground", "panel", "hairline", "text", "quiet", "accent", "minus", "plus", "wrong")
    known = {getattr(theme, name) for theme in (LIGHT, DARK) for name in used}
    assert colors - {"#FFFFFF", "#000000", "#444444"} == known - {"#FFFFFF"}


class Seen:
    """A page in a browser at a step."""

    def __init__(self, path: Path, step: int, folder: Path) -> None:
        if BROWSER is None:
            pytest.skip("Chromium is not installed")
        command = (
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}"),
            *("--virtual-time-budget=5000", "--dump-dom", f"{path.as_uri()}#step={step}"),
        )
        self.text = ended(*command).out
        self.values = [float(n) for n in re.findall(r'data-value="([-+.\de]+)"', self.text)]

    def text_of(self, name: str) -> str:
        found = re.search(rf'id="{name}"[^>]*>(.*?)<', self.text, re.DOTALL)
        assert found is not None
        return unescape(found[1])


def assert_shows(seen: Seen, snapshot: Snapshot) -> None:
    coding = head_of(snapshot.config).coding
    rows = coding.value(np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.5]]))
    *wanted, middle = outputs(snapshot.weights, snapshot.config, rows).tolist()
    np.testing.assert_allclose(seen.values, [*wanted, snapshot.loss], rtol=1e-12, atol=1e-15)
    assert seen.text_of("state").startswith(diagnose_seen(snapshot).said.line)
    middle_text = f"{middle:.4f}".replace("-", "\N{MINUS SIGN}")
    assert f"in its middle {middle_text}" in seen.text
    goals = re.findall(r">([^<>]+)</td>\s*<td data-value", seen.text)
    assert goals == [whole(snapshot.goals[row]) for row in COUNTED]
    assert seen.text_of("shown").replace("\u202f", "").startswith(f"{snapshot.step} of ")
    assert seen.text.count("<circle") >= snapshot.config.width + 3


@pytest.mark.thorough
@pytest.mark.parametrize(
    "config",
    [
        RunConfig(width=3, rate=0.5, biases=True),
        RunConfig(width=2, rate=0.5, activation="tanh", loss="cross-entropy", targets=(1, 1, 0, 1)),
        RunConfig(
            width=5, rate=0.05, activation="relu", loss="half-mse", biases=True, momentum=0.5
        ),
        RunConfig(width=64, rate=0.02, biases=True, loss="mean-cross-entropy"),
        RunConfig(rate=0.05, biases=True, output="tanh", coding="plus-minus", batch="shuffled"),
        RunConfig(rate=0.05, biases=True, output="linear", optimizer="adam"),
    ],
)
def test_a_browser_shows_the_numbers_and_words(config: RunConfig, tmp_path: Path) -> None:
    run, path = branched(config, 40_000 if config.width == 64 else 3000), tmp_path / "page.html"
    project = Project(run.record(), run.newest)
    for number in range(12):
        project = project.pinning(run.fork(100 + number).record(), 5, f"run {number}")
    path.write_bytes(page(project, run.newest))
    assert path.stat().st_size < 1_000_000
    steps = page_steps(project.record, run.newest)
    assert len(steps) > 40
    for step in (steps[len(steps) // 3], run.newest):
        assert_shows(Seen(path, step, tmp_path / "profile"), run.state_at(step))
