"""What is said of the code of a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xorviz.core.check.code.code_check import ArrayCheck, CodeCheck, shown
from xorviz.core.check.code.compare import (
    EXACT,
    OPPOSITE,
    RESHAPED,
    UNMOVED,
    Hypothesis,
    Steps,
    times,
)
from xorviz.core.check.code.losses import conventions
from xorviz.core.check.code.passes import Pass
from xorviz.core.check.code.trials import Training
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED
from xorviz.core.numerals import listed

ONE_UPDATE = "No array follows the gradient of a known loss: is this exactly one update?"
ADAM = (
    "All numbers change by the same size, as in the first step of Adam and RMSprop: let the"
    " function return its gradients, and give it as gradients=."
)
CLIPPED = "Some changes are cut off at one size, as clipping does: check without it."
CHANCE = (
    "Two calls of train from the same weights differ: turn off dropout and shuffling, or give a"
    " function that updates from a row, train(x, t)."
)
SIGNALS = (
    "All arrays follow one and the same error, but not that of a known loss for these targets:"
    " give inputs=, targets= or loss= as the program has them; else the output's delta is wrong."
)
NOTHING = (
    "train changes none of the arrays that predict uses; give a function that makes one update of"
    " them, in place where they are in a list"
)
ELSEWHERE_RIGHT = "What looks wrong at these weights was not confirmed at others beside them."
_BESIDE = "Found at weights moved a little, since at yours not everything can be told."


def undecided(reason: str) -> CodeCheck:
    """Return a check that comes to nothing, and why."""
    return CodeCheck(UNDECIDED, reason, {})


def constant(names: Sequence[str]) -> str:
    """Return what is asked of numbers that no step changes."""
    return (
        f"All else follows the gradient; {listed(names)} {_is(names)} not updated. That is right of"
        " a constant, which names= leaves out."
    )


def unused(names: Sequence[str]) -> str:
    """Return that arrays are changed by a step but no output depends on them."""
    return f"predict does not use what train changes in {listed(names)}."


def beside(result: CodeCheck) -> CodeCheck:
    """Return what is found at other weights than the program's, and say so."""
    return replace(result, notes=(*result.notes, _BESIDE))


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


