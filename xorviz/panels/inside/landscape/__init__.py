"""The panel Landscape.

Loss over a plane through the weights, with the path of the run.
"""
