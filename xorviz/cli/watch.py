"""The command watch without its window: programs to start from."""

import argparse
import sys
from typing import Any

from xorviz.files import assets


def run(_: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Print a program that calls xorviz.watch; return the exit code."""
    sys.stdout.write(assets.read_text(f"examples/watch_{options['example']}.py"))
    return 0
