"""The training thread and its protocol, and the thread for slow analyses.

QtCore only. One command, one answer; values cross threads, never objects that change.
"""
