"""Help and About."""

import html
import platform
from contextlib import suppress

import numpy as np
import PySide6
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QDockWidget,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from xorviz import __version__
from xorviz.files import assets


class HelpDialog(QDialog):
    """The help: panels, suggestions, keys and words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help_dialog")
        self.setWindowTitle("Help: xorviz")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 560)
        text = QTextBrowser()
        text.setAccessibleName("Help")
        text.setHtml(assets.read_text("help.html").replace("%KEYS%", _key_rows(parent)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addWidget(buttons)


class AboutDialog(QDialog):
    """The program's name and versions, to be copied."""

    def __init__(self, parent: QWidget, kernel: str) -> None:
        super().__init__(parent)
        self.setObjectName("about_dialog")
        self.setWindowTitle("About xorviz")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._versions = versions(kernel)
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
        copy.setToolTip("Copy all versions, for a bug report")
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


def versions(kernel: str) -> str:
    """Return the versions that a bug report needs, one a line, and the kernel."""
    # Imported here: it takes 10 ms.
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


def _key_rows(window: QWidget) -> str:
    """Return the keys of the window's actions as rows of an HTML table."""
    rows = [
        (" or ".join(key.toString() for key in action.shortcuts()), _words(action))
        for action in window.findChildren(QAction)
        if action.shortcuts()
    ]
    rows += [("M", "More settings"), ("Esc", "Cancel the steps that are left")]
    return "".join(
        f"<tr><td><b>{html.escape(keys)}</b></td><td>{html.escape(words)}</td></tr>"
        for keys, words in rows
    )


def _words(action: QAction) -> str:
    is_option = action.isCheckable() and not isinstance(action.parent(), QDockWidget)
    return action.text() if is_option else action.statusTip() or action.text()
