"""The commands and their options."""

import argparse
import sys
from collections.abc import Callable, Container
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from xorviz import __version__
from xorviz.cli.terminal import printable
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.rules import Choice, Whole
from xorviz.core.settings import SETTINGS
from xorviz.engine.pace import SPEED
from xorviz.files.arguments import (
    SettingParser,
    add_kernel,
    add_option,
    add_settings,
    option_of,
    without_argument_name,
)

CHOICES = ("speed", "theme", "zoom")
"""Options that the window remembers."""
FOR_WINDOW = ("run", "reset_layout", *CHOICES)
"""Options that commands without a window refuse."""
IN_TERMINAL = ("list", "check", "prove")
"""What the command lesson does without a window."""
WITH_VALUE = frozenset(map(option_of, (*SETTINGS, *CHOICES, "kernel")))

VIEW = "decision_surface"
"""The view that pictures show unless another is named."""
OUTPUTS = {
    "script": "NumPy script that repeats the run up to the step",
    "csv": "loss of the whole run, and of those shown with it: run, step, loss, gradient norm",
    "npz": "weights, outputs and settings for numpy.load",
    "json": "the same as JSON, as train --json prints it",
    "html": "page for a browser, with a slider over the run; opens at the step",
    "png": "picture of a panel",
    "svg": "vector drawing of a panel",
    "pdf": "the same as a PDF page",
    "gif": "animation of a panel over the whole run; needs Pillow",
}
EXAMPLES = ("numpy", "pytorch")
"""Programs that are watched, to start from."""
COMMANDS = {
    "train": ("train in the terminal", "parser"),
    "export": ("export a saved run as a script, numbers and pictures", "parser"),
    "diagnose": ("diagnose a network from another program", "own_options"),
    "check": ("check a training step of another program", "own_options"),
    "lab": ("train many networks and count how often they succeed", "lab_options"),
    "lesson": ("open a lesson, or check and prove lessons", "parser"),
    "watch": ("open the window for a program that calls xorviz.watch", "parser"),
    "desktop": ("add xorviz to your menu, or remove it", "parser"),
}
"""What each does, in a line, and the module here that adds its options, loaded when asked for:
NumPy alone takes three times as long as the help. Each is a module of its name, too, with a
function ``run``."""


class Parser(SettingParser):
    """A parser whose errors are one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with code 2."""
        line = f"{self.prog}: {without_argument_name(message)}\n"
        self.exit(2, printable(line, sys.stderr))

    def format_help(self) -> str:
        """Return the help in characters that every terminal has; lines do not break in numbers."""
        return super().format_help().replace(THIN_SPACE, " ")


AddParser = Callable[..., argparse.ArgumentParser]
"""Adds a command with a line that says what it does; takes what ArgumentParser takes."""


def command_line(asked: Container[str]) -> argparse.ArgumentParser:
    """Return the parser, in which only the commands that are asked for have their options.

    Most options that are not given are absent from the result.
    """
    parser = Parser(
        prog="xorviz",
        usage="xorviz [option ...] [FILE.xorviz | FILE.xlesson]\n"
        "       xorviz {train,export,diagnose,check,lab,lesson,watch,desktop} ...",
        description="Shows a small neural network learning XOR, live. FILE is a saved run or a"
        " lesson.",
    )
    parser.add_argument("--version", action="version", version=f"xorviz {__version__}")
    add_settings(parser)
    add_option(parser, "speed", SPEED, "steps per second")
    parser.add_argument("--run", action="store_true", help="start training at once")
    add_option(parser, "theme", Choice(("system", "light", "dark")), "colours of the window")
    add_option(parser, "zoom", Choice(("100", "110", "125", "150", "175", "200")),
               "size of text in percent")  # fmt: skip
    parser.add_argument(
        "--reset-layout", action="store_true", help="start with the default window size and layout"
    )
    add_kernel(parser)
    commands = parser.add_subparsers(
        dest="command", prog="xorviz", metavar="COMMAND", title="commands"
    )
    for name, (text, module) in COMMANDS.items():
        add = partial(commands.add_parser, name, help=text)
        if name in asked:
            getattr(import_module(f"xorviz.cli.{module}"), f"add_{name}")(add)
        else:
            add(add_help=False)
    return parser


