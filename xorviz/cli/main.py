"""The command line's main function. Commands without a window do not import Qt."""

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from xorviz.cli.parser import (
    CHOICES,
    FOR_WINDOW,
    IN_TERMINAL,
    OUTPUTS,
    PICTURES,
    VIEW,
    WITH_VALUE,
    command_line,
)
from xorviz.cli.terminal import ending_on_signals, failed
from xorviz.core.kernels import compiler
from xorviz.core.rules import SettingError
from xorviz.core.settings import RULES, RunConfig
from xorviz.files import FileError, atomic
from xorviz.files.arguments import given_settings, option_of
from xorviz.lessons import SUFFIX


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
        _refuse(parser, options, FOR_WINDOW, f"is for the window; {done} has none")
        with ending_on_signals():
            return _RUN[command](parser, options)
    if file is not None:
        _refuse(parser, options, RULES, f"is for a new run; {str(file)!r} has its own settings")
    if command:
        _refuse(parser, options, RULES, f"is for a new run; {_OWN_SETTINGS[command]}")
    lesson = str(file) if file is not None and file.suffix == SUFFIX else options.get("lesson")
    if lesson is not None:
        _refuse(parser, options, ["run"], "is not for a lesson, which begins with a prediction")
    kernel = _kernel(parser, options)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Qt is being loaded
    try:
        return _open_window(parser, options, file, kernel, lesson)
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
    while index < len(words) and words[index].startswith("-"):
        index += _length_of_option(words[index : index + 2])
    if index >= len(words) or words[index] in _RUN:
        return None
    word = words.pop(index)
    if not word.endswith((".xorviz", SUFFIX)) and not _is_file(Path(word)):
        known, lesson = ", ".join(_RUN), f"nor a lesson (*{SUFFIX})"
        parser.error(f"{word!r} is neither a command ({known}) nor a run file (*.xorviz) {lesson}")
    return Path(word)


def _is_file(path: Path) -> bool:
    """Return whether a path is a file, or cannot be checked: opening it then reports why."""
    try:
        return path.is_file()
    except OSError:
        return True


def _length_of_option(words: Sequence[str]) -> int:
    """Return how many words an option takes, given it and the next word."""
    option, *value = words
    if option == "--biases":
        return 2 if value in (["on"], ["off"]) else 1
    return 2 if option in WITH_VALUE else 1


