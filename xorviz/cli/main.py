"""The command line's main function. Commands without a window do not import Qt."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from xorviz.cli.parser import CHOICES, COMMANDS, FOR_WINDOW, IN_TERMINAL, WITH_VALUE, command_line
from xorviz.cli.terminal import chosen_kernel, ending_on_signals, failed, refuse
from xorviz.core.rules import SettingError
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.arguments import given_settings, option_of
from xorviz.files.atomic import FileError
from xorviz.lessons import SUFFIX

_INPUT = "-"
"""In place of a file: standard input."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run xorviz; return the exit code: 0 done, 1 failed, 2 wrong usage.

    The command check has its own: 0 correct, 1 faulty, 2 wrong input or usage, 3 undecided.
    """
    status, words = 0, list(sys.argv[1:] if arguments is None else arguments)
    failure = 2 if "check" in words else 1  # of a check, 1 says that the step is faulty
    try:
        status = _run(words)
        sys.stdout.flush()  # here, where a failure can still be reported
    except KeyboardInterrupt:
        return 130
    except SettingError as error:  # of what is asked for
        return failed(str(error), 2)
    except FileError as error:
        return failed(str(error), failure)
    except BrokenPipeError:  # the reader has closed the pipe
        _discard_output()
    except OSError as error:
        _discard_output()
        return failed(f"the output cannot be written: {error.strerror}", failure)
    return status


def _run(words: list[str]) -> int:
    parser = command_line(words)
    file = _taken_file(parser, words)
    options = vars(parser.parse_args(words))
    command = options["command"]
    if command and file is not None:
        parser.error(f"a file is opened without a command, not with {command}")
    if file is not None:
        options["lesson" if file.suffix == SUFFIX else "file"] = str(file)
        refuse(parser, options, SETTINGS, f"is for a new run; {str(file)!r} has its own settings")
    in_window = _opens_window(options)
    _refuse_from_before(parser, options, in_window)
    if not in_window:
        with ending_on_signals():
            run: Callable[[argparse.ArgumentParser, dict[str, Any]], int]
            run = import_module(f"xorviz.cli.{command}").run
            return run(parser, options)
    kernel = chosen_kernel(parser, options)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Qt is being loaded
    try:
        return _open_window(options, kernel)
    finally:
        signal.signal(signal.SIGINT, interrupt)


def _opens_window(options: dict[str, Any]) -> bool:
    """Return whether the command is done in the window, or there is none."""
    if options["command"] == "lesson":
        return "lesson" in options and options.keys().isdisjoint(IN_TERMINAL)
    return not options["command"] or (options["command"] == "watch" and "example" not in options)


def _refuse_from_before(
    parser: argparse.ArgumentParser, options: dict[str, Any], in_window: bool
) -> None:
    """Refuse options from before a command that mean nothing for it."""
    name = options["command"]
    if name and (why := COMMANDS[name].settings):
        refuse(parser, options, SETTINGS, f"is for a new run; {why}")
    if not in_window:
        done = " ".join([name, *(option_of(one) for one in IN_TERMINAL if one in options)])
        refuse(parser, options, FOR_WINDOW, f"is for the window; {done} has none")
        if why := COMMANDS[name].kernel:
            refuse(parser, options, ["kernel"], f"is for training; {why}")
    elif "lesson" in options:
        refuse(parser, options, ["run"], "is not for a lesson, which begins with a prediction")


def _taken_file(parser: argparse.ArgumentParser, words: list[str]) -> Path | None:
    """Remove and return the first positional word, unless it is a command."""
    index = 0
    while index < len(words) and words[index].startswith("-") and words[index] != _INPUT:
        option, value = words[index], words[index + 1 : index + 2]
        has_value = value in (["on"], ["off"]) if option == "--biases" else option in WITH_VALUE
        index += 1 + has_value
    if index >= len(words) or words[index] in COMMANDS:
        return None
    word = words.pop(index)
    with suppress(OSError):  # such a name may be a file's: opening it reports why it cannot be
        if word != _INPUT and not word.endswith((".xorviz", SUFFIX)) and not Path(word).is_file():
            kinds = f"nor a run file (*.xorviz) nor a lesson (*{SUFFIX})"
            parser.error(f"{word!r} is neither a command ({', '.join(COMMANDS)}) {kinds}")
    return Path(word)


def _discard_output() -> None:
    """Redirect buffered output to the null device, so that exit does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_window(options: dict[str, Any], kernel: str) -> int:
    """Open the window, unless the file or the lesson cannot be read, or Qt cannot start."""
    from xorviz.cli import preflight

    project = lesson = path = None
    try:
        if "lesson" in options:
            from xorviz.lessons.library import found

            lesson = found(options["lesson"])
        elif options.get("file") == _INPUT:  # a run that is in no file
            from xorviz.files.run_file import MOST_BYTES, loads

            project = loads(sys.stdin.buffer.read(MOST_BYTES + 1))
        elif "file" in options:
            from xorviz.files.run_file import load_run

            path = Path(options["file"])
            project = load_run(path)
        elif "states" in options:
            from xorviz.watching.followed_run import opened

            path = Path(options["states"])
            opened(path)  # before there is a window, so that a failure ends the command
    except FileError as error:
        return failed(f"{path or options.get('lesson', _INPUT)}: {error}")
    if trouble := preflight.problem():
        return failed(trouble)
    from xorviz.window.app import WindowOptions, run

    given = given_settings(options)
    config = RunConfig(**given) if given else None
    choices = {name: options[name] for name in CHOICES if name in options}
    flags = "run" in options, "reset_layout" in options
    waits = options["command"] == "watch"
    return run(WindowOptions(config, *flags, choices, kernel, project, path, waits, lesson))
