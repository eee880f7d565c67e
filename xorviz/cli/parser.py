"""The commands and their options.

What describes the options of a command is loaded when it is asked for: NumPy alone takes three
times as long as the help.
"""

import argparse
import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from xorviz import __version__
from xorviz.cli.terminal import printable
from xorviz.core.lists import Listed
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.rules import Choice, OrWord, Real, Switch, Whole
from xorviz.core.settings import SETTINGS
from xorviz.engine.pace import SPEED
from xorviz.files.arguments import (
    AnyParser,
    SettingParser,
    add_file,
    add_flags,
    add_kernel,
    add_option,
    add_settings,
    meaning_of,
    option_of,
    without_argument_name,
)
from xorviz.lab import SEED_COUNT, STEPS

Parser = argparse.ArgumentParser

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
SEEDS = Listed(SETTINGS["seed"].rule, SEED_COUNT)
"""What --seeds reads."""
_JSON = "print one JSON object at the end"
_STOPS = {
    "when_correct": "stop once all four rows are correct",
    "when_learned": "stop once all four errors are below 0.1",
    "at_loss": "stop once the loss is this low",
    "at_plateau": "stop where the loss falls by less than this share in --plateau-steps",
    "plateau_steps": "steps after which the loss is compared ({})",
}


class _OneLineParser(SettingParser):
    """A parser whose errors are one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with code 2."""
        line = f"{self.prog}: {without_argument_name(message)}\n"
        self.exit(2, printable(line, sys.stderr))

    def format_help(self) -> str:
        """Return the help in characters that every terminal has; lines do not break in numbers."""
        return super().format_help().replace(THIN_SPACE, " ")


def command_line(asked: Container[str]) -> Parser:
    """Return the parser, in which only the commands that are asked for have their options.

    Most options that are not given are absent from the result.
    """
    parser = _OneLineParser(
        prog="xorviz",
        usage="xorviz [option ...] [FILE.xorviz | FILE.xlesson]\n"
        f"       xorviz {{{','.join(COMMANDS)}}} ...",
        description="Shows a small neural network learning XOR, live. FILE is a saved run or a"
        " lesson.",
    )
    parser.add_argument("--version", action="version", version=f"xorviz {__version__}")
    add_settings(parser)
    add_option(parser, "speed", SPEED, "steps per second")
    add_flags(parser, run="start training at once")
    add_option(parser, "theme", Choice(("system", "light", "dark")), "colours of the window")
    zooms = Choice(("100", "110", "125", "150", "175", "200"))
    add_option(parser, "zoom", zooms, "size of text in percent")
    add_flags(parser, reset_layout="start with the default window size and layout")
    add_kernel(parser)
    commands = parser.add_subparsers(
        dest="command", prog="xorviz", metavar="COMMAND", title="commands"
    )
    for name, command in COMMANDS.items():
        own = commands.add_parser(name, help=command.text, add_help=name in asked)
        if name in asked:
            command.describe(own)
    return parser


def _train(train: Parser) -> None:
    from xorviz.core.runs.stopping import MOST_STEPS

    train.description = "Trains in the terminal and prints step and loss, then the four outputs."
    add_settings(train)
    _add_stops(train, _STOPS)
    add_kernel(train)
    add_option(train, "steps", Whole(0, MOST_STEPS), "steps to train", default=60_000)
    add_option(train, "every", Whole(1, MOST_STEPS), "steps between printed lines", default=10_000)
    add_flags(train, json=_JSON)
    add_file(train, "save", "FILE.xorviz", "save the run in a file")


def _add_stops(parser: AnyParser, names: Iterable[str]) -> None:
    """Add an option for each of these stop rules."""
    from xorviz.core.runs.stopping import DEFAULT_PLATEAU_STEPS, RULES

    for name in names:
        option, rule = name if name == "plateau_steps" else f"stop_{name}", RULES[name]
        text = _STOPS[name].format(DEFAULT_PLATEAU_STEPS)
        if isinstance(rule, Switch):
            add_flags(parser, **{option: text})
        else:
            value = rule.rule if isinstance(rule, OrWord) else rule
            add_option(parser, option, value, text, metavar=name.split("_")[1].upper())


