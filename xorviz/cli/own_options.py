"""The options of the commands diagnose and check, and what both read."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from xorviz.core.rules import Choice, Real, Whole
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import SETTINGS
from xorviz.files.arguments import add_option, add_settings
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import states_npz
from xorviz.files.run_file import MOST_BYTES
from xorviz.files.weights.own_network import ORIENTATIONS, OrientationError
from xorviz.files.weights.reader import naming, read_file
from xorviz.files.weights.said import PRINTED_ORDER, SAID, TOLD, RowOrder
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.states_file import MAGIC, SUFFIX

_STEPS = Whole(0, MOST_STEPS)

_WAYS = {
    "in-out": "its rows are the inputs",
    "out-in": "they are the hidden units",
    "in-out-first": "its rows are the inputs, after one of biases",
    "out-in-first": "its rows are the hidden units, whose first number is the bias",
}


def content_of(name: str) -> bytes:
    """Return the content of a file, or of standard input, whose name is -. Raises FileError.

    The states of a watched program are returned as an npz file.
    """
    with naming(shown(name)):
        if name.endswith(SUFFIX):
            return states_npz(FollowedRun(Path(name)).record())
        data = sys.stdin.buffer.read(MOST_BYTES + 1) if name == "-" else read_file(name)
        if data.startswith(MAGIC):
            raise FileError(f"States of a watched program are read from a file named *{SUFFIX}.")
        return data


def shown(name: str) -> str:
    """Return what a file is called in messages."""
    return "standard input" if name == "-" else name


def orientation_asked(error: OrientationError) -> str:
    """Return the question how w1 is to be read, with the options that answer it."""
    ways = " or ".join(f"{name} ({_WAYS[name]})" for name in error.allowed)
    return f"{error}; allowed: --orientation {ways}"


def add_diagnose(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to those of the command line."""
    parser = add(
        usage="xorviz diagnose --weights FILE [option ...]\n"
        '       xorviz diagnose --outputs "0 .5 1 .5" [option ...]\n'
        "       xorviz diagnose --loss-value 0.3466 [option ...]",
        description="Diagnoses a network that another program trained, and says what to do next. "
        "Its weights are JSON, arrays as NumPy, PyTorch or Keras print them, an npz file, or "
        "the states of a watched program.",
    )
    weights = "w1 and w2, optionally b1 and b2, or the outputs; - reads standard input"
    parser.add_argument("--weights", metavar="FILE", help=weights)
    parser.add_argument("--outputs", metavar='"Y Y Y Y"', help="the four outputs alone, or fewer")
    loss = "the loss, to be compared with those of stuck networks, of --loss or of all losses"
    add_option(parser, "loss_value", Real(0, 1e6), loss, metavar="LOSS")
    _add_shared(parser, "targets in the order of the rows (XOR)", "outputs and targets")
    parser.set_defaults(order=PRINTED_ORDER)
    known = parser.add_argument_group("what is known of the network")
    add_settings(known, TOLD, have_defaults=False)
    add_option(known, "steps", Whole(0, MOST_STEPS), "steps trained so far")
    tries = "try each fix and print its success rate; takes some seconds"
    parser.add_argument("--try", action="store_true", dest="tries", help=tries)


def add_check(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to those of the command line."""
    parser = add(
        usage="xorviz check BEFORE AFTER [option ...]\n"
        "       xorviz check BEFORE MIDDLE AFTER [option ...]\n"
        "       xorviz check FILE [option ...]\n"
        "       xorviz check RECORDING [option ...]",
        description="Checks whether a training step is right, and shows the wrong line if it "
        "isn't. Save the weights, take one step, and save them again: with numpy.savez, as JSON, "
        "or printed. A third file, saved after a second step, also shows the momentum. Settings "
        "you leave out are inferred. In a recording of xorviz.watch, every step is checked.",
        epilog="A residual is the share of a change that the finding leaves unexplained. Exit "
        "codes: 0 correct, 1 faulty, 3 undecided, 2 input that cannot be checked.",
    )
    files = (
        "weights before and after one step, or one file that holds them all, as diagnose reads "
        "them; - reads standard input"
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help=files)
    add_settings(parser, SAID, have_defaults=False)
    _add_shared(parser, "targets in the order of the rows", "targets (00,01,10,11) and in a pass")


def _add_shared(parser: argparse.ArgumentParser, targets: str, order: str) -> None:
    """Add the options of the targets, the order of the rows, the rows of w1, and of JSON."""
    # Not the option --targets of a run: --order may give the rows another order.
    add_option(parser, "targets", SETTINGS["targets"].rule, targets, dest="wanted")
    add_option(parser, "order", RowOrder(), f"order of the rows x1 x2 in {order}")
    way = "whether a row of w1 is an input or a hidden unit, biases in it first"
    add_option(parser, "orientation", Choice(ORIENTATIONS), way)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
