"""The command diagnose: the state of a network trained elsewhere."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from xorviz.cli.printing import failed, printable
from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_outputs
from xorviz.core.rules import SettingError, parsed
from xorviz.files import FileError
from xorviz.files.weights.own_network import (
    Arrays,
    OrientationError,
    arranged,
    checked_outputs,
    config_for,
    diagnosis_of,
)
from xorviz.files.weights.reader import MOST_BYTES, load, parse_bytes, parse_text
from xorviz.files.weights.row_order import Row, in_row_order


class _FourOutputs:
    """Four outputs as typed."""

    allowed = "four numbers from 0 to 1, such as 0 .5 1 .5"

    def parse(self, text: str) -> Arrays:
        """Return the outputs in a text, or raise ValueError."""
        with suppress(FileError):
            arrays = parse_text(text)
            if arrays.outputs is not None:
                checked_outputs(arrays)
                return arrays
        raise ValueError(self.allowed)


def diagnose(
    weights: str | None,
    outputs: str | None,
    settings: Mapping[str, Any],
    targets: Sequence[int] | None,
    order: Sequence[Row],
    orientation: str | None,
    as_json: bool,
) -> int:
    """Print the diagnosis of a network and what to try.

    ``weights`` is a file, or - for standard input; without it, ``outputs`` are the four as typed.
    ``targets`` follow the order of the rows; None for those in the file, otherwise XOR. Return 0,
    1 if the file cannot be read or holds no network, 2 for a wrong or missing option.
    """
    name = "standard input" if weights == "-" else weights
    try:
        arrays = _arrays(weights, outputs or "")
        config = arrays.config or RunConfig()
        wanted = config.targets if targets is None else in_row_order(targets, order)
        if arrays.outputs is not None:
            description = "four outputs"
            found = diagnose_outputs(checked_outputs(arrays, order), wanted)
        else:
            network = arranged(arrays, orientation)
            config = config_for(network, replace(config, **settings, targets=wanted))
            description, found = network.summary, diagnosis_of(network.weights, config)
    except FileError as error:
        return failed(f"{name}: {error}")
    except OrientationError as error:
        ways = "in-out (its rows are the inputs) or out-in (they are the hidden units)"
        return failed(f"{error}; allowed: --orientation {ways}", 2)
    except SettingError as error:
        return failed(str(error), 2) if weights is None else failed(f"{name}: {error}")
    sys.stdout.write(_json(found) if as_json else printable(_text(found, description)))
    return 0


def _arrays(weights: str | None, outputs: str) -> Arrays:
    """Return the arrays as read. Raises FileError and SettingError."""
    match weights:
        case None:
            arrays = parsed(_FourOutputs(), "--outputs", outputs)
            assert isinstance(arrays, Arrays)
            return arrays
        case "-":  # standard input
            return parse_bytes(sys.stdin.buffer.read(MOST_BYTES + 1))
        case path:
            return load(Path(path))


def _json(found: Diagnosis) -> str:
    value = {
        "state": found.state,
        "sentence": found.sentence,
        "verdict": found.verdict.to_dict() if found.verdict else None,
        "evidence": found.evidence.to_dict(),
        "advice": list(found.advice),
    }
    return json.dumps(value, allow_nan=False) + "\n"


def _text(found: Diagnosis, description: str) -> str:
    said = found.verdict
    of_curvature = {"curvature": f"{said.kind}. {said.sentence} {said.doubt}"} if said else {}
    evidence = {"read as": description, **of_curvature, **found.evidence.to_dict()}
    texts = {name.replace("_", " "): _written(value) for name, value in evidence.items()}
    column = max(map(len, texts)) + 2
    lines = [
        found.sentence,
        "",
        *(f"{name:<{column}}{text}" for name, text in texts.items() if text),
    ]
    if found.advice:
        lines += ["", "What to try:", *(f"- {advice}" for advice in found.advice)]
    return "\n".join(lines) + "\n"


def _written(value: Any) -> str:
    """Return a value as text; None is empty."""
    match value:
        case None:
            return ""
        case float():
            return numerals.real(value)
        case list():
            return ", ".join(map(_written, value))
        case dict():
            return ", ".join(f"{name}: {_written(item)}" for name, item in value.items())
        case _:
            return str(value)
