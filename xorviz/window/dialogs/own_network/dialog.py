"""The dialog for weights or outputs from another program."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPushButton, QTextBrowser, QWidget

from xorviz.core.rules import SettingError
from xorviz.files.weights.reader import read_file, states_of_bytes
from xorviz.ui.focus import focus_of
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.scrolled import plain_label, scrolled
from xorviz.ui.said import announce, tell
from xorviz.window.dialogs.own_network.found import Found, OwnQuestion, refusal_text
from xorviz.window.dialogs.own_network.known_fields import KnownFields
from xorviz.window.dialogs.own_network.text_box import WeightsBox, take_what_is_left
from xorviz.window.document.file_dialogs import ask_to_open

EXAMPLE = """Example:
w1 = [[4.4  0.6  6.4]
      [4.5  0.2  6.3]]
b1 = [-6.8  0.4 -2.7]
w2 = [[-9.7] [-2.4] [9.6]]
b2 = -3.0
or JSON, or arrays as NumPy, PyTorch and Keras print them,
or four outputs alone: 0 .5 1 .5"""
_AFTER = (
    "To check your code, paste the same weights after one training step. If the step is faulty, "
    "the wrong line is shown beside the right one."
)
_SAYS = (
    "Paste the weights of a network with two inputs, one hidden layer and one output to open it as "
    "a run, or only its outputs to find out what happened. Fill in what you know; leave the rest "
    "open."
)
_FOUND = "The state of the network, what to do next and what may have caused it, or a wrong step."
_OPENS = "Open these weights as a run at step 0, with what was found out"
_FINDS = "Train 64 networks with these settings, and open one that ends with such outputs"
_NOTHING_OPENS = "Nothing to open yet: paste the weights of a network, or its four outputs"
_PATTERN = "Weights (*.json *.npz *.txt);;All files (*)"
_KEYS = QDialogButtonBox.StandardButton
_WIDTH, _HEIGHT = 116, 47
"""Size in characters and lines."""
_SLOW_MS = 200


class OwnNetworkDialog(Dialog):
    """Text boxes with what was recognised below them; accepted only with a complete network.

    The second box is for the weights after one training step, which is then checked.
    """

    record_requested = Signal(object, object, object)
    """Record of a run that starts from the first weights, Known, and StepCheck or None."""
    alike_requested = Signal(object, object)  # AlikeQuestion, Known
    question_asked = Signal(object)  # OwnQuestion: a check may take a second

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "own_network", "Import network")
        self._found = Found("")
        self._pending: OwnQuestion | None = None
        """The one about a step that is being checked."""
        self._folder = Path.home()
        self._before = WeightsBox("own_text", "Weights or outputs", _SAYS, EXAMPLE)
        self._after = WeightsBox("own_after", "After one step", _AFTER, _AFTER)
        self._fields = KnownFields(self)
        self._verdict, self._detail = plain_label("own_verdict"), plain_label()
        self._verdict.setAccessibleName("Result")
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(lambda: self._verdict.setText("Checking the step…"))
        self._result = QTextBrowser()
        self._result.setObjectName("own_diagnosis")
        self._result.setAccessibleName("What was found")
        tell(self._result, _FOUND)
        take_what_is_left(self._result)
        self._build()
        self._show()
        self.open_wide(_WIDTH, _HEIGHT)  # for the fields that are shown

    def _build(self) -> None:
        open_file = QPushButton("Open &file…", autoDefault=False)
        open_file.setObjectName("own_open")
        open_file.setToolTip("Read weights from JSON, printed arrays or a NumPy npz file")
        open_file.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click fills the box with the focus
        said = column(None, self._verdict, self._detail, gap=4)
        verdict = row(None, (said, 1), (open_file, Qt.AlignmentFlag.AlignTop))
        titled = []
        for box in (self._before, self._after):
            title = QLabel(box.accessibleName())
            title.setBuddy(box)
            titled.append((column(None, title, (box, 1), gap=4), 1))
            box.file_dropped.connect(self.read_file)
            box.refused.connect(self._refuse)
        boxes = row(None, *titled)
        asked = self._fields.layout, (self._result, 4)
        content = QWidget()
        says = plain_label("own_says", _SAYS)
        column(content, says, (boxes, 1), verdict, *asked, margins=(0, 0, 0, 0), gap=7)
        buttons = self.buttons(_KEYS.Ok | _KEYS.Cancel)
        self._start, self._close = buttons.button(_KEYS.Ok), buttons.button(_KEYS.Cancel)
        self._start.setText("&Open")
        # Large text on a small screen scrolls; the buttons stay.
        column(self, (scrolled(content), 1), buttons, gap=10)
        open_file.clicked.connect(
            lambda: ask_to_open(self, "Open weights", self._folder, _PATTERN, self.read_file)
        )
        self._before.changed.connect(self._read)
        self._after.changed.connect(self._show)
        self._fields.changed.connect(self._show)
        self.accepted.connect(self._choose)

    @Slot(object)
    def read_file(self, path: Path) -> None:
        """Show a file's arrays in a box: the one with the focus if it is empty, else an empty one.

        A file with more than one state fills both.
        """
        self._folder = path.parent
        boxes = [self._before, self._after]
        if focus_of(self) is self._after:
            boxes.reverse()
        box = next((box for box in boxes if box.is_empty), boxes[0])
        box.take(lambda: states_of_bytes(read_file(path)), f"{path.name}: ")

    @Slot(bool)
    def _read(self, is_given: bool) -> None:
        """Take over settings saved with weights; have the second box take later states.

        What is typed stays where it is.
        """
        first, later = self._before.states[:1], self._before.states[1:]
        if first:
            self._fields.show(first[0].said)
        if is_given and later and self._after.is_empty:
            with QSignalBlocker(self._before):
                self._before.take(lambda: first)
            self._after.take(lambda: later)  # a step is checked once
        else:
            self._show()

    @Slot()
    def _show(self) -> None:
        """Show what is found out; of a step as soon as there is an answer."""
        states = (*self._before.states, *self._after.states)
        self._fields.leave_out(self._left_out(is_step=len(states) > 1 or not self._after.is_empty))
        try:
            question = OwnQuestion(states, self._fields.said())
        except SettingError as error:
            self._refuse(refusal_text(error))
            return
        if trouble := self._before.trouble or self._after.trouble:
            self._refuse(trouble)
        elif len(states) > 1:
            self._ask(question)
        elif self._before.states:
            self._present(question.answer())
        elif self._after.states:
            self._present(Found("The weights before the step are missing."))
        else:
            self._present(Found("Paste weights or outputs, or open a file."))

    def _left_out(self, is_step: bool) -> set[str]:
        """Return the names of fields that do not matter, or that the arrays say themselves."""
        if is_step:
            return {"width", "biases", "order", "init_range", "steps"}
        first = next(iter(self._before.states), None)
        if first is None or first.outputs is None:
            return {"width", "biases", "order"}
        return {"orientation", "order"} if first.rows else {"orientation"}

    def _ask(self, question: OwnQuestion) -> None:
        """Ask what states show of the step between them."""
        self._pending = question
        self._start.setEnabled(False)
        self._slow.start()
        self.question_asked.emit(question)

    @Slot(object, object)
    def take_answer(self, question: object, answer: Found) -> None:
        """Show what was found out about the step, if it is the latest that was asked about."""
        if question is self._pending:
            if answer.check is not None and answer.verdict != self._verdict.text():
                announce(self._verdict, f"{answer.verdict} {answer.detail}")
            self._present(answer)

    @Slot(object, str)
    def take_failure(self, question: object, message: str) -> None:
        """Say why there is no answer."""
        failed = Found(f"The step couldn't be checked: {message}", is_wrong=True)
        self.take_answer(question, failed)

    @Slot(str)
    def _refuse(self, trouble: str) -> None:
        self._present(Found(trouble, is_wrong=True))

    def _present(self, found: Found) -> None:
        """Show what was found out, the questions that are open, and what can be done."""
        self._found, self._pending = found, None
        self._slow.stop()
        roles = QPalette.ColorRole
        self._verdict.setForegroundRole(roles.BrightText if found.is_wrong else roles.WindowText)
        self._verdict.setText(found.verdict)
        self._detail.setText(found.detail)
        self._detail.setVisible(bool(found.detail))
        self._result.setHtml(found.page)
        self._result.setVisible(bool(found.page))
        self._close.setText("&Cancel" if found.opens else "&Close")
        finds = found.alike is not None
        self._start.setEnabled(found.opens or finds)
        self._start.setText("&Open one that ends like this" if finds else "&Open")
        nothing = _FINDS if finds else _NOTHING_OPENS
        self._start.setToolTip(_OPENS if found.opens else nothing)

    @Slot()
    def _choose(self) -> None:
        network = self._found.network
        assert network is not None
        if (question := self._found.alike) is not None:
            self.alike_requested.emit(question, network.known)
            return
        self.record_requested.emit(network.record, network.known, self._found.check)
