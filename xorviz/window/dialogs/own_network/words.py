"""What is asked and what was found out about a network of another program, as text."""

from collections.abc import Iterator, Sequence
from html import escape

from xorviz.core import numerals
from xorviz.core.diagnosis.how_often import HEADING
from xorviz.core.rules import SettingError
from xorviz.files.weights.examined import Examination
from xorviz.files.weights.said import Row, order_text

EXAMPLE = """Example:
w1 = [[4.4  0.6  6.4]
      [4.5  0.2  6.3]]
b1 = [-6.8  0.4 -2.7]
w2 = [[-9.7] [-2.4] [9.6]]
b2 = -3.0
or JSON, or arrays as NumPy, PyTorch and Keras print them,
or four outputs alone: 0 .5 1 .5"""
AFTER = (
    "To check your code, paste the same weights after one training step. If the step is faulty, "
    "the wrong line is shown beside the right one."
)
SAYS = (
    "Paste the weights of a network with two inputs, one hidden layer and one output to open it as "
    "a run, or only its outputs to find out what happened. Fill in what you know; leave the rest "
    "open."
)
FOUND = "The state of the network, what to do next and what may have caused it, or a wrong step."
OPENS = "Open these weights as a run at step 0, with what was found out"
FINDS = "Train 64 networks with these settings, and open one that ends with such outputs"
NOTHING_OPENS = "Nothing to open yet: paste the weights of a network, or its four outputs"

_CHECK = "Paste weights before and after one step above to check your code."
_CELL = "padding:2px 16px 4px 0"


def refusal_text(error: SettingError) -> str:
    """Return an error as a sentence; the names of arrays stay small."""
    text = str(error)
    return f"{text if text.startswith(('w', 'b')) else text[0].upper() + text[1:]}."


def examination_html(found: Examination) -> str:
    """Return a state, what to do next, what may have caused it, and how often it comes."""
    # Without no-break spaces, Qt has plain ones in numbers.
    return "".join(_parts(found)).replace(numerals.THIN_SPACE, "\u00a0")


def _parts(found: Examination) -> Iterator[str]:
    headline, _, detail = found.sentence.partition(". ")
    yield f"<p><b>{escape(headline)}</b></p><p>{escape(detail)}</p>"
    known = found.known
    if said := " ".join((known.text, difference_text(known.output, known.is_trainable))).strip():
        yield f"<p>{escape(said)}</p>"
    advice = found.found.advice if found.found else ()
    yield _table("<b>Fix it</b>", [[escape(one)] for one in advice])
    code = "<code style='white-space:pre'>{}</code>"
    steps = [[f"{x.what}<br>{code.format(escape(x.command))}"] for x in found.next]
    yield _table(f"<b>Next.</b> {_CHECK} Or in your program and the terminal:", steps)
    causes = [[f"<b>{x.name}</b>: {escape(x.because)}", escape(x.check)] for x in found.causes]
    titles = [["<b>Possible causes</b>", "<b>How to tell</b>"]] * bool(causes)
    yield _table("", titles + causes)
    yield _table(f"<b>How often.</b> {HEADING}", found.table, "right")


def _table(title: str, rows: Sequence[Sequence[str]], align: str = "left") -> str:
    """Return a table with a title; nothing without rows."""
    lines = [
        f"<td style='{_CELL}'>{first}</td>"
        + "".join(f"<td align='{align}' style='{_CELL}'>{cell}</td>" for cell in others)
        for first, *others in rows
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<p>{title}</p><table cellspacing='0'>{body}</table>" if body else ""


def difference_text(output: str | None, is_one_coding: bool) -> str:
    """Return in what a run with the same weights is another network; empty if in nothing."""
    if output == "relu":
        return "Opened as a run, the network has a linear output unit."
    return (
        "" if is_one_coding else "Opened as a run, the network has inputs and targets of 0 and 1."
    )


def outputs_text(given: Sequence[float], order: tuple[Row, ...]) -> str:
    """Return outputs, which follow an order of the rows."""
    numbers = ", ".join(numerals.fixed(float(y), 3) for y in given)
    return f"Outputs for {order_text(order[: len(given)], ', ')}: {numbers}"
