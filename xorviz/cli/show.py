"""A window beside a program or a notebook, in a process of its own."""

import subprocess
import sys
import threading

from xorviz.core.runs.recording import Recording, kernel_for
from xorviz.files.run_file import dumps, project_of


def show_run(run: Recording) -> None:
    """Open a copy of a run in a window, which stays when this process ends.

    Raises RuntimeError with the reason if no window can be opened here. Qt is not loaded here:
    others would take that for the wish to use it.
    """
    command = [sys.executable, "-m", "xorviz.cli.preflight"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    if tried.returncode:
        raise RuntimeError(tried.stderr.strip().rpartition("\n")[2])
    project = project_of(run)
    command = [sys.executable, "-m", "xorviz", "-", "--kernel", kernel_for(project.record)]
    window = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    assert window.stdin is not None
    with window.stdin as pipe:  # at once: this process may end soon
        pipe.write(dumps(project))
    # So that it leaves no dead process behind.
    threading.Thread(target=window.wait, daemon=True).start()
