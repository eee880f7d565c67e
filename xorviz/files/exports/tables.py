"""Numbers of a run for other programs: the loss as CSV, a state as JSON or npz."""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace

_ROWS = 512


def loss_csv(trace: Trace) -> str:
    """Return the loss of a run as lines of step, min, max.

    A short run has a row for each step. In a long run a row covers all steps up to the next row,
    a power of two of them, with their exact lowest and highest loss. The last rows of a branch of
    a long run may be based on fewer points.
    """
    header = ("step", "min", "max")
    if not len(trace.steps):
        return table_csv(header, [])
    stride = _stride(trace.steps)
    buckets = trace.steps // stride
    starts = np.flatnonzero(np.diff(buckets, prepend=-1))
    lows = np.minimum.reduceat(trace.losses, starts).tolist()
    highs = np.maximum.reduceat(trace.losses, starts).tolist()
    first_steps = (buckets[starts] * stride).tolist()
    return table_csv(header, zip(first_steps, lows, highs, strict=True))


def table_csv(header: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """Return a table with exact numbers; None and NaN are empty cells.

    A text that a spreadsheet would take for a formula, as a run's name may be, begins with an
    apostrophe.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: str | float | None) -> str | float:
    if isinstance(value, str):
        return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t"} else value
    return "" if value is None or math.isnan(value) else value


def _stride(steps: NDArray[np.int64]) -> int:
    """Return a power of two that is at least the width of a trace's buckets.

    A trace keeps the extremes of its buckets, whose widths are powers of two, so a row of whole
    buckets has exact extremes. A branch's buckets are as wide as those of the run it left.
    """
    widest_gap = int(np.diff(steps).max(initial=1))
    if widest_gap == 1:
        return 1
    return 1 << max(int(steps[-1]) // _ROWS, widest_gap).bit_length()


def weights_json(snapshot: Snapshot) -> str:
    """Return the state of a run at a step as one line of JSON."""
    numbers = {name: array.tolist() for name, array in _weights(snapshot).items()}
    result = {
        "config": snapshot.config.to_dict(),
        "step": snapshot.step,
        "loss": snapshot.loss,
        "outputs": snapshot.outputs.tolist(),
        "right": int(snapshot.right.sum()),
        "learned": snapshot.learned_since is not None,
        "diverged_at": snapshot.diverged_at,
        "kernels": list(snapshot.record.kernels),
        "weights": dict.fromkeys(WEIGHT_FIELDS) | numbers,
    }
    return json.dumps(result, allow_nan=False) + "\n"


def weights_npz(snapshot: Snapshot) -> bytes:
    """Return an npz file with weights, step, loss, outputs, kernels, and config as JSON.

    A network without biases has no b1 and b2; nothing is pickled.
    """
    arrays: dict[str, Any] = {
        **_weights(snapshot),
        "step": snapshot.step,
        "loss": snapshot.loss,
        "outputs": snapshot.outputs,
        "kernels": np.array(snapshot.record.kernels, dtype=np.str_),
        "config": json.dumps(snapshot.config.to_dict()),
    }
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _weights(snapshot: Snapshot) -> dict[str, NDArray[np.float64]]:
    """Return the network's arrays by name, without missing biases."""
    arrays = {name: getattr(snapshot.weights, name) for name in WEIGHT_FIELDS}
    return {name: array for name, array in arrays.items() if array is not None}
