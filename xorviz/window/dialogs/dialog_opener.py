"""Opens the window's dialogs, each of which is loaded when it is first asked for."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from xorviz.engine.session import TrainingSession
from xorviz.window.bars.display import Display
from xorviz.window.bars.themes import Themes
from xorviz.window.docks.view_set import ViewSet
from xorviz.window.document.document import Document


class DialogOpener(QObject):
    """Knows what each dialog needs. Loading them with the window would slow each start."""

    def __init__(
        self,
        window: QMainWindow,
        session: TrainingSession,
        document: Document,
        display: Display,
        views: ViewSet,
        themes: Themes,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._document = window, session, document
        self._display, self._views, self._themes = display, views, themes

    @Slot()
    def help(self) -> None:
        """Explain the window."""
        from xorviz.window.dialogs.dialogs import HelpDialog, open_once

        open_once(HelpDialog, self._window, lambda: HelpDialog(self._window))

    @Slot()
    def about(self) -> None:
        """Name the versions."""
        from xorviz.window.dialogs.dialogs import AboutDialog, open_once

        kernel = self._session.preparation.kernel
        open_once(AboutDialog, self._window, lambda: AboutDialog(self._window, kernel))

    @Slot()
    def lock_step(self) -> None:
        """Ask for the second run, or end the lock step that is there."""
        from xorviz.window.dialogs.lock_step import LockStepDialog

        if self._document.project.beside is not None:
            self._document.end_lock_step()
            return
        dialog = LockStepDialog(self._window, self._session.config)
        dialog.config_requested.connect(self._document.lock_step)
        dialog.open()

    @Slot()
    def own_network(self) -> None:
        """Ask for a network from another program."""
        from xorviz.window.dialogs.own_network_dialog import OwnNetworkDialog

        dialog = OwnNetworkDialog(self._window)
        dialog.record_requested.connect(self._document.bring)
        dialog.open()

    @Slot()
    def export(self) -> None:
        """Ask what to take out of the program."""
        from xorviz.window.export.export_dialog import ExportDialog

        dialog = self._window.findChild(ExportDialog)
        if dialog is None and self._display.snapshot is not None:
            shown = [view for view in self._views.of_snapshots if view.isVisible()]
            views: dict[str, QWidget] = {view.objectName(): view for view in shown}
            seen, project = self._display.seen, lambda: self._document.project
            dialog = ExportDialog(
                self._window, self._window, views, seen, project, self._themes.theme
            )
            self._themes.changed.connect(dialog.apply_theme)
        if dialog is not None:
            dialog.show()
            dialog.raise_()
            dialog.activateWindow()
