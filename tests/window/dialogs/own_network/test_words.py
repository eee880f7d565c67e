"""What was found out about a network, as text; and arrays as text."""

from dataclasses import replace

import numpy as np
import pytest

from tests.files.weights.test_reader import parsed
from tests.panels.learn.check_steps import checked
from xorviz.core.check.step_check import StepRule
from xorviz.files.weights.examined import examined
from xorviz.files.weights.own_network import Arrays, arranged
from xorviz.window.dialogs.own_network.found import Found
from xorviz.window.dialogs.own_network.text_box import arrays_text
from xorviz.window.dialogs.own_network.words import EXAMPLE, difference_text, examination_html


def test_the_example_is_a_network_that_has_learned_xor() -> None:
    weights = parsed(EXAMPLE.partition("or JSON")[0])
    assert arranged(weights).summary == "2-3-1 with biases, w1 as (2, 3)"
    assert examined(weights, {}).case.state == "learned"
    assert parsed(EXAMPLE.rpartition(": ")[2]).outputs is not None


@pytest.mark.parametrize(
    "arrays",
    [
        Arrays(np.array([[0.1, 1e-17], [3, 4]]), np.ones(2), np.ones((2, 1)), np.array(5.0)),
        Arrays(np.ones((3, 2)), w2=np.ones((1, 3))),
        Arrays(outputs=np.array([0.1, 0.2, 0.3, 1 / 3])),
    ],
    ids=range(3),
)
def test_arrays_as_text_read_back(arrays: Arrays) -> None:
    again = parsed(arrays_text(arrays))
    for name in ("w1", "b1", "w2", "b2", "outputs"):
        assert repr(getattr(again, name)) == repr(getattr(arrays, name))


def test_a_diagnosis_is_a_headline_a_sentence_and_lists() -> None:
    text = html_of("0 .5 1 .5")
    assert text.startswith("<p><b>Stuck</b></p><p>Rows 01 and 11 answer ½")
    assert "\u202f" not in text
    assert "<b>a fault in the backward pass</b>: " in text
    assert "xorviz check before.npz after.npz" in text
    assert ">68</td>" in text  # how often networks without a fault are there
    learned = html_of("0 1 1 0")
    assert "Next." not in learned
    assert "Possible causes" not in learned
    assert "<b>another row order</b>: 2 outputs" in html_of("1 0 1 0")


def test_what_opens_as_another_network_is_said() -> None:
    network = examined(parsed("w1=[[1 2 3] [4 5 6]] w2=[1 2 3]"), {})
    for output, coding, text in (
        ("linear", "inputs −1/1, targets −1/1", ""),
        ("tanh", "inputs 0/1, targets −1/1", "inputs and targets of 0 and 1"),
        ("relu", None, "a linear output unit"),
    ):
        step = replace(checked(), rule=StepRule(output=output, coding=coding))
        page = Found("", network=network, check=step).page
        assert text in page
        assert ("Opened as a run" in page) == bool(text)
    told = html_of("w1=[[1 2 3] [4 5 6]] w2=[1 2 3]", output="relu")
    assert difference_text("relu", True) in told


def html_of(text: str, **said: str) -> str:
    return examination_html(examined(parsed(text), said))
