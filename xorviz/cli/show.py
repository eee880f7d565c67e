"""A window beside a program or a notebook, in a process of its own."""

import subprocess
import sys
import threading

from xorviz.core.runs.recording import Recording, kernel_for
from xorviz.files.run_file import dumps, project_of
from xorviz.watching.places import obstacle, own_environment, started_apart


def show_run(run: Recording) -> None:
    """Open a copy of a run in a window, which stays when this process ends.

    Raises RuntimeError with the reason if no window can be opened here. Qt is not loaded here:
    others would take that for the wish to use it.
    """
    command = [sys.executable, "-P", "-m", "xorviz.cli.preflight"]
    environment = own_environment()
    tried = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if tried.returncode:
        raise RuntimeError(tried.stderr.strip().rpartition("\n")[2])
    if why := obstacle():
        raise RuntimeError(f"No window can be opened: {why}")
    project = project_of(run)
    arguments = ["-", "--kernel", kernel_for(project.record)]
    window = started_apart(arguments, stdin=subprocess.PIPE)
    assert window.stdin is not None
    with window.stdin as pipe:  # at once: this process may end soon
        pipe.write(dumps(project))
    # So that it leaves no dead process behind.
    threading.Thread(target=window.wait, daemon=True).start()
