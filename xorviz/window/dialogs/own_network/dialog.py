"""The dialog for weights or outputs from another program."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from xorviz.core.analysis.curvature import Question
from xorviz.core.rules import SettingError
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.weights.own_network import Arrays
from xorviz.panels.learn.check_view import details_html
from xorviz.ui.focus import focus_of
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.scrolled import plain_label, scrolled
from xorviz.ui.said import announce
from xorviz.window.dialogs.own_network.known_fields import KnownFields
from xorviz.window.dialogs.own_network.step import Found, StepQuestion, found_of, refused
from xorviz.window.dialogs.own_network.text_box import WeightsBox, take_what_is_left
from xorviz.window.dialogs.own_network.words import (
    AFTER,
    EXAMPLE,
    FOUND,
    NOTHING_OPENS,
    OPENS,
    SAYS,
    examination_html,
)
from xorviz.window.document.file_dialogs import ask_to_open

_OF_STEP, _OF_TRAINING = ("batch",), ("init_range", "steps")
"""What matters for a step alone, and what does not."""
_PATTERN = "Weights (*.json *.npz *.txt);;All files (*)"
_KEYS = QDialogButtonBox.StandardButton
_WIDTH, _HEIGHT = 116, 47
"""Size in characters and lines."""
_MOST_STATES, _SLOW_MS = 3, 200


class OwnNetworkDialog(Dialog):
    """Text boxes with what was recognised below them; accepted only with a complete network.

    The second box is for the weights after one training step, which is then checked.
    """

    record_requested = Signal(object, object, object)
    """Record of a run that starts from the first weights, Known, and StepCheck or None."""
    question_asked = Signal(object)  # StepQuestion: a check may take a second

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "own_network", "Import network")
        self._found = Found("")
        self._pending: StepQuestion | None = None
        """The step that is being checked."""
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(self._say_checking)
        self._folder = Path.home()
        self._before = WeightsBox("own_text", "Weights or outputs", SAYS, EXAMPLE)
        self._after = WeightsBox("own_after", "After one step", AFTER, AFTER)
        self._fields = KnownFields(self)
        self._verdict = plain_label("own_verdict")
        self._detail = plain_label()
        self._result = QTextBrowser()
        self._result.setObjectName("own_diagnosis")
        self._result.setAccessibleName("What was found")
        self._result.setWhatsThis(FOUND)
        take_what_is_left(self._result)
        self._build()
        self._show()
        self.open_wide(_WIDTH, _HEIGHT)  # for the fields that are shown

    def _build(self) -> None:
        self._verdict.setAccessibleName("Result")
        open_file = QPushButton("Open &file…")
        open_file.setObjectName("own_open")
        open_file.setToolTip("Read weights from JSON, printed arrays or a NumPy npz file")
        open_file.setAutoDefault(False)
        open_file.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click fills the box with the focus
        said = column(None, self._verdict, self._detail, gap=4)
        verdict = row(None, (said, 1), (open_file, Qt.AlignmentFlag.AlignTop))
        boxes = row(None, (_titled(self._before), 1), (_titled(self._after), 1))
        asked = self._fields.layout, (self._result, 4)
        content = QWidget()
        says = plain_label("own_says", SAYS)
        column(content, says, (boxes, 1), verdict, *asked, margins=(0, 0, 0, 0), gap=7)
        buttons = self.buttons(_KEYS.Ok | _KEYS.Cancel)
        self._start, self._close = buttons.button(_KEYS.Ok), buttons.button(_KEYS.Cancel)
        self._start.setText("&Open")
        # Large text on a small screen scrolls; the buttons stay.
        column(self, (scrolled(content), 1), buttons, gap=10)
        open_file.clicked.connect(self._ask_file)
        self._before.changed.connect(self._read)
        self._after.changed.connect(self._show)
        self._fields.changed.connect(self._show)
        for box in (self._before, self._after):
            box.file_dropped.connect(self.read_file)
        self.accepted.connect(self._choose)

    @Slot()
    def _ask_file(self) -> None:
        ask_to_open(self, "Open weights", self._folder, _PATTERN, self.read_file)

    @Slot(object)
    def read_file(self, path: Path) -> None:
        """Show a file's arrays in a box: the one with the focus if it is empty, else an empty one.

        A file with more than one state fills both.
        """
        self._folder = path.parent
        boxes = [self._before, self._after]
        if focus_of(self) is self._after:
            boxes.reverse()
        next((box for box in boxes if box.is_empty), boxes[0]).open(path)

    @Slot(bool)
    def _read(self, is_given: bool) -> None:
        """Take over the settings that weights bring along; have the second box take later states.

        What is typed stays where it is.
        """
        first, later = self._before.states[:1], self._before.states[1:]
        saved = first[0].said if first else {}
        if saved.keys() >= SETTINGS.keys():
            self._fields.show(RunConfig(**{name: saved[name] for name in SETTINGS}))
        if is_given and later and self._after.is_empty:
            with QSignalBlocker(self._before):
                self._before.fill(first)
            self._after.fill(later)  # a step is checked once
        else:
            self._show()

    @Slot()
    def _show(self) -> None:
        """Show what is found out; of a step as soon as there is an answer."""
        self._slow.stop()
        self._pending = None
        first = self._first
        read = () if self._is_outputs else ("width", "biases")  # which weights say themselves
        has_order = self._is_outputs and first is not None and first.rows is None
        others = _OF_TRAINING if self._is_step else _OF_STEP
        self._fields.leave_out((*read, *others, *([] if has_order else ["order"])))
        try:
            if trouble := self._before.trouble or self._after.trouble:
                self._present(Found(trouble, is_wrong=True))
            elif self._is_step:
                self._ask_about_step()
            elif first is not None:
                self._present(found_of(first, self._fields.said(), self._fields.way))
            else:
                self._present(Found("Paste weights or outputs, or open a file."))
        except SettingError as error:
            self._present(refused(error))

    @property
    def _first(self) -> Arrays | None:
        """The first state."""
        return self._before.states[0] if self._before.states else None

    @property
    def _is_step(self) -> bool:
        return len(self._before.states) > 1 or not self._after.is_empty

    @property
    def _is_outputs(self) -> bool:
        return self._first is not None and self._first.outputs is not None and not self._is_step

    def _ask_about_step(self) -> None:
        """Ask what the states show of the step between them. Raises SettingError."""
        states = (*self._before.states, *self._after.states)
        if len(states) < 2:
            self._present(Found("The weights before the step are missing."))
            return
        if len(states) > _MOST_STATES:
            raise SettingError(
                f"these are {len(states)} states; give the weights before a step and after it, or "
                "after two steps"
            )
        self._pending = StepQuestion(states, self._fields.said(), self._fields.way)
        self._start.setEnabled(False)
        self._slow.start()
        self.question_asked.emit(self._pending)

    @Slot(object, object)
    def take_answer(self, question: Question, answer: Found) -> None:
        """Show what was found out about the step, if it is the latest that was asked about."""
        if question is self._pending:
            self._pending = None
            self._slow.stop()
            spoken = answer.verdict != self._verdict.text() and answer.check is not None
            if spoken:
                announce(self._verdict, f"{answer.verdict} {answer.detail}")
            self._present(answer)

    @Slot(object, str)
    def take_failure(self, question: Question, message: str) -> None:
        """Say why there is no answer."""
        self.take_answer(
            question, Found(f"The step could not be checked: {message}", is_wrong=True)
        )

    def answer_at_once(self) -> None:
        """Check each step in this thread from now on."""
        self.question_asked.connect(lambda asked: self.take_answer(asked, asked.answer()))

    @Slot()
    def _say_checking(self) -> None:
        self._verdict.setText("Checking the step…")

    def _present(self, found: Found) -> None:
        """Show what was found out, the questions that are open, and what can be done."""
        self._found, is_outputs = found, self._is_outputs
        roles = QPalette.ColorRole
        self._verdict.setForegroundRole(roles.BrightText if found.is_wrong else roles.WindowText)
        self._verdict.setText(found.verdict)
        self._detail.setText(found.detail)
        self._detail.setVisible(bool(found.detail))
        self._fields.ask_way(found.ways)
        self._result.setHtml(_page(found))
        self._result.setVisible(is_outputs or found.network is not None)
        self._close.setText("&Close" if is_outputs else "&Cancel")
        opens = found.network is not None and not is_outputs
        self._start.setEnabled(opens)
        self._start.setToolTip(OPENS if opens else NOTHING_OPENS)

    @Slot()
    def _choose(self) -> None:
        network = self._found.network
        assert network is not None
        self.record_requested.emit(network.record, network.known, self._found.check)


def _page(found: Found) -> str:
    """Return what is shown below the fields, as HTML in the colours of the theme."""
    if found.check is None:
        return examination_html(found.network) if found.network else ""
    return details_html(found.check.repairs, found.notes)


def _titled(box: WeightsBox) -> QVBoxLayout:
    """Return a box below its title."""
    title = QLabel(box.accessibleName())
    title.setBuddy(box)
    return column(None, title, (box, 1), gap=4)
