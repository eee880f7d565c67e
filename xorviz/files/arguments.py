"""A run's settings as command-line options."""

import argparse
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.rules import Choice, Readable, SettingError, Switch, parsed, printable, shortened
from xorviz.core.settings import SETTINGS, RunConfig, Setting

AnyParser = argparse._ActionsContainer
"""A parser, or a group of its options."""

LONGEST_COMMAND = 2000
"""Characters of a command that is read; the longest one written has about 400."""

_ALWAYS_WRITTEN = ("width", "rate", "seed")
_OTHERS_WITH_VALUE = (
    *("--speed", "--theme", "--zoom", "--kernel", "--steps", "--every", "--save"),
    *("--stop-at-loss", "--stop-at-plateau", "--plateau-steps"),
)
_OTHERS_WITHOUT = (
    *("--run", "--reset-layout", "--json", "--stop-when-correct", "--stop-when-learned"),
)
"""Options that are not settings of a run."""
_LONGEST_CHOICE = 54
"""Characters of a list of choices that is also shown as the option's metavar."""
_LONGEST_MESSAGE = 200


class SettingParser(argparse.ArgumentParser):
    """A parser for which -5..3, -1,2 and -1e3 are values; what is not given has no value."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(argument_default=argparse.SUPPRESS, allow_abbrev=False, **settings)
        # By default -1e3 is an option up to Python 3.13, and -1,2 and -inf in all versions:
        # https://github.com/python/cpython/issues/124693
        self._negative_number_matcher = re.compile(r"-([\d.]|inf|nan)", re.IGNORECASE)


def add_settings(
    parser: AnyParser, settings: Mapping[str, Setting] = SETTINGS, have_defaults: bool = True
) -> None:
    """Add an option for each of these settings; defaults are stated, not set."""
    for name, row in settings.items():
        more: dict[str, Any] = {"nargs": "?", "const": True} if isinstance(row.rule, Switch) else {}
        text = meaning_of(name) if have_defaults else row.phrase
        add_option(parser, name, row.reader, text, **more)


def meaning_of(name: str) -> str:
    """Return what a setting is, and its default."""
    return f"{SETTINGS[name].phrase} ({SETTINGS[name].option(getattr(RunConfig(), name))})"


def add_option(parser: AnyParser, name: str, rule: Readable, text: str = "", **more: Any) -> None:
    """Add an option whose value is read by a rule and whose help ends with the allowed range."""
    option = option_of(name)
    metavar = name.upper().split("_")[-1]
    if isinstance(rule, Choice | Switch) and len(rule.allowed) < _LONGEST_CHOICE:
        metavar = "{" + rule.allowed.replace(", ", ",") + "}"

    def read_value(text: str) -> object:
        try:
            return parsed(rule, option, text)
        except SettingError as error:  # argparse prints the message of this one unchanged
            raise argparse.ArgumentTypeError(str(error)) from None

    more = {"dest": name, "metavar": metavar, "help": f"{text}; {rule.allowed}"} | more
    more["help"] = more["help"].replace("%", "%%")
    parser.add_argument(option, type=read_value, **more)


def add_flags(parser: AnyParser, **texts: str) -> None:
    """Add options without a value, and what each does."""
    for name, text in texts.items():
        parser.add_argument(option_of(name), action="store_true", help=text)


def add_file(parser: AnyParser, name: str, kind: str, text: str) -> None:
    """Add an option that names a file of a kind, such as FILE.csv."""
    parser.add_argument(option_of(name), type=Path, metavar=kind, help=text)


def add_kernel(parser: AnyParser) -> None:
    """Add the option --kernel."""
    text = "how training steps are computed (numba if it is installed)"
    add_option(parser, "kernel", Choice(KERNEL_NAMES), text)


def option_of(name: str) -> str:
    """Return the option of a setting, such as --init-range."""
    return "--" + name.replace("_", "-")


def given_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a run among the given options."""
    return {name: options[name] for name in SETTINGS if name in options}


def without_argument_name(message: str) -> str:
    """Return an argparse message without its first name of the option, which ours repeat."""
    return re.sub("^argument [^ ]+: (?=--)", "", message)


def command_of(config: RunConfig) -> str:
    """Return the command that opens a run; settings left out have their defaults."""
    default = RunConfig()
    named = [
        f"{option_of(name)} {SETTINGS[name].option(value)}"
        for name in SETTINGS
        if (value := getattr(config, name)) != getattr(default, name) or name in _ALWAYS_WRITTEN
    ]
    return " ".join(["xorviz", *named])


def config_of(text: str) -> RunConfig:
    """Return the settings in a command, which may start with $ or a path and contain ``train``.

    Raises SettingError for anything else.
    """
    if len(text) > LONGEST_COMMAND:
        raise SettingError(f"a command has at most {LONGEST_COMMAND} characters; this has more")
    try:
        words = shlex.split(re.sub(r"\\\r?\n", " ", text))
    except ValueError:
        raise SettingError("a quotation mark is not closed in this command") from None
    parser = _ReadingParser(prog="xorviz", add_help=False)
    add_settings(parser)
    for option in _OTHERS_WITH_VALUE:
        parser.add_argument(option)
    for option in _OTHERS_WITHOUT:
        parser.add_argument(option, action="store_true")
    options, others = parser.parse_known_args(_after_program(words))
    if others and others != ["train"]:
        unknown = others[0] if others[0] != "train" else others[1]
        raise SettingError(f"{shortened(unknown)!r} is not a setting of a run")
    return RunConfig(**given_settings(vars(options)))


def _after_program(words: list[str]) -> list[str]:
    """Return the words after the program's name."""
    if words[:1] == ["$"]:
        words = words[1:]
    if words[1:3] == ["-m", "xorviz"]:
        words = words[2:]
    if not words or words[0].removeprefix("$").rpartition("/")[2] != "xorviz":
        raise SettingError("this is not an xorviz command such as xorviz --width 3")
    return words[1:]


class _ReadingParser(SettingParser):
    """A parser that raises SettingError instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        text = without_argument_name(message)
        raise SettingError(shortened(printable(text), _LONGEST_MESSAGE))
