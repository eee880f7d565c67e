"""The command line's main function. Commands without a window do not import Qt."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
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
_OWN_SETTINGS = {
    "lesson": "a lesson has its own settings",
    "watch": "watch shows the runs of programs",
}
"""Why commands that open the window take no settings."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run xorviz; return the exit code: 0 done, 1 failed, 2 wrong usage.

    The command check has its own: 0 correct, 1 faulty, 2 wrong input or usage, 3 undecided.
    """
    status, words = 0, list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = _run(words)
        sys.stdout.flush()  # here, where a failure can still be reported
    except KeyboardInterrupt:
        return 130
    except SettingError as error:  # of settings that are not allowed together
        return failed(str(error), 2)
    except BrokenPipeError:  # the reader has closed the pipe
        _discard_output()
    except OSError as error:
        _discard_output()
        # Of a check, 1 says that the step is faulty.
        failure = 2 if "check" in words else 1
        return failed(f"the output cannot be written: {error.strerror}", failure)
    return status


def _run(words: list[str]) -> int:
    parser = command_line(words)
    file = _taken_file(parser, words)
    options = vars(parser.parse_args(words))
    command = options["command"]
    if command and file is not None:
        parser.error(f"a file is opened without a command, not with {command}")
    if not _opens_window(options):
        done = " ".join([command, *(option_of(name) for name in IN_TERMINAL if name in options)])
        refuse(parser, options, FOR_WINDOW, f"is for the window; {done} has none")
        with ending_on_signals():
            run: Callable[[argparse.ArgumentParser, dict[str, Any]], int]
            run = import_module(f"xorviz.cli.{command}").run
            return run(parser, options)
    if file is not None:
        refuse(parser, options, SETTINGS, f"is for a new run; {str(file)!r} has its own settings")
        options["lesson" if file.suffix == SUFFIX else "file"] = str(file)
    if command:
        refuse(parser, options, SETTINGS, f"is for a new run; {_OWN_SETTINGS[command]}")
    if "lesson" in options:
        refuse(parser, options, ["run"], "is not for a lesson, which begins with a prediction")
    kernel = chosen_kernel(parser, options)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Qt is being loaded
    try:
        return _open_window(parser, options, kernel)
    finally:
        signal.signal(signal.SIGINT, interrupt)


def _opens_window(options: dict[str, Any]) -> bool:
    """Return whether the command is done in the window, or there is none."""
    match options["command"]:
        case "watch":
            return "example" not in options
        case "lesson":
            return "lesson" in options and options.keys().isdisjoint(IN_TERMINAL)
        case command:
            return not command


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
    if word != _INPUT and not word.endswith((".xorviz", SUFFIX)) and not _is_file(Path(word)):
        known, lesson = ", ".join(COMMANDS), f"nor a lesson (*{SUFFIX})"
        parser.error(f"{word!r} is neither a command ({known}) nor a run file (*.xorviz) {lesson}")
    return Path(word)


def _is_file(path: Path) -> bool:
    """Return whether a path is a file, or cannot be checked: opening it then reports why."""
    try:
        return path.is_file()
    except OSError:
        return True


def _discard_output() -> None:
    """Redirect buffered output to the null device, so that exit does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_window(parser: argparse.ArgumentParser, options: dict[str, Any], kernel: str) -> int:
    """Open the window, unless the file or the lesson cannot be read, or Qt cannot start."""
    from xorviz.cli import preflight

    project = lesson = path = None
    try:
        if "lesson" in options:
            from xorviz.lessons.library import found

            lesson = found(options["lesson"])
        elif "file" in options:
            from xorviz.files.run_file import MOST_BYTES, load_run, loads

            path = Path(options["file"])
            if options["file"] == _INPUT:  # a run that is in no file
                project, path = loads(sys.stdin.buffer.read(MOST_BYTES + 1)), None
            else:
                project = load_run(path)
        elif "states" in options:
            from xorviz.watching.other_run import opened

            path = Path(options["states"])
            opened(path)  # before there is a window, so that a failure ends the command
    except FileError as error:
        return failed(f"{path or options.get('lesson', options.get('file'))}: {error}")
    except SettingError as error:
        parser.error(str(error))
    if trouble := preflight.problem():
        return failed(trouble)
    from xorviz.window.app import WindowOptions, run

    given = given_settings(options)
    config = RunConfig(**given) if given else None
    choices = {name: options[name] for name in CHOICES if name in options}
    flags = "run" in options, "reset_layout" in options
    waits = options["command"] == "watch"
    return run(WindowOptions(config, *flags, choices, kernel, project, path, waits, lesson))
