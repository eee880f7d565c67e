"""The panel Outputs.

The four outputs over the steps of the run.
"""
