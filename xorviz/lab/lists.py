"""Rules for lists of values, such as 2,3,4 and 0..499."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index

from xorviz.core.config import RULES
from xorviz.core.rules import Rule, SettingError, Whole, parsed

STEPS = Whole(1, 10**9)
"""Steps of each network."""
SEED_COUNT = NETWORK_COUNT = Whole(1, 10**7)
"""Seeds of a plan, and networks of a command."""

_TO = ".."


class EmptyRangeError(ValueError):
    """A range of seeds ends before it begins. The message names it."""


def parsed_list(rule: Rule, name: str, text: str) -> object:
    """Return the value of a text, like parsed(), but with a message of its own for empty ranges."""
    try:
        return rule.parse(text)
    except EmptyRangeError as error:
        raise SettingError(f"{name} has {error}") from None
    except (ValueError, OverflowError):
        return parsed(rule, name, text)  # which says what is allowed


@dataclass(frozen=True, slots=True)
class Listed:
    """A Rule for values of another rule, separated by commas."""

    rule: Rule

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        return f"{self.rule.allowed}; several with commas between them"

    def check(self, value: object) -> tuple[object, ...]:
        """Return the values in their proper types, each once, or raise ValueError."""
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(self.allowed)
        return tuple(dict.fromkeys(self.rule.check(one) for one in value))

    def parse(self, text: str) -> tuple[object, ...]:
        """Return the values in a text, or raise ValueError."""
        return tuple(dict.fromkeys(self.rule.parse(one.strip()) for one in text.split(",")))


@dataclass(frozen=True, slots=True)
class Seeds:
    """A Rule for seeds, as ranges and separated by commas."""

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        return (
            f"such as 0..499 or 1,2,7, at most {SEED_COUNT.high} seeds, each "
            f"{RULES['seed'].allowed}"
        )

    def check(self, value: object) -> Sequence[int]:
        """Return the seeds, each once, or raise ValueError."""
        if not isinstance(value, range | list | tuple):
            raise ValueError(self.allowed)
        SEED_COUNT.check(len(value))
        # The ends of a range suffice; a long one is not iterated over.
        for seed in (value[0], value[-1]) if isinstance(value, range) else value:
            RULES["seed"].check(seed)
        return value if isinstance(value, range) else tuple(dict.fromkeys(map(index, value)))

    def parse(self, text: str) -> Sequence[int]:
        """Return the seeds in a text, or raise ValueError: EmptyRangeError for 9..0."""
        parts = [self._part(part.strip()) for part in text.split(",")]
        if len(parts) == 1:
            return self.check(parts[0])
        SEED_COUNT.check(sum(map(len, parts)))  # before the ranges are expanded
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
