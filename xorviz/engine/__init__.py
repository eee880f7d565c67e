"""The training, analysis and lab threads. QtCore only.
One command, one answer; values cross threads, never objects that change."""
