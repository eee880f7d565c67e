"""Workers that train shares of a plan: processes or a Dask cluster."""
