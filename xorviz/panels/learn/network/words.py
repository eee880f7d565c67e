"""The network in words, for those who cannot see it."""

from xorviz.core import numerals
from xorviz.core.analysis.planes import parameter_names
from xorviz.core.diagnosis.evidence import row_name
from xorviz.core.network import flat
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.words import at_step, correct_text, number, strongest


def network_text(snapshot: Snapshot, row: int) -> str:
    """Return the network's parts, its answer to a row of ROWS, and its largest weights."""
    config = snapshot.config
    weights = zip(parameter_names(config), flat(snapshot.weights).tolist(), strict=True)
    units = numerals.counted(config.width, f"{config.activation} hidden unit")
    return (
        f"{at_step(snapshot)}, {units} {'with' if config.biases else 'without'} biases between"
        f" x1, x2 and the output. In row {row_name(row)} the output is"
        f" {number(snapshot.outputs[row])}, the target {config.targets[row]};"
        f" {correct_text(snapshot)}. The largest weights: {strongest(weights)}."
    )
