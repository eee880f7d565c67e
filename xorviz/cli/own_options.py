"""The options of the commands diagnose and check."""

import argparse
from collections.abc import Callable
from typing import Any

from xorviz.core.rules import Choice, Real, Whole
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import SETTINGS
from xorviz.files.arguments import add_option, add_settings
from xorviz.files.weights.known import NAMES
from xorviz.files.weights.own_network import ORIENTATIONS, OrientationError
from xorviz.files.weights.said import PRINTED_ORDER, SAID, RowOrder

_STEPS = Whole(0, MOST_STEPS)

_WAYS = {
    "in-out": "its rows are the inputs",
    "out-in": "they are the hidden units",
    "in-out-first": "its rows are the inputs, after one of biases",
    "out-in-first": "its rows are the hidden units, whose first number is the bias",
}

_DIAGNOSE = """Diagnoses a network that another program trained, and says what to do next.
Its weights are JSON, arrays as NumPy, PyTorch or Keras print them, or an npz file."""
_CHECK = """Tells whether a training step is right, and which line is wrong if it is not.
Save the weights, take one step, and save them again: numpy.savez, JSON, or print them. A third file
with the weights after a second step finds out momentum, too. What is not said is found out.
Of a recording of xorviz.watch, all steps are checked."""
_CHECK_ENDS = """A residual is the share of a change that the finding leaves unexplained.
Exit codes: 0 correct, 1 faulty, 3 undecided, 2 input that cannot be checked."""


def orientation_asked(error: OrientationError) -> str:
    """Return the question how w1 is to be read, with the options that answer it."""
    ways = " or ".join(f"{name} ({_WAYS[name]})" for name in error.allowed)
    return f"{error}; allowed: --orientation {ways}"


def add_diagnose(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to those of the command line."""
    diagnose = add(
        usage="xorviz diagnose --weights FILE [option ...]\n"
        '       xorviz diagnose --outputs "0 .5 1 .5" [option ...]\n'
        "       xorviz diagnose --loss-value 0.3466 [option ...]",
        description=_DIAGNOSE,
    )
    diagnose.add_argument(
        "--weights",
        metavar="FILE",
        help="w1 and w2, optionally b1 and b2, or the outputs; - reads standard input",
    )
    diagnose.add_argument("--outputs", metavar='"Y Y Y Y"', help="the four outputs alone, or fewer")
    add_option(diagnose, "loss_value", Real(0, 1e6), "the loss, to be compared with those of "
               "stuck networks, of --loss or of all losses", metavar="LOSS")  # fmt: skip
    _add_rows(diagnose, "targets in the order of the rows (XOR)",
              "order of the rows x1 x2 in outputs and targets", default=PRINTED_ORDER)  # fmt: skip
    known = diagnose.add_argument_group("what is known of the network")
    add_settings(known, [n for n in NAMES if n in SETTINGS], have_defaults=False)
    add_option(known, "output", SAID["output"].rule, SAID["output"].phrase)
    add_option(known, "steps", _STEPS, "steps trained so far")
    diagnose.add_argument("--try", action="store_true", dest="tries", help="train on with many "
                          "changes, and print which work; some seconds")  # fmt: skip
    diagnose.add_argument("--json", action="store_true", help="print one JSON object")


def add_check(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to those of the command line."""
    check = add(
        usage="xorviz check BEFORE AFTER [option ...]\n"
        "       xorviz check BEFORE MIDDLE AFTER [option ...]\n"
        "       xorviz check FILE [option ...]\n"
        "       xorviz check RECORDING [option ...]",
        description=_CHECK,
        epilog=_CHECK_ENDS,
    )
    check.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="weights before and after one step, or one file that holds them all, as diagnose "
        "reads them; - reads standard input",
    )
    for name, row in SAID.items():
        add_option(check, name, row.rule, row.phrase)
    _add_rows(check, "targets in the order of the rows",
              "order of the rows x1 x2 in targets (00,01,10,11) and in a pass")  # fmt: skip
    check.add_argument("--json", action="store_true", help="print one JSON object")


def _add_rows(parser: argparse.ArgumentParser, targets: str, order: str, **more: Any) -> None:
    """Add the options of targets, of the order of rows, and of what a row of w1 is."""
    # Not the option --targets of a run: --order may give the rows another order.
    add_option(parser, "targets", SETTINGS["targets"].rule, targets, dest="wanted")
    add_option(parser, "order", RowOrder(), order, **more)
    add_option(parser, "orientation", Choice(ORIENTATIONS),
               "whether a row of w1 is an input or a hidden unit, biases in it first")  # fmt: skip
