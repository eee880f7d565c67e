"""Runs of any length in bounded memory: training, recording, replay and the project."""
