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
from xorviz.files.exports.animation import PILLOW_MISSING, is_available
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
from xorviz.files.exports.script import NO_SCRIPT
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
    film_job,
    page_of_run,
    script_job,
    suggested_name,
)
from xorviz.window.export.offscreen import FRAMES_PER_SECOND, frame_steps

_FRAMES, _DEFAULT_FRAMES = Whole(10, 200), 60
_RATE = Whole(1, 50)


class KindList(QWidget):
    """The kinds of files as radio buttons."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kinds = {suffix: QRadioButton(kind.title) for suffix, kind in KINDS.items()}
        self._why_none = {
            "py": text_label("script_missing", NO_SCRIPT),
            "gif": text_label("gif_missing", PILLOW_MISSING),
        }
        kinds = column(self, margins=(0, 0, 0, 0))
        for suffix, button in self._kinds.items():
            button.setObjectName(f"kind_{suffix}")
            explain(button, KINDS[suffix].title, KINDS[suffix].sentence)
            button.toggled.connect(self.changed)
            kinds.addWidget(button)
            if (why := self._why_none.get(suffix)) is not None:
                kinds.addWidget(why)
        kinds.addStretch()
        self._kinds["png"].setChecked(True)
        self.offer("gif", is_available())

    def offer(self, suffix: str, is_offered: bool) -> None:
        """Offer a kind, or say why there is none."""
        if self.suffix == suffix and not is_offered:
            self._kinds["png"].setChecked(True)
        self._kinds[suffix].setEnabled(is_offered)
        self._why_none[suffix].setVisible(not is_offered)

    def choose(self, suffix: str) -> None:
        """Choose a kind if it is offered."""
        if self._kinds[suffix].isEnabled():
            self._kinds[suffix].setChecked(True)

    @property
    def suffix(self) -> str:
        return next(suffix for suffix, button in self._kinds.items() if button.isChecked())


class ExportOptions(QStackedWidget):
    """The options of a kind of file: those of a picture, those of an animation, or none."""

    changed = Signal()
    refused = Signal(str)

    def __init__(self, views: Mapping[str, str]) -> None:
        """Offer pictures of these views, by name with their titles, and of the window."""
        super().__init__()
        self._view = ChoiceField("export_view", {**views, WINDOW: "Whole window"})
        self._size = QLineEdit(placeholderText="As on screen, or such as 85 mm")
        self._size.setObjectName("export_size")
        self.dpi = NumberField("export_dpi", DPI)
        self.dpi.setValue(PNG_DPI)
        texts = {name: name.capitalize() for name in BACKGROUND.names}
        self._background = ChoiceField("export_background", texts)
        self._film_views = {e.name: SwitchField(f"film_{e.name}", e.title) for e in pictured()}
        self.frames = NumberField("film_frames", _FRAMES)
        self.frames.setValue(_DEFAULT_FRAMES)
        self.rate = NumberField("film_rate", _RATE)
        self.rate.setValue(FRAMES_PER_SECOND)
        for field in (self._view, self._background):
            field.currentIndexChanged.connect(self.changed)
        self._size.textChanged.connect(self.changed)
        self._size.editingFinished.connect(self._check_size)
        for number in (self.frames, self.rate, self.dpi):
            number.valueChanged.connect(self.changed)
            number.refused.connect(self.refused)
        for page in (QWidget(), self._of_picture(), self._of_film()):
            self.addWidget(page)

    def _of_picture(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        _add(form, self._view, "&Panel", "The panel to export, or the whole window.")
        about = f"{SIZE.allowed[0].upper()}{SIZE.allowed[1:]}. A panel is laid out in this size."
        _add(form, self._size, "Si&ze", about)
        about = "Pixels per inch of a PNG. Use 300 or more for print."
        _add(form, self.dpi, "&Resolution (dpi)", about)
        about = "White and transparent pictures are in light colours, whatever the window is in."
        _add(form, self._background, "&Background", about)
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
        _add(form, self.frames, "F&rames", about)
        _add(form, self.rate, "&Frames per second", "Playback speed of the animation.")
        return page

    def show_kind(self, suffix: str) -> None:
        self.setCurrentIndex(1 if suffix in PICTURES else 2 if suffix == "gif" else 0)
        self.dpi.setEnabled(suffix == "png")  # a drawing has none
        for field in (self._size, self._background):
            field.setEnabled(bool(self.view))

    @property
    def view(self) -> str:
        """The name of the view in a picture, or WINDOW."""
        return str(self._view.currentData())

    def choose_view(self, name: str, views: Mapping[str, str]) -> None:
        """Choose one of these views."""
        self._view.offer({**views, WINDOW: "Whole window"})
        self._view.choose(name)

    @property
    def picture(self) -> PictureOptions:
        """What is asked of a picture. Raises SettingError for a size that is none."""
        if not self.view:  # the window is drawn as it is
            return PictureOptions(dpi=round(self.dpi.value()))
        size = cast("Size | None", parsed(SIZE, "Size", self._size.text()))
        return PictureOptions(size, round(self.dpi.value()), str(self._background.currentData()))

    @Slot()
    def _check_size(self) -> None:
        try:
            _ = self.picture
        except SettingError as error:
            self.refused.emit(str(error))

    def keep_in(self, settings: Settings) -> None:
        """Show what was chosen last for a picture, and keep what is chosen."""
        settings.keep("export_size", SIZE, "", self._size.setText, self._size.textChanged)
        settings.keep("export_dpi", DPI, PNG_DPI, self.dpi.setValue, self.dpi.valueChanged)
        field, key = self._background, "export_background"
        field.choose(settings.choice(key, BACKGROUND, "white"))
        field.currentIndexChanged.connect(lambda: settings.set_choice(key, field.currentData()))

    @property
    def film_views(self) -> list[str]:
        """The names of the views in an animation."""
        return [name for name, switch in self._film_views.items() if switch.isChecked()]

    def take_typed(self) -> None:
        """Commit a number that is still being typed."""
        for number in (self.frames, self.rate, self.dpi):
            number.interpretText()


def _add(form: QFormLayout, field: QWidget, label: str, text: str) -> None:
    explain(field, label, text)
    form.addRow(label, field)


def text_label(name: str, text: str = "", lines: int = 1) -> QLabel:
    """Return a label for sentences, with space for this many lines."""
    label = plain_label(name, text)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())
    return label


_COPY_TIP, _NO_COPY_TIP = "Copy to the clipboard", "This file type can't be copied"

_COPIED = "Copied to the clipboard."
_COUNTED = {"gif": "frames", "py": "steps compared", "html": "steps"}
"""What the progress of a file counts."""

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
        self._kinds.offer("py", source.snapshot().record.source is None)
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
        return {name: view.accessibleName() for name, view in self._source.views.items()}

    def apply_theme(self, theme: Theme) -> None:
        self._source.theme = theme
        side = self.fontMetrics().ascent() + 1
        sizes = {"side": side, "round": (side + 2) // 2, "dot": side - 6}
        self.setStyleSheet(_SHEET.format_map(vars(theme) | sizes))
        self._say("")

    def _build(self) -> None:
        self._kinds = KindList()
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
        self._cancel = QPushButton("Cance&l", autoDefault=False)
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
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
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
        self._sentence.setText(kind.sentence + self._details())
        self._copy.setEnabled(kind.is_pasted)
        self._copy.setToolTip(_COPY_TIP if kind.is_pasted else _NO_COPY_TIP)
        self._save.setEnabled(suffix != "gif" or bool(self._options.film_views))
        self._say("")

    def _details(self) -> str:
        """Return the size of a picture, or the length of an animation, in words."""
        if self._kinds.suffix in PICTURES:
            return self._size()
        if self._kinds.suffix != "gif":
            return ""
        if not self._options.film_views:
            return " Choose at least one panel."
        project, options = self._source.project(), self._options
        shown = frame_steps(project, round(options.frames.value()))
        seconds = numerals.plain(round(len(shown) / options.rate.value(), 1))
        steps = f"steps 0 to {numerals.whole(shown[-1])}"
        return f" {numerals.counted(len(shown), 'frame')}, {steps}, in {seconds} seconds."

    def _size(self) -> str:
        """Return the size of a picture in words, if there is one and it is known."""
        view, kind = self._options.view, self._kinds.suffix
        try:
            options = self._options.picture
        except SettingError:
            return ""  # it is told when the size has been typed
        if (shape := self._source.shape(view)) is None:
            return ""
        across, up = options.inches(kind, shape)
        per_inch, unit = (options.dpi, "pixels") if kind == "png" else (MM_PER_INCH, "mm")
        sides = [numerals.plain(round(side * per_inch, unit == "mm")) for side in (across, up)]
        return f" {sides[0]}\u00a0×\u00a0{sides[1]}\u00a0{unit}."

    def _say(self, text: str, is_failure: bool = False) -> None:
        self._message.setStyleSheet(f"color: {self._source.theme.wrong}" if is_failure else "")
        self._message.setText(text)

    @Slot(str)
    def _show_failure(self, sentence: str) -> None:
        self._say(sentence, is_failure=True)

    def _show_working(self, is_working: bool) -> None:
        """Show the progress and disable everything but Cancel."""
        self._progress.setVisible(is_working)
        self._cancel.setVisible(is_working)
        self._inside.setEnabled(not is_working)
        self._save.setEnabled(not is_working)
        self._copy.setEnabled(not is_working and self._kind.is_pasted)
        (self._cancel if is_working else self._save).setFocus()

    @Slot()
    def _choose_file(self) -> None:
        """Make the content, and ask for a path."""
        self._options.take_typed()
        # Before asking for the path: the run may continue meanwhile.
        name = suggested_name(self._source.snapshot(), self._kinds.suffix)
        try:
            content = self._content()
        except (FileError, SettingError) as error:
            self._show_failure(str(error))
            return
        pattern = f"{self._kind.title} (*.{self._kinds.suffix})"

        def save(path: Path) -> None:
            self._use_content(content, partial(self._saver.write, path))

        self._saver.ask(self, "Export", name, pattern, save)

    def _content(self) -> bytes | Job:
        """Return the file, or what makes it in the event loop. Raises FileError."""
        if self._kinds.suffix == "py":
            return script_job(self._source.snapshot())
        if self._kinds.suffix == "html":
            return page_of_run(self._source.project(), self._source.snapshot())
        options, source = self._options, self._source
        if self._kinds.suffix == "gif":
            views, frames, pace = options.film_views, options.frames.value(), options.rate.value()
            return film_job(self, source.project(), views, round(frames), pace, source.theme)
        return source.content(self._kinds.suffix, options.view, options.picture)

    def _copy_text(self, content: bytes, remark: str) -> None:
        QGuiApplication.clipboard().setText(content.decode())
        self._say(f"{_COPIED} {remark}".strip())

    @Slot()
    def _copy_it(self) -> None:
        options, suffix = self._options, self._kinds.suffix
        try:
            if suffix in PICTURES:
                self._source.copy(suffix, options.view, options.picture)
                self._say(_COPIED)
            else:
                self._use_content(self._content(), self._copy_text)
        except (FileError, SettingError) as error:
            self._show_failure(str(error))

    def _use_content(self, content: bytes | Job, use: Use) -> None:
        """Use a file with the remark on it; make it first, at once if that is soon done."""
        if isinstance(content, bytes):
            use(content, "")
            return
        self._job, self._use = content, use
        self._say("")
        self._progress.setFormat(f"%v of %m {_COUNTED[self._kinds.suffix]}")
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
            self._kinds.offer("py", self._source.snapshot().record.source is None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter in a field commit what is typed only."""
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if not (is_enter and isinstance(focus_of(self), NumberField | QLineEdit)):
            super().keyPressEvent(event)
