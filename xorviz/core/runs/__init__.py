"""Runs of any length in bounded memory: training, recording, replay and the project.
A run is its recipe and its changes; everything else is computed again."""
