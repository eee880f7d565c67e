"""The search for the best explanation of a step, the simplest kinds first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xorviz.core.arrays import Array
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.row_terms import NONE, OWN
from xorviz.core.check.rules.said import Said
from xorviz.core.check.search.explained import Explained, explained_by
from xorviz.core.check.search.hypotheses import Hypothesis, hypotheses, nearest
from xorviz.core.check.search.parts import parts_of
from xorviz.core.check.search.passes import explained_by_passes
from xorviz.core.check.search.settings import Setting, likely
from xorviz.core.check.search.shares import decaying, shares
from xorviz.core.check.search.step import Step


def rights_for(output: str, said: Said) -> tuple[str, ...]:
    """Return the signals that are right for a loss that is possible."""
    if said.loss is None:
        return (OWN, NONE) if output == "sigmoid" else (OWN,)
    return (NONE,) if said.loss == "cross-entropy" else (OWN,)


def best_explanation(taken: Step, said: Said, velocity: Mapping[str, Array] | None) -> Explained:
    """Return the explanation with the fewest faults; velocity is what the step before added."""
    found: list[Explained] = []
    for one in _explanations(taken, said, velocity):
        found.append(one)
        if one.is_whole and one.cost <= (velocity is None):
            break
    return min(found, key=lambda one: one.cost)


def _explanations(
    taken: Step, said: Said, velocity: Mapping[str, Array] | None
) -> Iterator[Explained]:
    """Yield the best explanation of each kind."""
    if said.batch != "pass":
        plain = _explained(taken, likely(taken, said), said)
        yield replace(plain, momentum=None if velocity is None else 0.0)
        yield from _with_momentum(taken, said, velocity)
        yield from _with_decay(taken, said)
    if said.batch in {None, "pass"}:
        rights = {output: rights_for(output, said) for output in rule.OUTPUTS}
        passed = explained_by_passes(taken, said, rights)
        if passed is not None:
            yield passed


def _with_momentum(
    taken: Step, said: Said, velocity: Mapping[str, Array] | None
) -> Iterator[Explained]:
    if velocity is not None:
        for share, one in _with_share(taken, said, velocity, said.momentum):
            yield replace(one, momentum=share)


def _with_decay(taken: Step, said: Said) -> Iterator[Explained]:
    for with_biases in (False, True):
        for share, one in _with_share(taken, said, decaying(taken.before, with_biases), None):
            if share < 0:
                yield _decayed(one, with_biases)


def _with_share(
    taken: Step, said: Said, along: Mapping[str, Array], share: float | None
) -> Iterator[tuple[float, Explained]]:
    """Yield explanations of what is left of a step without a share of something."""
    settings = likely(taken, said, along)
    for one, error in shares(taken, settings, along) if share is None else [(share, 0.0)]:
        yield one, _explained(taken.without(along, one, error), settings, said)


def _decayed(one: Explained, with_biases: bool) -> Explained:
    """Return an explanation of a step that has weights decay beside it."""
    faults = {
        name: names
        if names is None or not (with_biases or name.startswith("w"))
        else (*names, rule.DECAYED)
        for name, names in one.faults.items()
    }
    return replace(one, faults=faults, cost=one.cost + 1)


def _explained(taken: Step, settings: Sequence[Setting], said: Said) -> Explained:
    """Return the best explanation by one update."""
    found: list[Hypothesis] = []
    for setting in settings:
        found += hypotheses(setting, parts_of(setting, taken), rights_for(setting.output, said))
    if not found:
        rights = rights_for(settings[0].output, said)
        found.append(nearest(settings[0], parts_of(settings[0], taken), rights))
    return explained_by(found)
