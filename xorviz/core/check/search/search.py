"""The search for the best explanation of a step, the simplest kinds first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.losses import factor_of
from xorviz.core.check.rules.row_terms import by_name
from xorviz.core.check.said import Said
from xorviz.core.check.search.explained import Explained, explained_by, with_one_name
from xorviz.core.check.search.hypotheses import Hypothesis, hypotheses, nearest
from xorviz.core.check.search.parts import parts_of
from xorviz.core.check.search.passes import explained_by_passes
from xorviz.core.check.search.settings import Model, likely
from xorviz.core.check.search.shares import shares
from xorviz.core.check.search.step import Step
from xorviz.core.truth_table import ROWS

_MOST_DECAY = 0.5
"""Share of a weight that decays in one step, at most."""


def best_explanation(taken: Step, said: Said, velocity: Mapping[str, Array] | None) -> Explained:
    """Return the explanation with the fewest faults; velocity is what the step before added."""
    found: list[Explained] = []
    for one in _explanations(taken, said, velocity):
        found.append(one)
        if one.is_whole and one.cost <= (velocity is None):
            break
    if not found:  # no pass, where nothing else may be
        one = _explained(taken, likely(taken, replace(said, batch=None)), said)
        unknown, others = dict.fromkeys(one.faults), dict.fromkeys(one.faults, ())
        return replace(one, faults=unknown, confused=others, batch="pass", order=None,
                       is_pinned=False)  # fmt: skip
    return min(found, key=lambda one: one.cost)


def one_update(taken: Step, said: Said) -> Explained:
    """Return the best explanation by one update down a gradient."""
    return _explained(taken, likely(taken, said), said)


def _explanations(
    taken: Step, said: Said, velocity: Mapping[str, Array] | None
) -> Iterator[Explained]:
    """Yield the best explanation of each kind."""
    if said.batch != "pass":
        plain = one_update(taken, said)
        yield replace(plain, momentum=None if velocity is None else 0.0)
        if plain.blurred and not plain.is_whole:  # with few digits, everything fits
            return
        if velocity is not None:
            for share, one in _with_share(taken, said, velocity, said.momentum):
                if 0 <= share < 1:
                    yield replace(one, momentum=share)
        yield from _with_decay(taken, said)
        if plain.is_pinned:
            return
    if said.batch in {None, "pass"}:
        yield from explained_by_passes(taken, said)


def _with_decay(taken: Step, said: Said) -> Iterator[Explained]:
    """Yield correct steps that have weights decay beside them; biases rarely do."""
    for decaying in ("w", "wb"):
        along = {
            name: array * float(name[0] in decaying)
            for name, array in by_name(taken.before).items()
        }
        for share, one in _with_share(taken, said, along, None):
            if -_MOST_DECAY < share < 0 and one.is_right:
                names = (name for name in one.faults if name[0] in decaying)
                faults = {**one.faults, **dict.fromkeys(names, rule.DECAYED)}
                yield replace(one, faults=faults, cost=one.cost + 1)


def _with_share(
    taken: Step, said: Said, along: Mapping[str, Array], share: float | None
) -> Iterator[tuple[float, Explained]]:
    """Yield explanations of what is left of a step without a share of something."""
    settings = likely(taken, said, along)
    for one, error in shares(taken, along, settings) if share is None else [(share, 0.0)]:
        found = _explained(taken.without(along, one, error), settings, said)
        # What is not known of the share is not known of the rate either.
        sizes = (np.concatenate([*values.values()]) for values in (along, taken.changes))
        beside, change = (float(np.linalg.norm(size)) for size in sizes)
        yield one, replace(found, unsure=found.unsure + error * beside / change)


def _explained(taken: Step, settings: Sequence[Model], said: Said) -> Explained:
    """Return the best explanation by one update."""
    found: list[Hypothesis] = []
    for setting in settings:
        rows = len(ROWS) if setting.row is None else 1
        rate = said.rate * factor_of(said.loss, rows) if said.rate and said.loss else None
        rights = said.rights(setting.output)
        whole = hypotheses(setting, parts_of(setting, taken), rights, rate)
        # A step on one row is right, unless all four are meant.
        found += (one for one in whole if said.batch == "full" or not one.is_of_one_row)
    if not found:
        setting = settings[0]
        parts = parts_of(setting, taken)
        found.append(nearest(setting, parts, said.rights(setting.output)[0]))
    return with_one_name(explained_by(found))
