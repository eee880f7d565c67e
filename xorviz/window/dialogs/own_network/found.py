"""What is found out about what was pasted: a network, outputs, or a training step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core.check.step_check import StepCheck
from xorviz.core.rules import SettingError
from xorviz.core.settings import RunConfig
from xorviz.files.weights.check_step import checked_step
from xorviz.files.weights.examined import Examination, examined
from xorviz.files.weights.known import NAMES
from xorviz.files.weights.said import PRINTED_ORDER, said_of
from xorviz.files.weights.states import MOST_STATES, States
from xorviz.panels.why.check import details_html, headline
from xorviz.window.dialogs.own_network import words
from xorviz.window.dialogs.own_network.alike import AlikeQuestion, alike_question


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the dialog shows. A value."""

    verdict: str
    detail: str = ""
    is_wrong: bool = False
    """Whether nothing could be found out."""
    network: Examination | None = None
    """The network, of a step the one before it."""
    check: StepCheck | None = None

    @property
    def opens(self) -> bool:
        """Whether it can be opened as a run; outputs alone cannot."""
        return self.network is not None and self.network.network is not None

    @property
    def alike(self) -> AlikeQuestion | None:
        """What finds a run that ends like outputs alone, if enough is known of them."""
        return None if self.network is None else alike_question(self.network)

    @property
    def page(self) -> str:
        """What is shown below the fields, as HTML in the colours of the theme."""
        if self.network is None:
            return ""
        if self.check is None:
            return words.examination_html(self.network)
        rule, known = self.check.rule, self.check.settings
        notes = *self.check.notes, f"Read as {self.network.summary}."
        other = words.difference_text(rule.output, rule.coding is None or "coding" in known)
        return details_html(self.check.repairs, (*notes, other) if other else notes)


@dataclass(frozen=True, slots=True, eq=False)
class OwnQuestion:
    """What one state shows, or consecutive ones, with what the user says by the names of fields.

    Any thread can answer it.
    """

    states: States
    said: Mapping[str, Any]

    def answer(self) -> Found:
        """Return the answer: in 30 ms mostly, in a second where nothing explains a step."""
        told = {name: self.said[name] for name in (*NAMES, "targets") if name in self.said}
        way = self.said.get("orientation")
        try:
            return self._of_step(told, way) if len(self.states) > 1 else self._of_state(told, way)
        except SettingError as error:
            return Found(words.refusal_text(error), is_wrong=True)

    def _of_state(self, told: Mapping[str, Any], way: str | None) -> Found:
        (arrays,) = self.states
        order = arrays.rows or self.said.get("order", PRINTED_ORDER)
        found = examined(arrays, told, order, way)
        read = found.summary if found.network else "Outputs read"
        return Found(f"{read}.", words.outputs_text(found.outputs, order), network=found)

    def _of_step(self, told: Mapping[str, Any], way: str | None) -> Found:
        """Return what a step shows; what it shows of the settings goes for the network, too."""
        count = len(self.states)
        if count > MOST_STATES:
            raise SettingError(
                f"these are {count} states; give the weights before a step and after it, or after "
                "two steps"
            )
        xor = {"targets": RunConfig().targets}
        told = {name: value for name, value in told.items() if value != xor.get(name)}  # found out
        said = replace(said_of(self.said), targets=told.get("targets"))
        step = checked_step(self.states, said, way)
        settings = xor | step.check.settings | told
        network = examined(self.states[0], settings, orientation=step.orientation)
        verdict = f"{headline(step.check)}."
        return Found(verdict, step.check.sentence, network=network, check=step.check)