def stops_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stop rules among the given options."""
    given = {name.removeprefix("stop_"): value for name, value in options.items()}
    return {name: given[name] for name in _STOPS if name in given}


def _export(export: Parser) -> None:
    from xorviz.core.runs.stopping import MOST_STEPS
    from xorviz.files.exports.picture_options import BACKGROUND, DPI, PNG_DPI, SIZE
    from xorviz.panels import registry

    export.usage = "xorviz export FILE.xorviz [option ...]"
    export.description = "Writes a saved run at one step to files."
    export.add_argument("file", type=Path, metavar="FILE.xorviz", help="a saved run")
    add_option(export, "step", Whole(0, MOST_STEPS), "step to export (the one last shown)")
    for name, text in OUTPUTS.items():
        add_file(export, name, "FILE", text)
    views = Choice(tuple(entry.name for entry in registry.pictured()))
    add_option(export, "view", views, f"panel in pictures ({VIEW})")
    add_option(export, "size", SIZE, "size of a picture (that of the panel)")
    add_option(export, "dpi", DPI, f"pixels per inch of a PNG ({PNG_DPI} with --size, else 96)")
    add_option(export, "scale", Whole(1, 4), "pixels of a PNG per screen pixel, 96 dpi each (1)")
    add_option(export, "background", BACKGROUND, "of a picture, whose colours fit it (white)")


def _diagnose(diagnose: Parser) -> None:
    from xorviz.core.runs.stopping import MOST_STEPS
    from xorviz.core.truth_table import COUNTED
    from xorviz.files.weights.known import TOLD

    diagnose.usage = """xorviz diagnose --weights FILE [option ...]
       xorviz diagnose --outputs "0 .5 1 .5" [option ...]
       xorviz diagnose --loss-value 0.3466 [option ...]"""
    diagnose.description = """Diagnoses a network that another program trained, and says what to do
    next. Its weights are JSON, arrays as NumPy, PyTorch or Keras print them, an npz file, or the
    states of a watched program."""
    weights = "w1 and w2, optionally b1 and b2, or the outputs; - reads standard input"
    diagnose.add_argument("--weights", metavar="FILE", help=weights)
    diagnose.add_argument("--outputs", metavar='"Y Y Y Y"', help="the four outputs alone, or fewer")
    loss = "the loss, to be compared with those of stuck networks, of --loss or of all losses"
    add_option(diagnose, "loss_value", Real(0, 1e6), loss, metavar="LOSS")
    _add_shared(diagnose, "targets in the order of the rows (XOR)", "outputs and targets")
    diagnose.set_defaults(order=COUNTED)
    known = diagnose.add_argument_group("what is known of the network")
    add_settings(known, TOLD, have_defaults=False)
    add_option(known, "steps", Whole(0, MOST_STEPS), "steps trained so far")
    add_flags(diagnose, **{"try": "try each fix and print its success rate; takes some seconds"})


def _check(check: Parser) -> None:
    from xorviz.files.weights.known import SAID

    check.usage = """xorviz check BEFORE AFTER [option ...]
       xorviz check BEFORE MIDDLE AFTER [option ...]
       xorviz check FILE [option ...]
       xorviz check RECORDING [option ...]"""
    check.description = """Checks whether a training step is right, and shows the wrong line if it
    isn't. Save the weights, take one step, and save them again: with numpy.savez, as JSON, or
    printed. A third file, saved after a second step, also shows the momentum. Settings you leave
    out are inferred. In a recording of xorviz.watch, every step is checked."""
    check.epilog = """A residual is the share of a change that the finding leaves unexplained. Exit
    codes: 0 correct, 1 faulty, 3 undecided, 2 input that cannot be checked."""
    files = (
        "weights before and after one step, or one file that holds them all, as diagnose reads "
        "them; - reads standard input"
    )
    check.add_argument("files", nargs="+", metavar="FILE", help=files)
    add_settings(check, SAID, have_defaults=False)
    _add_shared(check, "targets in the order of the rows", "targets (00,01,10,11) and in a pass")


def _add_shared(parser: Parser, targets: str, order: str) -> None:
    """Add the options of the targets, the order of the rows, the rows of w1, and of JSON."""
    from xorviz.files.weights.known import RowOrder
    from xorviz.files.weights.own_network import ORIENTATIONS

    # Not the option --targets of a run: --order may give the rows another order.
    add_option(parser, "targets", SETTINGS["targets"].rule, targets, dest="wanted")
    add_option(parser, "order", RowOrder(), f"order of the rows x1 x2 in {order}")
    way = "whether a row of w1 is an input or a hidden unit, biases in it first"
    add_option(parser, "orientation", Choice(ORIENTATIONS), way)
    add_flags(parser, json=_JSON)


def describe_lab(lab: Parser) -> None:
    """Add what the command takes and what is said of it."""
    from xorviz.core.runs.stopping import DEFAULT_STEPS

    lab.usage = "xorviz lab [--seeds 0..499] [--width 2..5] [--rate 0.1,0.5] [option ...]"
    lab.description = """Trains many networks and prints how often they succeed, with confidence
    intervals. A setting may have several values, separated by commas or as a range such as 2..5:
    every combination is a recipe, and each recipe is trained from the initial weights of every
    seed."""
    lab.epilog = """Ctrl+C stops at once; the results so far are printed, and kept in a file given
    with --csv. Success rates have 95 % intervals (Wilson). correct: at the end all four outputs are
    on their target's side of 0.5; learned: all four errors are below 0.1 (of 0 and below 0.2 where
    targets are -1 and 1). A step is a pass over the rows where they are trained one by one."""
    recipes = lab.add_argument_group("recipes, with one or more values per setting")
    for name in SETTINGS:
        _add_list(recipes, name)
    work = lab.add_argument_group("training of each recipe")
    text = "seeds of the initial weights, such as 0..499 or 1,2,7 (0..99)"
    add_option(work, "seeds", SEEDS, help=text, default=range(100))
    text = f"steps of each network ({DEFAULT_STEPS})"
    add_option(work, "steps", STEPS, help=text, default=DEFAULT_STEPS)
    _add_stops(work, ("when_learned", "at_loss"))
    output = lab.add_argument_group("workers and output")
    add_option(output, "jobs", Whole(1, 1024), help="worker processes (one per core)")
    add_kernel(output)
    cluster = "a Dask cluster to use instead; needs xorviz[cluster]"
    output.add_argument("--scheduler", metavar="tcp://HOST:PORT", help=cluster)
    new = "a new file with a row per network, written as each is done"
    add_file(output, "csv", "FILE.csv", new)
    add_file(output, "resume", "FILE.csv", "a file of --csv to continue with the missing networks")
    add_flags(output, json=_JSON, yes="start a large plan without asking")


class _Switches(Listed):
    """Off, on or both."""

    @property
    def allowed(self) -> str:
        return "off, on, both"

    def parse(self, text: str) -> Sequence[Any]:
        return (False, True) if text == "both" else super().parse(text)


def list_of(name: str) -> str:
    """Return the destination of a setting's values, distinct from the option before the command."""
    return f"{name}_list"


