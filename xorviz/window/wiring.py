"""The wiring of the panels: what answers the requests of all views, a row for each signal."""

from collections.abc import Callable
from functools import partial

from xorviz.engine.session import TrainingSession
from xorviz.window.document.document import Document
from xorviz.window.layout.view_set import Wires


def wires(
    session: TrainingSession,
    document: Document,
    notice: Callable[[str], object],
    beside: bool = False,
) -> Wires:
    """Return the wires of the views of the current run, or of those of the run beside it."""
    return {
        "config_requested": document.change_settings,
        "change_requested": document.change_setting,
        "targets_requested": document.choose_targets_beside if beside else document.choose_targets,
        "weight_requested": partial(document.set_weight, beside=beside),
        "weight_tried": partial(session.try_weight, beside=beside),
        "trial_ended": session.end_trial,
        "next_step_requested": lambda: session.step(1),
        "pause_requested": session.pause,
        "step_requested": session.seek,
        "rename_requested": document.rename,
        "shown_requested": document.show_run,
        "delete_requested": document.delete,
        "recall_requested": document.recall,
        "refused": notice,
    }
