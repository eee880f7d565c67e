"""Connects the views of the workspace Inside and the diagnosis line."""

import sys

from PySide6.QtCore import QObject, Slot

from xorviz.core.analysis.curvature import Question
from xorviz.engine.activity import Activity
from xorviz.engine.analyst import Analyst
from xorviz.engine.session import TrainingSession
from xorviz.panels.base.asker import Asker
from xorviz.window.bars.diagnosis_strip import DiagnosisStrip
from xorviz.window.docks.view_set import ViewSet


class InsideController(QObject):
    """Passes the questions of views to an analyst, and diagnoses to the views that show them.

    Lives in the window's thread.
    """

    def __init__(self, session: TrainingSession, views: ViewSet, parent: QObject) -> None:
        super().__init__(parent)
        self._views = views
        self.strip = DiagnosisStrip()
        """The diagnosis in one sentence, always shown."""
        session.snapshot_arrived.connect(self.strip.show_snapshot)
        session.activity_changed.connect(self._note_activity)
        self._analyst = Analyst(self)
        self._analyst.failed.connect(self._report)

    def connect_late(self) -> None:
        """Connect the views that are not made at the start."""
        from xorviz.panels.inside.diagram.network_diagram import NetworkDiagram
        from xorviz.panels.inside.step.step_explainer import StepExplainer
        from xorviz.panels.learn.diagnosis import DiagnosisView

        views = self._views
        for view in views.all:
            for asker in view.findChildren(Asker):
                asker.question_asked.connect(self._analyst.ask)
                self._analyst.answered.connect(asker.take_answer)
                self._analyst.failed.connect(asker.take_failure)
        diagram, explainer = views[NetworkDiagram], views[StepExplainer]
        diagram.row.chosen.connect(explainer.row.choose)
        explainer.row.chosen.connect(diagram.row.choose)
        views[DiagnosisView].show_diagnosis(self.strip.diagnosis)
        self.strip.diagnosed.connect(views[DiagnosisView].show_diagnosis)

    def close(self) -> None:
        self._analyst.close()

    @Slot(object)
    def _note_activity(self, activity: Activity) -> None:
        """Update views and diagnosis less often while a run goes on, and all of them after it."""
        self._views.set_streaming(activity not in {Activity.PAUSED, Activity.FAILED})
        self.strip.set_running(activity in {Activity.PLAYING, Activity.STEPPING})

    @Slot(object, str, str)
    def _report(self, question: Question, line: str, details: str) -> None:  # noqa: ARG002
        sys.stderr.write(details)
