"""The command train: training in the terminal.

What writes files is loaded when it is asked for: it takes half as long as a short training.
"""

import argparse
from pathlib import Path
from typing import Any

from xorviz.cli.parser import stops_of
from xorviz.cli.terminal import chosen_kernel, failed, prepared
from xorviz.core.kernels import kernels
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.settings import RunConfig
from xorviz.files.arguments import given_settings
from xorviz.files.atomic import FileError, check_writable, naming


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Train, print the loss, the outputs and why it stopped, and save the run if asked to.

    Return 1 if the run diverged or could not be saved, otherwise 0.
    """
    kernel = chosen_kernel(parser, options)
    save: Path | None = options.get("save")
    if save is not None:
        with naming(save):
            check_writable(save)  # before training, not after
    steps, as_json, status = options["steps"], "json" in options, 0
    config, rules, halt = (
        RunConfig(**given_settings(options)),
        StopRules(None, **stops_of(options)),
        None,
    )
    recording = Recording(config, kernel=prepared(kernels.prepare, kernel))
    while recording.newest < steps and halt is None:
        halt = recording.advance(min(options["every"], steps - recording.newest), rules)
        if not as_json and halt is not Halt.DIVERGED:
            print(f"{config.step_word} {recording.newest}  loss {recording.loss!r}", flush=True)
    snapshot = recording.snapshot()
    if save is not None:  # before printing, which may fail
        from xorviz.files.run_file import save_run

        try:
            save_run(recording, save)
        except FileError as error:
            status = failed(f"{save}: {error}")
    if as_json:
        from xorviz.files.exports.tables import weights_json

        print(weights_json(snapshot), end="")
    else:
        print("outputs  " + "  ".join(f"{output:.8f}" for output in snapshot.outputs))
        if halt is not None and not halt.is_end:
            print(f"stopped at {config.step_word} {snapshot.step}: {halt}")
    if snapshot.diverged_at is None:
        return status
    return failed(
        f"diverged at {config.step_word} {snapshot.diverged_at}: the loss or a weight became NaN "
        f"or infinite; {config.step_word} {snapshot.step} is shown; lower the rate."
    )
