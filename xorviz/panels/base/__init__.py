"""What all panels share.

Views of snapshots, views that ask for an analysis, views of the lab, and when they draw.
"""
