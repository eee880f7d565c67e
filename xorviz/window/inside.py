"""Connects what looks inside the network with what acts on it."""

import sys

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.analysis.curvature import Question
from xorviz.engine.activity import Activity
from xorviz.engine.analyst import Analyst
from xorviz.engine.session import TrainingSession
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.window.bars.diagnosis_strip import DiagnosisStrip
from xorviz.window.docks.view_set import ViewSet
from xorviz.window.document.document import Document
from xorviz.window.document.settings import Settings


class Inside(QObject):
    """Makes the views inside when they are wanted; their questions go to an analyst.

    Lives in the window's thread.
    """

    refused = Signal(str)

    def __init__(
        self,
        session: TrainingSession,
        document: Document,
        views: ViewSet,
        settings: Settings,
    ) -> None:
        super().__init__(document)
        self._session, self._document = session, document
        self._views, self._settings = views, settings
        self.strip = DiagnosisStrip()
        """The diagnosis in one sentence, which is always there."""
        session.snapshot_arrived.connect(self.strip.show_snapshot)
        session.activity_changed.connect(self._note_activity)
        self._analyst = Analyst(self)
        self._analyst.failed.connect(self._report)

    def make(self) -> list[SnapshotView]:
        """Make the views, and connect them."""
        views, document = self._views.make_inside(), self._document
        views.diagram.weight_requested.connect(document.set_weight)
        views.diagram.refused.connect(self.refused)
        views.outputs.step_requested.connect(self._session.seek)
        views.hessian.weights_requested.connect(document.set_weights)
        views.hessian.longer_requested.connect(self._session.step)
        views.hessian.refused.connect(self.refused)
        views.explainer.step_requested.connect(self._take_step)
        views.explainer.pause_requested.connect(self._session.pause)
        for asking in (views.hessian, views.landscape):
            asking.question_asked.connect(self._analyst.ask)
            self._analyst.answered.connect(asking.take_answer)
            self._analyst.failed.connect(asking.take_failure)
        options = [action for view in views.all for action in view.options]
        self._settings.keep_switches([action for action in options if action.isCheckable()])
        views.diagnosis.be_told(self.strip.diagnosis)
        self.strip.diagnosed.connect(views.diagnosis.be_told)
        return views.all

    def close(self) -> None:
        """End the analyst's thread."""
        self._analyst.close()

    @Slot(object)
    def _note_activity(self, activity: Activity) -> None:
        """Let views and diagnosis be calm while a run goes on, and exact while it does not."""
        self._views.set_streaming(activity not in {Activity.PAUSED, Activity.FAILED})
        self.strip.set_running(activity is Activity.PLAYING)

    @Slot()
    def _take_step(self) -> None:
        self._session.step()

    @Slot(object, str, str)
    def _report(self, question: Question, line: str, details: str) -> None:  # noqa: ARG002
        sys.stderr.write(details)
