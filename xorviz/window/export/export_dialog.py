"""The export dialog and its options."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QWidget,
)

from xorviz.core import numerals
from xorviz.core.rules import Choice, SettingError, Whole, parsed
from xorviz.files.atomic import FileError
from xorviz.files.exports.picture_options import (
    BACKGROUND,
    DPI,
    MM_PER_INCH,
    PICTURES,
    PNG_DPI,
    SIZE,
    PictureOptions,
    Size,
)
from xorviz.panels.base.view import View
from xorviz.panels.registry import pictured
from xorviz.ui.focus import focus_of
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme
from xorviz.window.document.file_dialogs import FileSaver
from xorviz.window.document.settings import Settings
from xorviz.window.export.exporter import (
    KINDS,
    WINDOW,
    ExportKind,
    Job,
    Source,
    Wanted,
    suggested_name,
)
from xorviz.window.export.offscreen import frame_steps

_FRAMES, _RATE = Whole(10, 200), Whole(1, 50)
_COPY_TIP, _NO_COPY_TIP = "Copy to the clipboard", "This file type can't be copied"
_COPIED = "Copied to the clipboard."

Use = Callable[[bytes, str], None]
"""Takes a file and a remark on it."""

_WIDTH = 86
"""In characters."""
_SHEET = """
QRadioButton::indicator {{ width: {side}px; height: {side}px; border: 1px solid {quiet};
    border-radius: {round}px; background: {panel}; }}
QRadioButton::indicator:checked {{ width: {dot}px; height: {dot}px; border: 4px solid {accent}; }}
QRadioButton::indicator:disabled {{ border-color: {hairline}; }}
"""
"""Fusion's own are hardly visible on a dark background."""


class KindList(QWidget):
    """The kinds of files as radio buttons, those that there are none of with the reason."""

    changed = Signal()

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._rows: dict[str, tuple[QRadioButton, QLabel]] = {}
        kinds = column(self, margins=(0, 0, 0, 0))
        for suffix, kind in KINDS.items():
            button, why_none = QRadioButton(kind.title), text_label(f"{suffix}_missing")
            button.setObjectName(f"kind_{suffix}")
            explain(button, kind.title, kind.sentence)
            button.toggled.connect(self.changed)
            for part in (button, why_none):
                kinds.addWidget(part)
            self._rows[suffix] = button, why_none
        kinds.addStretch()
        self._rows["png"][0].setChecked(True)
        self.offer()

    def offer(self) -> None:
        """Offer the kinds that there are now."""
        for suffix, (button, why_none) in self._rows.items():
            reason = KINDS[suffix].missing(self._source)
            if reason and button.isChecked():
                self._rows["png"][0].setChecked(True)
            button.setEnabled(not reason)
            why_none.setText(reason)
            why_none.setVisible(bool(reason))

    def choose(self, suffix: str) -> None:
        """Choose a kind if it is offered."""
        button, _ = self._rows[suffix]
        if button.isEnabled():
            button.setChecked(True)

    @property
    def suffix(self) -> str:
        return next(suffix for suffix, (button, _) in self._rows.items() if button.isChecked())