def _add_list(group: "argparse._ArgumentGroup", name: str) -> None:
    rule, text = SETTINGS[name].reader, meaning_of(name)
    if name == "seed":  # accepted here so that its error message can point to --seeds
        group.add_argument("--seed", help=argparse.SUPPRESS)
    elif isinstance(rule, Switch):  # may have no value, as for one network
        more: dict[str, Any] = {"nargs": "?", "const": (True,), "metavar": "{off,on,both}"}
        add_option(group, name, _Switches(rule), help=text, dest=list_of(name), **more)
    else:
        metavar, text = f"{name.upper().split('_')[-1]},...", f"{text}; {rule.allowed}"
        add_option(group, name, Listed(rule), help=text, dest=list_of(name), metavar=metavar)


def _lesson(lesson: Parser) -> None:
    lesson.usage = """xorviz lesson LESSON
       xorviz lesson {--list,--check FILE.xlesson}
       xorviz lesson --prove [LESSON ...] [--kernel {numpy,numba}]"""
    lesson.description = """Opens a lesson in its own window: predict, run, see why. Teachers can
    write their own: README.md in the folder xorviz/lessons of the project says how."""
    which = "number of a lesson, or FILE.xlesson"
    lesson.add_argument("lesson", nargs="?", metavar="LESSON", help=which)
    add_flags(lesson, list="print the lessons and their numbers")
    add_file(lesson, "check", "FILE.xlesson", "report errors in a lesson file")
    prove = "train lessons (default: all that ship with xorviz) and check what they claim"
    lesson.add_argument("--prove", nargs="*", metavar="LESSON", help=prove)
    add_kernel(lesson)


def _watch(watch: Parser) -> None:
    watch.description = """Opens the window for programs that call xorviz.watch, or shows one of
    them from its file. Open it before or after they start. With --example, prints a complete
    program to start from: xorviz watch --example numpy > FILE.py"""
    file: dict[str, Any] = {"nargs": "?", "default": argparse.SUPPRESS, "metavar": "FILE.xwatch"}
    watch.add_argument("states", **file, help="show this program, running or ended")
    add_option(watch, "example", Choice(EXAMPLES), "print a program instead")


def _desktop(desktop: Parser) -> None:
    desktop.description = """Adds xorviz to your menu and opens FILE.xorviz and FILE.xlesson on a
    double click, or undoes both. Files go to XDG_DATA_HOME or ~/.local/share. Not for Windows or
    macOS."""
    action = desktop.add_mutually_exclusive_group(required=True)
    add_flags(action, install="add or update them", remove="remove them")


class Subcommand(NamedTuple):
    """A command, which is also a module here with a function ``run``. A value."""

    text: str
    """What it does, in a line."""
    describe: Callable[[Parser], None]
    """Adds its options and what is said of it."""
    settings: str = ""
    """Why it takes no settings of a run from before the command, unless it does."""
    kernel: str = ""
    """The same of the kernel."""


COMMANDS = {
    "train": Subcommand("train in the terminal", _train),
    "export": Subcommand(
        "export a saved run as a script, numbers and pictures", _export,
        "export takes the settings from the file", "export shows what was trained",
    ),
    "diagnose": Subcommand("diagnose a network from another program", _diagnose),
    "check": Subcommand(
        "check a training step of another program", _check, kernel="check trains nothing"
    ),
    "lab": Subcommand("train many networks and count how often they succeed", describe_lab),
    "lesson": Subcommand(
        "open a lesson, or check and prove lessons", _lesson, "a lesson has its own settings"
    ),
    "watch": Subcommand(
        "open the window for a program that calls xorviz.watch", _watch,
        "watch shows the runs of programs", "watch --example trains nothing",
    ),
    "desktop": Subcommand(
        "add xorviz to your menu, or remove it", _desktop,
        "desktop trains nothing", "desktop trains nothing",
    ),
}  # fmt: skip
