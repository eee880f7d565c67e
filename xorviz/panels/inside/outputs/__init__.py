"""The panel Outputs: the four outputs over the steps of the run."""
