"""What users read, and the docstrings, in the field's terms: mended turns stay away."""

import re

from tests.support.commands import ROOT
from xorviz.core.diagnosis.brief import WORDS

TURNS = re.compile(
    r"\b(a person|of ours|by itself|helps|goes on|luck|lucky|somebody|"
    r"cannot be told|on the way back|rows? \d \d)\b"
)
"""Also the name of a row with a space: it is 00 wherever it is read."""


def test_no_mended_turn_of_phrase_comes_back() -> None:
    files = [*(ROOT / "xorviz").rglob("*.py"), *(ROOT / "xorviz").rglob("*.md")]
    files += [ROOT / "README.md", *(ROOT / "resources").rglob("*.md")]
    files += (ROOT / "resources").rglob("*.json")
    found = [
        f"{path.name}: {turn[0]}"
        for path in files
        for turn in TURNS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_guide_has_the_word_of_every_state() -> None:
    guide = (ROOT / "resources" / "guide.md").read_text(encoding="utf-8")
    assert [word for word in WORDS if word not in guide] == []
