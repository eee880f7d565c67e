"""Objects of a lesson's JSON: their entries, taken one by one, and where each of them stands."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xorviz.core.numerals import THIN_SPACE
from xorviz.core.rules import Checkable, Real, SettingError, checked
from xorviz.lessons.json_text import Repeating

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control characters, halves of characters, ends of lines and paragraphs."""
_IN_NUMBER = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
"""The spaces in 20 000, at which no line is to be broken."""
_LONG_WORD, _PIECE = re.compile(r"\S{21,}"), re.compile(".{1,10}")
_MAY_BREAK = "\u200b"


def breakable(text: str) -> str:
    """Return a text in which words that may not fit on a line can be broken."""
    return _LONG_WORD.sub(lambda word: _MAY_BREAK.join(_PIECE.findall(word[0])), text)


@dataclass(frozen=True, slots=True)
class Text:
    """A text on one line."""

    longest: int
    """Characters."""

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return f"a text of 1 to {self.longest} characters without line breaks"

    def check(self, value: object) -> str:
        """Return the text without spaces around it, its numbers in one piece, long words not.

        Raises ValueError.
        """
        if not isinstance(value, str) or not value.strip() or len(value) > self.longest:
            raise ValueError(self.allowed)
        if not _UNSEEN.isdisjoint(map(unicodedata.category, value)):
            raise ValueError(self.allowed)
        return breakable(_IN_NUMBER.sub(THIN_SPACE, value.strip()))


SHORT, SENTENCE, PARAGRAPH = Text(20), Text(200), Text(600)


@dataclass(frozen=True, slots=True)
class NumberOrWord:
    """A number of a rule, or one word."""

    rule: Real
    word: str

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return f'{self.rule.allowed}, or "{self.word}"'

    def check(self, value: object) -> float | str:
        """Return the number or the word, or raise ValueError."""
        return self.word if value == self.word else self.rule.check(value)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of so many entries."""

    fewest: int
    most: int

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return f"a list of {self.fewest} to {self.most} entries"

    def check(self, value: object) -> list[Any]:
        """Return the list, or raise ValueError."""
        if not isinstance(value, list) or not self.fewest <= len(value) <= self.most:
            raise ValueError(self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of an object's entries. A value."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return self.needed + self.optional

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return f"an object with {', '.join(self.needed or self.optional)}"

    def check(self, value: object) -> dict[str, Any]:
        """Return the object if it is one, or raise ValueError."""
        if not isinstance(value, dict):
            raise ValueError(self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class Entries:
    """An object of the file, with known entries only. A value.

    All methods raise SettingError with the place, what is there, and what is allowed.
    """

    values: Mapping[str, Any]
    where: str
    """Such as steps[2], counted from 1; "" for the whole lesson."""

    @classmethod
    def of(cls, value: object, fields: Fields, where: str) -> "Entries":
        """Return the object at a place of the file, with just these fields."""
        shown = where or "the outer object"
        values = checked(fields, shown, value)
        if isinstance(values, Repeating):
            raise SettingError(f"{shown} has the entry {values.name[:40]!r} twice")
        for name in values:
            if name not in fields.names:
                known = ", ".join(fields.names)
                raise SettingError(f"{shown} has an unknown entry {name[:40]!r}; allowed: {known}")
        for name in fields.needed:
            if name not in values:
                raise SettingError(f"{shown} has no entry {name}")
        return cls(values, where)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def at(self, name: str) -> str:
        """Return where an entry stands."""
        return f"{self.where}.{name}" if self.where else name

    def taken(self, name: str, rule: Checkable, default: Any = None) -> Any:
        """Return the value of an entry, or a default where it is left out."""
        if name not in self.values:
            return default
        value = self.values[name]
        if isinstance(rule, Text) and isinstance(value, str) and len(value) > rule.longest:
            raise self.refused(name, f"has {len(value)} characters; allowed: {rule.longest}")
        return checked(rule, self.at(name), value)

    def object(self, name: str, fields: Fields) -> "Entries":
        """Return an object in an entry; where that is left out, an empty one."""
        return Entries.of(self.values.get(name, {}), fields, self.at(name))

    def listed(self, name: str, rule: ListOf) -> Iterator[tuple[Any, str]]:
        """Yield the values in a list, each with its place; none where the list is left out."""
        for number, value in enumerate(self.taken(name, rule, ()), start=1):
            yield value, f"{self.at(name)}[{number}]"

    def refused(self, name: str, why: str) -> SettingError:
        """Return the error for an entry that fits its rule, but not the others."""
        return SettingError(f"{self.at(name)} {why}")
