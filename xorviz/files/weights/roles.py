"""Which array of a network is which: shapes decide, names only where shapes leave it open.

Of H hidden units, w1 has 2 H numbers, b1 and w2 have H, b2 has one; w1 and w2 may hold the biases.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import permutations

from xorviz.core.arrays import Array
from xorviz.core.numerals import listed
from xorviz.core.rules import shortened
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.files.atomic import FileError

LONGEST = 80
"""Characters of a name that are read, its last ones, and that are shown, its first ones."""
_KIND = re.compile(
    "(?:(w|weights?|kernels?|syn|synapses?|theta|coefs?)|(?:b|bias|biases|intercepts?))([ihoxy]*)"
)
"""A word for weights or else biases, perhaps with what they connect: w, wih, Why, biash."""
_NO_WEIGHTS = {"d", "grad", "grads", "gradient", "gradients", "delta", "velocity"}
"""In names of arrays that have the shape of the weights but are not weights."""


def words_of(name: str) -> list[str]:
    """Return the words and the numbers in the last part of a name, in lower case."""
    words = re.findall(r"[A-Z]*[a-z]+|[A-Z]+|[0-9]{1,6}", name[-LONGEST:].removesuffix(":0"))
    return [word.lower() for word in words]


@lru_cache
def kind_of(name: str) -> str | None:
    """Return w for a name of weights, b for that of a bias; None if it does not say of which."""
    words = words_of(name)
    read = [match for word in words if (match := _KIND.fullmatch(word))]
    if not read or not _NO_WEIGHTS.isdisjoint(words) or (len(words) == 1 and not read[0][2]):
        return None
    return "w" if read[-1][1] else "b"


def shown(name: str) -> str:
    """Return a name shortened and printable, for messages."""
    printable = "".join(c if c.isprintable() else "?" for c in name.replace(". ", "._"))
    return shortened(printable, LONGEST)


def roles(named: Mapping[str, Array], are_in_order: bool = False) -> dict[str, str]:
    """Return w1, b1, w2 or b2 for each name of the arrays of one network.

    Raises FileError where neither shapes nor names decide, unless the arrays are in this order.
    """
    names = list(named) if are_in_order else sorted(named, key=words_of)  # hidden before output
    usual = {name: "".join(words_of(name)) for name in names}
    if len({*usual.values()} & {*WEIGHT_FIELDS}) == len(names):
        return usual
    ways = [dict(zip(way, names, strict=True)) for way in permutations(WEIGHT_FIELDS, len(names))]
    doubts = [_doubt(way, {role: named[name] for role, name in way.items()}) for way in ways]
    likely = [way for way, doubt in zip(ways, doubts, strict=True) if doubt == min(doubts)]
    known = [name for name in names if are_in_order or kind_of(name)]
    wrong, misfits, _ = min(doubts, default=(1, 0, False))
    # Two biases, or arrays in order, may be in each other's place.
    ways = [{role: name for role, name in way.items() if name not in known} for way in likely]
    are_many = any(way != ways[0] for way in ways) or len({*map(frozenset, likely)}) > 1
    if wrong or are_many or (misfits and known != names):
        arrays = [f"{'' if name.isdigit() else shown(name)} {array.shape}".strip()
                  for name, array in named.items()]  # fmt: skip
        raise FileError(
            f"These are {len(named)} arrays, and which is which is unclear: "
            f"{shortened(listed(arrays))}; name those of a network with one hidden layer w1, b1, "
            "w2, b2."
        )
    return {name: role for role, name in likely[0].items()}


def _doubt(way: Mapping[str, str], arrays: Mapping[str, Array]) -> tuple[int, int, bool]:
    """Return how many kinds in names and how many sizes speak against roles, and whether forms do.

    What is missing counts as a wrong size.
    """
    wrong = sum(kind_of(name) not in {None, role[0]} for role, name in way.items())
    w1, b1, w2 = (arrays.get(role) for role in ("w1", "b1", "w2"))
    if w1 is None or w2 is None:
        return wrong, 2 + (w1 is None), False
    widths = {w1.size // side for side in (2, 3) if side in w1.shape} or {0}
    misfits = min(
        (w2.size not in {width, width + ("b2" not in way)})
        + ("b1" in way and arrays["b1"].size != width)
        + ("b2" in way and arrays["b2"].size != 1)
        for width in widths
    )
    if b1 is None or len({*w1.shape}) == 1 or b1.ndim != w2.ndim:
        return wrong, misfits, b1 is not None and b1.ndim > w2.ndim
    is_turned = w1.shape[:1] != (2,)  # beside (H, 2), w2 is (1, H)
    return wrong, misfits, w2.ndim > 1 and (w2.shape[0] == 1 < w2.size) != is_turned
