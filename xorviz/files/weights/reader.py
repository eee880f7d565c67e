"""Reader for the weights or outputs of another program's network, in a file, a text or Python.

All may hold two or three states of the network, before and after a training step. Recordings of
xorviz, which are run files and the npz files of watched programs, hold many.
"""

import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from traceback import format_exception_only
from typing import Any

import numpy as np

from xorviz.core.rules import SettingError, printable, shortened
from xorviz.core.runs.record import WEIGHT_FIELDS, Record
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import SETTINGS, Role, RunConfig, settings_of
from xorviz.core.truth_table import COUNTED
from xorviz.files import atomic, run_file
from xorviz.files.atomic import FileError
from xorviz.files.checked_json import REAL, WHOLE, packed_array, parsed_json
from xorviz.files.packing import unpacked_watched
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.states import States, states_of
from xorviz.files.weights.values import outputs_in_rows, parts_in, parts_of, plain_text, unpacked

MOST_BYTES = 2**18
"""Of a text, or of a file that is no recording; the widest network takes 8,000 characters."""
_TOO_BIG = f"It is too big for the weights of a network: more than {MOST_BYTES // 2**10} KiB."
_LONGEST_PATH = 255
"""Characters of a path in a message; a text that is no network is taken for a path."""
_LONGEST_NUMBER = 400
"""Characters."""
_RUN_FILE = re.compile(rb'\s*\{\s*"format"\s*:\s*"xorviz run"')
_XORVIZ = WatchedSource("xorviz", "0" * 32)
"""What a run of xorviz says of its steps: all."""


def read_file(path: Path | str) -> bytes:
    """Return the content of a file of weights or of a recording. Raises FileError."""
    return atomic.read(Path(path), run_file.MOST_BYTES, _TOO_BIG)


def record_in(data: bytes) -> Record | None:
    """Return the run in a file's content; None if it is no recording. Raises FileError."""
    if _RUN_FILE.match(data):
        return run_file.loads(data).record
    arrays = unpacked(data) if data.startswith(b"PK") else {}
    return _watched(arrays) if arrays.keys() >= {"steps", "config", "source"} else None


def _watched(arrays: Mapping[str, Any]) -> Record:
    """Return the run in the arrays of a watched program, checked as one in a run file."""
    try:
        steps = arrays["steps"].astype(float).clip(-1, 2**53)
        states = [arrays[n].reshape(len(steps), -1) for n in WEIGHT_FIELDS if n in arrays]
        value = {n: parsed_json(str(arrays[n]), _LONGEST_NUMBER) for n in ("config", "source")}
        value["steps"] = packed_array(steps, WHOLE)
        value["states"] = packed_array(np.hstack(states), REAL)
        return unpacked_watched(value, "it")
    except (ValueError, TypeError, RecursionError) as error:
        why = error if isinstance(error, SettingError) else "its arrays do not fit together"
        raise FileError(f"The file is damaged: {why}.") from None


def newest_state(record: Record) -> Arrays:
    """Return the last state of a run, with what is known of it."""
    weights, step = run_of(record).snapshot().weights, record.newest
    config, source = record.config_at(step), record.source
    said = config.to_dict()
    if source is not None:
        known = {*settings_of(Role.TRAINING)} - {"batch", *source.assumed}
        told = {n: v for n, v in said.items() if n in known and SETTINGS[n].matters(config)}
        said = told | said_at(record, step)
    arrays = {name: getattr(weights, name) for name in WEIGHT_FIELDS}
    return Arrays(**arrays, said=said | {"steps": step})


def said_at(record: Record, step: int) -> dict[str, Any]:
    """Return what a recording says of the step after this one."""
    config = record.config_at(step)
    return (record.source or replace(_XORVIZ, batch=config.batch)).said(config).told


def states_of_bytes(data: bytes) -> States:
    """Return the states in a file's content; of a recording, the newest. Raises FileError only."""
    if (record := record_in(data)) is not None:
        return (newest_state(record),)
    if len(data) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if data.startswith(b"PK"):
        return states_of_values(unpacked(data))
    if data.startswith(b"\x93NUMPY"):
        raise FileError("It is a single NumPy array; save w1 and w2 together with numpy.savez.")
    # What PowerShell writes after > is UTF-16.
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return states_of_text(data.decode(encoding))
    except UnicodeDecodeError:
        raise FileError("It is neither text nor a NumPy npz file.") from None


def only(states: Sequence[Arrays]) -> Arrays:
    """Return the one state that there is. Raises FileError if there are more."""
    if len(states) > 1:
        raise FileError(f"It holds {len(states)} states of a network; allowed here is one.")
    return states[0]


def states_of_text(text: str) -> States:
    """Return the states in a text: JSON, or printed by a program. Raises FileError only."""
    if not text.strip():
        raise FileError("It is empty.")
    # One sign may stand for eighteen.
    if len(text) > MOST_BYTES or len(printed := plain_text(text)) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if (outputs := outputs_in_rows(printed)) is not None:
        return (Arrays(outputs=np.array(outputs), rows=COUNTED),)
    try:
        value = parsed_json(text, _LONGEST_NUMBER)
    except (ValueError, RecursionError):  # or JSON with nan in it, or an entry twice
        return states_of(parts_of(printed))
    return states_of_values(value)


def states_of_values(value: Any) -> States:
    """Return the states in values such as JSON's: named in mappings, or in order in a list.

    Raises FileError and nothing else, whatever a program's own objects raise.
    """
    try:
        config = value.get("config") if isinstance(value, dict) else None
        return states_of(parts_in(value), _settings_in(config))
    except FileError:
        raise
    except Exception as error:
        why = shortened(" ".join("".join(format_exception_only(error)).split()))
        raise FileError(f"It cannot be read: {why.rstrip('.')}.") from error


def _settings_in(config: object) -> dict[str, Any]:
    """Return settings that xorviz saved; those of another program mean nothing here."""
    with suppress(ValueError, RecursionError):
        value = (
            parsed_json(str(config), _LONGEST_NUMBER) if isinstance(config, np.ndarray) else config
        )
        if isinstance(value, Mapping) and value.keys() >= {"width", "rate", "seed"}:
            return RunConfig.from_dict(value).to_dict()
    return {}


def states_given(given: Sequence[tuple[str, Any]], are_single: bool) -> list[Arrays]:
    """Return the states in some values with their names; single ones may hold no more than one.

    A value is a path, a text, a file's content, or whatever holds arrays. Raises FileError.
    """
    states: list[Arrays] = []
    for name, value in given:
        # A string that holds arrays, or nothing, is no path.
        is_text = isinstance(value, str) and (not value.strip() or any(x in value for x in "[{\n"))
        is_path = isinstance(value, os.PathLike | str) and not is_text
        with naming(shortened(str(value), _LONGEST_PATH) if is_path else name):
            content = read_file(value) if is_path else value
            if isinstance(content, bytes):
                found = states_of_bytes(content)
            else:
                found = states_of_text(content) if is_text else states_of_values(content)
            states += [only(found)] if are_single else found
    return states


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Name a file or an argument in errors about it."""
    try:
        yield
    except FileError as error:
        raise FileError(f"{printable(what)}: {error}") from None
