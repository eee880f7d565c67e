"""What is asked and what was found out about a network of another program, as text."""

import html
from collections.abc import Iterable, Sequence

import numpy as np

from xorviz.core import numerals
from xorviz.core.network import outputs
from xorviz.core.rules import SettingError
from xorviz.core.truth_table import ROWS
from xorviz.files.weights.examined import Examination
from xorviz.files.weights.own_network import OwnNetwork
from xorviz.files.weights.row_order import PRINTED_ORDER, Row, order_text

EXAMPLE = """Example:
w1 = [[4.4  0.6  6.4]
      [4.5  0.2  6.3]]
b1 = [-6.8  0.4 -2.7]
w2 = [[-9.7] [-2.4] [9.6]]
b2 = -3.0
or JSON, or arrays as NumPy, PyTorch and Keras print them,
or four outputs alone: 0 .5 1 .5"""
AFTER = (
    "Is your code wrong? Paste the same weights after one training step: the step is checked, and "
    "a fault is named with the line that mends it."
)
SAYS = (
    "Paste the weights of a network with two inputs, one hidden layer and one sigmoid output to "
    "open it as a run, or only its outputs to diagnose it. Say what else you know; the rest "
    "may stay open."
)
FOUND = "The state of the network and what may have caused it, or what is wrong in its step."
ASKS = "w1 is 2 × 2. Does each row belong to an input or to a hidden unit?"

_CHECK = "Is your code wrong? The weights before and after one training step tell."


def refusal_text(error: SettingError) -> str:
    """Return an error as a sentence; the names of arrays stay small."""
    text = str(error)
    return f"{text if text.startswith(('w', 'b')) else text[0].upper() + text[1:]}."


def examination_html(found: Examination) -> str:
    """Return a state with its headline, what is assumed, possible causes and what to try."""
    headline, _, detail = found.sentence.partition(": ")
    advice = found.found.advice if found.found else ()
    causes = [f"<i>{x.name}</i>: {x.because} {x.check}" for x in found.causes]
    parts = (
        f"<p><b>{html.escape(headline)}</b></p>",
        f"<p>{html.escape(detail[:1].upper() + detail[1:])}</p>",
        _list("Possible causes:", causes),
        _list("What to try:", map(html.escape, advice)),
        f"<p>{html.escape(found.known.text)}</p>",
        f"<p>{_CHECK}</p>" if found.found and found.found.is_stuck else "",
    )
    return "".join(parts).replace(numerals.THIN_SPACE, "\u00a0")  # else Qt has a plain space


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f"<p>{title}</p><ul style='margin-left: -24px'>{items}</ul>" if items else ""


def computed_text(network: OwnNetwork, activation: str) -> str:
    """Return the network's outputs, which show the user whether it was read correctly."""
    with np.errstate(all="ignore"):
        by_row = dict(zip(ROWS, outputs(network.weights, activation), strict=True))
    return outputs_text([by_row[row] for row in PRINTED_ORDER], PRINTED_ORDER)


def outputs_text(given: Sequence[float], order: tuple[Row, ...]) -> str:
    """Return outputs, which follow an order of the rows."""
    numbers = ", ".join(numerals.fixed(float(y), 3) for y in given)
    return f"Outputs for {order_text(order[: len(given)], ', ')}: {numbers}"
