"""A clock that tests move by hand."""


class Clock:
    """Stands still until a test moves it. Times are in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.readings = 0

    def __call__(self) -> float:
        """Return the time, and count that it was asked for."""
        self.readings += 1
        return self.now
