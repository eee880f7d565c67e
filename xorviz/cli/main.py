"""The command line. What needs no window never imports Qt."""

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from xorviz.cli.lab_options import wish_of
from xorviz.cli.parser import (
    CHOICES,
    COMMANDS,
    OUTPUTS,
    PICTURES,
    VIEW,
    WEIGHT_SETTINGS,
    WITH_VALUE,
    command_line,
)
from xorviz.cli.printing import failed
from xorviz.core.config import RULES, RunConfig
from xorviz.core.kernels import compiler
from xorviz.core.rules import SettingError
from xorviz.files.arguments import given_settings, option_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run xorviz; return the exit code: 0 done, 1 failed, 2 called wrongly."""
    status = 0
    try:
        status = _run(arguments)
        sys.stdout.flush()  # here, where it can still be said that nobody could read it
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads the output has seen enough
        _discard_output()
    except OSError as error:
        _discard_output()
        return failed(f"the output cannot be written: {error.strerror}")
    return status


def _run(arguments: Sequence[str] | None) -> int:
    parser = command_line()
    words = list(sys.argv[1:] if arguments is None else arguments)
    file = _taken_file(parser, words)
    options = vars(parser.parse_args(words))
    command = options["command"]
    if command and file is not None:
        parser.error(f"a run file is opened without a command, not with {command}")
    if command == "train":
        return _train(parser, options)
    if command == "export":
        return _export(parser, options)
    if command == "diagnose":
        return _diagnose(parser, options)
    if command == "lab":
        return _lab(parser, options)
    if file is not None:
        _refuse(parser, options, RULES, f"is for a new run; {str(file)!r} has its own settings")
    kernel = _kernel(parser, options)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Qt is being loaded
    try:
        return _open_window(options, file, kernel)
    finally:
        signal.signal(signal.SIGINT, interrupt)


def _taken_file(parser: argparse.ArgumentParser, words: list[str]) -> Path | None:
    """Take the first word that is neither an option nor its value, unless it is a command."""
    place = 0
    while place < len(words) and words[place].startswith("-"):
        place += _length_of_option(words[place : place + 2])
    if place >= len(words) or words[place] in COMMANDS:
        return None
    word = words.pop(place)
    if not word.endswith(".xorviz") and not _is_file(Path(word)):
        known = ", ".join(COMMANDS)
        parser.error(f"{word!r} is neither a command ({known}) nor a run file (*.xorviz)")
    return Path(word)


def _is_file(path: Path) -> bool:
    """Tell whether it is a file; one that cannot be looked at is opened, which says why."""
    try:
        return path.is_file()
    except OSError:
        return True


def _length_of_option(words: Sequence[str]) -> int:
    """Return how many words an option is, given it and the word after it."""
    option, *value = words
    if option == "--biases":
        return 2 if value in (["on"], ["off"]) else 1
    return 2 if option in WITH_VALUE else 1


def _discard_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's end does not stumble."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(
    parser: argparse.ArgumentParser, options: dict[str, Any], names: Iterable[str], why: str
) -> None:
    """End with an error if one of these options was given."""
    if given := [name for name in names if name in options]:
        parser.error(f"{option_of(given[0])} {why}")


def _kernel(parser: argparse.ArgumentParser, options: dict[str, Any]) -> str:
    """Return the kernel that is wanted, or the fastest there is; end where it is not there."""
    try:
        return compiler.chosen(options.get("kernel"))
    except compiler.KernelError as error:
        parser.error(str(error))


def _train(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli.train import train

    _refuse(parser, options, ("run", *CHOICES), "is for the window, train has none")
    kernel = _kernel(parser, options)
    save: Path | None = options["save"]
    if save is not None and (trouble := _obstacle(save)):
        return failed(trouble)  # now, not after hours of training
    config = RunConfig(**given_settings(options))
    steps, every, as_json = (options[name] for name in ("steps", "every", "json"))
    return train(config, steps, every, as_json, save, kernel)


def _export(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli.export import export

    _refuse(parser, options, ("run", *CHOICES), "is for the window, export has none")
    _refuse(parser, options, ["kernel"], "is for training; export shows what was trained")
    _refuse(parser, options, RULES, "is for a new run; export has that of a file")
    outputs: dict[str, Path] = {name: options[name] for name in OUTPUTS if name in options}
    if not outputs:
        parser.error(f"export needs an output: {', '.join(map(option_of, OUTPUTS))}")
    if "png" not in outputs:
        _refuse(parser, options, ["scale"], "is for --png")
    if outputs.keys().isdisjoint(PICTURES):
        _refuse(parser, options, ["view"], "is for --png, --svg and --gif")
    files = [options["file"], *outputs.values()]
    if len({path.resolve() for path in files}) < len(files):
        parser.error("each output needs a file of its own, other than the run's")
    view, scale = options.get("view", VIEW), options.get("scale", 1)
    return export(options["file"], options.get("step"), outputs, view, scale)


def _diagnose(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    from xorviz.cli.diagnose import DiagnosisInput, diagnose

    _refuse(parser, options, ("run", *CHOICES), "is for the window, diagnose has none")
    _refuse(parser, options, ["kernel"], "is for training; diagnose trains nothing")
    if "targets" in options:
        parser.error("--targets stands behind diagnose, where it is in the order of the rows")
    others = [name for name in RULES if name not in WEIGHT_SETTINGS]
    _refuse(parser, options, others, "is for a new run; diagnose has the weights as they are")
    weights, outputs = options.get("weights"), options.get("outputs")
    if (weights is None) == (outputs is None):
        parser.error("diagnose needs either --weights or --outputs")
    if outputs is not None:
        _refuse(parser, options, (*WEIGHT_SETTINGS, "orientation"), "is for --weights")
    settings, targets = given_settings(options), options.get("wanted")
    orientation = options.get("orientation")
    question = DiagnosisInput(weights, outputs, settings, targets, options["order"], orientation)
    return diagnose(question, options["json"])


def _lab(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    _refuse(parser, options, ("run", *CHOICES), "is for the window, lab has none")
    _refuse(parser, options, ["seed"], "is for one network; lab takes --seeds, such as 0..499")
    try:
        wish = wish_of(options | {"kernel": _kernel(parser, options)})
    except SettingError as error:
        parser.error(str(error))
    from xorviz.cli.lab import lab

    return lab(wish)


def _obstacle(path: Path) -> str | None:
    """Return why a file cannot be written here, so far as it can be seen without trying."""
    try:
        is_folder = path.is_dir()
    except OSError as error:  # its name is too long, or its folder may not be entered
        from xorviz.files.atomic import sentence_of

        return f"{path}: {sentence_of(error)}"
    if is_folder:
        return f"{path} is a folder, not a file."
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}."
    if not os.access(path.parent, os.W_OK):
        return f"Nothing can be written into the folder {path.parent}."
    return None


def _open_window(options: dict[str, Any], file: Path | None, kernel: str) -> int:
    """Show the window, unless the file cannot be read or Qt cannot start here."""
    from xorviz.cli import preflight

    project = None
    if file is not None:
        from xorviz.files import FileError, load_run

        try:
            project = load_run(file)
        except FileError as error:
            return failed(f"{file}: {error}")
    if trouble := preflight.problem():
        return failed(trouble)
    from xorviz.window.app import Wishes, run

    given = given_settings(options)
    config = RunConfig(**given) if given else None
    choices = {name: options[name] for name in CHOICES if name in options}
    return run(Wishes(config, "run" in options, choices, kernel, project, file))
