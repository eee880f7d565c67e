"""A run's numbers for other programs: the loss as CSV, one state as JSON or npz."""

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace

_ROWS = 512


def loss_csv(trace: Trace) -> str:
    """Return the loss of a run as lines of step, min, max.

    A row for each step, while all of them are kept. For a longer run a row stands for all steps
    up to the next row's, a power of two of them: their lowest and highest loss, both exact. In a
    branch of a long run, the last rows may have fewer points to tell them from.
    """
    return "".join(f"{line}\n" for line in ("step,min,max", *_loss_lines(trace)))


def _loss_lines(trace: Trace) -> Iterator[str]:
    if not len(trace.steps):
        return
    stride = _stride(trace.steps)
    buckets = trace.steps // stride
    starts = np.flatnonzero(np.diff(buckets, prepend=-1))
    lows = np.minimum.reduceat(trace.losses, starts).tolist()
    highs = np.maximum.reduceat(trace.losses, starts).tolist()
    first_steps = (buckets[starts] * stride).tolist()
    for step, low, high in zip(first_steps, lows, highs, strict=True):
        yield f"{step},{low!r},{high!r}"


def _stride(steps: NDArray[np.int64]) -> int:
    """Return a power of two that is no less than the width of a trace's buckets.

    A trace keeps each bucket's extremes and the buckets are powers of two wide, so a row of
    whole buckets has their extremes too. Those of a branch are as wide as the run's that it left.
    """
    widest_gap = int(np.diff(steps).max(initial=1))
    if widest_gap == 1:
        return 1
    return 1 << max(int(steps[-1]) // _ROWS, widest_gap).bit_length()


def result(snapshot: Snapshot) -> dict[str, Any]:
    """Return all that is to be known of a run at one step, as JSON can carry it."""
    numbers = {name: array.tolist() for name, array in _weights(snapshot).items()}
    return {
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


def weights_json(snapshot: Snapshot) -> str:
    """Return what result does as one line of JSON."""
    return json.dumps(result(snapshot), allow_nan=False) + "\n"


def weights_npz(snapshot: Snapshot) -> bytes:
    """Return weights, step, loss, outputs, kernels, and config in JSON, as numpy.load takes them.

    The biases are there only where the network has them; nothing is pickled.
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
    """Return the arrays of those weights that there are, by their names."""
    arrays = {name: getattr(snapshot.weights, name) for name in WEIGHT_FIELDS}
    return {name: array for name, array in arrays.items() if array is not None}
