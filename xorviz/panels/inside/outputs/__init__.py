"""The panel Outputs: the four outputs over the steps of the run.
The exact numbers of a step are read out under the cursor."""
