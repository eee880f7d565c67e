"""The options of the export dialog."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QGridLayout,
    QLabel,
    QRadioButton,
    QStackedWidget,
    QWidget,
)

from xorviz.core.rules import Whole
from xorviz.files.exports.animation import PILLOW_MISSING, is_available
from xorviz.files.exports.pictures import SCALES
from xorviz.files.exports.script import NO_SCRIPT
from xorviz.panels.registry import pictured
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.window.export.exporter import KINDS, PICTURES, WINDOW
from xorviz.window.export.film import FRAMES_PER_SECOND

_FRAMES, _DEFAULT_FRAMES = Whole(10, 200), 60
_RATE = Whole(1, 50)


class KindList(QWidget):
    """The kinds of files as radio buttons."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        kinds = column(self, margins=(0, 0, 0, 0))
        self._kinds = QButtonGroup(self)
        for suffix, kind in KINDS.items():
            button = QRadioButton(kind.title)
            button.setObjectName(f"kind_{suffix}")
            explain(button, kind.title, kind.sentence)
            self._kinds.addButton(button)
            kinds.addWidget(button)
            if suffix == "gif" and not is_available():
                button.setEnabled(False)
                kinds.addWidget(text_label("gif_missing", PILLOW_MISSING))
        self._no_script = text_label("script_missing", NO_SCRIPT)
        self._no_script.hide()
        place = [b.objectName() for b in self._kinds.buttons()].index("kind_py") + 1
        kinds.insertWidget(place, self._no_script)
        kinds.addStretch()
        self._kinds.buttons()[0].setChecked(True)
        self._kinds.buttonToggled.connect(self.changed)

    def offer_script(self, is_offered: bool) -> None:
        """Offer a script, or say why there is none."""
        pictures, *_ = buttons = self._kinds.buttons()
        script = next(button for button in buttons if button.objectName() == "kind_py")
        if script.isChecked() and not is_offered:
            pictures.setChecked(True)
        script.setEnabled(is_offered)
        self._no_script.setVisible(not is_offered)

    @property
    def suffix(self) -> str:
        button = self._kinds.checkedButton()
        assert button is not None
        return button.objectName().removeprefix("kind_")


class ExportOptions(QStackedWidget):
    """The options of a kind of file: those of a picture, those of an animation, or none."""

    changed = Signal()
    refused = Signal(str)

    def __init__(self, views: Mapping[str, str]) -> None:
        """Offer pictures of these views, by name with their titles, and of the window."""
        super().__init__()
        self._view = ChoiceField("export_view", {**views, WINDOW: "Whole window"})
        self._scale = ChoiceField("export_scale", {str(n): f"{n}×" for n in SCALES})
        self._scale.choose("2")
        self._film_views = {e.name: SwitchField(f"film_{e.name}", e.title) for e in pictured()}
        self._frames = NumberField("film_frames", _FRAMES)
        self._frames.setValue(_DEFAULT_FRAMES)
        self._rate = NumberField("film_rate", _RATE)
        self._rate.setValue(FRAMES_PER_SECOND)
        for field in (self._view, self._scale):
            field.currentIndexChanged.connect(self.changed)
        for number in (self._frames, self._rate):
            number.valueChanged.connect(self.changed)
            number.refused.connect(self.refused)
        for page in (QWidget(), self._of_picture(), self._of_film()):
            self.addWidget(page)

    def _of_picture(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        _add(form, self._view, "&Panel", "The panel to export, or the whole window.")
        about = "Image pixels for each screen pixel. Use 2× or more for print."
        _add(form, self._scale, "Sc&ale", about)
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
        self._scale.setEnabled(suffix == "png")  # a drawing has none

    @property
    def view(self) -> str:
        """The name of the view in a picture, or WINDOW."""
        return str(self._view.currentData())

    @property
    def scale(self) -> int:
        """Pixels for each pixel of the screen, along one side."""
        return int(self._scale.currentData())

    @property
    def film_views(self) -> list[str]:
        """The names of the views in an animation."""
        return [name for name, switch in self._film_views.items() if switch.isChecked()]

    @property
    def frames(self) -> int:
        return round(self._frames.value())

    @property
    def frames_per_second(self) -> float:
        return self._rate.value()

    def take_typed(self) -> None:
        """Commit a number that is still being typed."""
        self._frames.interpretText()
        self._rate.interpretText()


def _add(form: QFormLayout, field: QWidget, label: str, text: str) -> None:
    explain(field, label, text)
    form.addRow(label, field)


def text_label(name: str, text: str = "", lines: int = 1) -> QLabel:
    """Return a label for sentences, with space for this many lines."""
    label = plain_label(name, text)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())
    return label
