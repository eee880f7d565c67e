"""How a message repeats a value that was refused."""


def shown(value: object) -> str:
    """Return a value as Python writes it, cut where a message cuts it."""
    try:
        text = repr(value)
    except ValueError:
        return "a very large number"
    return text if len(text) <= 80 else f"{text[:80]}…"