def add_train(add: AddParser) -> None:
    """Add the command to those of the command line."""
    from xorviz.cli.stop_options import add_stops
    from xorviz.core.runs.stopping import MOST_STEPS

    train = add(
        description="Trains in the terminal and prints step and loss, then the four outputs."
    )
    add_settings(train)
    add_stops(train)
    add_kernel(train)
    add_option(train, "steps", Whole(0, MOST_STEPS), "steps to train", default=60_000)
    add_option(train, "every", Whole(1, MOST_STEPS), "steps between printed lines", default=10_000)
    train.add_argument("--json", action="store_true", help="print one JSON object at the end")
    train.add_argument("--save", type=Path, metavar="FILE.xorviz", help="save the run in a file")


def add_export(add: AddParser) -> None:
    """Add the command to those of the command line."""
    from xorviz.core.runs.stopping import MOST_STEPS
    from xorviz.files.exports.picture_options import BACKGROUND, DPI, PNG_DPI, SIZE
    from xorviz.panels import registry

    export = add(
        usage="xorviz export FILE.xorviz [option ...]",
        description="Writes a saved run at one step to files.",
    )
    export.add_argument("file", type=Path, metavar="FILE.xorviz", help="a saved run")
    add_option(export, "step", Whole(0, MOST_STEPS), "step to export (the one last shown)")
    for name, text in OUTPUTS.items():
        export.add_argument(option_of(name), type=Path, metavar="FILE", help=text)
    views = Choice(tuple(entry.name for entry in registry.pictured()))
    add_option(export, "view", views, f"panel in pictures ({VIEW})")
    add_option(export, "size", SIZE, "size of a picture (that of the panel)")
    add_option(export, "dpi", DPI, f"pixels per inch of a PNG ({PNG_DPI} with --size, else 96)")
    add_option(export, "scale", Whole(1, 4), "pixels of a PNG per screen pixel, 96 dpi each (1)")
    add_option(export, "background", BACKGROUND, "of a picture, whose colours fit it (white)")


def add_lesson(add: AddParser) -> None:
    """Add the command to those of the command line."""
    lesson = add(
        usage="xorviz lesson LESSON\n"
        "       xorviz lesson {--list,--check FILE.xlesson}\n"
        "       xorviz lesson --prove [LESSON ...] [--kernel {numpy,numba}]",
        description="Opens a lesson in its own window: predict, run, see why. Teachers can"
        " write their own: README.md in the folder xorviz/lessons of the project says how.",
    )
    lesson.add_argument(
        "lesson", nargs="?", metavar="LESSON", help="number of a lesson, or FILE.xlesson"
    )
    lesson.add_argument("--list", action="store_true", help="print the lessons and their numbers")
    lesson.add_argument(
        "--check", type=Path, metavar="FILE.xlesson", help="report errors in a lesson file"
    )
    lesson.add_argument(
        "--prove",
        nargs="*",
        metavar="LESSON",
        help="train lessons (default: all that ship with xorviz) and check what they claim",
    )
    add_kernel(lesson)


def add_watch(add: AddParser) -> None:
    """Add the command to those of the command line."""
    watch = add(
        description="Opens the window for programs that call xorviz.watch, or shows one of them "
        "from its file. Open it before or after they start. With --example, prints a complete "
        "program to start from: xorviz watch --example numpy > FILE.py"
    )
    watch.add_argument(
        "states",
        nargs="?",
        default=argparse.SUPPRESS,
        metavar="FILE.xwatch",
        help="show this program, running or ended",
    )
    add_option(watch, "example", Choice(EXAMPLES), "print a program instead")


def add_desktop(add: AddParser) -> None:
    """Add the command to those of the command line."""
    desktop = add(
        description="Adds xorviz to your menu and opens FILE.xorviz and FILE.xlesson on a double "
        "click, or undoes both. Files go to XDG_DATA_HOME or ~/.local/share. Not for Windows or "
        "macOS."
    )
    action = desktop.add_mutually_exclusive_group(required=True)
    action.add_argument("--install", action="store_true", help="add or update them")
    action.add_argument("--remove", action="store_true", help="remove them")
