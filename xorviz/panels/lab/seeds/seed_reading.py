"""What there is to say of a single network of the lab, in one line."""

from xorviz.core import numerals
from xorviz.lab.results.book import LabPicture
from xorviz.lab.training.cohort import NO_STEP
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR, outcome_of


def seed_reading(picture: LabPicture, place: int) -> str:
    """Return a network's seed, what became of it, the step it came right at, and its loss."""
    outcome = outcome_of(picture, place)
    said = [outcome, *_steps(picture, place, outcome)]
    if picture.done[place]:
        said.append(f"loss {numerals.real(float(picture.loss[place]))}")
    return f"seed {numerals.plain(picture.plan.config(place).seed)}: {', '.join(said)}"


def _steps(picture: LabPicture, place: int, outcome: str) -> list[str]:
    first, diverged = int(picture.first_right[place]), int(picture.diverged_at[place])
    found = []
    if outcome == NOT_YET:
        found.append(f"at step {numerals.whole(int(picture.steps[place]))}")
    elif first != NO_STEP:
        lead = "" if outcome in {RIGHT, RIGHT_SO_FAR} else "right "
        found.append(f"{lead}first at step {numerals.whole(first)}")
    if diverged != NO_STEP:
        found.append(f"diverged at step {numerals.whole(diverged)}")
    return found
