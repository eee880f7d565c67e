"""Prints the moment of the first painted frame: of xorviz, or of a bare window with one plot."""

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(what: str, settings: str) -> None:
    """Show a window and end with its first paint; the clock is the system's, across processes."""
    from PySide6.QtCore import QEvent, QObject, QSettings
    from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
                self.painted = True
            elif event.type() == QEvent.Type.UpdateRequest:
                watched.event(event)  # everything that is due is painted when this returns
                print(time.monotonic())
                sys.stdout.flush()
                os._exit(0)
            return False

    application = QApplication(sys.argv[:1])
    first = FirstPaint()
    window: QMainWindow
    if what == "xorviz":
        from xorviz.core.config import RunConfig
        from xorviz.main_window import MainWindow

        window = MainWindow(RunConfig(), QSettings(settings, QSettings.Format.IniFormat))
    else:
        import pyqtgraph as pg

        window = QMainWindow()
        plot = pg.PlotWidget()
        plot.plot([0, 1, 2], [0, 1, 0])
        window.setCentralWidget(plot)
        window.resize(1280, 800)
    window.installEventFilter(first)
    window.show()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
