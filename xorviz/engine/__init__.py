"""The training, analysis and lab threads. QtCore only; only immutable values cross threads."""
