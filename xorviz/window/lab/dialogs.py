"""What the lab asks before it does something: whether it may cost so much, and where to save."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from xorviz.core import numerals
from xorviz.core.numerals import duration, memory
from xorviz.lab.plan import LabPlan

_DEAR_SECONDS, _DEAR_MEGABYTES = 60, 500


def is_expensive(plan: LabPlan, jobs: int) -> bool:
    """Tell whether a plan costs so much that nobody may want it by mistake."""
    return plan.seconds(jobs) > _DEAR_SECONDS or plan.megabytes > _DEAR_MEGABYTES


def ask_about_cost(
    parent: QWidget | None, plan: LabPlan, jobs: int, go_on: Callable[[], None]
) -> None:
    """Say what a plan costs, and go on if a person says so."""
    dialog = QMessageBox(parent)
    dialog.setObjectName("lab_cost_dialog")
    dialog.setIcon(QMessageBox.Icon.Question)
    dialog.setWindowTitle("xorviz")
    dialog.setTextFormat(Qt.TextFormat.PlainText)
    dialog.setText(
        f"Train {numerals.whole(len(plan))} networks for {numerals.whole(plan.steps)} steps each?"
    )
    cores = "1 core" if jobs == 1 else f"{jobs} cores"
    dialog.setInformativeText(
        f"That takes about {duration(plan.seconds(jobs))} on {cores}, and "
        f"{memory(plan.megabytes)} of memory. It can be cancelled at any time; what is done by "
        "then is shown."
    )
    train = dialog.addButton("Train them", QMessageBox.ButtonRole.AcceptRole)
    dialog.setDefaultButton(dialog.addButton(QMessageBox.StandardButton.Cancel))
    train.clicked.connect(go_on)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def ask_path(
    parent: QWidget | None, suggestion: Path, kind: str, chosen: Callable[[Path], None]
) -> None:
    """Ask where a file of a kind, such as csv, is to be saved."""
    dialog = QFileDialog(parent, "Save", str(suggestion.parent), f"{kind.upper()} (*.{kind})")
    dialog.setObjectName("lab_save_dialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(kind)
    dialog.selectFile(suggestion.name)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
