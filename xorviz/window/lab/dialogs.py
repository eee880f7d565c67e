"""The dialog that confirms an expensive plan of the lab."""

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from xorviz.core import numerals
from xorviz.core.numerals import duration, memory
from xorviz.lab.plan import LabPlan
from xorviz.window.document.file_dialogs import open_named, question

_EXPENSIVE_SECONDS, _EXPENSIVE_MEGABYTES = 60, 500


def is_expensive(plan: LabPlan, jobs: int) -> bool:
    """Return whether a plan takes long or much memory, so that it must be confirmed."""
    return plan.seconds(jobs) > _EXPENSIVE_SECONDS or plan.megabytes > _EXPENSIVE_MEGABYTES


def ask_about_cost(parent: QWidget, plan: LabPlan, jobs: int, proceed: Callable[[], None]) -> None:
    """Show the cost of a plan, and proceed if it is accepted."""
    networks, steps = numerals.whole(len(plan)), numerals.whole(plan.steps)
    dialog = question(parent, f"Train {networks} networks for {steps} steps each?")
    cores = "1 core" if jobs == 1 else f"{jobs} cores"
    dialog.setInformativeText(
        f"That takes about {duration(plan.seconds(jobs))} on {cores}, and "
        f"{memory(plan.megabytes)} of memory. It can be cancelled at any time; what is done by "
        "then is shown."
    )
    train = dialog.addButton("Train them", QMessageBox.ButtonRole.AcceptRole)
    dialog.setDefaultButton(dialog.addButton(QMessageBox.StandardButton.Cancel))
    train.clicked.connect(proceed)
    open_named(dialog, "lab_cost_dialog")
