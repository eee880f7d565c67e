"""Allowed values of settings, and the error messages for all others."""

import math
import numbers
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, SupportsIndex

from xorviz.core import numerals

_LONGEST = 80
"""Characters of what a message quotes."""


class SettingError(ValueError):
    """An invalid setting. The message contains the value and the allowed range."""


class Readable(Protocol):
    """What may be typed."""

    @property
    def allowed(self) -> str:
        """The range in words, to follow "allowed: "."""

    def parse(self, text: str) -> object:
        """Return the value of typed text, or raise ValueError."""


class Checkable(Protocol):
    """What a value may be."""

    @property
    def allowed(self) -> str:
        """The range in words, to follow "allowed: "."""

    def check(self, value: object) -> Any:
        """Return the value in its proper type, or raise ValueError."""


class Rule(Readable, Checkable, Protocol):
    """The allowed values of one setting."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from low to high, both included."""

    low: int
    high: int

    @property
    def allowed(self) -> str:
        return f"a whole number from {numerals.whole(self.low)} to {numerals.whole(self.high)}"

    def check(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | SupportsIndex):
            raise ValueError(self.allowed)
        number = operator.index(value)
        if not self.low <= number <= self.high:
            raise ValueError(self.allowed)
        return number

    def parse(self, text: str) -> int:
        return self.check(int(text))


@dataclass(frozen=True, slots=True)
class Real:
    """A finite number from low to high; above_low and below_high exclude an end."""

    low: float
    high: float
    above_low: bool = False
    below_high: bool = False

    @property
    def allowed(self) -> str:
        low, high = numerals.grouped(self.low), numerals.grouped(self.high)
        start = f"a number above {low}" if self.above_low else f"a number from {low}"
        return f"{start}, below {high}" if self.below_high else f"{start}, up to {high}"

    def check(self, value: object) -> float:
        # numbers.Real excludes strings, complex numbers and NumPy booleans.
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise ValueError(self.allowed)
        number = float(value) + 0.0  # turns minus zero into zero
        too_low = number <= self.low if self.above_low else number < self.low
        too_high = number >= self.high if self.below_high else number > self.high
        if math.isnan(number) or too_low or too_high:
            raise ValueError(self.allowed)
        return number

    def parse(self, text: str) -> float:
        return self.check(float(text))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few names, or another word for one of them."""

    names: tuple[str, ...]
    others: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other words, in small letters without signs between them, and the names they stand for."""
    summary: str = ""
    """What is allowed, where the names are too many to list."""

    @property
    def allowed(self) -> str:
        return self.summary or ", ".join(self.names)

    def check(self, value: object) -> str:
        if isinstance(value, str) and value not in self.names:
            value = self.others.get("".join(filter(str.isalnum, value.lower())))
        if not isinstance(value, str) or value not in self.names:
            raise ValueError(self.allowed)
        return value

    def parse(self, text: str) -> str:
        return self.check(text)


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    @property
    def allowed(self) -> str:
        return "on, off"

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(self.allowed)
        return value

    def parse(self, text: str) -> bool:
        if text not in {"on", "off"}:
            raise ValueError(self.allowed)
        return text == "on"


@dataclass(frozen=True, slots=True)
class Bits:
    """A fixed number of zeros and ones."""

    count: int

    @property
    def allowed(self) -> str:
        return f"{self.count} digits, each 0 or 1"

    def check(self, value: object) -> tuple[int, ...]:
        if not isinstance(value, list | tuple) or len(value) != self.count:
            raise ValueError(self.allowed)
        return tuple(Whole(0, 1).check(bit) for bit in value)

    def parse(self, text: str) -> tuple[int, ...]:
        if not text.isascii() or not text.isdigit():
            raise ValueError(self.allowed)
        return self.check([int(digit) for digit in text])


@dataclass(frozen=True, slots=True)
class Reordered:
    """Bits that users type in another order than that of the value."""

    bits: Bits
    places: tuple[int, ...]
    """The index in the value of each digit."""

    @property
    def allowed(self) -> str:
        return self.bits.allowed

    def parse(self, text: str) -> tuple[int, ...]:
        digits = dict(zip(self.places, self.bits.parse(text), strict=True))
        return tuple(digits[place] for place in range(self.bits.count))

    def written(self, value: Sequence[int]) -> str:
        """Return a value as it is typed."""
        return "".join(str(value[place]) for place in self.places)


@dataclass(frozen=True, slots=True)
class OrWord:
    """The values of another rule, or None, which is written as a word."""

    rule: Rule
    word: str

    @property
    def allowed(self) -> str:
        return f"{self.rule.allowed}, or {self.word}"

    def check(self, value: object) -> object:
        return None if value is None else self.rule.check(value)

    def parse(self, text: str) -> object:
        return None if text == self.word else self.rule.parse(text)


def checked(rule: Checkable, name: str, value: object) -> Any:
    """Return the value in its proper type, or raise SettingError."""
    try:
        return rule.check(value)
    except (ValueError, TypeError, OverflowError):
        raise SettingError(f"{name} is {_shown(value)}; allowed: {rule.allowed}") from None


def parsed(rule: Readable, name: str, text: str) -> object:
    """Return the value of typed text, or raise SettingError."""
    try:
        return rule.parse(text)
    except SettingError as error:  # it says what is wrong
        raise SettingError(f"{name}: {error}") from None
    except (ValueError, OverflowError):
        raise SettingError(f"{name} is {_shown(text)}; allowed: {rule.allowed}") from None


def written(value: object) -> str:
    """Return a setting's value as its rule parses it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return "".join(map(str, value))
    return numerals.plain(value) if isinstance(value, int | float) else str(value)


def printable(text: str) -> str:
    """Return a text with a space for each character that cannot be printed."""
    return "".join(c if c.isprintable() or c == numerals.THIN_SPACE else " " for c in text)


def shortened(text: str, most: int = _LONGEST) -> str:
    """Return a text to be quoted in a message, cut off where it is longer than that."""
    return text if len(text) <= most else f"{text[:most]}…"


def _shown(value: object) -> str:
    try:
        return shortened(repr(value))
    except ValueError:  # an integer of more than 4300 digits
        return "a very large number"
