"""What the commands share: refusals, messages in any encoding, progress, tables, Ctrl+C."""

import argparse
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from xorviz.core import numerals
from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import INSTEAD, NUMPY, KernelError, Notify
from xorviz.files import atomic
from xorviz.files.arguments import option_of

if TYPE_CHECKING:
    from tqdm import tqdm

_SUM = "Σ"
_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅛": "1/8"}
_REPLACEMENTS = {
    **dict.fromkeys(f"{numerals.MINUS}–—", "-"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **_FRACTIONS,
    **{f"{fraction}{_SUM}": f"{text} sum" for fraction, text in _FRACTIONS.items()},
    numerals.THIN_SPACE: " ",
    _SUM: "sum",
    "Δ": "change of ",
    "δ": "d_",
    "∂": "d_",
    "σ": "sigmoid",
    "ᵀ": "^T",
    "…": "...",
    "→": "->",
    "±": "+/-",
    "×": "x",
    "·": "*",
    "∞": "inf",
    "≤": "<=",
    "≥": ">=",
}
"""Replacements for characters that an encoding lacks."""
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_REPLACEABLE = re.compile(
    "|".join(["[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", *sorted(map(re.escape, _REPLACEMENTS), key=len, reverse=True)])
)
"""Matches powers as a whole, and longer characters first."""
_ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
"""Signals that end a command. SIGHUP comes when its terminal is closed; Windows has none."""


def printable(text: str, stream: TextIO | None = None) -> str:
    """Return a text in characters that the stream (by default standard output) can encode."""
    encoding = (sys.stdout if stream is None else stream).encoding or "ascii"
    if _shows(encoding, text):
        return text
    plain = _REPLACEABLE.sub(lambda match: _replaced(match[0], encoding), text)
    return plain.encode(encoding, "replace").decode(encoding)


def failed(trouble: str, status: int = 1) -> int:
    """Print one line on standard error; return the exit code."""
    sys.stderr.write(printable(f"xorviz: {trouble}\n", sys.stderr))
    return status


def _shows(encoding: str, text: str) -> bool:
    return text.encode(encoding, "replace").decode(encoding) == text


def _replaced(character: str, encoding: str) -> str:
    """Return a character, or its replacement if the encoding lacks it."""
    if _shows(encoding, character):
        return character
    return _REPLACEMENTS.get(character) or f"^{character.translate(_RAISED)}"


def prepared(prepare: Callable[[str, Notify], None], kernel: str) -> str:
    """Prepare a kernel and return its name; where that fails, say why and return NumPy's."""
    try:
        prepare(kernel, cache(_report_compiling))  # at most once
    except KernelError as error:
        failed(f"{error} {INSTEAD}")
        return NUMPY
    return kernel


def _report_compiling() -> None:
    """Explain the wait for the compiler, on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write("xorviz: compiling the training loop, once on this computer ...\n")
        sys.stderr.flush()


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP end the process at once, with the exit code of a shell.

    KeyboardInterrupt may be raised while Qt paints, or in another function that C has called: it
    is then lost, or the process crashes. A signal that is ignored stays ignored. Use it in the
    main thread.
    """
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        signal.signal(number, handler if handler is signal.SIG_IGN else _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    atomic.remove_temporaries()
    os._exit(128 + number)


class Interruption:
    """A context in which Ctrl+C or SIGTERM calls ``react`` once, in a separate thread.

    KeyboardInterrupt could be raised while the main thread holds a lock. A signal that is ignored,
    as SIGINT in a background job of a shell, stays ignored. Use it in the main thread.
    """

    def __init__(self, react: Callable[[], object]) -> None:
        self.has_come, self.code = False, 0
        """Whether a signal has come, and the exit code that it asks for."""
        self._before: dict[int, Any] = {}
        self._wakes = threading.Event()  # used by nothing else, so the handler cannot deadlock
        self._thread = threading.Thread(target=self._wait, args=(react,), daemon=True)

    def __enter__(self) -> "Interruption":
        self._thread.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.getsignal(number)
            if self._before[number] is not signal.SIG_IGN:
                signal.signal(number, self._record)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._wakes.set()
        self._thread.join()

    def _record(self, number: int, frame: FrameType | None) -> None:
        if not self.has_come:
            self.has_come, self.code = True, 128 + number
            self._wakes.set()
        elif number == signal.SIGTERM:  # whoever sends it again won't wait
            _end(number, frame)

    def _wait(self, react: Callable[[], object]) -> None:
        self._wakes.wait()
        if self.has_come:
            react()


def refuse(
    parser: argparse.ArgumentParser, options: dict[str, Any], names: Iterable[str], why: str
) -> None:
    """Exit with an error if one of these options was given."""
    if given := [name for name in names if name in options]:
        parser.error(f"{option_of(given[0])} {why}")


def chosen_kernel(parser: argparse.ArgumentParser, options: dict[str, Any]) -> str:
    """Return the chosen kernel, or the fastest installed; exit if it is not installed."""
    try:
        return compiler.chosen(options.get("kernel"))
    except KernelError as error:
        parser.error(str(error))


def progress(total: int, unit: str = "step") -> "tqdm[NoReturn]":
    """Return a bar on standard error, shown on a terminal only and removed at its end."""
    from tqdm import tqdm  # half of the commands have no bar

    return tqdm(
        total=total,
        unit=unit,
        unit_scale=True,
        leave=False,
        dynamic_ncols=True,
        disable=None,
        smoothing=0,  # the time left follows from all steps so far
    )


def print_report(report: Mapping[str, Any], paragraphs: Iterable[list[str]], as_json: bool) -> None:
    """Print a report as one line of JSON, or its paragraphs of lines; empty ones are left out."""
    if as_json:
        print(json.dumps(report, allow_nan=False))
    else:
        print(printable("\n\n".join("\n".join(lines) for lines in paragraphs if lines)))
