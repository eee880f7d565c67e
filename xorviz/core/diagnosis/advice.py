"""Advice for networks that do not learn, with measured success rates.

Success rates are shares, with standard errors, of 500 networks (seeds 0 to 499) with all four
rows of XOR correct after 20,000 steps at rate 0.5: sigmoid units, sum of squared errors, initial
weights uniform between -1 and 1.
"""

import math
from collections.abc import Callable

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT
from xorviz.core.diagnosis.words import UNTRAINED

_WITHOUT_BIASES = {1: 0.0, 2: 25.2, 3: 85.0, 4: 99.8, 5: 100.0, 8: 100.0}
_WITH_BIASES = {1: 0.0, 2: 84.4, 3: 98.8, 4: 99.8, 5: 100.0, 8: 100.0}
"""Percent of networks that are correct, by width."""
_NETWORKS = 500
_ENOUGH_WIDTH = 4
_XOR = (1, 0, 1, 0)

_LONGER = "Run it five times longer"
_SEED = "Try new weights"
_KICK = "Kick the weights a little: where the gradient is flat, that may lead out."
_OTHER_ACTIVATION = "Use sigmoid or tanh units: their gradient is never exactly zero."


def advice_for(state: str, evidence: Evidence, config: RunConfig | None) -> tuple[str, ...]:
    """Return advice, the most promising first; none before training and after learning."""
    if state in {UNTRAINED, "learned"}:
        return ()
    setup = config or RunConfig()
    known = _OUT_OF_REACH if evidence.limit else _ADVICE[state]
    texts = (a if isinstance(a, str) else a(setup, evidence) for a in known)
    advice = tuple(text for text in texts if text)
    if evidence.has_fixed_origin:
        return (_biases_for_origin(setup), *advice)
    return advice


def _biases_for_origin(config: RunConfig) -> str:
    return (
        f"Switch biases on: without them a {config.activation} unit is 0 at row 0 0, so the "
        "output there is always one half."
    )


def _longer(config: RunConfig, _: Evidence) -> str:
    if _is_measured(config) and config.width == 3 and not config.biases:
        return (
            f"{_LONGER}: at width 3 without biases, rate 0.5, 425 of 500 networks were correct "
            f"after {numerals.whole(20_000)} steps, and 492 after {numerals.whole(100_000)}."
        )
    if _is_measured(config) and config.width == 2 and config.biases:
        return (
            f"{_LONGER}, though it seldom helps here: at width 2 with biases, rate 0.5, 422 of 500 "
            f"networks were correct after {numerals.whole(20_000)} steps, and 423 after "
            f"{numerals.whole(100_000)}."
        )
    return f"{_LONGER}: most runs that look stuck are on a plateau."


def _seed(config: RunConfig, _: Evidence) -> str:
    share = _measured(config, config.width, config.biases)
    if share is None:
        return f"{_SEED}: another seed may avoid this state."
    return (
        f"{_SEED}: at width {config.width} {_with(config.biases)}, rate 0.5, {share} of 500 "
        "networks were correct."
    )


def _wider(config: RunConfig, _: Evidence) -> str:
    if config.width >= _ENOUGH_WIDTH:
        return ""
    share = _measured(config, _ENOUGH_WIDTH, config.biases)
    reason = (
        f"; {share} of 500 networks were correct {_with(config.biases)}, rate 0.5."
        if share
        else "."
    )
    return f"Use width {_ENOUGH_WIDTH}: it gives more ways out{reason}"


def _second_unit(config: RunConfig, evidence: Evidence) -> str:
    is_needed = config.width == 1 and config.targets in NOT_FOR_ONE_UNIT
    return _wider(config, evidence) if is_needed else ""


def _biases_for_line(config: RunConfig, evidence: Evidence) -> str:
    if evidence.has_fixed_origin or config.targets in NOT_FOR_ONE_UNIT:
        return ""
    return "Switch biases on: with them one hidden unit can learn these targets."


def _biases(config: RunConfig, evidence: Evidence) -> str:
    if config.biases or evidence.has_fixed_origin:
        return ""
    before, after = (_measured(config, config.width, biases) for biases in (False, True))
    if before is None or after is None or config.width == 1:
        return "Switch biases on: without them row 0 0 restricts the network."
    return (
        f"Switch biases on: at width {config.width}, rate 0.5, {after} of 500 networks were "
        f"correct with them, {before} without."
    )


