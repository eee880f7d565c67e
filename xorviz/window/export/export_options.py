"""The options of the export dialog."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QGridLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from xorviz.core.rules import Whole
from xorviz.files.exports.animation import PILLOW_MISSING, is_available
from xorviz.files.exports.pictures import SCALES
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.window.export.exporter import KINDS, WINDOW
from xorviz.window.export.film import FRAMES_PER_SECOND

_FRAMES, _DEFAULT_FRAMES = Whole(10, 200), 60
_RATE = Whole(1, 50)


class KindList(QWidget):
    """The kinds of files as radio buttons."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._kinds = QButtonGroup(self)
        for suffix, kind in KINDS.items():
            button = QRadioButton(kind.title)
            button.setObjectName(f"kind_{suffix}")
            explain(button, kind.title, kind.sentence)
            self._kinds.addButton(button)
            column.addWidget(button)
            if suffix == "gif" and not is_available():
                button.setEnabled(False)
                column.addWidget(text_label("gif_missing", PILLOW_MISSING))
        column.addStretch()
        self._kinds.buttons()[0].setChecked(True)
        self._kinds.buttonToggled.connect(self.changed)

    @property
    def suffix(self) -> str:
        button = self._kinds.checkedButton()
        assert button is not None
        return button.objectName().removeprefix("kind_")


class PictureOptions(QWidget):
    """The view and the scale of a picture."""

    changed = Signal()

    def __init__(self, titles: Mapping[str, str]) -> None:
        super().__init__()
        self._view = ChoiceField("export_view", {WINDOW: "Whole window", **titles})
        self._scale = ChoiceField("export_scale", {str(n): f"{n}×" for n in SCALES})
        self._scale.choose("2")
        texts = {
            self._view: ("&View", "Which panel the picture shows, or the whole window."),
            self._scale: ("Si&ze", "How many pixels stand for one on the screen, for sharp print."),
        }
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        for field, (label, text) in texts.items():
            explain(field, label, text)
            form.addRow(label, field)
            field.currentIndexChanged.connect(self.changed)

    @property
    def view(self) -> str:
        """The name of the view, or WINDOW."""
        return str(self._view.currentData())

    @property
    def scale(self) -> int:
        """Pixels for each pixel of the screen, along one side."""
        return int(self._scale.currentData())

    def allow_scale(self, is_allowed: bool) -> None:
        """Enable the scale, which a drawing does not have."""
        self._scale.setEnabled(is_allowed)


class FilmOptions(QWidget):
    """The views, the frames and the frame rate of an animation."""

    changed = Signal()
    refused = Signal(str)

    def __init__(self, titles: Mapping[str, str]) -> None:
        super().__init__()
        self._views = {name: SwitchField(f"film_{name}", t) for name, t in titles.items()}
        self._frames = NumberField("film_frames", _FRAMES)
        self._rate = NumberField("film_rate", _RATE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        choice = QGridLayout()
        column.addLayout(choice)
        half = (len(self._views) + 1) // 2
        for place, (name, switch) in enumerate(self._views.items()):
            switch.setChecked(name in {"decision_surface", "loss_plot"})
            explain(switch, switch.text(), "Whether this panel is in the animation.")
            switch.toggled.connect(self.changed)
            choice.addWidget(switch, place % half, place // half)
        self._frames.setValue(_DEFAULT_FRAMES)
        self._rate.setValue(FRAMES_PER_SECOND)
        form = QFormLayout()
        column.addLayout(form)
        for field, label, text in (
            (self._frames, "F&rames", "How many pictures the animation has, evenly over the run."),
            (self._rate, "&Frames a second", "How fast the pictures follow each other."),
        ):
            explain(field, label, text)
            form.addRow(label, field)
            field.valueChanged.connect(self.changed)
            field.refused.connect(self.refused)

    @property
    def views(self) -> list[str]:
        return [name for name, switch in self._views.items() if switch.isChecked()]

    @property
    def frames(self) -> int:
        return round(self._frames.value())

    @property
    def frames_per_second(self) -> float:
        return self._rate.value()

    @Slot()
    def take_typed(self) -> None:
        """Commit a number that is still being typed."""
        self._frames.interpretText()
        self._rate.interpretText()


def text_label(name: str, text: str = "", lines: int = 1) -> QLabel:
    """Return a label for sentences, with space for this many lines."""
    label = plain_label(name, text)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())
    return label
