"""The panel Curvature: eigenvalues of the Hessian, a verdict, and three experiments."""
