"""Run xorviz with ``python -m xorviz``."""

import sys

from xorviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
