"""The command watch without its window: programs to start from."""

import argparse
import sys
from typing import Any

from xorviz.cli.terminal import refuse
from xorviz.core.settings import SETTINGS
from xorviz.files import assets


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Print a program that calls xorviz.watch; return the exit code."""
    why = "is for training; watch --example trains nothing"
    refuse(parser, options, (*SETTINGS, "kernel"), why)
    sys.stdout.write(assets.read_text(f"examples/watch_{options['example']}.py"))
    return 0
