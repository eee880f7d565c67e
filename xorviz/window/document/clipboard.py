"""Copies settings as a command, and pastes them."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from xorviz.core.rules import SettingError
from xorviz.engine.session import TrainingSession


class Clipboard(QObject):
    """Copies the current settings as a command, and reads the settings of a copied command."""

    config_pasted = Signal(object)  # RunConfig
    refused = Signal(str)
    noticed = Signal(str)

    def __init__(self, session: TrainingSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    @Slot()
    def copy(self) -> None:
        from xorviz.files.arguments import command_of  # loads argparse

        command = command_of(self._session.config)
        QGuiApplication.clipboard().setText(command)
        self.noticed.emit(f"Copied: {command}")

    @Slot()
    def paste(self) -> None:
        from xorviz.files.arguments import config_of

        try:
            config = config_of(QGuiApplication.clipboard().text())
        except SettingError as error:
            self.refused.emit(f"Nothing is pasted: {error}")
            return
        self.config_pasted.emit(config)
