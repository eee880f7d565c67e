"""What can be asked about a network and takes a while to answer."""

from typing import Protocol


class Question(Protocol):
    """A value that carries all that its answer needs, so that any thread can work it out."""

    def answer(self) -> object:
        """Work the answer out: a value too, which nobody writes to."""
