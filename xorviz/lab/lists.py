"""Rules for several values at once, as people list them: 2,3,4 and 0..499."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index

from xorviz.core.config import RULES
from xorviz.core.rules import Rule, SettingError, Whole, parsed

STEPS = Whole(1, 10**9)
"""How many steps each network may take."""
SEED_COUNT = NETWORK_COUNT = Whole(1, 10**7)
"""How many seeds a plan may have, and how many networks anyone should ask for."""


_TO = ".."


class EmptyRangeError(ValueError):
    """A range of seeds that ends before it begins. The message names it."""


def parsed_list(rule: Rule, name: str, text: str) -> object:
    """Return what a person typed, as parsed() does; an empty range is told to be one."""
    try:
        return rule.parse(text)
    except EmptyRangeError as error:
        raise SettingError(f"{name} has {error}") from None
    except (ValueError, OverflowError):
        return parsed(rule, name, text)  # which says what is allowed


@dataclass(frozen=True, slots=True)
class Listed:
    """Values that another rule allows, with commas between them: a Rule."""

    rule: Rule

    @property
    def allowed(self) -> str:
        """The range in words, to stand behind "allowed: "."""
        return f"{self.rule.allowed}; several with commas between them"

    def check(self, value: object) -> tuple[object, ...]:
        """Return the values in their proper types, each once, or raise ValueError."""
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(self.allowed)
        return tuple(dict.fromkeys(self.rule.check(one) for one in value))

    def parse(self, text: str) -> tuple[object, ...]:
        """Read what a person types, or raise ValueError."""
        return tuple(dict.fromkeys(self.rule.parse(one.strip()) for one in text.split(",")))


@dataclass(frozen=True, slots=True)
class Seeds:
    """Seeds, with commas between them or from one to another: a Rule."""

    @property
    def allowed(self) -> str:
        """The range in words, to stand behind "allowed: "."""
        return (
            f"such as 0..499 or 1,2,7, at most {SEED_COUNT.high} seeds, each "
            f"{RULES['seed'].allowed}"
        )

    def check(self, value: object) -> Sequence[int]:
        """Return the seeds, each once, or raise ValueError."""
        if not isinstance(value, range | list | tuple):
            raise ValueError(self.allowed)
        SEED_COUNT.check(len(value))
        # A long range is never gone through: its ends tell all.
        for seed in (value[0], value[-1]) if isinstance(value, range) else value:
            RULES["seed"].check(seed)
        return value if isinstance(value, range) else tuple(dict.fromkeys(map(index, value)))

    def parse(self, text: str) -> Sequence[int]:
        """Read what a person types, or raise ValueError: EmptyRangeError for such as 9..0."""
        parts = [self._part(part.strip()) for part in text.split(",")]
        if len(parts) == 1:
            return self.check(parts[0])
        SEED_COUNT.check(sum(map(len, parts)))  # before they are written out
        return self.check([seed for part in parts for seed in part])

    def _part(self, text: str) -> range:
        first, to, last = text.partition(_TO)
        start = int(first)
        found = range(start, int(last) + 1 if to else start + 1)
        for seed in (found.start, found.stop - 1):
            RULES["seed"].check(seed)
        if not found:
            raise EmptyRangeError(
                f"an empty range, {start}{_TO}{last.strip()}: "
                "the first seed must not be above the last"
            )
        return found
