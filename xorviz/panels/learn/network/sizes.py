"""Sizes of the nodes that fit into a panel, in pixels."""

from dataclasses import dataclass

_LEAST_WAY = 44.0
"""Least distance between the nodes of two layers."""
_LARGEST, _LARGEST_OUTPUT, _LARGEST_INPUT = 116.0, 150.0, 46.0
"""Largest sides of the pictures in hidden units and in the output, and of inputs."""
_OUTPUT_SHARE = 1.35
"""Side of the output's picture, as a share of a hidden unit's."""
_LEAST_PICTURE, _LEAST = 12.0, 6.0
"""Sides of the least picture of a unit that shows anything, and of anything."""
_FEW = 4
"""Hidden units that should be in sight."""
_SMALL, _SMALLER = 16, 10
"""Heights, in lines of text, of panels in which texts beside units may, and must, go."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Sizes of texts in the panel's font."""

    line: float
    name: float
    """Width of the widest name of a hidden unit."""
    value: float
    """Width of the widest value."""
    verdict: float
    """Width of what is below the output."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes that fit. A compact network has pictures alone in its hidden units."""

    margin: float
    pad: float
    """Between a node's frame and its picture."""
    visible: int
    """Hidden units in sight."""
    slot: float
    """Largest distance between two of them."""
    input: float
    has_names: bool
    """Whether the inputs' names have room above them."""
    unit: float
    """Side of the picture in a hidden unit."""
    text: float
    """Width of the texts beside it; 0 where there are none."""
    output: float
    """Side of the output's picture."""
    foot: int
    """Lines of text below it."""
    output_text: float
    """Width of these."""
    constant: float
    """Height of the constant."""

    @property
    def below(self) -> float:
        """Height that the constant takes below its layer."""
        return self.constant + 2 * self.margin - 8 if self.constant else 0.0


def sizes_for(width: float, height: float, texts: Texts, count: int, has_constant: bool) -> Sizes:
    """Return the largest sizes for a number of hidden units; not all of them may be in sight."""
    roomy = _roomy(width, height, texts, count, has_constant)
    if roomy.visible == count and roomy.text:
        return roomy
    compact = _compact(width, height, texts, count, has_constant)
    is_small = height < _SMALL * texts.line or not roomy.text
    if is_small and (compact.visible == count or height < _SMALLER * texts.line):
        return compact
    return roomy


def _roomy(width: float, height: float, texts: Texts, count: int, has_constant: bool) -> Sizes:
    """Return sizes with names and values beside the hidden units."""
    margin, pad, line = 8.0, 3.0, texts.line
    below = line + 8 if has_constant else 0.0
    room = height - 2 * margin - below
    visible, slot = count, room / count
    gap = min(max(slot * 0.1, 3.0), 14.0)
    if slot - gap - 2 * pad < line and count > 1:
        room, gap = room - 2 * line, 5.0
        # Name and value in two lines leave more to the picture; in one, more units are in sight.
        two_lined, one_lined = (lines * line + 2 * pad + gap for lines in (2, 1))
        visible = int(room // (two_lined if room >= _FEW * two_lined else one_lined))
        visible = min(max(1, visible), count)
        slot = max(room / visible, line)
    tallest = slot - gap - 2 * pad
    shared = (height - below) / 2 - line - 4
    side = max(min(height / 7, shared, _LARGEST_INPUT), min(line + 6, shared), _LEAST)
    across = width - 2 * margin - side - 2 * _LEAST_WAY - 4 * pad
    # Two lines of text beside a picture that is as high, else one.
    for text in (max(texts.name, texts.value) + 10, texts.name + texts.value + 16):
        narrowest = min((across - text) / (1 + _OUTPUT_SHARE), across - text - texts.verdict)
        unit = min(tallest, _LARGEST, narrowest)
        if unit >= 2 * line - 2:
            break
    tall = height - 2 * margin - 2 * line - 4 * pad
    wanted = max(_OUTPUT_SHARE * unit, 4 * line, 0.23 * min(height, width))
    output = min(wanted, across - text - unit, tall, _LARGEST_OUTPUT)
    if unit < _LEAST_PICTURE or output < 2 * line or shared < line / 2:
        text = 0.0
    return Sizes(
        margin=margin, pad=pad, visible=visible, slot=slot, input=side, has_names=True,
        unit=max(unit, _LEAST), text=text, output=max(output, _LEAST), foot=2,
        output_text=texts.verdict, constant=line if has_constant else 0.0,
    )  # fmt: skip


def _compact(width: float, height: float, texts: Texts, count: int, has_constant: bool) -> Sizes:
    """Return sizes with pictures alone in the hidden units."""
    margin, pad, gap, line = 4.0, 1.5, 2.0, texts.line
    constant = 0.85 * line if has_constant else 0.0
    room = height - 2 * margin - constant
    least = _LEAST_PICTURE + 2 * pad + gap
    visible = count
    if room / count < least:
        room -= 2 * line
        visible = min(max(1, int(room // least)), count)
    slot = max(room / visible, _LEAST)
    half = (height - constant) / 2
    has_names = half - line - 3 >= 0.8 * line
    side = max(min(half - line * has_names - 3, width / 8, 1.8 * line), _LEAST)
    unit = max(min(slot - gap - 2 * pad, width / 5), _LEAST)
    foot = int(height - 2 * margin - line > 2.2 * line)
    output = min(height - 2 * margin - foot * line - 4 * pad, 0.3 * width)
    return Sizes(
        margin=margin, pad=pad, visible=visible, slot=slot, input=side, has_names=has_names,
        unit=unit, text=0.0, output=max(output, _LEAST), foot=foot,
        output_text=(texts.value + line) * foot, constant=constant,
    )  # fmt: skip
