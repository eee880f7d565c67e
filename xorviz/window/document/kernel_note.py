"""Says so, once, where a run that is opened was trained by another kernel."""

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.runs.project import Study
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.document.kernel_texts import foreign

UNDERSTOOD = "OK"


class KernelNote(QObject):
    """A sentence in the bar; where a question is there already, it is only noticed."""

    noticed = Signal(str)

    def __init__(self, kernel: str, bar: NoticeBar, parent: QObject) -> None:
        super().__init__(parent)
        self._kernel, self._bar = kernel, bar
        self._is_shown = False
        bar.answered.connect(self._forget)

    def tell(self, study: Study) -> None:
        """Say what is to be known of a study, in place of what was said of the one before."""
        if self._is_shown:
            self._bar.hide()
            self._is_shown = False
        sentence = foreign(study, self._kernel)
        if not sentence:
            return
        if self._bar.isHidden():
            self._bar.ask(sentence, (UNDERSTOOD,))
            self._is_shown = True
        else:
            self.noticed.emit(sentence)

    @Slot()
    def _forget(self) -> None:
        self._is_shown = False
