"""Qt parts independent of the network: plots, drawing, forms, frames and colours.
Plots, drawing, forms, frames, colours: what panels and window are built from."""
