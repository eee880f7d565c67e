"""The panel Curvature.

Eigenvalues of the Hessian, a verdict, and three experiments.
"""
