"""Opens the dialogs of the window."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from xorviz.engine.session import TrainingSession
from xorviz.files.atomic import FileError
from xorviz.panels.base.view import View
from xorviz.ui.forms.dialog import Dialog
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.appearance import Appearance
from xorviz.window.bars.run_display import RunDisplay
from xorviz.window.document.document import Document
from xorviz.window.document.file_dialogs import FileSaver
from xorviz.window.document.settings import Settings
from xorviz.window.layout.view_set import ViewSet

if TYPE_CHECKING:
    from xorviz.core.check.step_check import StepCheck
    from xorviz.core.runs.record import Record
    from xorviz.files.weights.known import Known
    from xorviz.watching.followed_run import OtherRun
    from xorviz.window.dialogs.own_network.found import Alike, AlikeQuestion
    from xorviz.window.export.export_dialog import ExportDialog

_Dialog = TypeVar("_Dialog", bound=Dialog)


class DialogOpener(QObject):
    """Opens dialogs, and loads most of them when they are first opened."""

    imported = Signal(object)  # Known, of the network from another program that is shown now
    step_checked = Signal(object)  # StepCheck | None, of a step from that network
    alike_found = Signal(str)  # how often networks end like outputs that were pasted, in a sentence
    program_chosen = Signal(object)  # Path of the file of a program to be shown

    def __init__(
        self,
        window: QMainWindow,
        session: TrainingSession,
        document: Document,
        display: RunDisplay,
        views: ViewSet,
        appearance: Appearance,
        actions: Actions,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._document = window, session, document
        self._display, self._views, self._appearance = display, views, appearance
        self._actions, self._settings = actions, settings
        self._looked_for: tuple[AlikeQuestion, Known] | None = None
        """What is asked about outputs that were pasted, and what is known of them."""
        self.saver = FileSaver(self)
        """Saves what panels show, and reports the result."""
        document.began.connect(self._forget_search)
        views.analyst.answered.connect(self._open_alike)
        views.analyst.failed.connect(self._give_up)

    def help_on(self, section: str) -> None:
        """Show the guide, at a section if one is named as its heading is in links."""
        from xorviz.window.dialogs.help import HelpDialog

        dialog = self._show(HelpDialog, lambda: HelpDialog(self._window, self._appearance.theme))
        if section:
            dialog.go_to(section)

    @Slot()
    def palette(self) -> None:
        """Show all commands, as the menus have them now."""
        from xorviz.window.dialogs.command_palette import CommandPalette, commands_of

        shown = commands_of(self._window.menuBar()), self._appearance.theme
        self._show(CommandPalette, lambda: CommandPalette(self._window, *shown))

    @Slot()
    def about(self) -> None:
        from xorviz.window.dialogs.help import AboutDialog

        kernel = self._session.preparation.kernel
        self._show(AboutDialog, lambda: AboutDialog(self._window, kernel))

    @Slot()
    def preferences(self) -> None:
        from xorviz.window.dialogs.preferences import PreferencesDialog

        self._show(PreferencesDialog, lambda: PreferencesDialog(self._window, self._actions))

    @Slot()
    def side_by_side(self) -> None:
        """Ask for the settings of a second run, or close the second run."""
        from xorviz.window.dialogs.side_by_side import SideBySideDialog

        is_pair = self._document.project.beside is not None
        self._actions["side_by_side"].setChecked(is_pair)  # pressing it does not change that yet
        if is_pair:
            self._document.end_side_by_side()
            return
        is_watched = self._document.watched is not None
        dialog = SideBySideDialog(self._window, self._session.config, is_watched)
        dialog.config_requested.connect(self._document.start_side_by_side)
        dialog.config_requested.connect(lambda _: self._session.play())
        dialog.open()

    @Slot()
    def own_network(self) -> None:
        """Ask for a network from another program."""
        from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog

        dialog = OwnNetworkDialog(self._window)
        dialog.record_requested.connect(self._open_network)
        dialog.alike_requested.connect(self._look_for)
        analyst = self._views.analyst
        dialog.question_asked.connect(analyst.ask)
        analyst.answered.connect(dialog.take_answer)
        analyst.failed.connect(dialog.take_failure)
        dialog.open()

    @Slot(object, object)
    def _look_for(self, question: "AlikeQuestion", known: "Known") -> None:
        """Open a run that ends like outputs that were pasted, once one is found."""
        self._looked_for = question, known
        self._views.analyst.ask(question)
        self._document.noticed.emit("Training networks with these settings…")

    @Slot(object, object)
    def _open_alike(self, question: object, alike: "Alike") -> None:
        if self._looked_for is None or question is not self._looked_for[0]:
            return
        (_, known), self._looked_for = self._looked_for, None
        if alike.record is not None:
            self._open_network(alike.record, known, None)
        self.alike_found.emit(alike.sentence)

    @Slot(object, str)
    def _give_up(self, question: object, message: str) -> None:
        if self._looked_for is not None and question is self._looked_for[0]:
            self._looked_for = None
            self.alike_found.emit(f"No network was found: {message}")

    @Slot()
    def _forget_search(self) -> None:
        """Open nothing over what the user has begun meanwhile."""
        self._looked_for = None

    @Slot()
    def watch(self) -> None:
        """List the programs that can be shown."""
        from xorviz.window.watch.watch_dialog import WatchDialog

        dialog = WatchDialog(self._window)
        dialog.chosen.connect(self.program_chosen)
        dialog.open()

    @Slot(object)
    def other_network(self, run: "OtherRun") -> None:
        """Show a network that the panels cannot show, in place of one whose program has ended."""
        from xorviz.window.watch.other_network import OtherNetwork

        windows = self._window.findChildren(OtherNetwork)
        found = next((one for one in windows if one.run.path == run.path), None)
        if found is None:
            for one in windows:
                if not one.run.source.is_live:
                    one.close()
            found = OtherNetwork(self._window, run, self._appearance.theme)
            self._appearance.changed.connect(found.apply_theme)
        found.show()
        found.raise_()
        found.activateWindow()

    @Slot(object, object, object)
    def _open_network(self, record: "Record", known: "Known", check: "StepCheck | None") -> None:
        """Open a network; a fault of its program comes before all else."""
        self._document.open_network(record)

        def announce() -> None:
            if check is None or check.verdict != "faulty":
                self.imported.emit(known)
            self.step_checked.emit(check)  # the last, so that it has the focus

        once = Qt.ConnectionType.SingleShotConnection
        self._session.snapshot_arrived.connect(lambda _: announce(), once)

    @Slot()
    def export(self) -> None:
        self._export(lambda _: None)

    def _export(self, choose: Callable[["ExportDialog"], None]) -> None:
        """Show the export dialog once there is a snapshot, and choose in it what to export."""
        from xorviz.window.export.export_dialog import ExportDialog
        from xorviz.window.export.exporter import WINDOW, Source

        views: dict[str, QWidget] = {WINDOW: self._window}
        views |= {view.objectName(): view for view in self._views.all if view.isVisible()}
        project, theme = lambda: self._document.project, self._appearance.theme
        source = Source(views, self._display.seen, project, theme)
        make = partial(ExportDialog, self._window, source, self._settings)
        if self._display.snapshot is not None:
            choose(self._show(ExportDialog, make))

    @Slot()
    def save_page(self) -> None:
        """Offer to save the run as a page."""
        self._export(lambda dialog: dialog.choose("html"))

    def export_panel(self, view: View, kind: str) -> None:
        """Do what a panel requests, one of EXPORTS."""
        from xorviz.window.export.exporter import copy_of, table_of

        if kind == "picture":
            self._export(lambda dialog: dialog.choose_view(view))
            return
        try:
            if kind == "csv":
                name = f"xorviz-{view.objectName().replace('_', '-')}.csv"
                write = partial(self.saver.write, content=table_of(view).encode())
                self.saver.ask(view.window(), "Save", name, "CSV (*.csv)", write)
            else:
                self.saver.noticed.emit(copy_of(view, kind))
        except FileError as error:
            self.saver.refused.emit(str(error))

    def _show(self, kind: type[_Dialog], make: Callable[[], _Dialog]) -> _Dialog:
        """Show and return the window's dialog of this kind; an open one comes to the front."""
        if (dialog := self._window.findChild(kind)) is None:
            dialog = make()
            self._appearance.changed.connect(dialog.apply_theme)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog
