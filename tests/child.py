"""The program with a voice, for tests in processes of their own: it says when it has come so far.

Run as ``python -m tests.child WAY_TO_END [ARGUMENT ...]``.
"""

import sys
from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from xorviz import app
from xorviz.cli import main
from xorviz.core.snapshot import Snapshot
from xorviz.core.trainer import Trainer
from xorviz.engine.commands import Failure
from xorviz.engine.activity import Activity
from xorviz.main_window import MainWindow

STEPS_WHILE_RUNNING = 100


class TalkingWindow(MainWindow):
    """Says "ready" once, and ends as it was told to."""

    way_to_end = ""
    _is_ready = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.session.snapshot_arrived.connect(self._look)
        self.session.failed.connect(self._tell)
        self.session.activity_changed.connect(self._tell_activity)

    @Slot(object)
    def _look(self, snapshot: Snapshot) -> None:
        is_far = snapshot.step >= STEPS_WHILE_RUNNING or "--run" not in sys.argv
        if is_far and not self._is_ready:
            self._is_ready = True
            _say(f"ready {self.session.activity}")
            QTimer.singleShot(0, self._end)

    @Slot(object)
    def _tell_activity(self, activity: Activity) -> None:
        _say(f"now {activity}")

    @Slot(object)
    def _tell(self, failure: Failure) -> None:
        _say(f"failed {failure.message}, window {self.isVisible()}")
        QTimer.singleShot(0, self.close)

    @Slot()
    def _end(self) -> None:
        match TalkingWindow.way_to_end:
            case "close":
                self.close()
            case "ctrl-q":
                self.activateWindow()
                QTest.keyClick(self, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
            case "throw":
                Trainer.advance = _throw  # type: ignore[method-assign, assignment]
                self.session.step()
            case "quit":
                QApplication.quit()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _throw(*_: object) -> None:
    raise RuntimeError("the worker threw this")


if __name__ == "__main__":
    app.MainWindow = TalkingWindow  # type: ignore[attr-defined, assignment]
    TalkingWindow.way_to_end = sys.argv.pop(1)
    sys.exit(main(sys.argv[1:]))
