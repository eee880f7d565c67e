"""Where a watched run comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum, auto
from pathlib import Path
from typing import Any

from xorviz.core.check.said import BATCHES, Said
from xorviz.core.rules import Choice, OrWord, SettingError, Switch, Whole, checked, printable
from xorviz.core.settings import SETTINGS, RunConfig

LONGEST_NAME = 60
"""Characters of the name of a run."""
_LONGEST_TEXT = 1000
EVERY = Whole(1, 10**9)
_SAVED = ("name", "key", "program", "assumed", "batch", "every", "diverged")
_SAID = {one.name for one in fields(Said) if one.name in SETTINGS} - {"batch"}
"""Settings on which a training step depends, besides the rows."""


class ProgramState(Enum):
    """What is known of the program of a watched run."""

    UNKNOWN = auto()
    """Nothing: the run was opened from a run file, and there is no file of its states."""
    LIVE = auto()
    """It is running."""
    ENDED = auto()
    """It has ended the run."""
    LOST = auto()
    """It has ended without ending the run: it was killed, or its machine was."""


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """The program that trains a watched run, by what it says. A value.

    Raises SettingError for what no program says.
    """

    name: str
    """That of the run."""
    key: str
    """32 hexadecimal digits that no other run has."""
    program: str = ""
    """Such as train.py, Python 3.11.7."""
    assumed: tuple[str, ...] = ()
    """Settings of the run that the program does not give, and that are assumed."""
    batch: str | None = None
    """Rows from one state of the program to the next, one of BATCHES, if said or found out."""
    every: int = 1
    """Steps of the program from one state that it shows to the next."""
    diverged: bool = False
    """Whether the numbers after the newest state were not finite."""
    state: ProgramState = field(default=ProgramState.UNKNOWN, compare=False)
    """What its program does now. Not kept in files, nor are those that follow."""
    path: Path | None = field(default=None, compare=False)
    """The file of states that was read, which may grow."""
    finding: str = field(default="", compare=False)
    """What its program has found of its own first updates, if it was given predict."""

    def __post_init__(self) -> None:
        for name in ("name", "program"):
            text = getattr(self, name)
            if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
                raise SettingError(f"{name} is {text!r:.80}; allowed: a short text")
            object.__setattr__(self, name, cleaned_name(text))
        if not self.name:
            raise SettingError("name is empty; allowed: a name of the run")
        if not isinstance(self.key, str) or not re.fullmatch(r"[0-9a-f]{32}", self.key):
            raise SettingError("key is not 32 hexadecimal digits")
        assumed = self.assumed
        if not isinstance(assumed, list | tuple) or not all(
            name in list(SETTINGS) for name in assumed
        ):
            raise SettingError(f"assumed is not a list of settings: {', '.join(SETTINGS)}")
        object.__setattr__(self, "assumed", tuple(name for name in SETTINGS if name in assumed))
        checked(OrWord(Choice(BATCHES), "none"), "batch", self.batch)
        checked(Switch(), "diverged", self.diverged)
        object.__setattr__(self, "every", checked(EVERY, "every", self.every))

    @property
    def is_live(self) -> bool:
        """Whether the program is running now."""
        return self.state is ProgramState.LIVE

    def said(self, config: RunConfig) -> Said:
        """Return what the program says of steps with these settings."""
        known = {name: getattr(config, name) for name in _SAID if name not in self.assumed}
        return Said(**known, batch="pass" if self.is_by_passes(config) else self.batch)

    def is_by_passes(self, config: RunConfig) -> bool:
        """Return whether each step of a run with these settings is four states of the program."""
        return self.batch == "row" and config.batch != "full"

    def recipe(self, config: RunConfig) -> RunConfig:
        """Return the settings of correct code that does as the program: four rows are a pass."""
        if self.batch != "row" or self.is_by_passes(config):
            return config
        return replace(config, batch="shuffled" if "row_order" in self.assumed else "pass")

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        values = {name: getattr(self, name) for name in _SAVED}
        return values | {"assumed": list(self.assumed)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "WatchedSource":
        """Return the source with these values. Raises SettingError for any others."""
        if not isinstance(values, Mapping) or set(values) != set(_SAVED):
            raise SettingError(f"a source has the entries {', '.join(_SAVED)}")
        return cls(**values)


def cleaned_name(name: str) -> str:
    """Return a name on one line of at most LONGEST_NAME characters."""
    return " ".join(printable(name).split())[:LONGEST_NAME].rstrip()
