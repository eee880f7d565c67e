"""What was found out about a network, as text."""

from tests.files.weights.test_reader import parsed
from xorviz.core.rules import SettingError
from xorviz.files.weights.examined import examined
from xorviz.window.dialogs.own_network.words import examination_html, outputs_text, refusal_text


def test_outputs_are_shown_in_the_user_s_order() -> None:
    order = ((1, 1), (0, 0), (0, 1), (1, 0))
    assert outputs_text((0.1, 0.2), order) == "Outputs for 11, 00: 0.100, 0.200"


def test_a_refusal_is_a_sentence() -> None:
    assert refusal_text(SettingError("w1 is missing")) == "w1 is missing."
    assert refusal_text(SettingError("b2 is odd")) == "b2 is odd."
    assert refusal_text(SettingError("the order is odd")) == "The order is odd."


def test_a_diagnosis_is_a_headline_a_sentence_and_lists() -> None:
    text = html_of("0 .5 1 .5")
    assert text.startswith("<p><b>Two rows learned</b></p><p>Rows 0 1 and 1 1 are near one half")
    assert "\u202f" not in text
    assert "<b>a fault in the backward pass</b>: " in text
    assert "xorviz check before.npz after.npz" in text
    assert ">68</td>" in text  # how often networks without a fault are there
    learned = html_of("0 1 1 0")
    assert "Next." not in learned
    assert "What looks the same" not in learned
    assert "<b>another row order</b>: 2 outputs" in html_of("1 0 1 0")
    opened = examination_html(
        examined(parsed("w1=[[1 2 3] [4 5 6]] w2=[1 2 3]"), {"output": "tanh"})
    )
    assert "Opened as a run, the network has a sigmoid as its output unit." in opened


def html_of(outputs: str) -> str:
    return examination_html(examined(parsed(outputs), {}))
