"""How long something takes and how much memory, in words."""

from xorviz.core import numerals

_UNITS = (("days", 86_400.0), ("hours", 3600.0), ("minutes", 60.0))


def duration(seconds: float) -> str:
    """Return about how long it takes: 12 seconds, 3.5 minutes, 2 days."""
    for unit, length in _UNITS:
        if seconds >= 1.5 * length:
            return f"{numerals.real(seconds / length, 2)} {unit}"
    if seconds < 1:
        return "less than a second"
    whole = round(seconds)
    return "1 second" if whole == 1 else f"{whole} seconds"


def memory(megabytes: float) -> str:
    """Return about how much memory it takes: 3 MB, 1.4 GB."""
    if megabytes >= 1000:
        return f"{numerals.real(megabytes / 1000, 2)} GB"
    return f"{max(round(megabytes), 1)} MB"
