"""Analyses of one snapshot.
Decision surface, hidden space, symmetry, one step explained, Hessian, verdict, landscape."""
