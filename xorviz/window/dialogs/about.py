"""The program's name and versions."""

import platform
from contextlib import suppress

import numpy as np
import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QWidget

from xorviz import __version__
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.dialog import Dialog


class AboutDialog(Dialog):
    """The program's name and versions, to be copied."""

    def __init__(self, parent: QWidget, kernel: str) -> None:
        super().__init__(parent, "about_dialog", "About xorviz")
        text = versions(kernel)
        name = QLabel("xorviz shows a small neural network learning XOR, live.")
        self._label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
        self._label.setObjectName("versions")
        flags = Qt.TextInteractionFlag
        selectable = flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
        self._label.setTextInteractionFlags(selectable)
        buttons = self.buttons(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("&Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copy_versions")
        copy.setToolTip("Copy all versions, for a bug report")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(text))
        column(self, name, self._label, buttons, gap=12)


def versions(kernel: str) -> str:
    """Return the versions that a bug report needs, one a line, and the kernel."""
    # Imported here: it takes 10 ms of the start.
    from importlib.metadata import PackageNotFoundError, version

    parts = {
        "xorviz": __version__,
        "Python": platform.python_version(),
        "PySide6": PySide6.__version__,
        "pyqtgraph": version("pyqtgraph"),
        "NumPy": np.__version__,
    }
    with suppress(PackageNotFoundError):
        parts["Numba"] = version("numba")
    parts |= {"Kernel": kernel, "System": f"{platform.platform()}, {QApplication.platformName()}"}
    return "\n".join(f"{name} {version}" for name, version in parts.items())