def _discard_output() -> None:
    """Redirect buffered output to the null device, so that exit does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(
    parser: argparse.ArgumentParser, options: dict[str, Any], names: Iterable[str], why: str
) -> None:
    """Exit with an error if one of these options was given."""
    if given := [name for name in names if name in options]:
        parser.error(f"{option_of(given[0])} {why}")


def _kernel(parser: argparse.ArgumentParser, options: dict[str, Any]) -> str:
    """Return the chosen kernel, or the fastest installed; exit if it is not installed."""
    try:
        return compiler.chosen(options.get("kernel"))
    except compiler.KernelError as error:
        parser.error(str(error))


def _train(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli.train import train

    kernel = _kernel(parser, options)
    save: Path | None = options.get("save")
    if save is not None:
        try:
            atomic.check_writable(save)  # before training, not after
        except FileError as error:
            return failed(f"{save}: {error}")
    config = RunConfig(**given_settings(options))
    return train(config, options["steps"], options["every"], "json" in options, save, kernel)


def _export(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli.export import export

    _refuse(parser, options, ["kernel"], "is for training; export shows what was trained")
    _refuse(parser, options, RULES, "is for a new run; export takes the settings from the file")
    outputs: dict[str, Path] = {name: options[name] for name in OUTPUTS if name in options}
    if not outputs:
        parser.error(f"export needs an output: {', '.join(map(option_of, OUTPUTS))}")
    if "png" not in outputs:
        _refuse(parser, options, ["scale"], "is for --png")
    if outputs.keys().isdisjoint(PICTURES):
        _refuse(parser, options, ["view"], "is for --png, --svg and --gif")
    files = [options["file"], *outputs.values()]
    if len({path.resolve() for path in files}) < len(files):
        parser.error("each output needs its own file, different from the run file")
    view, scale = options.get("view", VIEW), options.get("scale", 1)
    return export(options["file"], options.get("step"), outputs, view, scale)


def _diagnose(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli.diagnose import DiagnoseOptions, diagnose
    from xorviz.files.weights.known import NAMES

    if "tries" not in options:
        _refuse(parser, options, ["kernel"], "is for training; diagnose trains only with --try")
    _refuse_others(parser, options, NAMES)
    asked = DiagnoseOptions(
        weights=options.get("weights"),
        outputs=options.get("outputs"),
        loss_value=options.get("loss_value"),
        said={name: options[name] for name in NAMES if name in options},
        targets=options.get("wanted"),
        order=options["order"],
        orientation=options.get("orientation"),
        as_json="json" in options,
        kernel=_kernel(parser, options) if "tries" in options else None,
    )
    if asked.weights is None:
        _refuse(parser, options, ["orientation"], "is for --weights")
    if asked.weights is not None and asked.outputs is not None:
        parser.error("diagnose takes either --weights or --outputs")
    if options.keys().isdisjoint({"weights", "outputs", "loss_value"}):
        parser.error("diagnose needs either --weights or --outputs, or --loss-value")
    return diagnose(asked)


def _check(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli.check import CheckOptions, check
    from xorviz.files.weights.said import SAID, said_of
    from xorviz.files.weights.states import MOST_STATES

    _refuse(parser, options, ["kernel"], "is for training; check trains nothing")
    _refuse_others(parser, options, SAID)
    files = options["files"]
    if len(files) > MOST_STATES or files.count("-") > 1:
        parser.error("check takes one to three files, of which one may be -")
    said = said_of(options, options.get("order"), options.get("wanted"))
    return check(CheckOptions(files, said, options.get("orientation"), "json" in options))


def _refuse_others(
    parser: argparse.ArgumentParser, options: dict[str, Any], known: Iterable[str]
) -> None:
    """Exit with an error for a setting of a run that means nothing for weights from elsewhere."""
    command = options["command"]
    if "targets" in options:
        parser.error(f"--targets goes after {command}, where it follows the order of the rows")
    others = set(RULES).difference(known)
    why = f"is for a new run; {command} has the weights as they are"
    _refuse(parser, options, [name for name in RULES if name in others], why)


def _lab(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli.lab_options import checked_options

    _refuse(parser, options, ["seed"], "is for one network; lab takes --seeds, such as 0..499")
    try:
        checked = checked_options(options | {"kernel": _kernel(parser, options)})
    except SettingError as error:
        parser.error(str(error))
    from xorviz.cli.lab import lab

    return lab(checked)


def _lesson(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli import lesson

    given = [name for name in ("lesson", *IN_TERMINAL) if name in options]
    if len(given) != 1:
        parser.error(
            f"lesson takes one of these: a number or FILE{SUFFIX}, --list, --check, --prove"
        )
    _refuse(parser, options, RULES, "is for a new run; a lesson has its own settings")
    if given != ["prove"]:
        _refuse(
            parser, options, ["kernel"], f"is for training; {option_of(given[0])} trains nothing"
        )
    if given == ["list"]:
        return lesson.show_list()
    if given == ["check"]:
        return lesson.check(options["check"])
    try:
        return lesson.prove(options["prove"], _kernel(parser, options))
    except SettingError as error:
        parser.error(str(error))


def _watch(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.files import assets

    _refuse(parser, options, (*RULES, "kernel"), "is for training; watch --example trains nothing")
    sys.stdout.write(assets.read_text(f"examples/watch_{options['example']}.py"))
    return 0


def _desktop(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli import desktop

    _refuse(parser, options, (*RULES, "kernel"), "is for training; desktop trains nothing")
    return desktop.place("install" in options)


_RUN = {
    "train": _train,
    "export": _export,
    "diagnose": _diagnose,
    "check": _check,
    "lab": _lab,
    "lesson": _lesson,
    "watch": _watch,
    "desktop": _desktop,
}


_OWN_SETTINGS = {
    "lesson": "a lesson has its own settings",
    "watch": "watch shows those of programs",
}
"""Why commands that open the window take no settings."""


def _open_window(
    parser: argparse.ArgumentParser,
    options: dict[str, Any],
    file: Path | None,
    kernel: str,
    word: str | None,
) -> int:
    """Open the window, unless the file or the lesson cannot be read, or Qt cannot start."""
    from xorviz.cli import preflight

    project = lesson = None
    try:
        if word is not None:
            from xorviz.lessons.library import found

            file, lesson = None, found(word)
        elif file is not None:
            from xorviz.files import load_run

            project = load_run(file)
    except FileError as error:
        return failed(f"{file or word}: {error}")
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
    return run(WindowOptions(config, *flags, choices, kernel, project, file, waits, lesson))
