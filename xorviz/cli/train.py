"""The command train: training in the terminal.

What writes files is loaded when it is asked for: it takes half as long as a short training.
"""

from pathlib import Path

from xorviz.cli.terminal import failed, prepared
from xorviz.core.kernels import compiler, kernels
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.core.settings import RunConfig
from xorviz.files import FileError


def train(
    config: RunConfig,
    steps: int,
    every: int,
    as_json: bool,
    save: Path | None = None,
    kernel: str = compiler.NUMPY,
) -> int:
    """Train, print the loss and the outputs, and save the run if asked to.

    Return 1 if the run diverged or could not be saved, otherwise 0.
    """
    recording = Recording(config, kernel=prepared(kernels.prepare, kernel))
    while recording.newest < steps:
        if recording.advance(min(every, steps - recording.newest)) is Halt.DIVERGED:
            break
        if not as_json:
            print(f"step {recording.newest}  loss {recording.loss!r}", flush=True)
    snapshot = recording.snapshot()
    status = 0 if save is None else _save(recording, save)  # before printing, which may fail
    print(_json(snapshot) if as_json else _outputs(snapshot), end="")
    if snapshot.diverged_at is None:
        return status
    return failed(
        f"diverged at step {snapshot.diverged_at}: the loss or a weight was no longer "
        f"finite; step {snapshot.step} is shown; try a lower rate."
    )


def _save(recording: Recording, path: Path) -> int:
    """Save the run or print why not; return 0, or 1 if that failed."""
    from xorviz.files import save_run

    try:
        save_run(recording, path)
    except FileError as error:
        return failed(f"{path}: {error}")
    return 0


def _json(snapshot: Snapshot) -> str:
    from xorviz.files.exports.tables import weights_json

    return weights_json(snapshot)


def _outputs(snapshot: Snapshot) -> str:
    return "outputs  " + "  ".join(f"{output:.8f}" for output in snapshot.outputs) + "\n"
