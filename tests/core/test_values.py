"""Dataclasses that are quick to define: as those of the standard library."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from xorviz.core import values


def made_by(dataclass: Any) -> tuple[Any, ...]:
    """Return classes that use all that a value may have."""

    @dataclass(frozen=True, slots=True)
    class Point:
        """A point."""

        x: int
        y: float = 0.5
        tags: list[str] = dataclasses.field(default_factory=list, compare=False)
        secret: str = dataclasses.field(default="s", repr=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "y", self.y + 1)

    @dataclass(frozen=True, slots=True)
    class Named(Point):
        """A point with a name of its own text."""

        name: str = "n"

        def __repr__(self) -> str:
            return self.name

    @dataclass(frozen=True)
    class Open:
        """One with a dictionary."""

        x: int

    @dataclass(frozen=True, slots=True)
    class Empty:
        """No fields."""

    @dataclass(frozen=True, slots=True, eq=False)
    class Itself:
        """Equal to itself alone."""

        x: int

    return Point, Named, Open, Empty, Itself


OURS, THEIRS = made_by(values.dataclass), made_by(dataclasses.dataclass)

SHOWN: list[Callable[..., object]] = [
    lambda point, *_: point(1),
    lambda point, *_: point(1, 2, ["a"], "b"),
    lambda point, *_: point(x=1, tags=["a"]),
    lambda point, *_: point(1).tags is point(1).tags,
    lambda point, *_: dataclasses.replace(point(1), x=3),
    lambda point, *_: dataclasses.asdict(point(1)),
    lambda point, *_: point.__match_args__,
    lambda point, *_: hasattr(point(1), "__dict__"),
    lambda point, *_: (point(1) == point(1, tags=["a"]), point(1) == point(2), point(1) == 1),
    lambda point, *_: hash(point(1)) == hash(point(1, tags=["a"])),
    lambda point, named, *_: (named(1), point(1) == named(1), dataclasses.astuple(named(1))),
    lambda *classes: classes[2](1),
    lambda *classes: vars(classes[2](1)),
    lambda *classes: (classes[3](), classes[3]() == classes[3](), len({classes[3]()} | {3})),
    lambda *classes: classes[4](1) == classes[4](1),
    lambda point, *_: copy.copy(point(1, 2)),
]
FROZEN = dataclasses.FrozenInstanceError
REFUSED: list[tuple[type[Exception], Callable[..., object]]] = [
    (TypeError, lambda point, *_: point()),
    (TypeError, lambda point, *_: point(1, z=2)),
    (FROZEN, lambda point, *_: setattr(point(1), "x", 2)),
    (FROZEN, lambda point, *_: delattr(point(1), "x")),
    (FROZEN, lambda *classes: setattr(classes[2](1), "x", 2)),
]


@pytest.mark.parametrize("shown", SHOWN)
def test_it_is_as_that_of_the_standard_library(shown: Callable[..., object]) -> None:
    assert repr(shown(*OURS)) == repr(shown(*THEIRS))


@pytest.mark.parametrize(("error", "refused"), REFUSED)
def test_it_refuses_what_that_refuses(
    error: type[Exception], refused: Callable[..., object]
) -> None:
    messages = []
    for classes in (OURS, THEIRS):
        with pytest.raises(error) as raised:
            refused(*classes)
        messages.append(str(raised.value))
    assert messages[0] == messages[1]


@values.dataclass(frozen=True, slots=True)
class Sent:
    """A value that goes to another process."""

    x: int
    rest: tuple[int, ...] = ()


def test_it_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Sent(1, (2,)))) == Sent(1, (2,))
