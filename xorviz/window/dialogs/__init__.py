"""Dialogs, and what opens them.

Help, About, lock step, bring your own network.
"""
