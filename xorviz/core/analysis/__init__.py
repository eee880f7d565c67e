"""Analyses of one snapshot: surfaces, symmetry, one step, Hessian, verdict, landscape."""
