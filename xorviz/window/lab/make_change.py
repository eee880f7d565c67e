"""Makes a change that was tried, or could be, to the run that it is about."""

import random
from dataclasses import replace

from xorviz.core import numerals
from xorviz.core.network import weights_of
from xorviz.lab.trials.changes import Change
from xorviz.lab.trials.trial import Trial
from xorviz.window.document.document import Document

NO_WAY = "Along the direction that curves down, no loss is lower than here."
"""Why the one change that depends on the weights cannot be made."""


def make_change(document: Document, trial: Trial, change: Change) -> None:
    """Make a change at the step that a trial is about, or begin anew with it; and train.

    Chance is a seed that was tried, or would be; a new run has one that no run at hand has.
    """
    subject, name, settings = trial.subject, change.name, change.settings
    here = subject.record, subject.step
    at = numerals.whole(subject.step)
    if change.start is None:
        config = change.config
        if not change.is_certain and (name == "another seed" or name.endswith(", anew")):
            config = replace(config, seed=_unused(document, trial, change))
        done = f"{change.title}: a new run from seed {numerals.plain(config.seed)}."
        document.try_anew(config, name, done)
    elif "steps" in settings:
        more = numerals.counted(settings["steps"], "more step")
        done = f"{more} from step {at} on. Undo goes back."
        document.try_longer(*here, settings["steps"], name, done)
    else:
        seed = random.choice(trial.seeds_of(change))
        by = f", seed {numerals.plain(seed)}" if change.start.kick else ""
        done = (
            f"{change.title}{by}: run A from step {at} on. Run B goes on as it was. "
            "Undo takes it back."
        )
        moved, _ = change.start.for_seed(seed, change.config)
        is_move = settings.keys() & {"kick", "follow"}
        changes = weights_of(moved, change.config) if is_move else settings
        document.try_beside(*here, changes, name, done)


def _unused(document: Document, trial: Trial, change: Change) -> int:
    """Return a seed that neither the trial's run nor one of the project has."""
    project = document.project
    runs = [project.record, project.beside, *(one.record for one in project.pinned)]
    used = {run.config.seed for run in runs if run is not None} | {trial.subject.config.seed}
    return random.choice([seed for seed in trial.seeds_of(change) if seed not in used])
