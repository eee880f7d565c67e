"""Numbers of a run for other programs: loss as CSV, a state as JSON or npz, states as npz."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.network import Weights, weights_of
from xorviz.core.runs.record import WEIGHT_FIELDS, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import RunConfig
from xorviz.files import atomic
from xorviz.files.csv_text import table_csv
from xorviz.files.packing import known_settings

_ROWS = 512


def history_csv(record: Record) -> str:
    """Return the loss of a run; of a watched one, a row for each state that is kept.

    Each of these rows names the run and its program.
    """
    if (source := record.source) is None:
        return loss_csv(record.trace)
    rows = zip(record.trace.steps.tolist(), record.trace.losses.tolist(), strict=True)
    named = ((*row, source.name, source.program) for row in rows)
    return table_csv(("step", "loss", "watched run", "program"), named)


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
    """Return the state of a run at a step as one line of JSON; of a watched one with its source."""
    numbers = {name: array.tolist() for name, array in _arrays(snapshot.weights).items()}
    source = snapshot.record.source
    result = {
        "config": _settings(snapshot.config, source),
        "step": snapshot.step,
        "loss": snapshot.loss,
        "outputs": snapshot.outputs.tolist(),
        "right": int(snapshot.right.sum()),
        "learned": snapshot.learned_since is not None,
        "diverged_at": snapshot.diverged_at,
        "kernels": list(snapshot.record.kernels),
        "weights": dict.fromkeys(WEIGHT_FIELDS) | numbers,
    }
    if source is not None:
        result["source"] = source.to_dict()
    return json.dumps(result, allow_nan=False) + "\n"


def weights_npz(snapshot: Snapshot) -> bytes:
    """Return an npz file with weights, step, loss, outputs, kernels, and config as JSON.

    A watched run also has its source. Nothing is pickled; without biases b1 and b2 are missing.
    """
    source = snapshot.record.source
    arrays: dict[str, Any] = {
        **_arrays(snapshot.weights),
        "step": snapshot.step,
        "loss": snapshot.loss,
        "outputs": snapshot.outputs,
        "kernels": np.array(snapshot.record.kernels, dtype=np.str_),
        "config": json.dumps(_settings(snapshot.config, source)),
    }
    if source is not None:
        arrays["source"] = json.dumps(source.to_dict())
    return _npz(arrays)


def states_npz(record: Record) -> bytes:
    """Return an npz file with all kept states (K of them) of a watched run.

    It has steps (K,), w1 (K, 2, H), b1 (K, H), w2 (K, H, 1), b2 (K, 1), losses (K,) and outputs
    (K, 4), and as text the run's name, its program, and config and source as JSON.
    """
    assert record.source is not None
    states = np.array([state.parameters for state in record.checkpoints])
    return _npz(
        {
            "steps": record.trace.steps,
            **_arrays(weights_of(states, record.config)),
            "losses": record.trace.losses,
            "outputs": record.trace.outputs,
            "name": record.source.name,
            "program": record.source.program,
            "config": json.dumps(_settings(record.config, record.source)),
            "source": json.dumps(record.source.to_dict()),
        }
    )


def write_states(record: Record, path: Path | str) -> None:
    """Write an npz file with all kept states of a watched run. Raises FileError."""
    atomic.write(Path(path), states_npz(record))


def _npz(arrays: Mapping[str, Any]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _settings(config: RunConfig, source: WatchedSource | None) -> dict[str, Any]:
    """Return the settings of a run that mean something."""
    return config.to_dict() if source is None else known_settings(config)


def _arrays(weights: Weights) -> dict[str, NDArray[np.float64]]:
    """Return a network's arrays by name, without missing biases."""
    arrays = {name: getattr(weights, name) for name in WEIGHT_FIELDS}
    return {name: array for name, array in arrays.items() if array is not None}
