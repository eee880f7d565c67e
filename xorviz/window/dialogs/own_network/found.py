"""What is found out about what was pasted: a network, outputs, or a training step.

Of outputs, that is also a run that ends like them, found among many seeds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, NamedTuple

import numpy as np

from xorviz.core import numerals
from xorviz.core.check.step_check import StepCheck
from xorviz.core.diagnosis.how_often import HEADING
from xorviz.core.network import head_of
from xorviz.core.rules import SettingError
from xorviz.core.runs.recipe_text import recipe_parts
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, order_text
from xorviz.files.weights.check_step import checked_step
from xorviz.files.weights.examined import Examination, examined
from xorviz.files.weights.known import NAMES, said_of
from xorviz.files.weights.states import MOST_STATES, States
from xorviz.lab.results.findings import train_many
from xorviz.panels.why.check import details_html, headline

_SEEDS, _WIDTH = 64, 2
"""Networks that are trained; of the smallest width that can learn, if it is not known."""
_STEPS, _MOST_STEPS = 20_000, 100_000
"""Steps of each network if they are not known, and the most: some seconds without Numba."""


_CHECK = "Paste weights before and after one step above to check your code."
_CELL = "padding:2px 16px 4px 0"


class Alike(NamedTuple):
    """The run whose outputs are nearest, and how often such ones came, in a sentence."""

    record: Record | None
    """None if no outputs come near."""
    sentence: str


@dataclass(frozen=True, slots=True)
class AlikeQuestion:
    """Which networks with some settings end with such outputs. Any thread can answer it."""

    recipe: RunConfig
    outputs: tuple[float, ...]
    """(4,) in the order of ROWS."""
    steps: int
    is_guessed: bool
    """Whether some settings are not known."""

    def answer(self) -> Alike:
        """Return the answer, in some seconds."""
        configs = [replace(self.recipe, seed=seed) for seed in range(_SEEDS)]
        share = head_of(self.recipe).coding.share
        ends = share(train_many(configs, self.steps).outputs)
        errors = np.abs(ends - share(np.array(self.outputs))).max(axis=1)
        count = int((errors < LEARNED_ERROR).sum())
        width, rate, *_ = recipe_parts(self.recipe).values()
        biases = "with biases" if self.recipe.biases else "no biases"
        guessed = ", partly assumed" if self.is_guessed else ""
        recipe = f"{width}, {rate}, {biases}, {numerals.whole(self.steps)} steps{guessed}"
        if not count:  # first what to do: in a narrow window the end is cut
            text = f"none of {_SEEDS} correct programs ends like yours ({recipe})"
            return Alike(None, f"Check these settings, then your code: {text}.")
        nearest = configs[int(errors.argmin())]
        trainer = Trainer(nearest)
        trainer.advance(self.steps)
        text = f"{count} of {_SEEDS} correct programs end like yours, such as this one ({recipe})."
        return Alike(trainer.record(), text)


def alike_question(found: Examination) -> AlikeQuestion | None:
    """Return what to ask about outputs; None with weights, or if nothing can or need be asked."""
    known, diagnosis = found.known, found.found
    is_usual = known.is_trainable and found.case.is_signed == (known.config.coding == "plus-minus")
    if found.network is not None or diagnosis is None or found.is_done or not is_usual:
        return None
    recipe = known.recipe if "width" in known.said else replace(known.recipe, width=_WIDTH)
    steps = min(known.steps or _STEPS, _MOST_STEPS)
    return AlikeQuestion(recipe, diagnosis.evidence.outputs, steps, bool(known.unknown))


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
            return examination_html(self.network)
        rule, known = self.check.rule, self.check.settings
        notes = *self.check.notes, f"Read as {self.network.summary}."
        other = difference_text(rule.output, rule.coding is None or "coding" in known)
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
            return Found(refusal_text(error), is_wrong=True)

    def _of_state(self, told: Mapping[str, Any], way: str | None) -> Found:
        (arrays,) = self.states
        order = arrays.rows or self.said.get("order", COUNTED)
        found = examined(arrays, told, order, way)
        read = found.summary if found.network else "Outputs read"
        return Found(f"{read}.", outputs_text(found.outputs, order), network=found)

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


def refusal_text(error: SettingError) -> str:
    """Return an error as a sentence; the names of arrays stay small."""
    text = str(error)
    return f"{text if text.startswith(('w', 'b')) else text[0].upper() + text[1:]}."


def examination_html(found: Examination) -> str:
    """Return a state, what to do next, what may have caused it, and how often it comes."""
    # Without no-break spaces, Qt has plain ones in numbers.
    return "".join(_parts(found)).replace(numerals.THIN_SPACE, "\u00a0")


def _parts(found: Examination) -> Iterator[str]:
    headline, _, detail = found.sentence.partition(". ")
    yield f"<p><b>{escape(headline)}</b></p><p>{escape(detail)}</p>"
    known = found.known
    if said := " ".join((known.text, difference_text(known.output, known.is_trainable))).strip():
        yield f"<p>{escape(said)}</p>"
    advice = found.found.advice if found.found else ()
    yield _table("<b>Fix it</b>", [[escape(one)] for one in advice])
    code = "<code style='white-space:pre'>{}</code>"
    steps = [[f"{x.what}<br>{code.format(escape(x.command))}"] for x in found.next]
    yield _table(f"<b>Next.</b> {_CHECK} Or in your program and the terminal:", steps)
    causes = [[f"<b>{x.name}</b>: {escape(x.because)}", escape(x.check)] for x in found.causes]
    titles = [["<b>Possible causes</b>", "<b>How to tell</b>"]] * bool(causes)
    yield _table("", titles + causes)
    yield _table(f"<b>How often.</b> {HEADING}", found.table, "right")


def _table(title: str, rows: Sequence[Sequence[str]], align: str = "left") -> str:
    """Return a table with a title; nothing without rows."""
    lines = [
        f"<td style='{_CELL}'>{first}</td>"
        + "".join(f"<td align='{align}' style='{_CELL}'>{cell}</td>" for cell in others)
        for first, *others in rows
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<p>{title}</p><table cellspacing='0'>{body}</table>" if body else ""


def difference_text(output: str | None, is_one_coding: bool) -> str:
    """Return in what a run with the same weights is another network; empty if in nothing."""
    if output == "relu":
        return "Opened as a run, the network has a linear output unit."
    return (
        "" if is_one_coding else "Opened as a run, the network has inputs and targets of 0 and 1."
    )


def outputs_text(given: Sequence[float], order: Sequence[int]) -> str:
    """Return outputs, which follow an order of the rows."""
    numbers = ", ".join(numerals.fixed(float(y), 3) for y in given)
    return f"Outputs for {order_text(order[: len(given)], ', ')}: {numbers}"
