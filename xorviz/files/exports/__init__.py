"""What a run can be exported as.

Pictures, animation, tables, and the NumPy script that reproduces the run.
"""
