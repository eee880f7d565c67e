"""Workers that train shares of a plan: threads, processes or a Dask cluster."""
