"""The panel Published.

Published experiments, and what the same recipe gives here.
"""
