"""What is reported of a step: verdict, findings, sentence, and the lines to mend."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check import words
from xorviz.core.check.complex_step import gradients
from xorviz.core.check.repairs import Program, lines
from xorviz.core.check.rules import losses, rule
from xorviz.core.check.rules.row_terms import fault_of, names_of
from xorviz.core.check.said import Said
from xorviz.core.check.search.digits import Digits
from xorviz.core.check.search.explained import Explained, name_of
from xorviz.core.check.search.step import Step
from xorviz.core.check.step_check import (
    CANNOT_BE_TOLD,
    CORRECT,
    FAULTY,
    UNDECIDED,
    UNKNOWN,
    Finding,
    Repair,
    StepCheck,
    StepRule,
)
from xorviz.core.network import Weights


@dataclass(frozen=True)
class _Report:
    """A step, its best explanation, and what was said of it."""

    taken: Step
    best: Explained
    said: Said
    digits: Digits
    is_gradient: bool = False

    @cached_property
    def loss(self) -> str:
        """The loss, of those whose gradients differ by a factor alone."""
        best = self.best
        return losses.loss_for(best.right, best.rate, self.said, best.unsure, best.rows)

    @cached_property
    def factor(self) -> float:
        """The factor of the loss."""
        return losses.factor_of(self.loss, self.best.rows)

    @cached_property
    def rate(self) -> float:
        """The rate that belongs to the loss."""
        return self.best.rate / self.factor

    @cached_property
    def multiple(self) -> float | None:
        """The multiple of the loss that belongs to the rate that is said, if there is one."""
        if self.said.rate is None:
            return 1.0
        return losses.multiple_of(self.best.rate, self.factor * self.said.rate, self.best.unsure)

    @cached_property
    def is_rate_told(self) -> bool:
        """Whether the loss and what it needs are known, so that the rate is."""
        if not self.best.is_scaled:
            return False
        scales = {(one.output, right, one.goal.are_signed) for one, right in self.best.alike}
        return len(scales) <= 1

    @cached_property
    def rule(self) -> StepRule:
        """The rule, without what settings that explain the step as well disagree on."""
        setting, alike = self.best.setting, self.best.alike
        if not any(fault == "" for fault in self.best.faults.values()) and not self.best.is_whole:
            return StepRule()
        outputs = {one.output for one, _ in alike} or {setting.output}
        hidden = {one.seen.activation for one, _ in alike} or {setting.seen.activation}
        codings = {words.coding(one) for one, _ in alike} or {words.coding(setting)}
        return StepRule(
            loss=self.loss if self.is_rate_told else None,
            rate=self.rate if self.is_rate_told else None,
            activation=setting.seen.activation if len(hidden) == 1 else None,
            output=setting.output if len(outputs) == 1 else None,
            batch=self.best.batch,
            order=self.best.order,
            momentum=self.best.momentum,
            coding=words.coding(setting) if len(codings) == 1 else None,
            targets=setting.goal.bits,
        )

    @cached_property
    def exact(self) -> dict[str, Array]:
        """The change of a correct step, at the rate that is said where the step has another."""
        exact = dict(self.best.exact)
        if self.is_gradient:
            factor = self.factor * (self.said.rate or 1.0)
            slopes = gradients(self.taken.before, self.best.setting, self.best.right, factor)
            exact = {name: -slope for name, slope in slopes.items()}
        elif self._is_other_rate and self.said.rate is not None:
            exact = {name: change * self.said.rate / self.rate for name, change in exact.items()}
        return exact

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """The finding of each array."""
        return {name: self._finding(name) for name in names_of(self.taken.before)}

    def _finding(self, name: str) -> Finding:
        best = self.best
        fault, others = best.faults[name], best.others[name]
        next_residual, follower = others[0] if others else (None, None)
        if fault is None:
            found = CANNOT_BE_TOLD if best.blurred else UNKNOWN
        elif best.confused[name]:
            found, follower = CANNOT_BE_TOLD, best.confused[name][0]
        else:
            found = name_of(fault)
        if found == rule.ADDED and self.is_gradient:
            found = rule.WRONG_SIGN
        if found == CORRECT and self._is_other_rate:
            found = rule.UNSAID_RATE
        rate = None if fault is None or not best.is_scaled else best.rates[name]
        return Finding(
            found,
            None if rate is None else rate / self.factor,
            best.residuals[name],
            None if follower is None else name_of(follower),
            next_residual,
        )

    @property
    def _is_other_rate(self) -> bool:
        """Whether the rate is none that what is said allows."""
        return self.said.loss is not None and self.is_rate_told and self.multiple is None

    @property
    def verdict(self) -> str:
        """CORRECT, FAULTY or UNDECIDED."""
        if any(map(self._is_wrong, self.findings)):
            return FAULTY
        is_right = all(one.name == CORRECT for one in self.findings.values())
        return CORRECT if is_right else UNDECIDED

    def _is_wrong(self, name: str) -> bool:
        """Return whether a fault is named, or one of several that look alike."""
        is_open = self.findings[name].name == CANNOT_BE_TOLD
        may_be = {self.best.faults[name], *self.best.confused[name]}
        return self.findings[name].is_fault or (is_open and not may_be & {None, ""})

    def telling(self, hint: str = "") -> words.Telling:
        """Return what puts all this into words."""
        return words.Telling(self.rule, self.findings, self.best, self.said, self.digits,
                             self.taken.changes, self.is_gradient, hint)  # fmt: skip

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The wrong line of each fault beside the right one."""
        setting = self.best.setting
        program = Program(setting.seen.activation, setting.output, self.best.right,
                          setting.goal.are_signed, self.is_gradient)  # fmt: skip
        by_fault: dict[str, list[str]] = {}
        for name, found in self.findings.items():
            if found.is_fault:
                is_named = self._is_other_rate or found.name == rule.WRONG_SIGN
                fault = found.name if is_named else self.best.faults[name]
                by_fault.setdefault(fault or found.name, []).append(name)
        return tuple(
            self._repair(fault, tuple(names), program) for fault, names in by_fault.items()
        )

    def _repair(self, fault: str, names: tuple[str, ...], program: Program) -> Repair:
        theirs = self.findings[names[0]].rate or self.rate
        others = self.said.rate if fault == rule.UNSAID_RATE else self.rate
        told = lines(fault, names, program, (theirs, others or self.rate))
        says = words.compared(names, fault_of(fault), self.taken.changes, self.exact,
                              self.taken.before, self.is_gradient)  # fmt: skip
        return Repair(names, fault_of(fault), says, told.wrong, told.right, told.wrong_code,
                      told.right_code)  # fmt: skip


def report(
    taken: Step,
    best: Explained,
    said: Said,
    digits: Digits,
    is_gradient: bool = False,
    hint: str = "",
) -> StepCheck:
    """Return what is reported of a step, or of gradients, by its best explanation."""
    told = _Report(taken, best, said, digits, is_gradient)
    telling = told.telling(hint)
    return StepCheck(
        verdict=told.verdict,
        rule=told.rule,
        arrays=told.findings,
        sentence=telling.sentence(told.verdict),
        yours=_weights(taken.changes, taken.before),
        exact=_weights(told.exact, taken.before),
        repairs=told.repairs,
        notes=tuple(telling.notes()),
    )


def rule_text(taken: Step, best: Explained) -> str:
    """Return the rule of a correct step in words: an exact full-batch gradient step on ..."""
    return _Report(taken, best, Said(), Digits(taken.epsilon)).telling().rule_text


def _weights(changes: Mapping[str, Array], like: Weights) -> Weights:
    """Return changes in the shape of the weights."""
    each = iter(changes.values())
    return like.each(lambda array: np.reshape(next(each), array.shape))
