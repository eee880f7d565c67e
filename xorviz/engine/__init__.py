"""The training, analysis and lab threads: one command, one answer. QtCore only."""
