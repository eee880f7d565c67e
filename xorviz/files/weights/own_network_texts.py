"""What is said of a network that another program trained, and of its outputs alone."""

import html
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import Diagnosis
from xorviz.core.network import outputs
from xorviz.core.rules import SettingError
from xorviz.files.weights.own_network import Arrays, OwnNetwork
from xorviz.files.weights.row_order import PRINTED_ORDER, Row, in_order, order_text

EXAMPLE = """For example
w1 = [[4.4  0.6  6.4]
      [4.5  0.2  6.3]]
b1 = [-6.8  0.4 -2.7]
w2 = [[-9.7] [-2.4] [9.6]]
b2 = -3.0
or JSON, or what PyTorch, Keras and NumPy print;
or the four outputs alone: 0 .5 1 .5"""
SAYS = (
    "Paste the weights of a network with two inputs, one hidden layer and one sigmoid output. "
    "Training goes on from them. Of four outputs alone, see in which state the network is."
)
ASKS = "Is each row of w1 an input or a hidden unit? There are two of both."


def refusal_text(error: SettingError) -> str:
    """Return an error as a sentence; the names of arrays stay small."""
    text = str(error)
    return f"{text if text.startswith(('w', 'b')) else text[0].upper() + text[1:]}."


def diagnosis_html(found: Diagnosis) -> str:
    """Return a diagnosis with its headline, and what to try as a list."""
    detail = html.escape(found.detail[:1].upper() + found.detail[1:])
    advice = "".join(f"<li>{html.escape(line)}</li>" for line in found.advice)
    tries = f"<p>What to try:</p><ul style='margin-left: -24px'>{advice}</ul>" if advice else ""
    text = f"<p><b>{html.escape(found.headline)}</b></p><p>{detail}</p>{tries}"
    return text.replace(numerals.THIN_SPACE, "\u00a0")  # at which no line is broken


def computed_text(network: OwnNetwork, activation: str) -> str:
    """Return what the network answers, by which a person sees whether it was read rightly."""
    with np.errstate(all="ignore"):
        return outputs_text(outputs(network.weights, activation), PRINTED_ORDER)


def outputs_text(given: Any, order: tuple[Row, ...]) -> str:
    """Return four outputs, in the order of ROWS, in the order that a person has them."""
    numbers = ", ".join(numerals.fixed(float(y), 3) for y in in_order(given, order))
    return f"Outputs for {order_text(order, ', ')}: {numbers}"


def arrays_text(arrays: Arrays) -> str:
    """Return arrays as a text that is read as the same arrays."""
    if arrays.outputs is not None:
        return " ".join(map(repr, arrays.outputs.tolist()))
    named = {name: getattr(arrays, name) for name in ("w1", "b1", "w2", "b2")}
    return "\n".join(f"{n} = {a.tolist()!r}" for n, a in named.items() if a is not None)
