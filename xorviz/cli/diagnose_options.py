"""The options of xorviz diagnose."""

import argparse
from typing import Any

from xorviz.core.config import RULES
from xorviz.core.rules import Choice, SettingError, parsed
from xorviz.files.arguments import add_option
from xorviz.files.weights.row_order import PRINTED_ORDER, RowOrder

WEIGHT_SETTINGS = ("activation", "loss", "rate")
"""What has to be told beside weights; outputs speak for themselves."""

_DESCRIPTION = """Says in which state a network is that another program trained, and what to try.
Its weights are JSON, arrays as NumPy, PyTorch or Keras print them, or an npz file."""
_HELP = {
    "activation": "of the hidden units (sigmoid)",
    "loss": "loss over the four rows (sse)",
    "rate": "learning rate (0.01)",
}


def add_diagnose(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the command to those of the command line."""
    diagnose = commands.add_parser(
        "diagnose",
        prog="xorviz diagnose",
        usage="xorviz diagnose --weights FILE [option ...]\n"
        '       xorviz diagnose --outputs "0 .5 1 .5" [option ...]',
        help="say in which state a network of your own is",
        description=_DESCRIPTION,
        allow_abbrev=False,
    )
    diagnose.add_argument(
        "--weights",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="w1 and w2, and perhaps b1 and b2, or four outputs; - reads standard input",
    )
    diagnose.add_argument(
        "--outputs",
        metavar='"Y Y Y Y"',
        default=argparse.SUPPRESS,
        help="the four outputs alone, each from 0 to 1",
    )
    # Not the targets of a run, which are in another order: they must not be mistaken for it.
    diagnose.add_argument(
        "--targets",
        dest="wanted",
        type=_read_targets,
        metavar="TARGETS",
        default=argparse.SUPPRESS,
        help=f"wanted outputs in the order of the rows (XOR); {RULES['targets'].allowed}",
    )
    add_option(diagnose, "order", RowOrder(), "order of the rows x1 x2 in outputs and targets",
               default=PRINTED_ORDER)  # fmt: skip
    add_option(diagnose, "orientation", Choice(("in-out", "out-in")),
               "whether a row of a 2 by 2 w1 is an input or a hidden unit")  # fmt: skip
    for name in WEIGHT_SETTINGS:
        add_option(diagnose, name, RULES[name], _HELP[name])
    diagnose.add_argument("--json", action="store_true", help="print one JSON object")


def _read_targets(text: str) -> object:
    try:
        return parsed(RULES["targets"], "--targets", text)
    except SettingError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