class ExportOptions(QStackedWidget):
    """The options of a kind of file: those of a picture, those of an animation, or none."""

    changed = Signal()
    refused = Signal(str)

    def __init__(self, views: Mapping[str, str]) -> None:
        """Offer pictures of these views, by name with their titles."""
        super().__init__()
        self._view = ChoiceField("export_view", views)
        self._size = QLineEdit(placeholderText="As on screen, or such as 85 mm")
        self._size.setObjectName("export_size")
        texts = {name: name.capitalize() for name in BACKGROUND.names}
        self._background = ChoiceField("export_background", texts)
        usual = Wanted(WINDOW, PictureOptions())
        self._dpi = self._number("export_dpi", DPI, PNG_DPI)
        self._frames = self._number("film_frames", _FRAMES, usual.frames)
        self._rate = self._number("film_rate", _RATE, usual.frames_per_second)
        self._film_views = {e.name: SwitchField(f"film_{e.name}", e.title) for e in pictured()}
        for field in (self._view, self._background):
            field.currentIndexChanged.connect(self.changed)
        self._size.textChanged.connect(self.changed)
        self._size.editingFinished.connect(self._check_size)
        for page in (QWidget(), self._of_picture(), self._of_film()):
            self.addWidget(page)

    def _number(self, name: str, rule: Whole, value: int) -> NumberField:
        number = NumberField(name, rule)
        number.setValue(value)
        number.valueChanged.connect(self.changed)
        number.refused.connect(self.refused)
        return number

    def _of_picture(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        size = f"{SIZE.allowed[0].upper()}{SIZE.allowed[1:]}. A panel is laid out in this size."
        dpi = "Pixels per inch of a PNG. Use 300 or more for print."
        ground = "White and transparent pictures are in light colours, whatever the window is in."
        _add(form, self._view, "&Panel", "The panel to export, or the whole window.")
        _add(form, self._size, "Si&ze", size)
        _add(form, self._dpi, "&Resolution (dpi)", dpi)
        _add(form, self._background, "&Background", ground)
        return page

    def _of_film(self) -> QWidget:
        page, choice, form = QWidget(), QGridLayout(), QFormLayout()
        column(page, choice, form, margins=(0, 0, 0, 0))
        half = (len(self._film_views) + 1) // 2
        for place, (name, switch) in enumerate(self._film_views.items()):
            switch.setChecked(name in {"decision_surface", "loss_plot"})
            explain(switch, switch.text(), "Show this panel in the animation.")
            switch.toggled.connect(self.changed)
            choice.addWidget(switch, place % half, place // half)
        about = "Number of frames, spread evenly over the run."
        _add(form, self._frames, "F&rames", about)
        _add(form, self._rate, "&Frames per second", "Playback speed of the animation.")
        return page

    def show_kind(self, suffix: str) -> None:
        self.setCurrentIndex(1 if suffix in PICTURES else 2 if suffix == "gif" else 0)
        self._dpi.setEnabled(suffix == "png")  # a drawing has none
        for field in (self._size, self._background):
            field.setEnabled(bool(self._view.currentData()))

    def choose_view(self, name: str, views: Mapping[str, str]) -> None:
        """Choose one of these views."""
        self._view.offer(views)
        self._view.choose(name)

    @property
    def wanted(self) -> Wanted:
        """What is asked for. Raises SettingError for a size that is none."""
        view, look = str(self._view.currentData()), PictureOptions(dpi=round(self._dpi.value()))
        if view:  # the window is drawn as it is
            size = cast("Size | None", parsed(SIZE, "Size", self._size.text()))
            look = PictureOptions(size, look.dpi, str(self._background.currentData()))
        names = [name for name, switch in self._film_views.items() if switch.isChecked()]
        return Wanted(view, look, names, round(self._frames.value()), round(self._rate.value()))

    @Slot()
    def _check_size(self) -> None:
        try:
            _ = self.wanted
        except SettingError as error:
            self.refused.emit(str(error))

    def keep_in(self, settings: Settings) -> None:
        """Show what was chosen last for a picture, and keep what is chosen."""
        settings.keep("export_size", SIZE, "", self._size.setText, self._size.textChanged)
        settings.keep("export_dpi", DPI, PNG_DPI, self._dpi.setValue, self._dpi.valueChanged)
        field, key = self._background, "export_background"
        field.choose(settings.choice(key, BACKGROUND, "white"))
        field.currentIndexChanged.connect(lambda: settings.set_choice(key, field.currentData()))


def _add(form: QFormLayout, field: QWidget, label: str, text: str) -> None:
    explain(field, label, text)
    form.addRow(label, field)


def text_label(name: str, lines: int = 1) -> QLabel:
    """Return a label for sentences, with space for this many lines."""
    label = plain_label(name)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())
    return label


@guarded
class ExportDialog(Dialog):
    """Exports pictures, numbers and animations. Modeless; closing it cancels what is being made."""

    def __init__(self, parent: QWidget, source: Source, settings: Settings) -> None:
        super().__init__(parent, "export_dialog", "Export")
        self._source = source
        self._saver = FileSaver(self)
        self._saver.noticed.connect(self._say)
        self._saver.refused.connect(self._show_failure)
        self._use: Use
        """Writes or copies the file that is being made."""
        self._job: Job | None = None
        """What is being made."""
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._work)
        self._build()
        self._kinds.choose(settings.choice("export_kind", Choice(tuple(KINDS)), "png"))
        self._kinds.changed.connect(lambda: settings.set_choice("export_kind", self._kinds.suffix))
        self._options.keep_in(settings)
        self.apply_theme(source.theme)
        self._show_kind()
        self.open_wide(_WIDTH, 0)

    def choose(self, suffix: str) -> None:
        """Choose a kind of file."""
        self._kinds.choose(suffix)

    def choose_view(self, view: View) -> None:
        """Offer a picture of a panel, of the kind that was saved last."""
        self._source.views[view.objectName()] = view
        self._options.choose_view(view.objectName(), self._titles())
        if self._kinds.suffix not in PICTURES:
            self._kinds.choose("png")

    def _titles(self) -> dict[str, str]:
        titles = {name: view.accessibleName() for name, view in self._source.views.items()}
        return titles | {WINDOW: "Whole window"}

    def apply_theme(self, theme: Theme) -> None:
        self._source.theme = theme
        side = self.fontMetrics().ascent() + 1
        sizes = {"side": side, "round": (side + 2) // 2, "dot": side - 6}
        self.setStyleSheet(_SHEET.format_map(vars(theme) | sizes))
        self._say("")

    def _build(self) -> None:
        self._kinds = KindList(self._source)
        self._options = ExportOptions(self._titles())
        self._sentence = text_label("export_sentence", lines=3)
        self._inside = QWidget()
        right = column(None, self._sentence, (self._options, 1), gap=6)
        row(self._inside, self._kinds, (right, 1), margins=(0, 0, 0, 0), gap=24)
        self._message = text_label("export_message", lines=2)
        progress = self._build_progress()
        column(self, self._inside, progress, self._message, self._build_buttons(), gap=12)
        for chosen in (self._kinds, self._options):
            chosen.changed.connect(self._show_kind)
        self._options.refused.connect(self._show_failure)

    def _build_progress(self) -> QHBoxLayout:
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Progress")
        self._cancel = QPushButton("Cance&l")
        self._cancel.setObjectName("export_cancel")
        self._cancel.setToolTip("Stop without writing a file")
        self._cancel.clicked.connect(self._cancel_job)
        for widget in (self._progress, self._cancel):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            widget.hide()
        return row(None, (self._progress, 1), self._cancel)

    def _build_buttons(self) -> QDialogButtonBox:
        buttons = self.buttons(QDialogButtonBox.StandardButton.Close)
        action = QDialogButtonBox.ButtonRole.ActionRole
        self._save = buttons.addButton("&Save as…", action)
        self._copy = buttons.addButton("Cop&y", action)
        self._save.setToolTip("Choose a file name and save")
        self._save.setObjectName("export_save")
        self._save.clicked.connect(self._choose_file)
        self._copy.setObjectName("export_copy")
        self._copy.clicked.connect(self._copy_it)
        for button in (*buttons.buttons(), self._cancel):
            cast("QPushButton", button).setAutoDefault(False)
        self._save.setDefault(True)
        return buttons

    @property
    def _kind(self) -> ExportKind:
        return KINDS[self._kinds.suffix]

    @Slot()
    def _show_kind(self) -> None:
        """Show the options and details of the chosen kind."""
        kind, suffix = self._kind, self._kinds.suffix
        self._options.show_kind(suffix)
        try:
            details = self._details(self._options.wanted)
        except SettingError:
            details = ""  # it is told when the size has been typed
        self._sentence.setText(kind.sentence + details)
        self._copy.setEnabled(kind.is_pasted)
        self._copy.setToolTip(_COPY_TIP if kind.is_pasted else _NO_COPY_TIP)
        self._say("")

    def _details(self, wanted: Wanted) -> str:
        """Return the size of a picture, or the length of an animation, in words."""
        suffix = self._kinds.suffix
        self._save.setEnabled(suffix != "gif" or bool(wanted.film_views))
        if suffix in PICTURES:
            return self._size(suffix, wanted)
        if suffix != "gif":
            return ""
        if not wanted.film_views:
            return " Choose at least one panel."
        shown = frame_steps(self._source.project(), wanted.frames)
        seconds = numerals.plain(round(len(shown) / wanted.frames_per_second, 1))
        steps = f"steps 0 to {numerals.whole(shown[-1])}"
        return f" {numerals.counted(len(shown), 'frame')}, {steps}, in {seconds} seconds."

    def _size(self, suffix: str, wanted: Wanted) -> str:
        """Return the size of a picture in words, if it is known."""
        if (shape := self._source.shape(wanted.view)) is None:
            return ""
        across, up = wanted.look.inches(suffix, shape)
        per_inch, unit = (wanted.look.dpi, "pixels") if suffix == "png" else (MM_PER_INCH, "mm")
        sides = [numerals.plain(round(side * per_inch, unit == "mm")) for side in (across, up)]
        return f" {sides[0]}\u00a0×\u00a0{sides[1]}\u00a0{unit}."

    def _say(self, text: str, is_failure: bool = False) -> None:
        self._message.setStyleSheet(f"color: {self._source.theme.wrong}" if is_failure else "")
        self._message.setText(text)

    @Slot(str)
    def _show_failure(self, sentence: str) -> None:
        self._say(sentence, is_failure=True)

    @Slot()
    def _choose_file(self) -> None:
        """Make the content, and ask for a path."""
        suffix = self._kinds.suffix
        # Before asking for the path: the run may continue meanwhile.
        name = suggested_name(self._source.snapshot(), suffix)
        try:
            content = self._kind.make(self._source, self._options.wanted)
        except (FileError, SettingError) as error:
            self._show_failure(str(error))
            return

        def save(path: Path) -> None:
            self._use_content(content, partial(self._saver.write, path))

        self._saver.ask(self, "Export", name, f"{self._kind.title} (*.{suffix})", save)

    @Slot()
    def _copy_it(self) -> None:
        suffix = self._kinds.suffix
        try:
            wanted = self._options.wanted
            if suffix in PICTURES:
                self._source.copy(suffix, wanted)
                self._say(_COPIED)
            else:
                self._use_content(self._kind.make(self._source, wanted), self._copy_text)
        except (FileError, SettingError) as error:
            self._show_failure(str(error))

    def _copy_text(self, content: bytes, remark: str) -> None:
        QGuiApplication.clipboard().setText(content.decode())
        self._say(f"{_COPIED} {remark}".strip())

    # What takes longer.

    def _use_content(self, content: bytes | Job, use: Use) -> None:
        """Use a file with the remark on it; make it first, at once if that is soon done."""
        if isinstance(content, bytes):
            use(content, "")
            return
        self._job, self._use = content, use
        self._say("")
        self._progress.setFormat(f"%v of %m {self._kind.counted}")
        self._slices.start()
        self._work()
        if self._job is not None:
            self._show_working(True)

    @Slot()
    def _work(self) -> None:
        """Work for a slice, once in each iteration of the event loop."""
        assert self._job is not None
        try:
            done, total = next(self._job)
        except StopIteration as end:
            self._end_job()
            self._use(*end.value)
        except (FileError, ArithmeticError) as error:
            self._end_job()
            self._show_failure(str(error))
        except BaseException:
            self._end_job()  # else it would be raised again in each iteration
            raise
        else:
            self._progress.setRange(0, total)
            self._progress.setValue(done)

    def _show_working(self, is_working: bool) -> None:
        """Show the progress and disable everything but Cancel."""
        self._progress.setVisible(is_working)
        self._cancel.setVisible(is_working)
        self._inside.setEnabled(not is_working)
        self._save.setEnabled(not is_working)
        self._copy.setEnabled(not is_working and self._kind.is_pasted)
        (self._cancel if is_working else self._save).setFocus()

    @Slot()
    def _cancel_job(self) -> None:
        self._end_job()
        self._say("Cancelled. No file was written.")

    def _end_job(self) -> None:
        """End what is being made, done or not, and free what it needed."""
        self._slices.stop()
        if self._job is not None:
            self._job.close()
            self._job = None
            self._show_working(False)

    def done(self, result: int) -> None:
        """Close, and cancel what is being made."""
        self._end_job()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:
        """Check again which run would be exported when the dialog becomes active."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._kinds.offer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter in a field commit what is typed only."""
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if not (is_enter and isinstance(focus_of(self), NumberField | QLineEdit)):
            super().keyPressEvent(event)
