"""Public values show themselves in notebooks and as text, without Qt."""

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

import xorviz
from tests.support.snapshots import QUICK, trained
from xorviz import Recording, RunConfig
from xorviz.core.check.code.code_check import ArrayCheck, CodeCheck
from xorviz.core.check.step_check import StepCheck
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.rules import SettingError
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.files.pages.overview import Overview
from xorviz.lab.results.success import Proportion, interval_text


def run_of(config: RunConfig = QUICK, steps: int = 200) -> Recording:
    run = Recording(config)
    run.advance(steps)
    return run


def check_of_step() -> StepCheck:
    run = run_of(steps=2)
    return xorviz.check_step(run.weights_at(0), run.weights_at(1), rate=1, loss="sse")


RESULT = xorviz.train_many([RunConfig(rate=0.5, seed=seed) for seed in range(20)], 300)
VALUES: dict[str, tuple[object, str]] = {
    "recording": (run_of(), "Learned."),
    "past": (run_of().state_at(3), "Step 3 "),
    "first": (run_of(steps=0).snapshot(), "Not trained"),
    "diagnosis": (xorviz.diagnose(run_of().weights, QUICK), "Learned."),
    "outputs": (xorviz.diagnose_outputs([0.5, 0.5, 0.5, 0.5]), "½"),
    "step": (check_of_step(), "correct: "),
    "code": (CodeCheck("faulty", "w1 < 0", {"w1": ArrayCheck("exact")}), "faulty: "),
    "lab": (RESULT, f"{RESULT.right.sum()} of 20"),
}


class _Balanced(HTMLParser):
    """Raises AssertionError where an element is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.stack.append(tag)
        self.seen.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


@pytest.mark.parametrize("name", VALUES)
def test_a_value_says_in_a_notebook_what_it_says_as_text(name: str) -> None:
    value, fact = VALUES[name]
    assert fact in str(value)
    assert len(str(value).splitlines()) < 20
    assert " at 0x" not in f"{value}{value!r}"
    html = value._repr_html_()  # type: ignore[attr-defined]
    parser = _Balanced()
    parser.feed(html)
    assert parser.stack == []
    assert fact in html
    is_run = isinstance(value, Recording | Snapshot)
    assert parser.seen.count("svg") == (0 if not is_run else 1 if name == "first" else 2)
    assert all("color" not in part for part in html.split("<svg")[0].split("style")[1:])


@pytest.mark.parametrize("coding", ["zero-one", "plus-minus"])
def test_a_network_is_shown_in_its_own_numbers(coding: str) -> None:
    seen = trained(replace(QUICK, output="linear", coding=coding), 5)
    for shown in (str(seen), str(diagnose_seen(seen))):
        assert (" −1 " in shown) == (coding == "plus-minus")


def test_nothing_in_an_overview_is_taken_for_html() -> None:
    found = Overview("<a>", ("<i>",), [("<u>",), ("<s>",)])
    assert [tag for tag in ("<a>", "<i>", "<u>", "<s>") if tag in found.html()] == []
    assert found.text() == "<a>\n<i>\n\n<u>\n<s>"


def test_the_lab_gives_its_rates_with_intervals_and_states_and_a_table() -> None:
    rate = Proportion(int(RESULT.right.sum()), 20)
    low, _, high = interval_text(rate).partition(" to ")
    assert f"95 % interval {low} to {high} %" in str(RESULT)
    assert all(state in str(RESULT) for state in RESULT.states)
    header, *rows = RESULT.to_csv().splitlines()
    assert len(rows) == 20
    columns = {n: [row.split(",")[i] for row in rows] for i, n in enumerate(header.split(","))}
    assert [int(seed) for seed in columns["seed"]] == RESULT.seed.tolist()
    assert [float(loss) for loss in columns["final_loss"]] == RESULT.loss.tolist()
    assert columns["state"] == list(RESULT.states)


def test_a_table_is_written_to_a_file_or_the_reason_is_told(tmp_path: Any) -> None:
    assert RESULT.to_csv(tmp_path / "lab.csv") == (tmp_path / "lab.csv").read_text()
    with pytest.raises(xorviz.FileError):
        RESULT.to_csv(tmp_path / "missing" / "lab.csv")


def test_a_plateau_is_no_rule_for_many_networks() -> None:
    with pytest.raises(SettingError, match="at_plateau is for a single run"):
        xorviz.train_many([QUICK], 5, StopRules(at_plateau=0.1))