def _rate(config: RunConfig, _: Evidence) -> str:
    if _is_measured(config) and config.width == 3 and not config.biases:
        return (
            "Try another rate: at width 3 without biases 78.6 ± 1.8 % of 500 networks were correct "
            "at rate 0.1, 85.0 ± 1.6 % at 0.5, 97.8 ± 0.7 % at 1 and 4.8 ± 1.0 % at 10."
        )
    return "Try another rate, a few times larger or smaller."


def _larger_rate(config: RunConfig, _: Evidence) -> str:
    if config.rate >= 1:
        return ""
    return (
        f"Try a larger rate than {numerals.plain(config.rate)}: the loss falls in proportion to it."
    )


def _smaller_rate(config: RunConfig, _: Evidence) -> str:
    return f"Try a smaller rate than {numerals.plain(config.rate)}: shorter steps do not overshoot."


def _momentum(config: RunConfig, _: Evidence) -> str:
    if config.momentum:
        return ""
    return (
        "Try momentum 0.9 at rate 0.5: 25 of 30 published networks of width 2 with biases became "
        "correct, in the median after 730 steps."
    )


def _less_momentum(config: RunConfig, _: Evidence) -> str:
    return "Use less momentum: it lengthens every step." if config.momentum else ""


def _smaller_start(config: RunConfig, _: Evidence) -> str:
    if config.init_range <= 1:
        return ""
    return "Use smaller initial weights, an initial range of 1: then no unit starts saturated."


def _cross_entropy(config: RunConfig, evidence: Evidence) -> str:
    if config.loss == "cross-entropy" or not evidence.firmly_wrong:
        return ""
    return "Use cross-entropy as loss: its gradient does not vanish where an output is wrong."


def _drawn_start(config: RunConfig, _: Evidence) -> str:
    if config.init == "uniform":
        return "Set one weight by hand, or try new weights: any small difference can grow."
    return "Draw the initial weights at random: equal units get equal gradients and stay equal."


def _wait(_: RunConfig, evidence: Evidence) -> str:
    return "" if evidence.right == len(evidence.outputs) else "Let it run."


def _with(biases: bool) -> str:
    return "with biases" if biases else "without biases"


def _is_measured(config: RunConfig) -> bool:
    """Return whether success rates were measured for this kind of network and task."""
    kind = (config.activation, config.loss, config.targets, config.init)
    return kind == ("sigmoid", "sse", _XOR, "uniform")


def _measured(config: RunConfig, width: int, biases: bool) -> str | None:
    """Return the measured success rate, with its standard error unless that is 0: 85.0 ± 1.6 %."""
    percent = (_WITH_BIASES if biases else _WITHOUT_BIASES).get(width)
    if percent is None or not _is_measured(config):
        return None
    error = math.sqrt(percent * (100 - percent) / _NETWORKS)
    return f"{percent:.1f} ± {error:.1f} %" if error else f"{percent:.0f} %"


_Advice = Callable[[RunConfig, Evidence], str] | str
_OUT_OF_REACH: tuple[_Advice, ...] = (_second_unit, _biases_for_line)
"""For networks that cannot learn their targets: only what makes that possible."""
_STUCK: tuple[_Advice, ...] = (_longer, _seed, _wider, _biases, _rate, _KICK)

_ADVICE: dict[str, tuple[_Advice, ...]] = {
    "learning": (_wait,),
    "no row learned": (_longer, _larger_rate, _momentum, _seed, _wider, _biases),
    "one row learned": _STUCK,
    "two rows learned": _STUCK,
    "three rows learned": _STUCK,
    "saturated": (_seed, _smaller_start, _smaller_rate, _cross_entropy),
    "oscillating": (_smaller_rate, _less_momentum),
    "too slow": (_larger_rate, _momentum, _longer, _seed, _wider),
    "diverging": (_smaller_rate, _less_momentum, _smaller_start),
    "dead units": (_seed, _wider, _smaller_rate, _OTHER_ACTIVATION),
    "symmetric units": (_drawn_start,),
}
