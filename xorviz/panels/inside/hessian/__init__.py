"""The panel Curvature: eigenvalues of the Hessian, a verdict, and three experiments.
The analysis itself is in core/analysis; the view asks for it."""