@dataclass(frozen=True)
class Words:
    """What is said of the steps of a trial. A value."""

    trial: Training
    steps: Steps
    rate: float | None
    """As the user says it."""

    def correct(self, reading: Hypothesis) -> CodeCheck:
        """Return that a step is right."""
        found = self._found(reading)
        names = [n for n, a in found.items() if a.finding == EXACT]
        all_of = f"All {len(names)} arrays" if len(names) == len(found) else listed(names)
        sentence = f"{all_of} {self._follow(reading, names)}{self._extras(reading)}."
        if untold := [n for n in found if n not in names]:
            sentence += f" {listed(untold)} {_is(untold)} {found[untold[0]].finding}."
        notes = self._notes(reading)
        if reading.rate < 0:
            notes = (*notes, "They are the negative gradient: a step adds them.")
        return self._check(CORRECT, sentence, reading, found, notes)

    def faulty(self, reading: Hypothesis) -> CodeCheck:
        """Return what is wrong with a step."""
        found = self._found(reading)
        right = [n for n, a in found.items() if a.finding == EXACT]
        if not reading.signal.is_right:
            sentence = (
                f"{listed(right)} agree with each other, but not with the gradient:"
                f" at the output, {reading.signal.name}."
            )
            found = {n: replace(a, finding=reading.signal.name) if n in right else a
                     for n, a in found.items()}  # fmt: skip
        elif reading.rate < 0:
            sentence = f"{listed(right)} move up the gradient: the sign of the step is wrong."
            found = {n: replace(a, finding=OPPOSITE) if n in right else a
                     for n, a in found.items()}  # fmt: skip
        else:
            sentence = f"{listed(right)} {self._follow(reading, right)}; {_faults(found)}."
        return self._check(FAULTY, sentence, reading, found, self._notes(reading))

    def undecided(self, reason: str, reading: Hypothesis | None) -> CodeCheck:
        """Return that nothing can be concluded, and why."""
        if reading is None:
            return undecided(reason)
        found = {}
        for name in reading.steps.cuts:
            rate, cosine, residual = reading.own(name)
            finding = reading.finding(name)
            word = finding if finding.startswith("not ") else "does not fit"
            found[name] = ArrayCheck(EXACT if finding == EXACT else word, cosine, rate, residual)
        return CodeCheck(UNDECIDED, reason, found)

    def of_pass(self, one: Pass) -> CodeCheck:
        """Return what a pass over the rows inside one call shows."""
        rates = [rate for rate in one.rates.values() if rate]
        main = max(
            rates, key=lambda rate: (sum(abs(rate - r) < 1e-6 * abs(r) for r in rates), rate)
        )
        found = {}
        for name, rate in one.rates.items():
            finding = UNMOVED if not rate else times(rate / main)
            cosine = float(np.sign(rate))
            found[name] = ArrayCheck(finding, cosine, rate, one.left[name])
        order = ", ".join(self._row(row) for row in one.order)
        rows = f"a pass in the order {order}"
        right = [n for n, a in found.items() if a.finding == EXACT]
        what = f"the negative gradient of the {one.signal.name} at rate {shown(main)}, in {rows}"
        if len(right) == len(found):
            verdict, sentence = CORRECT, f"All {len(right)} arrays follow {what}."
        else:
            verdict, sentence = FAULTY, f"{listed(right)} follow {what}; {_faults(found)}."
        return CodeCheck(verdict, sentence, found, one.signal.name, main, rows)

    def _found(self, reading: Hypothesis) -> dict[str, ArrayCheck]:
        found = {}
        for name in reading.steps.cuts:
            rate, cosine, residual = reading.own(name)
            finding = reading.finding(name)
            if name in reading.stray:
                finding = "not told: it moves, though its gradient is 0"
            found[name] = ArrayCheck(finding, cosine, rate, residual)
        return found

    def _check(
        self, verdict: str, sentence: str, reading: Hypothesis, found: Mapping[str, ArrayCheck],
        notes: tuple[str, ...],
    ) -> CodeCheck:  # fmt: skip
        return CodeCheck(
            verdict,
            sentence,
            found,
            self._loss(reading),
            reading.rate,
            self._rows(reading),
            self._added(reading, "decay"),
            self._added(reading, "momentum"),
            notes,
        )

    @staticmethod
    def _added(reading: Hypothesis, name: str) -> float | None:
        if name not in reading.extras:
            return None
        place = reading.extras.index(name)
        return max((added[place] for added in reading.agreeing.values()), default=None)

    def _loss(self, reading: Hypothesis) -> str | None:
        """Return the loss; None where one row with one output leaves it open."""
        y = reading.steps.slopes.y
        is_open = len(reading.mask) == 1 and reading.mask.sum() == 1 and y.shape[1] == 1
        return None if is_open and self._convention(reading) is None else reading.signal.name

    def _convention(self, reading: Hypothesis) -> str | None:
        """Return the name of the loss to which the rate that was said belongs."""
        if self.rate is None:
            return None
        loss = reading.signal.name if reading.signal.is_right else "squares"
        for name, factor in conventions(loss, *reading.steps.t.shape).items():
            if abs(abs(reading.rate) - self.rate * factor) <= 1e-3 * self.rate * factor:
                return name
        return None

    def _follow(self, reading: Hypothesis, names: Sequence[str]) -> str:
        verb = "follows" if len(names) == 1 else "follow"
        loss = self._loss(reading)
        of = f" of the {loss}" if loss else ""
        return (
            f"{verb} the negative gradient{of} at rate {shown(reading.rate)}, {self._over(reading)}"
        )

    def _over(self, reading: Hypothesis) -> str:
        return self._rows(reading) if len(reading.mask) > 1 else f"over {self._rows(reading)}"

    def _rows(self, reading: Hypothesis) -> str:
        if len(reading.mask) > 1:
            return "row by row"
        rows = np.flatnonzero(reading.mask[0])
        if len(rows) == reading.mask.shape[1]:
            return "all rows"
        return f"row{'s' * (len(rows) > 1)} {listed([self._row(int(row)) for row in rows])}"

    def _row(self, row: int) -> str:
        """Return the name of a row, such as 01, or else its number."""
        x = self.trial.forward.x
        bits = x[row][:2]
        is_short = x.shape[1] <= 3 and np.isin(bits, (-1, 0, 1)).all()
        return "".join(str(int(bit > 0)) for bit in bits) if is_short else str(row + 1)

    def _extras(self, reading: Hypothesis) -> str:
        said = []
        if decay := self._added(reading, "decay"):
            said.append(f"weight decay {shown(decay / reading.rate)}, {shown(decay)} a step")
        if decay := self._added(reading, "decay of the sign"):
            said.append(f"decay of the sign, {shown(decay)} a step")
        if momentum := self._added(reading, "momentum"):
            said.append(f"momentum {shown(momentum)}")
        return f", with {listed(said)}" if said else ""

    def _notes(self, reading: Hypothesis) -> tuple[str, ...]:
        if self.rate is None:
            return ()
        if (name := self._convention(reading)) is not None:
            return (f"At rate {shown(self.rate)} the loss is {name}.",)
        return (
            f"The rate {shown(self.rate)} that was said belongs to no usual form of this loss.",
        )


def _faults(found: Mapping[str, ArrayCheck]) -> str:
    """Return what is wrong with which arrays, as a part of a sentence."""
    groups: dict[str, list[str]] = {}
    for name, array in found.items():
        if array.finding != EXACT and not array.finding.startswith("not told"):
            groups.setdefault(array.finding, []).append(name)
    said = []
    for finding, names in groups.items():
        verb = {
            UNMOVED: f"{_is(names)} not updated",
            OPPOSITE: f"move{'s' * (len(names) == 1)} up it: the sign is wrong",
            RESHAPED: f"change{'s' * (len(names) == 1)} shape",
        }.get(finding)
        if verb is None and finding.endswith("as long"):
            verb = f"take{'s' * (len(names) == 1)} a step {finding}"
        said.append(
            f"{listed(names)} {verb}"
            if verb
            else f"{listed(names)} {'does' if len(names) == 1 else 'do'} not: the fault is in the"
            f" code that computes {'its gradient' if len(names) == 1 else 'their gradients'}"
        )
    return "; ".join(said)
