"""The command line. The headless command never imports Qt."""

import argparse
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from xorviz import __version__
from xorviz.core.config import RULES, RunConfig
from xorviz.core.rules import Choice, Rule, SettingError, Switch, Whole, parsed
from xorviz.engine.pace import SPEED

_HELP = {
    "width": "hidden units",
    "rate": "learning rate",
    "seed": "seed of the initial weights",
    "activation": "of the hidden units",
    "loss": "loss over the four rows",
    "biases": "whether units have biases",
    "momentum": "share of the last movement that is carried on",
    "init_range": "initial weights are drawn from minus to plus this",
    "targets": "wanted outputs for the rows 10 00 01 11",
}
_STEPS = Whole(0, 10**12)
_EVERY = Whole(1, 10**12)
_THEME = Choice(("system", "light", "dark"))
_CHOICES = ("speed", "theme")
"""Options that are remembered as the window's own choices."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and leaves the usage to --help."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {re.sub('^argument [^ ]+: (?=--)', '', message)}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run xorviz; return the exit code: 0 done, 1 failed, 2 called wrongly."""
    try:
        status = _run(arguments)
        sys.stdout.flush()  # here, where it can still be said that nobody could read it
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads the output has seen enough
        _discard_output()
        return 0
    except OSError as error:
        _discard_output()
        print(f"xorviz: the output cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    return status


def _run(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    if options["command"] == "train":
        if unused := [n for n in ("run", *_CHOICES) if options.get(n, False) is not False]:
            parser.error(f"--{unused[0]} is for the window, train has none")
        return _train(options)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Qt is being loaded
    try:
        return _open_window(options)
    finally:
        signal.signal(signal.SIGINT, interrupt)


def _discard_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's end does not stumble."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _train(options: dict[str, Any]) -> int:
    from xorviz.train import train

    config = RunConfig(**_given_settings(options))
    return train(config, options["steps"], options["every"], options["json"])


def _given_settings(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in RULES if name in options}


def _open_window(options: dict[str, Any]) -> int:
    """Show the window, unless Qt cannot start here."""
    from xorviz import preflight

    if trouble := preflight.problem():
        print(f"xorviz: {trouble}", file=sys.stderr)
        return 1
    from xorviz.app import Wishes, run

    given = _given_settings(options)
    config = RunConfig(**given) if given else None
    return run(Wishes(config, options["run"], {n: options[n] for n in _CHOICES if n in options}))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="xorviz",
        description="Shows a small neural network learning XOR, live.",
        epilog="xorviz train --help: training in the terminal, without a window.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"xorviz {__version__}")
    _add_settings(parser)
    _add(parser, "speed", SPEED, "steps per second")
    parser.add_argument("--run", action="store_true", help="start training at once")
    _add(parser, "theme", _THEME, "colours of the window")
    commands = parser.add_subparsers(dest="command", metavar="train")
    train = commands.add_parser(
        "train",
        prog="xorviz train",
        help="train in the terminal, without a window",
        description="Trains in the terminal and prints step and loss, then the four outputs.",
        allow_abbrev=False,
    )
    _add_settings(train)
    _add(train, "steps", _STEPS, "steps to train", default=60_000)
    _add(train, "every", _EVERY, "steps between printed lines", default=10_000)
    train.add_argument("--json", action="store_true", help="print one JSON object at the end")
    return parser


def _add_settings(parser: argparse.ArgumentParser) -> None:
    defaults = RunConfig().to_dict()
    for name, rule in RULES.items():
        shown = defaults[name]
        if isinstance(rule, Switch):
            _add(parser, name, rule, f"{_HELP[name]} (off)", nargs="?", const=True)
        else:
            text = "".join(map(str, shown)) if isinstance(shown, list) else shown
            _add(parser, name, rule, f"{_HELP[name]} ({text})")


def _add(parser: argparse.ArgumentParser, name: str, rule: Rule, text: str, **more: Any) -> None:
    option = "--" + name.replace("_", "-")
    metavar = name.upper().split("_")[-1]
    if isinstance(rule, Choice | Switch):
        metavar = "{" + rule.allowed.replace(", ", ",") + "}"
    more = {"default": argparse.SUPPRESS} | more
    parser.add_argument(
        option,
        dest=name,
        type=_reader(rule, option),
        metavar=metavar,
        help=f"{text}; {rule.allowed}".replace("%", "%%"),
        **more,
    )


def _reader(rule: Rule, option: str) -> Callable[[str], object]:
    """Return what reads an option's text; argparse prints the message of its error as it is."""

    def read(text: str) -> object:
        try:
            return parsed(rule, option, text)
        except SettingError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read
