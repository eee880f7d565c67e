"""The command watch without its window: programs to start from."""

import argparse
import sys
from typing import Any

from xorviz.cli.terminal import refuse
from xorviz.core.settings import RULES
from xorviz.files import assets


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Print a program that calls xorviz.watch; return the exit code."""
    refuse(parser, options, (*RULES, "kernel"), "is for training; watch --example trains nothing")
    sys.stdout.write(assets.read_text(f"examples/watch_{options['example']}.py"))
    return 0
