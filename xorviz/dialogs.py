"""Help and About."""

import html
import platform

import numpy as np
import PySide6
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

import xorviz
from xorviz import actions, assets


class HelpDialog(QDialog):
    """What the panels show, what to try, the keys and the words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help_dialog")
        self.setWindowTitle("Help: xorviz")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 560)
        text = QTextBrowser()
        text.setAccessibleName("Help")
        text.setHtml(assets.read_text("help.html").replace("%KEYS%", _key_rows()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addWidget(buttons)


class AboutDialog(QDialog):
    """What this is, and the versions it runs with."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("about_dialog")
        self.setWindowTitle("About xorviz")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._versions = versions()
        name = QLabel("xorviz shows a small neural network learning XOR, live.")
        self._label = QLabel(self._versions)
        self._label.setObjectName("versions")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("&Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copy_versions")
        copy.setToolTip("Put the versions on the clipboard, for a report")
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(name)
        column.addWidget(self._label)
        column.addWidget(buttons)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self._versions)


def versions() -> str:
    """Return the versions of all that a fault may depend on, a line each."""
    # Here, since its import costs 10 ms of the start, and few people ask for versions.
    from importlib.metadata import version  # noqa: PLC0415

    parts = {
        "xorviz": xorviz.__version__,
        "Python": platform.python_version(),
        "PySide6": PySide6.__version__,
        "pyqtgraph": version("pyqtgraph"),
        "NumPy": np.__version__,
        "System": f"{platform.platform()}, {QApplication.platformName()}",
    }
    return "\n".join(f"{name} {version}" for name, version in parts.items())


def _key_rows() -> str:
    rows = [
        *actions.words_of_keys(),
        ("L, Shift+L", "Loss or step axis logarithmic"),
        ("F", "Fit the loss plot to the run"),
        ("G", "Gradients in place of weights"),
        ("H", "Lines of the hidden units"),
        ("M", "More settings"),
        ("Esc", "Cancel the steps that are left"),
    ]
    return "".join(
        f"<tr><td><b>{html.escape(key)}</b></td><td>{html.escape(tip)}</td></tr>"
        for key, tip in rows
    )
