"""The panel Published: published experiments, and the results of xorviz.
Published numbers beside those that the same recipe gives here."""
