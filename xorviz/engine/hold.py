"""A hold on training: for a reason, no steps are taken, whoever asks for them."""

from PySide6.QtCore import QObject, Signal


class Hold(QObject):
    """Why no steps are taken, or "" where they are. Going to steps already taken stays free."""

    changed = Signal(str)  # the reason
    refused = Signal(str)  # the reason, each time that steps are asked for

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.reason = ""

    def set(self, reason: str) -> None:
        """Hold training for a reason, or release it with ""."""
        self.reason = reason
        self.changed.emit(reason)

    def refuses(self) -> bool:
        """Return whether no steps are taken; if so, tell why."""
        if self.reason:
            self.refused.emit(self.reason)
        return bool(self.reason)
