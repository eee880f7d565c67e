"""Who trains: threads, processes or a Dask cluster.

A plan is cut into shares, and each share is trained in slices.
"""
