"""Training in the terminal, as the 28 lines do it."""

import json
import sys
from typing import Any

from xorviz.core.config import RunConfig
from xorviz.core.network import Weights
from xorviz.core.stopping import Halt
from xorviz.core.trainer import Snapshot, Trainer


def train(config: RunConfig, steps: int, every: int, as_json: bool) -> int:
    """Train and print what came of it; return 1 if the run diverged, otherwise 0."""
    trainer = Trainer(config)
    while trainer.step < steps:
        if trainer.advance(min(every, steps - trainer.step)) is Halt.DIVERGED:
            break
        if not as_json:
            print(f"step {trainer.step}  loss {trainer.loss!r}", flush=True)
    snapshot = trainer.snapshot()
    print(json.dumps(result(snapshot)) if as_json else _outputs(snapshot))
    if snapshot.diverged_at is None:
        return 0
    print(
        f"xorviz: diverged at step {snapshot.diverged_at}: the loss or a weight was no longer "
        f"finite; shown is step {snapshot.step}; try a lower rate.",
        file=sys.stderr,
    )
    return 1


def result(snapshot: Snapshot) -> dict[str, Any]:
    """Return all that is to be known of a run, as JSON can carry it."""
    return {
        "config": snapshot.config.to_dict(),
        "step": snapshot.step,
        "loss": snapshot.loss,
        "outputs": snapshot.outputs.tolist(),
        "right": int(snapshot.right.sum()),
        "learned": snapshot.learned_since is not None,
        "diverged_at": snapshot.diverged_at,
        "weights": _weights(snapshot.weights),
    }


def _weights(weights: Weights) -> dict[str, Any]:
    names = ("w1", "b1", "w2", "b2")
    arrays = {name: getattr(weights, name) for name in names}
    return {name: None if a is None else a.tolist() for name, a in arrays.items()}


def _outputs(snapshot: Snapshot) -> str:
    return "outputs  " + "  ".join(f"{output:.8f}" for output in snapshot.outputs)
