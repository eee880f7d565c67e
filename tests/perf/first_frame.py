"""Print the time of the first painted frame: of xorviz, or of a bare window with one plot.

xorviz is started as a person starts it, by the command line and with all that comes before Qt.
"""

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(what: str, home: str) -> None:
    """Show a window and end at its first paint; the clock is the system's, shared by processes."""
    if what == "xorviz":
        show_program(home)
    else:
        show_plot()


def show_program(home: str) -> None:
    """Start xorviz with fresh settings."""
    os.environ["XDG_CONFIG_HOME"] = home
    sys.argv[1:] = []
    from xorviz import __main__
    from xorviz.cli import preflight

    load_qt = preflight.problem

    def load_and_watch() -> str | None:
        trouble = load_qt()
        from PySide6.QtWidgets import QApplication, QMainWindow

        wait = QApplication.exec

        def watch_and_wait() -> int:
            windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMainWindow)]
            watch(windows[0])
            return wait()

        QApplication.exec = staticmethod(watch_and_wait)  # type: ignore[method-assign]
        return trouble

    preflight.problem = load_and_watch
    __main__.main()


def show_plot() -> None:
    """Show a window with one plot and nothing else."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication(sys.argv[:1])
    import pyqtgraph as pg

    window = QMainWindow()
    plot = pg.PlotWidget()
    plot.plot([0, 1, 2], [0, 1, 0])
    window.setCentralWidget(plot)
    window.resize(1280, 800)
    watch(window)
    window.show()
    application.exec()


def watch(window: "QWidget") -> None:
    """End the process once a window is painted."""
    from PySide6.QtCore import QEvent, QObject

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.UpdateRequest:
                watched.event(event)  # everything that is due is painted when this returns
                print(time.monotonic())
                sys.stdout.flush()
                os._exit(0)
            return False

    window.installEventFilter(FirstPaint(window))


if __name__ == "__main__":
    main(*sys.argv[1:])
