"""Numbers of a run for other programs: loss as CSV, a state as JSON or npz, states as npz."""

import io
import json
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.network import Weights, weights_of
from xorviz.core.runs.project import Project
from xorviz.core.runs.recipe_text import named_runs
from xorviz.core.runs.record import WEIGHT_FIELDS, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.trace import LOSS_COLUMNS, loss_rows
from xorviz.core.settings import RunConfig
from xorviz.files.csv_text import table_csv
from xorviz.files.packing import without_start


def loss_csv(project: Project) -> str:
    """Return the loss of all runs that are shown, one below the other: every point that is kept.

    A row for each point, since runs have other steps than each other: a table with a column for
    each run would have gaps in which no program draws a line.
    """
    runs = named_runs(project.record, project.beside, project.pinned)
    return table_csv(LOSS_COLUMNS, chain(*(loss_rows(name, run.trace) for name, run in runs)))


def weights_json(snapshot: Snapshot) -> str:
    """Return the state of a run at a step as one line of JSON; of a watched one with its source."""
    weights = {name: array.tolist() for name, array in _arrays(snapshot.weights).items()}
    result = _told(snapshot.config, snapshot.record.source) | {
        "step": snapshot.step,
        "loss": snapshot.loss,
        "outputs": snapshot.outputs.tolist(),
        "right": int(snapshot.right.sum()),
        "learned": snapshot.learned_since is not None,
        "diverged_at": snapshot.diverged_at,
        "kernels": list(snapshot.record.kernels),
        "weights": dict.fromkeys(WEIGHT_FIELDS) | weights,
    }
    return json.dumps(result, allow_nan=False) + "\n"


def weights_npz(snapshot: Snapshot) -> bytes:
    """Return an npz file with weights, step, loss, outputs, kernels, and config as JSON.

    A watched run also has its source. Nothing is pickled; without biases b1 and b2 are missing.
    """
    numbers = {
        **_arrays(snapshot.weights),
        "step": snapshot.step,
        "loss": snapshot.loss,
        "outputs": snapshot.outputs,
        "kernels": np.array(snapshot.record.kernels, dtype=np.str_),
    }
    return _npz(numbers, _told(snapshot.config, snapshot.record.source))


def states_npz(record: Record) -> bytes:
    """Return an npz file with all kept states (K of them) of a watched run.

    It has steps (K,), w1 (K, 2, H), b1 (K, H), w2 (K, H, 1), b2 (K, 1), losses (K,) and outputs
    (K, 4), and as text the run's name, its program, and config and source as JSON.
    """
    assert record.source is not None
    states = np.array([state.parameters for state in record.checkpoints])
    numbers = {
        "steps": record.trace.steps,
        **_arrays(weights_of(states, record.config)),
        "losses": record.trace.losses,
        "outputs": record.trace.outputs,
        "name": record.source.name,
        "program": record.source.program,
    }
    return _npz(numbers, _told(record.config, record.source))


def _npz(arrays: dict[str, Any], told: Mapping[str, Any]) -> bytes:
    file, texts = io.BytesIO(), {name: json.dumps(values) for name, values in told.items()}
    np.savez(file, **arrays | texts)
    return file.getvalue()


def _told(config: RunConfig, source: WatchedSource | None) -> dict[str, Any]:
    """Return the settings of a run that mean something, and the source of a watched one."""
    if source is None:
        return {"config": config.to_dict()}
    return {"config": without_start(config.to_dict()), "source": source.to_dict()}


def _arrays(weights: Weights) -> dict[str, NDArray[np.float64]]:
    """Return a network's arrays by name, without missing biases."""
    arrays = {name: getattr(weights, name) for name in WEIGHT_FIELDS}
    return {name: array for name, array in arrays.items() if array is not None}
