"""The program for tests in processes of their own: prints its state, and ends in a chosen way.

Run as ``python -m tests.support.child WAY_TO_END [ARGUMENT ...]``.
"""

import sys
import threading
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from xorviz.cli.main import main
from xorviz.core.kernels import kernels
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Failure
from xorviz.files.run_file import load_run
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window import main_window
from xorviz.window.main_window import MainWindow

STEPS_WHILE_RUNNING = 100
LOOK_EVERY_MS = 20


class TalkingWindow(MainWindow):
    """Prints "ready" once, and ends in a chosen way."""

    way_to_end = ""
    _is_ready = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.session.snapshot_arrived.connect(self._look)
        self.session.failed.connect(self._tell)
        self.session.activity_changed.connect(self._tell_activity)
        self._copy_timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._copy_timer.timeout.connect(self._look_for_copy)

    @Slot(object)
    def _look(self, snapshot: Snapshot) -> None:
        if snapshot.record.source is not None:
            _say(f"heard {snapshot.record.newest}")
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
            case "close-as-a-menu-opens":  # a field's has a loop of its own
                self.close()
                loop = QEventLoop()
                QTimer.singleShot(20, loop.quit)
                loop.exec()
            case "ctrl-q":
                self.activateWindow()
                QTest.keyClick(self, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
            case "throw":
                Trainer.advance = _throw  # type: ignore[method-assign, assignment]
                self.session.step()
            case "while-compiling":
                self.session.preparation.begin()
                self.close()
            case "quit":
                QApplication.quit()
            case "work":
                self.document.pin()
                self.session.pause()
                self._copy_timer.start()
            case "ask":
                self.document.pin()
                self.close()
                question = self.findChild(QMessageBox, "unsaved_dialog")
                _say(f"asks {question is not None and question.isVisible()}")
            case "show" | "restore" as what:
                getattr(self, f"_{what}")()

    def _show(self) -> None:
        """Print title, step, pinned runs and kernel."""
        project, mark = self.document.project, "*" if self.isWindowModified() else ""
        _say(f"shows {self.windowTitle().replace('[*]', mark)}")
        _say(f"at {project.step} of {project.record.newest}")
        _say(f"keeps {[(run.name, run.step) for run in project.pinned]}")
        _say(f"has {self.session.preparation.kernel}")

    @Slot()
    def _look_for_copy(self) -> None:
        """Print the state once the copy for recovery is up to date."""
        now = self.document.project
        for path in (self._settings.folder / "recovery").glob("*.xorviz"):
            copy = load_run(path)
            if not self.session.unanswered and (copy, copy.step) == (now, now.step):
                self._copy_timer.stop()
                self._show()

    def _restore(self) -> None:
        """Press the first button of the bar."""
        bar, button = self.findChild(NoticeBar), self.findChild(QPushButton, "notice_answer_1")
        assert isinstance(bar, NoticeBar)
        assert isinstance(button, QPushButton)
        _say(f"offers {bar.isVisible()}, {button.text()}")
        button.click()
        self._show()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _compile_for_ever(*_: object) -> None:
    threading.Event().wait()


def _throw(*_: object) -> None:
    raise RuntimeError("the worker threw this")


if __name__ == "__main__":
    main_window.MainWindow = TalkingWindow  # type: ignore[misc, assignment]
    TalkingWindow.way_to_end = sys.argv.pop(1)
    if TalkingWindow.way_to_end == "while-compiling":
        kernels.prepare = _compile_for_ever  # type: ignore[assignment]
    sys.exit(main(sys.argv[1:]))
