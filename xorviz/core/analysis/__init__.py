"""What can be computed from one snapshot.

Decision surface, hidden space, symmetry, one step explained, Hessian, landscape.
"""
