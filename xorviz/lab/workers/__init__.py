"""Workers that train shares of a plan, and trials of changes by them."""
