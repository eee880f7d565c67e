"""Panels that look inside the network.

Shown in the workspace Inside; made when first needed.
"""
