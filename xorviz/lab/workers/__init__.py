"""Workers that train: threads, processes or a Dask cluster.
A plan is divided into shares, and each share is trained in slices of time."""
