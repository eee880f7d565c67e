"""Commands to the training thread that concern other programs, whichever run is the current one."""

from dataclasses import dataclass

from xorviz.core.settings import RunConfig


@dataclass(frozen=True, slots=True)
class Listen:
    """Let other programs show their runs here, from now on."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take settings of a watched run that were found out."""

    key: str
    config: RunConfig
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forget:
    """Free the memory of a watched run, and let its program show it no more."""

    key: str


WatchingCommand = Listen | Adopt | Forget


@dataclass(frozen=True, slots=True)
class Done:
    """The answer, unless it is a snapshot of the current run."""

    trouble: str = ""
    """Why it could not be done, in one sentence."""
